"""One record of a segment: a head of fixed size, the peer's name, the payload as it came.

    magic u16, kind u8, verdict u8, arrival i64 [us, UTC], length of peer u16, of payload u32, CRC-32 u32; little endian

The CRC-32 covers everything but itself: a record is whole or it is none.
"""

from __future__ import annotations

import struct
from typing import NamedTuple
from zlib import crc32

# Kinds. NOTE: what the platform itself has to say (start, torn tail, packets missing), as JSON.
FRAME, FRAGMENT, METER, MQTT, MANUAL, NOTE = range(6)
DAMAGED = 255  # never written: bytes in the middle of a segment that are no record

MAGIC = b"\xd4\x48"
_FRONT = struct.Struct("<2sBBqHI")
_SUM = struct.Struct("<I")
_HEAD = struct.Struct("<2sBBqHII")
LONGEST = 16 * 1024 * 1024  # of a payload [byte]; a longer one is no record of ours


class Record(NamedTuple):
    """A record where it stands.

    segment, offset, end: name of the segment, first byte, byte after the last; (segment, end) is where to read on.
    kind, verdict: see this module and `telemetry.verdicts`. arrival: [us] since 1970, UTC, by the clock of then.
    """

    segment: str
    offset: int
    end: int
    kind: int
    verdict: int
    arrival: int
    peer: str
    payload: bytes


def packed(kind: int, verdict: int, arrival: int, peer: bytes, payload: bytes) -> bytes:
    """The bytes of a record. ValueError for a payload longer than a record may hold."""
    if len(payload) > LONGEST:
        raise ValueError(f"一条记录{len(payload)}字节，最多{LONGEST}字节。请分成几条。")
    front = _FRONT.pack(MAGIC, kind, verdict, arrival, len(peer), len(payload))
    return b"".join((front, _SUM.pack(crc32(payload, crc32(peer, crc32(front)))), peer, payload))


def whole(data: bytes, place: int, segment: str = "", base: int = 0) -> Record | None:
    """The record at `place` of `data`; None where no whole record stands there. base: offset of data in the file."""
    body = place + _HEAD.size
    if body > len(data) or not data.startswith(MAGIC, place):
        return None
    _, kind, verdict, arrival, peers, length, stated = _HEAD.unpack_from(data, place)
    middle, end = body + peers, body + peers + length
    if end > len(data) or length > LONGEST:
        return None
    # One pass over what lies together; only the sum itself stands between.
    if crc32(data[body:end], crc32(data[place : place + _FRONT.size])) != stated:
        return None
    peer, payload = data[body:middle].decode("utf-8", "replace"), data[middle:end]
    return Record(segment, base + place, base + end, kind, verdict, arrival, peer, payload)


def following(data: bytes, place: int) -> int:
    """Where the next whole record begins at or after `place`; -1 where there is none."""
    place = data.find(MAGIC, place)
    while place >= 0 and whole(data, place) is None:
        place = data.find(MAGIC, place + 1)
    return place
