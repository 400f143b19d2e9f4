"""A form 205-1 as an enterprise fills it in: the layout of ../shared/data/forms, figures that hold together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from xlsxwriter import Workbook

HEADER = [
    "能源名称", "计量单位", "代码", "年初库存量", "购进量", "其中:购自省外", "购进金额", "消费量合计", "1.工业生产消费",
    "其中:用于原材料", "2.非工业生产消费", "合计中:运输工具消费", "期末库存量", "采用折标系数", "参考折标系数",
]  # fmt: skip
CODES = ["甲", "乙", "丙", *map(str, range(1, 12)), "丁"]
COLUMNS = dict(zip(HEADER, "ABCDEFGHIJKLMNO", strict=True))
Cells = Mapping[tuple[str, str], object]
Made = Callable[..., Path]
NOTHING: Cells = {}

# 原煤 of which 无烟煤; 780 + 20 = 800; 100 + 900 - 800 = 200.
ROWS: list[list[object]] = [
    ["原煤", "吨", "01", 100, 900, 300, 720, 800, 780, 0, 20, 0, 200, 0.7143, 0.7143],
    ["1.无烟煤", "吨", "02", 40, 300, 0, 260, 240, 240, 0, 0, 0, 100, 0.9, 0.9428],
    ["柴油", "吨", "21", 5, 30, "", 210, 32, 20, 0, 12, 12, 3, 1.4571, 1.4571],
    ["电力", "万千瓦时", "33", "", 500, "", 300, 500, 490, "", 10, "", "", 1.229, 1.229],
]
TOTAL = 800 * 0.7143 + 32 * 1.4571 + 500 * 1.229  # 1232.5672


def rows(changed: Cells = NOTHING, total: float = round(TOTAL, 2)) -> list[list[object]]:
    """The rows of the form with some cells changed: (fuel, column title) -> value."""
    made = [list(row) for row in ROWS]
    made.append(["能源合计", "吨标准煤", "40", *[""] * 4, total, *[""] * 7])
    for (fuel, column), value in changed.items():
        row = next(row for row in made if row[0] == fuel)
        row[HEADER.index(column)] = value
    return made


@pytest.fixture
def form(tmp_path: Path) -> Made:
    """Writes the form as .xlsx: title, who and when, header, column codes, rows; a sheet for each month given."""

    def make(
        changed: Cells = NOTHING, *, months: tuple[int, ...] = (6,), unit: str = "演练水泥厂",
        later: Cells = NOTHING, total: float = round(TOTAL, 2),
    ) -> Path:  # fmt: skip
        path = tmp_path / "能源月报.xlsx"
        with Workbook(path) as book:
            for month in months:
                sheet = book.add_worksheet(f"{month}月")
                sheet.write_row(0, 0, ["能源购进、消费与库存"])
                sheet.write_row(1, 0, [f"单位详细名称：{unit}", "", "", f"2024年1—{month}月", "表号：205-1"])
                sheet.write_row(3, 0, HEADER)
                sheet.write_row(4, 0, CODES)
                cells = changed if month == months[0] else {**changed, **later}
                for number, row in enumerate(rows(cells, total), 5):
                    for column, value in enumerate(row):
                        if value != "":
                            sheet.write(number, column, value)
        return path

    return make
