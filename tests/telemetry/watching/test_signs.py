"""Each sign is found where its fault was put, at the right device, factor and time; and not where nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from duheng.assess.audit.settings import Thresholds
from duheng.model.parameters import Local, Parameters, Setting, packaged
from duheng.telemetry.watching.presence import changed, silent
from duheng.telemetry.watching.registers import Facility, Limit, Registers
from duheng.telemetry.watching.running import judged
from duheng.telemetry.watching.settings import rules
from duheng.telemetry.watching.signs import Sign
from duheng.telemetry.watching.taking import current
from tests.telemetry.watching.series import DAYS, HOUR, KINDS, START, Outlet, copied, hours, spoilt

WATCHED = START + timedelta(days=14)  # from here on signs are asked for
DAY = START + timedelta(days=16)
NEXT = DAY + timedelta(days=1)
BEFORE = timedelta(days=5)
WATER, GAS, POWER = Outlet("water", 1), Outlet("gas", 2), Outlet("power", 3)
REGISTERS = Registers(
    [Limit(WATER.mn, "w01018", None, 50, "许可证"), Limit(WATER.mn, "w01001", 6, 9, "许可证")],
    [Facility("一号线", "甲厂", (POWER.mn, "ep0101", 60), (POWER.mn, "ep0201", 5))],
)
Rows = pl.DataFrame


def factor(code: str) -> pl.Expr:
    return pl.col("factor") == code


def mean(rows: Rows, code: str) -> pl.Expr:
    """The mean of a factor's averages, to move around."""
    return pl.lit(rows.filter(factor(code))["avg"].mean())


def clipped_at(rows: Rows, code: str, share: float) -> Rows:
    ceiling = pl.lit(rows.filter(factor(code))["avg"].quantile(share))
    return spoilt(rows, code, DAY, DAY + 3 * 24 * HOUR, pl.min_horizontal("avg", ceiling))


def piled(rows: Rows) -> Rows:
    """High values are pressed under the limit of 50, as someone does who holds a permit."""
    wide = 38 + (pl.col("avg") - mean(rows, "w01018")) * 2.2
    pressed = pl.when(wide > 47.5).then(48 + (wide - 47.5) * 0.02).otherwise(wide).round(2).clip(5, 49.9)
    return spoilt(rows, "w01018", START, START + timedelta(days=DAYS), pressed)


FAULTS: dict[str, tuple[Outlet, str, Callable[[Rows], Rows]]] = {
    "over_limit": (WATER, "w01018", lambda rows: spoilt(rows, "w01018", DAY, DAY + 3 * HOUR, pl.lit(61.5))),
    "order": (
        WATER,
        "w01018",
        lambda rows: rows.with_columns(
            min=pl.when(factor("w01018") & (pl.col("time") == DAY)).then(pl.col("avg") * 2).otherwise("min")
        ),
    ),
    "amount": (
        WATER,
        "w01018",
        lambda rows: rows.with_columns(
            cou=pl.when(factor("w01018") & pl.col("time").is_between(DAY, DAY + 6 * HOUR))
            .then(pl.col("cou") * 10)
            .otherwise("cou")
        ),
    ),
    "thousandfold": (
        WATER,
        "w21003",
        lambda rows: spoilt(rows, "w21003", DAY, DAY + 5 * HOUR, pl.col("avg") / 1000),
    ),
    "negative": (GAS, "a21026", lambda rows: spoilt(rows, "a21026", DAY, DAY + 5 * HOUR, pl.lit(0.0))),
    "oxygen": (GAS, "a19001", lambda rows: spoilt(rows, "a19001", DAY, DAY + 3 * HOUR, pl.lit(20.7))),
    "stuck": (WATER, "w21003", lambda rows: spoilt(rows, "w21003", DAY, DAY + 8 * HOUR, pl.lit(1.234))),
    "collapse": (
        WATER,
        "w01018",
        lambda rows: spoilt(
            rows,
            "w01018",
            DAY,
            NEXT,
            (mean(rows, "w01018") + (pl.col("avg") - mean(rows, "w01018")) * 0.05).round(2),
        ),
    ),
    "replay": (
        WATER,
        "w01018",
        lambda rows: copied(rows, "w01018", DAY - BEFORE, DAY, 24).with_columns(
            avg=pl.when(factor("w01018") & pl.col("time").is_between(DAY, NEXT))
            .then(pl.col("avg") + 0.02 * (pl.col("time").dt.hour() % 3))
            .otherwise("avg")
        ),
    ),
    "repeated": (WATER, "w21003", lambda rows: copied(rows, "w21003", DAY - BEFORE, DAY + 7 * HOUR, 8)),
    "pile_up": (WATER, "w01018", piled),
    "clipped": (WATER, "w01018", lambda rows: clipped_at(rows, "w01018", 0.75)),
    "digits": (
        GAS,
        "a21002",
        lambda rows: spoilt(
            rows, "a21002", START, START + timedelta(days=DAYS), (pl.col("avg") * 20).round() / 20
        ),
    ),
    "opposite": (
        WATER,
        "w01018",
        lambda rows: spoilt(
            rows, "w01018", DAY, NEXT, (2 * mean(rows, "w01018") - pl.col("avg")).clip(1, 49)
        ),
    ),
    "together": (POWER, "ep0201", lambda rows: spoilt(rows, "ep0201", DAY, DAY + 4 * HOUR, pl.lit(1.5))),
}


def signs_of(rows: Rows) -> list[Sign]:
    return [one for one in judged(current(rows), REGISTERS, WATCHED) if one.end > WATCHED]


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_found_where_it_is(rule: str) -> None:
    outlet, code, spoil = FAULTS[rule]
    found = [one for one in signs_of(spoil(hours(outlet))) if one.rule == rule]
    assert {(one.mn, one.factor) for one in found} == {(outlet.mn, code)}
    assert any(one.start < NEXT + 2 * 24 * HOUR and one.end > DAY for one in found)


@pytest.mark.parametrize(
    ("code", "item", "value"),
    [
        ("stuck", "数值不变 最短连续个数", "12"),
        ("replay", "数据重放 距离", "0.0001"),
    ],
)
def test_a_threshold_that_the_city_replaced_decides(code: str, item: str, value: str) -> None:
    known = packaged()["audit_threshold"]
    own = Setting(date(2020, 1, 1), Decimal(value), "川环函〔2024〕6号", "verified", "5120", item)
    parameters = Parameters({known.id: replace(known, settings=(*known.settings, own))})
    outlet, _, spoil = FAULTS[code]
    rows = current(spoil(hours(outlet)))
    before = [one for one in judged(rows, REGISTERS, WATCHED) if one.rule == code]
    limits = Thresholds(Local(parameters, "512000"), WATCHED.date())
    after = [one for one in judged(rows, REGISTERS, WATCHED, limits) if one.rule == code]
    assert len(after) < len(before)


def test_a_copied_day_of_another_device_is_found() -> None:
    own = hours(WATER)
    other = own.with_columns(mn=pl.lit("water0009")).filter(factor("w01018"))
    found = [one for one in signs_of(pl.concat([own, other])) if one.rule == "duplicate"]
    assert {one.factor for one in found} == {"w01018"}


def test_a_clock_that_is_behind_is_found() -> None:
    late = hours(WATER).with_columns(pl.col("arrival") + timedelta(minutes=17))
    found = [one for one in signs_of(late) if one.rule == "drift"]
    assert {round(one.statistic, 1) for one in found} == {17.7}


def test_a_day_handed_in_together_the_next_morning_is_no_clock_that_is_behind() -> None:
    morning = pl.col("time").dt.truncate("1d") + timedelta(hours=24 + 1 - 8)
    late = hours(WATER).with_columns(arrival=morning)
    assert [one for one in signs_of(late) if one.rule == "drift"] == []


def test_silence_is_told_with_its_last_word() -> None:
    now = datetime(2026, 3, 20, 12)
    heard = {"a": now - timedelta(minutes=90), "b": now - timedelta(hours=5)}
    assert [(one.mn, one.start) for one in silent(heard, now)] == [("b", now - timedelta(hours=5))]


def test_data_that_come_again_with_other_values_are_told() -> None:
    rows = hours(WATER, days=2)
    again = rows.filter(factor("w01018"), pl.col("time") == START + HOUR).with_columns(
        avg=pl.col("avg") * 0.5, arrival=pl.col("arrival") + timedelta(days=1)
    )
    found = changed(pl.concat([rows, again]))
    assert [(one.factor, one.start.date(), round(one.statistic, 3)) for one in found] == [
        ("w01018", date(2026, 3, 2), 0.5)
    ]


def test_the_same_data_again_are_no_sign() -> None:
    rows = hours(WATER, days=2)
    assert changed(pl.concat([rows, rows.with_columns(pl.col("arrival") + HOUR)])) == []


def test_clean_series_are_left_alone() -> None:
    """At most one series in a hundred, over a week, by all signs together."""
    outlets = [Outlet(kind, number) for kind in KINDS for number in range(20)]
    rows = pl.concat([hours(one) for one in outlets])
    limits = [Limit(one.mn, "w01018", None, 50, "许可证") for one in outlets if one.kind == "water"]
    kept = [one for one in judged(current(rows), Registers(limits), WATCHED) if one.end > WATCHED]
    series = rows.select("mn", "factor").n_unique()
    assert len({(one.mn, one.factor) for one in kept}) <= 0.01 * series, kept


def test_every_sign_says_its_text_and_who_can_mend_it() -> None:
    for code, about in rules().items():
        assert {"title", "remedy", "cite", "certainty", "who", "sure", "severity"} <= set(about), code


def test_a_sign_is_a_finding_in_words() -> None:
    outlet, _, spoil = FAULTS["over_limit"]
    one = next(one for one in signs_of(spoil(hours(outlet))) if one.rule == "over_limit")
    text = one.finding({}).text
    assert "water0001 化学需氧量 2026-03-18 00:00至03:00" in text
    assert "应为不超过50（许可证）" in text
