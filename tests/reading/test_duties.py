"""Who owes what: every way of writing it as a made-up example, whole made-up documents, and the annotated ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from duheng.model import data
from duheng.reading.duties import tasks
from duheng.reading.duties.statement import parse
from duheng.reading.duties.words import words
from duheng.reading.normal import plain
from duheng.reading.outline import outline
from duheng.reading.reading import Reading, read, read_text
from duheng.reading.records import Task

EXAMPLES = data.read_yaml(data.root() / "reading" / "duties.yaml")["examples"]

CITY = """某市节水工作方案
一、总体要求
（一）指导思想。坚持节水优先（以下简称节水）。
二、重点任务
（一）农业节水。推进灌区改造（含续建）。（责任单位：市水务局、市农业农村局按职责分工负责。各县（区）人民政府、新区管委会，下同不再列出）
（二）工业节水（责任单位：市经信局，市水务局、市文化和旅游局）
改造高耗水企业。
（三）城镇节水。
1.管网改造。减少漏损。
2.节水器具。推广器具。
牵头单位：市住房城乡建设局
配合单位：市水务局、发展改革委
（四）宣传。办好宣传周。
三、保障措施
（五）督查。开展督查。责任单位：市政府督查室、市水务局。
"""

STATE = """关于节水的意见
一、重点任务
（一）加强引领。建立指标。健全统计制度。（甲部牵头，乙部、国家丙局参与）
优化体制。建立清单。（甲部指导，试点城市政府负责落实。以下均需试点城市政府落实，不再列出）
（二）推进利用。推广设备。（乙部、文化和旅游部负责）推动利用（丙类除外）。（甲部、乙部等部门按职责分工负责）各地做好衔接。
"""


def of(text: str) -> list[Task]:
    found = read_text(text)
    for one in found.tasks:
        assert found.text[one.start : one.end] == one.quote
    return found.tasks


def annotated(shared: Path, name: str) -> tuple[Reading, dict[str, dict[str, Any]]]:
    lines = (shared / "plans" / f"{name}.tasks.jsonl").read_text("utf-8").splitlines()
    gold = [one for one in map(json.loads, lines) if "number" in one]
    return read(shared / "plans" / f"{name}.txt"), {one["number"]: one for one in gold}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["text"])
def test_each_way_of_writing_it(example: dict[str, Any]) -> None:
    text = example["text"]
    said = parse(words(), text, plain(text), 1, len(text) - 1)
    units = said.units() if said else []
    leads = said.units("lead") if said else []
    if said and said.first_leads:
        leads = units[:1]
    assert units == example["units"]
    assert leads == example.get("leads", [])
    assert (said.units("cooperate") if said else []) == example.get("cooperating", [])
    assert (said.inherited if said else []) == example.get("inherited", [])
    assert bool(said and said.open_list) == example.get("open", False)


def test_a_city_plan() -> None:
    found = of(CITY)
    assert [(one.number, one.title) for one in found] == [
        ("（一）", "农业节水"), ("（二）", "工业节水"), ("（三）", "城镇节水"), ("（四）", "宣传"), ("（五）", "督查"),
    ]  # fmt: skip
    assert found[0].responsible_units == ["市水务局", "市农业农村局"]
    assert found[1].responsible_units == ["市经信局", "市水务局", "市文化和旅游局"]
    assert found[1].quote.endswith("改造高耗水企业。")
    assert (found[2].lead_units, found[2].cooperating_units) == (
        ["市住房城乡建设局"], ["市水务局", "市发展改革委"],
    )  # fmt: skip
    assert found[4].responsible_units == ["市政府督查室", "市水务局"]
    assert {one.section for one in found} == {"二、重点任务", "三、保障措施"}


def test_a_rule_said_once_holds_for_every_later_task() -> None:
    found = of("一、任务\n（一）甲。做甲事。（市甲局负责）\n" + CITY[CITY.index("（一）农业") :])
    assert found[0].inherited_units == []
    assert all(one.inherited_units == ["各县（区）人民政府", "新区管委会"] for one in found[1:])


def test_a_task_that_names_nobody_is_shown_and_said() -> None:
    found = read_text(CITY)
    assert found.tasks[3].responsible_units == []
    assert [(one.kind, one.message) for one in found.doubts if one.kind == "no_unit"] == [
        ("no_unit", "（四）宣传：未写明责任单位。")
    ]


def test_unnumbered_paragraphs_and_several_brackets() -> None:
    found = of(STATE)
    assert [(one.number, one.title) for one in found] == [
        ("（一）-1", "建立指标"), ("（一）-2", "优化体制"), ("（二）", "推进利用"),
    ]  # fmt: skip
    assert found[0].section == "一、重点任务 / （一）加强引领"
    assert found[0].assignments == [
        {"clause_end": "建立指标。健全统计制度。", "roles": {"牵头": ["甲部"], "参与": ["乙部", "国家丙局"]}}
    ]
    assert [one.inherited_units for one in found] == [[], ["试点城市政府"], ["试点城市政府"]]
    assert [one["roles"] for one in found[2].assignments] == [
        {"负责": ["乙部", "文化和旅游部"]}, {"负责": ["甲部", "乙部"]},
    ]  # fmt: skip
    assert found[2].open_list
    assert found[2].quote.endswith("各地做好衔接。")


def test_the_first_name_leads_from_the_rule_on() -> None:
    text = """一、甲
（一）乙。做乙。（甲部、乙部负责）
（二）丙。做丙。（丙部、甲部负责。列第一位者为牵头单位，下同）
（三）丁。做丁。（乙部、丙部负责）
"""
    assert [one.lead_units for one in of(text)] == [[], ["丙部"], ["乙部"]]
    outside = "各项任务排名第一的单位为牵头单位。\n一、甲\n（一）乙。做乙。（甲部、乙部负责）\n"
    assert [one.lead_units for one in of(outside)] == [["甲部"]]


def test_prose() -> None:
    text = """一、甲
（一）乙。由市甲局牵头，市乙局配合，开展检查。
（二）丙。丙部要会同有关部门制定办法。各级政府要加强领导。
（三）丁。鼓励企业参与。
"""
    found = of(text)
    assert [(one.number, one.responsible_units, one.lead_units) for one in found] == [
        ("（一）", ["市甲局", "市乙局"], ["市甲局"]), ("（二）", ["丙部"], []),
    ]  # fmt: skip


def test_a_document_that_names_nobody_says_so() -> None:
    found = read_text("一、甲\n（一）乙。各级政府要加强领导，广大干部要担当。\n")
    assert found.tasks == []
    assert [(one.kind, one.message) for one in found.doubts] == [("no_unit", "全文未写明责任单位。")]


def test_organs_after_a_full_stop_and_a_bracket_never_closed() -> None:
    found = of("一、甲\n1.乙。做乙（县级市）。（市甲局、市乙局）\n2.丙。做丙。（市甲局牵头，市乙局配合\n")
    assert [one.responsible_units for one in found] == [["市甲局", "市乙局"]] * 2


def test_a_name_that_is_no_organ_is_kept_and_doubted() -> None:
    found = read_text("一、甲\n（一）乙。做乙。（责任单位：市甲局、某某项目）\n")
    assert found.tasks[0].responsible_units == ["市甲局", "某某项目"]
    assert [one.message for one in found.doubts] == ["“某某项目”不像单位名称，请核对。"]


def test_a_task_table() -> None:
    text = """分工表
序号|重点任务|牵头单位|配合单位|完成时限
1|改造管网|市甲局|市乙局、丙局|2024年
2|办宣传周|市甲局|/|每年
"""
    found = of(text)
    assert [(one.number, one.title, one.lead_units, one.cooperating_units) for one in found] == [
        ("1", "改造管网", ["市甲局"], ["市乙局", "市丙局"]), ("2", "办宣传周", ["市甲局"], []),
    ]  # fmt: skip


def test_a_ruled_table_with_merged_cells() -> None:
    text = "任务\n责任部门\n改造管网\n市甲局\n\n市乙局\n"

    def at(word: str) -> tuple[int, int]:
        return text.index(word), text.index(word) + len(word)

    gap = text.index("\n\n") + 1
    rows = [[at("任务"), at("责任部门")], [at("改造管网"), at("市甲局")], [(gap, gap), at("市乙局")]]
    found, _ = tasks(text, plain(text), outline(text, plain(text)), [rows])
    assert [(one.title, one.responsible_units) for one in found] == [
        ("改造管网", ["市甲局"]), ("改造管网", ["市乙局"]),
    ]  # fmt: skip


def test_ziyang_is_complete(shared: Path) -> None:
    found, gold = annotated(shared, "ziyang")
    assert [one.number for one in found.tasks] == list(gold)
    for one in found.tasks:
        expected = gold[one.number]
        assert (one.title, one.section) == (expected["title"], expected["section"])
        assert set(one.responsible_units) == set(expected["responsible_units"])
        assert set(one.lead_units) == set(expected["lead_units"])
        assert set(one.inherited_units) == set(expected["inherited_units"])
        assert (one.cooperating_units, one.assignments, one.open_list) == ([], [], False)


@pytest.mark.parametrize(("name", "apart"), [("gw_wufei_2018", set()), ("guangzhou_rencai_2012", {"1"})])
def test_the_other_annotated_documents(shared: Path, name: str, apart: set[str]) -> None:
    """Every field of every task; task 1 of the one is a goal that names nobody in a section of its own."""
    found, gold = annotated(shared, name)
    assert {one.number for one in found.tasks} == gold.keys() - apart
    for one in found.tasks:
        said = one.as_json()
        for field, value in gold[one.number].items():
            if field != "note":
                assert said[field] == value, (one.number, field)


@pytest.mark.parametrize("name", ["gwr_2024", "gwr_2025", "gw_zhijiao_2019"])
def test_documents_that_name_nobody(shared: Path, name: str) -> None:
    found = read(shared / "plans" / f"{name}.txt")
    assert found.tasks == []
    assert "全文未写明责任单位。" in [one.message for one in found.doubts]


def test_who_leads_by_name_leads_alone_whatever_the_rule() -> None:
    found = of(
        "一、任务\n（一）管网。改造管网。（市甲局、市乙局负责。列第一位者为牵头单位，下同）\n"
        "（二）水厂。改造水厂。牵头单位：市丙局。责任单位：市丁局、市戊局。\n"
    )
    assert [one.lead_units for one in found] == [["市甲局"], ["市丙局"]]


def test_organs_alone_in_a_bracket_with_a_term() -> None:
    [found] = of("一、任务\n（一）水厂。改造水厂。（市甲局、市乙公司；2027年底前完成）\n")
    assert found.responsible_units == ["市甲局", "市乙公司"]
