"""An upper platform asks something of a device: what it may ask is put to it, and its answers go up in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from duheng.model.errors import DuhengError
from duheng.telemetry.hj212 import encoding
from duheng.telemetry.hj212.framing import Frame, Framer
from duheng.telemetry.hj212.segment import Segment, parse
from duheng.telemetry.receiving import forwarding

from .running import MN, Receiver, frame, receiving, until
from .test_forwarding import Upper, targets, to, upper
from .test_requests import asked, known, say

THERE = "51200000000001"
QN = "20260101120000001"


@pytest.fixture
def province() -> Iterator[Upper]:
    with upper() as one:
        yield one


@pytest.fixture
def receiver(tmp_path: Path, province: Upper) -> Iterator[Receiver]:
    names = {"devices": {MN: THERE}, "password": "upper1", "requests": ["1011", "2012", "2051"]}
    targets(tmp_path, to(province.port, **names))
    with receiving(tmp_path) as running:
        yield running


def put(province: Upper, code: str, /, *parts: tuple[str, str], **changed: str) -> None:
    header = {"QN": QN, "ST": "31", "CN": code, "PW": "upper1", "MN": THERE, "Flag": "5"}
    until(lambda: bool(province.lines))
    province.lines[-1].sendall(encoding.frame(header | changed, [[part] for part in parts]))


def got(province: Upper, code: str) -> Segment:
    """The first frame of this command that the platform got."""

    def found() -> list[Segment]:
        pieces = [piece for raw in list(province.got) for piece in Framer().feed(raw + b"\r\n")]
        said = [parse(piece.segment.decode()) for piece in pieces if isinstance(piece, Frame)]
        return [one for one in said if one.header["CN"] == code]

    until(lambda: bool(found()))
    return found()[0]


def test_a_request_reaches_the_device_and_its_answers_go_up(receiver: Receiver, province: Upper) -> None:
    with known(receiver) as line:
        put(province, "1011")
        request = asked(line)
        assert (request.header["CN"], request.header["MN"], request.header["PW"]) == ("1011", MN, "123456")
        say(line, request, "9011", QnRtn="1")
        say(line, request, "1011", SystemTime="20260101120005")
        say(line, request, "9012", ExeRtn="1")
        done = got(province, "9012")
    assert (done.header["QN"], done.header["ST"], done.header["MN"]) == (QN, "91", THERE)
    assert done.values("ExeRtn") == ["1"]
    assert got(province, "9011").values("QnRtn") == ["1"]
    time = got(province, "1011")
    assert (time.header["QN"], time.values("SystemTime")) == (QN, ["20260101120005"])


def test_history_goes_up_before_the_result(receiver: Receiver, province: Upper) -> None:
    span = (("BeginTime", "20260101000000"), ("EndTime", "20260101235959"))
    with known(receiver) as line:
        put(province, "2051", *span)
        request = asked(line)
        say(line, request, "9011", QnRtn="1")
        line.sendall(frame(7))
        say(line, request, "9012", ExeRtn="1")
        got(province, "9012")
    codes = [parse(raw[6:-4].decode()).header["CN"] for raw in province.got]
    assert codes[-3:] == ["9011", "2051", "9012"] or codes[-3:] == ["2051", "9011", "9012"]


def test_a_notification_is_answered_by_9013(receiver: Receiver, province: Upper) -> None:
    with known(receiver) as line:
        put(province, "2012")
        say(line, asked(line), "9013")
        assert got(province, "9013").header["QN"] == QN


@pytest.mark.parametrize(
    ("code", "changed", "reason"),
    [
        ("1012", {}, "2"),
        ("9999", {}, ""),
        ("8888", {}, "8"),
        ("1011", {"PW": "123456"}, "3"),
        ("1011", {"MN": "5120"}, "4"),
        ("1011", {"ST": "91"}, ""),
    ],
)
def test_what_it_may_not_ask_is_refused_at_once(
    receiver: Receiver, province: Upper, code: str, changed: dict[str, str], reason: str
) -> None:
    with known(receiver):
        put(province, code, **changed)
        if reason:
            assert got(province, "9011").values("QnRtn") == [reason]
        put(province, "2051", ("BeginTime", "x"), ("EndTime", "y"), QN="20260101120000002")
        until(lambda: b"QN=20260101120000002" in b"".join(province.got))
    assert not list((receiver.home / "telemetry" / "requests").glob("*.json"))


def test_what_the_device_refuses_is_refused(receiver: Receiver, province: Upper) -> None:
    with known(receiver) as line:
        put(province, "1011")
        say(line, asked(line), "9011", QnRtn="3")
        assert got(province, "9011").values("QnRtn") == ["3"]


@pytest.mark.parametrize("code", ["1072", "9999"])
def test_what_nobody_may_let_it_ask_is_said(tmp_path: Path, code: str) -> None:
    targets(tmp_path, to(1, requests=[code]))
    with pytest.raises(DuhengError, match=f"requests中的{code}不能由上级平台下发"):
        forwarding.load(tmp_path)
