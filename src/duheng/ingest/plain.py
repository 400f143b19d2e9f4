"""A rule over a plain table, without any database: `duheng compute RULE INPUT.csv`.

The table has the columns entity, item and period as far as the rule has them, and one column an input, in
the declared units or in those of a second header row. Base-year and last-year inputs are looked up in the
table; totals expect every entity and item that it lists. Unknown stays empty; other columns pass through.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import polars as pl

from duheng.engine import Books, table
from duheng.model import CHILDREN, MONTHS, Entity, Places, Quantity, Rule, all_quantities
from duheng.model.errors import DuhengError, PeriodError, UnitError, UnknownName, UnreadableSource
from duheng.model.findings import Finding
from duheng.model.glossary import axis, item_unit
from duheng.model.periods import parse
from duheng.model.references import Total
from duheng.model.rule import axis_of, below, parts
from duheng.model.units import convert, parse_unit

KEYS = ("entity", "item", "period")
_WHOLE = "合计"
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Computed:
    """The result: header and rows as texts, and what was found wrong with the input."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...]

    def csv(self) -> str:
        """The table as CSV text."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([self.header, *self.rows])
        return out.getvalue()


@dataclass(frozen=True)
class _Sheet:
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


def compute(
    rule: Rule, path: Path, *, base_year: int | None = None, definition: str | None = None
) -> Computed:
    """The rule over a table. Raises UnreadableSource where the table cannot be read at all."""
    findings: list[Finding] = []
    sheet = _sheet(path.name, read_table(path), _arguments(rule), findings)
    facts = _facts(rule, sheet, findings)
    kind = next((ref.over for ref in _totals(rule) if _over_places(ref)), "entity")
    books = Books(facts, _places(sheet, kind), base_year=base_year)
    result = table(rule, books, definition)
    return _joined(rule, sheet, result, findings)


def inputs_of(rule: Rule) -> dict[str, Quantity]:
    """Every quantity below a rule, computed ones included, by id: the columns that a table may give."""
    below_it = (one for one in below(rule) if one is not rule)
    return {one.id: one for one in below_it if isinstance(one, Quantity)}


def _arguments(rule: Rule) -> dict[str, str]:
    """The rule's own names for its direct inputs, which a table may use as well."""
    known = inputs_of(rule)
    return {
        name: reference.id
        for name, reference in rule.wordings[0].inputs.items()
        if isinstance(reference, Quantity) and name not in known
    }


def _sheet(name: str, rows: list[list[str]], aliases: dict[str, str], findings: list[Finding]) -> _Sheet:
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
    return _Sheet(name, header, units, body)


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
    cells = [(column, cell.strip()) for column, cell in zip(header, row, strict=False)]
    if any(cell for column, cell in cells if column in KEYS):
        return False
    values = [cell for column, cell in cells if column not in KEYS and cell]
    return bool(values) and not any(_is_number(cell) for cell in values if cell != "1")


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _facts(rule: Rule, sheet: _Sheet, findings: list[Finding]) -> pl.DataFrame:
    known = inputs_of(rule)
    given = [column for column in sheet.header if column in known]
    if not given:
        raise UnreadableSource(
            f"{sheet.name} 中没有 {rule.id} 的输入列；可用的列：{'、'.join(sorted(known))}"
        )
    periods = _periods(sheet, findings)
    facts: list[tuple[str, str, str | None, str, float | None]] = []
    for column in given:
        facts.extend(_stated(known[column], column, sheet, periods, findings))
    schema = {
        "quantity": pl.String,
        "entity": pl.String,
        "item": pl.String,
        "period": pl.String,
        "value": pl.Float64,
    }
    return pl.DataFrame(facts, schema, orient="row")


def _periods(sheet: _Sheet, findings: list[Finding]) -> list[str | None]:
    if "period" not in sheet.header:
        return ["2020"] * len(sheet.rows)  # one moment only; the year says nothing
    texts: list[str | None] = []
    for (line, _), text in zip(sheet.rows, sheet.column("period"), strict=True):
        try:
            texts.append(str(parse(text)))
        except PeriodError as error:
            texts.append(None)
            findings.append(
                Finding(
                    "table.period",
                    "error",
                    f"{sheet.name} 第{line}行 period",
                    text or "空格",
                    "如 2023、2023Q1、2023-01",
                    str(error),
                )
            )
    return texts


def _stated(
    quantity: Quantity, column: str, sheet: _Sheet, periods: list[str | None], findings: list[Finding]
) -> Iterator[tuple[str, str, str | None, str, float | None]]:
    entities = sheet.column("entity") if "entity" in sheet.header else [_WHOLE] * len(sheet.rows)
    items = sheet.column("item") if "item" in sheet.header and quantity.axis else [""] * len(sheet.rows)
    seen: dict[tuple[str, str | None, str], tuple[int, float | None]] = {}
    for (line, _), entity, item, period, cell in zip(
        sheet.rows, entities, items, periods, sheet.column(column), strict=True
    ):
        place = f"{sheet.name} 第{line}行 {column}"
        known_item = _item(quantity, item)
        if known_item is None:
            findings.append(_unknown_item(quantity, item, place))
        if period is None or known_item is None:
            continue
        value = _value(quantity, known_item or None, cell, sheet.units.get(column), place, findings)
        key = (entity.strip(), known_item or None, period)
        if key in seen:
            before, earlier = seen[key]
            if cell.strip() and value != earlier:
                findings.append(
                    Finding(
                        "table.twice",
                        "error",
                        place,
                        cell,
                        f"与第{before}行相同的 {earlier}",
                        "同一格有两个值，请只留一个；先用前一行",
                    )
                )
            continue
        if not cell.strip() and not quantity.axis and "item" in sheet.header and sheet.column("item")[0]:
            continue  # an axis-free input may stand on any one of the entity's item rows
        seen[key] = (line, value)
        yield (quantity.id, entity.strip(), known_item or None, period, value)


def _item(of: Quantity, text: str) -> str | None:
    """Title of the item meant, or None where the axis has no such item; "" where the quantity has no items."""
    if not of.axis:
        return ""
    try:
        return axis(of.axis).find(text).title
    except UnknownName:
        return None


def _unknown_item(of: Quantity, text: str, place: str) -> Finding:
    try:
        axis(of.axis or "").find(text)
    except UnknownName as error:
        return Finding("table.item", "error", place, text or "空格", f"{of.title}的一个品种", str(error))
    raise AssertionError("only called for unknown items")


def _value(
    quantity: Quantity, item: str | None, cell: str, unit: str | None, place: str, findings: list[Finding]
) -> float | None:
    text = cell.strip()
    if not text:
        return None
    if not _is_number(text):
        findings.append(
            Finding("table.number", "error", place, text, "数字或空格", "请填数字；没有数据就留空")
        )
        return None
    declared = item_unit(quantity, item)
    try:
        return float(
            convert(Decimal(text), parse_unit(unit), parse_unit(declared)) if unit else Decimal(text)
        )
    except UnitError as error:
        findings.append(Finding("table.unit", "error", place, unit or "", declared, str(error)))
        return None


def _totals(rule: Rule) -> Iterator[Total]:
    return (one for one in below(rule) if isinstance(one, Total))


def _over_places(reference: Total) -> bool:
    return reference.over != MONTHS and reference.over != axis_of(reference.of)


def _places(sheet: _Sheet, kind: str) -> Places:
    if "entity" not in sheet.header:
        return Places([])
    names = dict.fromkeys(name.strip() for name in sheet.column("entity"))
    member = "entity" if kind in (CHILDREN, "entity") else kind
    listed = [Entity(name, name, member, None if name == _WHOLE else _WHOLE) for name in names]
    return Places([*listed, Entity(_WHOLE, _WHOLE, "whole")] if _WHOLE not in names else listed)


def _joined(rule: Rule, sheet: _Sheet, result: pl.DataFrame, findings: list[Finding]) -> Computed:
    over_places = any(_over_places(reference) for reference in parts(rule) if isinstance(reference, Total))
    keys = [key for key in KEYS if key in sheet.header and (key != "item" or rule.axis)]
    names = [*keys, rule.id]
    values = {
        (row.get("entity") or "", row.get("item") or "", row["period"]): row["value"]
        for row in result.iter_rows(named=True)
    }
    rows: dict[tuple[str, ...], tuple[str, ...]] = {}
    for written, cell in _cells(rule, sheet):
        if over_places:
            written, cell = (_WHOLE, *written[1:]), (_WHOLE, *cell[1:])
        named = dict(zip(KEYS, written, strict=True))
        rows.setdefault(cell, (*(named[key] for key in keys), _digits(values.get(cell))))
    return Computed(tuple(names), tuple(rows.values()), tuple(findings))


def _digits(value: float | None) -> str:
    """The number with 15 significant digits: what a float holds without noise; empty where unknown."""
    return "" if value is None else repr(float(f"{value:.15g}"))


Written = tuple[str, str, str]


def _cells(rule: Rule, sheet: _Sheet) -> Iterator[tuple[Written, Written]]:
    """Each row's entity, item and period as written, and the cell that they name."""
    entities = sheet.column("entity") if "entity" in sheet.header else [_WHOLE] * len(sheet.rows)
    items = sheet.column("item") if "item" in sheet.header and rule.axis else [""] * len(sheet.rows)
    for entity, item, period in zip(entities, items, _periods(sheet, []), strict=True):
        known = _item(rule, item)
        if period is not None:
            yield (entity.strip(), item.strip(), period), (entity.strip(), known or item.strip(), period)


def find_rule(id: str) -> Rule:
    """The rule with this id or Chinese title. Raises UnknownName; DuhengError for a quantity without rule."""
    import duheng.rules  # noqa: F401  # loads them

    known = all_quantities()
    found = known.get(id) or next((q for q in known.values() if q.title == id), None)
    if found is None:
        raise UnknownName(id, [q.id for q in known.values() if isinstance(q, Rule)])
    if not isinstance(found, Rule):
        computable = sorted(i for i, q in known.items() if isinstance(q, Rule))
        raise DuhengError(f"{id} 是填报量，没有算式；可计算的有：{'、'.join(computable)}")
    return found
