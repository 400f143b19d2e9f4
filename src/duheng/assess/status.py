"""Where one target stands: its latest value, progress, light, evidence, and who owes what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import fsum

from duheng.assess.books import Opened
from duheng.assess.evidence import Cell, Evidence, evidence, known_years
from duheng.assess.findings import of_target
from duheng.assess.judging import Case, Judgement, judgement
from duheng.assess.lacking import Lacking, lacking
from duheng.assess.owed import Owed
from duheng.assess.progress import (
    Clock,
    Measure,
    base_year,
    clock,
    comparable,
    measure_of,
    printed,
    printed_unit,
    progress,
    required,
    required_rate,
    unit_trouble,
)
from duheng.assess.warning import Level, Light, WarningRule, required_paths
from duheng.model.errors import DefinitionMismatch
from duheng.model.findings import Finding
from duheng.model.glossary import Quantity, definitions, quantity
from duheng.model.plan import NOT_STATED, Article, Plan, Target
from duheng.model.saying import listed, say

UNSTATED = "未填报，不作判定"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A year of a target, printed unit: actual as judged (None unknown), path asked (None: nothing)."""

    period: str
    actual: Decimal | None
    path: Decimal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The values of a target by year, as judged, under one accounting definition.

    gaps: years without which a later sum is unknown (L1). asked: definition of the target, None where it
    states none and nobody chose. have: definition of the values, None where the quantity has none.
    """

    years: Mapping[int, Decimal]
    gaps: tuple[int, ...] = ()
    have: str | None = None
    asked: str | None = None
    mismatch: str | None = None


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """A target of the board. Numbers are as judged, in `unit`; None is unknown.

    target: as it stood on the day. definition: the one the value is read under; asked: the one the target
    states, or an official chose; None where neither. gap: what is short of the
    path (positive is short). since: first year of the sum that the value is, None where it is its period's alone.
    rate: the even yearly decline needed from now on. units: own or the article's. cause: why the value is unknown
    other than by what is owed, told by the reasons of cause_in; "" where it is known.
    """

    target: Target
    article: Article | None
    unit: str
    latest: Decimal | None
    period: str | None
    progress: float | None
    gap: Decimal | None
    path: Decimal | None
    light: Light | None
    level: Level | None
    yardstick: str
    definition: str | None
    note: str
    evidence: Evidence
    units: tuple[str, ...]
    inherited_units: tuple[str, ...]
    owed: tuple[Owed, ...]
    owed_by: tuple[str, ...]
    findings: tuple[Finding, ...]
    trend: tuple[TrendPoint, ...]
    rate: Decimal | None = None
    asked: str | None = None
    since: int | None = None
    cause: str = ""
    cause_in: str | None = None

    @property
    def cell(self) -> Cell:
        """The value's place among the books' cells."""
        one = cell(self.target, self.period or "", self.definition)
        return replace(one, since=self.since)

    @property
    def source(self) -> str | None:
        """One line naming the newest fact behind the value, or None."""
        return self.evidence.line

    @property
    def unverified(self) -> bool:
        """Whether some fact behind the value is from memory."""
        return self.evidence.unverified


def status(
    opened: Opened, target: Target, day: date, rule: WarningRule, choice: str | None = None
) -> TargetStatus:
    """Where a target stands on a day. choice: the signed definition, where the plan states none."""
    first, target, bound = target, target.on(day), quantity(target.quantity)
    article, measure = opened.plan.article(target.article), measure_of(target)
    trouble = unit_trouble(target, bound)
    reading = Reading({}) if trouble else read(opened, target, bound, measure, choice)
    year = None if reading.gaps or not reading.years else max(reading.years)
    latest = None if year is None else reading.years[year]
    judged, done, rate = _judged(opened, target, bound, measure, reading, day, rule)
    wants, cells = _lacking(opened, target, reading, day), _cells(opened, target, reading, year)
    return TargetStatus(
        target=target,
        article=article,
        unit=printed_unit(target, bound),
        latest=latest,
        period=None if year is None else str(year),
        progress=done,
        gap=judged.gap,
        path=judged.path,
        light=judged.light,
        level=judged.level,
        yardstick=judged.yardstick,
        definition=reading.have,
        note=listed("；", (*_changed(first, day), *_notes(target, bound, reading, choice))),
        evidence=evidence(opened, cells) if cells else Evidence(),
        units=target.units if target.units is not None else article.responsible_units if article else (),
        inherited_units=article.inherited_units if article else (),
        owed=wants.owed,
        owed_by=wants.units,
        findings=of_target(target, wants.owed, trouble, reading.mismatch, reading.gaps),
        trend=_trend(opened, target, bound, measure, reading, day),
        rate=rate,
        asked=reading.asked,
        since=None if year is None else summed_since(opened.plan, target, year),
        cause=wants.cause if year is None else "",
        cause_in=wants.period if year is None else None,
    )


def read(
    opened: Opened, target: Target, bound: Quantity, measure: Measure, choice: str | None = None
) -> Reading:
    """The values of a target by year under its accounting definition (L8).

    Where the target states none and nobody chose, the quantity's first definition is shown, labelled. Where
    there are values only under another definition they are shown and never compared.
    """
    asked = choice or (None if target.definition in (None, NOT_STATED) else target.definition)
    have = opened.books.meant(bound, asked)
    others = [one for one in bound.definitions if one != have]
    for definition in (have, *others):
        years, gaps = _years(opened, target, bound, measure, definition)
        if not years and not gaps:
            continue
        try:
            comparable(definition, asked if bound.definitions else None)
            comparable(definition, have)
        except DefinitionMismatch as mismatch:
            return Reading(years, gaps, definition, asked, mismatch.args[0])
        return Reading(years, gaps, definition, asked)
    return Reading({}, (), have, asked)


def _years(
    opened: Opened, target: Target, bound: Quantity, measure: Measure, definition: str | None
) -> tuple[dict[int, Decimal], tuple[int, ...]]:
    """Judged values by year from the base year to the deadline (of sums: so far), and years a sum lacks."""
    unit, base = printed_unit(target, bound), base_year(opened.plan, target)
    years = range(base, target.deadline + 1)
    known = known_years(opened, cell(target, base, definition), years)
    if measure == "decline":
        known.pop(base, None)  # nought by definition, evidence of nothing
    if measure == "amount" and bound.over_time == "sum":
        return _so_far({y: v for y, v in known.items() if y > base}, base + 1, bound, target.item, unit)
    judged = {year: printed(value, bound, target.item, unit) for year, value in known.items()}
    return {year: value for year, value in judged.items() if value is not None}, ()


def _so_far(
    known: dict[int, float], first: int, bound: Quantity, item: str | None, unit: str
) -> tuple[dict[int, Decimal], tuple[int, ...]]:
    gaps = tuple(year for year in range(first, max(known, default=first - 1) + 1) if year not in known)
    sums: dict[int, Decimal] = {}
    for year in range(first, gaps[0] if gaps else max(known, default=first - 1) + 1):
        value = printed(fsum(known[one] for one in range(first, year + 1)), bound, item, unit)
        if value is not None:
            sums[year] = value
    return sums, gaps


def _judged(
    opened: Opened,
    target: Target,
    bound: Quantity,
    measure: Measure,
    reading: Reading,
    day: date,
    rule: WarningRule,
) -> tuple[Judgement, float | None, Decimal | None]:
    """Judgement, progress and the yearly rate still needed."""
    goal, unit = target.value, printed_unit(target, bound)
    if goal is None:
        return _none("目标尚无数值，不作判定"), None, None
    if reading.mismatch:
        return _none("口径不同，不作判定"), None, None
    if reading.gaps:
        gaps = listed("、", reading.gaps)
        return _none(say("缺{years}年数据，累计数未知，不作判定", years=gaps)), None, None
    if not reading.years:
        return _none(UNSTATED), None, None
    year = max(reading.years)
    actual, at = reading.years[year], clock(opened.plan, target, year, day)
    case = Case(measure, actual, goal, unit, bound.decimals, year, target.deadline, at)
    rate = required_rate(actual, goal, unit, at, bound.decimals) if measure == "decline" else None
    return judgement(case, rule), progress(measure, actual, goal, unit, at), rate


def _none(why: str) -> Judgement:
    return Judgement(None, None, None, None, why)


def _cells(opened: Opened, target: Target, reading: Reading, year: int | None) -> tuple[Cell, ...]:
    """The cells a latest value comes from: its own year, or every year of a sum."""
    if year is None:
        return ()
    since = summed_since(opened.plan, target, year)
    return replace(cell(target, year, reading.have), since=since).years()


def summed_since(plan: Plan, target: Target, year: int) -> int | None:
    """First year of the sum that a target's value of this year is; None where the year stands alone."""
    summed = measure_of(target) == "amount" and quantity(target.quantity).over_time == "sum"
    first = base_year(plan, target) + 1
    return first if summed and first < year else None


def cell(target: Target, year: int | str, definition: str | None) -> Cell:
    """The place of a target's value of one year."""
    return Cell(target.quantity, target.entity, target.item, str(year), definition, base=target.base)


def _lacking(opened: Opened, target: Target, reading: Reading, day: date) -> Lacking:
    """What is lacking for the years of the plan that are unknown, the first one also before it begins."""
    wanted = reading.asked or (None if reading.mismatch else reading.have)
    first = base_year(opened.plan, target) + 1
    years = range(first, max(first, min(target.deadline, day.year)) + 1)
    known = {} if reading.mismatch else known_years(opened, cell(target, 0, wanted), years)
    return lacking(opened, [cell(target, year, wanted) for year in years if year not in known], day)


def _changed(target: Target, day: date) -> list[str]:
    """Of a target changed midway by that day: the number of the plan, the change and its document."""
    change = target.change_on(day)
    if change is None:
        return []
    before = "—" if target.value is None else str(target.value)
    after = "—" if change.value is None else str(change.value)
    text = "目标自{day}起由{before}调整为{after}，依据{document}"
    return [say(text, day=str(change.since), before=before, after=after, document=change.document)]


def _notes(target: Target, bound: Quantity, reading: Reading, choice: str | None) -> list[str]:
    """What must be said beside the number: definition, hedge, who sets it, what is read into the text."""
    said: list[str] = []
    if target.value is None:
        said.append(say("目标数值由{who}确定，尚未下达", who=target.set_by or "上级"))
    if target.definition == NOT_STATED and bound.definitions:
        used = say("按“{name}”计算", name=_title(reading.have)) if reading.have else ""
        said.append(
            say("口径已选定：{name}", name=_title(choice))
            if choice
            else say("口径未明示，{used}，须选定并签字", used=used)
        )
    if target.implied:
        said.append("目标数值由文字推定")
    if target.hedge:
        said.append(say("原文用语：{hedge}", hedge=target.hedge))
    if target.note:
        said.append(target.note)
    return said


def _title(definition: str | None) -> str:
    known = definitions()
    return known[definition].title if definition in known else definition or ""


def _trend(
    opened: Opened, target: Target, bound: Quantity, measure: Measure, reading: Reading, day: date
) -> tuple[TrendPoint, ...]:
    """Every year of the plan with its base year: actual and path."""
    base, unit, goal = base_year(opened.plan, target), printed_unit(target, bound), target.value
    grows = measure in ("decline", "amount") and bound.over_time != "last"
    laid = required_paths().paths.get(measure)
    points = []
    for year in range(base, target.deadline + 1):
        path = None
        if year == base:
            path = Decimal(0) if grows and goal is not None else None
        elif goal is not None and laid is not None:
            path = required(measure, goal, _at(opened, target, year, day), laid, bound.decimals, unit)
        start = Decimal(0) if year == base and grows and reading.years and not reading.mismatch else None
        points.append(TrendPoint(str(year), reading.years.get(year, start), path))
    return tuple(points)


def _at(opened: Opened, target: Target, year: int, day: date) -> Clock:
    return clock(opened.plan, target, year, day)
