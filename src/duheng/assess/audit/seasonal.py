"""Outliers of a series with a season: each value against its trend and its month, both by medians."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

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
        season = _by_phase(values - trend, period)
        season -= _moving_median(season, period)
    return values - trend - season


def _by_phase(values: Array, period: int) -> Array:
    """The moving median among the values of each phase; phases of the same number of points at once."""
    made, longer = np.empty_like(values), len(values) % period
    for phases in (range(longer), range(longer, period)):
        if phases:
            rows = np.stack([values[phase::period] for phase in phases])
            for phase, row in zip(phases, _moving_median(rows, _CYCLES), strict=True):
                made[phase::period] = row
    return made


def _moving_median(values: Array, width: int) -> Array:
    """Median of the window around each value of each row; at the ends the first and the last whole window."""
    width = min(width, values.shape[-1])
    windows = np.sort(values[..., _windows(values.shape[-1], width)], axis=-1)
    medians: Array = (windows[..., (width - 1) // 2] + windows[..., width // 2]) / 2
    return medians


@lru_cache(maxsize=256)
def _windows(points: int, width: int) -> npt.NDArray[np.intp]:
    """For each of so many points the places of its window."""
    starts = np.clip(np.arange(points) - width // 2, 0, points - width)
    places: npt.NDArray[np.intp] = starts[:, None] + np.arange(width)
    return places
