"""The command line tool: `duheng COMMAND`. Each topic registers its commands; heavy imports wait inside them.

Exit codes: 0 fine, 1 findings (or nothing done), 2 usage.
"""

from __future__ import annotations

import importlib
import sys
from typing import Annotated

import typer

import duheng
from duheng.model.errors import DuhengError

TOPICS = (
    "board", "explain", "bridge", "compute", "balance", "check_data", "carbon", "aqi", "tax", "sheets", "folder",
    "register", "ledger", "handbook", "read", "compare", "hj212", "receive", "meters", "simulate", "rollup",
    "watch", "serve",
)  # fmt: skip

app = typer.Typer(
    name="duheng",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="度衡：城市节能减排方案的执行系统。Duheng: runs a city's energy-saving and emission-reduction plan.",
)
for _topic in TOPICS:
    importlib.import_module(f"duheng.cli.{_topic}").register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"duheng {duheng.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本。Show the version.")
    ] = False,
) -> None:
    """度衡：每个数字上有条款、下有证据；缺的不当作零。Every number shows its clause and its evidence."""


def main() -> None:
    """Run the command line; a documented error becomes a message and exit code 2."""
    from duheng.cli.refusals import database_refused, file_refused, usage_refused

    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:
        typer.echo(usage_refused(error), err=True)
        sys.exit(error.exit_code)
    except typer.Abort:
        typer.echo("已中止。", err=True)
        sys.exit(1)
    except DuhengError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        typer.echo(file_refused(error), err=True)
        sys.exit(2)
    except Exception as error:
        said = database_refused(error)
        if said is None:  # a mistake of the program's own: its trace is what mends it
            raise
        typer.echo(said, err=True)
        sys.exit(2)
    sys.exit(code or 0)
