"""A year from its days, a day from its hours, a section from its items: HJ 663, GB 3095, GB 3838."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from duheng.ingest.air_periods import daily, evaluated, percentile
from duheng.ingest.water import section_classes
from duheng.model.errors import UnknownName


def year(number: int, count: int = 366, **more: object) -> pl.DataFrame:
    first = date(number, 1, 1)
    values: dict[str, object] = {
        "so2": 10.0, "no2": 25.0, "pm10": 60.0, "pm25": 35.0, "co": 1.0, "ozone": 150.0, "aqi": 75, "dust": False,
    }  # fmt: skip
    days = pl.DataFrame({"date": [first + timedelta(days=n) for n in range(count)]})
    return days.with_columns(pl.lit("资阳市").alias("entity")).with_columns(
        *(value.alias(name) if isinstance(value, pl.Expr) else pl.lit(value).alias(name)
          for name, value in {**values, **more}.items())
    )  # fmt: skip


def test_the_percentile_lies_between_the_two_ranks_as_the_standard_has_it() -> None:
    days = pl.DataFrame({"x": [float(n) for n in range(1, 366)]})
    found = days.select(a=percentile(pl.col("x"), 0.95), b=percentile(pl.col("x"), 0.90)).row(0)
    assert found == pytest.approx((346.8, 328.6))


def test_a_percentile_takes_only_the_days_that_are_known() -> None:
    days = pl.DataFrame({"x": [1.0, None, 3.0]})
    assert days.select(percentile(pl.col("x"), 0.5)).item() == 2.0


def test_a_year_of_equal_days_has_their_index_and_meets_the_standard_of_its_year() -> None:
    row = evaluated(year(2024)).row(0, named=True)
    assert row["composite_air_index"] == pytest.approx(10 / 60 + 25 / 40 + 60 / 70 + 1 + 0.25 + 150 / 160)
    assert [row[f"{name}_met"] for name in ("so2", "no2", "pm10", "pm25", "co", "ozone")] == [1] * 6
    assert (row["air_days"], row["good_air_days"], row["good_air_day_rate"]) == (366, 366, 1.0)


def test_the_same_air_fails_the_limits_in_force_since_march_2026() -> None:
    row = evaluated(year(2026, 365)).row(0, named=True)
    assert (row["pm25_met"], row["pm10_met"], row["so2_met"]) == (0, 1, 1)


def days_of_months(counts: dict[int, int], rest: int) -> pl.Expr:
    """Whether a day is among the first of its month, as many as are counted."""
    day, month = pl.col("date").dt.day(), pl.col("date").dt.month()
    return day <= month.replace_strict(counts, default=rest, return_dtype=pl.Int32)


def test_a_year_with_323_valid_days_has_no_mean_and_no_index() -> None:
    few, enough = days_of_months({1: 26}, 27), days_of_months({}, 27)
    known = [evaluated(year(2024, pm25=pl.when(one).then(35.0))).row(0, named=True) for one in (few, enough)]
    assert [(row["pm25_days"], row["pm25_mean"], row["pm25_met"]) for row in known] == [
        (323, None, None),
        (324, 35.0, 1),
    ]
    assert known[0]["composite_air_index"] is None
    assert known[1]["composite_air_index"] is not None


def test_a_year_needs_27_days_of_each_of_its_months() -> None:
    few, enough = days_of_months({6: 26}, 31), days_of_months({6: 27}, 31)
    known = [
        evaluated(year(2023, 365, co=pl.when(one).then(1.0))).row(0, named=True) for one in (few, enough)
    ]
    assert [(row["co_days"], row["co_mean"], row["co_percentile"], row["co_met"]) for row in known] == [
        (361, None, None, None),
        (362, 1.0, 1.0, 1),
    ]
    assert [row["co_short"] for row in known] == [[6], []]
    assert (known[0]["composite_air_index"], known[0]["pm25_mean"]) == (None, 35.0)


def test_a_year_needs_25_days_of_its_february() -> None:
    few, enough = days_of_months({2: 24}, 31), days_of_months({2: 25}, 31)
    known = [
        evaluated(year(2023, 365, no2=pl.when(one).then(25.0))).row(0, named=True) for one in (few, enough)
    ]
    assert [(row["no2_mean"], row["no2_short"]) for row in known] == [(None, [2]), (25.0, [])]


def test_months_without_any_row_are_too_short_as_well() -> None:
    row = evaluated(year(2024, 330)).row(0, named=True)  # to 25 November
    assert (row["pm25_days"], row["pm25_mean"], row["pm25_short"]) == (330, None, [11, 12])


def test_a_month_has_its_daily_means_though_dust_takes_the_particles_out() -> None:
    dust = (pl.col("date").dt.month() == 3) & (pl.col("date").dt.day() <= 10)
    made = evaluated(year(2023, 365, dust=dust, aqi=pl.when(dust).then(300).otherwise(75))).row(0, named=True)
    assert (made["pm10_days"], made["pm10_mean"], made["pm10_short"]) == (355, 60.0, [])


def test_a_february_needs_25_days_and_another_month_27() -> None:
    made = evaluated(year(2023, 53), "month")  # January, and 22 days of February
    assert made["pm25_mean"].to_list() == [35.0, None]
    assert evaluated(year(2023, 56), "month")["pm25_mean"].to_list() == [35.0, 35.0]


def test_a_dust_day_that_is_not_good_is_left_out_of_the_days_and_of_the_particles() -> None:
    ordinal = pl.col("date").dt.ordinal_day()
    made = evaluated(
        year(
            2023, 365,
            dust=ordinal <= 5,
            aqi=pl.when(ordinal <= 4).then(300).otherwise(75),
            pm10=pl.when(ordinal <= 5).then(900.0).otherwise(60.0),
        )
    ).row(0, named=True)  # fmt: skip
    assert (made["dust_days"], made["air_days"], made["good_air_days"], made["heavy_pollution_days"]) == (
        4,
        361,
        361,
        0,
    )
    assert (made["pm10_mean"], made["pm10_days"], made["so2_days"]) == (60.0, 360, 365)


def test_a_heavily_polluted_day_without_dust_counts_against_the_rate() -> None:
    ordinal = pl.col("date").dt.ordinal_day()
    made = evaluated(year(2023, 365, aqi=pl.when(ordinal == 1).then(201).otherwise(100))).row(0, named=True)
    assert (made["heavy_pollution_days"], made["good_air_days"]) == (1, 364)


def test_a_day_without_an_index_is_no_valid_day() -> None:
    aqi = pl.when(pl.col("date").dt.ordinal_day() > 10).then(75)
    made = evaluated(year(2023, 365, aqi=aqi)).row(0, named=True)
    assert (made["air_days"], made["good_air_days"]) == (355, 355)


def day_of_hours(known: int = 24, ozone: object = 50.0) -> pl.DataFrame:
    first = datetime(2024, 5, 1, 1)
    hours = pl.DataFrame({"at": [first + timedelta(hours=n) for n in range(24)], "number": range(24)})
    stated = pl.when(pl.col("number") < known)
    return hours.with_columns(
        pl.lit("甲站").alias("entity"),
        *(stated.then(10.0).alias(name) for name in ("so2", "no2", "pm10", "pm25", "co")),
        ozone=ozone if isinstance(ozone, pl.Expr) else pl.lit(ozone),
    ).drop("number")


def test_the_hour_that_ends_at_midnight_belongs_to_the_day_before() -> None:
    assert daily(day_of_hours())["date"].to_list() == [date(2024, 5, 1)]


def test_a_day_with_19_hours_has_no_mean() -> None:
    assert daily(day_of_hours(19))["pm25"].to_list() == [None]
    assert daily(day_of_hours(20))["pm25"].to_list() == [10.0]


def test_the_greatest_eight_hour_ozone_is_taken_from_windows_of_the_day() -> None:
    afternoon = pl.when(pl.col("number").is_between(12, 19)).then(160.0).otherwise(40.0)
    assert daily(day_of_hours(ozone=afternoon))["ozone"].to_list() == [160.0]


def test_too_few_windows_give_no_ozone_unless_the_limit_is_exceeded_already() -> None:
    half = pl.when(pl.col("number") < 12)
    assert daily(day_of_hours(ozone=half.then(100.0)))["ozone"].to_list() == [None]
    assert daily(day_of_hours(ozone=half.then(170.0)))["ozone"].to_list() == [170.0]


def test_the_class_of_a_section_is_that_of_its_worst_items() -> None:
    readings = pl.DataFrame(
        {
            "section": ["甲"] * 5 + ["乙"] * 2 + ["丙"],
            "item": ["CODMn", "NH3-N", "TP", "DO", "TN", "NH3-N", "pH", "DO"],
            "value": [4.5, 0.6, 0.15, 6.5, 9.0, 1.8, 7.0, None],
        }
    )
    made = section_classes(readings, date(2024, 5, 31))
    assert made.rows() == [
        ("甲", 3.0, "Ⅲ类", "高锰酸盐指数、氨氮、总磷（河流）", ""),
        ("乙", 5.0, "Ⅴ类", "氨氮", ""),
        ("丙", None, None, None, "溶解氧"),
    ]


def test_an_acid_section_keeps_no_class() -> None:
    readings = pl.DataFrame({"section": ["甲"], "item": ["pH"], "value": [5.5]})
    assert section_classes(readings, date(2024, 5, 31))["title"].to_list() == ["劣Ⅴ类"]


def test_an_item_that_the_standard_does_not_know_is_refused() -> None:
    readings = pl.DataFrame({"section": ["甲"], "item": ["电导率"], "value": [5.5]})
    with pytest.raises(UnknownName, match="电导率"):
        section_classes(readings, date(2024, 5, 31))
