"""Made-up but repeatable: draws seeded by the name of what is drawn, and splitting that leaves nothing over."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise


def draw(seed: int, *names: object) -> random.Random:
    """A generator for one thing: the same seed and names give the same draws on every machine and in any order."""
    return random.Random(":".join(map(str, (seed, *names))))  # noqa: S311  a drill, not a secret


def rounded(value: float | Decimal, decimals: int) -> Decimal:
    """The value with so many decimals, as it would be printed."""
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def split(total: Decimal, weights: Sequence[float], decimals: int) -> list[Decimal]:
    """The total shared out by weights to so many decimals; the parts add up to it exactly."""
    whole = sum(weights)
    parts = [rounded(total * Decimal(weight / whole), decimals) for weight in weights]
    largest = max(range(len(weights)), key=lambda i: weights[i])
    parts[largest] += total - sum(parts)
    return parts


def along(path: Mapping[int, float], year: int) -> float:
    """The value of a year on a path of straight lines between the years given; constant outside of them."""
    known = sorted(path)
    if year <= known[0]:
        return float(path[known[0]])
    for left, right in pairwise(known):
        if year <= right:
            share = (year - left) / (right - left)
            return float(path[left]) + share * (float(path[right]) - float(path[left]))
    return float(path[known[-1]])
