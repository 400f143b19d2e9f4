"""A million station-hours of air quality index, in memory and from file to file; beside python-aqi."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from bench.figures import CHECKOUT, PEER_PYTHON, Figure, seconds
from duheng.ingest.air import index_table, indices

ROWS = 1_000_000
PEER_ROWS = 10_000
# Mean and digits of what a Sichuan city's station shows in an ordinary month.
MEANS = {
    "pm2_5_1h": (40, 0),
    "pm10_1h": (65, 0),
    "so2_1h": (10, 0),
    "no2_1h": (30, 0),
    "co_1h_mg": (0.8, 1),
    "o3_1h": (70, 0),
}


def main() -> list[Figure]:
    """Random station-hours, the same for both sides; the peer is timed on the first rows of them."""
    numbers = _station_hours()
    with tempfile.TemporaryDirectory(prefix="duheng-bench-air-") as folder:
        source, target = Path(folder) / "in.csv", Path(folder) / "out.csv"
        _written(numbers, source)
        memory = seconds(lambda: indices(numbers, "2012"))
        whole = seconds(lambda: index_table(source).frame.write_csv(target), repeat=3)
        peer = _peer(numbers.head(PEER_ROWS), Path(folder) / "peer.csv") if PEER_PYTHON.exists() else None
    read_and_written = Figure(
        f"{ROWS}站时的空气质量指数，读写文件在内", whole, "s", bound="< 2 s", holds=whole < 2
    )
    name = f"{ROWS}站时的指数、级别和首要污染物（输入在内存）"
    if peer is None:
        return [Figure(name, memory, "s", bound="< 2 s", holds=memory < 2), read_and_written]
    theirs = median(peer["seconds"]) / peer["rows"] * ROWS
    times = theirs / memory
    said = f"python-aqi {theirs:.1f} s（按{PEER_ROWS}行推算，只有指数），快 {times:.0f} 倍"
    ours = indices(numbers.head(PEER_ROWS), "2012")["aqi"].cast(pl.Int64).to_list()
    same = sum(a == b for a, b in zip(ours, peer["found"], strict=True)) / PEER_ROWS
    return [
        Figure(
            name,
            memory,
            "s",
            peer=said,
            ratio=memory / theirs,
            bound="< 2 s，快 50 倍以上",
            holds=memory < 2 and times >= 50,
        ),
        read_and_written,
        Figure("与 python-aqi 指数相同的行", 100 * same, "%", peer="它的各段自51、101等起内插，与标准不同"),
    ]


def _station_hours() -> pl.DataFrame:
    dice = np.random.default_rng(2026)
    return pl.DataFrame(
        {name: dice.gamma(2, mean / 2, ROWS).round(digits) for name, (mean, digits) in MEANS.items()}
    )


def _written(numbers: pl.DataFrame, path: Path) -> None:
    whole = [name for name, (_, digits) in MEANS.items() if digits == 0]
    rows = np.arange(numbers.height)
    pl.DataFrame(
        {"snapshot": [f"2024-05-{1 + hour % 28:02}T08:00:00" for hour in range(numbers.height)]}
    ).with_columns(pl.Series("station_code", rows % 5000).cast(pl.String) + "A").hstack(
        numbers.with_columns(pl.col(whole).cast(pl.Int64))
    ).write_csv(path)


def _peer(numbers: pl.DataFrame, path: Path) -> dict[str, Any]:
    _written(numbers, path)
    command = [str(PEER_PYTHON), str(CHECKOUT / "bench" / "peer_aqi.py"), str(path)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer
