"""Many frames at once to typed columns: header, times, every factor with its values and flag.

Regular frames are read in blocks by `tokens`, without an object for any of their items. What is not regular (a field
out of order, an item without `=`, a factor in two places, text of other alphabets, a log) goes to `plain_columns`,
which gives the same columns: nothing depends on the fast way being able to read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from . import crc
from .batch import Batch, Block, joined, tables
from .folding import checksums
from .framing import LEGAL, START, Fragment, Frame, pieces
from .items import Items
from .names import Names
from .plain_columns import plain_part
from .tokens import Buffer, Ints

Other = tuple[int, Frame | Fragment]  # with the place of its segment, or its own

BLOCK = 1 << 20  # bytes read at a time: what the processor's cache holds with its columns
_HEAD, _SUM, _BREAK = 6, 4, b"\r\n"
_NEXT = re.compile(_BREAK + START.pattern)
_HASH, _AND = ord("#"), ord("&")
_DIGITS, _VALUES = np.arange(2, _HEAD), np.array([1000, 100, 10, 1])  # of the length behind `##`
_PRINTED = np.array([crc.printed(value).encode() for value in crc.TABLE])  # by the state of 8 bits
_STATE = np.zeros(0x10000, np.int64)
_STATE[list(crc.TABLE)] = range(256)


def read(data: bytes) -> Batch:
    """What the bytes of a stream say: regular frames by columns, other frames one by one, the rest as fragments."""
    starts, ends, others = located(data)
    names = Names()
    blocks = [_block(data, *ranges, names, others) for ranges in _blocks(starts, ends)]
    parts = [tables(blocks, names.factors)] if blocks else []
    odd = [(place, other) for place, other in others if isinstance(other, Frame)]
    fragments = [other for _, other in others if isinstance(other, Fragment)]
    return joined([*parts, plain_part(odd, names)], fragments)


def located(data: bytes) -> tuple[Ints, Ints, list[Other]]:
    """Where segments of whole frames begin and end, as far as their length tells; what else there is."""
    chained = _chained(data)
    if chained is not None:
        return *chained, []
    starts, ends = [], []
    others: list[Other] = []
    place, size = 0, len(data)
    while place < size:
        digits = data[place + 2 : place + _HEAD]
        if digits.isdigit() and data[place] == _HASH:
            end = place + _HEAD + int(digits)
            around = data[end - 2 : end + _SUM + 4]
            if around[:2] == b"&&" and around[6:] in (b"\r\n##", b"\r\n"):
                starts.append(place + _HEAD)
                ends.append(end)
                place = end + _SUM + 2
                continue
        after = _NEXT.search(data, place + 1)
        stop = after.start() + 2 if after else size
        others += _others(data, place, stop)
        place = stop
    return np.array(starts, np.int64), np.array(ends, np.int64), others


def _others(data: bytes, place: int, stop: int) -> Iterator[Other]:
    """What stands between two places, read one piece after the other."""
    for piece in pieces(data[place:stop]):
        place = data.find(piece.raw, place)
        yield place + (piece.raw.find(piece.segment) if isinstance(piece, Frame) else 0), piece
        place += len(piece.raw)


def _chained(data: bytes) -> tuple[Ints, Ints] | None:
    """Segments of a buffer that holds nothing but whole frames, one behind the other; None of any other buffer."""
    signs = np.frombuffer(data, np.uint8)
    hashes = np.flatnonzero(signs == _HASH)
    heads = hashes[:-1][np.diff(hashes) == 1]  # nothing else has two
    if not len(heads) or heads[0] or len(data) - heads[-1] < _HEAD + _SUM + len(_BREAK):
        return None
    digits = signs[heads[:, None] + _DIGITS] - np.uint8(ord("0"))
    after = heads + digits @ _VALUES + _HEAD + _SUM + len(_BREAK)
    if (digits > 9).any() or after[-1] != len(data) or (after[:-1] != heads[1:]).any():
        return None
    closed = all(
        (signs[after - back] == sign).all() for back, sign in ((8, _AND), (7, _AND), (2, 13), (1, 10))
    )
    return (heads + _HEAD, after - _SUM - len(_BREAK)) if closed else None


def _blocks(starts: Ints, ends: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Runs of segments that together are about as long as a block."""
    if len(starts):
        cuts = np.flatnonzero(np.diff((ends - starts[0]) // BLOCK)) + 1
        yield from zip(np.split(starts, cuts), np.split(ends, cuts), strict=True)


def _block(data: bytes, starts: Ints, ends: Ints, names: Names, others: list[Other]) -> Block:
    """The columns of a run of segments; those that are not regular join the others to be read one by one."""
    begin = int(starts[0])
    buffer = Buffer(data[begin : int(ends[-1]) + _SUM])
    right = _right(buffer, starts - begin, ends - begin)
    items = Items(buffer, starts - begin, ends - begin, names)
    regular = right & items.regular & (ends - starts <= LEGAL)
    for n in np.flatnonzero(~regular):
        others += _others(data, int(starts[n]) - _HEAD, int(ends[n]) + _SUM)
    return items.block(regular, begin)


def _right(buffer: Buffer, starts: Ints, ends: Ints) -> npt.NDArray[np.bool_]:
    """Whether the check sum of each segment is right and printed as the standard does."""
    sums = checksums(buffer.padded, starts, ends)
    right: npt.NDArray[np.bool_] = (
        buffer.texts(ends, np.full(len(ends), _SUM), _SUM) == _PRINTED[_STATE[sums]]
    )
    return right
