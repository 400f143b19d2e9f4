"""One table, three forms: on the page, as a spreadsheet, as CSV.

A cell keeps what is printed (`text`) and, for numbers, the value itself, so that a spreadsheet gets a number and the
page the digits that were judged. Missing is a word (未填报), never 0 and never blank.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from duheng.ingest.export import Printed, Tab, write_table, write_workbook
from duheng.web.selection import Selection
from duheng.web.words import Words


@dataclass(frozen=True)
class Column:
    """A column: key in JSON, title, and whether its cells are numbers (set to the right)."""

    key: str
    title: str
    number: bool = False
    width: int = 14


@dataclass(frozen=True)
class Cell:
    """A cell: printed text, the number behind it if any, a link, and a class that styles it.

    The number has the digits and the scale of the text (90% is 90), to which the text may add a unit or a doubt.
    """

    text: str
    value: Decimal | None = None
    href: str = ""
    css: str = ""
    light: int | None = None
    kind: str = ""

    @classmethod
    def missing(cls, word: str, href: str = "") -> Cell:
        """What nobody has reported or nothing can be worked out for: hatched on the page, null in `.json`."""
        return cls(word, href=href, css="missing")


@dataclass(frozen=True)
class Table:
    """A table with a name (used in addresses), a caption, columns, rows and a note below."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    empty: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def records(self) -> list[dict[str, str | None]]:
        """The rows as JSON objects; what is unknown is null."""
        return [
            {
                column.key: (None if cell.css == "missing" else cell.text)
                for column, cell in zip(self.columns, row, strict=True)
            }
            for row in self.rows
        ]


def cells(*values: str | Cell) -> list[Cell]:
    """Cells from texts, leaving what already is a cell."""
    return [value if isinstance(value, Cell) else Cell(value) for value in values]


def as_csv(table: Table, about: Sequence[tuple[str, str]], selection: Selection, words: Words) -> bytes:
    """The table as CSV in UTF-8 with a byte order mark, which spreadsheet programs need to read Chinese.

    In a drill every row carries the notice in its own first column, so that no row can be cut out without it.
    """
    out = io.BytesIO()
    rows = ([_plain(cell) for cell in row] for row in table.rows)
    titles = [column.title for column in table.columns]
    write_table(
        rows,
        titles,
        out,
        title=table.title,
        scenario=selection.scenario,
        format="csv",
        about=dict(about),
        words=words,
    )
    return out.getvalue()


def _plain(cell: Cell) -> object:
    return cell.value if cell.value is not None else cell.text


def as_xlsx(
    tables: Iterable[Table], about: Sequence[tuple[str, str]], selection: Selection, words: Words
) -> bytes:
    """The tables as one workbook, a sheet each, the selection above each table.

    about: lines (name, value) that say what the figures are: city, plan, date, scenario, address.
    """
    out = io.BytesIO()
    tabs = [
        Tab(
            table.title,
            [column.title for column in table.columns],
            ([_printed(cell) for cell in row] for row in table.rows),
            [column.width for column in table.columns],
            table.note,
        )
        for table in tables
    ]
    write_workbook(tabs, out, scenario=selection.scenario, about=dict(about), words=words)
    return out.getvalue()


def _printed(cell: Cell) -> object:
    """The number with its own digits, which are those that the page prints, else the text."""
    if cell.value is None:
        return cell.text
    return Printed(cell.value, len(f"{cell.value:f}".partition(".")[2]))
