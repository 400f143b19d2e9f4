"""Figures of a ledger that should move together: energy and electricity or output, year by year and month by month."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from duheng.assess.audit.changes import Change, pettitt
from duheng.assess.audit.crossing import opposite_signs
from duheng.assess.audit.outliers import alarm_threshold, modified_z
from duheng.assess.audit.report import Flag
from duheng.assess.audit.series import YEAR, Series, mender, placed, raised
from duheng.assess.audit.settings import table, thresholds
from duheng.assess.books import Opened
from duheng.assess.evidence import Cell
from duheng.model.glossary import quantity
from duheng.model.saying import Saying, listed, say

Years = Mapping[int, float]


@dataclass(frozen=True)
class Pair:
    """Two figures of one entity, with their known years and their months in common; against is the divisor."""

    first: Cell
    second: Cell
    years: tuple[Years, Years]
    months: tuple[tuple[str, float, float], ...]
    lean: bool

    def change(self, year: int) -> tuple[float, float] | None:
        """Both changes against last year, as shares; None where a year is unknown or not positive."""
        known = [(one.get(year, 0.0), one.get(year - 1, 0.0)) for one in self.years]
        if any(now <= 0 or last <= 0 for now, last in known):
            return None
        (a, b), (c, d) = known
        return a / b - 1, c / d - 1

    def named(self) -> Saying:
        """What is compared, in words."""
        return listed(
            "/", (quantity(self.first.quantity), self.second.item or quantity(self.second.quantity))
        )


def compared(opened: Opened, series: Sequence[Series]) -> Iterator[Flag]:
    """All comparisons of cn/audit/tests.yaml `pairs` over the entities that state both figures."""
    by_figure: dict[tuple[str, str | None], dict[str, Series]] = defaultdict(dict)
    for one in series:
        by_figure[one.cell.quantity, one.cell.item][one.cell.entity] = one
    annual = _annual(opened)
    for row in table("pairs"):
        figures = ((row["figure"], None), (row["against"], row.get("item")))
        pairs = list(_pairs(figures, by_figure, annual, bool(row.get("lean"))))
        for pair in pairs:
            yield from _opposite(opened, pair)
            yield from _broken(opened, pair)
        yield from _unlike_peers(opened, pairs)


def _annual(opened: Opened) -> dict[tuple[str, str | None, str], dict[int, float]]:
    """Years as stated: (quantity, item, entity) -> year -> value."""
    found: dict[tuple[str, str | None, str], dict[int, float]] = defaultdict(dict)
    wanted = {name for row in table("pairs") for name in (row["figure"], row["against"])}
    for of, item, entity, period, value in opened.books.facts.select(
        "quantity", "item", "entity", "period", "value"
    ).iter_rows():
        if of in wanted and len(period) == 4 and value is not None:
            found[of, item, entity][int(period)] = value
    return found


def _pairs(
    figures: tuple[tuple[str, str | None], tuple[str, str | None]],
    by_figure: Mapping[tuple[str, str | None], Mapping[str, Series]],
    annual: Mapping[tuple[str, str | None, str], Years],
    lean: bool,
) -> Iterator[Pair]:
    first, second = (by_figure.get(figure, {}) for figure in figures)
    stated = [{entity for of, item, entity in annual if (of, item) == figure} for figure in figures]
    for entity in sorted((first.keys() | stated[0]) & (second.keys() | stated[1])):
        years = tuple(
            {**_whole_years(monthly.get(entity)), **annual.get((*figure, entity), {})}
            for figure, monthly in zip(figures, (first, second), strict=True)
        )
        cells = [Cell(of, entity, item, "", None) for of, item in figures]
        months = _common(first.get(entity), second.get(entity))
        yield Pair(cells[0], cells[1], (years[0], years[1]), months, lean)


def _whole_years(series: Series | None) -> dict[int, float]:
    if series is None:
        return {}
    years = {int(period[:4]) for period in series.periods}
    whole = {year: series.year(year) for year in years}
    return {year: math.fsum(months) for year, months in whole.items() if len(months) == YEAR}


def _common(first: Series | None, second: Series | None) -> tuple[tuple[str, float, float], ...]:
    if first is None or second is None:
        return ()
    other = dict(zip(second.periods, second.values, strict=True))
    both = zip(first.periods, first.values, strict=True)
    return tuple((p, a, other[p]) for p, a in both if p in other and a > 0 and other[p] > 0)


def _opposite(opened: Opened, pair: Pair) -> Iterator[Flag]:
    said = (quantity(pair.first.quantity), pair.second.item or quantity(pair.second.quantity))
    for year in sorted(pair.years[0]):
        change = pair.change(year)
        if change is None:
            continue
        cells = _cells(pair, str(year))
        place, who = placed(opened, cells[0]), mender(opened, cells[0])
        for one in opposite_signs(place, *change, who, said, thresholds(opened)):
            yield Flag(one.finding, one.statistic, one.tolerance, cells)


def _cells(pair: Pair, period: str) -> tuple[Cell, ...]:
    return tuple(Cell(one.quantity, one.entity, one.item, period, None) for one in (pair.first, pair.second))


def _unlike_peers(opened: Opened, pairs: Sequence[Pair]) -> Iterator[Flag]:
    """Entities whose ratio of the two changed from last year to this by far more than that of their kind."""
    limits = thresholds(opened)
    least = limits.number("ratio", "least_change")
    changes: dict[tuple[str, int], dict[int, float]] = defaultdict(dict)
    for place, pair in enumerate(pairs):
        entity = opened.city.places.get(pair.first.entity)
        for year in pair.years[0] if entity is not None and not pair.lean else ():
            change = pair.change(year)
            if change is not None and entity is not None:
                changes[entity.kind, year][place] = math.log1p(change[0]) - math.log1p(change[1])
    for (_, year), logs in changes.items():
        middle, limit = median(logs.values()), alarm_threshold(len(logs), limits)
        for (place, log), z in zip(logs.items(), modified_z(list(logs.values())), strict=True):
            moved = math.expm1(log - middle)
            if z is None or abs(z) <= limit or abs(moved) < least:
                continue
            cells = _cells(pairs[place], str(year))
            found = say(
                "{ratio}比上年变化{own}，同类单位中位变化{peers}，修正Z分数{z}",
                ratio=pairs[place].named(), own=f"{math.expm1(log):+.1%}",
                peers=f"{math.expm1(middle):+.1%}", z=f"{z:.1f}",
            )  # fmt: skip
            yield raised(opened, "ratio", cells, found, "与同类单位接近", abs(z), limit)


def _broken(opened: Opened, pair: Pair) -> Iterator[Flag]:
    """A month from which the ratio of the two stands on another level, where it did not drift there."""
    limits = thresholds(opened)
    if len(pair.months) < limits.number("ratio_break", "least_points") or pair.lean:
        return
    logs = [math.log(a / b) for _, a, b in pair.months]
    change = pettitt(logs, limits)
    if change is None or not change.suspicious:
        return
    moved = math.expm1(change.after_mean - change.before_mean)
    better = limits.number("ratio_break", "better_than_line")
    if abs(moved) < limits.number("ratio_break", "least_change") or not _step(logs, change, better):
        return
    cells = _cells(pair, pair.months[change.after + 1][0])
    found = say(
        "{ratio}自该月起变化{share}（p={p}）", ratio=pair.named(), share=f"{moved:+.1%}", p=f"{change.p:.2g}"
    )
    yield raised(opened, "ratio_break", cells, found, "前后水平一致", change.p, change.limit)


def _step(values: Sequence[float], change: Change, better: float) -> bool:
    """Whether two levels fit better than a straight line, to less than such a share of its squares.

    What drifts slowly did not break.
    """
    known, places = np.asarray(values), np.arange(len(values))
    line = np.polyval(np.polyfit(places, known, 1), places)
    steps = np.where(places <= change.after, change.before_mean, change.after_mean)
    left = float(((known - steps) ** 2).sum())
    return left < better * float(((known - line) ** 2).sum())
