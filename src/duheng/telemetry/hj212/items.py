"""The items of a run of segments, found and read together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .batch import Array, Block, Texts
from .names import FIELD, FLAG, FURTHER, MEASURE, MEASURES, OPENING, PARAMETER, SAMPLED, TIME, Names
from .plain_columns import letter, moment
from .segment import HEADER
from .tokens import KEPT, Buffer, Ints, numbers, times

Bools = npt.NDArray[np.bool_]

_NAME = 24  # bytes of a name that are looked up; a longer one is not regular
_EQUALS, _COMMA, _SPLIT, _AND = (ord(sign) for sign in "=,;&")
_NAME_KEPT = [KEPT[np.clip(np.arange(_NAME + 1) - skipped, 0, 8)] for skipped in (0, 8, 16)]
_UPPER = np.array([ord(chr(code).upper()) if code < 128 else code for code in range(256)], np.uint8)
_BLANK = ord(" ")
_LAST = ord("~")  # of the signs of ASCII that are printed
_LOGS = 3020  # CN of logs and states: free text


class Items:
    """name=value of the segments data[start:end]. regular: the segments whose every item was read as it stands."""

    def __init__(self, buffer: Buffer, starts: Ints, ends: Ints, names: Names) -> None:
        self.buffer, self.starts, self.ends, self.names = buffer, starts, ends, names
        signs = buffer.bytes[: ends[-1]]
        delimiters = np.flatnonzero(
            (signs == _EQUALS) | (signs == _COMMA) | (signs == _SPLIT) | (signs == _AND)
        )
        kinds = buffer.bytes[delimiters]
        equals = np.flatnonzero(kinds == _EQUALS)
        places = delimiters[equals]
        self.first = np.searchsorted(places, starts)  # of each segment's items
        count = np.diff(np.append(self.first, len(places)))
        self.segment = np.repeat(np.arange(len(starts)), count)
        self.begin = delimiters[equals - 1] + 1
        self.begin[self.first[count > 0]] = starts[count > 0]
        self.place, self.value = places, places + 1
        self.length = delimiters[np.minimum(equals + 1, len(delimiters) - 1)] - self.value
        self.joined = kinds[equals - 1] == _COMMA  # to the item before, by a comma
        self.number = self._numbers()
        self.role = names.role[self.number]
        self.fields = np.flatnonzero(self.role == FIELD)
        self.field_number = names.number[self.number[self.fields]].astype(np.int64)
        self.said = np.flatnonzero((self.role >= MEASURE) & (self.role <= FURTHER))  # of the factor `code`
        self.code = names.factor[self.number[self.said]]
        self.new = self._new()
        self.regular = self._regular(delimiters, kinds, count)

    def _numbers(self) -> Ints:
        length = self.place - self.begin
        self.longest = int(length.max(initial=0))
        length = np.minimum(length, _NAME)
        first = self.buffer.words(self.begin) & _NAME_KEPT[0][length]
        second = self.buffer.words(self.begin + 8) & _NAME_KEPT[1][length]
        third = np.zeros(len(first), np.uint64)
        long = np.flatnonzero(length > 16)
        third[long] = self.buffer.words(self.begin[long] + 16) & _NAME_KEPT[2][length[long]]
        return self.names.numbers(first, second, third)

    def _new(self) -> Bools:
        """Of what is said of factors: where a run of items of one factor begins that commas join."""
        said, code = self.said, self.code
        new = np.ones(len(said), np.bool_)
        new[1:] = (code[1:] != code[:-1]) | ~self.joined[said[1:]] | (said[1:] - said[:-1] != 1)
        return new

    def _twice(self) -> Bools:
        """The segments that come back to a factor: its items are to be joined from several places."""
        heads = np.flatnonzero(self.new)
        factors = len(self.names.factors) + 1
        pairs = self.segment[self.said[heads]] * factors + self.code[heads]
        pairs.sort()
        again = pairs[1:][pairs[1:] == pairs[:-1]] // factors
        found: Bools = np.bincount(again, minlength=len(self.starts)) > 0
        return found

    def _regular(self, delimiters: Ints, kinds: npt.NDArray[np.uint8], count: Ints) -> Bools:
        """CP, each header field and each factor once, fields before CP, `=` in all that stands between delimiters."""
        segments = len(self.starts)
        good = count > 0
        opening = np.flatnonzero(self.role == OPENING)
        good &= np.bincount(self.segment[opening], minlength=segments) == 1
        opened = np.zeros(segments, np.int64)
        opened[self.segment[opening]] = opening
        fields = self.segment[self.fields]
        good &= np.bincount(fields, minlength=segments) == opened - self.first
        good &= np.bincount(fields[self.fields > opened[fields]], minlength=segments) == 0
        each = np.bincount(fields * len(HEADER) + self.field_number, minlength=segments * len(HEADER))
        good &= (each.reshape(segments, -1) <= 1).all(axis=1)
        if self.longest > _NAME:
            good &= ~self._any(np.flatnonzero(self.place - self.begin > _NAME))
        # `CP=&&` opens and `&&` closes; an item without `=` leaves text between two other delimiters.
        good &= np.bincount(self._owner(delimiters[kinds == _AND]), minlength=segments) == 4
        equal = kinds == _EQUALS
        alike = np.flatnonzero(equal[1:] == equal[:-1])
        text = delimiters[alike + 1] - delimiters[alike] > 1
        wrong = alike[equal[alike] | text]  # a=b=c, or ;text;
        own, before = self._owner(delimiters[wrong + 1]), self._owner(delimiters[wrong])
        good &= np.bincount(own[own == before], minlength=segments) == 0
        return good & self._ascii() & ~self._free_text() & ~self._twice()

    def _any(self, items: Ints) -> Bools:
        """The segments that have one of these items."""
        found: Bools = np.bincount(self.segment[items], minlength=len(self.starts)) > 0
        return found

    def _owner(self, places: Ints) -> Ints:
        """The segment each place belongs to."""
        return np.maximum(np.searchsorted(self.starts, places, "right") - 1, 0)

    def _ascii(self) -> Bools:
        signs = self.buffer.bytes[: self.ends[-1]]
        if signs.max() <= _LAST:
            return np.ones(len(self.starts), np.bool_)
        foreign = np.flatnonzero(signs > _LAST)
        plain: Bools = np.bincount(self._owner(foreign), minlength=len(self.starts)) == 0
        return plain

    def _free_text(self) -> Bools:
        command = self._field("CN")
        code, _ = numbers(self.buffer, self.value[command], self.length[command])
        return self._any(command[code == _LOGS])

    def _field(self, name: str) -> Ints:
        found: Ints = self.fields[self.field_number == HEADER.index(name)]
        return found

    def block(self, wanted: Bools, begin: int) -> Block:
        """The columns of the wanted segments; begin: where the buffer stands in the whole [byte]."""
        chosen = None if wanted.all() else wanted[self.segment]
        unread: list[Ints] = []
        frames, texts = self._frames(wanted, chosen, begin, unread)
        readings = self._readings(chosen, begin, unread)
        return Block(frames, texts, readings, self._further(chosen, begin, unread))

    def _frames(
        self, wanted: Bools, chosen: Bools | None, begin: int, unread: list[Ints]
    ) -> tuple[dict[str, Array], dict[str, tuple[Ints | None, Texts]]]:
        rank = np.cumsum(wanted) - 1
        height = int(rank[-1]) + 1
        texts = {}
        for name in HEADER:
            own = _of(self._field(name), chosen)
            rows = None if len(own) == height else rank[self.segment[own]]
            texts[name] = (rows, self._texts(own))
        timed = _of(np.flatnonzero(self.role == TIME), chosen)
        said = self._times(timed, rank[self.segment[timed]], height, unread)
        return {"place": self.starts[wanted] + begin, "time": said}, texts

    def _times(self, items: Ints, into: Ints, height: int, unread: list[Ints]) -> Array:
        """The times that items say, in these (ascending) rows; the first of two wins."""
        when = times(self.buffer, self.value[items]).astype("datetime64[us]")
        for place in np.flatnonzero(np.isnat(when)):
            said = moment(self._raw(int(items[place])).decode())
            when[place] = np.datetime64("NaT" if said is None else said, "us")
        good = ~np.isnat(when)
        good[good] = ~_repeated(into[good])
        unread.append(items[~good])
        found = np.full(height, np.datetime64("NaT", "us"))
        found[into[good]] = when[good]
        return found

    def _texts(self, items: Ints) -> Texts:
        begin, length = self.value[items], self.length[items]
        ends = np.cumsum(length)
        total = int(ends[-1]) if len(ends) else 0
        places = np.arange(total) + np.repeat(begin - (ends - length), length)
        return Texts(self.buffer.bytes[places], length)

    def _readings(self, chosen: Bools | None, begin: int, unread: list[Ints]) -> dict[str, Array]:
        own, code, new = self.said, self.code, self.new
        if chosen is not None:
            kept = chosen[own]
            own, code, new = own[kept], code[kept], new[kept]
        role = self.role[own]
        row = np.cumsum(new) - 1
        heads = np.flatnonzero(new)
        height = len(heads)
        numeric, flagged, sampled = (np.flatnonzero(role == one) for one in (MEASURE, FLAG, SAMPLED))
        return {
            "place": self.starts[self.segment[own[heads]]] + begin,
            "factor": code[heads],
            **self._measures(own[numeric], row[numeric], height, unread),
            "flag": self._flags(own[flagged], row[flagged], height, unread),
            "sampled": self._times(own[sampled], row[sampled], height, unread),
        }

    def _measures(self, items: Ints, into: Ints, height: int, unread: list[Ints]) -> dict[str, Array]:
        values, odd = numbers(self.buffer, self.value[items], self.length[items])
        for place in np.flatnonzero(odd):
            values[place] = _number(self._raw(int(items[place])))
        lost = np.isnan(values)
        column = self.names.number[self.number[items]]
        if lost.any():
            column = np.where(lost, np.int8(-1), column)
        found: dict[str, Array] = {}
        for number, name in enumerate(MEASURES.values()):
            series = np.full(height, np.nan)
            this = np.flatnonzero(column == number)
            series[into[this[::-1]]] = values[this[::-1]]
            found[name] = series
            lost[this[_repeated(into[this])]] = True
        unread.append(items[lost])
        return found

    def _flags(self, items: Ints, into: Ints, height: int, unread: list[Ints]) -> Array:
        """The letters that items say, in these (ascending) rows; the first of two wins."""
        letters = np.where(self.length[items] == 1, _UPPER[self.buffer.bytes[self.value[items]]], 0)
        for place in np.flatnonzero((self.length[items] > 1) | ((letters > 0) & (letters <= _BLANK))):
            letters[place] = ord(letter(self._raw(int(items[place])).decode()) or "\0")
        good = letters > 0
        good[good] = ~_repeated(into[good])
        unread.append(items[~good])
        codes = np.zeros(height, np.int64)
        codes[into[good]] = letters[good]
        return codes

    def _raw(self, item: int) -> bytes:
        return self.buffer.padded[self.value[item] : self.value[item] + self.length[item]]

    def _further(self, chosen: Bools | None, begin: int, unread: list[Ints]) -> list[tuple[int, str, str]]:
        other = _of(np.flatnonzero((self.role == FURTHER) | (self.role == PARAMETER)), chosen)
        found = []
        for item in np.sort(np.concatenate([other, *unread])):
            place, name = self.starts[self.segment[item]], self.names.text(int(self.number[item]))
            found.append((int(place) + begin, name, self._raw(int(item)).decode().strip()))
        return found


def _of(items: Ints, chosen: Bools | None) -> Ints:
    return items if chosen is None else items[chosen[items]]


def _repeated(rows: Ints) -> Bools:
    """Which of these ascending rows came before."""
    again = np.zeros(len(rows), np.bool_)
    again[1:] = rows[1:] == rows[:-1]
    return again


def _number(text: bytes) -> float:
    if b"_" in text:  # Python reads 1_5 as 15; no device means that
        return np.nan
    try:
        number = float(text)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan
