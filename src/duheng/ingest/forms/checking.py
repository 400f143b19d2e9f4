"""The relations (审核关系) of a form over a sheet: each mismatch with its cell, both sides, tolerance and owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duheng.ingest.forms.content import Filled, month_text
from duheng.ingest.forms.filled import FormSheet, Line
from duheng.ingest.forms.formula import Figure, evaluate, names, rounding
from duheng.ingest.forms.knowing import constants_in, known_in, whole_parts
from duheng.ingest.forms.layout import Relation, told
from duheng.ingest.forms.thresholds import Thresholds, basis_of, certainty_of, thresholds_of
from duheng.ingest.forms.vocabulary import SUBTOTAL
from duheng.ingest.rows import locator
from duheng.model.findings import Finding, Severity
from duheng.model.parameters import Setting
from duheng.model.saying import listed, say

UNVERIFIED = "审核关系凭记忆，未核实"
_MOST_DIGITS = 16  # as many as a spreadsheet has; what goes on further is a quotient
_NOTHING = Decimal("1e-9")  # 1.1 / 1 - 1 is not more than a tenth
_BOUND = {"<=": "不超过{value}", ">=": "不小于{value}"}


@dataclass(frozen=True)
class Mismatch:
    """A relation that does not hold. found, expected: its two sides; severity: error only where the rule was read.

    bound: "<=" or ">=" where the other side is a bound rather than the value. kind: of both, "month", "share" or a
    number. basis: the citation by which a city replaced the relation or its limits, else "".
    """

    sheet: FormSheet
    check: str
    title: str
    fuel: str
    cell: str
    found: Decimal
    expected: Decimal
    tolerance: Decimal
    certainty: str
    severity: Severity
    remark: str = ""
    bound: str = ""
    kind: str = ""
    basis: str = ""

    @property
    def comment(self) -> str:
        """The relation and how sure we are of it, and who can mend the figure."""
        parts = [f"{self.title}，{self.remark or '不成立'}"]
        if self.certainty == "memory":
            parts.append(UNVERIFIED)
        if self.basis:
            parts.append(self.basis)
        parts.append(f"请{self.sheet.reporter or '填报单位'}核对")
        return "；".join(parts)

    def finding(self, file: str) -> Finding:
        """The same as a finding for the person at the screen."""
        place = f"{file} {locator(self.sheet.sheet, self.cell)}"
        found = say(
            "{title}：{fuel}为{value}", title=self.title, fuel=self.fuel, value=self._said(self.found)
        )
        template = "{value}（容差{tolerance}；审核关系凭记忆，未核实）"
        if self.certainty != "memory":
            template = "{value}（容差{tolerance}）"
        value: str = self._said(self.expected)
        if self.bound in _BOUND:
            value = say(_BOUND[self.bound], value=value)
        expected: str = say(template, value=value, tolerance=said(self.tolerance))
        if self.kind:
            expected = value if self.certainty != "memory" else say("{value}（未核实）", value=value)
        if self.basis:
            expected = listed("；", (expected, self.basis))
        remedy = self.remark or "请核对该行各栏"
        return Finding(
            f"form-{self.check}", self.severity, place, found, expected, remedy, self.sheet.reporter or None
        )

    def _said(self, value: Decimal) -> str:
        if self.kind == "share":
            return f"{said(value * 100)}%"
        return month_text(value) if self.kind == "month" else said(value)


def said(value: Decimal) -> str:
    """A number as a sentence has it: no exponent, and of a quotient no more digits than are of use."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_MOST_DIGITS:
        value = Decimal(f"{value:.6f}") or Decimal(f"{value:.3g}")
    return f"{value.normalize():f}" if value else "0"


def check_forms(sheets: Sequence[FormSheet]) -> list[Mismatch]:
    """Every relation over every sheet; sheets of one unit are held against each other where the form says so."""
    carry(sheets)
    found = [one for sheet in sheets for one in _check(sheet)]
    return [*found, *_steady(sheets)]


def carry(sheets: Sequence[FormSheet]) -> None:
    """Last year's figures that a sheet leaves blank, from last year's sheet of the same form and unit."""
    by_year = {(one.form.name, one.reporter, one.year): one for one in sheets if one.year is not None}
    for sheet in sheets:
        carried = sheet.form.settings.get("carry")
        before = by_year.get((sheet.form.name, sheet.reporter, (sheet.year or 0) - 1))
        if not carried or before is None:
            continue
        for line in sheet.lines:
            last = before.line(line.row.code or line.row.title)
            for into, of in carried.items():
                if last is not None and of in last.cells and last.unit == line.unit:
                    line.cells.setdefault(into, last.cells[of])


def is_total(sheet: FormSheet, line: Line) -> bool:
    """Whether the line is the form's row of totals."""
    totals = [one["row"] for one in sheet.form.settings.get("totals", ()) if "row" in one]
    return line.total or line.row.code in totals


def applies(sheet: FormSheet, relation: Relation, line: Line) -> bool:
    """Whether a relation is about a line."""
    rows = relation.rows
    return not is_total(sheet, line) and (not rows or line.row.code in rows or line.row.title in rows)


def _check(sheet: FormSheet) -> Iterator[Mismatch]:
    limits = thresholds_of(sheet)
    for relation in sheet.form.relations:
        if (setting := limits.relation(relation.title)) is not None:
            for line in sheet.lines:
                if applies(sheet, relation, line):
                    yield from _relation(sheet, line, relation, setting)
    for group, check_one in (("factors", _factors), ("totals", _total), ("overall", _overall)):
        for check in sheet.form.listed(group):
            if (setting := limits.relation(check["title"])) is not None:
                yield from check_one(sheet, check, setting)


def _relation(sheet: FormSheet, line: Line, relation: Relation, setting: Setting) -> Iterator[Mismatch]:
    left, right = relation.left, relation.right
    if isinstance(left, tuple) and isinstance(right, tuple):
        yield from _sums(sheet, line, relation, (left, right), setting)
    else:
        yield from _formulas(sheet, line, relation, setting)


def _sums(
    sheet: FormSheet,
    line: Line,
    relation: Relation,
    of: tuple[tuple[str, ...], tuple[str, ...]],
    setting: Setting,
) -> Iterator[Mismatch]:
    """Equal where all is stated; where a part is blank the stated parts may not exceed the whole (no nought, L1)."""
    left, right = of
    signed = [(name.lstrip("-"), -1 if name.startswith("-") else 1) for name in left]
    stated = [name for name in right if name in line.cells]
    if any(name not in line.cells for name, _ in signed) or not stated:
        return
    made = sum((sign * line.cells[name].value for name, sign in signed), Decimal(0))
    parts = sum((line.cells[name].value for name in stated), Decimal(0))
    dated = {"start", "end"} & {*stated, *left}
    counted = [line.cells[name].value for name in (*(name for name, _ in signed), *stated)]
    tolerance = Decimal(0) if relation.exact or dated else rounding(counted)
    gap = made - parts
    equal = relation.relation == "=" and len(stated) == len(right)
    cell = line.cells[signed[0][0] if relation.relation == "=" else stated[-1]].cell
    one, other = (made, parts) if relation.relation == "=" else (parts, made)
    about = (
        sheet, relation.id, relation.title, line.row.title, cell, one, other, tolerance, setting.certainty,
    )  # fmt: skip
    weight, basis = relation.weight(setting.certainty), basis_of((setting,))
    if gap < -tolerance or (equal and gap > tolerance):
        yield Mismatch(*about, weight, "", "<=" if dated else "", "month" if dated else "", basis)
    elif relation.rest and gap > tolerance:
        yield Mismatch(*about, "notice", relation.rest, basis=basis)


def sides(relation: Relation) -> tuple[str, str]:
    """Both sides as formulas."""

    def joined(side: tuple[str, ...] | str) -> str:
        return side if isinstance(side, str) else " + ".join(side).replace("+ -", "- ")

    return joined(relation.left), joined(relation.right)


def _formulas(sheet: FormSheet, line: Line, relation: Relation, setting: Setting) -> Iterator[Mismatch]:
    """Both sides as far as their printed digits go; nothing where a figure of them is not stated."""
    left, right = sides(relation)
    known = known_in(sheet, line)
    one, other = evaluate(left, known), evaluate(right, known)
    if one is None or other is None or scale_of(relation, one, other) is not None:
        return
    cell = next((line.cells[name].cell for name in (*names(left), *names(right)) if name in line.cells), "A1")
    tolerance = Decimal(0) if relation.exact else one.error + other.error
    basis = basis_of((setting, *constants_in(sheet, (*names(left), *names(right)))))
    yield Mismatch(
        sheet, relation.id, relation.title, line.row.title, cell, one.value, other.value, tolerance,
        setting.certainty, relation.weight(setting.certainty), relation.rest, relation.relation,
        "share" if relation.share else "", basis,
    )  # fmt: skip


def scale_of(relation: Relation, one: Figure, other: Figure) -> float | None:
    """The factor of units under which the relation holds, 1 where it does as it stands; None where it does not."""
    for scale in (1.0, *relation.scales):
        times = Decimal(str(scale))
        gap = one.value - other.value * times
        tolerance = _NOTHING if relation.exact else one.error + other.error * times
        below, above = gap <= tolerance, gap >= -tolerance
        if {"=": below and above, "<=": below, ">=": above}[relation.relation]:
            return scale
    return None


def _factors(sheet: FormSheet, check: Any, setting: Setting) -> Iterator[Mismatch]:
    limits = thresholds_of(sheet)
    for line in sheet.lines:
        if not is_total(sheet, line):
            yield from _factor(sheet, line, check, setting, limits)


def _factor(
    sheet: FormSheet, line: Line, check: Any, setting: Setting, limits: Thresholds
) -> Iterator[Mismatch]:
    """The factor used against the printed reference (or its range), in the form's own unit."""
    used, factors = line.cells.get(check["column"]), limits.factors(line.row.item)
    if used is None or factors is None or not line.scale:
        return
    low, high, share = (one.value for one in factors)
    times = Decimal(line.scale.numerator) / Decimal(line.scale.denominator)
    value = used.value / times
    if low * (1 - share) <= value <= high * (1 + share):
        return
    nearest = (low if value < low else high) * times
    yield Mismatch(
        sheet, check["id"], check["title"], line.row.title, used.cell, used.value, nearest, nearest * share,
        certainty_of((setting, *factors[:2])), "warning", "请附化验报告或改正系数", basis=basis_of((setting, *factors)),
    )  # fmt: skip


def _total(sheet: FormSheet, check: Any, setting: Setting) -> Iterator[Mismatch]:
    """The row of totals against what its rows make; not checked where a part of one of them is unknown."""
    total, of = total_line(sheet, check), check["of"]
    counted = whole_parts(sheet, check.get("over", names(of)[0]), total)
    if total is None or check["column"] not in total.cells or not counted:
        return
    parts = [evaluate(of, known_in(sheet, line)) if line.scale is not None else None for line in counted]
    figures = [one for one in parts if one is not None]
    if len(figures) < len(parts):
        return
    made = sum(figures, Figure(Decimal(0)))
    stated: Filled = total.cells[check["column"]]
    tolerance = rounding([stated.value]) + made.error
    if abs(stated.value - made.value) > tolerance:
        yield Mismatch(
            sheet, check["id"], check["title"], total.row.title, stated.cell, stated.value, made.value, tolerance,
            setting.certainty, "warning", basis=basis_of((setting,)),
        )  # fmt: skip


def total_line(sheet: FormSheet, check: Any) -> Line | None:
    """The line of totals that a check is about."""
    if "row" in check:
        return sheet.line(check["row"])
    whole = [line for line in sheet.lines if line.total and told(line.row.title) != SUBTOTAL]
    return whole[-1] if whole else None


def _overall(sheet: FormSheet, check: Any, setting: Setting) -> Iterator[Mismatch]:
    """Two sums over all rows, the left not above the right; not checked where a factor of one of them is unknown."""
    sums = [sum_over(sheet, check[side]) for side in ("left", "right")]
    one, other = sums[0][0], sums[1][0]
    if one is None or other is None:
        return
    if one.value - other.value > one.error + other.error:
        first = names(check["left"])[0]
        cell = next(line.cells[first].cell for line in sheet.lines if first in line.cells)
        yield Mismatch(
            sheet, check["id"], check["title"], "全表", cell, one.value, other.value, one.error + other.error,
            setting.certainty, "warning", check.get("rest", ""), "<=", basis=basis_of((setting,)),
        )  # fmt: skip


def sum_over(sheet: FormSheet, formula: str) -> tuple[Figure | None, list[str]]:
    """The formula summed over the rows that state its first figure, and the rows whose other figures are unknown."""
    total = next((line for line in sheet.lines if is_total(sheet, line)), None)
    counted = whole_parts(sheet, names(formula)[0], total)
    parts = [(line, evaluate(formula, known_in(sheet, line))) for line in counted]
    lacking = [line.row.title for line, made in parts if made is None or line.scale is None]
    if lacking or not parts:
        return None, lacking
    return sum((made for _, made in parts if made is not None), Figure(Decimal(0))), []


def _steady(sheets: Sequence[FormSheet]) -> Iterator[Mismatch]:
    """What is that of the year, as the opening stock: the same in every month's sheet of one unit and year."""
    first: dict[tuple[str, str, int | None, str], Decimal] = {}
    for sheet in sheets:
        limits = thresholds_of(sheet)
        for check in sheet.form.listed("steady"):
            setting = limits.relation(check["title"])
            if setting is not None:
                yield from _changed(sheet, check, setting, first)


def _changed(
    sheet: FormSheet, check: Any, setting: Setting, first: dict[tuple[str, str, int | None, str], Decimal]
) -> Iterator[Mismatch]:
    for line in sheet.lines:
        stated = line.cells.get(check["column"])
        if stated is None:
            continue
        key = (sheet.form.name, sheet.reporter, sheet.year, line.row.code)
        known = first.setdefault(key, stated.value)
        if known != stated.value:
            yield Mismatch(
                sheet, check["id"], check["title"], line.row.title, stated.cell, stated.value, known, Decimal(0),
                setting.certainty, "error", basis=basis_of((setting,)),
            )  # fmt: skip
