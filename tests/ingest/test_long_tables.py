"""Long tables: what is read, what is found, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from duheng.ingest.sheets import Reading
from tests.ingest.conftest import COAL, HEADER, codes, only, table, workbook

Read = Callable[..., Reading]


def changed(**cells: object) -> tuple[object, ...]:
    """The usual row with some cells changed, by header."""
    return tuple(cells.get(title, cell) for title, cell in zip(HEADER, COAL, strict=True))


def test_a_row_becomes_a_fact_in_the_declared_unit_with_the_statement_kept(read: Read) -> None:
    (fact,) = read(table(changed(数值=47, 单位="万吨"))).facts
    assert (fact.quantity, fact.entity, fact.item, fact.period) == ("fuel_use", "512002", "原煤", "2023")
    assert (fact.value, fact.unit, fact.stated, fact.locator) == (Decimal(470000), "t", "47 万吨", "表1!E2")


def test_english_headers_ids_and_aliases_are_understood(read: Read) -> None:
    header = ("quantity", "entity", "item", "period", "value", "unit")
    row = ("fuel_use", "512021", "coal_products", "2023Q1", "1,234.5", "t")
    (fact,) = read(workbook([header, row])).facts
    assert (fact.entity, fact.item, fact.period, fact.value) == (
        "512021",
        "煤制品",
        "2023Q1",
        Decimal("1234.5"),
    )


def test_a_unit_in_the_cell_wins_over_the_column(read: Read) -> None:
    (fact,) = read(table(changed(数值="4218吨", 单位="千克"))).facts
    assert (fact.value, fact.stated) == (Decimal(4218), "4218吨")


def test_a_unit_in_the_header_serves_every_row(read: Read) -> None:
    header = ("指标", "对象", "时期", "数值（亿元）")
    (fact,) = read(workbook([header, ("gdp", "资阳市", "2023年", 960.5)])).facts
    assert (fact.value, fact.stated) == (Decimal("960.5"), "960.5 亿元")


def test_a_figure_at_constant_prices_carries_the_base_of_the_plan_it_falls_into(read: Read) -> None:
    header = ("指标", "对象", "时期", "数值（亿元）", "口径")
    (fact,) = read(workbook([header, ("gdp", "资阳市", "2023年", 960.5, "")])).facts
    assert fact.definition == "price-2020"
    (named,) = read(workbook([header, ("gdp", "资阳市", "2025年", 1100, "2025年价格")])).facts
    assert named.definition == "price-2025"


def test_where_two_plans_meet_the_price_base_must_be_named(read: Read) -> None:
    header = ("指标", "对象", "时期", "数值（亿元）")
    reading = read(workbook([header, ("gdp", "资阳市", "2025年", 1100)]), scenario="drill")
    (found,) = [one for one in reading.findings if one.code == "price-base"]
    assert (found.severity, len(reading.facts)) == ("error", 0)
    assert "2020年价格、2025年价格" in found.text


def test_a_conversion_is_exact(read: Read) -> None:
    (fact,) = read(table(changed(数值="0.1", 单位="千克"))).facts
    assert fact.value == Decimal("0.0001")


def test_float_noise_of_a_spreadsheet_is_not_stated(read: Read) -> None:
    (fact,) = read(table(changed(数值=0.1 + 0.2))).facts
    assert fact.value == Decimal("0.3")


def test_a_cell_formatted_as_percent_means_what_it_shows(read: Read) -> None:
    header = ("指标", "对象", "时期", "数值", "单位")

    def dress(book: Any, sheet: Any) -> None:
        sheet.write_number(1, 3, 0.123, book.add_format({"num_format": "0.0%"}))

    reading = read(workbook([header, ("gdp_growth", "资阳市", "2023", "", "%")], dress))
    assert (reading.facts[0].value, reading.facts[0].stated) == (Decimal("0.123"), "12.3%")


def test_title_lines_above_the_header_do_not_matter(read: Read) -> None:
    assert len(read(workbook([["能源消费月报"], [], HEADER, COAL])).facts) == 1


def test_a_missing_column_is_one_finding_and_every_row_waits(read: Read) -> None:
    reading = read(workbook([("指标", "对象", "数值"), ("gdp", "资阳市", 1), ("gdp", "雁江区", 2)]))
    assert only(reading).text.startswith("表.xlsx 表1!A1：缺少“时期”列")
    assert (reading.facts, len(reading.waiting)) == ((), 2)


@pytest.mark.parametrize(
    ("cells", "code", "place"),
    [
        ({"指标": "分品种能源消费"}, "quantity-unknown", "表1!A2"),
        ({"对象": "雁江区区"}, "entity-unknown", "表1!B2"),
        ({"品种": "元煤"}, "item-unknown", "表1!C2"),
        ({"时期": "去年"}, "period-unreadable", "表1!D2"),
        ({"时期": ""}, "period-missing", "表1!D2"),
        ({"时期": "2035"}, "period-outside", "表1!D2"),
        ({"时期": "1999"}, "period-outside", "表1!D2"),
        ({"数值": "约5"}, "not-a-number", "表1!E2"),
        ({"数值": "无"}, "not-a-number", "表1!E2"),
        ({"数值": "3-5"}, "not-a-number", "表1!E2"),
        ({"数值": "1,23"}, "not-a-number", "表1!E2"),
        ({"数值": -5}, "negative", "表1!E2"),
        ({"单位": "顿"}, "unit-unknown", "表1!F2"),
        ({"单位": "万千瓦时"}, "unit-unfit", "表1!F2"),
        ({"单位": ""}, "unit-missing", "表1!E2"),
        ({"口径": "大口径"}, "definition-unknown", "表1!G2"),
    ],
)
def test_every_wrong_cell_is_found_at_its_place(
    read: Read, cells: dict[str, object], code: str, place: str
) -> None:
    reading = read(table(changed(**cells)))
    finding = only(reading)
    assert (finding.code, finding.severity, finding.place) == (code, "error", f"表.xlsx {place}")
    assert finding.remedy
    assert (reading.facts, len(reading.waiting)) == ((), 1)


def test_a_number_that_should_have_been_rounded_is_asked_for_whole(read: Read) -> None:
    header = ("指标", "对象", "时期", "数值", "单位")
    rows = [
        ("noise_exceedance", "资阳市", f"2023-0{month}", value, "dB") for month, value in ((1, 3.5), (2, 3.0))
    ]
    reading = read(workbook([header, *rows]))
    assert (only(reading).code, [fact.value for fact in reading.facts]) == ("not-whole", [Decimal("3.0")])
    assert "“噪声超标分贝数”为 3.5 dB，应为整数。请四舍五入为4再填" in only(reading).text


def test_an_unknown_name_is_answered_with_the_nearest(read: Read) -> None:
    assert "可能是“雁江区”" in only(read(table(changed(对象="雁工区")))).text


def test_all_troubles_of_a_row_are_named_at_once(read: Read) -> None:
    reading = read(table(changed(对象="某地", 时期="去年", 数值="约5")))
    assert sorted(codes(reading)) == ["entity-unknown", "not-a-number", "period-unreadable"]


def test_a_date_cell_is_not_guessed_to_be_a_month(read: Read) -> None:
    def dress(book: Any, sheet: Any) -> None:
        sheet.write_datetime(1, 3, datetime(2023, 1, 1), book.add_format({"num_format": "yyyy-mm"}))

    assert only(read(workbook([HEADER, COAL], dress))).code == "period-is-date"


def test_an_empty_cell_is_not_stated_and_never_zero(read: Read) -> None:
    reading = read(table(changed(数值="")))
    assert (only(reading).severity, reading.facts, reading.failed) == ("notice", (), False)


def test_zero_is_a_statement(read: Read) -> None:
    assert read(table(changed(数值=0))).facts[0].value == 0


def test_the_same_value_twice_counts_once(read: Read) -> None:
    reading = read(table(COAL, COAL))
    assert (len(reading.facts), only(reading).code, only(reading).severity) == (1, "stated-twice", "warning")


def test_two_values_for_one_cell_keep_both_rows_out(read: Read) -> None:
    reading = read(table(COAL, changed(数值=480000), changed(对象="安岳县")))
    assert codes(reading, "error") == ["stated-differently", "stated-differently"]
    assert [fact.entity for fact in reading.facts] == ["512021"]


def test_a_value_repeated_beside_another_one_waits_as_well(read: Read) -> None:
    reading = read(table(COAL, changed(数值=480000), COAL))
    assert (codes(reading), reading.facts) == (["stated-differently"] * 3, ())


def test_a_formula_is_refused_although_it_shows_a_number(read: Read) -> None:
    def dress(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 4, "=1+1", None, 2)

    finding = only(read(workbook([HEADER, COAL], dress)))
    assert (finding.code, finding.place) == ("formula", "表.xlsx 表1!E2")


def test_a_formula_in_a_column_that_is_not_read_does_not_matter(read: Read) -> None:
    def dress(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 9, "=1+1", None, 2)

    assert not read(workbook([HEADER, COAL], dress)).failed


def test_merged_cells_within_the_table_are_an_error(read: Read) -> None:
    def dress(book: Any, sheet: Any) -> None:
        sheet.merge_range(1, 1, 2, 1, "雁江区")

    assert "merged" in codes(read(workbook([HEADER, COAL], dress)), "error")


def test_hidden_rows_are_read_and_named(read: Read) -> None:
    def dress(book: Any, sheet: Any) -> None:
        sheet.set_row(1, None, None, {"hidden": True})

    reading = read(workbook([HEADER, COAL], dress))
    assert (codes(reading), len(reading.facts)) == (["rows-hidden"], 1)


def test_a_hidden_sheet_is_not_read_and_named(read: Read) -> None:
    def dress(book: Any, sheet: Any) -> None:
        other = book.add_worksheet("旧数")
        other.write_row(0, 0, HEADER)
        other.write_row(1, 0, changed(对象="安岳县"))
        other.hide()

    reading = read(workbook([HEADER, COAL], dress))
    assert (codes(reading), len(reading.facts)) == (["sheet-hidden"], 1)


def test_a_file_whose_only_sheet_is_hidden_is_told_so(read: Read) -> None:
    def dress(book: Any, sheet: Any) -> None:
        book.add_worksheet("空表").activate()
        sheet.hide()

    finding = only(read(workbook([HEADER, COAL], dress)))
    assert (finding.code, "“表1”是隐藏的" in finding.found) == ("sheet-hidden", True)


@pytest.mark.parametrize(("said", "offered"), [("千佧", "可能是“千克”"), ("斗米", "请改用t")])
def test_only_units_that_would_fit_are_offered_for_an_unknown_one(
    read: Read, said: str, offered: str
) -> None:
    [finding] = read(workbook([HEADER, changed(单位=said)])).findings
    assert finding.code == "unit-unknown"
    assert offered in finding.remedy
    assert "米" not in finding.remedy


def test_a_scenario_column_is_never_read(read: Read) -> None:
    reading = read(workbook([(*HEADER, "情景"), (*COAL, "drill")]))
    assert (reading.facts[0].scenario, codes(reading)) == ("actual", ["scenario-column"])


def test_how_sure_a_figure_is_can_not_be_said_by_the_file_and_what_it_says_is_counted(read: Read) -> None:
    """An export names both; imported again, an audited figure must not silently become a reported one."""
    header = (*HEADER, "状态", "可信度")
    rows = [
        (*COAL, "核定", "原文"),
        (*changed(对象="安岳县"), "核定", "未核实"),
        (*changed(对象="乐至县"), "填报", "原文"),
    ]
    reading = read(workbook([header, *rows]))
    found = {finding.code: finding.text for finding in reading.findings}
    assert sorted(found) == ["confidence-column", "status-column"]
    assert "全部按“填报”收下；2行写“核定”" in found["status-column"]
    assert "--status" in found["status-column"]
    assert "全部按“原文”收下；1行写“未核实”" in found["confidence-column"]
    assert {fact.status for fact in reading.facts} == {"reported"}


def test_a_column_that_says_what_the_import_says_is_no_finding(read: Read) -> None:
    reading = read(workbook([(*HEADER, "状态", "级别"), (*COAL, "填报", "国家级")]))
    assert codes(reading) == []


def test_a_share_above_100_percent_is_a_warning(read: Read) -> None:
    header = ("指标", "对象", "时期", "数值", "单位")
    reading = read(workbook([header, ("good_air_day_share", "资阳市", "2023", 880, "%")]))
    assert (codes(reading, "warning"), len(reading.facts)) == (["over-100"], 1)


def test_an_actual_figure_of_a_period_to_come_is_an_error(read: Read, city: object) -> None:
    assert only(read(table(changed(时期="2027")))).code == "period-future"


def test_made_up_entities_are_unknown_outside_of_the_drill(read: Read) -> None:
    content = table(changed(对象="演练企业01"))
    assert codes(read(content)) == ["entity-unknown"]
    assert codes(read(content, scenario="drill")) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_usual_encodings_and_delimiters(read: Read, encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(map(str, row)) for row in (HEADER, COAL))
    reading = read(text.encode(encoding), "月报.csv")
    assert (len(reading.facts), reading.facts[0].locator, codes(reading)) == (1, "E2", [])


def test_a_csv_formula_is_refused(read: Read) -> None:
    text = "指标,对象,时期,数值,单位\ngdp,资阳市,2023,=1+1,亿元\n"
    assert only(read(text.encode(), "月报.csv")).code == "formula"


def test_a_row_above_the_header_waits_and_a_title_does_not(read: Read) -> None:
    reading = read(workbook([("分品种能源消费量月报",), COAL, HEADER, changed(对象="安岳县")]))
    assert [(fact.entity, fact.locator) for fact in reading.facts] == [("512021", "表1!E4")]
    assert [(one.code, one.place) for one in reading.findings] == [("row-above-header", "表.xlsx 表1!E2")]
    assert [row.number for row in reading.waiting] == [2]


def test_a_header_above_nothing_says_so(read: Read) -> None:
    assert only(read(table())).code == "table-empty"


def test_a_number_above_a_header_without_values_is_no_row_of_the_table(read: Read) -> None:
    reading = read(workbook([(7, "公共机构用水量"), ("单位", "指标", "备注"), ("m3", "公共机构用水量", "")]))
    assert reading.facts == ()
    assert "column-missing" in codes(reading)
