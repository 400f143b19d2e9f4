"""The county light table (晴雨表): each county by its annual task and by five-year progress, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from duheng.assess.board import number
from duheng.assess.books import Opened, day_of, opened
from duheng.assess.choices import chosen
from duheng.assess.evidence import Cell, known_years
from duheng.assess.judging import Case, Judgement, judgement, short, with_unit
from duheng.assess.lacking import Lacking, lacking
from duheng.assess.owed import Owed, obliged
from duheng.assess.progress import annual_decline, annual_task, base_year, clock, printed, printed_unit
from duheng.assess.status import UNSTATED, Reading, cell, read
from duheng.assess.warning import WarningRule, required_paths, warning_rule
from duheng.model.entities import Entity
from duheng.model.errors import UnknownName
from duheng.model.glossary import Quantity, quantity
from duheng.model.plan import City, Plan, Target
from duheng.model.saying import Saying, listed, say

UNJUDGED = Judgement(None, None, None, None, UNSTATED)


@dataclass(frozen=True, slots=True)
class CountyLight:
    """A county's row. Numbers are as judged, in `unit`; None is unknown.

    actual: cumulative value of the period; year: the year's own decline. goal: its target over the plan;
    task: what the year alone asks. assigned: the goal is its own, not the city's. change: what became of its
    lights since the period before, None where either is unknown. owed: the statements it lacks. base: the base
    year its target states, None for the plan's.
    """

    entity: Entity
    period: str | None
    unit: str
    goal: Decimal | None
    assigned: bool
    actual: Decimal | None
    five_year: Judgement
    year: Decimal | None
    task: Decimal | None
    annual: Judgement
    change: str | None
    owed: tuple[Owed, ...]
    owed_by: tuple[str, ...]
    note: Saying
    base: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The row as plain data."""
        return {
            "entity": self.entity.id,
            "name": self.entity.name,
            "period": self.period,
            "unit": self.unit,
            "target": number(self.goal),
            "actual": number(self.actual),
            "path": number(self.five_year.path),
            "five_year_light": self.five_year.light,
            "five_year_yardstick": self.five_year.yardstick,
            "year": number(self.year),
            "task": number(self.task),
            "annual_light": self.annual.light,
            "annual_yardstick": self.annual.yardstick,
            "change": self.change,
            "owed_by": list(self.owed_by),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class _Row:
    """A county's values under its target, before they are judged."""

    entity: Entity
    target: Target
    assigned: bool
    reading: Reading
    annual: Mapping[int, Decimal]


def county_lights(
    city: City,
    plan: Plan,
    scenario: str = "actual",
    as_of: date | datetime | None = None,
    *,
    target: str | None = None,
    definition_choices: Mapping[str, str] | None = None,
    rule: str | None = None,
) -> tuple[CountyLight, ...]:
    """A row per county in administrative order, then the zones as the folder lists them.

    target: id of a cumulative decline of the city (the plan's first one where None). All rows speak of the
    same period: the newest one for which any county is known. A county's own target, where the plan has one
    for the same quantity, goes before the city's. Raises UnknownName for an unknown target or rule.
    """
    books, day, levels = opened(city, plan, scenario, as_of), day_of(as_of), warning_rule(rule)
    of_city = _headline(city, plan, target).on(day)
    choices = chosen(city, plan, as_of) if definition_choices is None else definition_choices
    choice = choices.get(of_city.id)
    rows = [_row(books, of_city, place, day, choice) for place in places_of(city)]
    year = max((max(row.reading.years) for row in rows if row.reading.years), default=None)
    return tuple(_light(books, row, year, day, levels) for row in rows)


def places_of(city: City) -> list[Entity]:
    """The city's counties in order of code, then its zones as the folder lists them."""
    below = city.places.children(city.id, statistical=False)
    counties = sorted((one for one in below if one.kind == "county"), key=lambda one: one.id)
    return [*counties, *(one for one in below if one.kind == "zone")]


def _headline(city: City, plan: Plan, id: str | None) -> Target:
    known = [one for one in plan.targets if one.direction == "decrease" and one.entity == city.id]
    found = next((one for one in known if id is None or one.id == id), None)
    if found is None:
        raise UnknownName(id or "decrease", [one.id for one in known])
    return found


def _row(opened: Opened, of_city: Target, place: Entity, day: date, choice: str | None) -> _Row:
    own = next(
        (
            one.on(day)
            for one in opened.plan.targets
            if (one.entity, one.quantity, one.item) == (place.id, of_city.quantity, of_city.item)
        ),
        None,
    )
    target = own or replace(of_city, entity=place.id)
    bound = quantity(target.quantity)
    reading = read(opened, target, bound, "decline", choice)
    return _Row(place, target, own is not None, reading, _annual(opened, target, bound, reading))


def _annual(opened: Opened, target: Target, bound: Quantity, reading: Reading) -> dict[int, Decimal]:
    """The decline of each year alone: its own quantity where data name one, else from the cumulative ones."""
    unit, base = printed_unit(target, bound), base_year(opened.plan, target)
    named = required_paths().annual_quantities.get(bound.id)
    if named:
        yearly = quantity(named)
        place = Cell(named, target.entity, target.item, str(base), reading.have)
        known = known_years(opened, place, reading.years)
        found = {year: printed(value, yearly, target.item, unit) for year, value in known.items()}
    else:
        before = {base: Decimal(0), **reading.years}
        found = {
            year: annual_decline(now, before[year - 1], unit, bound.decimals)
            for year, now in reading.years.items()
            if year - 1 in before
        }
    return {year: value for year, value in found.items() if value is not None}


def _light(opened: Opened, row: _Row, year: int | None, day: date, rule: WarningRule) -> CountyLight:
    target, bound = row.target, quantity(row.target.quantity)
    unit = printed_unit(target, bound)
    five_year, annual = _judged(opened, row, year, day, rule)
    task = None
    if target.value is not None:
        years = target.deadline - base_year(opened.plan, target)
        task = annual_task(target.value, unit, years, bound.decimals)
    actual = row.reading.years.get(year) if year is not None else None
    wants = Lacking() if actual is not None else _lacking(opened, row, year, day)
    return CountyLight(
        entity=row.entity,
        period=None if year is None else str(year),
        unit=unit,
        goal=target.value,
        assigned=row.assigned,
        actual=actual,
        five_year=five_year,
        year=row.annual.get(year) if year is not None else None,
        task=task,
        annual=annual,
        change=_change(opened, row, year, day, rule, (five_year, annual)),
        owed=wants.owed,
        owed_by=wants.units,
        note=_note(opened, row, actual, wants.cause),
        base=target.base,
    )


def _judged(
    opened: Opened, row: _Row, year: int | None, day: date, rule: WarningRule
) -> tuple[Judgement, Judgement]:
    """Five-year and annual judgement of a year."""
    target, bound = row.target, quantity(row.target.quantity)
    if row.reading.mismatch:
        refused = replace(UNJUDGED, yardstick=row.reading.mismatch)
        return refused, refused
    if year is None or target.value is None:
        return UNJUDGED, UNJUDGED
    unit, at = printed_unit(target, bound), clock(opened.plan, target, year, day)
    five_year, annual = UNJUDGED, UNJUDGED
    if (actual := row.reading.years.get(year)) is not None:
        case = Case("decline", actual, target.value, unit, bound.decimals, year, target.deadline, at)
        five_year = judgement(case, rule)
    task = annual_task(target.value, unit, at.years, bound.decimals)
    if (own := row.annual.get(year)) is not None and task is not None:
        annual = _against_task(own, task, unit, year, rule)
    return five_year, annual


def _against_task(own: Decimal, task: Decimal, unit: str, year: int, rule: WarningRule) -> Judgement:
    level, gap = rule.level(own, task), task - own
    verdict = "已达到" if gap <= 0 else short(own, task, gap, unit, rule)
    text = say(
        "{path}：{year}年应降{task}，实际降{own}，{verdict}",
        path=required_paths().annual_title,
        year=year,
        task=with_unit(task, unit),
        own=with_unit(own, unit),
        verdict=verdict,
    )
    return Judgement(task, gap, level.light if level else None, level, text)


def _change(
    opened: Opened,
    row: _Row,
    year: int | None,
    day: date,
    rule: WarningRule,
    now: tuple[Judgement, Judgement],
) -> str | None:
    """`与2022年相比：五年进度由三级变为二级`, or that nothing changed; None where a light is unknown."""
    if year is None or year - 1 == base_year(opened.plan, row.target):
        return None
    before = _judged(opened, row, year - 1, day, rule)
    paths = required_paths()
    titles = (paths.paths["decline"].title, paths.annual_title)
    pairs = [(title, a.level, b.level) for title, a, b in zip(titles, before, now, strict=True)]
    known = [(title, a, b) for title, a, b in pairs if a is not None and b is not None]
    if not known:
        return None
    moved = [
        say("{path}由{before}变为{now}", path=title, before=a.label, now=b.label)
        for title, a, b in known
        if a.light != b.light
    ]
    return say("与{year}年相比：{moved}", year=year - 1, moved=listed("，", moved) if moved else "没有变化")


def _lacking(opened: Opened, row: _Row, year: int | None, day: date) -> Lacking:
    first = base_year(opened.plan, row.target) + 1
    last = max(first, min(row.target.deadline, day.year))
    years = range(first, last + 1) if year is None else (year,)
    return lacking(opened, [cell(row.target, one, row.reading.have) for one in years], day)


def _note(opened: Opened, row: _Row, actual: Decimal | None, cause: str) -> Saying:
    said: list[str] = [] if row.assigned else ["未分解下达，按全市目标判定"]
    whole = row.entity.statistical_parent
    around = opened.city.places.get(whole) if whole and whole != row.entity.parent else None
    if around:
        said.append(say("数值含在{place}内", place=around))
    if around and actual is None and not obliged(opened, cell(row.target, 0, row.reading.have)):
        said.append("计划没有规定单独报送")
    elif cause:
        said.append(cause)
    return listed("；", said)
