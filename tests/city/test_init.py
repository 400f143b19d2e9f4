"""A new city's folder: an example that passes the check and is then rewritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng.city import check, init, load
from duheng.model.errors import DuhengError


@pytest.mark.parametrize("city", ["示例市", "null", "2024年", "是", "-甲", "甲，乙市"])
def test_a_new_folder_passes_the_check(tmp_path: Path, city: str) -> None:
    folder = init(city, tmp_path)
    assert [f.text for f in check(folder) if f.severity != "notice"] == []
    assert load(folder).name == city


def test_rows_of_the_example_that_stand_there_still_are_noted(tmp_path: Path) -> None:
    folder = init("示例市", tmp_path)
    (told,) = [one for one in check(folder) if one.code == "sample"]
    assert (told.severity, told.place) == ("notice", "entities.csv 第2行 source")
    assert "6行仍是样例（所属省、示例市、甲县等）" in told.text
    path = folder / "entities.csv"
    path.write_text(path.read_text("utf-8").replace("样例，请改成本市的内容和区划代码", "民政部"), "utf-8")
    assert not [one for one in check(folder) if one.code == "sample"]


@pytest.mark.parametrize("code", ["511100", "310000", "659001"])
def test_a_code_is_taken_for_the_citys_id(tmp_path: Path, code: str) -> None:
    city = load(init(code, tmp_path))
    assert (city.id, city.code) == (code, code[:4])


def test_a_name_with_its_code_is_filed_under_the_code(tmp_path: Path) -> None:
    folder = init("乐山市", tmp_path, "511100")
    assert (folder.name, load(folder).name) == ("511100", "乐山市")


def test_the_example_shows_its_targets_and_duties(tmp_path: Path) -> None:
    plan = load(init("示例市", tmp_path)).plans[0]
    assert [t.direction for t in plan.targets] == ["decrease", "complete"]
    assert {d.by for d in plan.duties} == {"市统计局", "市生态环境局"}


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    folder = init("示例市", tmp_path)
    (folder / "plan.yaml").write_text("mine", "utf-8")
    with pytest.raises(DuhengError, match="已有内容"):
        init("示例市", tmp_path)
    assert (folder / "plan.yaml").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("city", "code"),
    [
        ("", None),
        ("51", None),
        ("5120001", None),
        ("甲/乙", None),
        ('甲"市', None),
        ("甲市", "51200x"),
        ("甲市", "../../x"),
    ],
)
def test_what_is_no_city_is_refused(tmp_path: Path, city: str, code: str | None) -> None:
    with pytest.raises(DuhengError):
        init(city, tmp_path, code)
    assert list(tmp_path.iterdir()) == []
