"""Tables that hold secrets: readable by their owner alone, replaced whole, changed by one process at a time."""

from __future__ import annotations

import csv
import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def write(file: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write the CSV anew, whole or not at all. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as new:
            csv.writer(new, lineterminator="\n").writerows(rows)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def changing(file: Path) -> Iterator[None]:
    """While this lasts no other process changes the file through here: what is read stays true until it is written."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(file.parent / f".{file.stem}-lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
