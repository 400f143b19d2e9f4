"""First pages kept on disk, so that a restarted program shows its first page at once.

What is kept depends on everything a page depends on: ledger head, decisions, day, address, and the files of the
program and its data (names, sizes, times). A page of another state is simply never found again, and is cleared away.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duheng
from duheng.model import data
from duheng.web.store import home

KEPT = 40


@dataclass(frozen=True)
class Kept:
    """A rendered page: its bytes, plain and packed, its ETag, form, status and file name."""

    body: bytes
    packed: bytes
    etag: str
    kind: str
    status: int
    name: str


@lru_cache(maxsize=1)
def program() -> str:
    """A mark of the program's and its data's files as they are on disk."""
    mark = hashlib.sha256()
    for folder in (Path(duheng.__file__).parent, data.root()):
        for file in _files(folder):
            told = file.stat()
            mark.update(f"{file}|{told.st_size}|{told.st_mtime_ns}\n".encode())
    return mark.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(place) / name for name in sorted(names))


def _place(key: tuple[object, ...]) -> Path:
    mark = hashlib.sha256(repr((program(), key)).encode()).hexdigest()
    return home() / "cache" / "pages" / f"{mark}.gz"


def read(key: tuple[object, ...]) -> Kept | None:
    """The page kept under this key; None where there is none or it cannot be read: the page made anew replaces it."""
    try:
        packed = _place(key).read_bytes()
        body = gzip.decompress(packed)
    except (OSError, EOFError, gzip.BadGzipFile, zlib.error):
        return None
    if not body:  # a file that a full disk or a loss of power left empty unpacks without an error
        return None
    return Kept(body, packed, f'"{hashlib.sha256(body).hexdigest()[:20]}"', "html", 200, "board.html")


def write(key: tuple[object, ...], page: Kept) -> None:
    """Keep a page. A folder that cannot be written costs time at the next start, nothing else."""
    if page.status != 200:
        return
    place = _place(key)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
        fresh.write_bytes(page.packed)
        fresh.replace(place)
        for old in sorted(place.parent.iterdir(), key=lambda file: file.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return
