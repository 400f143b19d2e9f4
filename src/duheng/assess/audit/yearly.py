"""Stated years against the year before: bases that seldom move (head count, floor area) and must be explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import polars as pl

from duheng.assess.audit.report import Flag
from duheng.assess.audit.series import raised
from duheng.assess.audit.settings import table, thresholds
from duheng.assess.books import Opened
from duheng.assess.evidence import Cell
from duheng.assess.judging import with_unit
from duheng.model.glossary import Quantity, quantity
from duheng.model.rounding import shown
from duheng.model.saying import say

_YEAR = r"^\d{4}$"


def moved(opened: Opened) -> Iterator[Flag]:
    """Figures of cn/audit/tests.yaml `base_change` that differ from last year's by more than the threshold."""
    most = thresholds(opened).number("base_change", "most")
    for (of, entity), years in _stated(opened).items():
        for year, now in sorted(years.items()):
            last = years.get(year - 1)
            if last is None or last <= 0:
                continue
            bound, change = quantity(of), now / last - 1
            if round(abs(change), 9) <= most:  # 1.1 / 1 - 1 is not more than a tenth
                continue
            found = say(
                "填报{now}，上年{last}，变化{share}",
                now=_said(now, bound), last=_said(last, bound), share=f"{change:+.1%}",
            )  # fmt: skip
            cells = tuple(Cell(of, entity, None, str(one), None) for one in (year, year - 1))
            yield raised(opened, "base_change", cells, found, "变动不大，或已说明原因", abs(change), most)


def _said(value: float, bound: Quantity) -> str:
    return with_unit(shown(value, bound) or "", bound.printed_unit)


def _stated(opened: Opened) -> dict[tuple[str, str], dict[int, float]]:
    """Known years of the figures, by quantity and entity."""
    figures = [row["figure"] for row in table("base_change")]
    facts = opened.books.facts.filter(
        pl.col("quantity").is_in(figures), pl.col("period").str.contains(_YEAR), pl.col("value").is_not_null()
    )
    found: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for of, entity, period, value in facts.select("quantity", "entity", "period", "value").iter_rows():
        found[of, entity][int(period)] = value
    return found
