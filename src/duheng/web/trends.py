"""The trend of a target against its path, wide for a desk and narrow for a phone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from duheng.assess.progress import base_year
from duheng.assess.status import TrendPoint, summed_since
from duheng.ingest.export import DRILL_NOTICE
from duheng.web import charts
from duheng.web.charts import Chart, Point
from duheng.web.page import Ask
from duheng.web.reasons import place_address
from duheng.web.tables import Cell, Column, Table
from duheng.web.targets import Row

WIDE, NARROW = 1180, 320


def trend_charts(ask: Ask, row: Row, name: str, wide: int = WIDE) -> tuple[Chart, ...]:
    """The chart of a row's trend in two widths: `name` and `name`-narrow; none where the plan names no path."""
    points = [Point(p.period, _float(p.actual), _float(p.path)) for p in row.status.trend]
    if all(p.actual is None and p.path is None for p in points):
        return ()
    words = ask.words
    unit = row.unit
    titles = {"actual": words("实际"), "path": words("要求的进度"), "unit": unit}
    decimals = max((_decimals(p.actual) for p in row.status.trend), default=0)
    title = words("{title}：实际与要求的进度", title=row.title)
    mark, notice = (words("演练数据"), words(DRILL_NOTICE)) if ask.selection.drill else ("", "")
    told = words("；").join(
        f"{p.period} {words('实际')} {_said(p.actual)}{words('，')}{words('要求的进度')} {_said(p.path)}"
        for p in row.status.trend
    )
    made = []
    for suffix, width, height in (("", wide, 260), ("-narrow", NARROW, 240)):
        spec = charts.trend(points, titles, decimals, width=width, height=height)
        made.append(
            Chart(
                name + suffix,
                title,
                words("{title}。{told}", title=title, told=told),
                spec=spec,
                watermark=mark,
                notice=notice,
                notes=(ask.origin(),),
            )
        )
    return tuple(made)


def trend_table(ask: Ask, row: Row, name: str = "trend") -> Table:
    """The same as a table, for those who read numbers and for export."""
    words = ask.words
    columns = [
        Column("period", words("年份")),
        Column("actual", f"{words('实际')} {row.unit}".strip(), number=True),
        Column("path", f"{words('要求的进度')} {row.unit}".strip(), number=True),
    ]
    rows = [
        [
            Cell(p.period),
            _actual(ask, row, p),
            Cell(f"{p.path:f}", p.path) if p.path is not None else Cell("—"),
        ]
        for p in row.status.trend
    ]
    return Table(name, words("{title}：实际与要求的进度", title=row.title), columns, rows)


def _actual(ask: Ask, row: Row, point: TrendPoint) -> Cell:
    """A year's value with the way to its reasons; what is nought at the start by definition has none."""
    if point.actual is None:
        return Cell.missing(ask.words("未填报"))
    year, target = int(point.period), row.status.target
    place = replace(row.status.cell, period=point.period, since=summed_since(ask.plan, target, year))
    href = place_address("why", ask, place) if year > base_year(ask.plan, target) else ""
    return Cell(f"{point.actual:f}", point.actual, href=href)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _said(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:f}"


def _decimals(value: Decimal | None) -> int:
    exponent = value.as_tuple().exponent if value is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
