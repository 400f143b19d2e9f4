"""The tables of a document, however they are printed: ruled, in a page's markup, or as lines of aligned columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from duheng.reading.outline import Outline, Paragraph

# The place of a cell, (start, end) in the text; an empty cell has start == end.
Cell = tuple[int, int]
Rows = Sequence[Sequence[Cell]]

_SIGNS = {"|": re.compile(r"\|"), "edged": re.compile(r"\|"), "gap": re.compile(r"\t+| {2,}")}
_LEAST = 3  # columns of a table whose lines nobody ruled


def all_tables(plain: str, outline: Outline, read: Sequence[Rows] = ()) -> list[Rows]:
    """The tables read from the file, then those printed as lines: three cells at least between |, tabs or wide gaps."""
    inside = [span(rows) for rows in read]
    found: list[list[list[Cell]]] = []
    kind = ""
    after = -2
    for index, line in enumerate(outline.paragraphs):
        if any(start <= line.start < end for start, end in inside):
            continue
        here = kind if index == after else ""
        kind = here if here and _SIGNS[here].search(plain, line.start, line.end) else _kind(plain, line)
        cells = list(_cells(plain, line, kind))
        if len(cells) < (1 if kind == here != "gap" else _LEAST):
            kind = ""
            continue
        if kind != here:
            found.append([])
        found[-1].append(cells)
        after = index + 1
    return [*read, *(rows for rows in found if len(rows) > 1)]


def span(rows: Rows) -> Cell:
    """Where a table begins and ends in the text."""
    cells = [cell for row in rows for cell in row]
    return min(start for start, _ in cells), max(end for _, end in cells)


def _kind(plain: str, line: Paragraph) -> str:
    """What parts the cells of a line: | with or without one at its ends, or gaps."""
    if "|" not in plain[line.start : line.end]:
        return "gap"
    return "edged" if plain[line.start] == "|" else "|"


def _cells(plain: str, line: Paragraph, kind: str) -> Iterator[Cell]:
    """The cells of a line; where gaps part them an empty cell is not seen."""
    start, end = line.start, line.end
    if kind == "edged":
        start += plain[start] == "|"
        end -= plain[end - 1] == "|" and end - 1 > start
    for found in _SIGNS[kind].finditer(plain, start, end):
        if kind != "gap" or start < found.start():
            yield trimmed(plain, start, found.start())
        start = found.end()
    yield trimmed(plain, start, end)


def trimmed(plain: str, start: int, end: int) -> Cell:
    """A place without the blanks at its ends."""
    while start < end and plain[start].isspace():
        start += 1
    while end > start and plain[end - 1].isspace():
        end -= 1
    return start, end
