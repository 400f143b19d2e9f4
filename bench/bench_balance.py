"""Energy balances of 30 provinces (33 rows, 22 fuels each) to standard coal and to CO2, from the file to the result.

The tables are made up: seeded numbers in the layout of the yearbook, each with every row and every fuel. As random
numbers close in no balance, every identity of every table ends in a finding: the dearest case of the command.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from bench.figures import Figure, seconds
from duheng.ingest.balance.checking import check_balance
from duheng.ingest.balance.conversion import Converted
from duheng.ingest.balance.factors import Factors
from duheng.ingest.balance.layout import layout
from duheng.ingest.balance.output import write_converted, write_findings
from duheng.ingest.balance.reading import read_balance
from duheng.ingest.balance.report import convert_with_checks
from duheng.ingest.carbon.balance import read_balance as read_for_carbon
from duheng.ingest.carbon.factors import known_sets
from duheng.ingest.carbon.inventory import inventory_by_set

PROVINCES = 30
ROWS = (
    "S", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "T", "T1", "T2", "T3", "T4", "T5", "T6", "T6a", "T7",
    "L", "F", "F1", "F2", "F2a", "F3", "F4", "F5", "F6", "F6a", "F6b", "F7", "D", "C",
)  # fmt: skip
COLUMNS = (
    "coal_total", "raw_coal", "cleaned_coal", "other_washed_coal", "briquettes", "coke", "coke_oven_gas", "other_gas",
    "petroleum_total", "crude_oil", "gasoline", "kerosene", "diesel", "fuel_oil", "lpg", "refinery_gas", "natural_gas",
    "other_petroleum", "other_coking", "heat", "electricity", "other_energy",
)  # fmt: skip
LIMIT = 1.0


def main() -> list[Figure]:
    """Median seconds of reading, converting (with checks and writing), and the CO2 inventory."""
    with tempfile.TemporaryDirectory() as folder:
        path = _made_up(Path(folder) / "provinces.csv")
        factors = Factors("基准测试", {(column.id, "*"): 1.0 for column in layout().fuels()})
        names = list(known_sets())
        coal = seconds(lambda: _converted(path, factors))
        checks = seconds(lambda: check_balance(read_balance(path)))
        carbon = seconds(lambda: inventory_by_set(read_for_carbon(path), names[0]))
    size = f"{PROVINCES}省×{len(ROWS)}行×{len(COLUMNS)}品种"
    both = coal + carbon
    return [
        Figure(
            f"能源平衡表折标准煤与二氧化碳（{size}，从文件到结果）",
            both,
            "s",
            bound="< 1 s",
            holds=both < LIMIT,
        ),
        Figure("其中：折标准煤、核对并写出", coal, "s"),
        Figure(f"其中：二氧化碳清单（{names[0]}）", carbon, "s"),
        Figure(f"核对恒等式（{size}）", checks, "s"),
    ]


def _converted(path: Path, factors: Factors) -> Converted:
    converted = convert_with_checks(read_balance(path), factors)
    write_converted(converted, path.with_name("out.csv"))
    write_findings(converted.findings, path.with_name("out.findings.csv"))
    return converted


def _made_up(path: Path) -> Path:
    draw = random.Random(2007)
    lines = [",".join(["province_code", "province", "year", "row_code", *COLUMNS])]
    for province in range(PROVINCES):
        for row in ROWS:
            sign = -1 if row in ("S6", "S7", "S8", "T1", "T2") else 1
            cells = [
                f"{abs(sign) * draw.uniform(1, 999):.2f}" if row[0] == "T" and id in ("heat", "electricity")
                else f"{sign * draw.uniform(1, 999):.2f}"
                for id in COLUMNS
            ]  # fmt: skip
            lines.append(",".join([str(province), f"省{province}", "2023", row, *cells]))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


if __name__ == "__main__":
    for figure in main():
        print(figure.as_json())
