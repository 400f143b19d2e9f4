"""Readings as the signs look at them: the version that counts, the value, whether it is flagged as good."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.telemetry.readings.layout import KEY, SCHEMA, day_folder, days, readings
from duheng.telemetry.readings.writing import counted
from duheng.telemetry.watching.settings import normal, number

INSTANT, MINUTES, HOURS, DAYS = "2011", "2051", "2061", "2031"
LENGTH = {INSTANT: 0, MINUTES: 10, HOURS: 60, DAYS: 1440}  # of a period [minute]; of 2051 as a rule
BEIJING = timedelta(hours=8)


def take(home: Path, first: date, last: date, mn: str = "", commands: Sequence[str] = ()) -> pl.DataFrame:
    """All versions of the readings of these days (both included); columns SCHEMA.

    mn: of one device. commands: only of these.

    Raises DuhengError where the list of a day's files is spoilt.
    """
    root = readings(home)
    files = [
        folder / name
        for day in days(root, first, last)
        for folder in (day_folder(root, day),)
        for name in counted(folder)
    ]
    if not files:
        return pl.DataFrame(schema=SCHEMA)
    rows = pl.scan_parquet(files, hive_partitioning=False)
    if mn:
        rows = rows.filter(pl.col("mn") == mn)
    if commands:
        rows = rows.filter(pl.col("cn").is_in(list(commands)))
    return rows.select(list(SCHEMA)).collect()


def newest_before(home: Path, mns: Collection[str], before: date, since: date) -> pl.DataFrame:
    """Of each device all readings of the last of its days before `before`, of what arrived since a day; as `take`.

    Without the days between: a device may hand in what it measured long ago. Raises DuhengError.
    """
    root, wanted = readings(home), set(mns)
    parts = [pl.DataFrame(schema=SCHEMA)]
    for day in reversed(days(root, None, before - timedelta(days=1))):
        if not wanted:
            break
        folder = day_folder(root, day)
        # A file's name begins with its latest arrival.
        late = [folder / name for name in counted(folder) if Path(name).name[:8] >= f"{since:%Y%m%d}"]
        if late:
            rows = pl.scan_parquet(late, hive_partitioning=False).filter(pl.col("mn").is_in(list(wanted)))
            parts.append(rows.select(list(SCHEMA)).collect())
            wanted -= set(parts[-1]["mn"])
    return pl.concat(parts)


def current(versions: pl.DataFrame) -> pl.DataFrame:
    """One row a reading: the version that arrived last. Adds value (average, else instant) and good (1 row a KEY)."""
    found = versions.sort("arrival", "segment", "offset").unique(KEY, keep="last").sort(KEY)
    flags = pl.col("flag")
    return found.with_columns(
        value=pl.coalesce("avg", "rtd"),
        good=flags.is_null() | flags.is_in(normal()),
    )


def hourly(found: pl.DataFrame) -> pl.DataFrame:
    """Good hourly values (mn, factor, time, value): as the device sends them, else the mean of its shorter periods.

    An hour that is made of shorter periods needs three quarters of them.
    """
    good = found.filter("good", pl.col("value").is_not_null())
    sent = good.filter(pl.col("cn") == HOURS).select("mn", "factor", "time", "value")
    shorter = good.filter(pl.col("cn") == MINUTES).join(sent.select("mn").unique(), on="mn", how="anti")
    made = (
        shorter.group_by("mn", "factor", pl.col("time").dt.truncate("1h"))
        .agg(pl.col("value").mean(), n=pl.len())
        .filter(pl.col("n") >= 0.75 * pl.col("n").max().over("mn", "factor"))
        .drop("n")
    )
    return pl.concat([sent, made]).sort("mn", "factor", "time")


def active(hours: pl.DataFrame) -> pl.DataFrame:
    """Without the values at which a series rests: a plant that stands still is at one value, and rightly."""
    share, most = number("stuck", "idle"), pl.col("value").abs().max().over("mn", "factor")
    return hours.filter(pl.col("value").abs() > share * most)


def spans(hits: pl.DataFrame, every: timedelta = timedelta(hours=1)) -> pl.DataFrame:
    """Runs of hits: mn, factor, start, end (after the last), n, and first, least, most of `value`.

    hits: mn, factor, time, value; one row a period that lasts `every`.
    """
    fresh = (pl.col("time").diff().over("mn", "factor") != every).fill_null(True)
    return (
        hits.sort("mn", "factor", "time")
        .with_columns(run=fresh.cum_sum())
        .group_by("mn", "factor", "run", maintain_order=True)
        .agg(
            start=pl.col("time").first(),
            end=pl.col("time").last() + every,
            n=pl.len(),
            least=pl.col("value").min(),
            most=pl.col("value").max(),
        )
        .drop("run")
    )


def until(now: datetime) -> datetime:
    """Beijing time of a moment in UTC, both without zone."""
    return now + BEIJING
