"""Indices of columns of concentrations, and how they are printed.

Instruments print few different numbers. So each rule is read once over every number that a column may hold,
and the column looks its results up: the same numbers as reading the rule on each row, in a third of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from duheng.engine.columns import PolarsColumns, over_polars
from duheng.model.errors import RuleError
from duheng.model.parameters import Local, Parameter
from duheng.rules.air import CLASSES, EDITIONS, air_individual_index, air_quality_level

HIGHEST = 500
_LONGEST_TABLE = 200_000
_ON_GRID = 1e-6


@dataclass(frozen=True)
class Item:
    """A column of the layout: which row of the standard's table it follows, and how its primary is printed."""

    column: str
    item: str
    argument: str
    printed: str
    decimals: int = 0


@dataclass(frozen=True)
class Limits:
    """What is printed in an edition of HJ 633, and what a place set in its stead by a day."""

    edition: str
    local: Local
    on: date

    def of(self, of: Parameter, item: str) -> float:
        """The concentration of a row of the table. Raises RuleError."""
        setting = self.local.at(of, self.on, item)
        if setting is None or not setting.where:  # another edition may be in force on the day
            setting = Local(self.local.parameters).at(of, EDITIONS[self.edition], item)
        if setting is None:
            raise RuleError(f"{of.id}：{item} {EDITIONS[self.edition]} 没有取值")
        return float(setting.value)


def end_of_table(item: Item, local: Local | None = None) -> Decimal | None:
    """The highest concentration of an item's table, by its newest edition; above it the index rises no more."""
    last = (local or Local()).at("aqi_breakpoint_500", date.max, item.item)
    return last.value if last else None


def index_columns(
    cells: pl.DataFrame,
    items: Sequence[Item],
    edition: str,
    local: Local | None = None,
    on: date | None = None,
) -> pl.DataFrame:
    """Index of each item, UInt16, under its column's name; null where it is not monitored or has no index.

    cells: Float64 columns of the layout, none negative. local, on: a place's own limits, as set by that day.
    """
    steps = _steps(cells, items)
    limits = Limits(edition, local or Local(), on or EDITIONS[edition])
    return cells.select(_looked_up(item, limits, *steps[item.column]) for item in items)


def changes(local: Local) -> list[date]:
    """The days from which a place has limits of its own, in order."""
    references = [of for one in air_individual_index.wordings for of in one.inputs.values()]
    return sorted({s.since for of in references if isinstance(of, Parameter) for s in local.own(of)})


def _steps(cells: pl.DataFrame, items: Sequence[Item]) -> dict[str, tuple[int, int]]:
    """Steps to a unit on which all numbers of a column lie, and the highest step; (0, 0) where there are none."""
    found: dict[str, tuple[int, int]] = {}
    for decimals in (None, 3):  # as usually printed; as raw data has it
        left = [item for item in items if item.column not in found]
        if not left:
            break
        steps = {item.column: 10 ** (item.decimals if decimals is None else decimals) for item in left}
        scaled = {name: pl.col(name) * step for name, step in steps.items()}
        measured = cells.select(
            *((value - value.round()).abs().max().alias(f"{name} off") for name, value in scaled.items()),
            *(value.max().alias(name) for name, value in scaled.items()),
        ).row(0, named=True)
        for name, step in steps.items():
            top = measured[name] or 0.0
            if (measured[f"{name} off"] or 0.0) < _ON_GRID and top <= _LONGEST_TABLE:
                found[name] = (step, round(top))
    return {item.column: found.get(item.column, (0, 0)) for item in items}


def _looked_up(item: Item, limits: Limits, steps: int, highest: int) -> pl.Expr:
    if not steps:
        return _index(pl.col(item.column), item, limits).cast(pl.UInt16).alias(item.column)
    # Two at least: a literal of one value would be taken for a scalar, and a column of nulls lose its height.
    numbers = pl.select(value=pl.int_range(max(highest, 1) + 1).cast(pl.Float64) / steps)
    table = numbers.select(_index(pl.col("value"), item, limits).cast(pl.UInt16)).to_series()
    place = pl.col(item.column) if steps == 1 else (pl.col(item.column) * steps).round()
    return pl.lit(table).gather(place.cast(pl.UInt32)).alias(item.column)


def _index(concentration: pl.Expr, item: Item, limits: Limits) -> pl.Expr:
    """The rule for one item by the wording and the limits of an edition."""
    day = EDITIONS[limits.edition]
    wording = air_individual_index.wording(day)
    if wording is None:
        raise RuleError(f"{air_individual_index.id}：{day} 没有适用的规则表述")
    decimals = wording.decimals("concentration", item.item)
    taken = concentration if decimals is None else half_to_even(concentration, decimals)
    values = {
        name: pl.lit(limits.of(reference, item.item)) if isinstance(reference, Parameter) else taken
        for name, reference in wording.inputs.items()
    }
    index: pl.Expr = wording.result(PolarsColumns(), values)
    return index


def half_to_even(value: pl.Expr, decimals: int) -> pl.Expr:
    """The number as GB/T 8170 rounds it: what lies half-way but for the noise of a float (3.0500000000000003) does."""
    doubled = value * (2 * 10**decimals)
    halves = pl.when((doubled - doubled.round(0)).abs() < _ON_GRID).then(doubled.round(0)).otherwise(doubled)
    rounded: pl.Expr = (halves / 2).round(0, mode="half_to_even") / 10**decimals
    return rounded


def printed(single: pl.DataFrame, counted: Sequence[Item]) -> pl.DataFrame:
    """aqi, quality and primary as texts of the indices of items and of their greatest, `aqi`.

    Several primaries of one index stand side by side, divided by commas; an excellent row has none.
    """
    aqi = pl.col("aqi")
    texts, classes = _tables()
    # A bit for every item that is as great as the greatest; the table holds the text of every combination.
    bits = [
        (pl.col(item.column) == aqi).fill_null(False).cast(pl.UInt32) * (1 << place)
        for place, item in enumerate(counted)
    ]
    combined = pl.sum_horizontal(bits) * (aqi > 50)
    names = tuple(item.printed for item in counted)
    return single.select(
        aqi=pl.lit(texts).gather(aqi),
        quality=pl.lit(classes).gather(aqi),
        primary=pl.lit(_combinations(names)).gather(combined),
    )


@cache
def _tables() -> tuple[pl.Series, pl.Series]:
    """Of every index from 0 to 500: its digits and its class."""
    every = pl.select(index=pl.int_range(HIGHEST + 1).cast(pl.Float64))
    level = over_polars(air_quality_level, index=pl.col("index"))
    levels = every.select(level.cast(pl.UInt32) - 1).to_series()
    return pl.Series([str(index) for index in range(HIGHEST + 1)]), pl.Series(CLASSES).gather(levels)


@cache
def _combinations(names: tuple[str, ...]) -> pl.Series:
    texts = [
        ",".join(name for place, name in enumerate(names) if bits >> place & 1) or None
        for bits in range(1 << len(names))
    ]
    return pl.Series(texts, dtype=pl.String)
