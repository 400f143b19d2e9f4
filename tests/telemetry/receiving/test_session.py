"""What a connection's bytes become, without any socket: frames, verdicts, answers."""

from __future__ import annotations

import base64
import json
import random
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duheng.telemetry import verdicts
from duheng.telemetry.devices import ANY, Device, Devices
from duheng.telemetry.hj212 import crc, encoding
from duheng.telemetry.hj212.answers import answer
from duheng.telemetry.hj212.framing import Fragment, Frame, Framer
from duheng.telemetry.hj212.segment import decoded, parse
from duheng.telemetry.receiving.admission import BEIJING, Admission
from duheng.telemetry.receiving.packets import Packets
from duheng.telemetry.receiving.session import Received, Session

from .running import MN, frame

NOON = datetime(2026, 1, 1, 12, tzinfo=BEIJING)


def session(*known: Device, address: str = "192.0.2.1", now: datetime = NOON) -> Session:
    devices = {device.mn: device for device in known or (Device(MN, password="123456"),)}
    return Session(Admission(Devices(devices), now.timestamp), address)


def sent(segment: str) -> bytes:
    return encoding.framed(segment.encode())


def at(moment: datetime, data: datetime) -> bytes:
    """A frame sent at this moment with data of that."""
    return sent(
        f"QN={moment:%Y%m%d%H%M%S}000;ST=31;CN=2051;PW=123456;MN={MN};Flag=5;CP=&&DataTime={data:%Y%m%d%H%M%S}&&"
    )


def without_zeros() -> bytes:
    """A frame whose check sum begins with a zero, which is left out."""
    made = (frame(number) for number in range(1, 1000))
    whole = next(one for one in made if one.endswith(b"\r\n") and one[-6:-5] == b"0")
    return whole[:-6] + whole[-5:]


def verdict(session: Session, data: bytes) -> str:
    (piece,) = session.feed(data)
    return verdicts.verdict(piece.verdict).name


def real_frames(shared: Path) -> list[bytes]:
    lines = (shared / "hj212" / "vectors.jsonl").read_text(encoding="utf-8").splitlines()
    return [base64.b64decode(json.loads(line)["frame_b64"]) for line in lines]


def pieces_of(raw: bytes) -> list[Frame | Fragment]:
    framer = Framer()
    return [*framer.feed(raw), *framer.close()]


def everybody(frames: Iterable[bytes]) -> list[Device]:
    """A device for each MN in the frames, believed whatever it sends."""
    found = {
        parse(decoded(piece.segment)[0]).header.get("MN", "")
        for raw in frames
        for piece in pieces_of(raw)
        if isinstance(piece, Frame)
    }
    return [Device(mn, password=ANY, crc="off") for mn in sorted(found) if mn]


def said(pieces: Iterable[Received]) -> list[tuple[int, int, bytes, bytes | None]]:
    return [(piece.kind, piece.verdict, piece.payload, piece.answer) for piece in pieces]


def test_a_frame_is_stored_and_answered_as_the_standard_orders() -> None:
    data = (
        b"QN=20160801085857223;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
        b"DataTime=20160801080000;w01018-Avg=60.0,w01018-Flag=N&&"
    )
    (piece,) = session().feed(encoding.framed(data))
    assert piece.stored
    assert piece.payload == encoding.framed(data)[:-2]
    assert piece.answer == (
        b"##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n"
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Flag": "4"}, None),
        ({"Flag": "9"}, b"9014"),
        ({"CN": "1013", "Flag": "4"}, b"9013"),
        ({"CN": "9011"}, None),
        ({"CN": "9012"}, None),
        ({"Flag": "1"}, b"9014"),
        ({"Flag": "1", "CN": "9012"}, b"9014"),
        ({"Flag": "0"}, None),
        ({"CN": "7777"}, b"9014"),
    ],
)
def test_the_short_way_answers_as_the_codec_does(change: dict[str, str], code: bytes | None) -> None:
    data = frame(1, **change)
    (piece,) = session().feed(data)
    assert piece.answer == answer(parse(data[6:-6].decode()))
    assert (piece.answer is None) if code is None else (piece.answer and b"CN=" + code in piece.answer)


def test_real_frames_come_out_as_from_the_tolerant_framer(shared: Path) -> None:
    frames = real_frames(shared)
    known = everybody(frames)
    for raw in frames:
        expected = [piece.raw.strip(b"\r\n") for piece in pieces_of(raw)]
        one = session(*known)
        assert [piece.payload for piece in [*one.feed(raw), *one.silent()]] == expected


def test_the_cuts_of_the_stream_change_nothing(shared: Path) -> None:
    frames = real_frames(shared)
    known, chance = everybody(frames), random.Random(7)
    stream = b"".join(chance.choice(frames) + chance.choice([b"", b"\r\n", b"noise"]) for _ in range(300))
    whole = session(*known)
    expected = said([*whole.feed(stream), *whole.silent()])
    for longest in (1, 7, 200, 5000):
        one, place, found = session(*known), 0, []
        while place < len(stream):
            step = chance.randint(1, longest)
            found += one.feed(stream[place : place + step])
            place += step
        assert said([*found, *one.silent()]) == expected


@pytest.mark.parametrize(
    ("device", "data", "expected"),
    [
        (Device(MN, password="123456"), frame(), "stored"),
        (Device(MN, password="654321"), frame(), "password"),
        (Device(MN, password=""), frame(), "password"),
        (Device(MN, password="new123", former="123456"), frame(), "stored"),
        (Device(MN, password=ANY), frame(), "stored"),
        (Device(MN, password="123456", networks="192.0.2.0/24"), frame(), "stored"),
        (Device(MN, password="123456", networks="10.0.0.0/8 2001:db8::/32"), frame(), "network"),
        (Device("other", password="123456"), frame(), "unknown_mn"),
        (Device(MN, password="123456", st="31"), frame(), "stored"),
        (Device(MN, password="123456", st="32"), frame(), "other_system"),
        (Device(MN, password="123456"), frame(CN="7777"), "unknown_command"),
        (Device(MN, password="123456"), sent("ST=31;CN=2051;PW=123456;Flag=5;CP=&&&&"), "no_mn"),
    ],
)
def test_who_may_send_what(device: Device, data: bytes, expected: str) -> None:
    one = session(device, now=datetime(2026, 1, 1, 0, 1, tzinfo=BEIJING))
    (piece,) = one.feed(data)
    assert verdicts.verdict(piece.verdict).name == expected
    assert (piece.answer is not None) == piece.stored


def summed(rule: str) -> bytes:
    """A frame whose check sum is by another rule."""
    segment = frame()[6:-6]
    right, wrong = crc.checksum(segment), crc.modbus(segment)
    digits = {
        "lower": f"{right:04x}", "modbus_hi_lo": f"{wrong:04X}",
        "modbus_lo_hi": f"{wrong & 255:02X}{wrong >> 8:02X}", "off": "1234", "strict": f"{right:04X}",
    }  # fmt: skip
    return b"##%04d%s%s\r\n" % (len(segment), segment, digits[rule].encode())


def test_a_check_sum_without_its_leading_zeros_is_one_in_other_letters() -> None:
    (piece,) = session().feed(without_zeros())
    assert piece.stored
    assert piece.answer is not None
    assert piece.payload == without_zeros()[:-2]
    assert verdict(session(Device(MN, password="123456", crc="strict")), without_zeros()) == "crc"


@pytest.mark.parametrize("sum", ["strict", "lower", "modbus_hi_lo", "modbus_lo_hi", "off"])
@pytest.mark.parametrize("rule", ["strict", "lower", "modbus_hi_lo", "modbus_lo_hi", "off"])
def test_the_rule_of_the_check_sum_is_the_devices_own(rule: str, sum: str) -> None:
    allowed = {"strict", rule} | ({"lower"} if rule != "strict" else set())
    if rule == "off":
        allowed = {"strict", "lower", "modbus_hi_lo", "modbus_lo_hi", "off"}
    (piece,) = session(Device(MN, password="123456", crc=rule)).feed(summed(sum))
    assert piece.stored == (sum in allowed)
    assert piece.stored or piece.verdict == verdicts.CRC
    assert (piece.answer is not None) == piece.stored


def test_a_repeated_frame_is_answered_again_and_marked() -> None:
    one = session()
    first, again = one.feed(frame() * 2)
    assert again.verdict == verdicts.DUPLICATE
    assert again.answer == first.answer
    assert verdict(one, frame(1)) != "duplicate"


@pytest.mark.parametrize(
    ("sent_at", "data_of", "expected"),
    [
        (timedelta(0), timedelta(0), "stored"),
        (timedelta(0), timedelta(hours=-2), "stored"),
        (timedelta(0), timedelta(hours=1), "future"),
        (timedelta(0), timedelta(days=-3), "late"),
        (timedelta(minutes=30), timedelta(0), "drift"),
        (timedelta(days=-2), timedelta(days=-2), "late"),
        (timedelta(days=-20_000), timedelta(days=-20_000), "late"),
    ],
)
def test_what_is_odd_about_times_is_marked(sent_at: timedelta, data_of: timedelta, expected: str) -> None:
    assert verdict(session(), at(NOON + sent_at, NOON + data_of)) == expected


@pytest.mark.parametrize(
    ("pnum", "pno", "expected"),
    [
        ("3", "3", "stored"),
        ("2", "3", "packet"),
        ("2", "0", "packet"),
        ("0", "0", "packet"),
        ("2", "x", "packet"),
        ("0002", "0001", "stored"),
    ],
)
def test_a_number_beyond_the_count_of_packets_is_marked(pnum: str, pno: str, expected: str) -> None:
    packets = f"Flag=7;PNUM={pnum};PNO={pno};CP=&&DataTime={NOON:%Y%m%d%H%M%S}&&"
    data = sent(f"QN={NOON:%Y%m%d%H%M%S}000;ST=31;CN=2051;PW=123456;MN={MN};{packets}")
    assert verdict(session(), data) == expected


def test_what_is_no_frame_is_kept_and_counted() -> None:
    one = session()
    noise, data = one.feed(b"GET / HTTP/1.1\r\n" + frame())
    assert (noise.verdict, noise.payload) == (verdicts.GARBAGE, b"GET / HTTP/1.1")
    assert data.stored
    assert one.bad == 16


def test_a_frame_that_never_ends_is_given_up_and_the_next_is_read() -> None:
    one = session()
    assert one.feed(frame()[:60]) == []
    assert one.waiting == 60
    (cut,) = one.silent()
    assert cut.verdict == verdicts.NO_END
    assert one.feed(frame())[0].stored


def test_ten_megabytes_in_one_frame_are_never_held() -> None:
    one = session()
    pieces: list[Received] = []
    for _ in range(160):
        pieces += one.feed(b"##9999" + b"x" * 65_530)
        assert one.waiting <= 20_100
    assert {piece.verdict for piece in pieces} == {verdicts.TOO_LONG}
    assert one.bad > 10_000_000


def test_slow_bytes_of_a_hostile_frame_cost_little() -> None:
    """Every piece looks as if a frame ended there: searching it anew each time would take the square of its length."""
    sums = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal sums
        sums += event == "call" and frame.f_code is crc.checksum.__code__

    one = session()
    sys.setprofile(count)
    try:
        one.feed(b"##9998QN=1;CP=&&")
        for _ in range(1660):
            one.feed(b"&&0000")
    finally:
        sys.setprofile(None)
    assert sums < 8000


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [frame(), frame()[:-2], frame()[:50], frame()[50:], b"##", b"##0005", b"&&0000", b"CP=&&"]
            ),
        ),
        max_size=30,
    )
)
def test_whatever_comes_nothing_breaks_and_little_is_held(parts: list[bytes]) -> None:
    one = session()
    pieces = [piece for part in parts for piece in one.feed(part)]
    assert one.waiting <= 10_020
    pieces += one.silent()
    assert one.waiting == 0
    signs = sum(len(piece.payload.translate(None, b"\r\n \t")) for piece in pieces)
    assert signs == len(b"".join(parts).translate(None, b"\r\n \t"))


def test_later_editions_are_marked_as_unconfirmed() -> None:
    now = datetime(2026, 1, 1, 0, 0, 30, tzinfo=BEIJING)
    assert verdict(session(now=now), frame(Flag="9")) == "edition_2025"
    assert verdict(session(now=now), frame(Flag="9", ST="21")) == "stored"


def test_new_devices_count_at_once() -> None:
    admission = Admission(Devices({}), NOON.timestamp)
    one = Session(admission, "192.0.2.1")
    assert verdict(one, frame()) == "unknown_mn"
    admission.renew(Devices({MN: Device(MN, password="123456")}))
    assert one.feed(frame())[0].stored
    admission.renew(Devices({}))
    assert verdict(one, frame()) == "unknown_mn"


@pytest.mark.parametrize(
    "header",
    [
        "Flag=²;",
        f"Flag={'5' * 5000};",
        f"Flag=7;PNUM={'9' * 5000};PNO=1;",
        f"Flag=7;PNUM=2;PNO={'1' * 5000};",
    ],
    ids=["superscript", "long flag", "long pnum", "long pno"],
)
def test_a_number_nobody_can_read_costs_neither_its_frame_nor_the_next(header: str) -> None:
    odd = sent(f"QN=20260101120000000;ST=32;CN=2011;PW=123456;MN={MN};{header}CP=&&DataTime=20260101120000&&")
    pieces = session().feed(odd + at(NOON, NOON))
    assert [piece.stored for piece in pieces] == [True, True]
    packets = Packets(1.0)
    for piece in pieces:
        assert piece.header is not None
        packets.add(piece.header, piece.payload, 0.0)
    assert pieces[1].answer is not None
