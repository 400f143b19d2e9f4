"""Run benchmarks or long runs and print their figures, ratio first.

    python -m bench.run bench            every bench/bench_*.py
    python -m bench.run soak --write     every soak/*.py, figures also into docs/performance.md
    python -m bench.run bench board      only those whose name contains `board`

A bound that is missed is printed as missed and is no failure: timings differ from machine to machine.
A module that breaks is one: exit code 1, after all the others have run.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import CHECKOUT, Figure

PAGE = CHECKOUT / "docs" / "performance.md"
PATTERNS = {"bench": "bench_*.py", "soak": "*.py"}
LONGEST = 3600.0  # seconds of one module; a crowded machine takes five times what a quiet one does
MAIN = "\ndef main() -> list[Figure]:"
COLUMNS = ("ratio", "value", "unit", "holds", "bound", "figure", "compared with")


def modules(kind: str, only: list[str]) -> list[str]:
    """Names of the modules to run, in order of their file names: those with a `main() -> list[Figure]`."""
    paths = sorted((CHECKOUT / kind).glob(PATTERNS[kind]))
    names = [path.stem for path in paths if MAIN in path.read_text(encoding="utf-8")]
    return [f"{kind}.{name}" for name in names if not only or any(part in name for part in only)]


def measure(module: str) -> list[Figure] | None:
    """The figures of one module, run in a process and a DUHENG_HOME of its own; None when it broke."""
    with tempfile.TemporaryDirectory(prefix="duheng-bench-") as folder:
        output = Path(folder) / "figures.jsonl"
        environment = {**os.environ, "DUHENG_HOME": folder, "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'src'}"}
        # What the module prints is for the person who waits: it goes beside the table, not into it.
        command = [sys.executable, "-m", "bench.run", "--one", module, str(output)]
        with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=sys.stderr) as process:
            try:
                process.wait(LONGEST)
            except subprocess.TimeoutExpired:  # it says where it stands and dies (faulthandler, see `one`)
                print(f"{module} stands still", file=sys.stderr, flush=True)
                process.send_signal(signal.SIGABRT)
        if process.returncode != 0:
            return None
        return [Figure.from_json(line) for line in output.read_text(encoding="utf-8").splitlines()]


def one(module: str, output: Path) -> None:
    """Run one module in this process and write its figures."""
    faulthandler.enable()
    figures: list[Figure] = importlib.import_module(module).main()
    output.write_text("".join(figure.as_json() + "\n" for figure in figures), encoding="utf-8")


def number(value: float | None) -> str:
    """Four significant digits, thousands separated; a dash where nothing was measured."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def cells(figure: Figure) -> tuple[str, ...]:
    """One row of the table, in the order of COLUMNS."""
    ratio = "–" if figure.ratio is None else f"{number(figure.ratio)}x"
    holds = {True: "yes", False: "NO", None: "–"}[figure.holds]
    return (ratio, number(figure.value), figure.unit, holds, figure.bound, figure.name, figure.peer)


def machine() -> str:
    """The machine, in one line: processor, cores, memory, system, Python."""
    described = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [line for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    processor = described[0].partition(":")[2].strip() if described else platform.machine()
    gigabytes = f"{int(memory[0].split()[1]) / 1024**2:.0f} GB" if memory else "memory unknown"
    cores = len(os.sched_getaffinity(0))
    system = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{processor}, {cores} cores, {gigabytes}, {system}"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def shown(figures: list[Figure], title: str) -> None:
    """Print the table; as wide as it needs where nobody reads it on a terminal."""
    table = Table(*COLUMNS, title=title, title_justify="left")
    for column in table.columns[:2]:
        column.justify = "right"
    for figure in figures:
        table.add_row(*cells(figure))
    console = Console()
    (console if console.is_terminal else Console(width=240)).print(table)


def as_markdown(figures: list[Figure], broken: list[str]) -> str:
    """The figures as a Markdown table with machine and date."""
    rows = [COLUMNS, ("--:", "--:", *["---"] * (len(COLUMNS) - 2)), *(cells(figure) for figure in figures)]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    now = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    notes = [f"Broke and gave no figures: {', '.join(broken)}.", ""] if broken else []
    return "\n".join([f"{now}; {machine()}.", "", *notes, *lines])


def write(kind: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between the page's markers `<!-- <kind>:begin -->` and `<!-- <kind>:end -->`."""
    begin, end = f"<!-- {kind}:begin -->", f"<!-- {kind}:end -->"
    old = page.read_text(encoding="utf-8") if page.is_file() else "# Performance\n"
    if begin not in old or end not in old:
        old = f"{old.rstrip()}\n\n{begin}\n{end}\n"
    head, _, rest = old.partition(begin)
    tail = rest.partition(end)[2]
    page.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.run", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"also write the figures into {PAGE.name}")
    parser.add_argument("--one", nargs=2, metavar=("MODULE", "OUTPUT"), help=argparse.SUPPRESS)
    parser.add_argument("kind", nargs="?", choices=PATTERNS, default="bench")
    parser.add_argument("only", nargs="*", help="parts of module names")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    if asked.write and asked.only:
        print("--write wants all of them: a page with half the figures misleads", file=sys.stderr)
        return 2
    if asked.one:
        one(asked.one[0], Path(asked.one[1]))
        return 0
    figures: list[Figure] = []
    broken: list[str] = []
    for module in modules(asked.kind, asked.only):
        begin = time.monotonic()
        measured = measure(module)
        print(f"{module}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
        if measured is None:
            broken.append(module)
        else:
            figures += measured
    if not figures and not broken:
        print(f"no {asked.kind}/{PATTERNS[asked.kind]} to run", file=sys.stderr)
        return 1
    shown(figures, f"{asked.kind}: {machine()}")
    if asked.write:
        write(asked.kind, as_markdown(figures, broken))
    for module in broken:
        print(f"{module} broke: see above", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
