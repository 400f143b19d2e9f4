"""Hours published, and the days and months that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.telemetry.readings.layout import day_folder, days, readings
from duheng.telemetry.readings.writing import TIME, counted
from duheng.telemetry.rollup import periods, store
from duheng.telemetry.rollup.engines import Engine
from duheng.telemetry.rollup.points import Points
from duheng.telemetry.rollup.rules import Rules

WHOLE = 60 - 1e-6
HOUR = timedelta(hours=1)


@dataclass
class Build:
    """A run under way: what it works with, and how many rows it has published by level.

    irregular: counters that took the long way. anew: points whose days and months follow even from hours that stay as
    they are, for they are expected from or until another day.
    """

    home: Path
    engine: Engine
    points: Points
    rules: Rules
    number: int
    first_run: bool
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(store.LEVELS, 0))
    irregular: set[int] = field(default_factory=set)
    anew: frozenset[int] = frozenset()

    def published(self, level: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Publish those of the rows (with pid) that say something new; they are returned, and all rows of `anew`."""
        if rows.is_empty():
            return rows
        named = self.named(rows)
        again = named.filter(pl.col("pid").is_in(self.anew))
        if not self.first_run:
            first, last = _bounds(named["start"])
            mns = named["mn"].unique().to_list()
            old = store.read(
                self.home,
                level,
                first=first,
                before=last + timedelta(microseconds=1),
                mns=mns,
                upto=self.number,
            )
            named = store.changed(named, old)
        if not named.is_empty():
            self.counts[level] += store.publish(self.home, level, named.drop("pid"), self.number)
        return named if again.is_empty() else pl.concat([named, again]).unique(["pid", "start"])

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with device and factor beside the number of the point, columns of the level in order."""
        names = self.points.names()
        return rows.join(names.select("pid", "mn", "factor"), "pid")

    def stated(self, level: str, first: datetime, before: datetime, pids: Sequence[int]) -> pl.DataFrame:
        """What is published of some points while they are expected, this run included, with number, kind, beginning."""
        names = self.points.names().filter(pl.col("pid").is_in(list(pids)))
        rows = store.read(
            self.home, level, first=first, before=before, mns=names["mn"].unique().to_list(), upto=self.number
        )
        return rows.join(names, ["mn", "factor"]).filter(expected("start"))


def expected(column: str) -> pl.Expr:
    """Whether a time lies between the `since` and the `until` of its point (Points.names)."""
    at = pl.col(column)
    return (at >= pl.col("since")) & (pl.col("until").is_null() | (at < pl.col("until")))


def hour_rows(rows: pl.DataFrame, points: Points) -> pl.DataFrame:
    """Hours of meters as they are published; those before a point is expected are left out."""
    about = points.names().select("pid", "since", "until")
    known = pl.col("amount").is_not_null()
    minutes = pl.col("measured") + pl.col("estimated")
    out = rows.rename({"hour": "start"}).join(about, "pid").filter(expected("start"))
    spread = pl.when(pl.col("estimated") > 0).then(pl.lit("spread")).otherwise(pl.lit("measured"))
    return out.with_columns(
        method=pl.when(known).then(spread),
        basis=pl.lit(None, pl.Int64),
        incomplete=~known | (minutes < WHOLE),
    ).drop("since", "until")


def follow(build: Build, hours: pl.DataFrame) -> None:
    """Publish the days and months of the hours (just published, with pid) that changed."""
    if hours.is_empty():
        return
    cells = hours.select("pid", day=pl.col("start").dt.truncate("1d")).unique()
    first, last = _bounds(cells["day"])
    pids = cells["pid"].unique().to_list()
    if build.first_run and len(hours) > 0:
        rows = hours.join(build.points.names().select("pid", "kind", "since"), "pid")
    else:
        rows = build.stated("hours", first, last + timedelta(days=1), pids)
    rows = rows.join(
        cells, left_on=["pid", pl.col("start").dt.truncate("1d")], right_on=["pid", "day"], how="semi"
    )
    found = _periods(build, rows, "D")
    build.published("days", found)
    months(build, cells.select("pid", start=pl.col("day").dt.truncate("1mo")).unique(), found)


def months(build: Build, cells: pl.DataFrame, days_now: pl.DataFrame) -> None:
    """Publish the months of some points: of meters from their days, of sources from their hours."""
    names = build.points.names().select("pid", "kind")
    cells = cells.join(names, "pid")
    meters = cells.filter(pl.col("kind").is_in(["counter", "interval", "virtual"]))
    others = cells.filter(~pl.col("kind").is_in(["counter", "interval", "virtual"]))
    for some, level in ((meters, "days"), (others, "hours")):
        if some.is_empty():
            continue
        first, last = _bounds(some["start"])
        end = (last + timedelta(days=32)).replace(day=1)
        rows = build.stated(level, first, end, some["pid"].unique().to_list())
        rows = rows.join(
            some, left_on=["pid", pl.col("start").dt.truncate("1mo")], right_on=["pid", "start"], how="semi"
        )
        build.published("months", _periods(build, rows, "M", of_days=level == "days"))


def _periods(build: Build, rows: pl.DataFrame, every: str, *, of_days: bool = False) -> pl.DataFrame:
    """Days or months as they are published, with pid."""
    table = periods.DAYS if of_days else periods.PUBLISHED
    build.engine.table(table.get_name(), rows.select(pl.col(name) for name in table.columns))
    if of_days:
        return build.engine.fetch(periods.of_days(table))
    found = build.engine.fetch(periods.of_hours(table, every, build.rules))
    first, last = _bounds(found["start"])
    return _with_segments(
        found, segments(build.home, first, last + timedelta(days=32 if every == "M" else 1))
    )


def segments(home: Path, first: datetime, last: datetime) -> pl.DataFrame:
    """The segments behind the readings of some days: segment, arrival (of the first of its readings there)."""
    begins: dict[str, datetime] = {}
    root = readings(home)
    for day in days(root, (first - timedelta(days=1)).date(), (last + timedelta(days=1)).date()):
        for entry in counted(day_folder(root, day)).values():
            for segment, (came, _) in entry["segments"].items():
                at = datetime.strptime(came, TIME)  # noqa: DTZ007  # UTC, as all arrivals
                begins[segment] = min(at, begins.get(segment, at))
    rows = pl.DataFrame(
        list(begins.items()), {"segment": pl.String, "arrival": pl.Datetime("us")}, orient="row"
    )
    return rows.sort("arrival", "segment")


def _with_segments(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Arrivals of the first and last reading as the segments in which they stand."""
    for end in ("first", "last"):
        came = f"{end}_arrival"
        some = known.rename({"segment": f"{end}_segment", "arrival": came})
        rows = rows.sort(came).join_asof(some, on=came, strategy="backward").drop(came)
    return rows


def _bounds(series: pl.Series) -> tuple[datetime, datetime]:
    first, last = series.min(), series.max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    return first, last
