"""A form whose titles stand beside what is filled in, not above it: the title at the left, the content at its right."""

from __future__ import annotations

from dataclasses import dataclass

from duheng.ingest.cells import bare_number, plain
from duheng.ingest.forms.layout import Form
from duheng.ingest.forms.vocabulary import MARGIN
from duheng.ingest.grids import Sheet


@dataclass(frozen=True)
class Pair:
    """A title and its content. column: its id; "" where the form has not the title or has it already."""

    column: str
    title: str
    title_cell: tuple[int, int]
    content: object
    cell: tuple[int, int]


def pairs_of(sheet: Sheet, form: Form) -> list[Pair]:
    """Every title with content beside it, or behind a colon in the same cell; a number without a title has none."""
    found: list[Pair] = []
    seen: set[str] = set()
    for number, row in enumerate(sheet.rows):
        cells = [(column, cell) for column, cell in enumerate(row) if plain(cell)]
        while cells:
            column, cell = cells.pop(0)
            title, _, within = plain(cell).partition(":")
            content: tuple[int, object] | None = (column, within.strip()) if within.strip() else None
            if content is None and _beside(column, cells, form):
                content = cells.pop(0)
            if content is None and bare_number(title) is not None:
                content = (column, cell)
            if content is None or title.startswith(MARGIN):
                continue
            id = form.column(title) or ""
            found.append(
                Pair("" if id in seen else id, title, (number, column), content[1], (number, content[0]))
            )
            seen.add(id)
    return found


def _beside(column: int, cells: list[tuple[int, object]], form: Form) -> bool:
    """Whether the next cell is the content of this title: not a title itself, nor one with its own content."""
    if not cells or form.column(plain(cells[0][1])) is not None:
        return False
    next_has_content = len(cells) > 1 and cells[1][0] == cells[0][0] + 1
    return cells[0][0] == column + 1 or not next_has_content
