"""`roll_up`: from the readings that came since the last run to hours, days and months, and nothing else.

What is touched is found out from the new files: the points and days that they hold. Counters reach from the reading
before to the one after; pollutants reach as far as a gap's substitute and their quarter's capture rate do. Rows that
come out as they were published before are not written again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.telemetry.readings.layout import day_folder, days, readings
from duheng.telemetry.readings.writing import read_list
from duheng.telemetry.rollup import registered, store, virtual
from duheng.telemetry.rollup.building import Build, expected, follow, hour_rows
from duheng.telemetry.rollup.engines import Engine
from duheng.telemetry.rollup.gaps import fill
from duheng.telemetry.rollup.keeping import divided
from duheng.telemetry.rollup.points import UNITS, Points
from duheng.telemetry.rollup.rules import rules
from duheng.telemetry.rollup.tables import READINGS
from duheng.telemetry.rollup.taking import Stretch, midnight, reach, take

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """What a run did: its number (None: nothing was new), rows published by level, days touched, points not listed.

    kept: series that no kind of point suits, kept as readings only. irregular: counters whose readings have something
    to be said of (looking.findings). ahead: devices with the number of their readings that came with a time of the
    future, on which nothing rests.
    """

    run: int | None
    hours: int = 0
    days: int = 0
    months: int = 0
    first: date | None = None
    last: date | None = None
    unlisted: tuple[tuple[str, str], ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    irregular: tuple[int, ...] = ()
    ahead: tuple[tuple[str, int], ...] = ()

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "run": self.run, "hours": self.hours, "days": self.days, "months": self.months,
            "first": str(self.first) if self.first else None, "last": str(self.last) if self.last else None,
            "unlisted": [{"mn": mn, "factor": factor} for mn, factor in self.unlisted],
            "kept": [{"mn": mn, "factor": factor} for mn, factor in self.kept],
            "ahead": [{"mn": mn, "readings": count} for mn, count in self.ahead],
        }  # fmt: skip


@dataclass(frozen=True)
class New:
    """The files that were not read before, by day, and what they touch: points by day; series that are no points.

    touched holds what points touch that were registered or corrected since, too: anew. span: the days that may be
    touched, None where all is of the future. ahead as in Outcome.
    """

    files: dict[date, list[str]]
    touched: dict[date, set[int]]
    unlisted: tuple[tuple[str, str], ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    ahead: tuple[tuple[str, int], ...] = ()
    span: tuple[date, date] | None = None
    anew: frozenset[int] = frozenset()


def roll_up(
    home: Path, points: Points, engine: Engine, said: Callable[[str], None] = lambda text: None
) -> Outcome:
    """Roll up what is new. Raises DuhengError where another run is under way or the store is spoilt."""
    with store.only_one(home):
        manifest = store.load_manifest(home)
        new = find_new(home, engine, points, manifest)
        now = registered.reckoned(points)
        if not new.files and not new.touched:
            if manifest.runs and manifest.points != now:
                manifest.points = now
                store.save_manifest(home, manifest)
            return Outcome(None)
        build = Build(home, engine, points, rules(), manifest.last + 1, first_run=not manifest.runs)
        means: list[pl.DataFrame] = []
        build.anew = new.anew
        store.sweep(home, build.number)
        for stretch in whole(new.touched, points) if build.first_run else stretches(new.touched):
            said(f"{stretch.first:%Y-%m-%d}～{stretch.last:%Y-%m-%d}：{len(stretch.pids)} 个监测点")
            means.append(roll(build, stretch))
        fill(build, pl.concat(means) if means else pl.DataFrame())
        for day, names in new.files.items():
            manifest.read.setdefault(str(day), []).extend(names)
        manifest.points = now
        manifest.runs.append({
            "run": build.number, "at": datetime.now(UTC).isoformat(), "span": new.span and [*map(str, new.span)],
            "files": sum(map(len, new.files.values())), **build.counts,
        })  # fmt: skip
        store.save_manifest(home, manifest)
        odd = tuple(sorted(build.irregular))
        return Outcome(
            build.number,
            **build.counts,
            first=new.span[0] if new.span else None,
            last=new.span[1] if new.span else None,
            unlisted=new.unlisted,
            kept=new.kept,
            irregular=odd,
            ahead=new.ahead,
        )


def roll(build: Build, stretch: Stretch) -> pl.DataFrame:
    """Publish the hours, days and months of the meters of a stretch; the hours of the sources are handed back."""
    if not build.first_run:
        stretch = reach(build.home, build.engine, build.points, stretch)
    rows, odd = take(build.home, build.engine, build.points, build.rules, stretch)
    build.irregular |= odd
    sources = [one.pid for one in build.points.of(*UNITS)]
    meters = rows.filter(~pl.col("pid").is_in(sources))
    follow(build, build.published("hours", hour_rows(meters, build.points)))
    follow(build, build.published("hours", _virtual(build, stretch, meters)))
    about = build.points.names().select("pid", "since", "until")
    return (
        rows.filter(pl.col("pid").is_in(sources))
        .join(about, "pid")
        .filter(expected("hour"))
        .drop("since", "until")
    )


def _virtual(build: Build, stretch: Stretch, meters: pl.DataFrame) -> pl.DataFrame:
    """The hours of the virtual meters that a stretch touches."""
    members = virtual.members(build.points)
    touched = members.filter(pl.col("member").is_in(stretch.pids))["pid"].unique().to_list()
    members = members.filter(pl.col("pid").is_in(touched))
    if members.is_empty() or meters.is_empty():
        return pl.DataFrame()
    stated = build.stated("hours", stretch.first, stretch.last, members["member"].unique().to_list())
    build.engine.table("members", members)
    stated = stated.rename({"start": "hour"}).select(virtual.METERS.columns)
    build.engine.table("meters", stated)
    found = build.engine.fetch(virtual.hours(virtual.METERS, virtual.MEMBERS))
    found = found.with_columns(mean=pl.lit(None, pl.Float64), state=pl.lit(None, pl.String))
    named = pl.when(pl.col("method") == "measured").then(pl.lit("virtual")).otherwise(pl.col("method"))
    return hour_rows(found, build.points).with_columns(method=named)


def find_new(home: Path, engine: Engine, points: Points, manifest: store.Manifest) -> New:
    """The files that were not rolled up yet, and the points and days of their rows."""
    root = readings(home)
    files: dict[date, list[str]] = {}
    fresh: dict[date, list[Path]] = {}
    ahead: Counter[str] = Counter()
    for day in days(root):
        folder = day_folder(root, day)
        known, entries = set(manifest.read.get(str(day), ())), read_list(folder)
        # A compacted file says nothing new where all that it replaces was read.
        new = [
            name
            for name, entry in entries.items()
            if name not in known and not (entry.get("replaces") and set(entry["replaces"]) <= known)
        ]
        if new:
            files[day] = new
            for name in new:
                of_future = entries[name].get("ahead", {})
                ahead.update({} if entries[name].get("replaces") else of_future)
                if "replaced_by" not in entries[name] and sum(of_future.values()) < entries[name]["rows"]:
                    fresh.setdefault(day, []).append(folder / name)
    if not manifest.runs:
        found, anew = _everything(engine, points, files, fresh), []
    else:
        found, anew = _touched(engine, points, files, fresh), registered.changed(points, manifest.points)
        for day, pids in registered.touched(home, engine, points, anew).items() if anew else ():
            found.touched.setdefault(day, set()).update(pids)
    spanned = {*fresh, *found.touched}
    return replace(
        found,
        ahead=tuple(sorted(ahead.items())),
        span=(min(spanned), max(spanned)) if spanned else None,
        anew=frozenset(one.pid for one in anew),
    )


def _everything(
    engine: Engine, points: Points, files: dict[date, list[str]], fresh: dict[date, list[Path]]
) -> New:
    """Of a first run: all points that sent anything, on the first and the last day."""
    if not fresh:
        return New(files, {})
    numbers = {(one.mn, one.factor): one.pid for one in points.points}
    engine.readings("readings", [path for paths in fresh.values() for path in paths])
    cells = list(engine.fetch(READINGS.select("mn", "factor").distinct()).iter_rows())
    pids = {numbers[cell] for cell in cells if cell in numbers}
    unlisted = divided(engine, (cell for cell in cells if cell not in numbers))
    ends = {day: set(pids) for day in (min(fresh), max(fresh))} if pids else {}
    return New(files, ends, *unlisted)


def _touched(
    engine: Engine, points: Points, files: dict[date, list[str]], fresh: dict[date, list[Path]]
) -> New:
    if not fresh:
        return New(files, {})
    numbers = {(one.mn, one.factor): one.pid for one in points.points}
    engine.readings("readings", [path for paths in fresh.values() for path in paths])
    cells = READINGS.select("mn", "factor", day=READINGS.time.truncate("D")).distinct()
    touched: dict[date, set[int]] = defaultdict(set)
    unlisted: set[tuple[str, str]] = set()
    for mn, factor, day in engine.fetch(cells).iter_rows():
        pid = numbers.get((mn, factor))
        if pid is None:
            unlisted.add((mn, factor))
        else:
            touched[day.date()].add(pid)
    return New(files, dict(touched), *divided(engine, unlisted))


def stretches(touched: dict[date, set[int]]) -> Iterator[Stretch]:
    """The touched days as stretches of days that follow each other, none longer than its month."""
    stretch: Stretch | None = None
    for day in sorted(touched):
        first = midnight(day)
        if stretch is not None and stretch.last == first and day.day != 1:
            stretch = Stretch(stretch.first, first + DAY, stretch.pids | touched[day])
            continue
        if stretch is not None:
            yield stretch
        stretch = Stretch(first, first + DAY, frozenset(touched[day]))
    if stretch is not None:
        yield stretch


def whole(touched: dict[date, set[int]], points: Points) -> Iterator[Stretch]:
    """The months from the first touched day to the last, each with all points: a gap may go through any of them.

    Of the days before any of them is expected the last is enough: a clock may say 1970.
    """
    if not touched:
        return
    pids = frozenset[int]().union(*touched.values())
    first = max(min(touched), min(points.get(pid).since for pid in pids) - DAY)
    end = max(touched) + DAY
    while first < end:
        after = min((first.replace(day=1) + 32 * DAY).replace(day=1), end)
        yield Stretch(midnight(first), midnight(after), pids)
        first = after
