"""Projects of reduction: every type of the list has its rule and evidence, and one tonne counts once."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest

from duheng.ingest.reductions import (
    CAPACITY_TOLERANCE,
    EXCLUSIVE_TYPES,
    Counted,
    Project,
    capacity_check,
    counted,
    counted_twice,
    days_check,
    end_of,
    preferred,
    project_type,
    project_types,
    review,
)
from duheng.model.errors import UnknownName
from duheng.model.glossary import axis
from duheng.model.parameters import Local, Parameters, Setting, packaged
from duheng.rules import RULES

PLANT = Project("城东扩建", "W3", "城东厂", "化学需氧量", 2023, 940.5, owner="市住房城乡建设局")


def _complete(project: Project) -> Project:
    return replace(project, evidence=tuple(project_type(project.type).evidence(end_of(project.year))))


def _decided(of: str, item: str, value: int, since: date = date(2024, 1, 1)) -> Local:
    """The parameters of a city that decided otherwise on one item from a day on."""
    known = packaged()[of]
    own = Setting(since, Decimal(value), "川环函〔2024〕15号", "verified", "512000", item)
    return Local(Parameters({of: replace(known, settings=(*known.settings, own))}), "512000")


def test_whatever_rests_on_a_guide_that_was_not_read_is_called_an_estimate() -> None:
    """Formulas of the guide of 2022 are not at hand (standards/pollutants.md 1.2); a sum of audited figures is none."""
    unread = [one for one in RULES.values() for w in one.wordings if "核算技术指南（2022" in w.cite]
    assert len(unread) > 20
    named = {one.id for one in unread if "（测算）" in one.title and "(estimate)" in one.title_en}
    assert {one.id for one in unread} - named == {"key_project_reduction"}


def test_every_type_of_the_list_has_a_rule_evidence_and_its_pollutants(shared: Path) -> None:
    with (shared / "standards" / "reduction_project_types.csv").open(encoding="utf-8") as file:
        listed = {row["id"]: row["pollutants"] for row in csv.DictReader(file)}
    names = {"COD": "化学需氧量", "NH3-N": "氨氮", "NOx": "氮氧化物", "VOCs": "挥发性有机物"}
    ours = project_types()
    assert [id for id in listed if id not in ours] == []
    assert [
        id for id in listed if ours[id].pollutants != tuple(names[p] for p in listed[id].split(";"))
    ] == []
    assert [one.id for one in ours.values() if not one.evidence(date(2025, 12, 31))] == []


def test_every_result_of_a_type_is_labelled_an_estimate() -> None:
    assert [one.id for one in project_types().values() if "测算" not in one.rule.title] == []
    assert {one.rule.wordings[0].certainty for one in project_types().values()} == {"memory"}


def test_a_complete_project_has_no_finding() -> None:
    assert review([_complete(PLANT)]) == []


def test_missing_evidence_is_named_to_its_owner() -> None:
    (finding,) = review([PLANT])
    assert "竣工或通水文件" in finding.text
    assert finding.text.endswith("请市住房城乡建设局补交。")


def test_sewers_do_not_repeat_the_extension_of_the_same_plant() -> None:
    sewers = replace(PLANT, id="城东管网", type="W5")
    assert [finding.code for finding in counted_twice([PLANT, sewers])] == ["reduction-twice"]
    assert counted_twice([PLANT, replace(sewers, source="城西厂")]) == []


def test_a_closure_cancels_the_treatment_of_the_same_source_in_either_order() -> None:
    closed = replace(PLANT, id="甲厂关停", type="W1", source="甲厂")
    treated = replace(PLANT, id="甲厂提标", type="W2", source="甲厂")
    assert len(counted_twice([closed, treated])) == len(counted_twice([treated, closed])) == 1


def test_a_stated_capacity_is_held_against_the_formula_by_the_tolerance_of_its_year() -> None:
    of = packaged()[CAPACITY_TOLERANCE]
    own = Setting(date(2024, 1, 1), Decimal("0.02"), "市局核定表 5号", where="512000")
    here = Local(Parameters({of.id: replace(of, settings=(*of.settings, own))}), "512000")
    (before,) = capacity_check(PLANT, 101, 100, here)
    assert "0.5%（项目自定" in before.text
    after = replace(PLANT, year=2024)
    assert capacity_check(after, 101, 100, here) == []
    assert "2%（市局核定表 5号）" in capacity_check(after, 103, 100, here)[0].text
    assert capacity_check(PLANT, None, 100) == capacity_check(PLANT, 101, None) == []


def test_the_list_of_evidence_says_how_certain_it_is() -> None:
    asked = [one for of in project_types().values() for one in of.decided(date(2025, 12, 31)).values()]
    assert {(one.certainty, "原文待核" in one.cite) for one in asked} == {("memory", True)}
    assert "原文待核），未核实" in review([PLANT])[0].text


def test_a_document_no_longer_asked_for_is_asked_of_the_projects_before() -> None:
    here = _decided("evidence_w3", "电耗药耗和污泥台账", 0)
    for year, asked in ((2023, True), (2024, False)):
        (finding,) = review([replace(PLANT, year=year)], here)
        assert ("电耗药耗和污泥台账" in finding.text) is asked
    assert "电耗药耗和污泥台账" in review([replace(PLANT, year=2024)])[0].text  # another city


def test_a_document_of_another_type_can_be_asked_for_and_the_finding_names_the_text() -> None:
    here = _decided("evidence_w3", "水质监测报告", 1)
    before, after = (review([_complete(replace(PLANT, year=year))], here) for year in (2023, 2024))
    assert before == []
    assert "缺水质监测报告" in after[0].text
    assert "川环函〔2024〕15号" in after[0].text


def test_two_types_may_both_count_from_the_day_on_that_a_city_decided_so() -> None:
    sewers = replace(PLANT, id="城东管网", type="W5")
    here = _decided(EXCLUSIVE_TYPES, "W3与W5", 0)
    (before,) = counted_twice([PLANT, sewers], here)
    assert "未核实" in before.text
    assert counted_twice([PLANT, replace(sewers, year=2024)], here) == []
    other = _decided(EXCLUSIVE_TYPES, "W5与W6", 1)
    reused = replace(sewers, id="城东回用", type="W6")
    assert counted_twice([reused, sewers], other) == []
    (after,) = counted_twice([replace(reused, year=2024), sewers], other)
    assert "川环函〔2024〕15号" in after.text


def test_every_pair_of_types_of_one_medium_can_be_decided_on() -> None:
    known = [*project_types()]
    pairs = {frozenset(title.split("与")) for title in axis("project_type_pair").items}
    assert pairs == {frozenset(two) for two in combinations(known, 2) if two[0][0] == two[1][0]}


def test_the_same_project_registered_twice_is_a_finding() -> None:
    assert len(counted_twice([PLANT, replace(PLANT, id="城东扩建二")])) == 1


def test_more_than_the_base_and_outside_the_base_are_findings() -> None:
    closed = _complete(replace(PLANT, type="W1", source="甲厂", base=900.0))
    assert [finding.code for finding in review([closed])] == ["reduction-above-base"]
    assert [finding.code for finding in review([replace(closed, base=None, in_base=False)])] == [
        "reduction-base"
    ]


def test_a_pollutant_that_the_type_does_not_reduce_and_an_unknown_amount_are_findings() -> None:
    odd = _complete(replace(PLANT, pollutant="氮氧化物", reduction=None))
    assert {finding.code for finding in review([odd])} == {"reduction-pollutant", "reduction-unknown"}


def test_days_that_a_year_cannot_have_are_findings() -> None:
    assert days_check(PLANT, {2023: 365, 2024: 366, 2025: 0}, {2023: 365}) == []
    late, early = days_check(PLANT, {2023: 366, 2025: -3}, {2023: 365})
    assert late.text.startswith("城东扩建 化学需氧量：2023年运行366天，应为0至365天。请市住房城乡建设局核对")
    assert late.text.endswith("在此之前减排量未知。")
    assert early.found == "2025年运行-3天"


def test_days_are_held_against_those_that_the_source_works_in_the_year() -> None:
    assert days_check(PLANT, {2023: 200}, {2023: 200}) == []
    assert [one.code for one in days_check(PLANT, {2023: 201}, {2023: 200})] == ["reduction-days"]


def test_the_audited_figure_wins_and_the_difference_is_shown() -> None:
    assert counted(940.5, 900.0) == Counted(900.0, "核定", -40.5)
    assert counted(940.5, None) == Counted(940.5, "测算", None)
    assert counted(None, None).value is None


def test_the_first_method_in_the_legal_order_counts_and_the_others_stay_visible() -> None:
    amount = preferred({"产排污系数": 2.1, "自动监测": None, "手工监测": 1.9})
    assert amount is not None
    assert (amount.method, amount.value, dict(amount.others)) == ("手工监测", 1.9, {"产排污系数": 2.1})
    assert preferred({"自动监测": None}) is None


def test_a_method_outside_the_order_is_refused() -> None:
    with pytest.raises(UnknownName):
        preferred({"抽样测算": 3.0})
    assert preferred({"抽样测算": 3.0}, "tax") is not None
