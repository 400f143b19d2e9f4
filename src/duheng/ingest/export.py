"""Tables out of Duheng: xlsx, csv, json or parquet, streamed, each saying what it is.

Every export carries its title, definition, unit, as-of moment and source in lines above the table (in the schema's
metadata of a parquet file). What comes from the drill carries the watermark in the first line, in the sheet's
header and footer, and in a column of every row, so that no part of it can be mistaken for a real figure.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import xlsxwriter

from duheng.ingest.drill.places import is_drill
from duheng.model.errors import DuhengError, UnknownName

__all__ = [
    "DRILL_MARK", "DRILL_NOTICE", "FORMATS", "Format", "Printed", "Tab", "is_drill", "write_sheets", "write_table",
    "write_workbook",
]  # fmt: skip

Format = Literal["xlsx", "csv", "json", "parquet"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "json", "parquet")
DRILL_MARK = "演练数据"
DRILL_NOTICE = "演练数据：数字均为虚构，仅供练习，不得引用"
MARK_COLUMN = "数据性质"
# Rows a sheet can hold (1,048,576), less the lines above the table.
_SHEET_ROWS = 1_048_000
_LONGEST_TEXT = 32_767
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

Row = Sequence[Any]


class Printed(NamedTuple):
    """A number of which a workbook shows so many digits after the point: those that were judged (L7)."""

    value: Decimal
    decimals: int


@dataclass(frozen=True)
class Tab:
    """One table of a workbook: rows of cells, titles and widths of its columns, a note below it."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Row]
    widths: Sequence[int] = ()
    note: str = ""


@dataclass(frozen=True)
class Job:
    """One table to be written; name: of its sheet; notice: what stands above a table of the drill, else ""."""

    rows: Iterable[Row]
    columns: Sequence[str]
    title: str
    lines: Sequence[str]
    notice: str = ""
    name: str = "数据"
    widths: Sequence[int] = ()
    note: str = ""


def write_table(
    rows: Iterable[Row],
    columns: Sequence[str],
    out: Path | IO[bytes],
    *,
    title: str,
    scenario: str,
    format: str = "xlsx",
    about: Mapping[str, str] | None = None,
    words: Callable[[str], str] = str,
) -> int:
    """Write a table and return the number of its rows; `rows` may be an endless-looking generator, it is streamed.

    rows: cells of str, int, float, Decimal, bool, date, datetime or None (unknown: an empty cell, never 0).
    about: further lines that say what the figures are (指标, 口径, 单位, 截至, 来源 ...), in order.
    words: says our own words in another language than Chinese.
    UnknownName for another format than xlsx, csv, json, parquet.
    """
    if format not in FORMATS:
        raise UnknownName(format, FORMATS, "格式")
    drill = is_drill(scenario)
    lines = _lines(about or {}, words)
    if drill:
        mark = words(DRILL_MARK)
        rows = ((mark, *row) for row in rows)
        columns = [words(MARK_COLUMN), *columns]
    job = Job(rows, columns, title, lines, words(DRILL_NOTICE) if drill else "", words("数据"))
    write: dict[str, Callable[[Job, IO[bytes]], int]] = {
        "xlsx": _write_xlsx,
        "csv": _write_csv,
        "json": _write_json,
        "parquet": _write_parquet,
    }
    if isinstance(out, Path):
        try:
            with out.open("wb") as file:
                return write[format](job, file)
        except OSError as trouble:
            raise DuhengError(f"不能写入“{out}”：{trouble.strerror}。请核对文件夹和权限。") from trouble
    return write[format](job, out)


def write_workbook(
    tabs: Iterable[Tab],
    out: IO[bytes],
    *,
    scenario: str,
    about: Mapping[str, str],
    words: Callable[[str], str] = str,
) -> None:
    """Write several tables as one .xlsx, a sheet each; a table longer than a sheet goes on in the next.

    about: lines that say what the figures are, above every table. words: says our own words in another language.
    """
    drill = is_drill(scenario)
    lines, mark = _lines(about, words), words(DRILL_MARK)
    notice = words(DRILL_NOTICE) if drill else ""
    used: set[str] = set()
    jobs = []
    for tab in tabs:
        rows, columns, widths = tab.rows, tab.columns, tab.widths
        if drill:
            rows, columns = ((mark, *row) for row in rows), [words(MARK_COLUMN), *columns]
            widths = [10, *widths] if widths else ()
        jobs.append(
            Job(rows, columns, tab.title, lines, notice, _sheet_name(tab.title, used), widths, tab.note)
        )
    _write_jobs(jobs, out)


def write_sheets(
    sheets: Mapping[str, Iterable[Row]],
    out: IO[bytes],
    *,
    title: str,
    scenario: str,
    format: Literal["csv", "xlsx"],
    words: Callable[[str], str] = str,
) -> None:
    """Write sheets that have a layout of their own as they stand, below the title; of a CSV the first one only."""
    notice = words(DRILL_NOTICE) if is_drill(scenario) else ""
    jobs = [Job(rows, (), title, (), notice, name or words("数据")) for name, rows in sheets.items()]
    if format == "csv":
        _write_csv(jobs[0], out)
    else:
        _write_jobs(jobs, out)


def _lines(about: Mapping[str, str], words: Callable[[str], str]) -> list[str]:
    return [f"{name}{words('：')}{text}" for name, text in about.items() if text]


def _sheet_name(title: str, used: set[str]) -> str:
    """A name that a sheet may have and no other has yet."""
    name = "".join(c for c in title if c not in "[]:*?/\\'")[:28] or "表"
    while name in used:
        name += "_"
    used.add(name)
    return name


def _head(job: Job) -> list[str]:
    return ([job.notice] if job.notice else []) + [job.title, *job.lines]


def _text(cell: object) -> str:
    """A cell as text; None is empty."""
    if cell is None:
        return ""
    if isinstance(cell, Printed):
        return format(cell.value, "f")
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return repr(cell).removesuffix(".0")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


# --- xlsx -------------------------------------------------------------------------------------------------------


def _write_xlsx(job: Job, out: IO[bytes]) -> int:
    return _write_jobs([job], out)


def _write_jobs(jobs: Sequence[Job], out: IO[bytes]) -> int:
    # constant_memory writes each row to disk as it comes; strings are stored in the cells, so memory stays flat.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    if jobs:
        book.set_properties({"title": jobs[0].title, "comments": jobs[0].notice})
    count = 0
    for job in jobs:
        rows = iter(job.rows)
        for number in itertools.count(1):
            some = itertools.islice(rows, _SHEET_ROWS)
            first = next(some, None)
            if first is None and number > 1:
                break
            part = itertools.chain([first] if first is not None else [], some)
            count += _sheet(book, job, job.name if number == 1 else f"{job.name}{number}", part)
    book.close()
    return count


class _Dress:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.digits: dict[int, Any] = {}

    def printed(self, decimals: int) -> Any:
        """The format that shows so many digits after the point."""
        if decimals not in self.digits:
            shown = "0" + ("." + "0" * decimals if decimals else "")
            self.digits[decimals] = self.book.add_format({"num_format": shown, "valign": "top"})
        return self.digits[decimals]


def _sheet(book: Any, job: Job, name: str, rows: Iterator[Row]) -> int:
    sheet, dress = book.add_worksheet(name), _Dress(book)
    top = number = _above(book, sheet, job)
    write_number, write_string = sheet.write_number, sheet.write_string
    for row in rows:
        number += 1
        for column, cell in enumerate(row):
            kind = type(cell)
            if kind is str:
                # Written as text: a leading = + - @ stays text and never becomes a formula.
                if cell:
                    write_string(number, column, cell if len(cell) < _LONGEST_TEXT else cell[:_LONGEST_TEXT])
            elif (kind is float or kind is int) and isfinite(cell):
                write_number(number, column, cell)
            elif cell is not None:
                _other(sheet, number, column, cell, dress)
    if job.note:
        write_string(number + 2, 0, job.note)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return number - top


def _above(book: Any, sheet: Any, job: Job) -> int:
    """The lines above the table and its header; the header's row."""
    alarm = book.add_format({"bold": True, "font_color": "#B3261E"})
    bold = book.add_format({"bold": True})
    header = book.add_format({"bold": True, "bg_color": "#E8EEF9", "bottom": 1})
    if job.notice:
        for place in (sheet.set_header, sheet.set_footer):
            place(f"&C&14&B{job.notice}")
    # Long texts of a table with given widths run on in their own cell, not over the next.
    wrapped = book.add_format({"text_wrap": True, "valign": "top"}) if job.widths else None
    for column, title in enumerate(job.columns):
        width = job.widths[column] if job.widths else max(10, min(40, 2 * len(title) + 2))
        sheet.set_column(column, column, width, wrapped)
    lines = _head(job)
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, alarm if job.notice and number == 0 else bold)
    top = len(lines) + 1
    for column, title in enumerate(job.columns):
        sheet.write_string(top, column, title, header)
    sheet.freeze_panes(top + 1, 0)
    return top


def _other(sheet: Any, number: int, column: int, cell: object, dress: _Dress) -> None:
    """A cell that is neither text nor a plain number; digits beyond a spreadsheet's 15 are kept as text."""
    if isinstance(cell, Printed):
        sheet.write_number(number, column, float(cell.value), dress.printed(cell.decimals))
    elif isinstance(cell, Decimal) and cell.is_finite() and len(cell.as_tuple().digits) <= 15:
        sheet.write_number(number, column, float(cell))
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), dress.day)  # noqa: DTZ001
    else:
        sheet.write_string(number, column, _text(cell)[:_LONGEST_TEXT])


# --- csv, json, parquet -------------------------------------------------------------------------------------------


def _harmless(cell: object) -> str:
    """Text that no spreadsheet program runs as a formula; numbers stay numbers."""
    text = _text(cell)
    if isinstance(cell, str) and text.startswith(_DANGEROUS) and not _numeric(text):
        return "'" + text
    return text


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _write_csv(job: Job, out: IO[bytes]) -> int:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    for line in _head(job):
        writer.writerow(["# " + line])
    writer.writerow(map(_harmless, job.columns))
    count = 0
    for row in job.rows:
        writer.writerow([_harmless(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _plain_json(cell: object) -> object:
    if cell is None or isinstance(cell, str | int | bool):
        return cell
    if isinstance(cell, float):
        return cell if cell == cell and abs(cell) != float("inf") else None
    if isinstance(cell, Decimal):
        return float(cell)
    return _text(cell)


def _write_json(job: Job, out: IO[bytes]) -> int:
    head: dict[str, object] = {"title": job.title, "about": list(job.lines), "columns": list(job.columns)}
    if job.notice:
        head = {"notice": job.notice, **head}
    out.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "rows": [')
    count = 0
    for row in job.rows:
        record = json.dumps(dict(zip(job.columns, map(_plain_json, row), strict=True)), ensure_ascii=False)
        out.write((",\n" if count else "\n").encode() + record.encode())
        count += 1
    out.write(b"\n]}\n")
    return count


def _write_parquet(job: Job, out: IO[bytes]) -> int:
    """One typed column each: numbers where all cells are numbers, else text. Read whole, as parquet is by column."""
    import polars as pl

    cells: list[list[object]] = [[] for _ in job.columns]
    for row in job.rows:
        for column, cell in zip(cells, row, strict=True):
            column.append(cell)
    series = [_series(pl, name, column) for name, column in zip(job.columns, cells, strict=True)]
    notice = {"notice": job.notice} if job.notice else {}
    about = {"title": job.title, "about": "\n".join(job.lines), **notice}
    pl.DataFrame(series).write_parquet(out, metadata=about)
    return len(cells[0]) if cells else 0


def _series(pl: Any, name: str, cells: list[object]) -> Any:
    known = [cell for cell in cells if cell is not None]
    if known and all(
        isinstance(cell, float | int | Decimal) and not isinstance(cell, bool) for cell in known
    ):
        return pl.Series(name, [None if cell is None else float(cell) for cell in cells], pl.Float64)  # type: ignore[arg-type]
    return pl.Series(name, [None if cell is None else _text(cell) for cell in cells], pl.String)
