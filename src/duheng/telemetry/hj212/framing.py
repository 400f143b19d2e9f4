"""Frames out of a stream of bytes, however it was cut: by length, by the end of CP where the length is wrong.

A frame never ends at a line break or at `##` alone: some devices send neither, and an encrypted body may hold both.
The result does not depend on how the bytes were cut, and no byte is lost: what is no frame is a fragment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import crc

LONGEST = 9999  # what four digits can say; the standard's own limit is 1,024
LEGAL = 1024
_HEAD = 6  # ## and four digits
START = re.compile(rb"##(?=\d{4}|\d{1,3}[A-Z]{2})")
# Some devices print the check sum without the zeros before it: shorter then, and closed by a line break or the end.
_END = re.compile(rb"&&([0-9A-Fa-f]{4}|[0-9A-Fa-f]{1,3}(?=[\r\n]|\Z))")
_OTHER = re.compile(rb"[^0-9A-Fa-f]")
_CLOSED = re.compile(rb"&&[0-9A-Fa-f]{4}\r\n")
_BLANK = b"\r\n \t"


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame. raw: from ## to the check sum, without the line break; digits: the check sum as sent.

    problems: length (not that of the segment), length_field (no four digits), too_long (over 1,024 bytes),
    no_cp, crc (wrong by the rule of HJ 212), crc_case (right, but in lower case or without its leading zeros).
    """

    raw: bytes
    segment: bytes
    digits: bytes
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """Bytes that are no frame. reason: garbage (before a frame), no_end (a frame that never ends), too_long."""

    raw: bytes
    reason: str


def pieces(data: bytes) -> list[Frame | Fragment]:
    """What bytes say after which nothing more comes."""
    framer = Framer()
    return framer.feed(data) + framer.close()


class Framer:
    """Cuts a stream into frames and fragments; holds at most one frame's bytes back.

    limit: longest frame waited for [byte]; a longer one is a fragment.
    """

    def __init__(self, limit: int = LONGEST) -> None:
        self._limit = limit + _HEAD + 4
        self._held = b""

    @property
    def held(self) -> bytes:
        """What waits for its end."""
        return self._held

    def feed(self, data: bytes) -> list[Frame | Fragment]:
        """What is complete with these bytes, in order."""
        self._held += data
        return self._cut(last=False)

    def close(self) -> list[Frame | Fragment]:
        """What is left at the end of the stream, or when a device has been silent for long."""
        found = self._cut(last=True)
        if rest := self._held.strip(_BLANK):
            found.append(Fragment(rest, "no_end" if rest.startswith(b"##") else "garbage"))
        self._held = b""
        return found

    def _cut(self, last: bool) -> list[Frame | Fragment]:
        found: list[Frame | Fragment] = []
        data, place = self._held, 0
        while place < len(data):
            start = data.find(b"##", place)
            if start != place:
                start, lost = self._garbage(data, place, start, last)
                found += lost
                place = start
                if start == len(data) or not data.startswith(b"##", start):
                    break
            piece = _by_length(data, start) or self._by_search(data, start, last)
            if piece is None:
                break
            found.append(piece)
            place = start + len(piece.raw)
        self._held = data[place:]
        return found

    def _garbage(self, data: bytes, place: int, start: int, last: bool) -> tuple[int, list[Frame | Fragment]]:
        """Where the next frame begins or may begin, and what stands before it."""
        if start < 0:  # a single # at the end may be the first of two
            start = len(data) - (1 if data.endswith(b"#") and not last else 0)
            if len(data) - place <= self._limit and not last and data[place:start].strip(_BLANK):
                return place, []  # wait: it is one fragment with what follows
        lost = data[place:start]
        return start, [Fragment(lost, "garbage")] if lost.strip(_BLANK) else []

    def _by_search(self, data: bytes, start: int, last: bool) -> Frame | Fragment | None:
        """A frame whose length does not lead to its end: the end of CP before the next frame, None while unsure."""
        following = START.search(data, start + 2)
        stop = following.start() if following else len(data)
        opened = data.find(b"CP=&&", start, stop)
        ends = list(_END.finditer(data, opened + 5, stop)) if opened >= 0 else []
        body = _body(data, start)
        for match in ends:
            if match.end() == len(data) and len(match[1]) < 4 and not last:  # its other digits may still come
                continue
            if crc.checksum(data[body : match.start() + 2]) == int(match[1], 16):
                return _framed(data, start, match.start() + 2)
        if not following and not last and stop - start < self._limit:
            return None
        if (following or last) and (end := _last_end(data, body, ends)):
            return _framed(data, start, end)
        return Fragment(data[start:stop], "no_end" if stop - start < self._limit else "too_long")


def _last_end(data: bytes, body: int, ends: Sequence[re.Match[bytes]]) -> int:
    """Where the segment ends by the last check sum that is one, 0 where there is none: a short one by its value."""
    for match in reversed(ends):
        segment, digits = data[body : match.start() + 2], match[1].decode().zfill(4)
        if len(match[1]) == 4 or crc.dialect(segment, digits) != "none":
            return match.start() + 2
    return 0


def _body(data: bytes, start: int) -> int:
    """Where the segment begins: behind ## and the digits of the length, four at the most."""
    place = start + 2
    while place < start + _HEAD and data[place : place + 1].isdigit():
        place += 1
    return place


def _by_length(data: bytes, start: int) -> Frame | None:
    """The frame that ends where its length says, or earlier at a line break behind a right check sum."""
    digits = data[start + 2 : start + _HEAD]
    if len(digits) < 4 or not digits.isdigit():
        return None
    end = start + _HEAD + int(digits)
    if data.find(b"\r\n", start, end) >= 0 and (closed := _closed_early(data, start, end)):
        return closed
    if end + 4 > len(data):
        return None
    if data[end - 2 : end] == b"&&" and data.find(b"CP=&&", start, end) >= 0:
        framed = _framed(data, start, end) if _hexadecimal(data[end : end + 4]) else None
        return None if framed and _runs_on(framed) else framed
    # A check sum of 8 bits fits by chance too often to believe it of a segment that runs into the next frame.
    segment, stated = data[start + _HEAD : end], data[end : end + 4]
    if b"CP=&&" not in segment and _hexadecimal(stated) and crc.checksum(segment) == int(stated, 16):
        return _framed(data, start, end)
    return None


def _runs_on(frame: Frame) -> bool:
    """Whether it is rather a frame without end and the next ones: no known sum over what looks like a beginning."""
    if "crc" not in frame.problems or not START.search(frame.segment):
        return False
    return crc.dialect(frame.segment, frame.digits.decode()) == "none"


def _closed_early(data: bytes, start: int, end: int) -> Frame | None:
    following = START.search(data, start + 2, end)
    for match in _CLOSED.finditer(data, start, following.start() if following else end):
        if crc.checksum(data[start + _HEAD : match.start() + 2]) == int(match.group()[2:6], 16):
            return _framed(data, start, match.start() + 2)
    return None


def _hexadecimal(digits: bytes) -> bool:
    return len(digits) == 4 and all(digit in b"0123456789abcdefABCDEF" for digit in digits)


def _framed(data: bytes, start: int, end: int) -> Frame:
    """The frame whose segment ends at `end`."""
    body = _body(data, start)
    segment, digits = data[body:end], data[end : end + 4]
    problems = []
    if body != start + _HEAD:
        problems.append("length_field")
    elif int(data[start + 2 : body]) != len(segment):
        problems.append("length")
    if len(segment) > LEGAL:
        problems.append("too_long")
    if not segment.endswith(b"&&"):
        problems.append("no_cp")
    right = b"%04X" % crc.checksum(segment)
    if digits != right:
        digits = _OTHER.split(digits, maxsplit=1)[0]  # fewer than four
        problems.append("crc_case" if digits.upper().zfill(4) == right else "crc")
    return Frame(data[start : end + len(digits)], segment, digits, tuple(problems))
