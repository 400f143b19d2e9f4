"""A simulated fleet before a real receiver: what was reported comes out as readings, faults end where they belong."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from duheng import settings
from duheng.cli import app
from duheng.telemetry import devices, requests, verdicts
from duheng.telemetry.devices import Device as Known
from duheng.telemetry.gathering import gather
from duheng.telemetry.readings.layout import NUMBERS, readings
from duheng.telemetry.simulating import sending
from duheng.telemetry.simulating.fleet import Fleet
from duheng.telemetry.simulating.logger import Logger
from duheng.telemetry.simulating.readings import table
from duheng.telemetry.simulating.schedule import stamp
from duheng.telemetry.simulating.sending import Line, Pace, send

from ..receiving.running import Receiver, receiving, until
from .ordering import DAY, FIRST, ordered

ENDED = ("done", "failed", "refused")
SAME = ("mn", "st", "cn", "time", "factor", *NUMBERS, "flag")


def enrolled(home: Path, fleet: Fleet, crc: str = "lower") -> None:
    known = [
        Known(
            one.mn, one.source.title, st=one.source.kind.st, password=one.source.password, crc=crc, site="S"
        )
        for one in fleet.devices
        if "unregistered" not in one.faults()
    ]
    devices.save(home, known)


def sent(receiver: Receiver, fleet: Fleet, patience: float = 30.0) -> list[Logger]:
    order = fleet.order
    line = Line("127.0.0.1", receiver.port, Pace(order.first, order.last, 0), patience, tries=1)
    return asyncio.run(send(fleet.devices, line))


def stored(home: Path) -> pl.DataFrame:
    gather(home)
    rows = pl.read_parquet(str(readings(home) / "**/*.parquet"), hive_partitioning=False)
    return rows.select(SAME).sort("mn", "cn", "time", "factor")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_what_the_fleet_reports_is_what_is_read(home: Path) -> None:
    fleet = ordered(days=0.1, water=2, gas=2, air=1, power=1)
    enrolled(home, fleet)
    with receiving(home) as receiver:
        loggers = sent(receiver, fleet)
        receiver.stop()
    assert {(one.outstanding, one.tally.given_up, one.misheard) for one in loggers} == {(0, 0, 0)}
    assert sum(one.tally.sent for one in loggers) == len(receiver.frames())
    reported = table(fleet, real_time=True).select(SAME).sort("mn", "cn", "time", "factor")
    assert_frame_equal(stored(home), reported, check_exact=True)


def test_devices_of_2005_are_understood(home: Path) -> None:
    fleet = ordered(days=0.05, edition=2005, water=1)
    enrolled(home, fleet)
    with receiving(home) as receiver:
        (logger,) = sent(receiver, fleet)
        receiver.stop()
    assert (logger.tally.given_up, logger.tally.acknowledged) == (0, logger.tally.sent)


@pytest.mark.parametrize(
    "fault", ["chopped", "no-crlf", "spaces", "lower-crc", "long-time", "packets", "wrong-length"]
)
def test_what_deviates_but_can_be_read_is_acknowledged(home: Path, fault: str) -> None:
    fleet = ordered(fault, days=0.03, gas=1)
    enrolled(home, fleet)
    with receiving(home) as receiver:
        (logger,) = sent(receiver, fleet)
        receiver.stop()
    assert (logger.tally.given_up, logger.tally.acknowledged) == (0, logger.tally.sent)


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("modbus-crc", verdicts.CRC),
        ("wrong-password", verdicts.PASSWORD),
        ("unregistered", verdicts.UNKNOWN_MN),
    ],
)
def test_what_no_receiver_may_believe_is_kept_as_refused(home: Path, fault: str, verdict: int) -> None:
    fleet = ordered(fault, days=0.01, water=1)
    enrolled(home, fleet)
    with receiving(home) as receiver:
        (logger,) = sent(receiver, fleet, patience=0.3)
        receiver.stop()
    assert logger.tally.given_up == logger.tally.sent > 0
    assert {record.verdict for record in receiver.records()} == {verdict}


def test_what_is_sent_twice_is_known_as_a_duplicate(home: Path) -> None:
    fleet = ordered("duplicate", days=0.02, water=1)
    enrolled(home, fleet)
    with receiving(home) as receiver:
        sent(receiver, fleet)
        receiver.stop()
    found = [record.verdict == verdicts.DUPLICATE for record in receiver.records()]
    assert found == [False, True] * (len(found) // 2)


def test_a_receiver_that_dies_and_comes_back_gets_the_rest(home: Path) -> None:
    fleet = ordered(days=0.1, water=1)
    enrolled(home, fleet)

    async def through_a_crash() -> list[Logger]:
        with receiving(home) as first:
            order, port = fleet.order, first.port
            line = Line("127.0.0.1", port, Pace(order.first, order.last, 0), 30)
            sending = asyncio.create_task(send(fleet.devices, line))
            while len(first.frames()) < 20:
                await asyncio.sleep(0.01)
            first.kill()
        with receiving(home, hj212=port) as second:
            loggers = await sending
            second.stop()
        return loggers

    (logger,) = asyncio.run(through_a_crash())
    assert logger.outstanding == 0
    rows = stored(home).unique(maintain_order=True)
    reported = table(fleet, real_time=True).select(SAME).sort("mn", "cn", "time", "factor")
    assert_frame_equal(rows, reported, check_exact=True)


def test_a_device_answers_what_the_platform_asks_on_its_line(home: Path) -> None:
    fleet = ordered(days=1, water=1)
    enrolled(home, fleet)
    mn, ended = fleet.devices[0].mn, False
    span = {"BeginTime": stamp(FIRST - 3 * 3600), "EndTime": stamp(FIRST - 2 * 3600)}

    async def asked(receiver: Receiver) -> tuple[list[Logger], list[dict[str, Any]]]:
        nonlocal ended
        line = Line("127.0.0.1", receiver.port, Pace(FIRST, FIRST + DAY, 240))
        sending = asyncio.create_task(send(fleet.devices, line, lambda: ended))
        await asyncio.to_thread(until, receiver.frames)
        found = []
        for code, values in (
            ("2061", span),
            ("1012", {"SystemTime": stamp(FIRST)}),
            ("1062", {"RtdInterval": "120"}),
        ):
            id = requests.ask(home, requests.Request(mn, code, values, "test", "test"))
            await asyncio.to_thread(until, lambda: (requests.result(home, id) or {}).get("state") in ENDED)  # noqa: B023
            found.append(requests.result(home, id) or {})
        ended = True
        return await sending, found

    with receiving(home) as receiver:
        (logger,), results = asyncio.run(asked(receiver))
        receiver.stop()
    assert [one["state"] for one in results] == ["done"] * 3
    assert (logger.device.interval, logger.requests) == (120, {"2061": 1, "1012": 1, "1062": 1})
    hours = [
        one
        for one in receiver.frames()
        if b"CN=2061" in one and f"DataTime={span['BeginTime']}".encode() in one
    ]
    assert len(hours) == 1


def test_the_command_writes_frames_and_the_truth(home: Path) -> None:
    frames, truth = home / "frames.jsonl", home / "truth.json"
    options = ["--water", "1", "--from", "2026-01-01", "--to", "2026-01-01T01:00", "--fault", "lower-crc"]
    told = CliRunner().invoke(app, ["simulate", *options, "--frames", str(frames), "--manifest", str(truth)])
    assert told.exit_code == 0, told.output
    read = CliRunner().invoke(app, ["hj212", "decode", str(frames)])
    assert read.exit_code == 0
    assert read.output.count('"status"') == frames.read_text().count("\n") > 60
    assert "校验码小写" in truth.read_text(encoding="utf-8")


def test_the_command_enrols_and_stores_readings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DUHENG_HOME", home)
    options = ["--gas", "2", "--meters", "1", "--from", "2026-01-01", "--to", "2026-01-01T03:00"]
    told = CliRunner().invoke(app, ["simulate", *options, "--readings", "--enrol"])
    assert told.exit_code == 0, told.output
    assert len(devices.load(home).by_mn) == 2
    rows = pl.read_parquet(str(readings(home) / "**/*.parquet"), hive_partitioning=True)
    assert set(rows["site"]) == {"S0001", "S0002"}
    assert set(rows["cn"]) == {"2051", "2061", "2031", "counter"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--water", "1"], "请给出目的地"),
        (["--tcp", "nowhere"], "HOST:PORT"),
        (["--tcp", "127.0.0.1:99999"], "HOST:PORT"),
        (["--frames", "x", "--from", "tomorrow"], "不是时间"),
        (["--frames", "x", "--from", "2026-01-01T00:00+08:00"], "不要写时区"),
        (["--frames", "x", "--edition", "1999"], "2017或2005"),
        (["--frames", "x", "--water", "1", "--fault", "capped=much"], "份额不是数"),
    ],
)
def test_the_command_refuses_what_it_does_not_understand(options: list[str], said: str) -> None:
    told = CliRunner().invoke(app, ["simulate", *options])
    assert told.exit_code != 0
    assert said in f"{told.output}{told.exception}"


def test_the_command_lists_its_faults() -> None:
    told = CliRunner().invoke(app, ["simulate", "--list-faults"])
    assert "untreated\t生产设施运行而治理设施停运\tpower" in told.output


def test_who_is_sent_away_at_once_waits_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that wants TLS, or does not know the address, closes the line: no loop without pause."""
    fleet = ordered()
    said: list[str] = []
    monkeypatch.setattr(sending, "_RETRY", 0.01)

    async def talk() -> None:
        met = 0

        async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal met
            met += 1
            writer.close()

        server = await asyncio.start_server(close, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        pace = Pace(fleet.order.first, fleet.order.last, 0)
        line = Line("127.0.0.1", port, pace, told=said.append)
        await send(fleet.devices[:1], line, lambda: len(said) >= 3)
        server.close()
        assert met == 3

    asyncio.run(talk())
    assert "没有应答就被断开" in said[0]
