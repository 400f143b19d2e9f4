"""Months that are whole become facts of the ledger: the amount of each entity and item, with the segments behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl

from duheng import ledger
from duheng.ledger.records import NewFact, NewSource
from duheng.model.data import read_yaml, root
from duheng.model.entities import Places
from duheng.model.glossary import Quantity, axis, item_unit, quantity
from duheng.model.parameters import Parameters
from duheng.model.periods import parse
from duheng.model.rounding import with_unit
from duheng.model.saying import say
from duheng.model.units import ratio
from duheng.telemetry.rollup import registered, store
from duheng.telemetry.rollup.engines import Engine
from duheng.telemetry.rollup.points import ENERGY, POLLUTANT, Point, Points
from duheng.telemetry.rollup.totals import Total, totals

# A double carries fifteen digits; the last ones depend on the order of a sum.
DIGITS = 12


@dataclass(frozen=True)
class Entered:
    """What came of the months of the runs: facts added, equal ones left out; totals that are not known, or not over.

    outdated: of those the ones of which the ledger still holds an earlier sum, as it was stated.
    """

    added: int = 0
    duplicates: int = 0
    open: tuple[Total, ...] = ()
    outdated: tuple[tuple[Total, str], ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What a month of an entity and item rests on."""

    first: str
    last: str
    expected: int
    estimated: int
    method: str
    run: int


@cache
def kinds() -> dict[str, dict[str, str]]:
    """The quantity that a kind of point states (cn/monitoring/facts.yaml)."""
    read: dict[str, dict[str, str]] = read_yaml(root() / "monitoring" / "facts.yaml")
    return read


def enter(
    home: Path, engine: Engine, points: Points, places: Places, parameters: Parameters, *,
    scenario: str = "actual", by: str = "监测汇总",
) -> Entered:  # fmt: skip
    """State in the ledger the months that the runs since the last time have published, where they are whole.

    One source a range of segments (kind telemetry); status measured. A month restated with another value supersedes
    the fact before. A month that is not whole states nothing; the ledger cannot take back what an earlier run stated of
    it, so the sum is handed back as outdated. A point that speaks for another entity or item since has all its months
    stated anew, and what the former one keeps without any point is outdated too.
    """
    manifest = store.load_manifest(home)
    published = store.read(home, "months")
    stands = registered.stated(points)
    by_source: dict[NewSource, list[NewFact]] = defaultdict(list)
    waiting: list[Total] = []
    for start, touched in _due(points, published, manifest, stands):
        found = totals(home, engine, points, places, parameters, parse(f"{start:%Y-%m}"), own=True)
        waiting += _left(touched - {(one.place, one.item) for one in found}, start)
        for total in found:
            if (total.place, total.item) not in touched:
                continue
            if total.value is None or total.unfinished:
                waiting.append(total)
                continue
            rests = _evidence(points, published, total)
            by_source[_source(rests)].append(_fact(points, total, rests, scenario))
    receipts = [ledger.append(facts, source, by) for source, facts in by_source.items()]
    for run in manifest.runs:
        run["entered"] = True
    manifest.stated |= stands
    store.save_manifest(home, manifest)
    added, duplicates = sum(one.added for one in receipts), sum(one.duplicates for one in receipts)
    outdated = [(total, stated) for total in waiting if (stated := _still_stated(total, scenario))]
    return Entered(added, duplicates, tuple(one for one in waiting if one.expected), tuple(outdated))


def _due(
    points: Points, published: pl.DataFrame, manifest: store.Manifest, stands: Mapping[str, list[str]]
) -> Iterator[tuple[datetime, set[tuple[str, str]]]]:
    """The months of runs not stated yet, or of points that speak for another since, with the entities and items."""
    done = max((int(run["run"]) for run in manifest.runs if run.get("entered")), default=0)
    moved = {name for name, now in stands.items() if manifest.stated.get(name) != now}
    named = pl.concat_str("mn", "factor", separator=" ")
    fresh = published.filter((pl.col("run") > done) | named.is_in(moved))
    for start in fresh["start"].unique().sort().to_list():
        yield start, _touched(points, fresh.filter(pl.col("start") == start), manifest.stated)


def _touched(points: Points, fresh: pl.DataFrame, before: Mapping[str, list[str]]) -> set[tuple[str, str]]:
    """Entity and item of the points whose month this is, and those for which they spoke before."""
    cells = {(mn, factor) for mn, factor in fresh.select("mn", "factor").iter_rows()}
    touched = [one for one in points.of(*ENERGY, *POLLUTANT) if (one.mn, one.factor) in cells]
    former = {(known[0], known[1]) for one in touched if (known := before.get(registered.key(one)))}
    return {(one.entity, one.item) for one in touched} | former


def _left(cells: set[tuple[str, str]], start: datetime) -> list[Total]:
    """The months of places for which no point speaks any more."""
    return [Total(place, item, start, None, None, "", 0, 0, True, None, ()) for place, item in sorted(cells)]


def _evidence(points: Points, published: pl.DataFrame, total: Total) -> Evidence:
    inside = {(one.mn, one.factor) for one in _inside(points, total)}
    rows = [
        row
        for row in published.filter(pl.col("start") == total.start).iter_rows(named=True)
        if (row["mn"], row["factor"]) in inside
    ]
    methods = {str(row["method"]) for row in rows}
    worst = next(name for name in ("substituted", "spread", "virtual", "measured", "None") if name in methods)
    return Evidence(
        min((row["first_segment"] for row in rows if row["first_segment"]), default=""),
        max((row["last_segment"] for row in rows if row["last_segment"]), default=""),
        sum(row["expected"] for row in rows),
        sum(row["estimated"] for row in rows),
        worst,
        max(row["run"] for row in rows),
    )


def _source(rests: Evidence) -> NewSource:
    title = say("监测数据段 {first} 至 {last}", first=rests.first or "（无）", last=rests.last or "（无）")
    return NewSource("telemetry", str(title), f"telemetry/segments/{rests.first}.seg … {rests.last}.seg")


def _inside(points: Points, total: Total) -> list[Point]:
    return [
        one for one in points.points if (one.entity, one.item) == (total.place, total.item) and one.counted
    ]


def _quantity(inside: Sequence[Point]) -> Quantity:
    return quantity(kinds()["pollutant" if inside[0].kind in POLLUTANT else "energy"]["quantity"])


def _still_stated(total: Total, scenario: str) -> str | None:
    """What the ledger states from readings about a sum, None where nothing or where a person stated it."""
    period = f"{total.start:%Y-%m}"
    of = quantity(kinds()["energy" if total.item in axis("fuel").items else "pollutant"]["quantity"])
    known = ledger.history(of.id, total.place, total.item, period, scenario, None)
    return next(
        (one.stated for one in known if one.standing == "effective" and one.source.kind == "telemetry"), None
    )


def _fact(points: Points, total: Total, rests: Evidence, scenario: str) -> NewFact:
    inside = _inside(points, total)
    of = _quantity(inside)
    assert total.value is not None
    unit = item_unit(of, total.item)
    value = Decimal(f"{total.value * float(ratio(total.unit, unit)):.{DIGITS}g}")
    stated = with_unit(f"{Decimal(f'{total.value:.{DIGITS}g}'):f}", total.unit)
    named = "、".join(one.mn for one in inside[:3]) + ("" if len(inside) <= 3 else f" 等{len(inside)}个")
    how = {"substituted": "替代", "spread": "分摊估算"}.get(rests.method, "估算")
    hours = f"{rests.expected}小时" + (f"，其中{how}{rests.estimated}小时" if rests.estimated else "")
    return NewFact(
        of.id, total.place, total.item, f"{total.start:%Y-%m}", scenario, None, value, stated, "measured", "derived",
        f"{named}；{hours}；第{rests.run}次汇总", unit,
    )  # fmt: skip
