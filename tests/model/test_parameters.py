"""Parameters: each dated value with its citation; exactly one in force (L3, L5)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duheng.model import Parameters, UnknownName, parameter
from duheng.model.errors import FolderError
from duheng.model.parameters import packaged, read_parameters

HEAD = "title: 试\nunit: t\nsettings:\n"


def read(tmp_path: Path, settings: str) -> Parameters:
    (tmp_path / "trial.yaml").write_text(HEAD + settings, "utf-8")
    return Parameters(read_parameters(tmp_path))


def test_the_value_changes_on_its_date(tmp_path: Path) -> None:
    trial = read(
        tmp_path, "  - {since: 2020-01-01, value: 1, cite: 甲}\n  - {since: 2023-01-01, value: 2, cite: 乙}\n"
    ).get("trial")
    assert trial.at(date(2019, 12, 31)) is None
    before, after = trial.at(date(2022, 12, 31)), trial.at(date(2023, 1, 1))
    assert before
    assert after
    assert (before.cite, after.cite) == ("甲", "乙")


def test_a_local_value_outranks_the_national_one(tmp_path: Path) -> None:
    trial = read(
        tmp_path,
        '  - {since: 2023-01-01, value: 1, cite: 甲}\n  - {since: 2020-01-01, where: "51", value: 2, cite: 乙}\n',
    ).get("trial")
    here, elsewhere = trial.at(date(2024, 1, 1), code="512000"), trial.at(date(2024, 1, 1), code="110000")
    assert here
    assert elsewhere
    assert [str(here.value), str(elsewhere.value)] == ["2", "1"]
    assert trial.local()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("  - {since: 2020-01-01, value: 1}\n", "没有依据"),
        ("  - {since: 2020-01-01, value: 1, cite: 甲, certainty: 也许}\n", "可信度"),
        ("  - {since: 2020-01-01, value: 1, cite: 甲, waht: 2}\n", "waht"),
        ("  - {since: 2020-01-01, value: 一, cite: 甲}\n", "trial"),
        (
            "  - {since: 2020-01-01, value: 1, cite: 甲}\n  - {since: 2020-01-01, value: 2, cite: 乙}\n",
            "两个取值",
        ),
        ("  - [\n", "trial.yaml：不能读取，请核对文件、编码（应为UTF-8）、缩进和日期"),
        ("  - {since: 2020-13-01, value: 1, cite: 甲}\n", "不能读取.*日期"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(tmp_path: Path, settings: str, said: str) -> None:
    with pytest.raises(FolderError, match=said):
        read(tmp_path, settings)


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trial.yaml").write_text("title: 试\nunit: t\nuint: t\nsettings: []\n", "utf-8")
    with pytest.raises(FolderError, match="uint"):
        read_parameters(tmp_path)


def test_a_citys_settings_are_added_to_the_packaged_ones(tmp_path: Path) -> None:
    setting = '  - {since: 2024-01-01, where: "5120", item: 原煤, value: 0.7, cite: 实测}'
    text = f"title: 折标准煤系数\nunit: tce/<fuel>\naxis: fuel\nsettings:\n{setting}\n"
    (tmp_path / "standard_coal_factor.yaml").write_text(text, "utf-8")
    own = Parameters(read_parameters(tmp_path, onto=packaged()))
    here = own.get("standard_coal_factor").at(date(2024, 6, 1), "原煤", "512002")
    there = own.get("standard_coal_factor").at(date(2024, 6, 1), "原煤", "110000")
    assert here
    assert there
    assert (str(here.value), str(there.value)) == ("0.7", "0.7143")
    assert {p.id for p in own} >= {"standard_coal_factor"}


def test_a_citys_settings_in_another_unit_are_refused(tmp_path: Path) -> None:
    setting = '  - {since: 2024-01-01, where: "5120", item: 原煤, value: 700, cite: 实测}'
    text = f"title: 折标准煤系数\nunit: kgce/<fuel>\naxis: fuel\nsettings:\n{setting}\n"
    (tmp_path / "standard_coal_factor.yaml").write_text(text, "utf-8")
    with pytest.raises(FolderError, match=r"unit kgce/<fuel>.*应与随程序发布的一致.*unit tce/<fuel>"):
        read_parameters(tmp_path, onto=packaged())


def equal_values(tmp_path: Path) -> Parameters:
    """Those of a city that has entered its equal value of electricity from 2022 on."""
    setting = '  - {since: 2022-01-01, where: "5120", item: 电力, value: 3.0, cite: 公布}'
    text = f"title: 等价系数\nunit: tce/<fuel>\naxis: fuel\nsettings:\n{setting}\n"
    (tmp_path / "equal_value_factor.yaml").write_text(text, "utf-8")
    return Parameters(read_parameters(tmp_path, onto=packaged()))


@pytest.mark.parametrize(
    ("item", "code", "value"),
    [
        ("电力", "512002", "3.0"),
        ("电力", "110000", "1.229"),
        ("热力", "512002", "0.03412"),
        ("原煤", "512002", "0.7143"),
    ],
)
def test_a_parameter_follows_another_where_a_place_has_no_setting_of_its_own(
    tmp_path: Path, item: str, code: str, value: str
) -> None:
    found = equal_values(tmp_path).get("equal_value_factor").at(date(2022, 12, 31), item, code)
    assert found
    assert str(found.value) == value


def test_a_series_never_begins_with_one_parameter_and_goes_on_with_another(tmp_path: Path) -> None:
    factor = equal_values(tmp_path).get("equal_value_factor")
    assert factor.at(date(2020, 12, 31), "电力", "512002") is None
    assert factor.ruling("电力", "512002").id == "equal_value_factor"
    assert factor.ruling("电力", "110000").id == "standard_coal_factor"


@pytest.mark.parametrize("followed", ["trial", "no_such_parameter"])
def test_a_parameter_follows_only_another_one(tmp_path: Path, followed: str) -> None:
    text = f"title: 试\nunit: t\nfollows: {followed}\nsettings: []\n"
    (tmp_path / "trial.yaml").write_text(text, "utf-8")
    with pytest.raises(FolderError, match=f"follows“{followed}”应为另一个参数的编号"):
        read_parameters(tmp_path, onto=packaged())


def test_an_unknown_parameter_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="standard_coal_factor"):
        parameter("standard_coal_facter")
