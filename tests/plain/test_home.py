"""Whose tariffs and factors a plain table is reckoned with: its places' own, else those of the city it is read in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng.cli import app
from tests.city.conftest import SHILI

BILL = "entity,period,household_power\n{place},2023-05,300\n"
POWER = "entity,period,purchased_electricity\n甲厂,2023,1\n"
COAL = """title: 各种能源折标准煤系数
unit: tce/<fuel>
axis: fuel
settings:
  - {since: 2020-01-01, where: "9999", item: 天然气, value: 12.143, cite: 示例市统计局实测, certainty: memory}
"""


@pytest.fixture(autouse=True)
def no_city_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUHENG_CITY", raising=False)


def computed(tmp_path: Path, rule: str, text: str, *options: str) -> tuple[str, str]:
    """The value of the first row, and all that was printed."""
    path = tmp_path / "in.csv"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(app, ["compute", rule, str(path), *options])
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()[1].rpartition(",")[2], done.output


def test_the_tariff_of_a_province_is_not_that_of_another(tmp_path: Path) -> None:
    assert computed(tmp_path, "household_bill", BILL.format(place="四川省"))[0] == "172.72"
    assert computed(tmp_path, "household_bill", BILL.format(place="湖南省"))[0] == ""
    assert computed(tmp_path, "household_bill", BILL.format(place="常德市"))[0] == ""
    assert computed(tmp_path, "household_bill", BILL.format(place="海淀区"))[0] == ""


def test_a_site_of_a_works_is_no_district(tmp_path: Path) -> None:
    assert computed(tmp_path, "household_bill", BILL.format(place="一厂区"))[0] == "172.72"


def test_a_tariff_for_a_table_without_place_is_that_of_the_default_city_and_says_so(tmp_path: Path) -> None:
    value, said = computed(tmp_path, "household_bill", BILL.format(place="甲"))
    assert value == "172.72"
    assert "甲 没有认出所在地区，按资阳市（5120）取值" in said
    assert "--city" in said


def test_what_does_not_say_where_it_lies_is_of_the_nation_unless_a_city_is_named(tmp_path: Path) -> None:
    assert computed(tmp_path, "electricity_emission", POWER)[0] == "5.306"
    value, said = computed(tmp_path, "electricity_emission", POWER, "--city", "512000")
    assert value == "1.564"
    assert "甲厂 没有认出所在地区，按资阳市（5120）取值" in said


def test_the_tariff_of_sichuan_is_not_used_in_a_city_elsewhere(tmp_path: Path) -> None:
    assert computed(tmp_path, "household_bill", BILL.format(place="甲"), "--city", str(SHILI))[0] == ""


def test_the_citys_own_values_are_used_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(SHILI, tmp_path / "shili"))
    (folder / "parameters").mkdir(exist_ok=True)
    (folder / "parameters" / "standard_coal_factor.yaml").write_text(COAL, "utf-8")
    monkeypatch.setenv("DUHENG_CITY", str(folder))
    text = "entity,item,period,fuel_use\n示例市,天然气,2023,1\n"
    value, said = computed(tmp_path, "fuel_energy", text)
    assert value == "12.143"
    assert "示例市统计局实测" in said
