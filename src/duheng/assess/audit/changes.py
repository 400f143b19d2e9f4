"""A sudden change of level: Pettitt's test, which asks for no distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from duheng.assess.audit.settings import PACKAGED, Thresholds


@dataclass(frozen=True)
class Change:
    """The likeliest change: after which place (from 0), Pettitt's K, its approximate p, means before and after.

    limit: p below which it is beyond chance.
    """

    after: int
    k: int
    p: float
    before_mean: float
    after_mean: float
    limit: float

    @property
    def suspicious(self) -> bool:
        """Whether the change is beyond chance, by the p of `audit_threshold`."""
        return self.p < self.limit


def pettitt(values: Sequence[float], limits: Thresholds = PACKAGED) -> Change | None:
    """The likeliest single change of level; None for fewer than four values or values all equal.

    Source: Pettitt (1979).
    """
    total = len(values)
    if total < 4 or min(values) == max(values):
        return None
    ranks = _mean_ranks(values)
    running, best, place = 0.0, 0.0, 0
    for position, rank in enumerate(ranks[:-1]):
        running += 2 * rank - (total + 1)
        if abs(running) > best:
            best, place = abs(running), position
    p = pettitt_p(best, total)
    left, right = values[: place + 1], values[place + 1 :]
    before, after = math.fsum(left) / len(left), math.fsum(right) / len(right)
    return Change(place, round(best), p, before, after, limits.number("pettitt", "p"))


def pettitt_p(k: float, length: int) -> float:
    """Approximate p of Pettitt's K: 2 exp(-6 K^2 / (n^3 + n^2)), at most 1; on the safe side for short series."""
    return min(1.0, 2 * math.exp(-6 * k**2 / (length**3 + length**2)))


def _mean_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks
