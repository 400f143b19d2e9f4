"""The bridge between accounting definitions (口径): what each step takes out of energy, and what becomes of the target.

Full, less feedstock, less non-fossil energy, non-fossil power as apportioned to the city: one row each, for the year
and its base year, reckoned alike in both. Every figure is a cell with reasons of its own; differences are those of the
printed numbers (L7), and unknown where either is (L1). What is missing is named with who owes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from duheng.assess.books import Opened
from duheng.assess.evidence import Cell, leaves, reasons
from duheng.assess.owed import each_once, owed
from duheng.assess.progress import common_base
from duheng.model.entities import Entity
from duheng.model.errors import DuhengError
from duheng.model.findings import Finding
from duheng.model.glossary import Definition, Quantity, definition, quantity
from duheng.model.periods import Period, parse
from duheng.model.references import BASE_YEAR
from duheng.model.rounding import printed
from duheng.model.rule import Rule
from duheng.model.saying import Saying, listed, say
from duheng.model.verbs import OPERATIONS

ENERGY, INTENSITY, DECLINE = "energy", "energy_intensity", "energy_intensity_decline"
BRIDGED = (ENERGY, INTENSITY, DECLINE)
# What a definition takes out beyond the one before; `apportioned` puts its own in the place of what stood there.
DEDUCTED = {
    "minus-feedstock": "feedstock_energy",
    "minus-feedstock-nonfossil": "nonfossil_energy",
    "apportioned": "determined_nonfossil_energy",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell of the bridge: where its reasons are, and its value as printed; None is unknown."""

    cell: Cell
    value: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Line:
    """One definition: what it deducts, energy, intensity and decline under it, and the change against the row above.

    cite: of the wording that applies. Changes are of printed numbers, in the unit of what changes.
    """

    definition: Definition
    cite: str
    deducted: Figure | None
    deducted_base: Figure | None
    energy: Figure
    energy_base: Figure
    intensity: Figure
    decline: Figure
    energy_change: Decimal | None
    decline_change: Decimal | None

    def figures(self) -> Iterator[Figure]:
        """Every figure of the row."""
        some = (
            self.deducted,
            self.energy,
            self.deducted_base,
            self.energy_base,
            self.intensity,
            self.decline,
        )
        return (one for one in some if one is not None)


@dataclass(frozen=True, slots=True)
class Missing:
    """A statement for want of which some figure is unknown: what, and who owes it by when; None where nobody does."""

    what: Saying
    by: str | None
    due: date | None
    note: str

    @property
    def text(self) -> Saying:
        """One sentence."""
        if self.by is None:
            return say("{what}：{note}", what=self.what, note=self.note or "—")
        return say("{unit}：{what}，应于{due}前报送", unit=self.by, what=self.what, due=self.due)


@dataclass(frozen=True, slots=True)
class Bridge:
    """All definitions of one place and year side by side."""

    opened: Opened
    entity: Entity
    period: Period
    base: Period
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The whole as plain data."""
        return {
            "entity": self.entity.id,
            "name": self.entity.name,
            "period": str(self.period),
            "base": str(self.base),
            "scenario": self.opened.scenario,
            "plan": self.opened.plan.id,
            "lines": [_as_json(line) for line in self.lines],
            "missing": [
                {
                    "what": one.what,
                    "by": one.by,
                    "due": one.due.isoformat() if one.due else None,
                    "note": one.note or None,
                }
                for one in self.missing
            ],
            "findings": [one.text for one in self.findings],
        }


def bridge(opened: Opened, entity: str, period: str) -> Bridge:
    """The bridge of a place and period. Raises UnknownName, PeriodError, DuhengError where there is no base year."""
    here, when = opened.city.places.find(entity), parse(period)
    asked = (one for one in opened.plan.targets if (one.quantity, one.entity) == (DECLINE, here.id))
    opened = opened.from_base(common_base(asked))
    base = BASE_YEAR.of(when, opened.books.base_year)
    if base is None:
        raise DuhengError(say("{period}没有{moment}。请写一年，如2025。", period=when, moment=BASE_YEAR))
    lines: list[Line] = []
    for id in quantity(ENERGY).definitions:
        lines.append(_line(opened, here, (when, base), id, lines[-1] if lines else None))
    findings = tuple(found for one in (when, base) for found in _overdetermined(opened, here, one))
    return Bridge(opened, here, when, base, tuple(lines), _missing(opened, lines), findings)


def _overdetermined(opened: Opened, here: Entity, period: Period) -> Iterator[Finding]:
    """Traded and certified power that exceeds what is taken from the grid (发改能源〔2026〕622号)."""
    names = ("grid_offtake", "nonfossil_power_traded", "nonfossil_power_certified")
    found = [reasons(opened, Cell(name, here.id, None, str(period))).value for name in names]
    known = [value for value in found if value is not None]
    offtake, evidence = known[0] if known else 0.0, known[1:]
    if len(known) == len(names) and OPERATIONS[">"](sum(evidence), offtake):
        said = say(
            "交易认定与绿证认定之和 {evidence} 万kWh大于下网电量 {offtake} 万kWh",
            evidence=f"{sum(evidence):.10g}",
            offtake=f"{offtake:.10g}",
        )
        place = listed(" ", (here, quantity("apportioned_power"), period))
        remedy = "请核对认定电量；在此之前分摊量未知"
        yield Finding("overdetermined", "error", place, said, "不大于下网电量", remedy)


def _line(opened: Opened, here: Entity, periods: tuple[Period, Period], id: str, above: Line | None) -> Line:
    when, base = periods
    deducted = DEDUCTED.get(id)

    def figure(of: str, period: Period) -> Figure:
        return _figure(opened, Cell(of, here.id, None, str(period), id))

    now, decline = figure(ENERGY, when), figure(DECLINE, when)
    return Line(
        definition(id),
        _cite(quantity(ENERGY), when, opened.city.places.code(here.id), id),
        figure(deducted, when) if deducted else None,
        figure(deducted, base) if deducted else None,
        now,
        figure(ENERGY, base),
        figure(INTENSITY, when),
        decline,
        _less(now, above.energy) if above else None,
        _less(decline, above.decline) if above else None,
    )


def _figure(opened: Opened, cell: Cell) -> Figure:
    bound = quantity(cell.quantity)
    meant = opened.books.meant(bound, cell.definition)
    cell = Cell(bound.id, cell.entity, None, cell.period, meant, base=opened.books.base_year)
    return Figure(cell, printed(reasons(opened, cell).value, bound), bound.printed_unit)


def _cite(of: Quantity, when: Period, code: str, id: str) -> str:
    wording = of.wording(when.end, code, id) if isinstance(of, Rule) else None
    return wording.cite if wording else ""


def _less(here: Figure, above: Figure) -> Decimal | None:
    return here.value - above.value if here.value is not None and above.value is not None else None


def _missing(opened: Opened, lines: list[Line]) -> tuple[Missing, ...]:
    """What the duties of the plan ask for, then what no duty asks for; each once."""
    unknown = [figure.cell for line in lines for figure in line.figures() if figure.value is None]
    owing = each_once(one for cell in unknown for one in owed(opened, cell, date.max))
    asked = {(one.quantity, str(one.period)) for one in owing}
    found = [Missing(one.what, one.unit, one.due, "") for one in owing]
    years: dict[tuple[str, str, str | None], dict[str, Period]] = {}
    for cell in unknown:
        for step in leaves(reasons(opened, cell), "missing"):
            if step.quantity and (step.quantity, step.period) not in asked:
                known = years.setdefault((step.entity, step.quantity, step.item), {})
                known[step.period] = parse(step.period)
    for (entity, of, item), periods in years.items():
        place, bound = opened.city.places.get(entity), quantity(of)
        when = listed("、", (periods[text] for text in sorted(periods)))
        what = listed(" ", filter(None, (place, bound, item, when)))
        found.append(Missing(what, None, None, bound.note))
    return tuple(found)


def _as_json(line: Line) -> dict[str, Any]:
    def told(figure: Figure | None) -> dict[str, Any] | None:
        if figure is None:
            return None
        value = None if figure.value is None else float(figure.value)
        return {
            "quantity": figure.cell.quantity,
            "period": figure.cell.period,
            "value": value,
            "unit": figure.unit,
        }

    return {
        "definition": line.definition.id,
        "title": line.definition.title,
        "since": line.definition.since or None,
        "cite": line.cite,
        "deducted": told(line.deducted),
        "deducted_base": told(line.deducted_base),
        "energy": told(line.energy),
        "energy_base": told(line.energy_base),
        "intensity": told(line.intensity),
        "decline": told(line.decline),
        "energy_change": None if line.energy_change is None else float(line.energy_change),
        "decline_change": None if line.decline_change is None else float(line.decline_change),
    }
