"""Names, numbers and times out of a buffer of bytes, many at once: no Python object is made for any of them.

Each text is loaded as words of 8 bytes. A decimal of at most 8 characters is read inside one word: its point taken
out, its digits moved to the end, then summed in pairs, fours and eights; the division by a power of ten rounds once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Times = npt.NDArray[np.datetime64]

WIDE = 8
_ZEROS = np.uint64(0x3030303030303030)
_ONES, _HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_PLACES = (np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF))
KEPT = np.array([(1 << (8 * count)) - 1 for count in range(WIDE + 1)], np.uint64)  # the first `count` bytes
_TENS = 10.0 ** np.arange(WIDE + 1)


class Buffer:
    """Bytes that can be loaded as words at any place; longer by what a load past the end needs."""

    def __init__(self, data: bytes) -> None:
        self.padded = data + b"\0" * 32
        self.bytes = np.frombuffer(self.padded, np.uint8)
        self._words = np.ndarray((len(data) + 24,), "<u8", self.padded, 0, (1,))

    def words(self, places: Ints) -> Words:
        """The 8 bytes at each place, the first in the lowest position."""
        return self._words[places]

    def texts(self, places: Ints, lengths: Ints, width: int) -> npt.NDArray[np.bytes_]:
        """Texts of at most `width` bytes; longer ones are cut."""
        cut = np.minimum(lengths, width)
        found = self.bytes[places[:, None] + np.arange(width)]
        found[np.arange(width) >= cut[:, None]] = 0
        return np.ascontiguousarray(found).view(f"S{width}").ravel()


def numbers(buffer: Buffer, places: Ints, lengths: Ints) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The decimals that stand there, and which of them could not be read so (longer, empty, no plain decimal)."""
    words = buffer.words(places)
    minus = (words & np.uint64(0xFF)) == np.uint64(0x2D)
    signed = np.flatnonzero(minus)
    words[signed] = buffer.words(places[signed] + 1)
    lengths = lengths - minus
    odd = (lengths < 1) | (lengths > WIDE)
    words &= KEPT[np.where(odd, 0, lengths)]
    digits, decimals, count = _without_point(words, lengths)
    value = _summed(digits << ((WIDE - count).astype(np.uint64) << np.uint64(3)) if len(count) else digits)
    odd |= ~_all_digits(digits, count) | (count < 1)
    found = value.astype(np.float64) / _TENS[decimals]
    found[signed] = -found[signed]
    return found, odd


def _without_point(words: Words, lengths: Ints) -> tuple[Words, Ints, Ints]:
    """The digits with the first point taken out, digits after it, and how many digits there are."""
    other = words ^ _DOTS
    point = (other - _ONES) & ~other & _HIGHS  # 0x80 in the byte of the first point
    before = point & (~point + np.uint64(1))
    below = np.where(point != 0, (before >> np.uint64(7)) - np.uint64(1), ~np.uint64(0))
    kept = (words & below) | ((words >> np.uint64(8)) & ~below)
    pointed = point != 0
    ahead = np.bitwise_count(below).astype(np.int64) >> 3  # digits before the point
    decimals = np.where(pointed, lengths - 1 - ahead, 0)
    return kept, np.clip(decimals, 0, WIDE), np.clip(lengths - pointed, 0, WIDE)


def _all_digits(digits: Words, count: Ints) -> npt.NDArray[np.bool_]:
    values = digits ^ (_ZEROS & KEPT[count])
    over = (values + np.uint64(0x7676767676767676)) | values
    good: npt.NDArray[np.bool_] = (over & _HIGHS) == 0
    return good


def _summed(digits: Words) -> Words:
    """The number that eight digits say; what stands before the first digit is nothing."""
    pairs = digits & _PLACES[0]
    pairs = (pairs * np.uint64(10) + (pairs >> np.uint64(8))) & _PLACES[1]
    fours = (pairs * np.uint64(100) + (pairs >> np.uint64(16))) & _PLACES[2]
    return (fours * np.uint64(10_000) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)


def eights(buffer: Buffer, places: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The numbers of eight digits at these places, and whether all eight are digits."""
    words = buffer.words(places)
    return _summed(words).astype(np.int64), _all_digits(words, np.full(len(words), WIDE))


def times(buffer: Buffer, places: Ints) -> Times:
    """YYYYMMDDhhmmss as datetime64[s]; NaT where it is none. Local time, as the standard has it."""
    date, dated = eights(buffer, places)
    clock, timed = eights(buffer, places + 6)  # DDhhmmss
    year, month, day = date // 10_000, date // 100 % 100, date % 100
    hour, minute, second = clock // 10_000 % 100, clock // 100 % 100, clock % 100
    valid = dated & timed & (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60) & (second < 60)
    valid &= (day >= 1) & (year >= 1970)
    months = np.where(valid, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]")
    valid &= (first + day - 1).astype("datetime64[M]") == months
    seconds = (first + np.where(valid, day - 1, 0)).astype("datetime64[s]")
    found = seconds + (hour * 3600 + minute * 60 + second)
    return np.where(valid, found, np.datetime64("NaT", "s"))
