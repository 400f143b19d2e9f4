"""What a simulated fleet reports, rolled up, is what it let out and used."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.points import load_points
from duheng.telemetry.rollup.running import roll_up
from duheng.telemetry.simulating.counters import used
from duheng.telemetry.simulating.fleet import Fleet
from duheng.telemetry.simulating.points import enrol
from duheng.telemetry.simulating.readings import sites, table
from duheng.telemetry.simulating.schedule import EPOCH

from .ordering import DAY, FIRST, ordered

DAYS = 2


def rolled(home: Path, fleet: Fleet, level: str, days: int) -> pl.DataFrame:
    enrol(home, fleet)
    write(home, table(fleet), sites(fleet))
    roll_up(home, load_points(home), engine())
    begin = EPOCH + timedelta(seconds=FIRST)
    return store.read(home, level, first=begin, before=begin + timedelta(days=days))


def test_every_line_is_a_point(tmp_path: Path) -> None:
    enrol(tmp_path, ordered("replacement", "roll-over", water=1, gas=1, air=1, power=1, meter=4))
    found = load_points(tmp_path)
    assert {one.kind for one in found.points} == {"water", "water_flow", "gas", "gas_flow", "counter"}
    assert {one.item for one in found.of("gas")} == {"二氧化硫", "氮氧化物", "颗粒物"}
    assert len(found.replaced) == 4


def test_enrolling_twice_adds_nothing_and_keeps_what_was_changed(tmp_path: Path) -> None:
    fleet = ordered(water=1)
    enrol(tmp_path, fleet)
    file = tmp_path / "telemetry" / "points.csv"
    changed = file.read_text(encoding="utf-8").replace("mg/L", "ug/L")
    file.write_text(changed, encoding="utf-8")
    enrol(tmp_path, fleet)
    assert file.read_text(encoding="utf-8") == changed


@pytest.mark.parametrize(("kind", "factor"), [("water", "w01018"), ("gas", "a21026")])
def test_the_load_of_a_day_is_the_amount_the_device_states(tmp_path: Path, kind: str, factor: str) -> None:
    fleet = ordered(days=DAYS, **{kind: 1})
    rows = table(fleet).filter(pl.col("cn") == "2031", pl.col("factor") == factor)
    stated = rows.filter(pl.col("time") == EPOCH + timedelta(seconds=FIRST))["cou"][0]
    (load,) = rolled(tmp_path, fleet, "days", 1).filter(pl.col("factor") == factor)["amount"]
    assert load == pytest.approx(stated, rel=0.02)


@pytest.mark.parametrize(
    "faults", [(), ("roll-over",), ("replacement",), ("meter-silence",), ("meter-late",)]
)
def test_no_counter_loses_anything_whatever_happens_to_it(tmp_path: Path, faults: tuple[str, ...]) -> None:
    fleet = ordered(*faults, days=DAYS, meter=1)
    meter = fleet.meters[0]
    amounts = rolled(tmp_path, fleet, "hours", DAYS)["amount"]
    last = FIRST + DAYS * DAY - meter.minutes * 60  # of the readings
    assert amounts.null_count() == 0
    assert amounts.sum() == pytest.approx(used(meter, last) - used(meter, FIRST), abs=0.05)
