"""Reading a plain table: encoding, column names, the second header row with units, rows with their lines."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from duheng.model import all_quantities
from duheng.model.errors import PeriodError, UnitError, UnreadableSource
from duheng.model.findings import Finding
from duheng.model.periods import parse
from duheng.model.units import parse_unit

KEYS = ("entity", "item", "period")
LARGEST = 100 << 20
_ENCODINGS = ("utf-8-sig", "gb18030")


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


def read_table(path: Path) -> list[list[str]]:
    """Rows of a CSV file in UTF-8 or GB 18030. Raises UnreadableSource."""
    if path.stat().st_size > LARGEST:
        raise UnreadableSource(
            f"{path.name} 有 {path.stat().st_size >> 20} MB，上限 {LARGEST >> 20} MB；请分成几份"
        )
    content = path.read_bytes()
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or b"\x00" in content[:4096]:
        raise UnreadableSource(f"{path.name} 不是文本表格；请另存为 CSV 再试")
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return [
                row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)
            ]
        except csv.Error as error:
            raise UnreadableSource(f"{path.name} 不是可读的 CSV（{error}）；请另存为 CSV 再试") from error
    raise UnreadableSource(f"{path.name} 既不是 UTF-8 也不是 GBK 编码；请另存为 UTF-8 的 CSV")


def read_sheet(name: str, rows: list[list[str]], aliases: dict[str, str], findings: list[Finding]) -> Sheet:
    if not rows:
        raise UnreadableSource(f"{name} 是空的；第一行应为列名：entity, item, period 和各输入量")
    header = [_column_name(cell, aliases) for cell in rows[0]]
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise UnreadableSource(f"{name} 第1行：列 {'、'.join(twice)} 出现两次；请只留一列")
    units: dict[str, str] = {}
    first = 1
    if len(rows) > 1 and _is_unit_row(header, rows[1]):
        units = {column: cell.strip() for column, cell in zip(header, rows[1], strict=False) if cell.strip()}
        first = 2
    body = []
    for line, row in enumerate(rows[first:], start=first + 1):
        if len(row) > len(header):
            findings.append(
                Finding(
                    "table.long-row",
                    "error",
                    f"{name} 第{line}行",
                    f"{len(row)}格",
                    f"{len(header)}格",
                    "请删去多出的格",
                )
            )
        body.append((line, [*row[: len(header)], *[""] * (len(header) - len(row))]))
    return Sheet(name, header, units, body)


_CHINESE = {
    "对象": "entity",
    "地区": "entity",
    "名称": "entity",
    "品种": "item",
    "分项": "item",
    "时期": "period",
    "年份": "period",
}


def _column_name(cell: str, aliases: dict[str, str]) -> str:
    text = cell.strip()
    if text.lower() in KEYS:
        return text.lower()
    if text in aliases:
        return aliases[text]
    titles = {quantity.title: id for id, quantity in all_quantities().items()}
    return _CHINESE.get(text) or titles.get(text, text)


def _is_unit_row(header: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a row holds units: nothing in its value columns is a number, and something there reads as a unit.

    A label such as 单位 may stand in a key column; a period may not.
    """
    cells = [(column, cell.strip()) for column, cell in zip(header, row, strict=False)]
    if any(column == "period" and _is_period(cell) for column, cell in cells):
        return False
    values = [cell for column, cell in cells if column not in KEYS and cell]
    unlabelled = not any(cell for column, cell in cells if column in KEYS)
    if any(is_number(cell) for cell in values if cell != "1"):
        return False
    return any(_is_unit(cell) and (unlabelled or not is_number(cell)) for cell in values)


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


def is_number(text: str) -> bool:
    # Decimal reads `1_000`, which nobody writes, and 1e999, which no float holds.
    try:
        return "_" not in text and Decimal(text).is_finite() and math.isfinite(float(text))
    except (InvalidOperation, ValueError):
        return False
