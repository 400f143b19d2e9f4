"""The columns of frames read one by one, in plain Python: for what is not regular, and where speed does not matter."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from .batch import FRAMES, FURTHER, READINGS, Part
from .framing import Frame
from .names import FLAG, MEASURE, MEASURES, SAMPLED, TIME, Names
from .segment import CLOSING, HEADER, OPENING, decoded, parse

_HEADER = re.compile(
    r"QN=([^;,=&]*);ST=([^;,=&]*);CN=([^;,=&]*);PW=([^;,=&]*);MN=([^;,=&]*);Flag=([^;,=&]*);CP=&&([^&]*)&&$"
)
_PLAIN = ("QN", "ST", "CN", "PW", "MN", "Flag")
_LOG = re.compile("([^;,=&]+)=//(.*?)//", re.DOTALL)  # HJ 212-2017 C.47: a log's text may hold any sign
_PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))  # of YYYYMMDDhhmmss
_FLAGGED, _SAMPLED = 2 + len(MEASURES), 3 + len(MEASURES)
Row = list[Any]
_EMPTY: Row = [None] * (len(READINGS) - 2)
Items = list[tuple[str, str, str]]  # name, "=" or nothing, value


def plain_part(frames: Iterable[tuple[int, Frame]], names: Names) -> Part:
    """The same columns as `columns.read`; each frame with the place of its segment."""
    reader = _Reader(names)
    for place, frame in frames:
        reader.frame(place, frame)
    return Part(
        pl.DataFrame(reader.heads, FRAMES, orient="row"),
        pl.DataFrame(reader.rows, READINGS, orient="row"),
        pl.DataFrame(reader.further, FURTHER, orient="row"),
    )


class _Reader:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.heads: list[Row] = []
        self.rows: list[Row] = []
        self.further: list[Row] = []

    def frame(self, place: int, frame: Frame) -> None:
        text, _ = decoded(frame.segment)
        plain = _HEADER.match(text) if "//" not in text else None
        if plain:
            *fields, body = plain.groups()
            header: Mapping[str, str] = dict(zip(_PLAIN, fields, strict=True))
        else:
            header, body = self._tolerant(place, text)
        time = None
        for group in body.split(";"):
            time = self._group(place, [item.partition("=") for item in group.split(",")], time)
        said = [header.get(name) for name in HEADER]
        self.heads.append([place, *said, time, "crc" not in frame.problems, ",".join(frame.problems)])

    def _tolerant(self, place: int, text: str) -> tuple[Mapping[str, str], str]:
        """Header and body of a segment in any order and spelling; logs taken out of the body."""
        _, _, body = text.partition(OPENING)
        body = body[: body.rfind(CLOSING)] if CLOSING in body else body
        for log in _LOG.finditer(body):
            self.further.append([place, log[1].strip(), log[2]])
        return parse(text).header, _LOG.sub("", body)

    def _group(self, place: int, items: Items, time: datetime | None) -> datetime | None:
        """The items between two `;`: a row for each run of items of one factor. Returns DataTime, the first said."""
        factor, row = -1, _EMPTY
        for text, equals, value in items:
            name = self.names.of(text)
            if name.factor >= 0 and name.factor != factor:
                factor, row = name.factor, [place, self.names.factors[name.factor], *_EMPTY]
                self.rows.append(row)
            match name.role:
                case role if role == MEASURE:
                    kept = self._set(row, 2 + name.number, _number(value))
                case role if role == FLAG:
                    flag = value.strip().upper()
                    kept = self._set(row, _FLAGGED, flag or None) if len(flag) < 2 else False
                case role if role == SAMPLED:
                    kept = self._set(row, _SAMPLED, moment(value))
                case role if role == TIME:
                    kept = time is None and moment(value) is not None
                    time = time or moment(value)
                case _:
                    kept = False
            if not kept and (name.text or value or equals):
                self.further.append(
                    [place, name.text if equals else "", value.strip() if equals else name.text]
                )
        return time

    def _set(self, row: Row, column: int, value: object) -> bool:
        """The first of two values wins; what is no value is kept as it was sent."""
        if value is None or row[column] is not None:
            return False
        row[column] = value
        return True


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def moment(text: str) -> datetime | None:
    """YYYYMMDDhhmmss; what some devices write behind it is passed over."""
    digits = text.strip()[:14]
    if len(digits) < 14 or not digits.isdigit():
        return None
    try:
        year, month, day, hour, minute, second = (int(digits[place:end]) for place, end in _PARTS)
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # local, as sent
    except ValueError:
        return None
