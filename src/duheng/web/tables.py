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

import xlsxwriter

from duheng.ingest.export import DRILL_NOTICE, write_table
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
    """A cell: printed text, the number behind it if any, a link, and a class that styles it."""

    text: str
    value: Decimal | None = None
    href: str = ""
    css: str = ""
    light: int | None = None
    kind: str = ""


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
        rows, titles, out, title=table.title, scenario=selection.scenario, format="csv", about=dict(about)
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
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "度衡", "comments": words(DRILL_NOTICE) if selection.drill else ""})
    used: set[str] = set()
    for table in tables:
        _sheet(book, table, about, selection, words, used)
    book.close()
    return out.getvalue()


def _sheet(
    book: Any,
    table: Table,
    about: Sequence[tuple[str, str]],
    selection: Selection,
    words: Words,
    used: set[str],
) -> None:
    sheet = book.add_worksheet(_sheet_name(table.title, used))
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF9", "text_wrap": True})
    row = _above(book, sheet, table, about, words(DRILL_NOTICE) if selection.drill else "")
    for at, column in enumerate(table.columns):
        sheet.write_string(row, at, column.title, head)
        sheet.set_column(at, at, column.width)
    sheet.freeze_panes(row + 1, 0)
    plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for line in table.rows:
        row += 1
        for at, cell in enumerate(line):
            if cell.value is not None:
                sheet.write_number(row, at, float(cell.value), _number_format(book, cell))
            else:
                sheet.write_string(row, at, cell.text, plain)
    if table.note:
        sheet.write_string(row + 2, 0, table.note)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _above(book: Any, sheet: Any, table: Table, about: Sequence[tuple[str, str]], notice: str) -> int:
    """Title, notice of a drill and what the figures are; the row where the table begins."""
    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
    lines = [f"{name}: {value}" for name, value in about]
    if notice:
        sheet.write_string(1, 0, notice, book.add_format({"bold": True, "font_color": "#B3261E"}))
        for place in (sheet.set_header, sheet.set_footer):
            place(f"&C&14&B{notice}")
    first = 2 if notice else 1
    for number, line in enumerate(lines):
        sheet.write_string(first + number, 0, line)
    return first + len(lines) + 1


def _number_format(book: Any, cell: Cell) -> Any:
    decimals = len(cell.text.rstrip("%").partition(".")[2])
    return book.add_format({"border": 1, "num_format": "0" + ("." + "0" * decimals if decimals else "")})


def _sheet_name(title: str, used: set[str]) -> str:
    name = "".join(c for c in title if c not in "[]:*?/\\'")[:28] or "表"
    while name in used:
        name += "_"
    used.add(name)
    return name
