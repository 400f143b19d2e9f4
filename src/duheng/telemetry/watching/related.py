"""Signs between series: what should move together and does not, production without treatment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import polars as pl

from duheng.model.saying import say
from duheng.telemetry.watching.registers import Facility
from duheng.telemetry.watching.settings import number, of
from duheng.telemetry.watching.signs import Sign, factor_title, made
from duheng.telemetry.watching.taking import spans


def opposite(hours: pl.DataFrame) -> list[Sign]:
    """Days on which two factors of a device move against each other that moved together before.

    Correlation of the hours of a day against that of at least `history_days` whole days before it.
    """
    signs: list[Sign] = []
    for first, second in of("opposite")["pairs"]:
        both = hours.filter(pl.col("factor") == first).join(
            hours.filter(pl.col("factor") == second), on=["mn", "time"], suffix="_other"
        )
        if both.height:
            signs += _turned(both.sort("mn", "time"), str(first), str(second))
    return signs


def _turned(both: pl.DataFrame, first: str, second: str) -> list[Sign]:
    days = (
        both.group_by("mn", day=pl.col("time").dt.date())
        .agg(r=pl.corr("value", "value_other"), n=pl.len())
        .filter(pl.col("n") >= number("opposite", "least_points"), pl.col("r").is_finite())
        .sort("mn", "day")
    )
    usual = pl.col("r").shift().rolling_median(30, min_samples=int(number("opposite", "history_days")))
    most = number("opposite", "now")
    start = pl.col("day").cast(pl.Datetime("us"))
    hits = (
        days.with_columns(usual=usual.over("mn"))
        .filter(pl.col("usual") >= number("opposite", "history"), pl.col("r") <= most)
        .with_columns(factor=pl.lit(first), start=start, end=start + timedelta(days=1))
    )
    other = factor_title(second)
    return made(
        "opposite",
        hits,
        lambda row: say(
            "与{other}的相关系数{r}，此前通常{usual}",
            other=other,
            r=f"{row['r']:.2f}",
            usual=f"{row['usual']:.2f}",
        ),
        "同升同降",
        "r",
        most,
    )


def together(hours: pl.DataFrame, facilities: Iterable[Facility]) -> list[Sign]:
    """Runs of hours in which a production runs and its treatment does not; only hours in which both are known."""
    least = number("together", "least_minutes") / 60
    signs: list[Sign] = []
    for one in facilities:
        production, treatment = (
            hours.filter(pl.col("mn") == mn, pl.col("factor") == factor).select(
                "mn", "factor", "time", "value"
            )
            for mn, factor, _ in (one.production, one.treatment)
        )
        both = treatment.join(production.select("time", runs="value"), on="time")
        hits = both.filter(pl.col("runs") > one.production[2], pl.col("value") <= one.treatment[2])
        signs += _untreated(spans(hits).filter(pl.col("n") >= least), one.title, least)
    return signs


def _untreated(rows: pl.DataFrame, title: str, least: float) -> list[Sign]:
    return made(
        "together",
        rows,
        lambda row: say("{title}：生产设施运行，治理设施{n}小时未运行", title=title, n=row["n"]),
        "生产时治理设施同时运行",
        "n",
        least,
    )
