"""Requests put as files, carried out over a real line, their results beside them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from duheng.model.errors import DuhengError
from duheng.telemetry import devices, requests
from duheng.telemetry.devices import Device
from duheng.telemetry.hj212 import encoding
from duheng.telemetry.hj212.segment import Segment, parse
from duheng.telemetry.requests import Request

from .running import MN, PATIENCE, Receiver, answers, frame, receiving, until


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as one:
        yield one


def known(receiver: Receiver) -> socket.socket:
    """A device's line on which it has sent a frame."""
    line = receiver.connect()
    line.sendall(frame())
    assert answers(line, 1)
    return line


def asked(line: socket.socket) -> Segment:
    """The next request on a line."""
    (one,) = answers(line, 1)
    return parse(one[6:-4].decode())


def say(line: socket.socket, request: Segment, code: str, **body: str) -> None:
    """An answer to it."""
    header = {**request.header, "ST": "91", "CN": code, "Flag": "4"}
    line.sendall(encoding.frame(header, [[pair] for pair in body.items()]))


def result(receiver: Receiver, id: str) -> dict[str, Any]:
    """How it ended; waits for it."""
    until(lambda: (requests.result(receiver.home, id) or {}).get("state") in ("done", "failed", "refused"))
    said = requests.result(receiver.home, id)
    assert said is not None
    return said


def test_a_request_goes_to_the_device_and_its_result_beside_the_file(receiver: Receiver) -> None:
    with known(receiver) as line:
        id = requests.ask(receiver.home, Request(MN, "1012", {"SystemTime": "now"}, "张三", "校时"))
        request = asked(line)
        assert (request.header["CN"], request.header["PW"], request.header["Flag"]) == ("1012", "123456", "5")
        assert str(request.values("SystemTime")[0])[:13] == request.header["QN"][:13]
        say(line, request, "9011", QnRtn="1")
        say(line, request, "9012", ExeRtn="1")
        said = result(receiver, id)
    assert {
        "state": "done",
        "QnRtn": "1",
        "ExeRtn": "1",
        "who": "张三",
        "why": "校时",
    }.items() <= said.items()
    until(lambda: not requests.waiting(receiver.home))
    until(lambda: any(note.get("code") == "1012" for note in receiver.notes()))


def test_one_request_at_a_time_and_in_order(receiver: Receiver) -> None:
    with known(receiver) as line:
        ids = [requests.ask(receiver.home, Request(MN, code)) for code in ("1011", "1061")]
        first = asked(line)
        line.settimeout(2)
        with pytest.raises(TimeoutError):
            line.recv(1)
        assert first.header["CN"] == "1011"
        say(line, first, "9011", QnRtn="2")
        second = asked(line)
        assert second.header["CN"] == "1061"
        say(line, second, "9011", QnRtn="1")
        line.sendall(encoding.frame({**second.header, "Flag": "4"}, [[("RtdInterval", "30")]]))
        say(line, second, "9012", ExeRtn="1")
        assert result(receiver, ids[0])["state"] == "refused"
        assert result(receiver, ids[1])["found"] == {"RtdInterval": "30"}


def test_the_newest_line_of_a_device_gets_its_requests(receiver: Receiver) -> None:
    with known(receiver) as old, receiver.connect() as new:
        new.sendall(frame(1))
        assert answers(new, 1)
        requests.ask(receiver.home, Request(MN, "2011"))
        assert asked(new).header["CN"] == "2011"
        old.settimeout(0.2)
        with pytest.raises(TimeoutError):
            old.recv(1)


def test_a_request_waits_until_its_device_connects(receiver: Receiver) -> None:
    requests.ask(receiver.home, Request(MN, "2012"))
    until(receiver.state)
    with known(receiver) as line:
        request = asked(line)
        say(line, request, "9013")
        until(lambda: not requests.waiting(receiver.home))


def test_while_a_password_is_changed_both_are_believed(receiver: Receiver) -> None:
    with known(receiver) as line:
        id = requests.ask(receiver.home, Request(MN, "1072", {"NewPW": "654321"}))
        request = asked(line)
        line.sendall(frame(1) + frame(2, PW="654321"))
        assert len(answers(line, 2)) == 2
        say(line, request, "9011", QnRtn="1")
        say(line, request, "9012", ExeRtn="1")
        assert result(receiver, id)["values"] == {"NewPW": "***"}
        assert devices.load(receiver.home).by_mn[MN] == Device(MN, password="654321")
        line.sendall(frame(3) + frame(4, PW="654321"))
        (only,) = answers(line, 1)
        assert b"PW=654321" in only


def test_what_the_device_refuses_leaves_the_old_password(receiver: Receiver) -> None:
    with known(receiver) as line:
        id = requests.ask(receiver.home, Request(MN, "1072", {"NewPW": "654321"}))
        say(line, asked(line), "9011", QnRtn="2")
        assert result(receiver, id)["state"] == "refused"
        assert devices.load(receiver.home).by_mn[MN] == Device(MN, password="123456")


def test_a_device_that_asks_for_the_time_is_answered_and_set_once(receiver: Receiver) -> None:
    with known(receiver) as line:
        for number in (7, 8):
            line.sendall(frame(number, CN="1013"))
            assert b"CN=9013" in answers(line, 1)[0]
        request = asked(line)
        assert request.header["CN"] == "1012"
        say(line, request, "9011", QnRtn="1")
        say(line, request, "9012", ExeRtn="1")
        line.settimeout(2.5)
        with pytest.raises(TimeoutError):
            line.recv(1)


def test_first_contact_as_registered(tmp_path: Path) -> None:
    devices.save(tmp_path, [Device(MN, password="123456", contact="1012 2011")])
    with receiving(tmp_path) as receiver, known(receiver) as line:
        first = asked(line)
        say(line, first, "9011", QnRtn="1")
        say(line, first, "9012", ExeRtn="1")
        assert (first.header["CN"], asked(line).header["CN"]) == ("1012", "2011")


def test_what_was_under_way_at_a_stop_is_not_sent_again(receiver: Receiver) -> None:
    with known(receiver) as line:
        id = requests.ask(receiver.home, Request(MN, "3012", {"PolId": "w01018"}))
        assert asked(line).header["CN"] == "3012"
        receiver.kill()
    with receiving(receiver.home) as again, known(again) as line:
        assert result(again, id)["reason"] == "interrupted"
        line.settimeout(1.5)
        with pytest.raises(TimeoutError):
            line.recv(1)


def test_files_that_are_no_request_end_with_the_reason(receiver: Receiver) -> None:
    folder = requests.folder(receiver.home)
    folder.mkdir(parents=True)
    for name, content in (
        ("a", "{"), ("b", "[]"), ("c", '{"mn": 5}'), ("d", '{"mn": "x", "code": "1011"}'),
        ("e", json.dumps({"mn": MN, "code": "1062", "values": {"RtdInterval": "1;CN=1072"}})),
    ):  # fmt: skip
        (folder / f"{name}.new").write_text(content)
        (folder / f"{name}.new").replace(folder / f"{name}.json")
    reasons = [result(receiver, name)["reason"] for name in "abcde"]
    assert [reason.partition(":")[0] for reason in reasons[:4]] == ["unreadable"] * 3 + ["unknown_mn"]
    assert "RtdInterval" in reasons[4]


def test_what_may_not_be_sent_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(DuhengError, match="整数，30至3600"):
        requests.ask(tmp_path, Request(MN, "1062", {"RtdInterval": "5"}))
    assert not requests.folder(tmp_path).exists()


def test_from_the_command_line(receiver: Receiver) -> None:
    command = [sys.executable, "-m", "duheng", "request", MN, "clock-set", "--why", "校时"]
    environment = {**os.environ, "DUHENG_HOME": str(receiver.home)}
    with known(receiver) as line, subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        request = asked(line)
        say(line, request, "9011", QnRtn="1")
        say(line, request, "9012", ExeRtn="1")
        said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, json.loads(said)["state"], json.loads(said)["why"]) == (0, "done", "校时")
