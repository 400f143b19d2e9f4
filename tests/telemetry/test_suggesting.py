"""The rule of the check sum that explains a device's refused frames."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

from duheng.telemetry import verdicts
from duheng.telemetry.hj212 import crc
from duheng.telemetry.segments import FRAME, Writer, packed
from duheng.telemetry.suggesting import ENOUGH, crc_rules


def refused(mn: str, number: int, rule: str) -> bytes:
    segment = (
        f"QN=20260101000000{number:03d};ST=31;CN=2011;PW=1;MN={mn};Flag=5;CP=&&a21026-Rtd={number}&&".encode()
    )
    digits = {
        "modbus_hi_lo": f"{crc.modbus(segment):04X}",
        "bare": f"{crc.modbus(segment):X}",  # no zeros before it
        "lower": f"{crc.checksum(segment):04x}",
        "none": "1234",
    }
    return packed(FRAME, verdicts.CRC, 0, b"", b"##%04d%s%s" % (len(segment), segment, digits[rule].encode()))


def test_what_all_refused_frames_of_a_device_agree_on(tmp_path: Path) -> None:
    records = [refused("MODBUS", number, "modbus_hi_lo") for number in range(ENOUGH)]
    records += [refused("NOISY", number, ("lower", "none")[number % 2]) for number in range(2 * ENOUGH)]
    records += [refused("FEW", number, "modbus_hi_lo") for number in range(ENOUGH - 1)]
    records += [refused("UNKNOWN", number, "none") for number in range(ENOUGH)]
    records += [refused("SMALL", number, "lower") for number in range(ENOUGH)]
    records += [refused("BARE", number, "bare") for number in range(4 * ENOUGH)]
    done = threading.Event()
    with closing(Writer(tmp_path / "telemetry/segments")) as writer:
        writer.put(records, done.set)
        assert done.wait(20)
    assert crc_rules(tmp_path) == {
        "BARE": ("modbus_hi_lo", 4 * ENOUGH),
        "MODBUS": ("modbus_hi_lo", ENOUGH),
        "SMALL": ("lower", ENOUGH),
    }
