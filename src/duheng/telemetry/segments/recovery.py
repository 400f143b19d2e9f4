"""After a crash: what stands behind the last whole record is kept beside the segment and cut from it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .reading import names, path_of, records


@dataclass(frozen=True, slots=True)
class Torn:
    """segment, offset: where the torn tail stood; size [byte]; kept: the file that holds it now."""

    segment: str
    offset: int
    size: int
    kept: Path


def set_torn_aside(folder: Path) -> Torn | None:
    """Cut the torn tail off the newest segment, the only one that can have one; None where it is whole.

    Nothing in a torn tail was ever acknowledged: a record is reported durable only when all before it are.
    """
    known = names(folder)
    if not known:
        return None
    path, end = path_of(folder, known[-1]), 0
    for record in records(folder, known[-1]):
        end = record.end
    with path.open("rb") as file:
        file.seek(end)
        tail = file.read()
    if not tail:
        return None
    kept = path.with_suffix(".torn")
    written(kept, tail)
    with path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())
    return Torn(known[-1], end, len(tail), kept)


def written(path: Path, content: bytes) -> None:
    """A new file that survives a loss of power, its name included."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
