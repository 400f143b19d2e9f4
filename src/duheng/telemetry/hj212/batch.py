"""What many frames say, in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from .framing import Fragment
from .names import MEASURES
from .segment import HEADER

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[np.generic]

FRAMES: Any = {
    "place": pl.Int64, **dict.fromkeys(HEADER, pl.String), "time": pl.Datetime("us"),
    "crc": pl.Boolean, "problems": pl.String,
}  # fmt: skip
READINGS: Any = {
    "place": pl.Int64, "factor": pl.String, **dict.fromkeys(MEASURES.values(), pl.Float64),
    "flag": pl.String, "sampled": pl.Datetime("us"),
}  # fmt: skip
FURTHER: Any = {"place": pl.Int64, "name": pl.String, "value": pl.String}
_LETTERS = pl.Series([None, *(chr(code) for code in range(1, 256))], dtype=pl.String)


@dataclass(frozen=True)
class Part:
    """Frames, readings and further items of some frames, with the columns of FRAMES, READINGS and FURTHER."""

    frames: pl.DataFrame
    readings: pl.DataFrame
    further: pl.DataFrame


@dataclass(frozen=True)
class Batch(Part):
    """All frames of a buffer. `place` says of each row where the segment of its frame begins [byte of the buffer].

    frames: header fields as sent, time (DataTime, local), crc (right by the rule of HJ 212), problems (of framing).
    readings: a row for each factor of a frame, wherever in it its items stand; null is not sent. further: what fits no
    column, as sent: unknown suffixes, parameters, values that are no number, what is said a second time, an empty name
    for an item without `=`. fragments: no frames.
    """

    fragments: Sequence[Fragment]


@dataclass(frozen=True)
class Texts:
    """Texts that stand one behind the other in `signs`, with their lengths."""

    signs: npt.NDArray[np.uint8]
    lengths: Ints


@dataclass(frozen=True)
class Block:
    """The columns of a run of regular frames before they become tables.

    frames: place and time. texts: by header field the rows that have it (None: all) and what it says. readings:
    place, factor (its number among the names), measures, flag (a letter's code, 0 none), sampled.
    """

    frames: Mapping[str, Array]
    texts: Mapping[str, tuple[Ints | None, Texts]]
    readings: Mapping[str, Array]
    further: Sequence[tuple[int, str, str]] = field(default_factory=list)


def tables(blocks: Sequence[Block], factors: Sequence[str]) -> Part:
    """The tables of all blocks. factors: code of each factor by its number."""
    joined = {name: np.concatenate([one.readings[name] for one in blocks]) for name in blocks[0].readings}
    columns = {name: pl.Series(values, nan_to_null=True) for name, values in joined.items()}
    columns["factor"] = pl.Series(factors, dtype=pl.String).gather(columns["factor"])
    columns["flag"] = _LETTERS.gather(columns["flag"])
    heads = {name: np.concatenate([one.frames[name] for one in blocks]) for name in blocks[0].frames}
    frames = {name: pl.Series(values) for name, values in heads.items()}
    frames |= {name: _field(blocks, name) for name in HEADER}
    frames |= {"crc": pl.repeat(True, len(frames["place"]), eager=True)}
    frames |= {"problems": pl.repeat("", len(frames["place"]), eager=True)}
    further = [row for one in blocks for row in one.further]
    return Part(
        pl.DataFrame({name: frames[name] for name in FRAMES}).cast(FRAMES),
        pl.DataFrame({name: columns[name] for name in READINGS}).cast(READINGS),
        pl.DataFrame(further, FURTHER, orient="row"),
    )


def _field(blocks: Sequence[Block], name: str) -> pl.Series:
    """A header field of all frames, null where a frame has none."""
    heights = [len(one.frames["place"]) for one in blocks]
    texts = [one.texts[name] for one in blocks]
    said = _strings([one for _, one in texts])
    if all(rows is None for rows, _ in texts):
        return said
    found = np.full(sum(heights), -1, np.int64)
    begin = met = 0
    for height, (rows, one) in zip(heights, texts, strict=True):
        count = len(one.lengths)
        found[begin + (np.arange(count) if rows is None else rows)] = np.arange(met, met + count)
        begin, met = begin + height, met + count
    places = pl.Series(found)
    return said.gather(places.set(places < 0, None))


def _strings(texts: Sequence[Texts]) -> pl.Series:
    import pyarrow as pa  # type: ignore[import-untyped]

    lengths = np.concatenate([one.lengths for one in texts])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    signs = np.concatenate([one.signs for one in texts])
    array = pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(signs))
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)
    return found


def joined(parts: Sequence[Part], fragments: Sequence[Fragment]) -> Batch:
    """One batch of all parts, in order of their places."""
    names = (("frames", FRAMES), ("readings", READINGS), ("further", FURTHER))
    whole: list[pl.DataFrame] = []
    for name, schema in names:
        filled = [table for part in parts if (table := getattr(part, name)).height]
        table = pl.concat([pl.DataFrame(schema=schema), *filled])
        whole.append(table if len(filled) < 2 else table.sort("place", maintain_order=True))
    frames, readings, further = whole
    return Batch(frames, readings, further, fragments)
