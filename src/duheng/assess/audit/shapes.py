"""Shapes that a series has never shown before: the span farthest from everything in its own clean history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Array = npt.NDArray[np.float64]
_BLOCK = 1024  # spans compared at a time: bounds the memory


@dataclass(frozen=True)
class Strange:
    """A span: where it begins (from 0), how long it is, its distance, and that of the next strangest elsewhere."""

    start: int
    length: int
    distance: float
    next_distance: float


def strangest(history: Sequence[float], values: Sequence[float], length: int) -> Strange | None:
    """The span of `values` whose shape lies farthest from its nearest in `history`; None for too short series.

    Level and size are taken off (z-normalised), so what counts is the shape. The distance is Euclidean over the root
    of the length: nought for a copy, 1.4 for unlike ones. Source: Keogh et al. (2005), discords.
    """
    if min(len(history), len(values)) < length or length < 2:
        return None
    known, asked = _shapes(history, length), _shapes(values, length)
    distances = np.concatenate(
        [_nearest(asked[start : start + _BLOCK], known) for start in range(0, len(asked), _BLOCK)]
    )
    start = int(distances.argmax())
    elsewhere = distances.copy()
    elsewhere[max(0, start - length) : start + length] = 0
    return Strange(start, length, float(distances[start]), float(elsewhere.max()))


def _nearest(asked: Array, known: Array) -> Array:
    likeness = (asked @ known.T).max(axis=1) / asked.shape[1]
    distances: Array = np.sqrt(2 * np.clip(1 - likeness, 0, None))
    return distances


def _shapes(values: Sequence[float], length: int) -> Array:
    spans = sliding_window_view(np.asarray(values, dtype=float), length)
    centred = spans - spans.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    shapes: Array = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return shapes
