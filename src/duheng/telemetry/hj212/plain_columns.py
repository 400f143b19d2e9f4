"""The columns of frames read one by one, in plain Python: for what is not regular, and where speed does not matter."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

import polars as pl

from .batch import FRAMES, FURTHER, READINGS, Part
from .framing import Frame
from .names import FLAG, MEASURE, SAMPLED, TIME, Name, Names
from .segment import CLOSING, HEADER, OPENING, decoded, parse

_HEADER = re.compile(
    r"QN=([^;,=&]*);ST=([^;,=&]*);CN=([^;,=&]*);PW=([^;,=&]*);MN=([^;,=&]*);Flag=([^;,=&]*);CP=&&([^&]*)&&$"
)
_LOG = re.compile("([^;,=&]+)=//(.*?)//", re.DOTALL)  # HJ 212-2017 C.47: a log's text may hold any sign
_PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))  # of YYYYMMDDhhmmss
AT_ONCE = 500  # frames
_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)  # noqa: DTZ001  # local, as sent
_COLUMNS = list(READINGS)
_EMPTY: list[Any] = [None] * (len(READINGS) - 2)
Row = list[Any]
Read = Callable[[str], Any]


def plain_part(frames: Iterable[tuple[int, Frame]], names: Names) -> Part:
    """The same columns as `columns.read`; each frame with the place of its segment."""
    rest, reader = iter(frames), _Reader(names)
    # Few at once: a great many lists alive would keep the garbage collector busier than the reading.
    parts = [reader.part(some) for some in iter(lambda: list(islice(rest, AT_ONCE)), [])]
    return Part(*(pl.concat(tables) for tables in zip(reader.part([]), *parts, strict=True)))


def _table(rows: list[Row], schema: Any) -> pl.DataFrame:
    """The rows as columns; times are microseconds since 1970."""
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    kinds = [pl.Int64 if kind == pl.Datetime("us") else kind for kind in schema.values()]
    made = {
        name: pl.Series(name, values, kind)
        for (name, values, kind) in zip(schema, columns, kinds, strict=True)
    }
    return pl.DataFrame(made).cast(schema)


class _Reader:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.heads: list[Row]
        self.rows: list[Row]
        self.further: list[Row]
        self.mine: dict[int, Row]  # of the frame that is being read, by factor
        # For each name met: what it is, the column its value goes to (0: none) and how the value is read.
        self.known: dict[str, tuple[Name, int, Read]] = {}

    def part(self, frames: Iterable[tuple[int, Frame]]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Frames, readings and further items of some frames."""
        self.heads, self.rows, self.further = [], [], []
        for place, frame in frames:
            self.frame(place, frame)
        return _table(self.heads, FRAMES), _table(self.rows, READINGS), _table(self.further, FURTHER)

    def frame(self, place: int, frame: Frame) -> None:
        text, _ = decoded(frame.segment)
        plain = _HEADER.match(text) if "//" not in text else None
        if plain:
            *fields, body = plain.groups()
            said: Row = [*fields, None, None, None]
        else:
            header, body = self._tolerant(place, text)
            said = [header.get(name) for name in HEADER]
        time = None
        self.mine = {}
        for group in body.split(";"):
            time = self._group(place, group, time)
        self.heads.append([place, *said, time, "crc" not in frame.problems, ",".join(frame.problems)])

    def _tolerant(self, place: int, text: str) -> tuple[Mapping[str, str], str]:
        """Header and body of a segment in any order and spelling; logs taken out of the body."""
        _, _, body = text.partition(OPENING)
        body = body[: body.rfind(CLOSING)] if CLOSING in body else body
        for log in _LOG.finditer(body):
            self.further.append([place, log[1].strip(), log[2]])
        return parse(text).header, _LOG.sub("", body)

    def _group(self, place: int, group: str, time: int | None) -> int | None:
        """The items between two `;`, each to the row of its factor. Returns DataTime, the first said."""
        factor, row = -1, _EMPTY
        for item in group.split(","):
            text, equals, value = item.partition("=")
            name, column, read = self.known.get(text) or self._met(text)
            if name.factor != factor and name.factor >= 0:
                factor, row = name.factor, self.mine.get(name.factor) or self._row(place, name.factor)
            said = read(value)
            if column and said is not None and row[column] is None:  # the first of two wins
                row[column] = said
            elif name.role == TIME and said is not None and time is None:
                time = said
            elif name.text or value or equals:  # kept as it was sent
                self.further.append(
                    [place, name.text if equals else "", value.strip() if equals else name.text]
                )
        return time

    def _row(self, place: int, factor: int) -> Row:
        row = self.mine[factor] = [place, self.names.factors[factor], *_EMPTY]
        self.rows.append(row)
        return row

    def _met(self, text: str) -> tuple[Name, int, Read]:
        """What a name met for the first time is."""
        name = self.names.of(text)
        ways: dict[int, tuple[int, Read]] = {
            MEASURE: (2 + name.number, _number),
            FLAG: (_COLUMNS.index("flag"), letter),
            SAMPLED: (_COLUMNS.index("sampled"), moment),
            TIME: (0, moment),
        }
        column, read = ways.get(name.role, (0, _nothing))
        self.known[text] = name, column, read
        return self.known[text]


def _nothing(_: str) -> None:
    """A value that goes to no column."""


def letter(text: str) -> str | None:
    """A flag: one letter, in capitals; None for anything else."""
    flag = text.strip().upper()
    return flag if len(flag) == 1 else None


def _number(text: str) -> float | None:
    if "_" in text or not text.isascii():  # Python reads 1_5 as 15; no device means that
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


@lru_cache(maxsize=4096)
def moment(text: str) -> int | None:
    """YYYYMMDDhhmmss as microseconds since 1970, local; what some devices write behind it is passed over."""
    digits = text.strip()[:14]
    if len(digits) < 14 or not digits.isdigit():
        return None
    try:
        year, month, day, hour, minute, second = (int(digits[place:end]) for place, end in _PARTS)
        said = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # local, as sent
    except ValueError:
        return None
    return (said - _EPOCH) // _MICROSECOND
