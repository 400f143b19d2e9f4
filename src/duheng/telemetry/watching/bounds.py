"""Signs against stated bounds: limits, the order of a period's values, its amount, values at nought, oxygen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from duheng.model.saying import say
from duheng.telemetry.hj212.codes import factors
from duheng.telemetry.watching.registers import Limit
from duheng.telemetry.watching.settings import number, of
from duheng.telemetry.watching.signs import Sign, made
from duheng.telemetry.watching.taking import HOURS, spans

FLOWS = ("w00000", "B01", "a00000", "B02")
_SECONDS = 3600.0


def over_limit(hours: pl.DataFrame, converted: pl.DataFrame, limits: Iterable[Limit]) -> list[Sign]:
    """Runs of hours outside the permitted values.

    hours: `taking.hourly`. converted: as hours, of the values at standard oxygen where sent; they are what a limit
    of flue gas speaks of.
    """
    judged = (
        pl.concat([converted, hours.join(converted, on=["mn", "factor", "time"], how="anti")])
        if converted.height
        else hours
    )
    signs: list[Sign] = []
    for one in limits:
        own = judged.filter(
            (pl.col("mn") == one.mn) & (pl.col("factor") == one.factor),
            pl.col("time").dt.date().is_between(one.since, one.until),
        )
        if one.most is not None:
            signs += _outside(own.filter(pl.col("value") > one.most), one, one.most, "most")
        if one.least is not None:
            signs += _outside(own.filter(pl.col("value") < one.least), one, one.least, "least")
    return signs


def _outside(hits: pl.DataFrame, limit: Limit, bound: float, worst: str) -> list[Sign]:
    words = "不超过{bound}（{basis}）" if worst == "most" else "不低于{bound}（{basis}）"
    expected = say(words, bound=f"{bound:g}", basis=limit.basis or "—")
    return made(
        "over_limit",
        spans(hits),
        lambda row: say("{n}个小时均值超出，最甚{worst}", n=row["n"], worst=f"{row[worst]:g}"),
        expected,
        worst,
        bound,
    )


def converted_hours(found: pl.DataFrame) -> pl.DataFrame:
    """Good hourly values at standard oxygen: mn, factor, time, value."""
    rows = found.filter("good", pl.col("cn") == HOURS, pl.col("zs_avg").is_not_null())
    return rows.select("mn", "factor", "time", value="zs_avg")


def order(found: pl.DataFrame) -> list[Sign]:
    """Periods whose minimum, average and maximum stand in another order."""
    slack = number("order", "tolerance") * pl.max_horizontal(pl.col("max").abs(), pl.col("min").abs())
    wrong = (pl.col("min") > pl.col("avg") + slack) | (pl.col("avg") > pl.col("max") + slack)
    wrong = wrong | (pl.col("min") > pl.col("max") + slack)
    hits = found.filter(wrong.fill_null(False), pl.col("cn") == HOURS)
    return made(
        "order",
        spans(hits.select("mn", "factor", "time", value="avg")),
        lambda row: say("{n}个小时的最小、平均、最大值次序不符", n=row["n"]),
        "最小值≤平均值≤最大值",
        "n",
        0,
    )


def amount(found: pl.DataFrame) -> list[Sign]:
    """Hours whose amount is not that of their mean flow or, for a pollutant, of volume and mean concentration.

    By the units of the code tables: L/s, m3/s; mg/L, mg/m3; m3, kg. Three in a row at least: the mean of products is
    not the product of means.
    """
    hours = found.filter(
        "good", pl.col("cn") == HOURS, pl.col("cou").is_not_null(), pl.col("value").is_not_null()
    )
    flow = hours.filter(pl.col("factor").is_in(FLOWS))
    litres = pl.col("factor").is_in(["w00000", "B01"])
    volumes = flow.with_columns(want=pl.col("value") * _SECONDS * pl.when(litres).then(1e-3).otherwise(1.0))
    masses = hours.join(
        flow.select("mn", "time", volume="cou", water=litres), on=["mn", "time"], how="inner"
    ).filter(~pl.col("factor").is_in(FLOWS), pl.col("factor").is_in(_weighed()))
    masses = masses.with_columns(
        want=pl.col("value") * pl.col("volume") * pl.when(pl.col("water")).then(1e-3).otherwise(1e-6)
    )
    both = pl.concat([one.select("mn", "factor", "time", "cou", "want") for one in (volumes, masses)])
    larger = pl.max_horizontal(pl.col("want").abs(), pl.col("cou").abs())
    share = (pl.col("cou") - pl.col("want")).abs() / larger
    limit = number("amount", "tolerance")
    # What is printed with two or three decimals is not compared below them.
    hits = both.with_columns(value=share).filter(
        pl.col("value") > limit, pl.max_horizontal("want", "cou") > 0.05
    )
    return made(
        "amount",
        spans(hits).filter(pl.col("n") >= number("amount", "least_hours")),
        lambda row: say("连续{n}小时累计值与均值推算相差最多{share}", n=row["n"], share=f"{row['most']:.0%}"),
        say("相差不超过{share}", share=f"{limit:.0%}"),
        "most",
        limit,
    )


def _weighed() -> list[str]:
    return [code for code, one in factors().items() if one.unit_total == "kg"]


def running_hours(hours: pl.DataFrame, share: float) -> pl.DataFrame:
    """Hours (mn, time) in which a device's flow is above a share of its own median: something is discharged."""
    flow = hours.filter(pl.col("factor").is_in(FLOWS))
    return flow.filter(pl.col("value") > share * pl.col("value").median().over("mn", "factor")).select(
        "mn", "time"
    )


def negative(hours: pl.DataFrame) -> list[Sign]:
    """Concentrations at or below nought for hours while something is discharged."""
    running = running_hours(hours, number("negative", "flow_share"))
    weighed = hours.filter(pl.col("factor").is_in(_weighed()), ~pl.col("factor").is_in(FLOWS))
    hits = weighed.filter(pl.col("value") <= 0).join(running, on=["mn", "time"], how="semi")
    return made(
        "negative",
        spans(hits).filter(pl.col("n") >= number("negative", "least_hours")),
        lambda row: say("有排放流量，连续{n}小时浓度不大于0", n=row["n"]),
        "大于0",
        "least",
        0,
    )


def oxygen(hours: pl.DataFrame) -> list[Sign]:
    """Oxygen near that of air for hours while flue gas flows."""
    running = running_hours(hours, number("oxygen", "flow_share"))
    known: Sequence[str] = of("oxygen")["factors"]
    most = number("oxygen", "most")
    hits = hours.filter(pl.col("factor").is_in(known), pl.col("value") >= most)
    hits = hits.join(running, on=["mn", "time"], how="semi")
    return made(
        "oxygen",
        spans(hits).filter(pl.col("n") >= number("oxygen", "least_hours")),
        lambda row: say("有烟气流量，连续{n}小时含氧量达{most}%", n=row["n"], most=f"{row['most']:g}"),
        say("低于{most}%", most=f"{most:g}"),
        "most",
        most,
    )
