"""Reading a plain table: encoding, column names, the second header row with units, rows with their lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duheng.ingest.cells import bare_number, plain, split_unit
from duheng.ingest.grids import decode, delimiter_of
from duheng.ingest.guards import OLE_MAGIC, ZIP_MAGIC
from duheng.model import all_quantities
from duheng.model.errors import PeriodError, UnitError, UnreadableSource
from duheng.model.findings import Finding
from duheng.model.periods import parse
from duheng.model.units import parse_unit

KEYS = ("entity", "item", "period")
DEFINITION = "definition"  # of the accounting, where rows state it
LARGEST = 100 << 20
_HINTS = frozenset({*KEYS, "snapshot"})  # headers by which the delimiter is told


@dataclass(frozen=True)
class Sheet:
    """A plain table: header, the unit row's units by column, data rows with their line numbers."""

    name: str
    header: list[str]
    units: dict[str, str]
    rows: list[tuple[int, list[str]]]

    def column(self, name: str) -> list[str]:
        place = self.header.index(name)
        return [row[place] for _, row in self.rows]


def read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Rows of a text table that hold anything, each with its line in the file.

    In UTF-8, GB 18030 or (with a mark) UTF-16; divided by commas, tabs or semicolons. Raises UnreadableSource.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise UnreadableSource(f"{path.name} 有 {size >> 20} MB，上限 {LARGEST >> 20} MB；请分成几份")
    content = path.read_bytes()
    if content[:4] in (ZIP_MAGIC, OLE_MAGIC[:4]):
        raise UnreadableSource(f"{path.name} 不是文本表格；请另存为 CSV 再试")
    text = decode(content, path.name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text, _HINTS), strict=True)
    rows: list[tuple[int, list[str]]] = []
    end = 0
    try:
        for row in reader:
            begin, end = end + 1, reader.line_num  # a quoted cell may go over several lines
            if any(cell.strip() for cell in row):
                rows.append((begin, row))
    except csv.Error as error:
        raise UnreadableSource(
            f"{path.name} 第{end + 1}行起不是可读的 CSV：引号没有成对，或一格过长；请核对后另存为 CSV"
        ) from error
    return rows


def read_sheet(
    name: str, rows: list[tuple[int, list[str]]], aliases: dict[str, str], findings: list[Finding]
) -> Sheet:
    """The table in these lines: columns by their ids, units of the header's brackets or of a row of units."""
    if not rows:
        raise UnreadableSource(f"{name} 是空的；第一行应为列名：entity, item, period 和各输入量")
    (top, titles), *below = rows
    named = [_column_name(cell, aliases) for cell in titles]
    header = [column for column, _ in named]
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise UnreadableSource(f"{name} 第{top}行：列 {'、'.join(twice)} 出现两次；请只留一列")
    units = {column: unit for column, unit in named if unit}
    if below and _is_unit_row(header, below[0][1]):
        texts = zip(header, below.pop(0)[1], strict=False)
        units |= {column: cell.strip() for column, cell in texts if cell.strip()}
    findings += [
        Finding(
            "table.long-row", "error", f"{name} 第{line}行", f"{len(row)}格", f"{len(header)}格", "请删去多出的格"
        )
        for line, row in below
        if any(cell.strip() for cell in row[len(header) :])
    ]  # fmt: skip
    wide = [(line, [*row[: len(header)], *[""] * (len(header) - len(row))]) for line, row in below]
    return Sheet(name, header, units, wide)


_CHINESE = {
    "对象": "entity",
    "地区": "entity",
    "名称": "entity",
    "品种": "item",
    "分项": "item",
    "时期": "period",
    "年份": "period",
    "口径": DEFINITION,
}


def _column_name(cell: str, aliases: dict[str, str]) -> tuple[str, str]:
    """The id of the column that a header means, else the header; and the unit in its brackets, else nothing."""
    text = plain(cell)
    found = _known_column(text, aliases)
    if found is None:
        bare, unit = split_unit(text)
        found = _known_column(bare, aliases) if unit else None
        return (found, unit or "") if found is not None else (text, "")
    return found, ""


def _known_column(text: str, aliases: dict[str, str]) -> str | None:
    known = all_quantities()
    titles = {plain(quantity.title): id for id, quantity in known.items()}
    for name in (text, text.lower()):
        if name in (*KEYS, DEFINITION) or (name in known and name not in aliases):
            return name
        if name in aliases:
            return aliases[name]
    return _CHINESE.get(text) or titles.get(text)


def _is_unit_row(header: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a row holds units: nothing in its value columns is a number, and something there reads as a unit.

    A label such as 单位 may stand in a key column; a period may not.
    """
    cells = [(column, cell.strip()) for column, cell in zip(header, row, strict=False)]
    if any(column == "period" and _is_period(cell) for column, cell in cells):
        return False
    values = [cell for column, cell in cells if column not in (*KEYS, DEFINITION) and cell]
    unlabelled = not any(cell for column, cell in cells if column in KEYS)
    if any(bare_number(cell) is not None for cell in values if cell != "1"):
        return False
    return any(_is_unit(cell) and (unlabelled or bare_number(cell) is None) for cell in values)


def _is_unit(text: str) -> bool:
    try:
        parse_unit(text)
    except UnitError:
        return False
    return True


def _is_period(text: str) -> bool:
    try:
        parse(text)
    except PeriodError:
        return False
    return True
