"""The roll-up at its whole size: 100,000,000 quarter-hour readings (made once, some two minutes and 400 MB)."""

from __future__ import annotations

from bench import bench_rollup
from bench.figures import Figure


def main() -> list[Figure]:
    """What bench_rollup measures, at 100,000,000 readings."""
    return bench_rollup.at(bench_rollup.WHOLE)
