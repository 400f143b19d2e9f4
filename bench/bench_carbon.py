"""A physical balance of 30 provinces to carbon dioxide: read, computed and printed."""

from __future__ import annotations

import csv
import random
import tempfile
from pathlib import Path

from bench.figures import Figure, seconds
from duheng.ingest.balance.layout import layout
from duheng.ingest.carbon import inventory, read_balance, read_factors
from duheng.ingest.carbon.layout import printed_columns

PROVINCES = 30
FUELS = 22
ROWS = (
    "S", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "T", "T1", "T2", "T3", "T4", "T5", "T6", "T6a", "T7",
    "L", "F", "F1", "F2", "F2a", "F3", "F4", "F5", "F6", "F6a", "F6b", "F7", "D", "C",
)  # fmt: skip


def main() -> list[Figure]:
    """30 provinces x 33 rows x 22 fuels, from the file to the text of the result, and the computation alone."""
    with tempfile.TemporaryDirectory() as folder:
        balance, factors = _balance(Path(folder) / "balance.csv"), _factors(Path(folder) / "factors.csv")

        def whole() -> str:
            return inventory(read_balance(balance), read_factors(factors)).csv()

        read, known = read_balance(balance), read_factors(factors)
        made = inventory(read, known)
        if made.table.height != PROVINCES * 9 or not made.complete:
            raise AssertionError([one.text for one in made.findings])
        taken, alone = seconds(whole), seconds(lambda: inventory(read, known))
    size = f"{PROVINCES}省×{len(ROWS)}行×{FUELS}品种"
    return [
        Figure(f"能源平衡表到二氧化碳，{size}，含读写", taken, "s", bound="< 1 s", holds=taken < 1),
        Figure(f"能源平衡表到二氧化碳，{size}，只计算", alone, "s"),
    ]


def _balance(path: Path) -> Path:
    """A made-up balance: three cells in four filled, inputs to power and heat negative."""
    draw = random.Random(2007)
    names = [column.id for column in layout().columns.values() if column.id in _named() or not column.item]
    names = [name for name in names if not name.startswith("energy_total")][: FUELS - 3]
    names += ["heat", "electricity", "other_energy"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["province", "year", "row_code", *names])
        for province in range(PROVINCES):
            for row in ROWS:
                sign = -1 if row in {"T1", "T2"} else 0.01 if row == "F2a" else 1
                cells = [f"{sign * draw.uniform(1, 500):.2f}" if draw.random() < 0.75 else "" for _ in names]
                writer.writerow([f"P{province}", 2007, row, *cells])
    return path


def _named() -> set[str]:
    return {column.id for column in layout().fuels() if column.item in printed_columns()}


def _factors(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["fuel", "sector_group", "factor", "unit", "applies_to_rows", "source"])
        for column in layout().fuels():
            if column.item in printed_columns():
                unit = "tCO2/1e4 m3" if column.unit == "亿m3" else "tCO2/t"
                writer.writerow([column.id, "all", "2.5", unit, "all F rows", "基准测试的假定值"])
    return path
