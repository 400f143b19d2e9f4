"""Beside OpenFisca-Core: the same rules over 1,000,000 entities, and whether the sums are exact."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import polars as pl

import duheng.rules  # noqa: F401  # every rule registers its quantity
from bench.figures import CHECKOUT, PEER_PYTHON, Figure, seconds
from duheng.engine.chain import Chain
from duheng.engine.columns import PolarsColumns
from duheng.model import Quantity, quantity
from duheng.model.periods import Period, parse

ENTITIES = 1_000_000
FUELS = ("原煤", "柴油", "汽油", "电力")


def main() -> list[Figure]:
    """Inputs in memory as columns, results in memory; both sides from the same random numbers."""
    if not PEER_PYTHON.exists():
        return [Figure("对照 OpenFisca-Core", None, "s", peer="未安装（make bench 会安装 .venv-bench）")]
    peer = _peer()
    wide = _wide()

    def work() -> pl.DataFrame:
        chain = Chain(PolarsColumns(), _column, FUELS)
        decline = chain.read(quantity("energy_intensity_decline"), parse("2023"))
        energy = chain.read(quantity("energy"), parse("2023"))
        # Streaming computes in pieces that fit the cache, and what the two have in common once.
        asked = wide.lazy().select(decline.alias("decline"), energy.alias("energy"))
        return asked.collect(engine="streaming")

    taken = seconds(work, repeat=9)
    total = float(work()["energy"].sum())
    off, theirs = abs(total - peer.exact), abs(peer.total - peer.exact)
    name = f"同样的规则，{ENTITIES}个对象（输入在内存）"
    return [
        _beside(f"{name}，对照含装入输入", taken, median(peer.whole)),
        _beside(f"{name}，对照不含装入输入、只计算", taken, median(peer.calculate)),
        Figure(
            "合计偏离精确值",
            off,
            "tce",
            peer=f"OpenFisca float32 {theirs:.0f} tce",
            bound="< 0.005",
            holds=off < 0.005,
        ),
    ]


def _beside(name: str, own: float, other: float) -> Figure:
    said = f"OpenFisca {other:.3f} s"
    return Figure(name, own, "s", said, own / other, bound="快于 OpenFisca", holds=own < other)


@dataclass(frozen=True)
class Peer:
    """The peer's answer: seconds of each run, with and without the setting of inputs, and two totals [tce]."""

    whole: list[float]
    calculate: list[float]
    total: float
    exact: float


def _peer() -> Peer:
    command = [str(PEER_PYTHON), str(CHECKOUT / "bench" / "peer_openfisca.py"), str(ENTITIES)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return Peer(**answer)


def _wide() -> pl.DataFrame:
    """The peer's inputs, drawn in the peer's order."""
    dice = np.random.default_rng(2026)
    names = [(name, year) for name in (*FUELS, "gdp") for year in ("2020", "2023")]
    return pl.DataFrame({f"{name} {year}": dice.uniform(1, 1000, ENTITIES) for name, year in names})


def _column(of: Quantity, item: str | None, period: Period) -> pl.Expr:
    return pl.col(f"{item or of.id} {period}")
