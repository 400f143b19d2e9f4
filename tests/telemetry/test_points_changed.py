"""Points that are registered, corrected or replaced after their readings came: what they touch is reckoned anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from duheng import ledger
from duheng.city import default_city_folder, load
from duheng.model.plan import City
from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.facts import Entered, enter
from duheng.telemetry.rollup.points import read_points
from duheng.telemetry.rollup.running import Outcome, roll_up
from tests.telemetry.conftest import LISTED, counted, rows, steady

METER = "M1,E,counter,{},电力,kWh,15,{},{},{},,,,\n"
REPLACED = "mn,factor,time,final,initial\nM1,E,2026-01-05T04:05:00,1410,0\n"
MONTH = datetime(2026, 2, 1)


def points_of(entity: str = "512022", most: str = "500", rolls: str = "", since: str = "2026-01-05") -> str:
    return LISTED + METER.format(entity, most, rolls, since)


def rolled(home: Path, listed: str, replaced: str = "") -> Outcome:
    return roll_up(home, read_points(listed, replaced), engine())


def amounts(home: Path) -> list[float | None]:
    return [None if one is None else round(one, 6) for one in store.read(home, "hours")["amount"].to_list()]


def test_a_point_registered_after_its_readings_came_is_rolled_up(home: Path) -> None:
    write(home, counted(steady()))
    assert rolled(home, LISTED).unlisted == (("M1", "E"),)
    assert rolled(home, points_of()).hours == 11
    assert amounts(home) == [100.0] * 10 + [75.0]
    assert rolled(home, points_of()).run is None


def test_a_replacement_told_afterwards_explains_the_hours_it_left_unknown(home: Path) -> None:
    swapped = [(at, value if at < datetime(2026, 1, 5, 4, 5) else value - 1410) for at, value in steady()]
    write(home, counted(swapped))
    rolled(home, points_of())
    assert None in amounts(home)
    rolled(home, points_of(), REPLACED)
    assert sum(one or 0 for one in amounts(home)) == pytest.approx(1075.0, abs=2)
    assert None not in amounts(home)


def test_a_range_told_afterwards_recognises_the_roll_over(home: Path) -> None:
    write(home, counted([(at, value % 1500) for at, value in steady()]))
    rolled(home, points_of())
    assert None in amounts(home)
    rolled(home, points_of(rolls="1500"))
    assert amounts(home) == [100.0] * 10 + [75.0]


def test_a_unit_of_flow_that_is_corrected_changes_the_loads(home: Path) -> None:
    listed = LISTED + "W1,w01018,water,512022,化学需氧量,,10,,,2026-01-05,,,,\n{}"
    flow = "W1,w00000,water_flow,512022,,{},10,,,2026-01-05,,,,\n"
    hours = [datetime(2026, 1, 5) + timedelta(hours=n) for n in range(24)]
    sent = {"mn": "W1", "st": "32", "cn": "2061", "flag": "N"}
    values = {"w01018": 30.0, "w00000": 10.0}
    write(
        home,
        rows(
            {**sent, "time": hour, "arrival": hour, "factor": factor, "avg": value}
            for hour in hours
            for factor, value in values.items()
        ),
    )
    rolled(home, listed.format(flow.format("m3/h")))
    load = pl.col("factor") == "w01018"
    assert store.read(home, "hours").filter(load)["amount"].sum() == pytest.approx(0.3 * 24)
    rolled(home, listed.format(flow.format("L/s")))
    assert store.read(home, "hours").filter(load)["amount"].sum() == pytest.approx(0.3 * 24 * 3.6)


def test_hours_before_a_later_beginning_no_longer_make_its_month_unknown(home: Path) -> None:
    write(home, counted([(datetime(2026, 1, 5) + timedelta(minutes=15 * n), 25.0 * n) for n in range(193)]))
    rolled(home, points_of())
    rolled(home, points_of(since="2026-01-06"))
    assert store.read(home, "months")["amount"].to_list() == [2400.0]


def test_a_new_virtual_meter_has_the_hours_its_members_had(home: Path) -> None:
    write(home, counted(steady()))
    rolled(home, points_of())
    rolled(home, points_of() + "V1,E,virtual,512022,电力,kWh,15,,,2026-01-05,,,M1*2,\n")
    found = store.read(home, "hours").filter(pl.col("mn") == "V1")
    assert found["amount"].to_list() == pytest.approx([200.0] * 10 + [150.0])


@pytest.fixture(scope="module")
def city() -> City:
    return load(default_city_folder())


def entered(home: Path, listed: str, city: City) -> Entered:
    points = read_points(listed)
    roll_up(home, points, engine())
    return enter(home, engine(), points, city.places, city.parameters)


def test_an_entity_that_is_corrected_gets_its_months_and_the_former_is_named(books: Path, city: City) -> None:
    write(books, counted([(MONTH + timedelta(minutes=15 * n), 25.0 * n) for n in range(28 * 96 + 1)]))
    assert entered(books, points_of("512021", since="2026-02-01"), city).added == 1
    found = entered(books, points_of("512022", since="2026-02-01"), city)
    assert found.added == 1
    assert [(one.place, stated) for one, stated in found.outdated] == [("512021", "67200 kWh")]
    assert (
        ledger.history("online_energy", "512022", "电力", "2026-02", "actual", None)[0].stated == "67200 kWh"
    )
    assert entered(books, points_of("512022", since="2026-02-01"), city) == Entered()
