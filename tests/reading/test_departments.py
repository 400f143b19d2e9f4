"""Units of a document matched to a city's departments under their other names; unknown ones are kept and said."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng import city
from duheng.reading.departments import Department, alike, match, merged, table
from duheng.reading.folder import write_folder
from duheng.reading.reading import read_text

PLAN = """资阳市人民政府
关于印发某某方案的通知
资府发〔2021〕9号
资阳市人民政府
2021年5月1日
资阳市“十四五”节水工作方案
一、任务
（一）节水。到2025年，全市用水总量控制在6亿立方米以内。（责任单位：市发改委、市水利局、市某某促进中心、各县（区）政府）
（二）用能。推进用能管理。（责任单位：市发展改革委、市住建局、市节水办公室）
"""


@pytest.mark.parametrize(("one", "other", "same"), table()["examples"])
def test_names_of_one_organ(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


def test_an_exact_name_goes_before_a_like_one() -> None:
    known = [Department("1", "市水务局", aliases=("市水利局",)), Department("2", "市水利局机关")]
    found = match(["市水利局", "市水利局机关", "市甲局"], known)
    assert [one and one.id for one in found.values()] == ["1", "2", None]


def test_without_a_list_each_unit_stands_once() -> None:
    assert merged(["市发改委", "市甲局", "市发展改革委"]) == [
        Department("", "市发改委", "", ("市发展改革委",)), Department("", "市甲局"),
    ]  # fmt: skip


def test_the_folder_names_the_citys_departments_and_check_says_what_is_unknown(tmp_path: Path) -> None:
    write_folder(read_text(PLAN), tmp_path / "city")
    loaded = city.load(tmp_path / "city")
    names = {one.name: one.id for one in loaded.places if one.kind == "department"}
    assert names.keys() == {
        "市发展改革委", "市水务局", "各县（区）人民政府", "市住房城乡建设局", "市某某促进中心", "市节水办公室",
    }  # fmt: skip
    assert names["市发展改革委"] == "512000D02"
    said = [one for one in city.check(tmp_path / "city") if one.code == "unmatched-unit"]
    assert [one.severity for one in said] == ["warning"] * 2
    assert all(any(name in one.found for one in said) for name in ("市某某促进中心", "市节水办公室"))
