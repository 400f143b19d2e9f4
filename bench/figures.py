"""The figure: what every benchmark and long run yields.

A benchmark is a module `bench/bench_<topic>.py` (a long run: `soak/<topic>.py`) with

    def main() -> list[Figure]: ...

It runs in a process of its own, started at the top of the checkout: none warms or burdens another.
"""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PEER_PYTHON = CHECKOUT / ".venv-bench" / "bin" / "python"
"""Interpreter with the yardsticks (requirements/bench.txt); they are never imported beside the product."""


@dataclass(frozen=True)
class Figure:
    """One measured value beside its yardstick.

    name: what was measured, in words.
    value, unit: the measurement; None where it could not be taken (say why in `peer`).
    peer: what it is compared with, its own figure included.
    ratio: value over the peer's value, None without a peer.
    bound: what is asked for, in words. holds: whether it is met, None where nothing is asked.
    """

    name: str
    value: float | None
    unit: str
    peer: str = ""
    ratio: float | None = None
    bound: str = ""
    holds: bool | None = None

    def as_json(self) -> str:
        """The figure as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(line: str) -> Figure:
        """The figure written by `as_json`."""
        return Figure(**json.loads(line))


def seconds(work: Callable[[], object], repeat: int = 5, warm: int = 1) -> float:
    """Median wall time of `work` [s] over `repeat` runs after `warm` unmeasured ones."""
    for _ in range(warm):
        work()
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def percentile(values: list[float], share: float) -> float:
    """Nearest-rank percentile; `share` in 0...1. ValueError when there are no values."""
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
