"""Robust outliers: modified z-scores and the Hampel filter, with thresholds that keep clean series quiet."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from duheng.assess.audit.settings import PACKAGED, Thresholds

_NORMAL_QUARTILE = 0.6745  # of the standard normal; Iglewicz and Hoaglin (1993)
_MAD_TO_SIGMA = 1.4826


def modified_z(values: Sequence[float]) -> list[float | None]:
    """0.6745 (x - median) / MAD of each value; None for all where the MAD is nought (over half are equal).

    Unlike (x - mean) / s it is not masked by the outliers themselves. Source: Iglewicz and Hoaglin (1993).
    """
    if not values:
        return []
    middle = median(values)
    spread = median(abs(value - middle) for value in values)
    if spread == 0:
        return [None] * len(values)
    return [_NORMAL_QUARTILE * (value - middle) / spread for value in values]


def outliers(values: Sequence[float], threshold: float | None = None) -> list[int]:
    """Places of the values whose modified z exceeds the threshold.

    threshold: by default the one for a series of this length that flags fewer than 1 % of clean normal series
    (`alarm_threshold`), never below the 3.5 of the textbook, which is a screen and flags many clean series.
    """
    if threshold is None:
        threshold = alarm_threshold(len(values))
    return [place for place, z in enumerate(modified_z(values)) if z is not None and abs(z) > threshold]


def alarm_threshold(length: int, limits: Thresholds = PACKAGED) -> float:
    """Threshold of the modified z for a series of a length, between the calibrated lengths by logarithm."""
    known = limits.calibrated("modified_z")
    if length <= known[0][0]:
        return math.inf if length < known[0][0] else known[0][1]
    if length >= known[-1][0]:
        return known[-1][1]
    upper = bisect_left([row[0] for row in known], length)
    (left, low), (right, high) = list(pairwise(known))[upper - 1]
    share = math.log(length / left) / math.log(right / left)
    return low + (high - low) * share


def hampel(values: Sequence[float], half: int = 12, threshold: float | None = None) -> list[int]:
    """Places of the values farther from their window's median than threshold times 1.4826 MAD.

    half: points of the window on either side; the windows at the ends are the first and the last whole one. A
    window whose MAD is nought says nothing; a series shorter than a window has no finding. threshold: by default
    the one that flags fewer than 1 % of clean series (for half of 6 and more, ValueError below), else e.g. 3.
    """
    if threshold is None:
        threshold = window_threshold(half)
    whole = 2 * half + 1
    found = []
    for place, value in enumerate(values if len(values) >= whole else ()):
        start = min(max(0, place - half), len(values) - whole)
        window = values[start : start + whole]
        middle = median(window)
        spread = _MAD_TO_SIGMA * median(abs(one - middle) for one in window)
        if spread > 0 and abs(value - middle) > threshold * spread:
            found.append(place)
    return found


def window_threshold(half: int, limits: Thresholds = PACKAGED) -> float:
    """Threshold of the Hampel filter for windows of so many points on either side. Raises ValueError below 6."""
    fitting = [limit for points, limit in limits.calibrated("hampel") if points <= half]
    if not fitting:
        raise ValueError(f"没有为每侧{half}个点校准的阈值；请给出threshold")
    return fitting[-1]


def plain_z(values: Sequence[float]) -> list[float | None]:
    """(x - mean) / s with n - 1 in the divisor: shown beside the modified z, never used for a finding."""
    if len(values) < 2:
        return [None] * len(values)
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return [None if spread == 0 else (value - mean) / spread for value in values]
