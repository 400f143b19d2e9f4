"""Robust regression: a figure against those it should follow (energy against output), by Tukey's biweight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_TUNING = 4.685  # 95 % efficiency under normal errors
_NORMAL_QUARTILE = 0.674489750196
_ROUNDS, _CLOSE = 100, 1e-9


@dataclass(frozen=True)
class Fit:
    """A fitted line: intercept first, then a coefficient for each explaining series; residuals by robust scale."""

    coefficients: tuple[float, ...]
    scaled: tuple[float, ...]
    scale: float

    def outliers(self, threshold: float) -> list[int]:
        """Places whose residual exceeds so many robust standard deviations."""
        return [place for place, one in enumerate(self.scaled) if abs(one) > threshold]


def biweight(y: Sequence[float], *explaining: Sequence[float]) -> Fit | None:
    """Least squares reweighted until it stands still; None where the series do not determine a line.

    Weights (1 - (r / 4.685 s)^2)^2, nought beyond; s = MAD about nought / 0.6745; begun at plain least squares, so
    that several outliers on one side can still mask each other (stack loss: {4, 21} and not {1, 3, 4, 21}).
    Source: Beaton and Tukey (1974); Huber (1981).
    """
    against = np.column_stack([np.ones(len(y)), *(np.asarray(one, dtype=float) for one in explaining)])
    values = np.asarray(y, dtype=float)
    if len(values) <= against.shape[1] or np.linalg.matrix_rank(against) < against.shape[1]:
        return None
    found = _weighted(against, values, np.ones(len(values)))
    for _ in range(_ROUNDS):
        rest = values - against @ found
        scale = _scale(rest)
        if scale == 0:
            break
        before = found
        found = _weighted(against, values, np.clip(1 - (rest / (_TUNING * scale)) ** 2, 0, None) ** 2)
        if np.allclose(found, before, rtol=_CLOSE, atol=0):
            break
    rest = values - against @ found
    scale = _scale(rest)
    if scale == 0:
        return None
    return Fit(tuple(map(float, found)), tuple(map(float, rest / scale)), scale)


def _weighted(against: Array, values: Array, weights: Array) -> Array:
    root = np.sqrt(weights)
    found: Array = np.linalg.lstsq(against * root[:, None], values * root, rcond=None)[0].astype(np.float64)
    return found


def _scale(rest: Array) -> float:
    return float(np.median(np.abs(rest))) / _NORMAL_QUARTILE
