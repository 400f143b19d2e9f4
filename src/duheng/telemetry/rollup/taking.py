"""The hours of a stretch of time: which files are read, which way each point takes, what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import polars as pl

from duheng.telemetry.meters import counters
from duheng.telemetry.readings.layout import day_folder, days, readings
from duheng.telemetry.readings.writing import counted
from duheng.telemetry.rollup import intervals, sources
from duheng.telemetry.rollup.engines import Engine, Within
from duheng.telemetry.rollup.points import UNITS, Point, Points
from duheng.telemetry.rollup.rules import Rules
from duheng.telemetry.rollup.tables import POINTS, READINGS, REPLACED, believed, newest

# Readings on both sides of the stretch: what stands before and after decides the hours at its ends.
MARGIN = timedelta(days=1)
WHOLE = 60 - 1e-6
MIXED = ibis.table(READINGS.schema(), name="mixed")


@dataclass(frozen=True)
class Stretch:
    """From first to before last, full hours; the points whose hours are wanted (numbers)."""

    first: datetime
    last: datetime
    pids: frozenset[int]

    @property
    def within(self) -> Within:
        """Its hours."""
        return Within("hour", self.first, self.last)


def take(
    home: Path, engine: Engine, points: Points, rules: Rules, stretch: Stretch
) -> tuple[pl.DataFrame, set[int]]:
    """The hours of a stretch: pid, hour, amount, mean, measured, estimated, state, first_arrival, last_arrival.

    Of pollutants the mean only; their loads come with the gaps filled (loads). And the counters that were not regular:
    of them there is something to say (looking).
    """
    wanted = [points.get(pid) for pid in sorted(stretch.pids)]
    sources = [one for one in wanted if one.kind in UNITS]
    meters = [one for one in wanted if one.kind == "interval"]
    found = [
        _take_sources(home, engine, points, rules, stretch, sources),
        _take_intervals(home, engine, points, rules, stretch, meters),
    ]
    some = [one for one in wanted if one.kind == "counter"]
    rows, odd = _take_counters(home, engine, points, rules, stretch, some)
    parts = [part for part in (*found, rows) if part is not None and not part.is_empty()]
    return (pl.concat(parts) if parts else _shaped(pl.DataFrame())), odd


def reach(home: Path, engine: Engine, points: Points, stretch: Stretch) -> Stretch:
    """The stretch with the hours of counters from the reading before it to the one after: a step may span them."""
    some = [points.get(pid) for pid in stretch.pids if points.get(pid).kind == "counter"]
    known = days(readings(home))
    if not some or not known:
        return stretch
    near = Near(home, engine, points, stretch, some)
    first = min([stretch.first, *near.ends.values()]).replace(minute=0, second=0, microsecond=0)
    last = max([stretch.last, *near.begins.values()])
    if last.minute or last.second or last.microsecond:
        last = last.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Stretch(first, last, stretch.pids)


def files(home: Path, first: datetime, last: datetime) -> tuple[list[Path], list[Path]]:
    """The files of the days between: those that hold each reading once, and those that may hold several versions.

    Readings from the future of their arrival (`tables.believed`) are in the latter only.
    """
    plain: list[Path] = []
    mixed: list[Path] = []
    root = readings(home)
    for day in days(root, first.date(), last.date()):
        folder = day_folder(root, day)
        entries = counted(folder)
        sites = [name.partition("/")[0] for name in entries]
        once = len(set(sites)) == len(sites) and all(
            entry["unique"] and not entry.get("ahead") for entry in entries.values()
        )
        (plain if once else mixed).extend(folder / name for name in entries)
    return plain, mixed


def amounts_within(home: Path, first: date, last: date) -> tuple[float, float] | None:
    """Least and greatest interval amount of some days, as the lists of files say; None where one does not."""
    root = readings(home)
    entries = [entry for day in days(root, first, last) for entry in counted(day_folder(root, day)).values()]
    spans = [entry.get("cou") for entry in entries]
    known = [span for span in spans if span is not None and span[0] is not None]
    if len(known) < len(spans) or not known:
        return None
    return min(span[0] for span in known), max(span[1] for span in known)


def open_files(home: Path, engine: Engine, first: datetime, last: datetime) -> tuple[ir.Table, bool]:
    """The readings of the days between, the latest version of each, and whether any may have several."""
    plain, mixed = files(home, first, last)
    engine.readings("readings", plain)
    if not mixed:
        return READINGS, False
    engine.readings("mixed", mixed)
    latest = newest(believed(MIXED))
    return (READINGS.union(latest) if plain else latest), True


def good(rows: ir.Table, rules: Rules, *, manual: bool = True) -> ir.Table:
    """The rows whose flag says that they may be used; of meters also what was entered by hand."""
    codes = [*rules["flags.normal"], *(rules["flags.manual"] if manual else [])]
    return rows.filter(ibis.coalesce(rows.flag.isin([str(code) for code in codes]), ibis.literal(True)))


def _listed(engine: Engine, points: Points, some: Iterable[Point]) -> None:
    numbers = [one.pid for one in some]
    engine.table("points", points.table().filter(pl.col("pid").is_in(numbers)))


def _take_sources(
    home: Path, engine: Engine, points: Points, rules: Rules, stretch: Stretch, some: Sequence[Point]
) -> pl.DataFrame | None:
    if not some:
        return None
    read, _ = open_files(home, engine, stretch.first, stretch.last - timedelta(seconds=1))
    _listed(engine, points, some)
    return _shaped(engine.fetch(sources.means(read, POINTS, rules), stretch.within))


def _take_intervals(
    home: Path, engine: Engine, points: Points, rules: Rules, stretch: Stretch, some: Sequence[Point]
) -> pl.DataFrame | None:
    if not some:
        return None
    longest = max(timedelta(minutes=one.every) for one in some)
    long = longest > timedelta(hours=1)
    begin = stretch.first - longest if long else stretch.first
    read, _ = open_files(home, engine, begin, stretch.last - timedelta(seconds=1))
    _listed(engine, points, some)
    read = good(read, rules)
    rows = [engine.fetch(intervals.hours(read, POINTS, rules), stretch.within)]
    if long:
        steps = intervals.long_steps(read, POINTS)
        rows.append(engine.fetch(counters.hours(counters.pieces(steps)), stretch.within))
    return pl.concat([_shaped(one) for one in rows])


def _take_counters(
    home: Path, engine: Engine, points: Points, rules: Rules, stretch: Stretch, some: Sequence[Point]
) -> tuple[pl.DataFrame | None, set[int]]:
    if not some or not days(readings(home)):
        return None, set()
    rows, odd = _regular(home, engine, points, rules, stretch, some)
    # Who has a whole hour at both ends needs nothing from further away.
    ends = (stretch.first, stretch.last - timedelta(hours=1))
    whole = rows.filter(pl.col("hour").is_in(ends), pl.col("measured") > WHOLE).group_by("pid").len()
    sure = set(whole.filter(pl.col("len") == len(set(ends)))["pid"].to_list()) - odd
    near = Near(home, engine, points, stretch, [one for one in some if one.pid not in sure])
    long = [one for one in some if one.pid in odd or one.pid in near.far]
    found = [_shaped(rows.filter(~pl.col("pid").is_in([one.pid for one in long])))]
    for far in (False, True):
        group = [one for one in long if (one.pid in near.far) == far]
        if group:
            begin = min([stretch.first, *(near.ends[one.pid] for one in group if one.pid in near.ends)])
            end = max([stretch.last, *(near.begins[one.pid] for one in group if one.pid in near.begins)])
            found.append(_chained(home, engine, points, rules, stretch, group, begin - MARGIN, end + MARGIN))
    return pl.concat(found), {one.pid for one in long}


def _regular(
    home: Path, engine: Engine, points: Points, rules: Rules, stretch: Stretch, some: Sequence[Point]
) -> tuple[pl.DataFrame, set[int]]:
    """The hours by the short way, and the points that must take the long one."""
    read, several = open_files(home, engine, stretch.first - MARGIN, stretch.last + MARGIN)
    changed = {one for one, *_ in points.replaced}
    listed = [one for one in some if one.pid not in changed]
    _listed(engine, points, listed)
    found = counters.regular(counters.readings_of(good(read, rules), POINTS))
    rows = engine.fetch(found, stretch.within)
    odd = set(rows.filter(~pl.col("regular"))["pid"].to_list()) | {
        one.pid for one in some if one.pid in changed
    }
    # No hour at all: silent, or one step through the whole stretch.
    odd |= {one.pid for one in listed} - set(rows["pid"].to_list())
    if several:
        odd |= set(engine.fetch(_several())["pid"].to_list())
    return rows.drop("regular").with_columns(estimated=pl.lit(0.0)), odd


def _several() -> ir.Table:
    """The points of which some reading came in several versions."""
    some = believed(MIXED)
    versions = some.filter(some.cn == "counter").group_by("mn", "factor", "time").agg(number=ibis._.count())
    many = versions.filter(versions.number > 1).select("mn", "factor").distinct()
    return many.inner_join(POINTS, ("mn", "factor")).select("pid").distinct()


def _chained(
    home: Path, engine: Engine, points: Points, rules: Rules, stretch: Stretch, some: Sequence[Point],
    first: datetime, last: datetime,
) -> pl.DataFrame:  # fmt: skip
    """The hours of points by the long way, from readings between two times."""
    steps = counters.steps(chain_of(home, engine, points, rules, some, first, last))
    return _shaped(engine.fetch(counters.hours(counters.pieces(steps)), stretch.within))


def chain_of(
    home: Path, engine: Engine, points: Points, rules: Rules, some: Sequence[Point], first: datetime, last: datetime
) -> ir.Table:  # fmt: skip
    """The chain of some counters between two times, all versions of their readings; tables are left with the engine."""
    plain, mixed = files(home, first, last)
    engine.readings("readings", [*plain, *mixed])
    _listed(engine, points, some)
    numbers = [one.pid for one in some]
    engine.table(
        "replaced",
        points.replacements().filter(pl.col("pid").is_in(numbers), pl.col("time").is_between(first, last)),
    )
    read = good(believed(READINGS), rules).filter(
        READINGS.time >= ibis.literal(first), READINGS.time <= ibis.literal(last)
    )
    return counters.chain(counters.readings_of(read, POINTS), REPLACED)


class Near:
    """The reading before and the one after a stretch of each counter, however far away.

    ends, begins: their times by number of the point. far: the points of which one lies beyond the margin.
    """

    def __init__(
        self, home: Path, engine: Engine, points: Points, stretch: Stretch, some: Sequence[Point]
    ) -> None:
        self.ends: dict[int, datetime] = {}
        self.begins: dict[int, datetime] = {}
        self.far: set[int] = set()
        known = days(readings(home))
        if not some or not known:
            return
        first, last = midnight(known[0]), midnight(known[-1]) + timedelta(days=1)
        begin, end = stretch.first - MARGIN, stretch.last + MARGIN
        self.ends = _ends(home, engine, points, some, begin, stretch.first, before=True)
        self.begins = _ends(home, engine, points, some, stretch.last, end, before=False)
        behind = [one for one in some if one.pid not in self.ends] if first < begin else []
        ahead = [one for one in some if one.pid not in self.begins] if last > end else []
        back = _ends(home, engine, points, behind, first, stretch.first, before=True)
        forth = _ends(home, engine, points, ahead, stretch.last, last, before=False)
        self.ends |= back
        self.begins |= forth
        self.far = {*back, *forth}


def _ends(
    home: Path, engine: Engine, points: Points, some: Sequence[Point], first: datetime, last: datetime, *, before: bool
) -> dict[int, datetime]:  # fmt: skip
    """The last reading before `last` (or the first one from `first` on) of each counter, by its number."""
    if not some:
        return {}
    plain, mixed = files(home, first, last)
    engine.readings("readings", [*plain, *mixed])
    _listed(engine, points, some)
    read = believed(READINGS)
    read = read.filter(read.cn == "counter", read.rtd.notnull())
    within = read.time < ibis.literal(last) if before else read.time <= ibis.literal(last)
    read = read.filter(within, read.time >= ibis.literal(first))
    grouped = read.group_by("mn", "factor").agg(at=read.time.max() if before else read.time.min())
    rows = engine.fetch(grouped.inner_join(POINTS, ("mn", "factor")).select("pid", "at"))
    return dict(rows.select("pid", "at").iter_rows())


def midnight(day: date) -> datetime:
    """The beginning of a day, Beijing time."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    """The same columns whatever the way: what a way does not know is null."""
    kinds: dict[str, Any] = {
        "pid": pl.Int32, "hour": pl.Datetime("us"), "amount": pl.Float64, "mean": pl.Float64,
        "measured": pl.Float64, "estimated": pl.Float64, "state": pl.String,
        "first_arrival": pl.Datetime("us"), "last_arrival": pl.Datetime("us"),
    }  # fmt: skip
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in kinds.items()
    )
