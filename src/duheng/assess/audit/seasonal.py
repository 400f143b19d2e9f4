"""Outliers of a series with a season: each value against its trend and its month, both by medians."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from duheng.assess.audit.settings import PACKAGED, Thresholds

Array = npt.NDArray[np.float64]
_ROUNDS, _CYCLES, _MAD_TO_SIGMA = 3, 7, 1.4826


@dataclass(frozen=True)
class Season:
    """What trend and season make of each place, and how far values usually lie off it (1.4826 MAD)."""

    expected: tuple[float, ...]
    spread: float


def season_of(values: Sequence[float], period: int) -> Season | None:
    """Trend and season of a series; None below three seasons, or where over half of the residuals are nought.

    period: points of one season (12 for months). Trend: a straight line, then the moving median over one season;
    season: the moving median of what is left at the same phase over seven seasons; both worked out in turns. Medians
    instead of the smoothed lines of STL (Cleveland et al. 1990): an outlier moves neither.
    """
    if len(values) < 3 * period:
        return None
    known = np.asarray(values, dtype=float)
    rest = _residual(_level(known, period), period)
    middle = float(np.median(rest))
    spread = _MAD_TO_SIGMA * float(np.median(np.abs(rest - middle)))
    return Season(tuple(map(float, known - rest + middle)), spread) if spread > 0 else None


def seasonal_scores(values: Sequence[float], period: int) -> list[float | None]:
    """How many robust standard deviations each value lies off its trend and season; None where they say nothing."""
    season = season_of(values, period)
    if season is None:
        return [None] * len(values)
    return [(value - there) / season.spread for value, there in zip(values, season.expected, strict=True)]


def seasonal_outliers(values: Sequence[float], period: int, threshold: float | None = None) -> list[int]:
    """Places of the values farther from trend and season than the threshold (`seasonal_threshold` by default)."""
    if threshold is None:
        threshold = seasonal_threshold(len(values) // period)
    scores = seasonal_scores(values, period)
    return [place for place, score in enumerate(scores) if score is not None and abs(score) > threshold]


def seasonal_threshold(seasons: int, limits: Thresholds = PACKAGED) -> float:
    """Threshold for a series of so many whole seasons that flags fewer than 1 % of clean ones; inf below three."""
    fitting = [limit for whole, limit in limits.calibrated("seasonal") if whole <= seasons]
    return fitting[-1] if fitting else math.inf


def _level(values: Array, period: int) -> Array:
    """The series without its straight trend: the median of the changes over one season, which no season moves.

    Left in, the moving medians at both ends would lag behind it and call the season of a clean series an outlier.
    """
    slope = float(np.median(values[period:] - values[:-period])) / period
    level: Array = values - slope * np.arange(len(values))
    return level


def _residual(values: Array, period: int) -> Array:
    season = np.zeros_like(values)
    trend = season
    for _ in range(_ROUNDS):
        trend = _moving_median(values - season, period + 1)
        left = values - trend
        season = np.empty_like(values)
        for phase in range(period):
            season[phase::period] = _moving_median(left[phase::period], _CYCLES)
        season -= _moving_median(season, period)
    return values - trend - season


def _moving_median(values: Array, width: int) -> Array:
    """Median of the window around each value; at the ends the first and the last whole window."""
    if width >= len(values):
        return np.full(len(values), np.median(values))
    medians = np.median(sliding_window_view(values, width), axis=1)
    starts = np.clip(np.arange(len(values)) - width // 2, 0, len(values) - width)
    moved: Array = medians[starts]
    return moved
