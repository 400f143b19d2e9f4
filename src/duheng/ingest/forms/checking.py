"""The relations (审核关系) of form 205-1 over a sheet: each mismatch with its cell, both sides, tolerance and owner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duheng.ingest.forms.layout import Form, Relation, form_205_1
from duheng.ingest.forms.reading import FormSheet, Line
from duheng.ingest.forms.thresholds import Thresholds, basis_of, certainty_of, thresholds_of
from duheng.ingest.rows import locator
from duheng.model.findings import Finding, Severity
from duheng.model.parameters import Local, Setting
from duheng.model.saying import listed, say

UNVERIFIED = "审核关系凭记忆，未核实"


@dataclass(frozen=True)
class Mismatch:
    """A relation that does not hold. found, expected: its two sides; severity: error only where the rule was read.

    basis: the citation by which a city replaced the relation or its limits, else "".
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
        found = say("{title}：{fuel}为{value}", title=self.title, fuel=self.fuel, value=_said(self.found))
        template = "{value}（容差{tolerance}；审核关系凭记忆，未核实）"
        if self.certainty != "memory":
            template = "{value}（容差{tolerance}）"
        expected = say(template, value=_said(self.expected), tolerance=_said(self.tolerance))
        if self.basis:
            expected = listed("；", (expected, self.basis))
        remedy = self.remark or "请核对该行各栏"
        return Finding(
            f"form-{self.check}", self.severity, place, found, expected, remedy, self.sheet.reporter or None
        )


def _said(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


def check_forms(sheets: Sequence[FormSheet], local: Local | None = None) -> list[Mismatch]:
    """Every relation over every sheet, and the opening stocks of several months against each other.

    local: the parameters in use at a place, which say what relations and reference factors hold in a sheet's month.
    """
    form = form_205_1()
    found = [one for sheet in sheets for one in _check(sheet, form, _thresholds(sheet, form, local))]
    return [*found, *_openings(sheets, form, local)]


def _thresholds(sheet: FormSheet, form: Form, local: Local | None) -> Thresholds:
    return thresholds_of(sheet, form.settings["number"], local)


def _check(sheet: FormSheet, form: Form, limits: Thresholds) -> Iterator[Mismatch]:
    for line in sheet.lines:
        if line.row.code == form.settings["total"]:
            continue
        for relation in form.relations:
            if setting := limits.relation(relation.title, form.settings["cite"], relation.certainty):
                yield from _relation(sheet, line, relation, setting)
        yield from _factor(sheet, line, form, limits)
    yield from _total(sheet, form, limits)


def _check_setting(form: Form, check: str, limits: Thresholds) -> Setting | None:
    """The setting of one of the checks that are no relation of columns."""
    known = form.settings[check]
    return limits.relation(known["title"], known.get("cite", form.settings["cite"]), known["certainty"])


def _relation(sheet: FormSheet, line: Line, relation: Relation, setting: Setting) -> Iterator[Mismatch]:
    """Equal where all is stated; where a part is blank the stated parts may not exceed the whole (no nought, L1)."""
    left = [(name.lstrip("-"), -1 if name.startswith("-") else 1) for name in relation.left]
    stated = [name for name in relation.right if name in line.cells]
    if any(name not in line.cells for name, _ in left) or not stated:
        return
    made = sum((sign * line.cells[name].value for name, sign in left), Decimal(0))
    parts = sum((line.cells[name].value for name in stated), Decimal(0))
    names = [*(name for name, _ in left), *stated]
    tolerance = _tolerance([line.cells[name].value for name in names])
    gap = made - parts
    equal = relation.relation == "=" and len(stated) == len(relation.right)
    cell, certainty = (
        line.cells[left[0][0] if relation.relation == "=" else stated[-1]].cell,
        setting.certainty,
    )
    one, other = (made, parts) if relation.relation == "=" else (parts, made)
    if gap < -tolerance or (equal and gap > tolerance):
        severity: Severity = "error" if certainty != "memory" else "warning"
        yield Mismatch(
            sheet,
            relation.id,
            relation.title,
            line.row.title,
            cell,
            one,
            other,
            tolerance,
            certainty,
            severity,
            basis=basis_of((setting,)),
        )
    elif relation.rest and gap > tolerance:
        yield Mismatch(
            sheet, relation.id, relation.title, line.row.title, cell, one, other, tolerance, certainty, "notice",
            relation.rest, basis_of((setting,)),
        )  # fmt: skip


def _tolerance(values: Sequence[Decimal], factors: Sequence[Decimal] = ()) -> Decimal:
    """Half a unit of the last printed digit for every figure: what rounding alone can make of a sum."""
    digits = max((-int(value.as_tuple().exponent) for value in values if value), default=0)
    return Decimal(len(values)) / 2 * Decimal(1).scaleb(-max(0, digits))


def _factor(sheet: FormSheet, line: Line, form: Form, limits: Thresholds) -> Iterator[Mismatch]:
    """The factor used against the printed reference (or its range), in the form's own unit."""
    used, setting = line.cells.get("factor"), _check_setting(form, "factor_check", limits)
    factors = limits.factors(line.row.item)
    if used is None or factors is None or setting is None or not line.scale:
        return
    low, high, share = (one.value for one in factors)
    value = used.value / (Decimal(line.scale.numerator) / Decimal(line.scale.denominator))
    if low * (1 - share) <= value <= high * (1 + share):
        return
    check = form.settings["factor_check"]
    nearest = low if value < low else high
    yield Mismatch(
        sheet, check["id"], check["title"], line.row.title, used.cell, used.value, nearest, nearest * share,
        certainty_of((setting, *factors[:2])), "warning", "请附化验报告或改正系数", basis_of((setting, *factors)),
    )  # fmt: skip


def _total(sheet: FormSheet, form: Form, limits: Thresholds) -> Iterator[Mismatch]:
    """Row 能源合计 against the fuels' use times their factors; not checked where one of them is unknown."""
    total, setting = sheet.line(form.settings["total"]), _check_setting(form, "total_check", limits)
    present = {line.row.code for line in sheet.lines if "use" in line.cells}
    counted = [
        line
        for line in sheet.lines
        if line is not total and line.row.part_of not in present and "use" in line.cells
    ]
    if total is None or setting is None or "use" not in total.cells or not counted:
        return
    if any("factor" not in line.cells or line.scale is None for line in counted):
        return
    made = sum((line.cells["use"].value * line.cells["factor"].value for line in counted), Decimal(0))
    said, check = total.cells["use"], form.settings["total_check"]
    tolerance = _tolerance([said.value]) + sum(
        (_tolerance([line.cells["use"].value]) * line.cells["factor"].value for line in counted), Decimal(0)
    )
    if abs(said.value - made) > tolerance:
        yield Mismatch(
            sheet, check["id"], check["title"], total.row.title, said.cell, said.value, made, tolerance,
            setting.certainty, "warning", basis=basis_of((setting,)),
        )  # fmt: skip


def _openings(sheets: Sequence[FormSheet], form: Form, local: Local | None) -> Iterator[Mismatch]:
    """The opening stock is that of the year: the same in every month's sheet of one unit and year."""
    first: dict[tuple[str, int | None, str], Decimal] = {}
    check = form.settings["opening_check"]
    for sheet in sheets:
        setting = _check_setting(form, "opening_check", _thresholds(sheet, form, local))
        for line in sheet.lines if setting else ():
            opening = line.cells.get("opening")
            if opening is None or setting is None:
                continue
            known = first.setdefault((sheet.reporter, sheet.year, line.row.code), opening.value)
            if known != opening.value:
                yield Mismatch(
                    sheet, check["id"], check["title"], line.row.title, opening.cell, opening.value, known,
                    Decimal(0), setting.certainty, "error", basis=basis_of((setting,)),
                )  # fmt: skip


def unchecked(sheet: FormSheet, local: Local | None = None) -> list[str]:
    """Relations that this sheet cannot show to hold, in words: those of other forms, and the total without factors."""
    form = form_205_1()
    said = list(form.settings["elsewhere"])
    bare = [line.row.title for line in sheet.lines if "use" in line.cells and "factor" not in line.cells]
    bare = [title for title in bare if title != "能源合计"]
    if bare and _check_setting(form, "total_check", _thresholds(sheet, form, local)):
        check, fuels = form.settings["total_check"]["title"], listed("、", bare)
        said.append(say("{check}（{fuels}没有采用折标系数）", check=check, fuels=fuels))
    return said
