"""Reduction projects of the drill: registered, planned, reckoned by the formula of their type, audited, with evidence.

The tonnes of all projects of a pollutant are given; what each formula needs is worked out backwards from a project's
share, so that the estimate stands beside the audited figure as it does in a real city: near it, not on it.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import draw, rounded, split
from duheng.ingest.drill.entities import SOURCE, standing
from duheng.ingest.drill.settings import Settings
from duheng.ingest.reductions import ProjectType, end_of, project_type
from duheng.model.entities import Entity

FORM = "减排项目测算参数"
PLANNED_FORM = "减排项目计划"
EVIDENCE_FORM = "减排项目佐证材料"
AUDITED_FORM = "reduction-projects"
STEPS = ("planned", "submitted", "audited")


@dataclass(frozen=True)
class Plan:
    """A project as the drill lays it out; step: how far it has come."""

    seed: int
    number: int
    pollutant: str
    year: int
    step: str
    kinds: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its id in the register."""
        return f"drill-R{self.number:02}"

    @cached_property
    def type(self) -> ProjectType:
        """Its type."""
        return project_type(draw(self.seed, "type", self.number).choice(self.kinds))

    @cached_property
    def commissioned(self) -> date:
        """The first day of a month of its year."""
        return date(self.year, draw(self.seed, "month", self.number).randint(1, 12), 1)

    @property
    def days(self) -> int:
        """Days in operation in its first year."""
        return (date(self.year + 1, 1, 1) - self.commissioned).days


def project_plan(settings: Settings) -> Iterator[Plan]:
    """Every project: audited ones in the years of the settings, pending ones in the year after the last."""
    data, number = settings.data, 0
    years = data["project_years"]
    for pollutant, (count, _) in data["projects"].items():
        kinds = tuple(data["project_types"][pollutant])
        for year, some in zip(years, split(Decimal(count), list(years.values()), 0), strict=True):
            for _ in range(int(some)):
                number += 1
                yield Plan(settings.seed, number, pollutant, year, "audited", kinds)
    for pollutant, counts in data["pending_projects"].items():
        kinds = tuple(data["project_types"][pollutant])
        for step, count in zip(("submitted", "planned"), counts, strict=True):
            for _ in range(count):
                number += 1
                forced = data["project_blemishes"]["twice"].get(number)
                own = (forced,) if forced else kinds
                yield Plan(settings.seed, number, pollutant, settings.last_year + 1, step, own)


def projects(settings: Settings) -> Iterator[Entity]:
    """The register; each project exists from the year in which it starts to count."""
    areas = [area.id for area in settings.areas]
    blemishes = settings.data["project_blemishes"]
    for one in project_plan(settings):
        some = draw(settings.seed, "project", one.number)
        # Two numbers that share a plant count the same tonne twice, on purpose.
        shared = one.number in blemishes["twice"]
        plant = "演练污水厂05" if shared else None
        yield Entity(
            id=one.id, name=f"演练减排项目{one.number:02}（{one.pollutant}）", kind="reduction_project",
            parent=standing(some.choice(areas)), since=date(one.year, 1, 1), source=SOURCE, confidence="derived",
            attributes={
                "project_type": one.type.id, "owner": f"演练单位{one.number:02}", "permit": f"DRILL-{one.number:04}",
                "plant": plant, "commissioned_on": one.commissioned, "investment": some.randint(8, 240) * 10,
                "in_base": "no" if one.number in blemishes["outside_base"] else "yes",
            },
        )  # fmt: skip


def say_projects(press: Press) -> None:
    """Plans, inputs, evidence and audits of all projects."""
    settings = press.settings
    plan = list(project_plan(settings))
    for pollutant, (_, tonnes) in settings.data["projects"].items():
        own = [one for one in plan if one.pollutant == pollutant]
        counted = [one for one in own if one.step == "audited"]
        weights = [draw(settings.seed, "tonnes", one.number).uniform(0.4, 1.6) for one in counted]
        parts = split(Decimal(str(tonnes)), weights, 2)
        mean = Decimal(str(tonnes)) / len(counted)
        for one, part in zip(counted, parts, strict=True):
            _say(press, one, part)
        for one in own:
            if one.step != "audited":
                _say(press, one, rounded(mean * Decimal(draw(settings.seed, one.id).uniform(0.5, 1.5)), 2))


def _say(press: Press, one: Plan, part: Decimal) -> None:
    """One project; part: what is audited of it over the plan [t]."""
    last = press.settings.last_year
    share = Decimal(one.days) / _days(one.year)
    carried_over = one.year < last
    first = rounded(part * share, 2) if carried_over else part
    wish = part if carried_over else part / share
    some = draw(press.settings.seed, "audit", one.number)
    planned = rounded(wish * Decimal(some.uniform(0.95, 1.15)), 1)
    day = date(one.year, 1, 10) - timedelta(days=21)
    press.environment(
        PLANNED_FORM, "planned_reduction", one.id, str(one.year), planned, one.pollutant, day=day
    )
    if one.step == "planned":
        return
    _say_inputs(press, one, float(wish) * some.uniform(0.99, 1.12))
    _say_evidence(press, one)
    if one.step == "audited":
        _say_audit(press, one, {one.year: first, **({one.year + 1: part - first} if carried_over else {})})


def _days(year: int) -> int:
    return 365 + isleap(year)


def _say_audit(press: Press, one: Plan, parts: dict[int, Decimal]) -> None:
    """A project's tonnes count in its first year and the next; every other cell asked of it is a stated nought."""
    for year in range(one.year, press.settings.last_year + 1):
        for item in press.settings.data["projects"]:
            value = parts.get(year, Decimal(0)) if item == one.pollutant else Decimal(0)
            press.say(AUDITED_FORM, "project_reduction", one.id, str(year), value, item, status="audited")


# --- the estimate -----------------------------------------------------------------------------------------------------


def _say_inputs(press: Press, one: Plan, capacity: float) -> None:
    """What the formula of the type needs, the capacity stated by it, and what its attribution to years needs."""
    recipe = press.settings.data["project_inputs"][one.type.id]
    day = min(date(one.year + 1, 1, 20), press.settings.data["pending_on"])
    values = _inputs(one, recipe, capacity)
    formula = one.type.rule.number(**_arguments(one, values)) or 0.0
    for name, reference in one.type.rule.wordings[0].inputs.items():
        if reference.id != "year_days":  # said once, with the attribution to years
            item = one.pollutant if reference.axis else None
            press.environment(FORM, reference.id, one.id, str(one.year), values[name], item, day)
    wrong = 1.06 if one.number in press.settings.data["project_blemishes"]["capacity"] else 1.0
    stated = rounded(formula * wrong, 2)
    press.environment(FORM, "annual_reduction", one.id, str(one.year), stated, one.pollutant, day)
    if one.step == "audited":
        _say_attribution(press, one)


def _say_attribution(press: Press, one: Plan) -> None:
    """Days in operation in the first year and the next, and what is taken off in each."""
    blemishes = press.settings.data["project_blemishes"]
    for year in range(one.year, min(one.year + 1, press.settings.last_year) + 1):
        day, first = date(year + 1, 1, 20), year == one.year
        stopped = one.number in blemishes["stopped"] and not first
        days = one.days if first else 0 if stopped else _days(year)
        used = blemishes["offset"].get(one.number, 0) if first else 0
        taken = 0 if first else blemishes["cancelled"].get(one.number, 0)
        values = {
            "operating_days": days,
            "year_days": _days(year),
            "offset_used": used,
            "cancelled_reduction": taken,
        }
        for quantity, value in values.items():
            item = None if quantity.endswith("_days") else one.pollutant
            press.environment(FORM, quantity, one.id, str(year), Decimal(str(value)), item, day)


def _inputs(one: Plan, recipe: dict[str, Any], capacity: float) -> dict[str, Decimal]:
    """Arguments of the type's formula for which it gives the capacity: the scaled ones are scaled to it."""
    some = draw(one.seed, "inputs", one.number)
    known = {**recipe["scaled"], **recipe["fixed"]}
    base: dict[str, float] = {}
    for name, reference in one.type.rule.wordings[0].inputs.items():
        value = known[reference.id]
        value = float(value[one.pollutant] if isinstance(value, dict) else value)
        # Inputs that are scaled together must keep their ratio: only the fixed ones vary from project to project.
        fixed = reference.id in recipe["scaled"] or value == 0 or reference.id == "year_days"
        base[name] = value if fixed else value * some.uniform(0.97, 1.03)
    scaled = {name for name, of in one.type.rule.wordings[0].inputs.items() if of.id in recipe["scaled"]}
    unit = one.type.rule.number(**base) or 1.0
    return {
        name: rounded(value * capacity / unit if name in scaled else value, 4) for name, value in base.items()
    }


def _arguments(one: Plan, values: Mapping[str, Decimal]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _say_evidence(press: Press, one: Plan) -> None:
    """Most documents are there; some are found missing, some nobody has looked for."""
    some = draw(press.settings.seed, "evidence", one.number)
    day = min(date(one.year + 1, 2, 10), press.settings.data["pending_on"])
    for document in one.type.evidence(end_of(one.year)):
        luck = some.random() + (0.1 if one.step == "audited" else -0.15)
        if luck > 0.08:
            there = Decimal(int(luck > 0.14))
            press.environment(
                EVIDENCE_FORM, "project_evidence", one.id, str(one.year), there, document, day=day
            )
