"""Messages in several frames (PNUM, PNO): each is stored at once; here is remembered which do not come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..hj212.segment import DIGITS
from .admission import Header

_OPEN = 10_000  # messages waited for at once
_LARGEST = 9999  # frames of a message (HJ 212-2017 table 3)


@dataclass(slots=True)
class _Message:
    count: int
    last: float
    seen: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Packets:
    """The messages that are not complete. patience: seconds after the last frame of one."""

    patience: float
    _open: dict[tuple[bytes, bytes, bytes, bytes], _Message] = field(default_factory=dict)

    def add(self, header: Header, segment: bytes, now: float) -> None:
        """A frame with PNUM and PNO has come."""
        told = (header.pnum, header.pno)
        if not all(text.isdigit() and len(text) <= DIGITS for text in told):
            return
        count, place = int(header.pnum), int(header.pno)
        if not 1 <= place <= count <= _LARGEST:
            return
        start = segment.find(b"DataTime=")
        time = segment[start + 9 : start + 23] if start >= 0 else b""
        key = (header.mn, header.cn, time, header.pnum)
        message = self._open.pop(key, None) or _Message(count, now)
        message.seen.add(place)
        message.last = now
        if len(message.seen) < count:
            self._open[key] = message  # now the youngest

    def missing(self, now: float) -> list[dict[str, Any]]:
        """The messages given up now, each with the numbers that are missing."""
        given_up = []
        for key in list(self._open):
            message = self._open[key]
            if now - message.last < self.patience and len(self._open) <= _OPEN:
                break
            del self._open[key]
            mn, cn, time, _ = (part.decode("latin-1") for part in key)
            lacking = [number for number in range(1, message.count + 1) if number not in message.seen]
            given_up.append({"mn": mn, "cn": cn, "time": time, "pnum": message.count, "pno": lacking})
        return given_up
