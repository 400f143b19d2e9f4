"""Whether tables of a city's folder were changed since they were read."""

from __future__ import annotations

from pathlib import Path

Stamp = tuple[tuple[str, int, int], ...]


def stamp(folder: Path) -> Stamp:
    """Name, time of change and size of each .csv in a folder: another stamp once one was added, changed or removed."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        try:
            known = path.stat()
        except OSError:  # removed since it was listed
            continue
        found.append((path.name, known.st_mtime_ns, known.st_size))
    return tuple(found)
