"""One connection of HJ 212 without its socket: bytes in; what was received, its verdict and its answer out.

A frame as the standard prints it takes a short way: one expression for the header, one check sum. Every other goes
through the tolerant framer; what comes out is the same either way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .. import verdicts
from ..hj212 import answers, codes, crc, encoding
from ..hj212.framing import LONGEST, Fragment, Frame, Framer
from ..hj212.segment import decoded, parse
from ..segments import FRAGMENT, FRAME
from .admission import Admission, Header, Sender, sum_allowed

_HEAD = re.compile(
    rb"##(\d{4})(?:QN=(\d{17});)?ST=([0-9A-Z]{2});CN=(\d{4});PW=([^;=&, ]*);MN=([^;=&, ]+);Flag=(\d{1,3});"
    rb"(?:PNUM=(\d{1,4});PNO=(\d{1,4});)?CP=&&"
)
_TAIL = re.compile(rb"&&[0-9A-Fa-f]{4}\s*\Z")
_TRIES = 8  # at a frame that does not end where its length says, before more bytes must have come
_WHOLE = 10  # ##, four digits, the sum


@dataclass(slots=True)
class Received:
    """What came. header: None for bytes that are no frame. answer: to be sent once the payload is durable."""

    kind: int
    verdict: int
    payload: bytes
    header: Header | None = None
    answer: bytes | None = None
    sender: Sender | None = None

    @property
    def stored(self) -> bool:
        """Whether it counts as received data."""
        return self.verdict < verdicts.REFUSED


class Session:
    """The bytes of one connection. bad: bytes of fragments so far; refused: frames refused since the last stored."""

    __slots__ = (
        "_address",
        "_admission",
        "_generation",
        "_held",
        "_known",
        "_limit",
        "_tried",
        "_tries",
        "bad",
        "refused",
    )

    def __init__(self, admission: Admission, address: str, limit: int = LONGEST) -> None:
        self._admission, self._address, self._limit = admission, address, limit
        self._held = b""
        self._tries = self._tried = self.bad = self.refused = 0
        self._generation = 0
        self._known: dict[bytes, Sender] = {}

    @property
    def waiting(self) -> int:
        """Bytes of a frame whose end has not come."""
        return len(self._held)

    def feed(self, data: bytes) -> list[Received]:
        """What is complete with these bytes, in order."""
        held = self._held + data if self._held else data
        self._held = b""
        if self._generation != self._admission.generation:
            self._known.clear()
            self._generation = self._admission.generation
        found: list[Received] = []
        place = 0
        size = len(held)
        while place < size and (head := _HEAD.match(held, place)):
            start = place + 6
            end = start + int(head[1])
            if end - 2 < head.end() or end + 4 > size or held[end - 2 : end] != b"&&":
                break
            segment = held[start:end]
            if held[end : end + 4] != b"%04X" % crc.checksum(segment) or b"\r" in segment:
                break
            header = Header._make(head.groups(b"")[1:])
            found.append(self._frame(header, held[place : end + 4], segment))
            place = end + 6 if held.startswith(b"\r\n", end + 4) else end + 4
        if place < size:
            found += self._tolerant(held[place:] if place else held)
        return found

    def silent(self) -> list[Received]:
        """What waits for an end that does not come: the connection has closed, or said nothing for long."""
        framer = Framer(self._limit)
        pieces = framer.feed(self._held) + framer.close()
        self._held = b""
        self._tries = 0
        return [self._piece(piece) for piece in pieces]

    def _tolerant(self, rest: bytes) -> list[Received]:
        if not self._worth_cutting(rest):
            self._held = rest
            return []
        framer = Framer(self._limit)
        pieces = framer.feed(rest)
        self._held = framer.held
        self._tries, self._tried = (0, 0) if pieces else (self._tries + 1, len(rest))
        return [self._piece(piece) for piece in pieces]

    def _worth_cutting(self, rest: bytes) -> bool:
        """Searching an unfinished frame anew for every byte that comes would let one sender hold up all."""
        if len(rest) > self._limit + _WHOLE:
            return True
        if self._tries >= _TRIES and len(rest) < 2 * self._tried:
            return False
        if not rest.startswith(b"##"):
            return True
        digits = rest[2:6]
        expected = int(digits) + _WHOLE if len(digits) == 4 and digits.isdigit() else self._limit
        return len(rest) >= expected or _TAIL.search(rest, max(0, len(rest) - 16)) is not None

    def _piece(self, piece: Frame | Fragment) -> Received:
        if isinstance(piece, Fragment):
            self.bad += len(piece.raw)
            # Line breaks around it belong to it or not depending on how the stream was cut.
            return Received(FRAGMENT, verdicts.OF_FRAGMENT[piece.reason], piece.raw.strip(b"\r\n"))
        fields = parse(decoded(piece.segment)[0]).header
        header = Header(
            *(fields.get(name, "").encode() for name in ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO"))
        )
        wrong = piece.digits if {"crc", "crc_case"} & set(piece.problems) else b""
        return self._frame(header, piece.raw, piece.segment, wrong)

    def _frame(self, header: Header, raw: bytes, segment: bytes, wrong: bytes = b"") -> Received:
        """wrong: a check sum that is not as the standard has it: the device's own rule decides."""
        sender = self._known.get(header.mn)
        if sender is None:
            found = self._admission.sender(header.mn, self._address)
            if isinstance(found, int):
                self.refused += 1
                # With a wrong sum the MN itself may be what is wrong.
                return Received(FRAME, verdicts.CRC if wrong else found, raw, header)
            sender = self._known[header.mn] = found
        if wrong and not sum_allowed(sender.device.crc, segment, wrong):
            self.refused += 1
            sender.refused += 1
            return Received(FRAME, verdicts.CRC, raw, header, None, sender)
        verdict = self._admission.judged(sender, header, segment)
        if verdict >= verdicts.REFUSED:
            self.refused += 1
            return Received(FRAME, verdict, raw, header, None, sender)
        self.refused = 0
        return Received(FRAME, verdict, raw, header, _answer(header, segment, self._admission.kinds), sender)


def _answer(header: Header, segment: bytes, kinds: Mapping[bytes, str]) -> bytes | None:
    """As `answers.answer`, without reading the body; of 2017 or later and complete without even parsing."""
    version = header.flags >> 2
    if version == 0 or not header.qn or not header.pw:
        return answers.answer(parse(decoded(segment.partition(b"CP=&&")[0])[0]))
    kind = kinds.get(header.cn, codes.UPLOAD)
    if kind == codes.NOTIFY:
        code = answers.NOTICE
    elif header.flags & 1 and kind != codes.INTERACT:
        code = answers.DATA
    else:
        return None
    return encoding.framed(
        b"QN=%b;ST=91;CN=%b;PW=%b;MN=%b;Flag=%d;CP=&&&&"
        % (header.qn, code.encode(), header.pw, header.mn, version << 2)
    )
