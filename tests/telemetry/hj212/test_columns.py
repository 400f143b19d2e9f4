"""Batches to columns: the fast way gives what the reading of one frame gives, on real, odd and random frames."""

from __future__ import annotations

import base64
import json
import random
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duheng.telemetry.hj212 import crc
from duheng.telemetry.hj212.columns import located, read
from duheng.telemetry.hj212.decoding import decode
from duheng.telemetry.hj212.encoding import frame, framed
from duheng.telemetry.hj212.folding import checksums
from duheng.telemetry.hj212.framing import Frame, Framer
from duheng.telemetry.hj212.names import MEASURES, Names
from duheng.telemetry.hj212.plain_columns import plain_part
from duheng.telemetry.hj212.tokens import Buffer, numbers, times

HEAD = {
    "QN": "20260101080000001",
    "ST": "31",
    "CN": "2051",
    "PW": "123456",
    "MN": "010000A8900016F0",
    "Flag": "5",
}


def one_by_one(data: bytes) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """What the tolerant reader makes of the same bytes."""
    framer = Framer()
    pieces = [*framer.feed(data), *framer.close()]
    frames = [piece for piece in pieces if isinstance(piece, Frame)]
    places, begin = [], 0
    for one in frames:
        begin = data.index(one.raw, begin)
        places.append(data.index(one.segment, begin))
        begin += len(one.raw)
    part = plain_part(zip(places, frames, strict=True), Names())
    return part.frames, part.readings, part.further


def same(data: bytes) -> None:
    batch = read(data)
    for mine, theirs in zip((batch.frames, batch.readings, batch.further), one_by_one(data), strict=True):
        rows = [sorted(map(repr, table.iter_rows())) for table in (mine, theirs)]
        assert rows[0] == rows[1]


def test_real_frames_in_one_stream(shared: Path) -> None:
    lines = (shared / "hj212" / "vectors.jsonl").read_text("utf-8").splitlines()
    frames = [base64.b64decode(json.loads(line)["frame_b64"]) for line in lines]
    chance = random.Random(5)
    for _ in range(20):
        chance.shuffle(frames)
        same(b"\r\n".join(frames[:60]) + b"\r\n")


def test_columns_say_what_the_reading_of_one_frame_says(shared: Path) -> None:
    for line in (shared / "hj212" / "vectors.jsonl").read_text("utf-8").splitlines():
        raw = base64.b64decode(json.loads(line)["frame_b64"])
        expected = decode(raw)
        if expected.get("status") != "ok":
            continue
        batch = read(raw)
        head = batch.frames.row(0, named=True)
        assert all(
            head[name] == expected.get(name) for name in ("QN", "ST", "CN", "MN", "Flag", "PNUM", "PNO")
        )
        for factor, values in expected["factors"].items():
            rows = batch.readings.filter(factor=factor)
            for suffix, text in values.items():
                if suffix in MEASURES and text:
                    assert float(text) in rows[MEASURES[suffix]].to_list()


PARTS = st.lists(
    st.tuples(
        st.sampled_from(["w01018", "a21026", "LA", "a34013", "i12001"]),
        st.lists(
            st.sampled_from([*MEASURES, "Flag", "SampleTime", "EFlag", "Info", "rtd"]), min_size=1, max_size=5
        ),
    ),
    max_size=4,
)
VALUES = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**7), max_value=10**7).map(
        str
    ),
    st.sampled_from(["N", "d", "", "--", "1e5", "20260101080000", "20260230000000", "0", "-0.5", "NaN"]),
    st.sampled_from([" 3.5 ", "1=2", "//a;b//"]),
)


@given(st.lists(st.tuples(PARTS, st.data()), min_size=1, max_size=5))
def test_random_frames_read_alike_both_ways(
    made: list[tuple[list[tuple[str, list[str]]], st.DataObject]],
) -> None:
    stream = b""
    for parts, chance in made:
        groups = [
            [(f"{factor}-{suffix}", chance.draw(VALUES)) for suffix in suffixes] for factor, suffixes in parts
        ]
        stream += frame(HEAD, [[("DataTime", "20260101075000")], *groups])
    same(stream)


@pytest.mark.parametrize("flags", [["0.0", "N"], ["", "N"], ["N", "D"], [" N "], [" "], ["n"], ["ND", " d"]])
def test_the_first_flag_that_is_one_wins_both_ways(flags: list[str]) -> None:
    said = [("w01018-Rtd", "1.0"), *(("w01018-Flag", one) for one in flags)]
    data = frame(HEAD, [[("DataTime", "20260101075000")], said])
    same(data)
    letters = [one.strip().upper() for one in flags if len(one.strip()) == 1]
    assert read(data).readings["flag"].to_list() == [letters[0] if letters else None]


def test_a_frame_without_end_does_not_take_the_next_ones_with_it() -> None:
    whole = [frame(HEAD, [[("DataTime", "20260101075000")], [("02-Avg", f"{n}.5")]]) for n in (1, 2, 3)]
    begun = b"ST=31;CN=2051;PW=123456;MN=A1;CP=&&DataTi"
    # Its length leads, by chance, to where the segment of the second of the next frames ends.
    lost = b"##%04d" % (len(begun) + len(whole[0]) + len(whole[1]) - 6) + begun
    for data in (lost + b"".join(whole), lost + whole[0] + whole[1]):
        batch = read(data)
        assert batch.readings["avg"].to_list() == [1.5, 2.5, 3.5][: data.count(b"##") - 1]
        assert [one.raw for one in batch.fragments] == [lost]
        same(data)


SPREAD = [
    [("DataTime", "20260101075000")],
    [("02-Avg", "3.5"), ("02-Flag", "D")],
    [("w01018-Avg", "20")],  # a device that writes `;` for `,`
    [("w01018-Flag", "F")],
    [("02-ZsAvg", "4.5"), ("02-Avg", "9.9")],
]


def test_what_is_said_of_a_factor_in_several_places_is_one_reading() -> None:
    for head in (HEAD, dict(reversed(HEAD.items()))):
        batch = read(frame(head, SPREAD))
        assert batch.readings.select("factor", "avg", "zs_avg", "flag").rows() == [
            ("02", 3.5, 4.5, "D"),
            ("w01018", 20.0, None, "F"),
        ]
        assert batch.further.select("name", "value").rows() == [("02-Avg", "9.9")]


def test_names_in_capitals_are_read() -> None:
    for head in (HEAD, dict(reversed(HEAD.items()))):  # the fast way and the tolerant one
        batch = read(
            frame(head, [[("DATATIME", "20260101075000")], [("A34001-RTD", "24.5"), ("A34001-FLAG", "N")]])
        )
        assert batch.frames["time"].to_list() == [datetime(2026, 1, 1, 7, 50)]
        assert batch.readings.select("factor", "rtd", "flag").rows() == [("A34001", 24.5, "N")]
        assert not batch.further.height


def test_an_underscore_makes_no_number() -> None:
    for head in (HEAD, dict(reversed(HEAD.items()))):  # the fast way and the tolerant one
        batch = read(
            frame(head, [[("DataTime", "20260101075000")], [("a21026-Avg", "3_5"), ("a21026-Max", "4")]])
        )
        assert batch.readings.select("avg", "max").rows() == [(None, 4.0)]
        assert ("a21026-Avg", "3_5") in batch.further.select("name", "value").rows()


def test_a_bad_sum_is_marked_and_its_values_kept() -> None:
    good = frame(HEAD, [[("DataTime", "20260101075000")], [("a21026-Avg", "3.5"), ("a21026-Flag", "n")]])
    bad = good[:-6] + b"FFFF\r\n"
    batch = read(good + bad + b"rubbish\r\n" + good)
    assert batch.frames["crc"].to_list() == [True, False, True]
    assert batch.frames["problems"].to_list() == ["", "crc", ""]
    assert batch.readings.select("avg", "flag").rows() == [(3.5, "N")] * 3
    assert [one.reason for one in batch.fragments] == ["garbage"]


def test_nothing_at_all() -> None:
    assert read(b"").frames.height == 0
    assert [one.reason for one in read(b"GET / HTTP/1.0").fragments] == ["garbage"]
    starts, _, others = located(framed(b"ST=91;CN=9014;CP=&&QN=1&&"))
    assert len(starts) == 1
    assert not others


@given(
    st.lists(st.tuples(st.binary(max_size=20), st.binary(min_size=1, max_size=60)), min_size=1, max_size=12)
)
def test_sums_of_many_segments(pieces: list[tuple[bytes, bytes]]) -> None:
    data, starts, ends = b"", [], []
    for between, segment in pieces:
        data += between
        starts.append(len(data))
        data += segment
        ends.append(len(data))
    found = checksums(data + b"\0" * 8, np.array(starts), np.array(ends)).tolist()
    assert found == [crc.checksum(segment) for _, segment in pieces]


@given(
    st.lists(
        st.one_of(st.floats(-1e7, 1e7).map(lambda x: f"{x:.3f}"), st.text("0123456789.-+e ", max_size=10)),
        min_size=1,
    )
)
def test_numbers_are_those_of_float(texts: list[str]) -> None:
    data = ";".join(texts).encode()
    places = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    values, odd = numbers(Buffer(data), places, np.array([len(text) for text in texts]))
    for text, value, strange in zip(texts, values.tolist(), odd.tolist(), strict=True):
        assert strange or value == float(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20260101075000", "2026-01-01T07:50:00"), ("20240229235959", "2024-02-29T23:59:59"), ("20260230000000", "NaT"),
     ("20261301000000", "NaT"), ("20260101240000", "NaT"), ("2026010107500x", "NaT"), ("00000000000000", "NaT")],
)  # fmt: skip
def test_times(text: str, expected: str) -> None:
    assert str(times(Buffer(text.encode()), np.array([0]))[0]) == expected
