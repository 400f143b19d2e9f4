"""Check sums, frames out of streams, readings of real frames, answers: against the standard's own examples."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from duheng.cli import app
from duheng.telemetry.hj212 import codes, crc
from duheng.telemetry.hj212.answers import answer
from duheng.telemetry.hj212.decoding import decode
from duheng.telemetry.hj212.encoding import frame, framed
from duheng.telemetry.hj212.files import decoded_lines
from duheng.telemetry.hj212.framing import Fragment, Frame, Framer
from duheng.telemetry.hj212.segment import parse
from soak.soak_hj212 import endure

# HJ 212-2017 annex A and its answers; sums of short texts by the loop of the annex.
ANNEX = (
    b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
)
SUMS = {
    b"": 0xFFFF,
    b"A": 0x7080,
    b"123456789": 0x2F80,
    b"&&&&": 0x6600,
    b"\x00": 0x4040,
    b"\xff" * 8: 0x4980,
    "汉字".encode(): 0x53C0,
    ANNEX: 0x1C80,
}
MINUTE = framed(
    b"QN=20260101080000001;ST=31;CN=2051;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&"
    b"DataTime=20260101075000;a21026-Avg=35.5,a21026-Flag=N;a00000-Cou=1200&&"
)


def printed_loop(segment: bytes) -> int:
    """The loop as annex A prints it."""
    sum = 0xFFFF
    for byte in segment:
        sum = (sum >> 8) ^ byte
        for _ in range(8):
            sum = (sum >> 1) ^ 0xA001 if sum & 1 else sum >> 1
    return sum


@pytest.mark.parametrize("text", SUMS)
def test_sums_of_the_standard(text: bytes) -> None:
    assert crc.checksum(text) == SUMS[text]


@given(st.binary(max_size=2600))
def test_the_fold_equals_the_loop_of_annex_a(segment: bytes) -> None:
    assert crc.checksum(segment) == printed_loop(segment)


def test_dialects() -> None:
    assert crc.modbus(b"123456789") == 0x4B37
    dialects = {"2F80": "hj212", "2f80": "hj212", "4B37": "modbus_hi_lo", "374B": "modbus_lo_hi",
                         "802F": "hj212_lo_hi", "0000": "none", ";2F8": "not_hex", "2F": "not_hex"}  # fmt: skip
    for digits, name in dialects.items():
        assert crc.dialect(b"123456789", digits) == name


def vectors(shared: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "hj212" / "vectors.jsonl").read_text("utf-8").splitlines()]


def test_every_real_frame_reads_as_expected(shared: Path) -> None:
    read = {one["id"]: decode(base64.b64decode(one["frame_b64"])) for one in vectors(shared)}
    assert len(read) == 203
    assert read == {one["id"]: one["expected"] for one in vectors(shared)}


def cut(data: bytes, sizes: list[int]) -> list[Frame | Fragment]:
    framer, found, place = Framer(), [], 0
    for size in sizes:
        found += framer.feed(data[place : place + size])
        place += size
    return [*found, *framer.feed(data[place:]), *framer.close()]


def test_no_way_of_cutting_changes_the_frames(shared: Path) -> None:
    chance = random.Random(212)
    frames = [base64.b64decode(one["frame_b64"]) for one in vectors(shared)]
    for _ in range(40):
        data = b"".join(chance.sample(frames, 12))
        whole = cut(data, [])
        assert cut(data, [1] * len(data)) == whole
        assert cut(data, [chance.randrange(1, 400) for _ in range(60)]) == whole
        kept = b"".join(piece.raw for piece in whole)
        assert kept.translate(None, b"\r\n \t") == data.translate(None, b"\r\n \t")


def test_glued_frames_come_apart(shared: Path) -> None:
    for one in vectors(shared):
        if one["expected"].get("stream"):
            found = cut(base64.b64decode(one["frame_b64"]), [])
            assert len(found) == one["expected"]["frames_starting_with_##"]
            assert all(isinstance(piece, Frame) and not piece.problems for piece in found)


def framed_as(raw: bytes) -> tuple[str, ...]:
    (piece,) = cut(raw, [])
    assert isinstance(piece, Frame)
    return piece.problems


def test_what_devices_get_wrong_is_marked_and_read() -> None:
    segment = MINUTE[6:-6]
    sum = MINUTE[-6:-2]
    assert framed_as(MINUTE) == ()
    assert framed_as(MINUTE[:-2]) == ()
    assert framed_as(b"##0999" + segment + sum + b"\r\n") == ("length",)
    assert framed_as(b"##0010" + segment + sum) == ("length",)
    assert framed_as(b"##%d" % len(segment) + segment + sum) == ("length_field",)
    assert framed_as(b"##%04d" % len(segment) + segment + b"4b37") == ("crc",)
    low = framed(b"ST=91;CN=9014;CP=&&QN=1&&")
    assert framed_as(low[:-6] + low[-6:].lower()) in [("crc_case",), ()]


def short_summed(sum: Callable[[bytes], int] = crc.checksum) -> tuple[bytes, bytes]:
    """A frame up to its check sum, which begins with a zero, and the sum as devices print it that leave zeros out."""
    segments = (MINUTE[6:-6].replace(b"35.5", b"%d.5" % value) for value in range(10_000))
    segment = next(one for one in segments if sum(one) < 0x1000)
    return b"##%04d" % len(segment) + segment, b"%X" % sum(segment)


def test_a_check_sum_without_its_leading_zeros_ends_a_frame() -> None:
    frame, digits = short_summed()
    for end in (b"\r\n", b"\n", b""):
        assert framed_as(frame + digits + end) == ("crc_case",)
        assert framed_as(b"##0999" + frame[6:] + digits + end) == ("length", "crc_case")
    two = frame + digits + frame + digits.lower()
    assert [piece.raw for piece in cut(two, [])] == [frame + digits, frame + digits.lower()]
    assert cut(two, [1] * len(two)) == cut(two, [])
    mistaken, digits = short_summed(crc.modbus)
    assert framed_as(mistaken + digits + b"\r\n") == ("crc",)
    (unknown,) = cut(frame + b"7\r\n", [])
    assert unknown == Fragment(frame + b"7\r\n", "no_end")


def test_garbage_between_frames_is_kept() -> None:
    found = cut(b"@@hello" + MINUTE + b"GET / HTTP/1.1\r\n\r\n" + MINUTE + b"##01", [])
    kinds = [piece.reason if isinstance(piece, Fragment) else "frame" for piece in found]
    assert kinds == ["garbage", "frame", "garbage", "frame", "no_end"]


def test_a_frame_without_end_is_let_go_of() -> None:
    framer = Framer(limit=2000)
    held = [framer.feed(b"##9999" + b"A" * 500) for _ in range(8)]
    assert [piece.reason for pieces in held for piece in pieces if isinstance(piece, Fragment)] != []
    assert sum(len(piece.raw) for pieces in held for piece in pieces) + len(framer._held) == 8 * 506


NAMES = st.sampled_from(["w01018-Rtd", "a21026-Avg", "DataTime", "LA-Rtd"])


@given(st.dictionaries(NAMES, st.text("0123456789.-N", max_size=9)), st.booleans())
def test_round_trip_byte_for_byte(values: dict[str, str], wanted: bool) -> None:
    header = {
        "QN": "20260101080000001",
        "ST": "32",
        "CN": "2011",
        "PW": "123456",
        "MN": "A1",
        "Flag": "45"[wanted],
    }
    made = frame(header, [[pair] for pair in values.items()])
    (piece,) = cut(made, [])
    assert isinstance(piece, Frame)
    assert piece.raw + b"\r\n" == made
    assert not piece.problems
    read = parse(piece.segment.decode())
    assert read.items is not None
    assert frame(read.header, [[(item.name, item.value or "")] for item in read.items]) == made


def answered(segment: bytes) -> bytes | None:
    return answer(parse(segment.decode()))


def test_answers_of_the_standard() -> None:
    upload = (
        b"QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&w01018-Rtd=1&&"
    )
    assert answered(upload) == (
        b"##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240\r\n"
    )
    assert answered(upload.replace(b"Flag=5", b"Flag=4")) is None
    notice = answered(upload.replace(b"CN=2011", b"CN=1013").replace(b"Flag=5", b"Flag=4"))
    assert notice is not None
    assert b"CN=9013" in notice
    assert notice.endswith(b"2A80\r\n")
    for code in (b"9011", b"9012", b"9013", b"9014"):
        assert answered(upload.replace(b"CN=2011", b"CN=" + code)) is None


def test_answers_of_2005_name_the_frame_in_cp() -> None:
    upload = (
        b"QN=20060801085857223;ST=32;CN=2051;PW=123456;MN=88888880000001;PNO=1;PNUM=2;Flag=3;CP=&&011-Avg=1&&"
    )
    made = answered(upload)
    assert made is not None
    assert made[6:-6] == b"ST=91;CN=9014;CP=&&QN=20060801085857223;CN=2051;PNO=1;PNUM=2&&"
    assert answered(b"QN=1;ST=91;CN=9012;Flag=1;CP=&&QN=2;ExeRtn=1&&") is not None


def test_code_tables() -> None:
    assert codes.commands()["2011", True].kind == codes.UPLOAD
    assert codes.commands()["2011", False].kind == codes.REQUEST
    assert codes.systems()["31"]
    cod = codes.factors()["w01018"]
    assert codes.factors()["011"] == cod
    assert codes.factors()["W01018"] == cod
    assert cod.unit == "mg/L"
    assert codes.factors()["w01001"].unit == "1"


def test_lines_that_cannot_be_read_are_said() -> None:
    lines = [b"", b"no json", b"[1]", b'{"id": 7}', b'{"id": 8, "frame_b64": "*"}',
             json.dumps({"id": 9, "frame_b64": base64.b64encode(MINUTE).decode()}).encode()]  # fmt: skip
    found = [(json.loads(text), troubled) for text, troubled in decoded_lines(lines)]
    assert [one["id"] for one, _ in found] == [None, None, 7, 8, 9]
    assert [troubled for _, troubled in found] == [True, True, True, True, False]
    assert "第2行" in found[0][0]["error"]
    assert found[-1][0]["status"] == "ok"


def test_mutated_frames_are_read_or_refused_but_never_lost() -> None:
    seen = endure(random.Random(212), 3_000)
    assert seen["frame"] > 300
    assert seen["ok"]
    assert seen["bad_crc"]
    assert seen["no_cp_terminator"]


def test_a_flag_that_only_looks_like_a_number_is_none() -> None:
    for flag in ("²", "9" * 5000):
        said = decode(framed(f"QN=1;ST=32;CN=2011;PW=1;MN=A;Flag={flag};CP=&&&&".encode()))
        assert said["status"] == "ok"
        assert said["Flag"] == flag
        assert "flag_bits" not in said


def test_a_frame_whose_log_quotes_another_is_one_frame() -> None:
    said = decode(framed(b"QN=1;ST=32;CN=3020;PW=1;MN=A;Flag=5;CP=&&i11001-Info=//sent ##0087QN=2//&&"))
    assert (said["status"], said["MN"]) == ("ok", "A")
    assert decode(MINUTE + MINUTE) == {"stream": True, "frames_starting_with_##": 2}
    mistaken = b"QN=1;ST=32;CN=3020;PW=1;MN=A;Flag=5;CP=&&i11001-Info=//sent ##0087QN=2//&&"
    said = decode(b"##%04d" % len(mistaken) + mistaken + b"%04X\r\n" % crc.modbus(mistaken))
    assert (said["status"], said["crc_dialect"], said["MN"]) == ("bad_crc", "modbus_hi_lo", "A")


def test_frames_with_three_digits_of_length_are_counted_too() -> None:
    three = b"##%d" % (len(MINUTE) - 12) + MINUTE[6:]
    assert decode(three)["status"] == "bad_length_field"
    assert decode(three + three + MINUTE) == {"stream": True, "frames_starting_with_##": 3}


def test_the_file_that_is_read_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "frames.jsonl"
    text = json.dumps({"id": 1, "frame_b64": base64.b64encode(MINUTE).decode()})
    file.write_text(text, "utf-8")
    said = CliRunner().invoke(app, ["hj212", "decode", str(file), "-o", str(file)])
    assert said.exit_code != 0
    assert file.read_text("utf-8") == text
