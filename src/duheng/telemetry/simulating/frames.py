"""The frames of a message, as the device makes them: by the encoder, then wrong where that was ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from duheng.telemetry.hj212 import codes, crc, encoding

from .deceptions import reported
from .noise import DAY, HOUR, key
from .periods import SAMPLE, Cell, Device, Row, moment, row
from .schedule import Upload, clock, lengths, stamp
from .sources import PRODUCTION, TREATMENT

Pairs = list[tuple[str, str]]
ACKNOWLEDGED = 1  # bit A of Flag
PACKETS = 2  # bit D of Flag
LEGAL = 1024  # of a segment [byte]
_ROOM = 880  # of the parts of one frame, beside header and DataTime
_UNKNOWN = "x99901"  # stands in no code table
_NOISE = b"AT+CSQ\r\n\x00\xff"
_IDLE = 2.0  # [kW]: below this a plant stands still
_MILLISECONDS = {"2011": 0, "2051": 200, "2061": 400, "2031": 600, "2021": 700, "2041": 800, "3020": 900}


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame. raw: its bytes as sent; cn, time: of its message; qn: by which it is acknowledged."""

    raw: bytes
    cn: str
    time: int
    qn: str


def made(device: Device, upload: Upload) -> list[Sent]:
    """The frames of a message."""
    parts = [[("DataTime", stamp(upload.time + clock(device, upload.time)))], *_parts(device, upload)]
    if device.has("long-time", upload.made):
        parts[0] = [("DataTime", parts[0][0][1] + "000")]
    split = "packets" in device.faults() or device.has("missing-packet", upload.made)
    packets = _packets(parts, split and len(parts) > 2)
    frames: list[Sent] = []
    for number, packet in enumerate(packets, 1):
        if number == 2 and device.has("missing-packet", upload.made):
            continue
        header = _header(device, upload, number, len(packets))
        raw = _wrong(device, upload.made, _encoded(device, header, packet), len(frames))
        frames.append(Sent(raw, upload.cn, upload.time, header["QN"]))
    return frames


def _header(device: Device, upload: Upload, number: int, count: int) -> dict[str, str]:
    sent = upload.made + clock(device, upload.made) + upload.serial // 100
    milliseconds = _MILLISECONDS.get(upload.cn, 0) + key(device.mn, upload.cn, upload.time) % 90 + number
    if upload.serial:
        milliseconds = upload.serial % 100 * 10 + number
    version = 4 if device.edition == 2017 else 0
    header = {
        "QN": f"{stamp(sent)}{milliseconds:03d}",
        "ST": device.source.kind.st,
        "CN": upload.cn,
        "PW": device.source.password,
        "MN": device.mn,
        "Flag": str(version | ACKNOWLEDGED | (PACKETS if count > 1 else 0)),
    }
    if device.has("wrong-password", upload.made):
        header["PW"] = "000000" if header["PW"] != "000000" else "111111"
    return header | ({"PNUM": str(count), "PNO": str(number)} if count > 1 else {})


def _packets(parts: Sequence[Pairs], split: bool) -> list[list[Pairs]]:
    """As many frames as it takes; DataTime stands in each. Cut between projects, so that each can be read alone."""
    time, *rest = parts
    packets: list[list[Pairs]] = [[]]
    size, half = 0, (len(rest) + 1) // 2 if split else -1
    for place, part in enumerate(rest):
        length = len(encoding.body([part]).encode()) + 1
        if packets[-1] and (size + length > _ROOM or place == half):
            packets.append([])
            size = 0
        packets[-1].append(part)
        size += length
    return [[time, *packet] for packet in packets]


def _encoded(device: Device, header: Mapping[str, str], parts: Sequence[Pairs]) -> bytes:
    if "spaces" in device.faults():
        parts = [[(f" {name}", f"{value} ") for name, value in part] for part in parts]
    segment = encoding.segment(header, parts)
    if header["CN"] == "3020" and "gbk-log" in device.faults():
        segment = segment.decode("utf-8").encode("gb18030")
    return encoding.framed(segment)


def _parts(device: Device, upload: Upload) -> list[Pairs]:
    if upload.cn in ("2021", "2041"):
        return _states(device, upload)
    if upload.cn == "3020":
        return [
            [("PolId", device.source.kind.factors[1].code)],
            [("i11001-Info", "//零点、量程核查；结果正常//")],
        ]
    if upload.cn == "2011":
        found = moment(device, upload.time)
    else:
        found = row(device, lengths(device)[upload.cn], upload.time)
    return _said(device, upload, found)


def _said(device: Device, upload: Upload, found: Row) -> list[Pairs]:
    faults = device.faults()
    parts = []
    for code, cell in found.items():
        name = code if device.edition == 2017 else _former(code)
        if not name:
            continue
        pairs = [(f"{name}-{suffix}", value) for suffix, value in printed(device, cell).items()]
        if "missing-flags" not in faults:
            pairs.append((f"{name}-Flag", cell.flag.lower() if "lower-flags" in faults else cell.flag))
        parts.append(pairs)
    if "unknown-factors" in faults:
        suffix = "Rtd" if upload.cn == "2011" else "Avg"
        parts.append([(f"{_UNKNOWN}-{suffix}", "1.00"), (f"{_UNKNOWN}-Flag", "N")])
    return parts


def printed(device: Device, cell: Cell) -> dict[str, str]:
    """The numbers of a cell as the device puts them, by suffix."""
    values = dict(cell.values)
    if "Avg" in values and "min-over-avg" in device.faults():
        values["Min"] = f"{float(values['Avg']) * 1.1 + 1:.{len(values['Avg'].partition('.')[2])}f}"
    return values


def _former(code: str) -> str:
    """Its code of 2005; empty where it has none, or where the editions' units differ."""
    factor = codes.factors().get(code)
    return factor.former if factor and not factor.differs else ""


def _states(device: Device, upload: Upload) -> list[Pairs]:
    """SB1: the production, SB2: the treatment; running or not (2021), or hours in the day (2041)."""
    if upload.cn == "2021":
        times = np.array([upload.time], dtype=np.int64)
    else:
        times = np.arange(upload.time, upload.time + DAY, SAMPLE, dtype=np.int64)
    values, _ = reported(device.source, device.injections, times)
    parts: list[Pairs] = []
    for number, (code, least) in enumerate(((PRODUCTION, 10 * _IDLE), (TREATMENT, _IDLE)), 1):
        running = values[code] > least
        if upload.cn == "2021":
            parts.append([(f"SB{number}-RS", str(int(running[0])))])
        else:
            parts.append([(f"SB{number}-RT", f"{running.sum() * SAMPLE / HOUR:.2f}")])
    return parts


def _wrong(device: Device, now: int, raw: bytes, number: int) -> bytes:
    for name in _FRAME:
        if device.has(name, now):
            raw = _FRAME[name](raw, key(device.mn, now, number))
    return raw


def _sum(raw: bytes, digits: bytes) -> bytes:
    return raw[:-6] + digits + raw[-2:]


def _lower(raw: bytes, chance: int) -> bytes:
    return _sum(raw, raw[-6:-2].lower())


def _modbus(raw: bytes, chance: int) -> bytes:
    return _sum(raw, b"%04X" % crc.modbus(raw[6:-6]))


def _modbus_swapped(raw: bytes, chance: int) -> bytes:
    digits = b"%04X" % crc.modbus(raw[6:-6])
    return _sum(raw, digits[2:] + digits[:2])


def _bad(raw: bytes, chance: int) -> bytes:
    """A sum that no known rule gives."""
    segment = raw[6:-6]
    right, modbus = crc.checksum(segment), crc.modbus(segment)
    known = {right, modbus, _turned(right), _turned(modbus)}
    wrong = next(value for value in range(chance & 0xFFFF, 0x1_0010) if value & 0xFFFF not in known)
    return _sum(raw, b"%04X" % (wrong & 0xFFFF))


def _turned(sum: int) -> int:
    return (sum & 0xFF) << 8 | sum >> 8


def _length(raw: bytes, chance: int) -> bytes:
    wrong = len(raw) - 12 + (1 + chance % 40) * (1 if chance % 2 else -1)
    return b"##%04d" % max(0, wrong) + raw[6:]


def _length_with_all(raw: bytes, chance: int) -> bytes:
    return b"##%04d" % (len(raw) - 6) + raw[6:]


_FRAME: Mapping[str, Callable[[bytes, int], bytes]] = {
    "lower-crc": _lower,
    "modbus-crc": _modbus,
    "modbus-crc-swapped": _modbus_swapped,
    "bad-crc": _bad,
    "wrong-length": _length,
    "length-with-crlf": _length_with_all,
    "no-crlf": lambda raw, chance: raw.removesuffix(b"\r\n"),
    "cut": lambda raw, chance: raw[: len(raw) // 2] if chance % 4 == 0 else raw,
    "garbage": lambda raw, chance: raw + _NOISE if chance % 4 == 0 else raw,
}
