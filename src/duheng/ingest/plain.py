"""A rule over a plain table, without any database: `duheng compute RULE INPUT.csv`.

The table has the columns entity, item and period as far as the rule has them, and one column an input, in
the declared units or in those of a second header row. Base-year and last-year inputs are looked up in the
table; totals expect every entity and item that it lists. Rows may state their definition
(口径). Unknown stays empty; a column of numbers that the rule does not rest on is named.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from duheng.engine import Books, table
from duheng.engine.explain import Explanation
from duheng.ingest.cells import bare_number
from duheng.ingest.plain_areas import NATION, Home, NamedPlaces
from duheng.ingest.plain_cells import value_of
from duheng.ingest.plain_definitions import by_definition
from duheng.ingest.plain_notices import at_home, borrowed, estimated, rounded_first, unread, unverified, used
from duheng.ingest.plain_reasons import Reasons
from duheng.ingest.plain_table import DEFINITION, KEYS, Sheet, read_lines, read_sheet
from duheng.model import CHILDREN, MONTHS, Entity, Quantity, Rule, all_quantities
from duheng.model.errors import DuhengError, PeriodError, UnitError, UnknownName, UnreadableSource
from duheng.model.findings import Finding
from duheng.model.glossary import axis, item_unit
from duheng.model.periods import parse
from duheng.model.references import At, Reference, Total

_WHOLE = "合计"


@dataclass(frozen=True)
class Computed:
    """The result: header and rows as texts, what was found wrong with the input, and what to know of the result."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    findings: tuple[Finding, ...]
    notices: tuple[str, ...] = ()

    def csv(self) -> str:
        """The table as CSV text."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([self.header, *self.rows])
        return out.getvalue()


def compute(
    rule: Rule,
    path: Path,
    *,
    base_year: int | None = None,
    definition: str | None = None,
    home: Home = NATION,
) -> Computed:
    """The rule over a table, under each definition that its rows state; home: the city that the table is read in.

    Raises UnreadableSource where the table cannot be read at all, DefinitionMismatch where the rule would compare
    rows under different definitions.
    """
    findings: list[Finding] = []
    sheet = read_sheet(path.name, read_lines(path), _arguments(rule), findings)
    if not sheet.rows:
        findings.append(
            Finding("table.no-rows", "error", sheet.name, "没有数据行", "表头之下的各行数据", "请核对文件")
        )
    parts = by_definition(rule, sheet, definition, findings)
    made = [_computed(rule, part, base_year, meant, home) for meant, part in parts]
    rows = sorted((line, row) for one, _ in made for line, row in one)
    told = dict.fromkeys((*findings, *(finding for _, one in made for finding in one.findings)))
    notices = dict.fromkeys(notice for _, one in made for notice in one.notices)
    return Computed(made[0][1].header, tuple(row for _, row in rows), tuple(told), tuple(notices))


def _computed(
    rule: Rule, sheet: Sheet, base_year: int | None, definition: str | None, home: Home
) -> tuple[list[tuple[int, tuple[str, ...]]], Computed]:
    """The rule over rows of one definition: the printed rows with their lines, and what there is to say."""
    findings: list[Finding] = []
    facts = _facts(rule, sheet, findings)
    kind = next((ref.over for ref in _totals(rule) if _over_places(ref)), "entity")
    places = _places(sheet, kind, home)
    books = Books(facts, places, home.parameters, base_year=base_year)
    header, cells = _joined(rule, sheet, table(rule, books, definition))
    if stated := rule.definitions and DEFINITION in sheet.header:
        header = (*header[:-1], DEFINITION, header[-1])
    empty = [(line, cell) for line, cell, row in cells if not row[-1]]
    told = [*_reasons(rule, sheet, Explanation(books, definition), findings).findings(empty)]
    findings += (one for one in told if one.severity == "warning")
    outside = (f"提示：{one.text}" for one in told if one.severity == "notice")
    rows = [(line, (*row[:-1], definition or "", row[-1]) if stated else row) for line, _, row in cells]
    with_it = used(rule, facts, places, definition, base_year, home.parameters)
    known = (
        *estimated(rule, with_it),
        *unread(rule, with_it),
        *unverified(with_it, facts),
        *borrowed(with_it, facts, places),
        *at_home(with_it, facts, places),
        *rounded_first(with_it, facts, places),
    )
    return rows, Computed(header, (), tuple(findings), (*known, *outside))


def _reasons(rule: Rule, sheet: Sheet, explanation: Explanation, findings: list[Finding]) -> Reasons:
    known = inputs_of(rule)
    given = [column for column in sheet.header if column in known]
    periods = _periods(sheet, [])
    entities = sheet.column("entity") if "entity" in sheet.header else [_WHOLE] * len(sheet.rows)
    items = sheet.column("item") if "item" in sheet.header else [""] * len(sheet.rows)
    stated = {
        (
            column,
            entity.strip(),
            ((_item(known[column], item) or item.strip()) if known[column].axis else None) or None,
            period,
        ): line
        for column in given
        for (line, _), entity, item, period in zip(sheet.rows, entities, items, periods, strict=True)
        if period is not None
    }
    filled = {_WHOLE} if "entity" not in sheet.header else set()
    filled |= {"2020"} if "period" not in sheet.header else set()
    named = frozenset(one for one in periods if one)
    return Reasons(rule, sheet, explanation, given, stated, tuple(findings), filled, named)


def inputs_of(rule: Rule) -> dict[str, Quantity]:
    """Every quantity below a rule, computed ones included, by id: the columns that a table may give."""
    below_it = (one for one in rule.below() if one is not rule)
    return {one.id: one for one in below_it if isinstance(one, Quantity)}


def _arguments(rule: Rule) -> dict[str, str]:
    """The rule's own names for its direct inputs, which a table may use as well."""
    known = inputs_of(rule)
    return {
        name: reference.id
        for name, reference in rule.wordings[0].inputs.items()
        if isinstance(reference, Quantity) and name not in known
    }


def _facts(rule: Rule, sheet: Sheet, findings: list[Finding]) -> pl.DataFrame:
    known = inputs_of(rule)
    given = [column for column in sheet.header if column in known]
    if not given:
        raise UnreadableSource(
            f"{sheet.name} 中没有 {rule.id} 的输入列；"
            f"可用的列：{'、'.join(f'{id}（{known[id].title}）' for id in sorted(known))}"
        )
    findings.extend(_absent(rule, sheet, given))
    findings.extend(_nameless(sheet))
    findings.extend(_unused(rule, sheet, given))
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


def _absent(rule: Rule, sheet: Sheet, given: Sequence[str]) -> Iterator[Finding]:
    """What the rule needs and the table has no column for: its results stay empty, and the reader is told why."""
    place = f"{sheet.name} 第1行"
    if "period" not in sheet.header and any(isinstance(one, At) for one in rule.below()):
        remedy = "请加上 period 列；基期、上年的值要按时期查找"
        yield Finding("table.column", "error", place, "没有 period 列", "period", remedy)
    known = frozenset(given)
    missing = [name for one in rule.wordings[0].inputs.values() for name in _wanting(one, known)]
    for name in dict.fromkeys(missing):
        remedy = "请加上这一列，否则结果为空"
        yield Finding("table.column", "error", place, f"没有 {name} 列", name, remedy)


def _unused(rule: Rule, sheet: Sheet, given: Sequence[str]) -> Iterator[Finding]:
    """Columns of numbers that the rule does not rest on: perhaps an input under another name."""
    for place, column in enumerate(sheet.header):
        numbers = any(bare_number(row[place]) is not None for _, row in sheet.rows if row[place].strip())
        if column not in (*KEYS, DEFINITION, *given) and numbers:
            remedy = f"如是输入量，请改用规定的列名：{'、'.join(sorted(inputs_of(rule)))}"
            yield Finding(
                "table.unused", "notice", f"{sheet.name} 第{place + 1}列", f"“{column}”没有用到", "", remedy
            )


def _nameless(sheet: Sheet) -> Iterator[Finding]:
    """Rows that do not say whose numbers they hold."""
    if "entity" not in sheet.header:
        return
    for (line, _), name in zip(sheet.rows, sheet.column("entity"), strict=True):
        if not name.strip():
            place, remedy = f"{sheet.name} 第{line}行 entity", "请写明这一行是哪个对象的"
            yield Finding("table.entity", "error", place, "空格", "对象名称", remedy)


def _wanting(of: Reference, given: frozenset[str]) -> Iterator[str]:
    """Stated quantities that the first wording in force rests on and that no given column makes unneeded."""
    if isinstance(of, Quantity) and of.id in given:
        return
    if isinstance(of, Rule):
        below = [name for one in of.wordings[0].inputs.values() for name in _wanting(one, given)]
        yield from [of.id] if of.published and below else below  # its source, or all that it is computed from
    elif isinstance(of, Quantity):
        yield of.id
    else:
        for part in of.parts():
            yield from _wanting(part, given)


def _periods(sheet: Sheet, findings: list[Finding]) -> list[str | None]:
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
    quantity: Quantity, column: str, sheet: Sheet, periods: list[str | None], findings: list[Finding]
) -> Iterator[tuple[str, str, str | None, str, float | None]]:
    entities = sheet.column("entity") if "entity" in sheet.header else [_WHOLE] * len(sheet.rows)
    items = sheet.column("item") if "item" in sheet.header and quantity.axis else [""] * len(sheet.rows)
    seen: dict[tuple[str, str | None, str], tuple[int, float | None]] = {}
    unit = sheet.units.get(column, "")
    misfits: dict[str, Finding] = {}  # told once, where the unit stands, and not in every row below it
    for (line, _), entity, item, period, cell in zip(
        sheet.rows, entities, items, periods, sheet.column(column), strict=True
    ):
        place = f"{sheet.name} 第{line}行 {column}"
        known_item = _item(quantity, item)
        if known_item is None:
            findings.append(_unknown_item(quantity, item, place))
            known_item, cell = item.strip(), ""  # listed all the same: a total that lacks it is unknown
        if period is None or (quantity.axis and not known_item):
            continue
        try:
            value = value_of(quantity, known_item or None, cell, unit, place, findings)
        except UnitError as error:
            value = None
            head, declared = f"{sheet.name} 第2行 {column}", item_unit(quantity, known_item or None)
            misfits.setdefault(declared, Finding("table.unit", "error", head, unit, declared, str(error)))
        key = (entity.strip(), known_item or None, period)
        before, earlier = seen.get(key, (line, None))
        if earlier is not None and value is not None and value != earlier:
            findings.append(_twice(place, cell, before, earlier))
            value = None  # which of the two holds is for a person to say
        elif value is None:
            value = earlier  # an axis-free input may stand on any one of the entity's rows
        seen[key] = (before, value)
    findings += misfits.values()
    for (entity, known, period), (_, value) in seen.items():
        yield (quantity.id, entity, known, period, value)


def _twice(place: str, cell: str, before: int, earlier: float) -> Finding:
    expected = f"与第{before}行相同的 {earlier:.15g}"
    return Finding(
        "table.twice", "error", place, cell, expected, "同一格有两个值，请只留一个；在此之前按未知处理"
    )


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
        remedy = f"{error}改正之前，含有它的合计按未知" if text.strip() else "请填写品种"
        return Finding("table.item", "error", place, text or "空格", f"{of.title}的一个品种", remedy)
    raise AssertionError("only called for unknown items")


def _totals(rule: Rule) -> Iterator[Total]:
    return (one for one in rule.below() if isinstance(one, Total))


def _over_places(reference: Total) -> bool:
    return reference.over != MONTHS and reference.over != reference.of.axis


def _places(sheet: Sheet, kind: str, home: Home) -> NamedPlaces:
    if "entity" not in sheet.header:
        return NamedPlaces([], home)
    names = dict.fromkeys(name.strip() for name in sheet.column("entity"))
    member = "entity" if kind in (CHILDREN, "entity") else kind
    listed = [Entity(name, name, member, None if name == _WHOLE else _WHOLE) for name in names]
    whole = [] if _WHOLE in names else [Entity(_WHOLE, _WHOLE, "whole")]
    return NamedPlaces([*listed, *whole], home)


def _joined(
    rule: Rule, sheet: Sheet, result: pl.DataFrame
) -> tuple[tuple[str, ...], list[tuple[int, Written, tuple[str, ...]]]]:
    """The header, and of each cell asked for its first line, what it names, and the row printed."""
    over_places = any(_over_places(reference) for reference in rule.parts() if isinstance(reference, Total))
    keys = [key for key in KEYS if key in sheet.header and (key != "item" or rule.axis)]
    values = {
        (row.get("entity") or "", row.get("item") or "", row["period"]): row["value"]
        for row in result.iter_rows(named=True)
    }
    rows: dict[Written, tuple[int, Written, tuple[str, ...]]] = {}
    for line, written, cell in _cells(rule, sheet):
        if over_places:
            written, cell = (_WHOLE, *written[1:]), (_WHOLE, *cell[1:])
        named = dict(zip(KEYS, written, strict=True))
        printed = (*(named[key] for key in keys), _digits(values.get(cell)))
        rows.setdefault(cell, (line, cell, printed))
    return (*keys, rule.id), [*rows.values()]


def _digits(value: float | None) -> str:
    """The number with 15 significant digits: what a float holds without noise; empty where unknown, never -0.0."""
    return "" if value is None else repr(float(f"{value:.15g}") + 0.0)


Written = tuple[str, str, str]


def _cells(rule: Rule, sheet: Sheet) -> Iterator[tuple[int, Written, Written]]:
    """Each row's line, its entity, item and period as written, and the cell that they name."""
    entities = sheet.column("entity") if "entity" in sheet.header else [_WHOLE] * len(sheet.rows)
    items = sheet.column("item") if "item" in sheet.header and rule.axis else [""] * len(sheet.rows)
    periods = _periods(sheet, [])
    for (line, _), entity, item, period in zip(sheet.rows, entities, items, periods, strict=True):
        known = _item(rule, item)
        if period is not None:
            yield (
                line,
                (entity.strip(), item.strip(), period),
                (entity.strip(), known or item.strip(), period),
            )


def find_rule(id: str) -> Rule:
    """The rule with this id or Chinese title. Raises UnknownName; DuhengError for a quantity without rule."""
    import duheng.rules  # noqa: F401  # loads them

    known = all_quantities()
    found = known.get(id) or next((q for q in known.values() if q.title == id), None)
    if found is None:
        raise UnknownName(id, [q.id for q in known.values() if isinstance(q, Rule)], "规则")
    if not isinstance(found, Rule):
        computable = sorted(i for i, q in known.items() if isinstance(q, Rule))
        raise DuhengError(f"{id} 是填报量，没有算式；可计算的有：{'、'.join(computable)}")
    return found
