"""Signs of the line and the clock: silence, drift, data that were changed after they had come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from duheng.model.saying import say
from duheng.telemetry.readings.layout import KEY
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.signs import Sign, made
from duheng.telemetry.watching.taking import BEIJING, HOURS, INSTANT


def silent(heard: Mapping[str, datetime], now: datetime) -> list[Sign]:
    """Devices that have sent and send no longer. heard: last arrival by device; now; both Beijing."""
    most = number("silent", "minutes")
    signs = []
    for mn, last in sorted(heard.items()):
        minutes = (now - last).total_seconds() / 60
        if minutes > most:
            said = say(
                "最后一次数据{last}，已{hours}小时无数据",
                last=f"{last:%Y-%m-%d %H:%M}",
                hours=f"{minutes / 60:.1f}",
            )
            wanted = say("间隔不超过{minutes}分钟", minutes=f"{most:g}")
            signs.append(Sign("silent", mn, "", last, now, said, wanted, minutes, most))
    return signs


def drift(found: pl.DataFrame) -> list[Sign]:
    """Days on which the times of a device's data stand apart from their arrival.

    By instants where it sends them, else by hours, which are ready an hour after they begin. The median of a day:
    what is handed in later does not move it unless it is most of the day, and then it is late by very different times,
    as no clock is.
    """
    most = number("drift", "minutes")
    # A whole day behind is back-fill, not a clock.
    off = (pl.col("late") < -1) | pl.col("late").is_between(most, 1440, closed="right")
    start = pl.col("day").cast(pl.Datetime("us"))
    hits = _lateness(found).filter(off, pl.col("spread") <= number("drift", "spread_minutes"))
    return made(
        "drift",
        hits.with_columns(factor=pl.lit(""), start=start, end=start + timedelta(days=1)),
        _said_late,
        say("早不超过{most}分钟，不超前", most=f"{most:g}"),
        "late",
        most,
    )


def _lateness(found: pl.DataFrame) -> pl.DataFrame:
    """mn, day, late: median minutes by which data arrive after they were due, spread: between their quartiles.

    Instants before hours.
    """
    length = pl.when(pl.col("cn") == HOURS).then(timedelta(hours=1)).otherwise(timedelta(0))
    late = (pl.col("arrival") + BEIJING - pl.col("time") - length).dt.total_seconds() / 60
    return (
        found.filter(pl.col("cn").is_in([INSTANT, HOURS]))
        .unique(["mn", "cn", "time"])
        .with_columns(late=late)
        .group_by("mn", "cn", day=pl.col("time").dt.date())
        .agg(
            pl.col("late").median(),
            spread=pl.col("late").quantile(0.75) - pl.col("late").quantile(0.25),
            n=pl.len(),
        )
        .filter(pl.col("n") >= number("drift", "least_readings"))
        .sort("mn", "day", "cn")
        .unique(["mn", "day"], keep="first", maintain_order=True)
    )


def _said_late(row: dict[str, Any]) -> str:
    minutes = f"{abs(row['late']):.1f}"
    if row["late"] > 0:
        return say("数据时间比到达时间早{minutes}分钟（日中位数）", minutes=minutes)
    return say("数据时间在到达时间之后，超前{minutes}分钟（日中位数）", minutes=minutes)


def changed(versions: pl.DataFrame) -> list[Sign]:
    """Days whose readings came again with other values. versions: `taking.take`."""
    value = pl.coalesce("avg", "rtd")
    several = versions.with_columns(value=value).filter(pl.len().over(KEY) > 1, pl.col("value").is_not_null())
    ends = (
        several.sort("arrival").group_by(KEY).agg(first=pl.col("value").first(), last=pl.col("value").last())
    )
    share = (pl.col("last") - pl.col("first")).abs() / pl.max_horizontal(
        pl.col("first").abs(), pl.col("last").abs()
    )
    limit = number("changed", "tolerance")
    start = pl.col("day").cast(pl.Datetime("us"))
    rows = (
        ends.with_columns(share=share)
        .filter(pl.col("share") > limit)
        .group_by("mn", "factor", day=pl.col("time").dt.date())
        .agg(n=pl.len(), share=pl.col("share").max())
        .sort("mn", "factor", "day")
        .with_columns(start=start, end=start + timedelta(days=1))
    )
    return made(
        "changed",
        rows,
        lambda row: say(
            "{n}个数先后两次上报的值不同，最多相差{share}", n=row["n"], share=f"{row['share']:.1%}"
        ),
        "同一时间的数只有一个值",
        "share",
        limit,
    )
