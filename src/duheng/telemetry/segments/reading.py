"""Records out of the segments, from any place on, while others append."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .records import DAMAGED, Record, following, whole

SUFFIX = ".seg"


def number(name: str) -> int:
    """The number at the end of a segment's name: the order of segments."""
    return int(name.rpartition("-")[2])


def names(folder: Path) -> list[str]:
    """Names of the segments below `folder`, oldest first: `2026-01-31/101500-00000042`."""
    found = (path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob(f"*/*{SUFFIX}"))
    return sorted((name for name in found if name.rpartition("-")[2].isdigit()), key=number)


def path_of(folder: Path, name: str) -> Path:
    """The file of a segment."""
    return folder / f"{name}{SUFFIX}"


def read(folder: Path, segment: str = "", offset: int = 0) -> Iterator[Record]:
    """The records from (segment, offset) on, to the end of what is there now; from the first without a segment.

    Where bytes are no record and a record or a later segment follows, they come as one record of kind DAMAGED. At
    the open end a half record is not yet there: read on later from (segment, end) of the last one. A segment that
    is gone (archived) is passed over.
    """
    known = names(folder)
    first = number(segment) if segment else 0
    for name in known:
        if number(name) < first:
            continue
        yield from records(folder, name, offset if name == segment else 0, last=name == known[-1])


def records(folder: Path, name: str, offset: int = 0, last: bool = True) -> Iterator[Record]:
    """The records of one segment from `offset` on. last: a half record at the end may still grow."""
    try:
        with path_of(folder, name).open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return
    place = 0
    while place < len(data):
        record = whole(data, place, name, offset)
        if record is None:
            after = following(data, place + 1)
            if after < 0 and last:
                return
            end = after if after >= 0 else len(data)
            lost = data[place:end]
            record = Record(name, offset + place, offset + end, DAMAGED, 0, 0, "", lost)
        yield record
        place = record.end - offset
