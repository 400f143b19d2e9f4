"""What the platform says to a device, read by the standard and by nothing else: not by the receiver's own decoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duheng.telemetry.hj212 import crc

_HEAD, _SUM = 6, 4


@dataclass(frozen=True, slots=True)
class Said:
    """A frame of the platform. header, body: fields by name."""

    header: Mapping[str, str]
    body: Mapping[str, str]

    @property
    def cn(self) -> str:
        """Its command."""
        return self.header.get("CN", "")

    @property
    def qn(self) -> str:
        """The exchange it belongs to; the answers of 2005 name it in CP."""
        return self.header.get("QN") or self.body.get("QN", "")


class Ear:
    """Frames out of what comes. wrong: bytes that were no frame by the standard."""

    def __init__(self) -> None:
        self._held = b""
        self.wrong = 0

    def feed(self, data: bytes) -> list[Said]:
        """What is complete."""
        self._held += data
        found: list[Said] = []
        while True:
            start = self._held.find(b"##")
            if start < 0:
                start = max(0, len(self._held) - 1)
            self.wrong += len(self._held[:start].strip(b"\r\n"))
            self._held = self._held[start:]
            digits = self._held[2:_HEAD]
            if len(digits) < _HEAD - 2:
                return found
            end = _HEAD + int(digits) if digits.isdigit() else 0
            if end and len(self._held) < end + _SUM:
                return found
            segment, stated = self._held[_HEAD:end], self._held[end : end + _SUM]
            if not end or stated != b"%04X" % crc.checksum(segment):
                self.wrong += 2
                self._held = self._held[2:]
                continue
            self._held = self._held[end + _SUM :]
            found.append(_read(segment.decode("utf-8")))


def _read(segment: str) -> Said:
    head, _, body = segment.partition("CP=&&")
    return Said(_fields(head), _fields(body.removesuffix("&&")))


def _fields(text: str) -> dict[str, str]:
    """name=value between `;` or `,`; the standard's own examples of BeginTime and EndTime use the latter."""
    pairs = (part.partition("=") for part in text.replace(",", ";").split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
