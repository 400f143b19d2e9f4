"""What a reader of one kind of file hands on, and how a file is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from duheng.model import data
from duheng.model.errors import UnreadableSource
from duheng.reading.records import Doubt

Row = list[str]
# One line of text, or one row of a table as its cells.
Block = str | Row
Progress = Callable[[int, int], None]


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


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds before it is put together: blocks in order; remarks (kind, message) about the whole file.

    pages: index of the first block of each page, where the file has pages. printed: every line is one of the page.
    """

    blocks: list[Block]
    remarks: list[tuple[str, str]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    printed: bool = False


@cache
def limits() -> dict[str, int]:
    """Limits of one document, from `cn/reading/limits.yaml`."""
    said = data.read_yaml(data.root() / "reading" / "limits.yaml")
    return {str(name): int(value) for name, value in said.items()}


def refuse(place: str, found: str, remedy: str) -> UnreadableSource:
    """The exception that says where, what was found and what to do."""
    return UnreadableSource(f"{place}：{found}。{remedy}")
