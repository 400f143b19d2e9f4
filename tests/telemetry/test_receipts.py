"""Received = stored + refused with its reason, by device and hour, counted from the segments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from duheng.telemetry import verdicts
from duheng.telemetry.receipts import OTHERS, STRANGERS, knocking, mn_of_frame, receipts
from duheng.telemetry.segments import FRAGMENT, FRAME, METER, MQTT, NOTE, Writer, names, packed

NOON = 1_767_240_000_000_000  # 2026-01-01 12:00 in Beijing [us]
HOUR = 3_600_000_000


def frame(mn: str) -> bytes:
    return f"##0050QN=20260101120000000;ST=32;CN=2011;PW=1;MN={mn};Flag=5;CP=&&&&0000".encode()


def put(home: Path, *records: bytes, longest: int = 1 << 20) -> None:
    done = threading.Semaphore(0)
    with closing(Writer(home / "telemetry/segments", longest=longest)) as writer:
        for record in records:
            writer.put([record], done.release)
            assert done.acquire(timeout=20)


def one(verdict: int, mn: str = "A", at: int = NOON, peer: bytes = b"192.0.2.1:5") -> bytes:
    return packed(FRAME, verdict, at, peer, frame(mn))


def lines(home: Path) -> list[tuple[str, int, str, bool, int]]:
    found = receipts(home)
    return [(mn, hour.hour, *rest) for mn, hour, *rest in found.select(found.columns[:5]).iter_rows()]


def test_each_device_hour_and_verdict_has_its_row(tmp_path: Path) -> None:
    put(
        tmp_path,
        one(verdicts.STORED),
        one(verdicts.STORED),
        one(verdicts.DUPLICATE),
        one(verdicts.CRC, "B"),
        packed(FRAGMENT, verdicts.GARBAGE, NOON, b"", b"noise"),
        one(verdicts.STORED, at=NOON + HOUR),
        packed(NOTE, 0, NOON, b"", b'{"event": "start"}'),
    )
    assert lines(tmp_path) == [
        ("", 12, "garbage", False, 1),
        ("A", 12, "duplicate", True, 1),
        ("A", 12, "stored", True, 2),
        ("B", 12, "crc", False, 1),
        ("A", 13, "stored", True, 1),
    ]
    row = receipts(tmp_path).row(2, named=True)
    assert (row["bytes"], row["peer"]) == (2 * len(frame("A")), "192.0.2.1:5")
    assert row["hour"] == datetime(2026, 1, 1, 12)


def test_everything_received_is_counted_with_its_kind(tmp_path: Path) -> None:
    message = b'{"message": "upload", "deviceId": "G1"}'
    put(
        tmp_path,
        one(verdicts.STORED),
        packed(FRAGMENT, verdicts.GARBAGE, NOON, b"", b"noise"),
        packed(METER, verdicts.STORED, NOON, b"", message),
        packed(METER, verdicts.SIGNATURE, NOON, b"", message),
        packed(MQTT, verdicts.PARTLY, NOON, b"", message),
    )
    assert receipts(tmp_path).select("mn", "kind", "stored", "frames").rows() == [
        ("", "fragment", False, 1),
        ("A", "frame", True, 1),
        ("G1", "mqtt", True, 1),
        ("G1", "meter", False, 1),
        ("G1", "meter", True, 1),
    ]


def test_what_is_new_is_added_over_several_segments(tmp_path: Path) -> None:
    for count in range(1, 4):
        put(tmp_path, *[one(verdicts.STORED)] * 5, longest=200)
        assert lines(tmp_path) == [("A", 12, "stored", True, 5 * count)]
    assert len(names(tmp_path / "telemetry/segments")) > 3


def test_a_summary_is_only_a_shorter_way(tmp_path: Path) -> None:
    put(tmp_path, one(verdicts.STORED), one(verdicts.PASSWORD))
    before = receipts(tmp_path)
    (summary,) = tmp_path.rglob("*.counts")
    for broken in ("", "{}", json.dumps({"format": 2, "to": 10_000_000, "rows": []})):
        summary.write_text(broken)
        assert receipts(tmp_path).equals(before)
    summary.unlink()
    assert receipts(tmp_path).equals(before)


def test_what_was_refused_and_only_counted_is_in_the_balance(tmp_path: Path) -> None:
    unkept = {"event": "unkept", "verdicts": {str(verdicts.UNKNOWN_MN): [70, 9000]}}
    put(tmp_path, one(verdicts.UNKNOWN_MN), packed(NOTE, 0, NOON, b"", json.dumps(unkept).encode()))
    assert lines(tmp_path) == [("A", 12, "unknown_mn", False, 1), (OTHERS, 12, "unknown_mn", False, 70)]


def test_strangers_are_listed_up_to_a_bound(tmp_path: Path) -> None:
    records = [one(verdicts.UNKNOWN_MN, f"S{number:04d}", NOON + number) for number in range(STRANGERS + 50)]
    put(tmp_path, b"".join(records))
    found = receipts(tmp_path)
    assert found["frames"].sum() == STRANGERS + 50
    assert found.filter(mn=OTHERS)["frames"].to_list() == [50]
    assert knocking(tmp_path)["mn"][0] in (OTHERS, f"S{STRANGERS - 1:04d}")
    assert knocking(tmp_path).height == STRANGERS + 1


def test_nothing_received_is_an_empty_balance(tmp_path: Path) -> None:
    assert receipts(tmp_path).height == 0
    assert knocking(tmp_path).height == 0


@pytest.mark.parametrize(
    ("payload", "mn"),
    [
        (frame("010000A8900016F000169DC0"), "010000A8900016F000169DC0"),
        (b"##0050ST=32;CN=2011;PW=1,MN=88;CP=&&&&", "88"),
        (b"##0050MN=88;ST=32", "88"),
        (b"##0050ST=32;MN= 88 ;CP", "88"),
        (b"##0050ST=32;MN=;CP", ""),
        (b"##0050ST=32;NMN=5;CP", ""),
        (b"", ""),
    ],
)
def test_the_device_a_frame_names(payload: bytes, mn: str) -> None:
    assert mn_of_frame(payload) == mn


def test_the_balance_from_the_command_line(tmp_path: Path) -> None:
    put(tmp_path, one(verdicts.STORED), one(verdicts.LATE), one(verdicts.CRC), one(verdicts.CRC))
    environment = {**os.environ, "DUHENG_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "duheng", "receive", "--receipts"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    said = {
        "hour": "2026-01-01T12:00+08:00",
        "mn": "A",
        "received": 4,
        "stored": 2,
        "refused": {"crc": 2},
        "marked": {"late": 1},
        "kinds": {"frame": 4},
    }
    assert [json.loads(line) for line in done.stdout.splitlines()] == [said]


def test_who_knocks_from_the_command_line(tmp_path: Path) -> None:
    put(tmp_path, one(verdicts.UNKNOWN_MN, "STRANGER"), one(verdicts.STORED))
    environment = {**os.environ, "DUHENG_HOME": str(tmp_path), "TZ": "Asia/Shanghai"}
    command = [sys.executable, "-m", "duheng", "devices", "knocking"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "STRANGER\t1\t2026-01-01 12:00:00\t2026-01-01 12:00:00\t192.0.2.1:5\n"
