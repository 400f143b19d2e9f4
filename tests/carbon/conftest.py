"""A small balance made on the spot, and how a command is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ROWS = ("T1", "T2", "F1", "F2", "F2a", "F3", "F4", "F5", "F6a", "F6b", "F7")
FACTORS = (
    "fuel,sector_group,factor,unit,applies_to_rows,source,confidence\n"
    "raw_coal,agriculture+construction,1.6,tCO2/t,\"F1,F3\",本例给定,secondary\n"
    "raw_coal,services+households,1.4,tCO2/t,\"F4,F5,F6a,F6b,F7\",本例给定,secondary\n"
    "raw_coal,industry,1.7,tCO2/t,F2-F2a-T1-T2,本例给定,secondary\n"
    "diesel,all,3.1,tCO2/t,all F rows,本例给定,secondary\n"
    "natural_gas,all,21.6,tCO2/1e4 m3,all F rows,本例给定,secondary\n"
)  # fmt: skip
Write = Callable[[str, str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Writes a file of the test's folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def balance_text(amounts: dict[str, tuple[str, str, str]], rows: tuple[str, ...] = ROWS) -> str:
    """A balance of one city: raw coal [万t], diesel [万t] and natural gas [亿m3] by row; blank where not given."""
    lines = [f"示例市,2023,{row},{','.join(amounts.get(row, ('', '', '')))}" for row in rows]
    return "\n".join(["city,year,row_code,raw_coal,diesel,natural_gas", *lines]) + "\n"
