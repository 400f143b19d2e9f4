"""From a file to its text: what was read, what was left out or joined, and which tables stand in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from duheng.reading.records import Doubt


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the document: the place of each cell, row by row, as (start, end) in the text."""

    rows: list[list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Text:
    """What was read from a file: the text (code points), doubts about the reading, tables."""

    text: str
    doubts: list[Doubt] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read_file(path: Path) -> Text:
    """The text of a file. Raises UnreadableSource."""
    return Text(path.read_text("utf-8-sig"))
