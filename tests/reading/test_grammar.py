"""The grammar of targets: the table's own examples, and the parts it is made of."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from duheng.model import data
from duheng.reading.grammar.deadlines import Calendar, When, plan_end
from duheng.reading.grammar.heads import scoped, split_list
from duheng.reading.grammar.measures import measures
from duheng.reading.grammar.words import table
from duheng.reading.reading import read_text
from duheng.reading.records import Target

NO_TARGETS = yaml.safe_load((Path(__file__).parent / "no_targets.yaml").read_text("utf-8"))
EXAMPLES = [
    *table()["examples"],
    *data.read_yaml(data.root() / "reading" / "work_reports.yaml")["examples"],
]
FIELDS = ("indicator", "scope", "value", "unit", "direction", "change_from", "deadline")


def said(target: Target) -> list[Any]:
    """The fields that the table's examples state."""
    return [target.as_json()[name] for name in FIELDS]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["text"][:24])
def test_every_example_of_the_table_is_read_as_it_says(example: dict[str, Any]) -> None:
    reading = read_text(example.get("before", "") + example["text"])
    assert [said(target) for target in reading.targets] == example["targets"]
    conditions = example.get("condition", [None] * len(reading.targets))
    assert [target.condition for target in reading.targets] == conditions
    for target in reading.targets:
        assert reading.text[target.start : target.end] == target.quote


@pytest.mark.parametrize(
    ("text", "value", "most", "unit", "bound"),
    [
        ("4.32万吨", "4.32", None, "万吨", None),
        ("0.41吨标准煤/万元左右", "0.41", None, "吨标准煤/万元", "左右"),
        ("29微克每立方米以下", "29", None, "微克每立方米", "以下"),
        ("60%～65%", "60", "65", "%", None),
        ("90亿-100亿立方米", "90", "100", "亿立方米", None),
        ("1到2个", "1", "2", "个", None),
        ("12,500套以上", "12500", None, "套", "以上"),
        ("一百 处", "100", None, "处", None),
        ("1.5个百分点", "1.5", None, "个百分点", None),
        ("0.61以上", "0.61", None, None, "以上"),
        ("百分之十四点五", "14.5", None, "%", None),
        ("百分之百", "100", None, "%", None),
        ("百分之十至百分之十五左右", "10", "15", "%", "左右"),
        ("千分之三", "3", None, "‰", None),
        ("九成五以上", "95", None, "%", "以上"),
        ("四分之三", "75", None, "%", None),
        ("12 000吨", "12000", None, "吨", None),
    ],
)
def test_a_measure_is_read_as_printed(
    text: str, value: str, most: str | None, unit: str | None, bound: str | None
) -> None:
    [found] = measures(text, 0, len(text))
    assert (found.value, found.most) == (Decimal(value), Decimal(most) if most else None)
    assert (found.unit, found.bound) == (unit, bound)


@pytest.mark.parametrize(
    "text",
    [
        "2025年",
        "第3批",
        "PM2.5浓度",
        "〔2021〕33号",
        "6个月",
        "5G网络",
        "3月5日",
        "三成员",
        "七八成以上",
        "三分之二",
    ],
)
def test_years_names_and_dates_are_no_measures(text: str) -> None:
    assert measures(text, 0, len(text)) == []


@pytest.mark.parametrize(
    ("numeral", "year"), [("十一五", 2010), ("十三五", 2020), ("十四五", 2025), ("十五五", 2030)]
)
def test_a_plan_period_ends_in_its_fifth_year(numeral: str, year: int) -> None:
    assert plan_end(numeral) == year


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("到2030年", 2030),
        ("2030年底前", 2030),
        ("2030年前", 2030),
        ("“十五五”时期", 2030),
        ("2026年起5年内", 2030),
        ("2026—2030年", 2030),
        ("力争到2030年", 2030),
    ],
)
def test_a_deadline_in_its_forms(text: str, deadline: int) -> None:
    [when] = Calendar(2026).times(text, 0, len(text), When())
    assert when.deadline == deadline


@pytest.mark.parametrize("text", ["比2020年", "较2020年", "自2020年起", "从“十一五”时期"])
def test_a_base_is_no_deadline(text: str) -> None:
    assert Calendar(2026).times(text, 0, len(text), When()) == []


def test_a_year_before_the_document_is_past() -> None:
    [when] = Calendar(2026).times("2024年，", 0, 6, When())
    assert when.past
    [when] = Calendar(2026).times("2026年，", 0, 6, When())
    assert not when.past


@pytest.mark.parametrize(
    ("subject", "heads"),
    [
        ("颗粒物、苯重点工程减排量", ["颗粒物重点工程减排量", "苯重点工程减排量"]),
        ("颗粒物、苯等主要污染物排放总量", ["颗粒物排放总量", "苯排放总量"]),
        ("单位国内生产总值能耗和用水量", ["单位国内生产总值能耗", "单位国内生产总值用水量"]),
        ("污水收集、处理率", ["污水收集率", "污水处理率"]),
        ("山前及周边地区、东平原PM2.5浓度", ["山前及周边地区PM2.5浓度", "东平原PM2.5浓度"]),
        ("甲产业增加值和乙产业增加值占生产总值比重", ["甲产业增加值占生产总值比重", "乙产业增加值占生产总值比重"]),
    ],
)  # fmt: skip
def test_a_list_is_split_into_its_heads(subject: str, heads: list[str]) -> None:
    found = split_list(subject, 2)
    assert found is not None
    assert [piece.replace("PM2.5浓度", "PM2.5浓度") for piece in found] == heads


def test_a_list_of_another_length_is_not_split() -> None:
    assert split_list("颗粒物、苯排放总量", 3) is None


@pytest.mark.parametrize(
    ("subject", "name", "scope"),
    [
        ("全市年用水总量", "年用水总量", "全市"),
        ("三大粮食作物化肥利用率", "三大粮食作物化肥利用率", "三大粮食作物"),
        ("全市各级党政机关建成节水型机关率", "建成节水型机关率", "全市各级党政机关"),
        ("全省新增车辆中新能源车辆占比", "新增车辆中新能源车辆占比", "全省新增车辆"),
        ("万元地区生产总值能耗", "万元地区生产总值能耗", None),
    ],
)
def test_scope_and_indicator_are_parted(subject: str, name: str, scope: str | None) -> None:
    head = scoped(subject)
    assert (head.name, head.scope) == (name, scope)


def test_values_that_do_not_match_their_heads_are_doubted() -> None:
    reading = read_text("到2030年，颗粒物、苯排放总量分别下降8%、9%、10%。")
    assert [doubt.kind for doubt in reading.doubts if doubt.kind != "no_unit"] == ["list_count"]


def test_text_without_stops_is_read_in_pieces_and_doubted() -> None:
    reading = read_text("到2030年森林覆盖率达到40%" * 60)
    assert {doubt.kind for doubt in reading.doubts if doubt.kind != "no_unit"} == {"lost_stops"}
    assert reading.targets


@pytest.mark.parametrize("level", ["达到41%", "达到41%以上", "保持在41%左右", "提高到41%", "不低于41%"])
def test_two_values_for_one_indicator_are_doubted(level: str) -> None:
    reading = read_text(f"到2030年，森林覆盖率达到40%。\n到2030年，森林覆盖率{level}。")
    assert [doubt.kind for doubt in reading.doubts if doubt.kind != "no_unit"] == ["two_values"]


@pytest.mark.parametrize("name", NO_TARGETS)
def test_results_and_rules_are_no_targets(name: str, shared: Path) -> None:
    text = (shared / "plans" / f"{name}.txt").read_text("utf-8")
    for start, end in NO_TARGETS[name]:
        inside = [
            target
            for target in read_text(text).targets
            if target.kind is None and start <= target.start < (end or len(text))
        ]
        assert [said(target) for target in inside] == []


def test_a_yearly_mean_is_no_period() -> None:
    reading = read_text("到2030年，PM10年均浓度达到55微克/立方米，绿电装机年均增长6%，优良天数比率达到81%。")
    assert [target.period for target in reading.targets] == [None, "年均", None]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("新增垃圾收运能力20吨/日。", None),
        ("新建小区节水器具普及率达到100%。", "requirement"),
        ("县财政每年安排节能资金不低于300万元。", "allocation"),
        ("环保产业产值达到5亿元。", "requirement"),
    ],
)
def test_what_a_level_without_a_term_is(text: str, kind: str | None) -> None:
    [target] = read_text(text).targets
    assert target.kind == kind


def test_no_growth_that_goes_on_is_read_without_a_term() -> None:
    [target] = read_text("化肥农药使用量持续负增长，推广测土配方。").targets
    found = (target.indicator, target.direction, target.comparator, target.kind)
    assert found == ("化肥农药使用量", "zero_growth", "持续负增长", "requirement")


def test_no_growth_of_what_is_no_measure_is_not_read_without_a_term() -> None:
    assert read_text("受疫情影响，区域经济出现负增长。").targets == []


@pytest.mark.parametrize(
    ("said", "bound"), [("年均下降3%左右", "年均…左右"), ("每年下降3%", "每年"), ("下降3%以上", "以上")]
)
def test_that_a_fall_is_yearly_stands_beside_its_number(said: str, bound: str) -> None:
    [target] = read_text(f"到2030年，单位GDP能耗{said}。").targets
    assert target.comparator == bound


@pytest.mark.parametrize(
    "row",
    [
        "湖泊优良比例（%）66＞70-约束性草地盖度（%）54",
        "烟尘排放总量（万吨）2551.72347.6-8%苯排放总量（万吨）26",
    ],
)
def test_a_row_whose_cells_run_together_is_doubted_not_read(row: str) -> None:
    reading = read_text(f"到2030年，{row}。")
    assert reading.targets == []
    assert "run_together" in [doubt.kind for doubt in reading.doubts]


def test_no_target_is_without_a_name() -> None:
    garbled = "到2030年，东山及周边地区、西河平原烟尘浓度分别记名在1%物和其中下降20%、15%。"
    assert all(target.indicator for target in read_text(garbled).targets)
