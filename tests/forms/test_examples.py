"""Every form that is read: a filled example has no finding, and each defect put into it is found with its cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng.ingest.forms.layout import form, forms
from duheng.ingest.forms.report import CheckedForms, checked_forms
from tests.forms.examples import TABLES, Cells, book, table

NUMBERS = ["表1", *TABLES]


def checked(path: Path) -> CheckedForms:
    found = checked_forms(path)
    assert found is not None
    return found


def codes(found: CheckedForms) -> set[str]:
    return {one.check for one in found.mismatches} | {one.code for one in found.odd}


def told(found: CheckedForms) -> str:
    return "\n".join(one.text for one in found.open)


def test_every_form_that_is_read_has_an_example() -> None:
    assert {one.settings["number"] for one in forms()} == {"205-1", *NUMBERS}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_form_that_holds_together_has_no_findings(number: str, kind: str, tmp_path: Path) -> None:
    found = checked(book(tmp_path / f"报表.{kind}", {"报表": table(number)}))
    assert found.names == (form(number).name,)
    assert (found.mismatches, found.odd) == ((), ())


DEFECTS: list[tuple[str, Cells, str, str]] = [
    ("表1", {("统一社会信用代码", ""): "915120000000000016"}, "credit-code", "D3"),
    ("表1", {("工业增加值", ""): 43000}, "added", "B7"),
    ("表1", {("综合能源消费量（当量值）", ""): 1900}, "equal", "D8"),
    ("表1", {("工业增加值", ""): "约一亿"}, "not-a-number", "B7"),
    ("表2", {("原煤", "消费量合计"): 810}, "use", "F4"),
    ("表2", {("原煤", "期末库存"): 260}, "stock", "K4"),
    ("表2", {("原煤", "其中:用于原材料"): 790}, "feedstock", "H4"),
    ("表2", {("柴油", "运输工具消费"): 40}, "transport", "J5"),
    ("表2", {("柴油", "折标煤"): 56.63}, "coal", "M5"),
    ("表2", {("合计", "折标煤"): 1332.57}, "total", "M7"),
    ("表2", {("原煤", "折标系数"): 1.2}, "factor", "L4"),
    ("表2", {("柴油", "能源名称"): "神油"}, "row-unknown", "A5"),
    ("表2", {("柴油", "能源名称"): "原煤"}, "row-twice", "A5"),
    ("表2", {("柴油", "计量单位"): "万千瓦时"}, "unit-wrong", "B5"),
    ("表2", {("柴油", "购进量"): -30}, "negative", "D5"),
    ("表2", {("柴油", "购进量"): "三十"}, "not-a-number", "D5"),
    ("表2", {("柴油", "购进量"): "30千瓦时"}, "unit-wrong", "D5"),
    ("表2", {("能源名称", "期末库存"): "备用栏"}, "column-unknown", "K3"),
    ("表2-1", {("电力", "加工转换产出"): 6000}, "efficiency", "J5"),
    ("表2-1", {("热力", "计量单位"): "吨"}, "unit-wrong", "B5"),
    ("表2-1", {("热力", "能源名称"): "蒸气"}, "row-unknown", "A5"),
    ("表3", {("电力", "照明"): 21}, "final", "L4"),
    ("表3", {("电力", "照明"): -12}, "negative", "I4"),
    ("表4", {("吨水泥综合能耗", "本期值"): 0.0922}, "ratio", "F4"),
    ("表4", {("吨水泥综合能耗", "母项值"): "一万五"}, "not-a-number", "E4"),
    ("表4", {("吨水泥综合电耗", "指标名称"): "吨水泥综合能耗"}, "row-twice", "A5"),
    ("表5", {("产品结构", "影响量"): "很大"}, "not-a-number", "C4"),
    ("表5", {("产品结构", "影响量"): ""}, "blank", "A4"),
    ("表6", {("水泥", "节能量"): 58.5}, "saving", "E4"),
    ("表6", {("水泥", "完成率"): "124%"}, "rate", "G4"),
    ("表7", {("年度节能量目标", "自评分"): 41}, "own", "E4"),
    ("表7", {("合计", "分值"): 110}, "score", "D7"),
    ("表7", {("合计", "自评分"): 99.5}, "sum", "E7"),
    ("表8", {("水泥磨", "台数"): 2.5}, "not-whole", "D4"),
    ("表8", {("水泥磨", "运行时间"): 9000}, "beyond", "E4"),
    ("表8", {("水泥磨", "效率"): 920}, "beyond", "F4"),
    ("表8", {("水泥磨", "是否淘汰"): "待定"}, "not-yes-no", "G4"),
    ("表8", {("水泥磨", "运行时间"): ""}, "blank", "A4"),
    ("表9", {("GB 16780", "执行情况"): ""}, "blank", "A4"),
    ("表9", {("GB 17167", "标准号"): "GB 16780"}, "row-twice", "A5"),
    ("表10", {("电机变频", "起止时间"): "2024.06-2024.01"}, "dates", "D5"),
    ("表10", {("电机变频", "起止时间"): "明年"}, "not-a-date", "D5"),
    ("表10", {("电机变频", "节能量（tce）"): -95.5}, "negative", "E5"),
    ("公共机构1表", {("用能人数", "数量"): 276}, "base", "D6"),
    ("公共机构1表", {("单位性质", "数量"): "09"}, "code-unknown", "D4"),
    ("公共机构1表", {("用能人数", "计量单位"): "平方米"}, "unit-wrong", "C6"),
    ("公共机构2表", {("电", "计量单位"): "升"}, "unit-wrong", "C4"),
    ("公共机构2表", {("电", "消费量"): ""}, "amount-missing", "E4"),
    ("公共机构2表", {("电", "消费量"): -1}, "negative", "D4"),
    ("公共机构2表", {("电", "费用"): "不详"}, "not-a-number", "E4"),
    ("公共机构2表", {("水", "指标名称"): "电"}, "row-twice", "A5"),
    ("公共机构2表", {("水", "指标名称"): "蒸馏水"}, "row-unknown", "A5"),
    ("公共机构2表", {("耗热量", "代码"): "202"}, "row-code", "B10"),
    ("公共机构2表", {("其他用油", "费用"): 2400}, "row-twice", "D9"),
    ("公共机构3表", {("电", "消费量"): 0}, "amount-missing", "D4"),
    ("公共机构4表", {("天然气", "指标名称"): "木柴"}, "row-unknown", "A4"),
]


@pytest.mark.parametrize(("number", "changed", "code", "cell"), DEFECTS)
def test_each_defect_is_found_at_its_cell(
    number: str, changed: Cells, code: str, cell: str, tmp_path: Path
) -> None:
    found = checked(book(tmp_path / "报表.xlsx", {"报表": table(number, changed)}))
    at = {(one.check, one.cell) for one in found.mismatches}
    at |= {(one.code, one.place.rpartition("!")[2]) for one in found.odd}
    assert (code, cell) in at


def test_a_relation_from_memory_is_a_warning_and_says_so(tmp_path: Path) -> None:
    found = checked(book(tmp_path / "a.xlsx", {"a": table("表2", {("柴油", "折标煤"): 56.63})}))
    one = next(one for one in found.mismatches if one.check == "coal").finding("a.xlsx")
    assert one.severity == "warning"
    assert "未核实" in one.text
    assert "请演练水泥厂" in one.text


def test_a_change_of_exactly_a_tenth_need_not_be_verified(tmp_path: Path) -> None:
    found = checked(book(tmp_path / "a.xlsx", {"a": table("公共机构1表", {("用能人数", "数量"): 275})}))
    assert found.mismatches == ()


def test_last_years_sheet_serves_where_this_years_has_no_column_for_it(tmp_path: Path) -> None:
    now = table("公共机构1表", {("用能人数", "上年同期"): "", ("用能人数", "数量"): 300})
    before = table("公共机构1表", {("用能人数", "数量"): 250}, year=2022)
    found = checked(book(tmp_path / "a.xlsx", {"今年": now, "上年": before}))
    assert [(one.sheet.sheet, one.check, one.fuel) for one in found.mismatches] == [
        ("今年", "base", "用能人数")
    ]


def test_unit_prices_are_worked_out_and_held_against_last_years(tmp_path: Path) -> None:
    said = told(checked(book(tmp_path / "a.xlsx", {"a": table("公共机构2表")})))
    assert "“电”单价0.6元/千瓦时，上年0.59，变化+1.7%" in said
    assert "“其他用油”单价8元/升" in said
    assert "没有给出限值" in said


def test_costs_in_ten_thousands_are_worked_out_in_yuan(tmp_path: Path) -> None:
    made = table("公共机构2表", {("其他用油费用", "计量单位"): "万元", ("其他用油费用", "消费量"): 0.24})
    made[2][4] = "费用（万元）"
    made[3][4], made[4][4] = 37.2, 3.43
    said = told(checked(book(tmp_path / "a.xlsx", {"a": made})))
    assert "“电”单价0.6元/千瓦时" in said
    assert "“其他用油”单价8元/升" in said


def test_what_is_uncertain_of_a_row_is_said(tmp_path: Path) -> None:
    assert "供热面积：代码202在转引处排版已乱，未核实" in told(
        checked(book(tmp_path / "a.xlsx", {"a": table("公共机构2表")}))
    )


@pytest.mark.parametrize(
    ("number", "changed", "said"),
    [
        ("表2", {("原煤", "折标系数"): ""}, "折标煤=消费量合计×折标系数（原煤缺数）"),
        ("表2", {("原煤", "折标煤"): ""}, "合计折标煤=Σ各品种折标煤（小类不重复）（原煤没有填折标煤）"),
        ("表2-1", {("热力", "计量单位"): "吨", ("热力", "能源名称"): "其他焦化产品"}, "其他焦化产品没有单一的折标系数"),
        ("表3", {("电力", "照明"): ""}, "（电力缺数）"),
        ("表4", {("吨水泥综合能耗", "母项值"): ""}, "（吨水泥综合能耗缺数或除数为零）"),
        ("表4", {("吨水泥综合能耗", "母项值"): 0}, "（吨水泥综合能耗缺数或除数为零）"),
        ("表4", {("吨水泥综合能耗", "本期值"): 82.2}, "请核对单位"),
        ("表6", {("水泥", "目标节能量"): ""}, "完成率=节能量/目标节能量（水泥缺数或除数为零）"),
        ("表7", {("合计", "考核指标"): ""}, "（表中没有合计行）"),
        ("表5", {}, "本表没有变化总量"),
        ("表9", {}, "没有可核对的数"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_is_said_and_no_finding(
    number: str, changed: Cells, said: str, tmp_path: Path
) -> None:
    found = checked(book(tmp_path / "a.xlsx", {"a": table(number, changed)}))
    assert said in told(found)
    assert found.mismatches == ()


def test_heat_without_a_meter_may_be_left_blank(tmp_path: Path) -> None:
    found = checked(book(tmp_path / "a.xlsx", {"a": table("公共机构2表")}))
    assert "耗热量" not in "".join(one.text for one in found.odd)


def test_a_workbook_of_several_forms_is_checked_sheet_by_sheet(tmp_path: Path) -> None:
    sheets = {number: table(number) for number in NUMBERS} | {"草稿": [["随手记"]]}
    found = checked(book(tmp_path / "报告.xlsx", sheets))
    assert len(found.names) == len(NUMBERS)
    assert (found.mismatches, found.odd) == ((), ())
    assert [one.place for one in found.open if one.code == "sheet-unread"] == ["报告.xlsx 草稿"]


def test_a_form_without_its_columns_says_which(tmp_path: Path) -> None:
    path = book(tmp_path / "a.csv", {"a": [["重点用能单位 能源消费结构表"], ["名称", "数"], ["煤", 1]]})
    (one,) = checked(path).odd
    assert one.code == "form-header"
    assert "表2 能源消费结构表" in one.text
    assert "折标煤" in one.text


def test_a_form_that_is_named_is_read_with_the_columns_it_has(tmp_path: Path) -> None:
    made = table("表2")
    short = [row[:6] for row in made]
    found = checked(book(tmp_path / "a.xlsx", {"a": short}))
    assert found.names == ("表2 能源消费结构表",)
    assert "折标煤" in next(one.text for one in found.odd if one.code == "column-lacking")
    assert [one.severity for one in found.odd] == ["notice"]


def test_a_form_without_rows_is_no_clean_form(tmp_path: Path) -> None:
    found = checked(book(tmp_path / "a.xlsx", {"a": table("表2")[:3]}))
    assert [one.code for one in found.odd] == ["form-empty"]


def test_a_title_left_blank_does_not_take_the_next_title_for_its_content(tmp_path: Path) -> None:
    made = table("表1", {("地址", ""): ""})
    made[3] = ["行业代码", "3011", "地址", "", "邮编", 641300]
    found = checked(book(tmp_path / "a.xlsx", {"a": made}))
    assert [(one.code, one.place) for one in found.odd] == [("column-unknown", "a.xlsx a!E4")]


def test_titles_merged_over_two_columns_have_their_content_behind_them(tmp_path: Path) -> None:
    made = [
        [cell for title in row for cell in (title, "")] for row in table("表1", {("工业增加值", ""): 43000})
    ]
    found = checked(book(tmp_path / "a.xlsx", {"a": made}))
    assert [(one.check, one.cell) for one in found.mismatches] == [("added", "C7")]
    assert found.odd == ()


def test_of_a_group_and_its_columns_the_lower_headings_count(tmp_path: Path) -> None:
    title, who, header, *rest = table("表3", {("电力", "照明"): 21})
    upper = [*header[:5], "最终使用", *[""] * 6]
    lower = [*[""] * 5, *header[5:11], "合计"]
    found = checked(book(tmp_path / "a.xlsx", {"a": [title, who, upper, lower, *rest]}))
    assert [(one.check, one.cell) for one in found.mismatches] == [("final", "L5")]
    assert found.odd == ()


def test_hours_headed_as_days_are_days(tmp_path: Path) -> None:
    made = table("表8", {("水泥磨", "运行时间"): 365, ("空压机", "运行时间"): 400})
    made[2][4] = "运行时间（天）"
    found = checked(book(tmp_path / "a.xlsx", {"a": made}))
    assert [(one.code, one.place) for one in found.odd] == [("beyond", "a.xlsx a!E5")]


def test_a_heading_in_a_unit_of_another_kind_is_named(tmp_path: Path) -> None:
    made = table("表10")
    made[2][4] = "节能量（万元）"
    found = checked(book(tmp_path / "a.xlsx", {"a": made}))
    assert {one.code for one in found.odd} == {"unit-wrong"}


def test_first_and_last_month_may_have_columns_of_their_own(tmp_path: Path) -> None:
    made = table("表10")
    made[2][3:4] = ["开工时间", "完工时间"]
    made[3][3:4], made[4][3:4] = ["2023年5月", "2024"], ["2024-06", "2024-01"]
    found = checked(book(tmp_path / "a.xlsx", {"a": made}))
    assert [(one.check, one.cell) for one in found.mismatches] == [("dates", "D5")]
    assert "电机变频为2024-06，应为不超过2024-01" in found.mismatches[0].finding("a.xlsx").text


def test_a_cost_without_its_energy_is_a_cost_without_an_amount(tmp_path: Path) -> None:
    made = [row for row in table("公共机构2表") if row[0] != "其他用油"]
    found = checked(book(tmp_path / "a.xlsx", {"a": made}))
    assert [(one.code, one.place) for one in found.odd] == [("amount-missing", "a.xlsx a!D8")]


def test_a_file_without_a_cell_is_no_form(tmp_path: Path) -> None:
    assert checked_forms(book(tmp_path / "a.csv", {"": [["", ""]]})) is None


def test_columns_headed_by_their_years_are_this_year_and_last(tmp_path: Path) -> None:
    made = table("公共机构2表")
    made[2][3:] = ["2023年消费量", "2023年费用", "2022年消费量", "2022年费用"]
    found = checked(book(tmp_path / "a.xlsx", {"a": made}))
    assert found.odd == ()
    assert "“电”单价0.6元/千瓦时，上年0.59，变化+1.7%" in told(found)
    made[2][5] = "2019年消费量"
    assert "column-unknown" in codes(checked(book(tmp_path / "a.xlsx", {"a": made})))


def test_headings_of_another_year_than_the_head_are_named(tmp_path: Path) -> None:
    made = table("公共机构2表", year=2022)
    made[2][3:] = ["2023年消费量", "2023年费用", "2022年消费量", "2022年费用"]
    assert codes(checked(book(tmp_path / "a.xlsx", {"a": made}))) == {"year-differs"}
