"""Values that are suddenly a thousand times as great, or a thousandth: somebody has changed a unit."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from duheng.model.saying import say
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.signs import Sign, made
from duheng.telemetry.watching.taking import spans

THOUSAND = 1000


def thousandfold(hours: pl.DataFrame, start: datetime) -> list[Sign]:
    """Runs of hours from `start` on that are about a thousand times off the median of all hours.

    hours: good values of devices that run, those before `start` as well. A short series has no usual level.
    """
    series = ["mn", "factor"]
    usual = (
        hours.filter(pl.col("value") != 0)
        .group_by(series)
        .agg(usual=pl.col("value").abs().median(), known=pl.len())
        .filter(pl.col("known") >= number("thousandfold", "history_hours"))
    )
    share = pl.col("value").abs() / pl.col("usual")
    # As a step of the decimal logarithm: 3 is a thousand times, -3 a thousandth.
    off = (share.log10().abs() - 3).abs()
    hits = (
        hours.filter(pl.col("time") >= start, pl.col("value") != 0)
        .join(usual, on=series)
        .filter(off <= number("thousandfold", "within"))
    )
    runs = spans(hits).filter(pl.col("n") >= number("thousandfold", "least_hours"))
    runs = runs.join(usual, on=series).with_columns(share=pl.col("most") / pl.col("usual"))
    return made(
        "thousandfold",
        runs,
        lambda row: say(
            "{n}个小时为{least}至{most}，通常{usual}",
            n=row["n"], least=f"{row['least']:.3g}", most=f"{row['most']:.3g}", usual=f"{row['usual']:.3g}",
        ),
        say("与通常同一量级"),
        "share",
        THOUSAND,
    )  # fmt: skip
