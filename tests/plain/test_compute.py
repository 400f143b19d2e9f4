"""A rule over a plain table: what `duheng compute` promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng.ingest.plain import Computed, compute, find_rule
from duheng.model.errors import DefinitionMismatch, DuhengError, UnknownName, UnreadableSource


def computed(tmp_path: Path, rule: str, text: str, encoding: str = "utf-8") -> Computed:
    path = tmp_path / "input.csv"
    path.write_text(text, encoding)
    return compute(find_rule(rule), path)


def test_base_year_inputs_are_looked_up_in_the_table(tmp_path: Path) -> None:
    text = "entity,period,energy_intensity\n资阳市,2020,0.1203\n资阳市,2023,0.1098\n"
    assert computed(tmp_path, "energy_intensity_decline", text).rows == (
        ("资阳市", "2020", ""),
        ("资阳市", "2023", "0.0872817955112221"),
    )


def test_a_second_header_row_gives_the_units(tmp_path: Path) -> None:
    text = "entity,period,energy,gdp\n,,万吨标准煤,万元\n甲县,2023,1.5,300000\n"
    assert computed(tmp_path, "energy_intensity", text).rows == (("甲县", "2023", "0.05"),)


def test_intermediate_quantities_are_computed_from_their_own_inputs(tmp_path: Path) -> None:
    rows = [
        "entity,item,period,fuel_use,gdp",
        "甲,原煤,2020,100,1",
        "甲,电力,2020,20,",
        "甲,原煤,2023,100,2",
        "甲,电力,2023,20,",
    ]
    text = "\n".join(rows)
    assert computed(tmp_path, "energy_intensity_decline", text).rows[-1] == ("甲", "2023", "0.5")


def test_a_total_expects_every_item_that_the_table_lists(tmp_path: Path) -> None:
    text = "entity,item,period,fuel_use\n甲,原煤,2020,100\n甲,电力,2020,20\n乙,原煤,2020,50\n"
    assert computed(tmp_path, "energy", text).rows == (("甲", "2020", "96.01"), ("乙", "2020", ""))


def test_a_total_over_a_register_expects_every_entity_that_the_table_lists(tmp_path: Path) -> None:
    text = "entity,period,plant_in_service\n一厂,2024,1\n二厂,2024,1\n一厂,2025,1\n二厂,2025,\n"
    assert computed(tmp_path, "town_sewage_plants", text).rows == (
        ("合计", "2024", "2.0"),
        ("合计", "2025", ""),
    )


def test_items_come_out_as_they_were_written(tmp_path: Path) -> None:
    text = (
        "entity,item,period,treated_volume,inlet_concentration,outlet_concentration\n"
        "城北污水厂,COD,2022,2190,210,28\n城北污水厂,COD,2023,2400,215,24\n"
    )
    result = computed(tmp_path, "new_reduction", text)
    assert result.header == ("entity", "item", "period", "new_reduction")
    assert result.rows[1] == ("城北污水厂", "COD", "2023", "598.2")


def test_a_zero_divisor_gives_an_empty_cell(tmp_path: Path) -> None:
    text = "entity,period,energy,gdp\n甲县,2023,1500,0\n"
    assert computed(tmp_path, "energy_intensity", text).rows == (("甲县", "2023", ""),)


def test_a_file_in_gbk_is_read_as_well(tmp_path: Path) -> None:
    text = "对象,时期,能源消费总量,gdp\n甲县,2023年,1500,1\n"
    assert computed(tmp_path, "energy_intensity", text, "gb18030").rows == (("甲县", "2023", "0.15"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("entity,period,energy,gdp\n甲县,2023,很多,1\n", "table.number"),
        ("entity,period,energy,gdp\n甲县,去年,1,1\n", "table.period"),
        ("entity,period,energy,gdp\n甲县,2023,1_000,1\n", "table.number"),
        ("entity,period,energy,gdp\n甲县,2023,5 m3,1\n", "table.unit"),
        ("entity,period,energy,gdp\n甲县,2023,1e999,1\n", "table.number"),
        ("entity,period,energy,gdp\n甲县,2023,1,1\n,2023,1,1\n", "table.entity"),
        ("entity,period,energy,gdp\n,,万m3,亿元\n甲县,2023,1,1\n", "table.unit"),
        ("entity,period,energy,gdp\n甲县,2023,1,1\n甲县,2023,2,1\n", "table.twice"),
        ("entity,period,energy,gdp\n甲县,2023,1,1,9\n", "table.long-row"),
    ],
)
def test_what_cannot_be_used_is_a_finding_with_its_place(tmp_path: Path, text: str, code: str) -> None:
    found = computed(tmp_path, "energy_intensity", text).findings
    assert [finding.code for finding in found] == [code]
    assert "input.csv" in found[0].place


def test_an_unknown_item_is_a_finding_that_names_the_nearest(tmp_path: Path) -> None:
    found = computed(tmp_path, "fuel_energy", "entity,item,period,fuel_use\n甲,原媒,2020,100\n").findings
    assert [one.code for one in found] == ["table.item"]
    assert "原煤" in found[0].text


def test_a_total_that_lacks_an_item_nobody_knows_is_unknown(tmp_path: Path) -> None:
    text = "entity,item,period,fuel_use\n甲,原煤,2023,100\n甲,原媒,2023,5\n"
    made = computed(tmp_path, "energy", text)
    assert [row[-1] for row in made.rows] == [""]
    assert [one.code for one in made.findings] == ["table.item"]


def test_a_table_without_any_input_names_the_columns_that_count(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="gdp"):
        computed(tmp_path, "energy_intensity", "entity,period,x\n甲县,2023,1\n")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"\x00\x01\x02", b"\xff\xfe\x80\x81\xff"])
def test_a_file_that_is_no_table_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "input.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableSource, match=r"CSV|第一行"):
        compute(find_rule("energy_intensity"), path)


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="energy_intensity"):
        find_rule("energy_intensty")


def test_a_stated_quantity_is_not_a_rule() -> None:
    with pytest.raises(DuhengError, match="填报量"):
        find_rule("gdp_current")


def test_a_unit_row_may_carry_a_label(tmp_path: Path) -> None:
    text = "entity,period,energy,gdp\n单位,,万吨标准煤,万元\n甲,2023,1.5,300000\n"
    assert computed(tmp_path, "energy_intensity", text).rows == (("甲", "2023", "0.05"),)


def test_a_missing_input_column_is_said_and_the_result_stays_empty(tmp_path: Path) -> None:
    result = computed(tmp_path, "energy_intensity", "entity,period,energy\n甲,2023,1.5\n")
    assert result.rows == (("甲", "2023", ""),)
    assert [(f.code, f.expected) for f in result.findings] == [("table.column", "gdp")]


def test_a_rule_that_looks_back_needs_the_period(tmp_path: Path) -> None:
    found = computed(tmp_path, "energy_intensity_decline", "entity,energy_intensity\n甲,1\n").findings
    assert [finding.expected for finding in found] == ["period"]


def test_of_two_values_for_one_cell_neither_counts(tmp_path: Path) -> None:
    text = "entity,period,energy,gdp\n甲,2023,1,1\n甲,2023,2,1\n"
    assert computed(tmp_path, "energy_intensity", text).rows == (("甲", "2023", ""),)


def test_a_unit_that_does_not_fit_is_told_once_where_it_stands(tmp_path: Path) -> None:
    made = computed(
        tmp_path, "energy_intensity", "entity,period,energy,gdp\n,,头牛,亿元\n甲,2022,1,1\n甲,2023,1,1\n"
    )
    assert [(one.code, one.place) for one in made.findings] == [("table.unit", "input.csv 第2行 energy")]
    assert made.findings[0].text.endswith("是否指“头”？")
    assert [value for *_, value in made.rows] == ["", ""]


PLAIN = "entity,period,energy,gdp\n资阳市,2020,5000,800\n资阳市,2021,5100,900\n"
SPELLINGS = {
    "tabs, UTF-16": PLAIN.replace(",", "\t").encode("utf-16"),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "capitals": PLAIN.replace("energy,gdp", "Energy,GDP").encode(),
    "thousands": PLAIN.replace("5000", '"5,000"').replace("5100", '"5,100"').encode(),
    "full width": PLAIN.replace("5000", "５０００．０").encode(),
    "units in the header": PLAIN.replace(
        "energy,gdp", "energy(吨标准煤),地区生产总值（可比价）(亿元)"
    ).encode(),
    "blank lines": PLAIN.replace("\n", "\n,,,\n\n").encode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_table_means_the_same_in_every_spelling(tmp_path: Path, spelling: str) -> None:
    path = tmp_path / "input.csv"
    path.write_bytes(SPELLINGS[spelling])
    result = compute(find_rule("energy_intensity_decline"), path)
    assert [one.text for one in result.findings] == []
    assert [float(row[-1] or 0) for row in result.rows] == [0, pytest.approx(1 - 5100 / 900 / (5000 / 800))]


def test_a_finding_names_the_line_of_the_file_though_lines_before_it_are_blank(tmp_path: Path) -> None:
    text = "entity,period,energy,gdp\n\n,,,\n甲县,2023,很多,1\n"
    assert computed(tmp_path, "energy_intensity", text).findings[0].place == "input.csv 第4行 energy"


def test_a_column_of_numbers_that_the_rule_does_not_use_is_named_and_no_error(tmp_path: Path) -> None:
    text = "entity,period,energy,gdp,能耗,备注\n甲县,2023,1,1,5,无\n"
    found = computed(tmp_path, "energy_intensity", text).findings
    assert [(one.code, one.severity, one.place) for one in found] == [
        ("table.unused", "notice", "input.csv 第5列")
    ]


def test_a_quote_that_is_never_closed_is_said_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"第2行起.*引号"):
        computed(tmp_path, "energy_intensity", 'entity,period,energy,gdp\n甲县,2023,"1,1\n甲县,2024,1,1\n')


def test_a_parameter_nobody_checked_is_named_beside_the_result(tmp_path: Path) -> None:
    text = "entity,item,period,fuel_use\n甲,原煤,2023,100\n甲,电力,2023,20\n"
    assert values_told(computed(tmp_path, "energy", text)) == [
        "提示：各种能源折标准煤系数（原煤）取值未核实，依据：GB/T 2589-2020 附录A 表A.1；请与原文核对"
    ]
    given = computed(tmp_path, "energy_intensity", "entity,period,energy,gdp\n甲,2023,1,2\n")
    assert values_told(given) == []


def test_an_amount_below_nought_is_unknown_where_it_may_not_be_negative(tmp_path: Path) -> None:
    text = "entity,item,period,fuel_use\n甲,原煤,2023,-5\n乙,原煤,2023,5\n"
    made = computed(tmp_path, "fuel_energy", text)
    assert [(one.code, one.place, one.found) for one in made.findings] == [
        ("table.negative", "input.csv 第2行 fuel_use", "-5")
    ]
    assert [bool(row[-1]) for row in made.rows] == [False, True]


def values_told(made: Computed) -> list[str]:
    """The notices but those on the rules themselves (tests/plain/test_notices.py)."""
    return [text for text in made.notices if not text.startswith("提示：规则")]


def empties(made: Computed) -> list[str]:
    return [one.text for one in made.findings if one.code == "table.empty"]


def test_an_empty_result_names_the_parameter_that_has_no_value(tmp_path: Path) -> None:
    made = computed(tmp_path, "fuel_energy", "entity,item,period,fuel_use\n甲厂,天然气,2023,5\n")
    (said,) = empties(made)
    assert said.startswith("input.csv 第2行 fuel_energy：结果为空：甲厂 天然气 2023 的各种能源折标准煤系数")
    assert "液化天然气" in said


def test_an_empty_total_names_the_row_that_is_wanting_and_the_cell_that_is_blank(tmp_path: Path) -> None:
    head = "entity,item,period,fuel_use\n"
    text = head + "甲,原煤,2023,9\n甲,电力,2023,2\n乙,电力,2023,2\n丙,电力,2023,\n丙,原煤,2023,1\n"
    made = computed(tmp_path, "energy", text)
    first, second = empties(made)
    assert "第4行 energy：结果为空：乙 原煤 2023 的" in first
    assert "请加上这一行" in first
    assert "丙 电力 2023" in second
    assert "请补上第5行 fuel_use 这一格" in second


def test_a_blank_column_speaks_for_what_lies_below_it(tmp_path: Path) -> None:
    made = computed(tmp_path, "energy_intensity", "entity,period,energy,gdp\n甲,2023,,1\n")
    (said,) = empties(made)
    assert "能源消费总量（energy）没有值" in said
    assert "请补上第2行 energy 这一格" in said


def test_what_the_table_need_not_hold_is_a_notice_and_no_fault(tmp_path: Path) -> None:
    looking_back = computed(
        tmp_path, "energy_intensity_decline", "entity,period,energy_intensity\n甲,2020,1\n"
    )
    divided = computed(tmp_path, "energy_intensity", "entity,period,energy,gdp\n甲,2023,1,0\n")
    assert (looking_back.findings, divided.findings) == ((), ())
    assert "表中没有 2015 的行" in values_told(looking_back)[0]
    assert "除数为零" in values_told(divided)[0]


def test_only_the_first_empty_results_are_named_and_the_others_counted(tmp_path: Path) -> None:
    rows = "".join(f"甲{n},天然气,2023,5\n" for n in range(30))
    said = empties(computed(tmp_path, "fuel_energy", f"entity,item,period,fuel_use\n{rows}"))
    assert len(said) == 21
    assert "另有10个结果为空" in said[-1]


def test_one_stated_definition_is_that_of_the_computation(tmp_path: Path) -> None:
    head = "entity,item,period,fuel_use,feedstock_use,口径\n"
    made = computed(tmp_path, "energy", f"{head}甲,电力,2023,100,10,扣除原料用能\n")
    assert made.header == ("entity", "period", "definition", "energy")
    assert made.rows == (("甲", "2023", "minus-feedstock", "110.61"),)


def test_definitions_are_never_compared(tmp_path: Path) -> None:
    text = "entity,period,definition,energy,gdp\n甲,2020,full,2,1\n甲,2021,minus-feedstock,1,1\n"
    with pytest.raises(DefinitionMismatch, match=r"扣除原料用能.*全口径.*不能比较"):
        computed(tmp_path, "energy_intensity_decline", text)


def test_definitions_that_are_whole_are_computed_side_by_side(tmp_path: Path) -> None:
    text = (
        "entity,period,definition,energy,gdp\n甲,2020,full,2,1\n甲,2020,minus-feedstock,1,1\n"
        "甲,2021,全口径,1,1\n甲,2021,minus-feedstock,0.9,1\n"
    )
    rows = computed(tmp_path, "energy_intensity_decline", text).rows
    assert [row[2:] for row in rows[2:]] == [("full", "0.5"), ("minus-feedstock", "0.1")]


def test_an_unknown_definition_and_one_that_nothing_uses_are_told(tmp_path: Path) -> None:
    text = "entity,period,definition,energy,gdp\n甲,2021,某口径,1,1\n"
    assert [one.code for one in computed(tmp_path, "energy_intensity", text).findings] == ["table.definition"]
    text = "entity,item,period,口径,fuel_use\n甲,电力,2021,full,1\n"
    (found,) = computed(tmp_path, "fuel_energy", text).findings
    assert (found.code, found.severity) == ("table.definition", "notice")


def test_an_asked_definition_that_the_table_denies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "input.csv"
    path.write_text("entity,period,definition,energy,gdp\n甲,2021,full,1,1\n", "utf-8")
    with pytest.raises(DefinitionMismatch):
        compute(find_rule("energy_intensity"), path, definition="minus-feedstock")


def test_a_named_place_has_the_factor_of_its_province(tmp_path: Path) -> None:
    text = "entity,period,purchased_electricity\n资阳市,2023,1\n512000,2023,1\n四川,2023,1\n安岳县,2023,1\n"
    made = computed(tmp_path, "electricity_emission", text)
    assert {row[-1] for row in made.rows} == {"1.564"}
    assert values_told(made) == []


def test_a_factor_of_another_area_or_of_an_earlier_year_is_named(tmp_path: Path) -> None:
    text = "entity,period,purchased_electricity\n甲厂,2023,1\n天津市,2023,1\n四川省,2024,1\n"
    lost, national, earlier = values_told(computed(tmp_path, "electricity_emission", text))
    assert "甲厂 没有认出所在地区，用的是全国值" in lost
    assert "天津市 2023 没有本地取值，用的是全国值" in national
    assert "四川省 2024 用的是2023年的取值" in earlier


def test_an_estimate_is_called_one_with_its_text_and_how_sure_that_is(tmp_path: Path) -> None:
    text = "entity,item,period,added_volume,inlet_concentration,outlet_concentration\n甲,COD,2023,10,200,20\n"
    (said,) = computed(tmp_path, "sewage_extension_reduction", text).notices
    assert said.startswith(
        "提示：结果为测算值，不是核定值：污水处理厂新（扩）建减排量（测算），依据：主要污染物"
    )
    assert said.endswith("可信度：未核实（memory）")


def test_a_balance_that_does_not_close_is_a_finding_with_what_is_left_over(tmp_path: Path) -> None:
    head = "entity,item,period,tax_waste_generated,tax_waste_stored,tax_waste_disposed,tax_waste_used\n"
    made = computed(tmp_path, "waste_tax", f"{head}资阳市,煤矸石,2024-03,1000,200,0,900\n")
    (said,) = empties(made)
    assert "固体废物计税排放量（waste_taxable_amount）为-100，收支不平" in said
    assert made.rows[0][-1] == ""


def test_evidence_of_more_power_than_is_taken_is_a_finding(tmp_path: Path) -> None:
    head = "entity,period,grid_offtake,nonfossil_power_traded,nonfossil_power_certified,apportioning_factor\n"
    rows = "资阳市,2026,25,20,5,0.6\n资阳市,2027,24,20,5,0.6\n"
    made = computed(tmp_path, "apportioned_power", head + rows)
    (said,) = empties(made)
    assert [row[-1] for row in made.rows] == ["0.0", ""]
    assert "下网电量扣除交易和绿证认定后的余量（grid_power_left）为-1，收支不平" in said


def test_what_a_source_states_as_well_is_not_asked_for_where_it_can_be_computed(tmp_path: Path) -> None:
    head = "entity,period,nonfossil_power_physical,nonfossil_power_traded,nonfossil_power_certified"
    leaves = f"{head},grid_offtake,apportioning_factor\n资阳市,2026,10,20,5,100,0.6\n"
    made = computed(tmp_path, "nonfossil_power", leaves)
    assert ([row[-1] for row in made.rows], made.findings) == (["80.0"], ())
    (said,) = computed(tmp_path, "nonfossil_power", f"{head}\n资阳市,2026,10,20,5\n").findings
    assert said.expected == "apportioned_power"


def test_a_grid_region_has_its_own_factor_and_lends_it_to_no_province(tmp_path: Path) -> None:
    text = "entity,period,purchased_electricity\n华北,2022,1\n华北区域,2023,1\n南方,2023,1\n天津,2023,1\n"
    rows = computed(tmp_path, "electricity_emission", text).rows
    assert [row[-1] for row in rows] == ["6.776", "6.361", "4.042", "5.306"]


def test_a_table_without_inputs_is_told_their_names_and_titles(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"purchased_electricity（.+）"):
        computed(tmp_path, "electricity_emission", "entity,period,电量\n甲,2023,5\n")


def test_a_concentration_is_rounded_as_the_edition_in_force_has_it_and_that_is_said(tmp_path: Path) -> None:
    rows = "甲站,PM2.5_24h,2026-02-28,60.5\n甲站,PM2.5_24h,2026-03-01,60.5\n甲站,PM2.5_24h,2026-03-02,61\n"
    made = computed(tmp_path, "air_individual_index", "entity,item,period,air_concentration\n" + rows)
    (said,) = [one for one in made.notices if "修约" in one]
    assert [row[-1] for row in made.rows] == ["82.0", "100.0", "101.0"]
    assert said == (
        "提示：空气质量分指数：输入先按GB/T 8170修约再计算（HJ 633-2026 4.2.4、4.2.6、表3）："
        "甲站 细颗粒物（PM2.5）24小时平均 2026-03-01 60.5修约为60"
    )


def test_nothing_is_printed_as_less_than_nought_that_is_nought(tmp_path: Path) -> None:
    text = "item,period,air_concentration\nPM2.5_24h,2026-03-01,0\nPM2.5_24h,2020-03-01,0\n"
    assert [row[-1] for row in computed(tmp_path, "air_individual_index", text).rows] == ["0.0", "0.0"]


def test_a_day_before_every_wording_is_told_so(tmp_path: Path) -> None:
    text = "period,item,air_concentration\n2015-03-01,PM2.5_24h,60\n"
    (notice,) = [one for one in computed(tmp_path, "air_individual_index", text).notices if "结果为空" in one]
    assert "请核对时期；规则没有施行的日子没有结果" in notice


def test_a_table_without_rows_is_no_clean_result(tmp_path: Path) -> None:
    made = computed(tmp_path, "energy_intensity", "entity,period,energy,gdp\n,,tce,亿元\n")
    assert (made.rows, [(one.code, one.severity) for one in made.findings]) == (
        (),
        [("table.no-rows", "error")],
    )
