"""Evaluation of a month or a year from days, and of days from hours: HJ 663-2013 over tables.

What is not valid by GB 3095 is null: too few days of a month or a year, or of one month of the year, make no mean,
and a place with one item missing has no composite index. Sand-dust days are left out as the supplementary rule on
dust asks; whether a month has its daily means is asked of what was measured, dust or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Literal

import polars as pl

from duheng.engine.columns import PolarsColumns, over_polars
from duheng.ingest.air_index import half_to_even
from duheng.model.errors import RuleError
from duheng.model.parameters import Local, Parameter
from duheng.model.rule import Rule
from duheng.rules.air import (
    air_limit_met,
    composite_air_index,
    good_air_day,
    good_air_day_rate,
    heavy_pollution_day,
)

GASES_AND_PARTICLES = ("so2", "no2", "pm10", "pm25", "co", "ozone")
PARTICLES = ("pm10", "pm25")
# HJ 663-2013: the percentile of the daily values that is judged, and the rows of GB 3095 it is judged by.
PERCENTILES = {"so2": 0.98, "no2": 0.98, "pm10": 0.95, "pm25": 0.95, "co": 0.95, "ozone": 0.90}
_TITLES = {
    "so2": "二氧化硫",
    "no2": "二氧化氮",
    "pm10": "颗粒物（PM10）",
    "pm25": "细颗粒物（PM2.5）",
    "co": "一氧化碳",
}
_DIGITS = {"co": 1}
Every = Literal["month", "year"]


def percentile(values: pl.Expr, share: float) -> pl.Expr:
    """Percentile of the known values, linear between ranks: k = 1 + (n - 1) p. share: p, 0...1.

    Source: HJ 663-2013 appendix (clause to be checked).
    """
    return values.drop_nulls().quantile(share, interpolation="linear")


def evaluated(days: pl.DataFrame, every: Every = "year", local: Local | None = None) -> pl.DataFrame:
    """Evaluation of every place and month or year.

    days: entity, date (pl.Date, each once), so2, no2, pm10, pm25, ozone [μg/m3], co [mg/m3], aqi, dust (boolean,
    whether a sand-dust process spoiled the day); null where not valid. local: the parameters of the places.
    Returns entity, period, <item>_days, <item>_mean, <item>_percentile (null where too few days are valid),
    <item>_short (of a year, its months with too few daily means), <item>_met (1 or 0), air_days, good_air_days,
    heavy_pollution_days [d], dust_days left out,
    good_air_day_rate [1], composite_air_index [1].
    Source: HJ 663-2013; GB 3095 in force at the end of the period; 受沙尘天气过程影响城市空气质量评价补充规定.
    """
    dust, month = pl.col("dust").fill_null(False), pl.col("date").dt.month()
    good = over_polars(good_air_day, index=pl.col("aqi"))
    heavy = over_polars(heavy_pollution_day, index=pl.col("aqi"))
    left_out = dust & (good == 0)  # a day that stays good in spite of the dust counts as good
    frame = days.with_columns(
        *(pl.when(~dust).then(name).alias(name) for name in PARTICLES),
        *(
            pl.when(pl.col(name).is_not_null()).then(month).alias(f"{name}_month")
            for name in GASES_AND_PARTICLES
        ),
        period=pl.col("date").dt.strftime("%Y" if every == "year" else "%Y-%m"),
        good=pl.when(~left_out).then(good),
        heavy=pl.when(~left_out).then(heavy),
        left_out=left_out,
    )
    summed = frame.group_by("entity", "period", maintain_order=True).agg(
        *(pl.col(name).count().alias(f"{name}_days") for name in GASES_AND_PARTICLES),
        *(pl.col(name).mean().alias(f"{name}_mean") for name in GASES_AND_PARTICLES),
        *(pl.col(f"{name}_month") for name in GASES_AND_PARTICLES),
        *(percentile(pl.col(n), p).alias(f"{n}_percentile") for n, p in PERCENTILES.items()),
        air_days=pl.col("good").count(),
        good_air_days=pl.col("good").sum(),
        heavy_pollution_days=pl.col("heavy").sum(),
        dust_days=pl.col("left_out").sum(),
    )
    here = local or Local()
    parts = [_judged(rows, every, here) for rows in summed.partition_by("period", maintain_order=True)]
    return pl.concat(parts) if parts else _judged(summed, every, here)


def _judged(rows: pl.DataFrame, every: Every, local: Local) -> pl.DataFrame:
    """Rows of one period with validity, standard, rate and index by the law at its end."""
    end = _end(rows["period"][0]) if rows.height else date.max
    needed = _needed(local, end, every)
    valid = [
        pl.when(pl.col(f"{name}_days") >= needed, pl.col(f"{name}_short").list.len() == 0)
        .then(f"{name}_{kind}")
        .alias(f"{name}_{kind}")
        for name in GASES_AND_PARTICLES
        for kind in ("mean", "percentile")
    ]
    short = [_short(local, name, end, every) for name in GASES_AND_PARTICLES]
    rows = rows.with_columns(short).drop(f"{name}_month" for name in GASES_AND_PARTICLES)
    rate = over_polars(good_air_day_rate, good=pl.col("good_air_days"), days=pl.col("air_days"))
    return rows.with_columns(valid).with_columns(
        *(_met(local, name, end, every).alias(f"{name}_met") for name in GASES_AND_PARTICLES),
        good_air_day_rate=rate,
        composite_air_index=_composite(local, end),
    )


def _short(local: Local, name: str, end: date, every: Every) -> pl.Expr:
    """The months of a year that have fewer daily means of an item than GB 3095 asks of each; none of a month."""
    months = range(1, 13) if every == "year" else ()
    known = pl.col(f"{name}_month")
    few = [
        pl.when(known.list.count_matches(month) < _needed_of_month(local, end, month))
        .then(pl.lit(month, pl.Int8))
        .otherwise(None)
        for month in months
    ]
    found = pl.concat_list(few).list.drop_nulls() if few else pl.lit([], pl.List(pl.Int8))
    return found.alias(f"{name}_short")


def _met(local: Local, name: str, end: date, every: Every) -> pl.Expr:
    """Whether an item meets all its limits: the percentile of a year and, where it has one, the mean."""

    def meets(column: str, item: str) -> pl.Expr:
        limit = _setting(local, "air_limit_class2", end, item)
        # HJ 663-2013: whole μg/m3, tenths of mg/m3 are compared (clause to be checked).
        rounded = half_to_even(pl.col(column), _DIGITS.get(name, 0))
        return over_polars(air_limit_met, concentration=rounded, limit=pl.lit(limit))

    if name == "ozone":
        return meets("ozone_percentile", "臭氧日最大8小时平均")
    daily = meets(f"{name}_percentile", f"{_TITLES[name]}24小时平均")
    if name == "co":
        return daily
    mean = meets(f"{name}_mean", f"{_TITLES[name]}年平均")
    return reduce(pl.Expr.__mul__, [mean, daily] if every == "year" else [mean])


def _composite(local: Local, end: date) -> pl.Expr:
    judged = {"co": "co_percentile", "ozone": "ozone_percentile"}
    columns = {name: pl.col(judged.get(name, f"{name}_mean")) for name in GASES_AND_PARTICLES}
    return _read(local, composite_air_index, columns, end)


def _read(local: Local, rule: Rule, columns: Mapping[str, pl.Expr], on: date) -> pl.Expr:
    wording = rule.wording(on)
    if wording is None:
        raise RuleError(f"{rule.id}：{on} 没有适用的规则表述")
    values = {
        name: pl.lit(_setting(local, ref, on)) if isinstance(ref, Parameter) else columns[name]
        for name, ref in wording.inputs.items()
    }
    result: pl.Expr = wording.result(PolarsColumns(), values)
    return result


def _needed(local: Local, end: date, every: Every) -> float:
    if every == "year":
        return _setting(local, "valid_days_year", end)
    return _needed_of_month(local, end, end.month)


def _needed_of_month(local: Local, on: date, month: int) -> float:
    return _setting(local, "valid_days_february" if month == 2 else "valid_days_month", on)


def _setting(local: Local, of: Parameter | str, on: date, item: str | None = None) -> float:
    setting = local.at(of, on, item)
    if setting is None:
        id = of if isinstance(of, str) else of.id
        raise RuleError(f"{id}：{item or ''} {on} 没有取值")
    return float(setting.value)


def _end(period: str) -> date:
    from duheng.model.periods import parse

    return parse(period).end


def daily(hours: pl.DataFrame, local: Local | None = None) -> pl.DataFrame:
    """Daily values from hourly means.

    hours: entity, at (pl.Datetime, the end of the hour, each once), so2, no2, pm10, pm25, ozone [μg/m3],
    co [mg/m3]; null where not valid. An hour that ends at midnight belongs to the day before it.
    Returns entity, date and the items; ozone is the greatest eight-hour mean that ends from 8 to 24 o'clock.
    A mean of too few hours is null; the greatest eight-hour ozone counts with too few windows as well where it
    exceeds its limit already.
    Source: GB 3095 data validity; HJ 663-2013 (clause to be checked).
    """
    hours = hours.with_columns(date=(pl.col("at") - pl.duration(minutes=1)).dt.date())
    last = hours["date"].max()
    on = last if isinstance(last, date) else date.max
    here = local or Local()
    needed = _setting(here, "valid_hours_day", on)
    means = hours.group_by("entity", "date", maintain_order=True).agg(
        pl.when(pl.col(name).count() >= needed).then(pl.col(name).mean()).alias(name)
        for name in GASES_AND_PARTICLES
        if name != "ozone"
    )
    return means.join(
        _greatest_eight_hours(hours, on, here), on=["entity", "date"], how="left", maintain_order="left"
    )


def _greatest_eight_hours(hours: pl.DataFrame, on: date, local: Local) -> pl.DataFrame:
    needed, windows = (_setting(local, id, on) for id in ("valid_hours_eight", "valid_windows_day"))
    limit = _setting(local, "air_limit_class2", on, "臭氧日最大8小时平均")
    rolling = (
        hours.sort("entity", "at")
        .rolling("at", period="8h", closed="right", group_by="entity")
        .agg(pl.col("ozone").mean(), count=pl.col("ozone").count())
        .filter(pl.col("count") >= needed)
        .with_columns(date=(pl.col("at") - pl.duration(minutes=1)).dt.date())
    )
    # A window from 8 to 24 o'clock holds hours of its own day only.
    own = rolling.filter((pl.col("at") - pl.col("date").cast(pl.Datetime("us"))) >= pl.duration(hours=8))
    return own.group_by("entity", "date").agg(
        ozone=pl.when((pl.len() >= windows) | (pl.col("ozone").max() > limit)).then(pl.col("ozone").max())
    )
