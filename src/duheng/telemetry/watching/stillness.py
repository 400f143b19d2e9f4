"""Signs of series that stand still or move less than they used to."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from duheng.assess import audit
from duheng.assess.audit.settings import PACKAGED, Thresholds
from duheng.model.saying import say
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.signs import Sign, made

HOUR = timedelta(hours=1)


def stuck(hours: pl.DataFrame, limits: Thresholds = PACKAGED) -> list[Sign]:
    """Runs of equal hourly values longer than the series' own resolution makes likely (`audit.stuck`).

    hours: `taking.active`.
    """
    series = ["mn", "factor"]
    equal = (pl.col("value") == pl.col("value").shift()).over(series)
    following = (pl.col("time").diff().over(series) == HOUR) & equal
    candidates = (
        hours.with_columns(run=(~following.fill_null(False)).cum_sum())
        .group_by(*series, "run")
        .agg(n=pl.len(), start=pl.col("time").first(), value=pl.col("value").first())
        .filter(pl.col("n") >= max(2, number("stuck", "least_hours")))
    )
    signs: list[Sign] = []
    asked = candidates.select(series).unique().sort(series)
    for (mn, factor), own in hours.join(asked, on=series, how="semi").group_by(series, maintain_order=True):
        times, values = own["time"].to_list(), own["value"].to_list()
        for run in audit.stuck(values, limits):
            # Hours that are missing in between do not make it move.
            start, last = times[run.start], times[run.start + run.length - 1]
            found = say("连续{n}个小时均为{value}", n=run.length, value=f"{values[run.start]:g}")
            wanted = say("相同的不超过{n}个", n=run.expected)
            signs.append(
                Sign(
                    "stuck", str(mn), str(factor), start, last + HOUR, found, wanted, run.length, run.expected
                )
            )
    return signs


def collapse(hours: pl.DataFrame) -> list[Sign]:
    """Days on which a series moves from hour to hour far less than on the days before.

    Judged by the mean absolute difference against the median of at least `history_days` days before; what never moved
    much for its resolution is not judged, and a day that stands still is left to `stuck`.
    """
    series = ["mn", "factor"]
    moves = hours.with_columns(
        move=pl.when(pl.col("time").diff().over(series) == HOUR).then(
            pl.col("value").diff().over(series).abs()
        )
    )
    days = (
        moves.group_by(*series, day=pl.col("time").dt.date())
        .agg(pl.col("move").mean(), n=pl.col("move").count(), distinct=pl.col("value").n_unique())
        .filter(pl.col("n") >= number("collapse", "least_points"))
        .sort(*series, "day")
    )
    least = int(number("collapse", "history_days"))
    usual = pl.col("move").shift().rolling_median(30, min_samples=least).over(series)
    share = pl.col("move") / pl.col("usual")
    ratio = number("collapse", "ratio")
    start = pl.col("day").cast(pl.Datetime("us"))
    rows = (
        days.with_columns(usual=usual)
        .with_columns(share=share)
        .filter(pl.col("usual") > 0, pl.col("share") < ratio, pl.col("distinct") > 3)
        .with_columns(start=start, end=start + timedelta(days=1))
    )
    return made(
        "collapse",
        rows,
        lambda row: say(
            "相邻小时平均变化{now}，此前通常{usual}", now=f"{row['move']:.3g}", usual=f"{row['usual']:.3g}"
        ),
        say("不低于通常的{share}", share=f"{ratio:.0%}"),
        "share",
        ratio,
    )
