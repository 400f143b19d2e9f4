"""What a name before `=` is: a header field, a value of a factor, its flag, a parameter. Each is worked out once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .segment import HEADER

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

# Columns of a reading by the suffix of HJ 212-2017 table 4; devices write some of them in other letters.
MEASURES = {
    "Rtd": "rtd", "Min": "min", "Avg": "avg", "Max": "max", "Cou": "cou",
    "ZsRtd": "zs_rtd", "ZsMin": "zs_min", "ZsAvg": "zs_avg", "ZsMax": "zs_max",
}  # fmt: skip
# Noise has one level a period (`Leq-Data`), and one of the day and one of the night (`Leq-DayData`), each a series.
_LOWER = {suffix.lower(): suffix for suffix in MEASURES} | {"data": "Avg"}
_OF_DAY = {"daydata", "nightdata"}
FIELD, MEASURE, FLAG, SAMPLED, FURTHER, TIME, PARAMETER, OPENING = range(8)

_BITS = 16
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, slots=True)
class Name:
    """role: one of the above; number: of the header field or of the measure; factor: its place among the factors."""

    text: str
    role: int
    number: int = 0
    factor: int = -1


class Names:
    """All names met, by their text and by the words of 8 bytes that they begin with (names of 24 bytes at most)."""

    def __init__(self) -> None:
        self.factors: list[str] = []
        self._factor: dict[str, int] = {}
        self._known: dict[str, Name] = {}
        self._all: list[Name] = []
        self._number: dict[str, int] = {}
        self._slots = np.full(1 << _BITS, -1, np.int64)
        self._words = np.zeros((3, 0), np.uint64)
        self.role = np.zeros(0, np.int8)
        self.number = np.zeros(0, np.int8)
        self.factor = np.zeros(0, np.int64)

    def of(self, text: str) -> Name:
        """What this name is; blanks around it do not count."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._classed(text.strip())
        return known

    def _classed(self, text: str) -> Name:
        field = "Flag" if text.lower() == "flag" else text
        if field in HEADER:
            return Name(text, FIELD, HEADER.index(field))
        if text == "CP":
            return Name(text, OPENING)
        if text.lower() == "datatime":
            return Name(text, TIME)
        factor, dash, suffix = text.partition("-")
        if not dash:
            return Name(text, PARAMETER)
        if suffix.lower() in _OF_DAY:
            factor, suffix = text, "Data"
        number = self._factor.setdefault(factor, len(self._factor))
        if number == len(self.factors):
            self.factors.append(factor)
        measure = _LOWER.get(suffix.lower())
        if measure:
            return Name(text, MEASURE, list(MEASURES).index(measure), number)
        role = {"flag": FLAG, "sampletime": SAMPLED}.get(suffix.lower(), FURTHER)
        return Name(text, role, 0, number)

    def text(self, number: int) -> str:
        """The name of this number."""
        return self._all[number].text

    def numbers(self, *words: Words) -> Ints:
        """The number of each name by its three words of 8 bytes, filled up with zeros."""
        first, second, third = words
        slots = ((first * _FIRST ^ (second + third) * _SECOND) >> np.uint64(64 - _BITS)).astype(np.int64)
        found = self._slots[slots]
        missed = np.flatnonzero((found < 0) | ~self._same(found, words))
        if len(missed):
            found[missed] = self._learnt(np.stack(words, axis=1)[missed], slots[missed])
        return found

    def _same(self, found: Ints, words: Iterable[Words]) -> npt.NDArray[np.bool_]:
        same = np.full(len(found), bool(self._all))
        for known, met in zip(self._words if self._all else (), words, strict=False):
            same &= known[found] == met
        return same

    def _learnt(self, words: Words, slots: Ints) -> Ints:
        """Numbers of names that are new, or whose slot another name has."""
        _, first = np.unique(slots, return_index=True)
        for place in first:
            self._entered(words[place].tobytes(), int(slots[place]))
        found = self._slots[slots]
        for place in np.flatnonzero(~self._same(found, words.T)):
            found[place] = self._entered(words[place].tobytes(), int(slots[place]))
        return found

    def _entered(self, raw: bytes, slot: int) -> int:
        text = raw.rstrip(b"\0").decode("utf-8", "replace")
        number = self._number.get(text)
        if number is None:
            number = self._number[text] = len(self._all)
            name = self.of(text)
            self._all.append(name)
            self._words = np.append(self._words, np.frombuffer(raw, "<u8")[:, None], axis=1)
            self.role = np.append(self.role, np.int8(name.role))
            self.number = np.append(self.number, np.int8(name.number))
            self.factor = np.append(self.factor, name.factor)
            if self._slots[slot] < 0:
                self._slots[slot] = number
        return number
