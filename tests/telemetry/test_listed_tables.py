"""Tables that people keep in Excel: GBK is read, and what cannot be read is said in Chinese by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng.model.errors import FolderError
from duheng.telemetry.rollup.points import load_points, read_points
from duheng.telemetry.watching.registers import load
from tests.telemetry.conftest import LISTED

METER = "M1,E,counter,512022,电力,kWh,{},{},,{},{},供电公司,,\n"


def put(home: Path, name: str, text: str, encoding: str = "utf-8") -> None:
    (home / "telemetry").mkdir(exist_ok=True)
    (home / "telemetry" / name).write_text(text, encoding)


def refused(listed: str, replaced: str = "") -> str:
    with pytest.raises(FolderError) as trouble:
        read_points(listed, replaced)
    return str(trouble.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_points_and_limits_are_read_as_excel_saves_them(home: Path, encoding: str) -> None:
    put(home, "points.csv", LISTED + METER.format(15, 500, "2026-01-01", ""), encoding)
    put(home, "limits.csv", "mn,factor,least,most,basis\nW1,w01018,,50,许可证\n", encoding)
    assert [one.owner for one in load_points(home).points] == ["供电公司"]
    registers = load(home)
    assert ([one.basis for one in registers.limits], registers.findings) == (["许可证"], [])


def test_bytes_that_are_no_text_are_said(home: Path) -> None:
    (home / "telemetry").mkdir()
    for name in ("points.csv", "limits.csv"):
        (home / "telemetry" / name).write_bytes(b"mn,factor\n\xff\xff\xff\n")
    with pytest.raises(FolderError, match=r"points\.csv：不是UTF-8或GBK的文字"):
        load_points(home)
    assert [one.found for one in load(home).findings] == [
        "limits.csv：不是UTF-8或GBK的文字，应另存为CSV（UTF-8）"
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((15, "abc", "2026-01-01", ""), "第2行：most 为“abc”，应为数"),
        ((15, "nan", "2026-01-01", ""), "第2行：most 为“nan”，应为数"),
        (("1_5", 500, "2026-01-01", ""), "第2行：every 为“1_5”，应为数"),
        ((15, 500, "2026-13-01", ""), "第2行：since 为“2026-13-01”，应如2026-01-31"),
        ((15, 500, "2026-01-01", "x"), "第2行：until 为“x”，应如2026-01-31"),
    ],
)
def test_a_cell_that_is_none_is_said_in_chinese(cells: tuple[object, ...], said: str) -> None:
    assert said in refused(LISTED + METER.format(*cells))


def test_a_table_without_its_columns_is_said() -> None:
    found = refused("设备,factor,kind\nM1,E,counter\n", "表计\nM1\n")
    assert "points.csv：不认识的列 设备" in found
    assert "points.csv 第2行：mn 为空，须填写" in found
    assert "replaced.csv：不认识的列 表计，应为 mn、factor、time、final、initial" in found


def test_points_listed_twice_are_named() -> None:
    line = METER.format(15, 500, "2026-01-01", "")
    assert "points.csv：M1 E 登记了不止一次" in refused(LISTED + line + line)


def test_a_replacement_that_cannot_be_read_is_said() -> None:
    listed = LISTED + METER.format(15, 500, "2026-01-01", "")
    told = "mn,factor,time,final,initial\nM1,E,2026-01-05,x,0\nM1,E,昨天,1,0\n"
    found = refused(listed, told)
    assert "replaced.csv 第2行：final 为“x”，应为数" in found
    assert "replaced.csv 第3行：time 为“昨天”，应如2026-01-31" in found


def test_limits_that_cannot_be_read_are_said_in_chinese(home: Path) -> None:
    put(home, "limits.csv", "mn,factor,least,most,since\nW1,w01018,,abc,\nW1,w01018,,5,2026-13-01\n")
    assert [one.found for one in load(home).findings] == [
        "most 为“abc”，应为数",
        "since 为“2026-13-01”，应如2026-01-31或2026-01-31 08:00",
    ]
