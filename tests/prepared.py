"""Folders that take long to fill: the first worker of a run that asks fills one, all others wait and read it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def prepared(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """The folder of this name, as `fill` left it; nobody writes into it, who wants to copies it."""
    own = factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    done, making = root / name, root / f"{name}-making"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(making, ignore_errors=True)  # of a worker that did not come to its end
            making.mkdir()
            fill(making)
            making.rename(done)
    return done
