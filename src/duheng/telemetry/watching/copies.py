"""Signs of series that were copied: days replayed, pieces repeated, devices alike."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from duheng.assess import audit
from duheng.assess.audit.settings import PACKAGED, Thresholds
from duheng.model.saying import say
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.signs import Sign, made

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SERIES = ["mn", "factor"]


def replayed(hours: pl.DataFrame, since: datetime, limits: Thresholds = PACKAGED) -> list[Sign]:
    """Whole days from `since` on that nearly repeat an earlier one of their series (`audit.replayed`)."""
    whole = (pl.len() == 24).over(*SERIES, pl.col("time").dt.date())
    moving = (pl.col("value").n_unique() > 3).over(SERIES)
    signs: list[Sign] = []
    for (mn, factor), own in hours.filter(whole, moving).group_by(SERIES, maintain_order=True):
        times = own["time"].to_list()
        # Of a day that resembles several, only the nearest is told.
        found = sorted(
            audit.replayed(own["value"].to_list(), 24, limits=limits), key=lambda copy: copy.first[1]
        )
        for copy in {copy.second[1]: copy for copy in found}.values():
            first, second = times[copy.first[1]], times[copy.second[1]]
            if second >= since:
                said = say("与{day}的24个小时值几乎相同", day=f"{first:%Y-%m-%d}")
                signs.append(
                    Sign(
                        "replay",
                        str(mn),
                        str(factor),
                        second,
                        second + DAY,
                        said,
                        "每日各不相同",
                        copy.distance,
                        copy.tolerance,
                    )
                )
    return signs


def repeated(hours: pl.DataFrame, since: datetime) -> list[Sign]:
    """Pieces from `since` on that equal an earlier piece of their series value by value.

    How likely a piece repeats itself by chance is read from the series: how often two values, and two differences,
    are equal. A series too coarse for a judgement gives none.
    """
    least = int(number("repeated", "least_points"))
    pairs = _pairs(hours, least, since)
    if pairs.is_empty():
        return []
    fresh = (pl.col("place").diff().over(*SERIES, "apart") != 1).fill_null(True)
    pieces = (
        pairs.with_columns(run=fresh.cum_sum())
        .group_by(*SERIES, "apart", "run", maintain_order=True)
        .agg(n=pl.len() + least - 1, start=pl.col("time").first(), last=pl.col("time").last())
        .join(_chances(hours), on=SERIES)
        # Of all pairs of places, as many as there are.
        .with_columns(chance=pl.col("points") ** 2 / 2 * pl.col("tie") * pl.col("step") ** (pl.col("n") - 1))
        .filter(pl.col("chance") < number("repeated", "chance"))
        .with_columns(end=pl.col("last") + HOUR * least, origin=pl.col("start") - HOUR * pl.col("apart"))
    )
    return made(
        "repeated",
        pieces,
        lambda row: say(
            "连续{n}个小时值与{day}起的逐个相同", n=row["n"], day=f"{row['origin']:%Y-%m-%d %H:%M}"
        ),
        "各时段互不相同",
        "n",
        least,
    )


def _pairs(hours: pl.DataFrame, least: int, since: datetime) -> pl.DataFrame:
    """Places whose next `least` values stood at the place `apart` before, each with the nearest such."""
    names = [f"w{k}" for k in range(least)]
    windows = [pl.col("value").shift(-k).over(SERIES).alias(name) for k, name in enumerate(names)]
    whole = pl.col("time").shift(1 - least).over(SERIES) - pl.col("time") == HOUR * (least - 1)
    placed = hours.with_columns(*windows, pl.int_range(pl.len()).over(SERIES).alias("place"))
    lively = pl.concat_list(names).list.n_unique() >= number("repeated", "least_distinct")
    before = pl.col("place").shift().over(*SERIES, *names)
    return (
        placed.filter(whole)
        .filter(lively)
        .sort(*SERIES, "place")
        .with_columns(before=before)
        .filter(pl.col("before").is_not_null(), pl.col("time") >= since)
        .with_columns(apart=pl.col("place") - pl.col("before"))
        .filter(pl.col("apart") >= least)
        .sort(*SERIES, "apart", "place")
    )


def _chances(hours: pl.DataFrame) -> pl.DataFrame:
    """mn, factor, points, and how often two values (tie) and two differences (step) are equal by chance."""

    def alike(name: str) -> pl.DataFrame:
        counts = hours.with_columns(step=pl.col("value").diff().over(SERIES).round(6))
        counts = counts.filter(pl.col(name).is_not_null()).group_by(*SERIES, name).len()
        return counts.group_by(SERIES).agg(
            ((pl.col("len") ** 2).sum() / pl.col("len").sum() ** 2).alias(
                "tie" if name == "value" else "step"
            )
        )

    points = hours.group_by(SERIES).agg(points=pl.len())
    return points.join(alike("value"), on=SERIES).join(alike("step"), on=SERIES)


def duplicated(
    hours: pl.DataFrame, first: datetime, limits: Thresholds = PACKAGED, days: int = 3
) -> list[Sign]:
    """Devices whose values of a factor nearly coincide for some whole days (`audit.duplicated`)."""
    span = hours.filter(pl.col("time") >= first, pl.col("time") < first + DAY * days)
    whole = (pl.len() == 24 * days).over(SERIES)
    signs: list[Sign] = []
    for (factor,), own in span.filter(whole).group_by(["factor"], maintain_order=True):
        series = {
            str(mn): part["value"].to_list() for (mn,), part in own.group_by(["mn"], maintain_order=True)
        }
        for copy in audit.duplicated(series, limits):
            said = say("{n}个小时值与{other}几乎相同", n=copy.length, other=copy.first[0])
            signs.append(
                Sign(
                    "duplicate",
                    copy.second[0],
                    str(factor),
                    first,
                    first + DAY * days,
                    said,
                    "各设备各不相同",
                    copy.distance,
                    copy.tolerance,
                )
            )
    return signs
