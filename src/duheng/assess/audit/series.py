"""The series of a ledger: the months that are stated, one after another, and what a single one says against itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from duheng.assess.audit.outliers import alarm_threshold, modified_z
from duheng.assess.audit.repeats import scaled_copy, stuck
from duheng.assess.audit.report import Flag, flag, run_said
from duheng.assess.audit.seasonal import season_of, seasonal_threshold
from duheng.assess.audit.settings import thresholds
from duheng.assess.books import Opened
from duheng.assess.evidence import Cell, owner
from duheng.model.glossary import all_quantities
from duheng.model.periods import parse
from duheng.model.saying import Saying, listed, say

YEAR = 12
_MONTH = r"^\d{4}-\d{2}$"


@dataclass(frozen=True)
class Series:
    """Consecutive months of one cell, oldest first; cell.period is the first month."""

    cell: Cell
    periods: tuple[str, ...]
    values: tuple[float, ...]

    def at(self, place: int) -> Cell:
        """The cell of one month."""
        return replace(self.cell, period=self.periods[place])

    def year(self, year: int) -> tuple[float, ...]:
        """The months stated of a calendar year, from January without a gap."""
        first = f"{year}-01"
        start = self.periods.index(first) if first in self.periods else len(self.periods)
        return tuple(self.values[place] for place in range(start, min(start + YEAR, len(self.values))))


def monthly(opened: Opened) -> list[Series]:
    """Every monthly series of what is measured: what came last without a gap (a gap is never filled, L1).

    Measured are flows with decimals; what is counted (days, plants) has bounds and ties of its own.
    """
    flows = [id for id, one in all_quantities().items() if one.over_time == "sum" and one.decimals > 0]
    facts = opened.books.facts.filter(
        pl.col("quantity").is_in(flows), pl.col("period").str.contains(_MONTH), pl.col("value").is_not_null()
    )
    by_series = facts.sort("period").group_by(
        "quantity", "entity", "item", "definition", maintain_order=True
    ).agg("period", "value")  # fmt: skip
    found = []
    for quantity, entity, item, definition, periods, values in by_series.iter_rows():
        start = _after_last_gap(periods)
        cell = Cell(quantity, entity, item, periods[start], definition)
        found.append(Series(cell, tuple(periods[start:]), tuple(values[start:])))
    return found


def _after_last_gap(periods: list[str]) -> int:
    months = [int(period[:4]) * YEAR + int(period[5:]) for period in periods]
    return max((place + 1 for place, (a, b) in enumerate(pairwise(months)) if b != a + 1), default=0)


def placed(opened: Opened, cell: Cell) -> Saying:
    """A cell in words: entity, quantity, item, period."""
    entity, bound = opened.city.places.get(cell.entity), all_quantities().get(cell.quantity)
    parts = (entity or cell.entity, bound or cell.quantity, cell.item, parse(cell.period))
    return listed(" ", filter(None, parts))


def mender(opened: Opened, cell: Cell) -> str | None:
    """Who can mend a cell: the unit a duty makes state it, else the enterprise or plant itself."""
    unit = owner(opened, cell.quantity, cell.entity, parse(cell.period))
    if unit is not None:
        return unit
    entity = opened.city.places.get(cell.entity)
    return entity.name if entity is not None and entity.kind not in ("city", "county", "zone") else None


def within(opened: Opened, series: Series) -> Iterator[Flag]:
    """A series against itself: months off trend and season, months that stand still, last year scaled."""
    yield from _unlikely(opened, series)
    yield from _standing(opened, series)
    yield from _scaled(opened, series)


def _unlikely(opened: Opened, series: Series) -> Iterator[Flag]:
    """Months far off what their trend and season, in a short series their median, make of them."""
    if min(series.values) <= 0:
        return
    # On the logarithm: seasons and noise of a flow are shares of it, and so is the least change worth a question.
    logs, limits = [math.log(value) for value in series.values], thresholds(opened)
    season = season_of(logs, YEAR)
    if season is not None:
        limit = seasonal_threshold(len(logs) // YEAR, limits)
        scores = [(log - e) / season.spread for log, e in zip(logs, season.expected, strict=True)]
        expected = [math.exp(one) for one in season.expected]
    elif len(logs) < 3 * YEAR:
        limit, middle = alarm_threshold(len(logs), limits), sorted(series.values)[len(logs) // 2]
        scores, expected = [one or 0.0 for one in modified_z(logs)], [middle] * len(logs)
    else:
        return
    least = limits.number("seasonal", "least_change")
    for place, (score, there) in enumerate(zip(scores, expected, strict=True)):
        change = series.values[place] / there - 1
        if abs(score) > limit and abs(change) >= least:
            found = say(
                "填报{value}，按趋势和季节约{expected}，相差{share}，偏离{z}倍",
                value=f"{series.values[place]:.6g}", expected=f"{there:.4g}", share=f"{change:+.1%}",
                z=f"{abs(score):.1f}",
            )  # fmt: skip
            yield raised(
                opened, "seasonal", (series.at(place),), found, "偏离在常见范围内", abs(score), limit
            )


def _standing(opened: Opened, series: Series) -> Iterator[Flag]:
    for run in stuck(series.values, thresholds(opened)):
        value = series.values[run.start]
        if value != 0:  # a works that stands still reports noughts rightly
            cell = series.at(run.start)
            yield raised(opened, "stuck", (cell,), *run_said(run, value), run.length, run.expected)


def _scaled(opened: Opened, series: Series) -> Iterator[Flag]:
    for year in range(int(series.periods[0][:4]) + 1, int(series.periods[-1][:4]) + 1):
        now, last = series.year(year), series.year(year - 1)
        if len(last) < YEAR or len(set(now)) < 3:
            continue
        factor = scaled_copy(now, last[: len(now)], thresholds(opened))
        if factor is not None:
            found = say("{n}个月均为上年同月的{factor}倍", n=len(now), factor=f"{factor:.4f}")
            cell = replace(series.cell, period=f"{year}-01")
            tolerance = thresholds(opened).number("scaled", "tolerance")
            yield raised(opened, "scaled", (cell,), found, "各月变化不尽相同", factor, tolerance)


def raised(
    opened: Opened,
    code: str,
    cells: tuple[Cell, ...],
    found: str,
    expected: str,
    statistic: float,
    tolerance: float,
) -> Flag:
    """A flag about cells of the ledger: placed at the first of them, for the one who can mend it."""
    place, who = placed(opened, cells[0]), mender(opened, cells[0])
    limits = thresholds(opened)
    return flag(code, place, found, expected, statistic, tolerance, who, cells, limits)
