"""The check sums of many segments of one buffer at once: the XOR fold of `crc`, in columns.

A segment is read as little-endian words of 64 bits that end where it ends. Words of every alignment are views of the
same bytes, so each alignment needs one pass and nothing is copied.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import crc

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_TABLE = np.array(crc.TABLE, np.uint16)
_POWERS = np.array(crc.POWERS, np.uint8)
_BITS = np.arange(0, 65, 8, dtype=np.uint64)  # of so many bytes


def checksums(data: bytes, starts: Ints, ends: Ints) -> npt.NDArray[np.uint16]:
    """The check sum of each segment data[start:end]; segments in ascending order, none of them empty.

    Behind the last one there stand at least 8 bytes more.
    """
    folded = _beginnings(data, starts, ends)
    for shift in range(8):
        own = np.flatnonzero(ends % 8 == shift)
        if len(own):
            folded[own] ^= _folded(data, starts[own], ends[own], shift)
    classes = folded.view(np.uint8).reshape(-1, 8)[:, ::-1]  # last byte first: by distance from the end
    state = np.bitwise_xor.reduce([power[classes[:, k]] for k, power in enumerate(_POWERS)], axis=0)
    return _TABLE[state]


def _folded(data: bytes, starts: Ints, ends: Ints, shift: int) -> Words:
    """XOR of the words of each segment; all end at `shift` modulo 8."""
    words = np.frombuffer(data, "<u8", (len(data) - shift) // 8, shift)
    whole = -(-(starts - shift) // 8)  # the first word that lies wholly in the segment
    last = (ends - shift) // 8
    bounds = np.stack([np.minimum(whole, len(words)), last], axis=1).ravel()
    closed = np.append(words, np.uint64(0)) if bounds.max() == len(words) else words
    found = np.bitwise_xor.reduceat(closed, bounds)[::2]
    kept: Words = np.where(whole < last, found, np.uint64(0))
    return kept


def _beginnings(data: bytes, starts: Ints, ends: Ints) -> Words:
    """The bytes before the first whole word, in the places they have in a word, and the start value 0xFF."""
    count = (ends - starts) % 8  # words are counted back from the end
    first = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))[starts]
    found = np.where(count > 0, first << _BITS[8 - count], np.uint64(0))
    # The first byte is combined with 0xFF; it stands (end - start - 1) before the last one.
    begun: Words = found ^ (np.uint64(0xFF) << _BITS[(8 - count) % 8])
    return begun
