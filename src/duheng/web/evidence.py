"""The evidence of a finding: the series it speaks of, as a chart with the questioned points marked and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from duheng.assess.books import Opened
from duheng.assess.evidence import Cell as LedgerCell
from duheng.assess.inbox import Case
from duheng.ingest.export import DRILL_NOTICE
from duheng.model.glossary import all_quantities, item_unit
from duheng.web.boards import books
from duheng.web.charts import BASE, BLUE, RED, UNIT_ABOVE_AXIS, Chart
from duheng.web.page import Ask
from duheng.web.tables import Cell, Column, Table

MONTHS = 60
WIDE, NARROW, HEIGHT = 1120, 320, 200


@dataclass(frozen=True)
class Line:
    """One series: what it is, its unit, period and printed value of each point, whether it is questioned."""

    name: str
    title: str
    unit: str
    points: tuple[tuple[str, float, str, bool], ...]


def lines(ask: Ask, case: Case) -> list[Line]:
    """The series under a finding, the questioned one first; [] where it rests on no cell of the ledger."""
    here = books(ask)
    found = [_line(ask, here, cell, number) for number, cell in enumerate(case.flag.cells)]
    return [one for one in found if one.points]


def _line(ask: Ask, here: Opened, cell: LedgerCell, number: int) -> Line:
    words, bound = ask.words, all_quantities()[cell.quantity]
    months = here.books.facts.filter(
        pl.col("quantity") == cell.quantity,
        pl.col("entity") == cell.entity,
        pl.col("item").eq_missing(cell.item),
        pl.col("value").is_not_null(),
    ).sort("period")
    kind = 7 if months.filter(pl.col("period").str.len_chars() == 7).height else len(cell.period)
    kept = months.filter(pl.col("period").str.len_chars() == kind)
    around = _around(kept["period"].to_list(), cell.period)
    entity = here.city.places.get(cell.entity)
    parts = [words.name(entity) if entity else cell.entity, words.title(bound), words(cell.item or "")]
    points = tuple(
        (period, value, stated or f"{value:g}", period.startswith(cell.period))
        for period, value, stated in kept.select("period", "value", "stated").iter_rows()
        if period in around
    )
    return Line(
        f"series{number}", " ".join(filter(None, parts)), words.unit(item_unit(bound, cell.item)), points
    )


def _around(periods: Sequence[str], asked: str) -> set[str]:
    """The last five years of periods, or those up to a year after the questioned one where that is earlier."""
    last = max(
        (place for place, one in enumerate(periods) if one.startswith(asked)), default=len(periods) - 1
    )
    end = min(len(periods), last + 13)
    return set(periods[max(0, end - MONTHS) : end])


def charts_of(ask: Ask, found: Sequence[Line]) -> tuple[Chart, ...]:
    """A chart of each series in two widths: `series0`, `series0-narrow` ..."""
    words = ask.words
    mark, notice = (words("演练数据"), words(DRILL_NOTICE)) if ask.selection.drill else ("", "")
    made = []
    for line in found:
        told = "；".join(f"{period} {stated}" for period, _, stated, asked in line.points if asked)
        for suffix, width in (("", WIDE), ("-narrow", NARROW)):
            made.append(
                Chart(
                    line.name + suffix, line.title, told, spec=_spec(line, width), watermark=mark, notice=notice,
                    notes=(ask.origin(),),
                )
            )  # fmt: skip
    return tuple(made)


def _spec(line: Line, width: int) -> dict[str, Any]:
    rows = [
        {"period": period if len(period) > 4 else f"{period}-01", "value": value, "asked": asked}
        for period, value, _, asked in line.points
    ]
    x = {
        "field": "period",
        "type": "temporal",
        "axis": {"title": None, "format": "%Y-%m" if len(line.points[0][0]) > 4 else "%Y", "tickCount": 6},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "axis": {"title": line.unit or None, **UNIT_ABOVE_AXIS, "tickCount": 4},
        "scale": {"zero": False, "nice": True},
    }
    return {
        **BASE,
        "width": width,
        "height": HEIGHT,
        "data": {"values": rows},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2, "color": BLUE}},
            {
                "transform": [{"filter": "datum.asked"}],
                "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1, "color": RED},
            },
        ],
    }


def table_of(ask: Ask, line: Line) -> Table:
    """The same as a table: period, figure as stated and in the unit of the chart, whether it is the one asked about."""
    words = ask.words
    columns = [
        Column("period", words("时期")),
        Column("stated", words("报送数"), number=True, width=18),
        Column("value", words("数值") + words.bracketed(line.unit), number=True, width=18),
        Column("asked", words("被询问")),
    ]
    rows = [
        [Cell(period), Cell(stated), _number(value), Cell(words("是") if asked else "—")]
        for period, value, stated, asked in line.points
    ]
    return Table(line.name, line.title, columns, rows)


def _number(value: float) -> Cell:
    number = Decimal(repr(value)).normalize()
    return Cell(f"{number:f}", number)
