"""A clock that is years ahead or has gone back to 2000: its readings are kept and told, and make no hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.points import read_points
from duheng.telemetry.rollup.running import Outcome, roll_up
from tests.telemetry.conftest import LISTED, counted, rows, steady

START = datetime(2026, 1, 1)
POINTS = LISTED + (
    "W1,w01018,water,512022,化学需氧量,,10,,,2026-01-01,,,,\n"
    "W1,w00000,water_flow,512022,,m3/h,10,,,2026-01-01,,,,\n"
    "M1,E,counter,512022,电力,kWh,15,500,,2026-01-05,,,,\n"
)


def water(times: list[datetime], came: datetime | None = None) -> pl.DataFrame:
    sent = {"mn": "W1", "st": "32", "cn": "2061", "flag": "N"}
    values = {"w01018": 30.0, "w00000": 100.0}
    return rows(
        {**sent, "time": time, "arrival": came or time, "factor": factor, "avg": value}
        for time in times
        for factor, value in values.items()
    )


def day(start: datetime = START) -> list[datetime]:
    return [start + timedelta(hours=n) for n in range(24)]


def rolled(home: Path) -> Outcome:
    return roll_up(home, read_points(POINTS), engine())


@pytest.mark.parametrize("said", [datetime(2027, 6, 1), datetime(9999, 12, 31, 23)])
@pytest.mark.parametrize("first", [True, False])
def test_an_hour_from_the_future_makes_no_hours_up_to_it(home: Path, said: datetime, first: bool) -> None:
    write(home, water(day()))
    if not first:
        rolled(home)
    write(home, water([said], START + timedelta(hours=24)))
    outcome = rolled(home)
    assert store.read(home, "hours")["start"].max() == START + timedelta(hours=23)
    assert outcome.ahead == (("W1", 2),)
    assert outcome.last is None or outcome.last < date(2026, 1, 3)


def test_a_counter_reading_from_the_future_is_no_end_of_a_gap(home: Path) -> None:
    write(home, counted(steady()))
    before = rolled(home).hours
    write(home, counted([(datetime(2026, 9, 1), 9000.0)], datetime(2026, 1, 5, 11)))
    assert (before, rolled(home).hours) == (11, 0)


def test_a_clock_up_to_an_hour_fast_still_counts(home: Path) -> None:
    came = START - timedelta(hours=8) + timedelta(minutes=5)  # arrivals are UTC
    write(home, water([START + timedelta(minutes=60)], came))
    outcome = rolled(home)
    assert (outcome.ahead, outcome.hours) == ((), 2)


@pytest.mark.parametrize("first", [True, False])
def test_an_hour_before_a_point_is_expected_makes_no_hours_up_to_now(home: Path, first: bool) -> None:
    write(home, water(day()))
    if not first:
        rolled(home)
    write(home, water([datetime(2000, 1, 1)], START + timedelta(hours=24)))
    rolled(home)
    assert store.read(home, "hours")["start"].min() == START
