"""Statutory forms by import: recognised, checked, and entered where the ledger has period, name, item and unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from duheng.city import default_city_folder, load
from duheng.ingest.sheets import Reading, read_sheets
from duheng.model.entities import Entity, Places
from duheng.model.plan import City
from tests.forms.conftest import HEADER, Made, rows
from tests.forms.examples import OFFICE, Table, book, table

FIRM = Entity("E-205", "演练水泥厂", "enterprise", "512021")
OFFICE_OF_CITY = Entity("G-1", OFFICE, "public_institution", "512021")


@pytest.fixture(scope="module")
def city() -> City:
    loaded = load(default_city_folder("512000"))
    return replace(loaded, places=Places([*loaded.places, FIRM, OFFICE_OF_CITY]))


def read(path: object, city: City) -> Reading:
    return read_sheets(path, city, today=date(2025, 3, 1))  # type: ignore[arg-type]


def test_the_half_year_enters_with_feedstock_and_without_the_parts_of_raw_coal(
    form: Made, city: City
) -> None:
    reading = read(form(), city)
    assert {(f.quantity, f.item, f.period, float(f.value), f.locator) for f in reading.facts} == {
        ("fuel_use", "原煤", "2024H1", 800.0, "6月!H6"),
        ("fuel_use", "柴油", "2024H1", 32.0, "6月!H8"),
        ("fuel_use", "电力", "2024H1", 500.0, "6月!H9"),
        ("feedstock_use", "原煤", "2024H1", 0.0, "6月!J6"),
        ("feedstock_use", "柴油", "2024H1", 0.0, "6月!J8"),
    }
    assert {fact.entity for fact in reading.facts} == {"E-205"}
    assert not reading.failed


def test_a_row_that_breaks_a_read_relation_waits(form: Made, city: City) -> None:
    reading = read(form({("原煤", "消费量合计"): 810}), city)
    assert {fact.item for fact in reading.facts} == {"柴油", "电力"}
    (found,) = [one for one in reading.findings if one.code == "form-use"]
    assert (found.severity, found.owner) == ("error", "演练水泥厂")
    assert found.place.endswith("6月!H6")


def test_a_relation_from_memory_is_told_and_keeps_nothing_out(form: Made, city: City) -> None:
    reading = read(form({("原煤", "期末库存量"): 260}), city)
    assert len(reading.facts) == 5
    assert "未核实" in "".join(one.text for one in reading.findings if one.code == "form-stock")


def test_the_sum_to_may_is_no_period_of_the_ledger(form: Made, city: City) -> None:
    reading = read(form(months=(5,)), city)
    assert reading.facts == ()
    assert "没有导入" in "".join(one.text for one in reading.findings if one.code == "form-cumulative")


def test_a_unit_nobody_knows_is_named(form: Made, city: City) -> None:
    reading = read(form(unit="没有的厂"), city)
    assert reading.facts == ()
    assert "entity-unknown" in [one.code for one in reading.findings]


def test_the_report_of_a_key_user_enters_for_its_year(tmp_path: Path, city: City) -> None:
    reading = read(book(tmp_path / "报告.xlsx", {"表2": table("表2")}), city)
    assert {(f.quantity, f.item, f.period, float(f.value), f.locator) for f in reading.facts} == {
        ("fuel_use", "原煤", "2023", 800.0, "表2!F4"),
        ("fuel_use", "柴油", "2023", 32.0, "表2!F5"),
        ("fuel_use", "电力", "2023", 500.0, "表2!F6"),
        ("feedstock_use", "原煤", "2023", 0.0, "表2!H4"),
        ("feedstock_use", "柴油", "2023", 0.0, "表2!H5"),
    }
    assert not reading.failed


def test_what_two_forms_of_a_year_state_alike_counts_once(form: Made, tmp_path: Path, city: City) -> None:
    path = form(months=(12,))
    with_report = book(tmp_path / "b.xlsx", {"表2": table("表2", year=2024), "再": table("表2", year=2024)})
    assert len(read(path, city).facts) == len(read(with_report, city).facts) == 5
    assert "stated-twice" in [one.code for one in read(with_report, city).findings]


def test_two_forms_of_a_year_that_differ_wait(tmp_path: Path, city: City) -> None:
    other = table("表2", {("柴油", "消费量合计"): 33, ("柴油", "非工业生产消费"): 13})
    reading = read(book(tmp_path / "b.xlsx", {"表2": table("表2"), "再": other}), city)
    assert "stated-differently" in [one.code for one in reading.findings]
    assert "柴油" not in {fact.item for fact in reading.facts if fact.quantity == "fuel_use"}


def test_a_report_without_its_year_is_checked_only(tmp_path: Path, city: City) -> None:
    made = table("表2")
    made[1][2] = ""
    reading = read(book(tmp_path / "a.xlsx", {"表2": made}), city)
    assert reading.facts == ()
    assert "请在表头写明报告年份" in "".join(one.text for one in reading.findings)


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("2023年度", "2023"),
        ("报告期：2023年1—12月", "2023"),
        ("报告年度：2023", "2023"),
        ("2023年上半年", "2023H1"),
        ("2023年1-3月", "2023Q1"),
        ("2023年下半年", None),
        ("2023年版", None),
        ("填报日期：2024年3月20日", None),
        ("2024年3月", None),
    ],
)
def test_the_period_of_a_report_is_what_its_head_says(
    head: str, period: str | None, tmp_path: Path, city: City
) -> None:
    made = table("表2")
    made[1][2] = head
    reading = read(book(tmp_path / "a.xlsx", {"表2": made}), city)
    assert {fact.period for fact in reading.facts} == ({period} if period else set())


def test_the_day_of_filling_in_is_not_the_period_of_205_1(tmp_path: Path, city: City) -> None:
    head: Table = [
        ["能源购进、消费与库存"],
        ["单位详细名称：演练水泥厂", "2024年1—6月", "填报日期：", "2024年7月"],
    ]
    reading = read(book(tmp_path / "a.xlsx", {"a": [*head, HEADER, *rows()]}), city)
    assert {fact.period for fact in reading.facts} == {"2024H1"}


def test_the_public_institution_states_area_people_water_and_what_has_an_item(
    tmp_path: Path, city: City
) -> None:
    sheets = {number: table(number) for number in ("公共机构1表", "公共机构2表")}
    reading = read(book(tmp_path / "公共机构.xlsx", sheets), city)
    assert {(f.quantity, f.item, f.period, float(f.value), f.entity) for f in reading.facts} == {
        ("public_area", None, "2023", 12000.0, "G-1"),
        ("public_people", None, "2023", 260.0, "G-1"),
        ("public_water", None, "2023", 9800.0, "G-1"),
        ("fuel_use", "电力", "2023", 62.0, "G-1"),
        ("fuel_use", "天然气", "2023", 1.5, "G-1"),
    }
    said = "".join(one.text for one in reading.findings if one.code == "form-checked-only")
    assert "汽油（升不能换算为账本的单位）" in said
    assert "其他用油（账本没有这一项）" in said
    assert not reading.failed


def test_energy_without_a_printed_unit_is_checked_only(tmp_path: Path, city: City) -> None:
    made = table("公共机构2表", {("电", "计量单位"): ""})
    reading = read(book(tmp_path / "a.xlsx", {"2表": made}), city)
    assert "电力" not in {fact.item for fact in reading.facts}
    said = "".join(one.text for one in reading.findings if one.code == "form-checked-only")
    assert "电（没有印出计量单位）" in said


def test_the_form_of_public_institutions_is_not_entered_for_a_firm(tmp_path: Path, city: City) -> None:
    made = table("公共机构2表", unit="演练水泥厂")
    reading = read(book(tmp_path / "a.xlsx", {"2表": made}), city)
    assert reading.facts == ()
    assert "不是公共机构" in "".join(one.text for one in reading.findings)


@pytest.mark.parametrize("number", ["表1", "表3", "表6", "表8", "表10", "公共机构3表", "公共机构4表"])
def test_a_form_that_the_ledger_has_no_names_for_is_checked_only(
    number: str, tmp_path: Path, city: City
) -> None:
    reading = read(book(tmp_path / "a.xlsx", {"表": table(number)}), city)
    assert reading.facts == ()
    assert not reading.failed
    assert "没有进账本" in "".join(one.text for one in reading.findings)


def test_a_form_that_is_not_read_is_an_error_and_the_other_sheets_are_read(
    tmp_path: Path, city: City
) -> None:
    sheets: dict[str, Table] = {
        "205-2": [["能源加工转换与回收利用"], ["能源名称", "投入"]],
        "表2": table("表2"),
    }
    reading = read(book(tmp_path / "a.xlsx", sheets), city)
    assert reading.failed
    assert [one.place for one in reading.findings if one.code == "form-unread"] == ["a.xlsx 205-2!A1"]
    assert len(reading.facts) == 5


def test_merged_headings_of_a_form_keep_nothing_out(tmp_path: Path, city: City) -> None:
    title, unit, header, *rest = table("表2")
    lower = [*[""] * 5, "合计", *header[6:10], *[""] * 3]
    upper = [*header[:5], "消费量", *[""] * 4, *header[10:]]
    path = tmp_path / "a.xlsx"
    with Workbook(path) as made:
        sheet = made.add_worksheet("表2")
        for number, row in enumerate([title, unit, [], [], upper, lower, *rest]):
            sheet.write_row(number, 0, row)
        sheet.merge_range(4, 5, 4, 9, "消费量")
        sheet.merge_range(4, 0, 5, 0, "能源名称")
    reading = read(path, city)
    assert "merged" not in [one.code for one in reading.findings]
    assert len(reading.facts) == 5


def test_a_long_table_titled_as_a_form_is_a_long_table(tmp_path: Path, city: City) -> None:
    made: Table = [
        ["公共机构 单位基本信息"],
        ["指标", "对象", "时期", "数值", "单位"],
        ["公共机构建筑面积", OFFICE, "2023", 12000, "m2"],
    ]
    reading = read(book(tmp_path / "a.xlsx", {"a": made}), city)
    assert [(fact.quantity, float(fact.value)) for fact in reading.facts] == [("public_area", 12000.0)]


def test_a_form_without_its_header_is_named_at_import(tmp_path: Path, city: City) -> None:
    made: Table = [["单位基本信息"], ["指标", "单位", "说明"], ["建筑面积", "平方米", "一万"]]
    reading = read(book(tmp_path / "a.xlsx", {"a": made}), city)
    assert [one.code for one in reading.findings] == ["form-header"]


def test_a_unit_that_only_memory_refuses_keeps_the_rest_of_the_file(tmp_path: Path, city: City) -> None:
    made = table("公共机构2表", {("天然气", "计量单位"): "吨"})
    reading = read(book(tmp_path / "a.xlsx", {"a": made}), city)
    assert not reading.failed
    assert {fact.item for fact in reading.facts} == {"电力", None}
    said = "".join(one.text for one in reading.findings if one.code == "form-checked-only")
    assert "天然气（计量单位“吨”不符）" in said


def test_the_year_of_the_headings_serves_where_the_head_has_none(tmp_path: Path, city: City) -> None:
    made = table("公共机构2表")
    made[1][2] = ""
    made[2][3:] = ["2023年消费量", "2023年费用", "2022年消费量", "2022年费用"]
    reading = read(book(tmp_path / "a.xlsx", {"a": made}), city)
    assert {fact.period for fact in reading.facts} == {"2023"}
