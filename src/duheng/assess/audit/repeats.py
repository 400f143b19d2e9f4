"""Series that stand still or are copied: stuck meters, replayed days, duplicates, last year's figures scaled."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from duheng.assess.audit.settings import PACKAGED, Thresholds


@dataclass(frozen=True)
class Run:
    """A run of equal values: where it begins (from 0), how long it is, how long one by chance may be."""

    start: int
    length: int
    expected: int


def stuck(values: Sequence[float], limits: Thresholds = PACKAGED) -> list[Run]:
    """Runs of equal values longer than the series' own resolution makes likely.

    A series in whole numbers repeats itself by chance; how often is read from its values less its longest
    run, which is the one questioned. A series that never changes is one run.
    """
    runs = _runs(values)
    floor = int(limits.number("stuck", "least_run"))
    longest = max(runs, key=lambda run: run[1], default=(0, 0))
    kept = [values[run[0]] for run in runs for _ in range(1 if run == longest else run[1])]
    tie = _tie_chance(kept) if len(runs) > 1 else 0.0
    allowed = max(floor, _longest_by_chance(len(values), tie, limits.number("stuck", "chance")) + 1)
    return [Run(start, length, allowed - 1) for start, length in runs if length >= allowed]


def _runs(values: Sequence[float]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place, value in enumerate(values):
        if place and value == values[place - 1]:
            start, length = found[-1]
            found[-1] = (start, length + 1)
        else:
            found.append((place, 1))
    return found


def _tie_chance(values: Sequence[float]) -> float:
    counts, total = Counter(values).values(), len(values)
    by_value = sum(count**2 for count in counts) / total**2
    beside = sum(a == b for a, b in pairwise(values)) / max(1, total - 1)
    return max(by_value, beside)  # neighbours that resemble each other tie more often than values at large


def _longest_by_chance(length: int, tie: float, chance: float) -> int:
    if tie <= 0:
        return 1
    return length if tie >= 1 else 1 + math.ceil(math.log(chance / length) / math.log(tie))


@dataclass(frozen=True)
class Copy:
    """Two spans that are too alike: name and start of each, their length, distance against its tolerance."""

    first: tuple[str, int]
    second: tuple[str, int]
    length: int
    distance: float
    tolerance: float


def replayed(values: Sequence[float], span: int, name: str = "", limits: Thresholds = PACKAGED) -> list[Copy]:
    """Spans (days of 24 hours, weeks of days) that nearly repeat an earlier one of the same series.

    The mean profile is taken off first, so that days may have the same shape; what remains is as individual as
    noise. The distance is the root mean square difference of two remainders over their standard deviation:
    1.4 for independent ones, near nought for a replay even with noise of some thousandths laid over it.
    """
    pieces = [list(values[start : start + span]) for start in range(0, len(values) - span + 1, span)]
    if len(pieces) < 3:
        return []
    profile = [math.fsum(column) / len(pieces) for column in zip(*pieces, strict=True)]
    rests = [[v - mean for v, mean in zip(piece, profile, strict=True)] for piece in pieces]
    return _alike({(name, number_ * span): rest for number_, rest in enumerate(rests)}, "replay", limits)


def duplicated(series: Mapping[str, Sequence[float]], limits: Thresholds = PACKAGED) -> list[Copy]:
    """Pairs of equally long series that nearly coincide point by point.

    The distance is the root mean square difference over the standard deviation of the livelier one. Series that
    never change are left to `stuck`; a copy that was scaled is left to `scaled_copy`.
    """
    spans = {(name, 0): list(values) for name, values in series.items() if len(set(values)) > 1}
    return _alike(spans, "duplicate", limits)


def _alike(spans: Mapping[tuple[str, int], Sequence[float]], code: str, limits: Thresholds) -> list[Copy]:
    tolerance, least = limits.number(code, "distance"), int(limits.number(code, "least_points"))
    found = []
    for length in sorted({len(values) for values in spans.values()} - set(range(least))):
        keys = [key for key, values in spans.items() if len(values) == length]
        rows = np.array([spans[key] for key in keys], dtype=float)
        spread = rows.std(axis=1)
        for first in range(len(keys) - 1):
            # A row at a time: all pairs of a thousand series at once would need a thousand times the memory.
            distance = np.sqrt(((rows[first + 1 :] - rows[first]) ** 2).mean(axis=1))
            most = np.maximum(spread[first + 1 :], spread[first])
            for second in np.flatnonzero((most > 0) & (distance < tolerance * most)):
                share = float(distance[second] / most[second])
                found.append(Copy(keys[first], keys[first + 1 + int(second)], length, share, tolerance))
    return found


def scaled_copy(now: Sequence[float], last: Sequence[float], limits: Thresholds = PACKAGED) -> float | None:
    """The one factor that makes last year's months this year's, or None where there is none.

    Six months at least; every month must agree with the factor within the tolerance, far below what months do.
    """
    pairs = [(a, b) for a, b in zip(now, last, strict=True) if a > 0 and b > 0]
    if len(pairs) < int(limits.number("scaled", "least_points")) or len({b for _, b in pairs}) < 3:
        return None
    factor = math.fsum(a for a, _ in pairs) / math.fsum(b for _, b in pairs)
    tolerance = limits.number("scaled", "tolerance")
    return factor if all(abs(a / (b * factor) - 1) <= tolerance for a, b in pairs) else None
