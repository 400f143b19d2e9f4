"""A small balance of one county that closes, and writers of its variants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

HEADER = [
    "region",
    "year",
    "row_code",
    "coal_total",
    "raw_coal",
    "diesel",
    "natural_gas",
    "heat",
    "electricity",
]
# One county, 2023: coal burnt for power and heat, gas and diesel used finally, power brought in.
ROWS: dict[str, list[float | None]] = {
    "S": [110, 110, 5, 2, None, 4],
    "S1": [None, None, None, None, None, 1],
    "S3": [120, 120, 5, 2, None, 3],
    "S4": [None] * 6,
    "S6": [-5, -5, None, None, None, None],
    "S7": [None] * 6,
    "S9": [-5, -5, None, None, None, None],
    "T": [-60, -60, None, None, 200, 8],
    "T1": [-40, -40, None, None, None, 8],
    "T2": [-20, -20, None, None, 200, None],
    "T6": [None] * 6,
    "L": [None, None, None, None, None, 0.5],
    "F": [50, 50, 5, 2, 200, 11.5],
    "F1": [1, 1, 1, None, None, 0.5],
    "F2": [40, 40, 1, 1, 200, 8],
    "F3": [None, None, 1, None, None, None],
    "F4": [None, None, 2, None, None, None],
    "F5": [1, 1, None, None, None, 1],
    "F6": [8, 8, None, 1, None, 2],
    "F6a": [2, 2, None, 1, None, 1],
    "F6b": [6, 6, None, None, None, 1],
    "F7": [None] * 6,
    "D": [0, 0, None, None, None, None],
    "C": [110, 110, 5, 2, 200, 12],
}
Cells = Mapping[tuple[str, str], object]
Write = Callable[..., Path]


@pytest.fixture
def county(tmp_path: Path) -> Write:
    """Writes the county's balance with some cells, headers or rows changed; `more` are further columns."""

    def write(
        cells: Cells | None = None,
        header: Mapping[str, str] | None = None,
        more: Mapping[str, Mapping[str, object]] | None = None,
        without: tuple[str, ...] = (),
        name: str = "county.csv",
    ) -> Path:
        titles = [(header or {}).get(head, head) for head in HEADER] + list(more or {})
        lines = [",".join(titles)]
        for code, values in ROWS.items():
            if code in without:
                continue
            row = dict(zip(HEADER[3:], values, strict=True))
            row |= {fuel: value for (at, fuel), value in (cells or {}).items() if at == code}  # type: ignore[misc]
            extra = [column.get(code) for column in (more or {}).values()]
            shown = ["" if value is None else str(value) for value in (*row.values(), *extra)]
            lines.append(",".join(["甲县", "2023", code, *shown]))
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write


FACTORS = {
    "raw_coal": 0.7, "diesel": 1.5, "natural_gas": 12.0, "heat": 0.05, "electricity": 1.2,
}  # fmt: skip


@pytest.fixture
def factors(tmp_path: Path) -> Callable[..., Path]:
    """Writes a factor file: round factors, some changed or (None) left out, further lines as they are."""

    def write(*lines: str, **changed: float | None) -> Path:
        values = {fuel: value for fuel, value in (FACTORS | changed).items() if value is not None}
        rows = [f"{fuel},*,{value}" for fuel, value in values.items()]
        path = tmp_path / "factors.csv"
        head = "fuel,row_code,factor_1e4tce_per_physical_unit"
        path.write_text("\n".join([head, *rows, *lines]) + "\n", "utf-8")
        return path

    return write
