"""Sums by outlet, enterprise, park, zone, county and city: unknown unless every expected member is known (L1)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import polars as pl

from duheng.engine.columns import over_ibis
from duheng.model.entities import Places
from duheng.model.glossary import axis
from duheng.model.parameters import Parameters
from duheng.model.periods import Period
from duheng.model.rounding import judge, with_unit
from duheng.model.saying import listed, say
from duheng.model.units import ratio
from duheng.rules.online import online_fuel_energy
from duheng.telemetry.rollup import intervals, store
from duheng.telemetry.rollup.engines import Engine
from duheng.telemetry.rollup.loads import MASS
from duheng.telemetry.rollup.points import ENERGY, POLLUTANT, Point, Points
from duheng.telemetry.rollup.rules import Rules
from duheng.telemetry.rollup.tables import POINTS
from duheng.telemetry.rollup.taking import amounts_within, good, midnight, open_files

COAL = "standard_coal_factor"
# A point within a place. scale: to the unit of the sum; coal: [tce] of a unit of the sum (null: not known).
MEMBERS = ibis.table(
    {"pid": "int32", "place": "string", "item": "string", "scale": "float64", "coal": "float64"},
    name="members",
)
AMOUNTS = ibis.table(
    {"pid": "int32", "start": "timestamp(6)", "amount": "float64", "incomplete": "boolean"}, name="amounts"
)
STARTS = ibis.table({"start": "timestamp(6)"}, name="starts")


@dataclass(frozen=True)
class Total:
    """The sum of a place, an item and a period.

    value: [unit], None unless every expected member is known; so_far: the sum of those that are,
    None where none is. coal: value in tce.
    unfinished: some member's period is not over yet. missing: the points that are not known.
    """

    place: str
    item: str
    start: datetime
    value: float | None
    so_far: float | None
    unit: str
    known: int
    expected: int
    unfinished: bool
    coal: float | None
    missing: tuple[Point, ...]

    @property
    def said(self) -> str:
        """`1 of 2 known: 1,075 kWh; ... owes ...`, in Chinese."""
        amount = "" if self.so_far is None else _printed(self.so_far, self.unit)
        if self.value is None:
            owed = listed(
                "；",
                [say("{point} 应由{owner}报送", point=one.title, owner=one.owner) for one in self.missing],
            )
            if not amount:
                return say("未知：{expected}个都没有数；{owed}", expected=self.expected, owed=owed)
            return say(
                "未知：{expected}个中已知{known}个，已知合计{amount}；{owed}",
                expected=self.expected, known=self.known, amount=amount, owed=owed,
            )  # fmt: skip
        told = say("{amount}（{expected}个全部已知）", amount=amount, expected=self.expected)
        return say("{told}，本期未完", told=told) if self.unfinished else told


def sums(amounts: ir.Table, members: ir.Table, starts: ir.Table) -> ir.Table:
    """Sums by place, item and start: value and coal (null unless all are known), so_far, known, expected, unfinished.

    members are expected in each of the `starts`. coal is null too where an item's factor is not known.
    """
    expected = members.cross_join(starts)
    joined = expected.left_join(amounts, ("pid", "start")).drop("pid_right", "start_right")
    scaled = joined.amount * joined.scale
    grouped = joined.group_by("place", "item", "start").agg(
        so_far=scaled.sum(),
        coal=over_ibis(online_fuel_energy, use=scaled, factor=joined.coal).sum(),
        burnt=joined.coal.count(),
        known=joined.amount.count(),
        expected=joined.count(),
        unfinished=ibis.coalesce(joined.incomplete, ibis.literal(True)).ifelse(1, 0).max(),
    )
    whole = grouped.known == grouped.expected
    return grouped.mutate(
        value=ibis.ifelse(whole, grouped.so_far, ibis.null("float64")),
        coal=ibis.ifelse(whole & (grouped.burnt == grouped.expected), grouped.coal, ibis.null("float64")),
    ).drop("burnt")


def members(
    points: Points, places: Places, parameters: Parameters, on: date, *, own: bool = False
) -> pl.DataFrame:  # fmt: skip
    """The rows of MEMBERS on a day: each counted point in its place and in all that contain it (own: its place)."""
    of_entity: dict[tuple[str, str, str], list[tuple[Any, ...]]] = {}
    rows: list[tuple[Any, ...]] = []
    for one in expected(points, on):
        key = (one.entity, one.item, one.unit)
        # Thousands of meters of one unit have all of this in common.
        if key not in of_entity:
            entity = places.get(one.entity)
            chain = [] if own or entity is None else [above.id for above in places.ancestors(one.entity)]
            coal = _coal(one, places, parameters, on) if one.kind in ENERGY else None
            scale = float(ratio(one_unit(one), unit_of(one)))
            of_entity[key] = [(place, one.item, scale, coal) for place in (one.entity, *chain)]
        rows += [(one.pid, *told) for told in of_entity[key]]
    kinds = {"pid": pl.Int32, "place": pl.String, "item": pl.String, "scale": pl.Float64, "coal": pl.Float64}
    return pl.DataFrame(rows, kinds, orient="row")


def _coal(point: Point, places: Places, parameters: Parameters, on: date) -> float | None:
    setting = parameters.get(COAL).at(on, point.item, places.code(point.entity))
    return float(setting.value) if setting else None


def expected(points: Points, on: date) -> list[Point]:
    """The points whose amounts make the sums of a day's period."""
    return [
        one
        for one in points.of(*ENERGY, *POLLUTANT)
        if one.counted and one.since <= on and (one.until is None or one.until >= on.replace(day=1))
    ]


def one_unit(point: Point) -> str:
    """The unit of a point's amounts: its own; loads of pollutants are in kg."""
    return MASS if point.kind in POLLUTANT else point.unit


def unit_of(point: Point) -> str:
    """The unit of a sum: that of the ledger for the item."""
    return MASS if point.kind in POLLUTANT else axis("fuel").items[point.item].unit


def totals(
    home: Path, engine: Engine, points: Points, places: Places, parameters: Parameters, period: Period,
    upto: int | None = None, *, own: bool = False,
) -> list[Total]:  # fmt: skip
    """The totals of a month (or a day) by place and item, in the order of the places; as published, or up to a run."""
    level = "months" if period.kind == "month" else "days"
    start = datetime(period.start.year, period.start.month, period.start.day)  # noqa: DTZ001
    before = datetime(period.end.year, period.end.month, period.end.day, 23)  # noqa: DTZ001
    stated = store.read(home, level, first=start, before=before, upto=upto)
    amounts = stated.join(points.names().select("pid", "mn", "factor"), ["mn", "factor"])
    within = members(points, places, parameters, period.end, own=own)
    engine.table("amounts", amounts.select("pid", "start", "amount", "incomplete"))
    engine.table("members", within)
    engine.table("starts", pl.DataFrame({"start": [start]}, {"start": pl.Datetime("us")}))
    rows = engine.fetch(sums(AMOUNTS, MEMBERS, STARTS))
    known = set(amounts.filter(pl.col("amount").is_not_null())["pid"].to_list())
    return _in_order(rows, _inside(points, within), known, places)


def _in_order(
    rows: pl.DataFrame, inside: dict[tuple[str, str], list[Point]], known: set[int], places: Places
) -> list[Total]:
    order = {place.id: number for number, place in enumerate(places)}
    found = [_total(row, inside[row["place"], row["item"]], known) for row in rows.iter_rows(named=True)]
    return sorted(found, key=lambda one: (order.get(one.place, len(order)), one.place, one.item))


def _inside(points: Points, within: pl.DataFrame) -> dict[tuple[str, str], list[Point]]:
    inside: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for pid, place, item in within.select("pid", "place", "item").sort("pid").iter_rows():
        inside[place, item].append(points.get(pid))
    return inside


def _total(row: dict[str, Any], inside: Sequence[Point], known: set[int]) -> Total:
    # Where all of them measure in one unit, that is how people know the amount.
    units = {one_unit(one) for one in inside}
    unit = unit_of(inside[0])
    shown = units.pop() if len(units) == 1 else unit
    factor = float(ratio(unit, shown))
    return Total(
        row["place"], row["item"], row["start"],
        None if row["value"] is None else row["value"] * factor,
        None if row["so_far"] is None else row["so_far"] * factor,
        shown, row["known"], row["expected"], bool(row["unfinished"]), row["coal"],
        tuple(one for one in inside if one.pid not in known),
    )  # fmt: skip


def _printed(amount: float, unit: str) -> str:
    return with_unit(f"{judge(amount, 3):,f}".rstrip("0").rstrip("."), unit)


def owed(found: Iterable[Total]) -> dict[str, list[Point]]:
    """The points that are not known, by who owes them."""
    by_owner: dict[str, list[Point]] = defaultdict(list)
    for total in found:
        for one in total.missing:
            if one not in by_owner[one.owner]:
                by_owner[one.owner].append(one)
    return dict(by_owner)


def _plausible(points: Points, within: tuple[float, float] | None) -> bool:
    """Whether no amount between these can be implausible for any meter."""
    least = min(
        (one.most * one.every / 60 for one in points.of("interval") if one.most is not None), default=math.inf
    )
    return within is not None and within[0] >= 0 and within[1] <= least


def preview(
    home: Path,
    engine: Engine, points: Points, places: Places, parameters: Parameters, days: tuple[date, date], rules: Rules,
) -> list[Total]:  # fmt: skip
    """The totals of a month, or of some of its days, straight from interval readings; nothing is published.

    days: first and last. Points of other kinds are members whose amounts are not known. What counts is what `roll_up`
    publishes, and both agree.
    """
    first, last = days
    read, _ = open_files(home, engine, midnight(first), midnight(last))
    known = _straight(home, engine, points, days, read, rules)
    within = members(points, places, parameters, last)
    rows = _summed(engine, within, first, known)
    stated = set(known.filter(pl.col("amount").is_not_null())["pid"].to_list())
    # The sums of some days stand at their month; a total stands at its period.
    found = _in_order(rows, _inside(points, within), stated, places)
    return [replace(one, start=midnight(first)) for one in found]


def _straight(
    home: Path, engine: Engine, points: Points, days: tuple[date, date], read: ir.Table, rules: Rules
) -> pl.DataFrame:
    """pid, start, amount and incomplete of each meter whose amounts come by intervals."""
    first, last = days
    engine.table("points", points.table().filter(pl.col("kind") == "interval"))
    used = good(read, rules)
    plausible = _plausible(points, amounts_within(home, *days))
    known = engine.fetch(intervals.months(used, POINTS, rules, checked=plausible))
    if not known["fits"].all():
        by_hour = intervals.hours(used, POINTS, rules)
        added = by_hour.group_by("pid", start=by_hour.hour.truncate("M"))
        known = engine.fetch(added.agg(amount=by_hour.amount.sum(), known=by_hour.amount.count()))
    whole = pl.col("known") == (last - first).days * 24 + 24
    known = known.with_columns(amount=pl.when(whole).then(pl.col("amount")), incomplete=~whole)
    return known.select("pid", "start", "amount", "incomplete")


def _summed(engine: Engine, within: pl.DataFrame, first: date, known: pl.DataFrame) -> pl.DataFrame:
    engine.table("members", within)
    month = midnight(first.replace(day=1))
    engine.table("starts", pl.DataFrame({"start": [month]}, {"start": pl.Datetime("us")}))
    engine.table("amounts", known)
    return engine.fetch(sums(AMOUNTS, MEMBERS, STARTS))
