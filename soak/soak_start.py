"""The first command on a fresh checkout, and the second start: how long until the first page is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.figures import CHECKOUT, Figure
from bench.serving import free_port, serving

STARTS = 5


def fresh(folder: Path) -> Path:
    """A copy of what git would hand out, without environment and data."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    target = folder / "checkout"
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)
    return target


def started(checkout: Path) -> float:
    """Seconds from `make run` to the first page."""
    unset = ("DUHENG_HOME", "PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {name: text for name, text in os.environ.items() if name not in unset}
    port = free_port()
    with serving(["make", "run", f"ARGS=--port {port}"], port, checkout, environment) as page:
        return page.seconds


def main() -> list[Figure]:
    """First start (everything installed), then the slowest of five more."""
    with tempfile.TemporaryDirectory(prefix="duheng-start-") as folder:
        checkout = fresh(Path(folder))
        first = started(checkout)
        later = max(started(checkout) for _ in range(STARTS))
    return [
        Figure("make run on a fresh checkout to the first page", first, "s"),
        Figure(
            f"slowest of {STARTS} later starts to the first page",
            later,
            "s",
            bound="under 3 s",
            holds=later < 3,
        ),
    ]
