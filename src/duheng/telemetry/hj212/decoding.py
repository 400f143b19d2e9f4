"""One frame read in full, with everything that is odd about it; the reading behind `duheng hj212 decode`."""

from __future__ import annotations

import re
from typing import Any

from . import crc
from .framing import START, Frame, pieces
from .segment import CLOSING, OPENING, VERSIONS, Segment, decoded, parse

Reading = dict[str, Any]

_LENGTH = re.compile(rb"##(\d{4})")
_TAILS = {b"\r\n": "CRLF", b"\n": "LF", b"": "none", b"**": "**", b"\\r\\n": "literal_backslash"}
# Fields of CP that concern the exchange and no factor (HJ 212-2017 table 4).
_NAMED = (
    "DataTime", "BeginTime", "EndTime", "SystemTime", "QnRtn", "ExeRtn", "PolId", "InfoId", "RestartTime",
    "RtdInterval", "MinInterval", "NewPW", "OverTime", "ReCount", "VaseNo", "QN",
)  # fmt: skip


def decode(raw: bytes) -> Reading:
    """The reading of one frame with whatever follows it; of several frames, how many there are.

    status: ok, bad_len, bad_crc, bad_len_and_crc, no_cp, no_cp_terminator, bad_length_field, no_header. Lengths
    count bytes. A key is absent where there is nothing to say: `Flag` where the frame has none.
    """
    frames = len(START.findall(raw))
    if frames > 1 and not _one(raw):
        return {"stream": True, "frames_starting_with_##": frames}
    reading: Reading = {"total_bytes": len(raw), "header_ok": raw.startswith(b"##")}
    length = _LENGTH.match(raw)
    reading["declared_len"] = int(length[1]) if length else None
    if not length:
        status = "bad_length_field" if reading["header_ok"] else "no_header"
        return reading | {"status": status, "valid_crc": False, "valid_len": False}
    end = raw.rfind(CLOSING.encode())
    opening = raw.find(OPENING.encode())
    if end < 6 or opening < 0 or opening + 3 == end:
        return reading | _without_body(raw, int(length[1]))
    return reading | _whole(raw[6 : end + 2], raw[end + 2 :], int(length[1]))


def _one(raw: bytes) -> bool:
    """Whether it is a single frame by its length, though a log in it quotes what looks like another."""
    first = pieces(raw)[0]
    return isinstance(first, Frame) and raw.startswith(first.raw) and not START.search(raw, len(first.raw))


def _without_body(raw: bytes, length: int) -> Reading:
    """A frame that has no CP, or whose CP does not end: only its length tells where the check sum stands."""
    segment, digits = raw[6 : 6 + length], raw[6 + length : 10 + length].decode("latin-1")
    incomplete = len(raw) < 6 + length + 4
    if incomplete or crc.dialect(segment, digits) == "not_hex":
        found = {"status": "no_cp_terminator", "valid_crc": False, "valid_len": False}
        return found | {"incomplete": incomplete}
    right = crc.printed(crc.checksum(segment))
    found = {"status": "no_cp", "valid_crc": digits.upper() == right, "valid_len": True}
    found |= {"incomplete": False, "crc_printed": digits, "crc_calc": right}
    return found | dict(parse(segment.decode("utf-8", "replace")).header)


def _whole(segment: bytes, rest: bytes, length: int) -> Reading:
    digits, tail = rest[:4].decode("latin-1"), rest[4:]
    right = crc.printed(crc.checksum(segment))
    valid_len, valid_crc = length == len(segment), digits.upper() == right
    text, encoding = decoded(segment)
    found: Reading = {
        "actual_len": len(segment),
        "valid_len": valid_len,
        "crc_printed": digits,
        "crc_calc": right,
        "valid_crc": valid_crc,
        "crc_dialect": crc.dialect(segment, digits),
        "crc_case": "lower" if re.search("[a-f]", digits) else "upper_or_digits",
        "tail": _TAILS.get(tail) or "other:" + tail[:8].decode("latin-1"),
        "encoding": encoding,
    }
    found |= _content(parse(text))
    wrong = [name for name, right in (("len", valid_len), ("crc", valid_crc)) if not right]
    return found | {"status": "bad_" + "_and_".join(wrong) if wrong else "ok"}


def _content(segment: Segment) -> Reading:
    found: Reading = dict(segment.header)
    if (flag := segment.flag) is not None:
        found["flag_bits"] = {"version": flag >> 2, "D_split": bool(flag & 2), "A_ack": bool(flag & 1)}
        found["version_name"] = VERSIONS.get(flag >> 2, "unknown")
    found["cp_items"] = len(segment.items or ())
    for name in _NAMED:
        if values := segment.values(name):
            found[f"cp_{name}"] = values[0] if len(values) == 1 else values
    found["factors"], doubled = segment.factors()
    if doubled:
        found["duplicate_keys"] = doubled
    return found
