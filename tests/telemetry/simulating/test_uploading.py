"""Simulated meters before a real receiver: over HTTP and MQTT, with what can go wrong at a meter."""

from __future__ import annotations

import asyncio
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from duheng import settings
from duheng.cli import app
from duheng.model.errors import DuhengError
from duheng.telemetry import verdicts
from duheng.telemetry.gathering import gather
from duheng.telemetry.readings.layout import NUMBERS, readings
from duheng.telemetry.segments import METER
from duheng.telemetry.simulating.fleet import Fleet
from duheng.telemetry.simulating.manifest import Counts
from duheng.telemetry.simulating.online import Online, run
from duheng.telemetry.simulating.readings import table
from duheng.telemetry.simulating.sending import Pace
from duheng.telemetry.simulating.uploading import Client, messages

from ..receiving.running import Receiver, receiving, until
from ..test_mqtt import listening, needed, port, serving
from .ordering import DAY, FIRST, ordered

__all__ = ["port"]  # a fixture
SAME = ("mn", "cn", "time", "factor", *NUMBERS, "flag")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def sent(home: Path, fleet: Fleet, receiver: Receiver) -> Counts:
    order = fleet.order
    address = f"http://127.0.0.1:{receiver.ports['http']}/meters/v1"
    return asyncio.run(run(fleet, Online(home, Pace(order.first, order.last, 0), http=address)))


def stored(home: Path) -> pl.DataFrame:
    gather(home)
    found = pl.read_parquet(str(readings(home) / "**/*.parquet"), hive_partitioning=True)
    return found.sort("mn", "time", "arrival", "offset")


def verdict_of_uploads(receiver: Receiver) -> list[int]:
    records = [one for one in receiver.records() if one.kind == METER]
    return [one.verdict for one in records if b'"upload"' in one.payload or b'"back-fill"' in one.payload]


def test_what_meters_show_is_what_is_read(home: Path) -> None:
    fleet = ordered(days=0.5, meter=4)
    with receiving(home, http=0) as receiver:
        counts = sent(home, fleet, receiver)
        receiver.stop()
    assert {one["accepted"] == one["values"] > 40 for one in counts.values()} == {True}
    found = stored(home)
    reported = table(fleet).select(SAME).sort("mn", "time")
    assert_frame_equal(found.select(SAME), reported, check_exact=True)
    assert set(found["site"]) == {"S0001", "S0002", "S0003", "S0004"}


@pytest.mark.parametrize(("fault", "refused"), [("wrong-secret", "signature"), ("wrong-unit", "unit")])
def test_a_meter_that_may_not_be_believed_is_refused(home: Path, fault: str, refused: str) -> None:
    fleet = ordered(fault, days=0.04, meter=1)  # few: who errs often waits a minute
    with receiving(home, http=0) as receiver:
        (count,) = sent(home, fleet, receiver).values()
        receiver.stop()
    assert count[f"refused {refused}"] > 0
    assert count["accepted"] + count[f"refused {refused}"] == count["messages"]


def test_a_reading_handed_in_twice_is_a_duplicate(home: Path) -> None:
    fleet = ordered("meter-repeat", days=0.2, meter=1)
    with receiving(home, http=0) as receiver:
        sent(home, fleet, receiver)
        receiver.stop()
    found = [one == verdicts.DUPLICATE for one in verdict_of_uploads(receiver)]
    assert found == [False, True] * (len(found) // 2)


def test_what_comes_late_comes_as_a_back_fill_and_closes_the_gap(home: Path) -> None:
    fleet = ordered("meter-late", days=1, meter=1)
    late = [
        message
        for _, message in messages(fleet.meters[0], FIRST, FIRST + DAY)
        if message["message"] == "back-fill"
    ]
    assert sum(len(message["data"]) for message in late) >= 16
    with receiving(home, http=0) as receiver:
        sent(home, fleet, receiver)
        receiver.stop()
    times = stored(home)["time"]
    assert set(times.diff().drop_nulls().dt.total_minutes()) == {15}


def test_of_a_corrected_reading_the_later_version_is_the_right_one(home: Path) -> None:
    fleet = ordered("meter-correction", days=1, meter=1)
    with receiving(home, http=0) as receiver:
        sent(home, fleet, receiver)
        receiver.stop()
    found = stored(home)
    last = found.unique("time", keep="last", maintain_order=True)
    assert found.height > last.height
    assert last["rtd"].is_sorted()


def test_a_meter_that_is_not_invited_does_not_begin(home: Path) -> None:
    (meter,) = ordered(days=0.1, meter=1).meters
    with receiving(home, http=0) as receiver:
        address = f"http://127.0.0.1:{receiver.ports['http']}/meters/v1"
        with pytest.raises(DuhengError, match="未能注册"):
            asyncio.run(Client(address, meter, "a guess").run(Pace(FIRST, FIRST + DAY, 0)))


@needed
def test_meters_by_mqtt(home: Path, port: int) -> None:
    fleet = ordered(days=0.2, meter=2)
    order = fleet.order
    with serving(home, port), listening(home, port) as receiver:
        until(lambda: receiver.state().get("mqtt"))
        place = Online(home, Pace(order.first, order.last, 0), mqtt=f"mqtt://127.0.0.1:{port}/duheng/meters/")
        counts = asyncio.run(run(fleet, place))
        until(lambda: len(receiver.records()) == sum(one["messages"] for one in counts.values()))
        receiver.stop()
    assert_frame_equal(
        stored(home).select(SAME), table(fleet).select(SAME).sort("mn", "time"), check_exact=True
    )


def test_the_command_sends_devices_and_meters_together(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DUHENG_HOME", home)
    with receiving(home, http=0) as receiver:
        options = [
            "--water",
            "1",
            "--meters",
            "1",
            "--from",
            "2026-01-01",
            "--to",
            "2026-01-01T01:00",
            "--speed",
            "0",
        ]
        address = f"http://127.0.0.1:{receiver.ports['http']}/meters/v1"
        places = ["--tcp", f"127.0.0.1:{receiver.port}", "--http", address, "--enrol"]
        told = CliRunner().invoke(
            app, ["simulate", *options, *places, "--manifest", str(home / "truth.json")]
        )
        receiver.stop()
    assert told.exit_code == 0, told.output
    assert set(stored(home)["cn"]) == {"2011", "2051", "2061", "2031", "counter"}
    assert '"accepted": 4' in (home / "truth.json").read_text()


def test_meters_are_not_sent_without_being_enrolled() -> None:
    told = CliRunner().invoke(app, ["simulate", "--meters", "1", "--http", "http://127.0.0.1:1/meters/v1"])
    assert told.exit_code != 0
    assert "--enrol" in f"{told.output}{told.exception}"
