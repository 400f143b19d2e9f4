"""Requests to simulated devices of both editions over a real line: each gets what its edition has."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from duheng.telemetry import devices, requests
from duheng.telemetry.devices import Device
from duheng.telemetry.outcomes import worded
from duheng.telemetry.requests import Request
from duheng.telemetry.simulating.logger import Logger
from duheng.telemetry.simulating.schedule import Upload

from ..simulating.ordering import DAY, FIRST, ordered
from .running import Receiver, receiving, until

NOW = FIRST + DAY
ONE = {"PolId": "w01018"}


@contextmanager
def simulated(home: Path, edition: int) -> Iterator[tuple[Receiver, Logger]]:
    """A receiver and a simulated device that has sent a frame and answers what it is asked."""
    logger = Logger(ordered(water=1, edition=edition).devices[0])
    source, over = logger.device.source, Event()
    devices.save(home, [Device(source.mn, password=source.password)])
    with receiving(home) as receiver, receiver.connect() as line:
        line.sendall(b"".join(logger.upload(Upload(NOW, "2011", NOW, NOW), 0.0)))
        thread = Thread(target=_answer, args=(line, logger, over))
        thread.start()
        try:
            yield receiver, logger
        finally:
            over.set()
            thread.join()


def _answer(line: socket.socket, logger: Logger, over: Event) -> None:
    line.settimeout(0.1)
    while not over.is_set():
        try:
            data = line.recv(65536)
        except TimeoutError:
            continue
        line.sendall(b"".join(logger.heard(data, NOW, time.monotonic())))


def asked(receiver: Receiver, mn: str, *wanted: tuple[str, dict[str, str]]) -> list[dict[str, Any]]:
    """The results of requests, in order."""
    ids = [requests.ask(receiver.home, Request(mn, code, values)) for code, values in wanted]
    found = []
    for id in ids:
        until(partial(_ended, receiver.home, id))
        found.append(worded(receiver.home, id, requests.result(receiver.home, id), mn))
    return found


def _ended(home: Path, id: str) -> bool:
    return "ended" in (requests.result(home, id) or {})


def test_a_device_of_2017_does_what_is_asked(tmp_path: Path) -> None:
    with simulated(tmp_path, 2017) as (receiver, logger):
        found = asked(
            receiver, logger.device.mn,
            ("2022", {}), ("3011", ONE), ("3012", ONE), ("3013", ONE), ("3014", ONE), ("3015", {}),
            ("3016", {**ONE, "CstartTime": "013000", "Ctime": "4"}), ("3017", ONE), ("3018", ONE), ("3019", ONE),
            ("3021", {**ONE, "InfoId": "i13004", "i13004-Info": "120.0"}), ("3020", {**ONE, "InfoId": "i13004"}),
            ("1072", {"NewPW": "abc123"}), ("1001", {"WarnTime": "10"}),
        )  # fmt: skip
        *done, foreign = found
        assert {one["code"]: one["state"] for one in done} == dict.fromkeys(
            (one["code"] for one in done), "done"
        )
        read = {one["code"]: one["found"] for one in done}
        assert read["3017"] == {**ONE, "CstartTime": "013000", "Ctime": "4"}
        assert read["3020"]["i13004-Info"] == "120.0"
        assert read["3015"]["VaseNo"] == "1"
        assert read["3018"]["Stime"] == "30"
        assert read["3019"]["w01018-SN"].startswith("SN")
        assert not logger.states
        assert (foreign["state"], foreign["QnRtn"]) == ("refused", "8")
        assert "只见于2005版" in foreign["said"]
        assert devices.load(receiver.home).by_mn[logger.device.mn].password == "abc123"


def test_a_device_of_2005_is_asked_as_its_edition_has_it(tmp_path: Path) -> None:
    with simulated(tmp_path, 2005) as (receiver, logger):
        password, limits, clock, alarm, notice, zero, operate, sampling, cycle = asked(
            receiver, logger.device.mn,
            ("1072", {"NewPW": "abc123"}), ("1021", {"PolId": "011"}), ("1011", {}), ("1001", {"WarnTime": "10"}),
            ("2022", {}), ("3011", {"PolId": "011"}), ("3013", {}), ("3014", ONE),
            ("3016", {**ONE, "CstartTime": "013000", "Ctime": "4"}),
        )  # fmt: skip
        done = (password, limits, clock, alarm, notice, zero, operate)
        assert [one["state"] for one in done] == ["done"] * 7
        assert (password["edition"], logger.device.source.password) == ("2005", "abc123")
        assert devices.load(receiver.home).by_mn[logger.device.mn].password == "abc123"
        assert limits["found"] == {"011-LowValue": "0", "011-UpValue": "0"}
        assert list(clock["found"]) == ["SystemTime"]
        assert operate["title"] == "设备操作命令"
        # 3014 is another command in 2005: nothing is sent.
        assert sampling["state"] == "failed"
        assert "报文为2005版" in sampling["said"]
        assert (cycle["QnRtn"], "不在该设备所用的2005版中" in cycle["said"]) == ("8", True)
