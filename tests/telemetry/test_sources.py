"""Pollution sources: which hours are valid, the load of an hour, what stands in for invalid ones (HJ 212, 75, 356)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.points import read_points
from duheng.telemetry.rollup.rules import rules
from duheng.telemetry.rollup.running import roll_up
from tests.telemetry.conftest import LISTED, rows

START = datetime(2026, 1, 1)
POINTS = LISTED + (
    "G1,a21026,gas,512022,二氧化硫,,1,,,2026-01-01,,,,\n"
    "G1,a00000,gas_flow,512022,,m3/h,1,,,2026-01-01,,,,\n"
    "W1,w01018,water,512022,化学需氧量,,10,,,2026-01-01,,,,\n"
    "W1,w00000,water_flow,512022,,L/s,10,,,2026-01-01,,,,\n"
)
FLOW = 50_000.0


def sent(
    mn: str, cn: str, at: datetime, factor: str, value: float | None, flag: str | None = "N", **more: object
) -> dict[str, object]:
    column = "rtd" if cn == "2011" else "avg"
    return {
        "mn": mn,
        "cn": cn,
        "time": at,
        "factor": factor,
        column: value,
        "flag": flag,
        "arrival": at,
        **more,
    }


def gas(
    hours: Iterable[int],
    concentration: Callable[[int], float] = lambda n: 30.0,
    flag: Callable[[int], str] = lambda n: "N",
) -> list[dict[str, object]]:
    """Hourly means of sulphur dioxide and the flow, as the device sends them."""
    listed = []
    for n in hours:
        at = START + timedelta(hours=n)
        listed.append(sent("G1", "2061", at, "a21026", concentration(n), flag(n)))
        listed.append(sent("G1", "2061", at, "a00000", FLOW))
    return listed


def rolled(home: Path, *batches: list[dict[str, object]]) -> None:
    for number, batch in enumerate(batches):
        frame = rows(batch)
        if number:
            frame = frame.with_columns(arrival=pl.lit(START + timedelta(days=400)).cast(pl.Datetime("us")))
        write(home, frame)
        roll_up(home, read_points(POINTS), engine())


def hours(home: Path, factor: str = "a21026") -> pl.DataFrame:
    found = store.read(home, "hours").filter(pl.col("factor") == factor)
    return found.with_columns(n=((pl.col("start") - START).dt.total_hours()))


def row(home: Path, n: int, factor: str = "a21026") -> dict[str, object]:
    return hours(home, factor).filter(pl.col("n") == n).row(0, named=True)


def test_the_load_of_gas_is_concentration_by_flow(home: Path) -> None:
    rolled(home, gas(range(24)))
    assert row(home, 3)["amount"] == pytest.approx(1.5)  # 30 mg/m3 x 50,000 m3/h
    day = store.read(home, "days").filter(pl.col("factor") == "a21026").row(0, named=True)
    assert (day["amount"], day["mean"], day["valid"], day["incomplete"]) == (
        pytest.approx(36),
        pytest.approx(30),
        24,
        False,
    )


def test_the_load_of_water_is_concentration_by_volume(home: Path) -> None:
    rolled(
        home, [sent("W1", "2061", START, "w01018", 40.0), sent("W1", "2061", START, "w00000", 10.0, cou=36.5)]
    )
    assert row(home, 0, "w01018")["amount"] == pytest.approx(40 * 36.5 / 1000)


def test_a_volume_that_was_not_sent_is_the_mean_flow_over_the_hour(home: Path) -> None:
    rolled(home, [sent("W1", "2061", START, "w01018", 40.0), sent("W1", "2061", START, "w00000", 10.0)])
    assert row(home, 0, "w00000")["amount"] == pytest.approx(36)  # 10 L/s


@pytest.mark.parametrize(("minutes", "state"), [(45, "valid"), (44, "invalid")])
def test_an_hour_of_gas_needs_45_valid_minutes(home: Path, minutes: int, state: str) -> None:
    good = [sent("G1", "2051", START + timedelta(minutes=m), "a21026", 30.0) for m in range(minutes)]
    rolled(home, good + [sent("G1", "2061", START, "a00000", FLOW)])
    assert row(home, 0)["state"] == state


@pytest.mark.parametrize(("bad", "state"), [(15, "valid"), (16, "invalid")])
def test_an_hour_of_gas_needs_three_quarters_normal_minutes(home: Path, bad: int, state: str) -> None:
    flags = ["D"] * bad + ["N"] * (60 - bad)
    minutes = [
        sent("G1", "2051", START + timedelta(minutes=m), "a21026", 30.0, flag) for m, flag in enumerate(flags)
    ]
    rolled(home, [*minutes, sent("G1", "2061", START, "a00000", FLOW)])
    assert row(home, 0)["state"] == state


def test_one_abnormal_value_makes_an_hour_of_water_abnormal(home: Path) -> None:
    tens = [
        sent("W1", "2051", START + timedelta(minutes=10 * k), "w01018", 40.0, "D" if k == 3 else "N")
        for k in range(6)
    ]
    rolled(home, [*tens, sent("W1", "2061", START, "w00000", 10.0)])
    assert row(home, 0, "w01018")["state"] == "invalid"


def test_instants_count_by_the_minute(home: Path) -> None:
    instants = [
        sent("G1", "2011", START + timedelta(seconds=30 * k), "a21026", 20.0 + k % 2) for k in range(90)
    ]
    rolled(home, [*instants, sent("G1", "2061", START, "a00000", FLOW)])
    assert (row(home, 0)["state"], row(home, 0)["mean"]) == ("valid", pytest.approx(20.5))


def test_a_device_that_sends_no_flags_is_read_as_normal(home: Path) -> None:
    rolled(
        home,
        [sent("G1", "2061", START, "a21026", 30.0, None), sent("G1", "2061", START, "a00000", FLOW, None)],
    )
    assert row(home, 0)["state"] == "valid"


def test_a_short_gap_takes_the_greatest_of_180_valid_hours(home: Path) -> None:
    """HJ 75: 10 hours of fault, capture rate above 90 %."""
    high = {100: 90.0, 150: 60.0}  # hour 100 lies beyond the 180 valid hours before 300
    rolled(home, gas(range(400), lambda n: high.get(n, 30.0), lambda n: "D" if 300 <= n < 310 else "N"))
    filled = row(home, 305)
    assert (filled["amount"], filled["method"], filled["basis"], filled["mean"]) == (
        pytest.approx(3.0),
        "substituted",
        180,
        None,
    )


def test_a_gap_beyond_24_hours_takes_the_greatest_of_720(home: Path) -> None:
    high = {100: 90.0, 800: 60.0}
    rolled(home, gas(range(900), lambda n: high.get(n, 30.0), lambda n: "M" if 830 <= n < 855 else "N"))
    assert row(home, 840)["amount"] == pytest.approx(3.0)
    assert row(home, 840)["basis"] == 720


def test_below_90_per_cent_it_is_the_greatest_of_2160(home: Path) -> None:
    rolled(
        home, gas(range(500), lambda n: 90.0 if n == 10 else 30.0, lambda n: "D" if 400 <= n < 475 else "N")
    )
    assert row(home, 410)["amount"] == pytest.approx(4.5)  # 425 of 500 valid: 85 %


def test_below_75_per_cent_nothing_stands_in_and_the_month_is_unknown(home: Path) -> None:
    rolled(home, gas(range(744), flag=lambda n: "D" if 400 <= n < 600 else "N"))
    assert row(home, 410)["amount"] is None
    month = store.read(home, "months").filter(pl.col("factor") == "a21026").row(0, named=True)
    assert (month["amount"], month["valid"]) == (None, 544)


def test_silence_is_a_gap_too(home: Path) -> None:
    rolled(home, gas([n for n in range(300) if not 200 <= n < 210]))
    assert (row(home, 205)["method"], row(home, 205)["amount"]) == ("substituted", pytest.approx(1.5))


def test_a_stopped_source_emits_nothing_and_that_is_no_gap(home: Path) -> None:
    """Stopped hours enter neither side of the capture rate: 290 of 300 are valid here."""

    def flag(n: int) -> str:
        return "F" if 100 <= n < 160 else "D" if 300 <= n < 310 else "N"

    rolled(home, gas(range(360), flag=flag))
    assert (row(home, 120)["amount"], row(home, 120)["state"]) == (0, "stopped")
    assert row(home, 305)["amount"] == pytest.approx(1.5)


def test_missing_water_is_the_mean_of_as_many_valid_hours_before(home: Path) -> None:
    listed = []
    for n in range(20):
        at = START + timedelta(hours=n)
        if not 10 <= n < 13:
            listed.append(sent("W1", "2061", at, "w01018", 40.0 + n))
        listed.append(sent("W1", "2061", at, "w00000", 10.0, cou=36.0))
    rolled(home, listed)
    filled = row(home, 11, "w01018")
    assert (filled["method"], filled["basis"]) == ("substituted", 3)
    assert filled["amount"] == pytest.approx((47 + 48 + 49) / 3 * 36 / 1000)


def test_a_day_below_20_valid_hours_has_no_mean_but_its_load(home: Path) -> None:
    rolled(home, gas(range(24 * 10), flag=lambda n: "D" if 216 <= n < 221 else "N"))
    day = store.read(home, "days").filter(pl.col("factor") == "a21026").sort("start").row(-1, named=True)
    assert (day["valid"], day["mean"], day["amount"]) == (19, None, pytest.approx(36))
    assert (day["estimated"], day["method"]) == (5, "substituted")


def test_late_hours_take_the_place_of_their_substitute_and_nothing_else_changes(home: Path) -> None:
    whole = gas(range(300))
    missing = {START + timedelta(hours=n) for n in range(200, 205)}
    gap = [one for one in whole if one["time"] not in missing]
    rolled(home, gap, [one for one in whole if one not in gap])
    assert set(hours(home).filter(pl.col("run") == 2)["n"].to_list()) == {200, 201, 202, 203, 204}
    assert hours(home)["method"].unique().to_list() == ["measured"]
    assert store.read(home, "hours", upto=1).filter(pl.col("method") == "substituted").height == 5


def test_every_number_of_validity_has_its_citation() -> None:
    assert all(one.cite and one.certainty for one in rules().numbers.values())
    assert [one.of for one in rules().gas] == [180, 720, 2160]
