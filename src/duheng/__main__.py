"""`python -m duheng`: the command line tool."""

from duheng.cli import main

if __name__ == "__main__":
    main()
