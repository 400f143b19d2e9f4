"""Records out of the segments, from any place on, while others append."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from .records import DAMAGED, Record, following, whole

SUFFIX = ".seg"


def number(name: str) -> int:
    """The number at the end of a segment's name: the order of segments."""
    return int(name.rpartition("-")[2])


# Segments of a day's folder as found when it was last changed: a year has half a million of them.
_listed: dict[Path, tuple[int, list[tuple[int, str]]]] = {}
_SETTLED = 2_000_000_000  # [ns] after which a change would have changed the folder's time


def names(folder: Path, since: int = 0) -> list[str]:
    """Names of the segments below `folder`, oldest first: `2026-01-31/101500-00000042`. since: from this number on."""
    found: list[tuple[int, str]] = []
    for day in folder.iterdir() if folder.is_dir() else ():
        if day.is_dir() and (known := _of_day(day)) and known[-1][0] >= since:
            found += known
    return [name for place, name in sorted(found) if place >= since]


def _of_day(day: Path) -> list[tuple[int, str]]:
    """(number, name) of the segments in a folder, in order."""
    changed = day.stat().st_mtime_ns
    if (before := _listed.get(day)) and before[0] == changed:
        return before[1]
    stems = (path.stem for path in day.glob(f"*{SUFFIX}"))
    known = sorted(
        (number(stem), f"{day.name}/{stem}") for stem in stems if stem.rpartition("-")[2].isdigit()
    )
    if time.time_ns() - changed > _SETTLED:
        _listed[day] = (changed, known)
    return known


def path_of(folder: Path, name: str) -> Path:
    """The file of a segment."""
    return folder / f"{name}{SUFFIX}"


def read(folder: Path, segment: str = "", offset: int = 0) -> Iterator[Record]:
    """The records from (segment, offset) on, to the end of what is there now; from the first without a segment.

    Where bytes are no record and a record or a later segment follows, they come as one record of kind DAMAGED. At
    the open end a half record is not yet there: read on later from (segment, end) of the last one. A segment that
    is gone (archived) is passed over.
    """
    known = names(folder, number(segment) if segment else 0)
    for name in known:
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
