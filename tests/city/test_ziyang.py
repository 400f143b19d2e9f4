"""The folder of Ziyang against the hand annotations of its plan."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from duheng.city import check, default_city_folder, load
from duheng.model import NOT_STATED, City, Plan, all_quantities
from duheng.model.rule import leaves

COUNTIES = ["512002", "512021", "512022"]


@cache
def ziyang() -> City:
    return load(default_city_folder("512000"))


def plan() -> Plan:
    found = ziyang().plan("ziyang-145")
    assert found
    return found


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def printed(shared: Path) -> str:
    return (shared / "plans" / "ziyang.txt").read_bytes().decode("utf-8")


def test_its_folder_has_no_errors_and_no_warnings() -> None:
    assert [f.text for f in check(default_city_folder()) if f.severity != "notice"] == []


def test_an_empty_register_is_said_to_be_unknown() -> None:
    texts = [f.text for f in check(default_city_folder())]
    assert any("污水处理厂台账是空的，合计视为未知" in text for text in texts)


def test_all_thirty_targets_stand_as_annotated_in_the_order_of_the_document(shared: Path) -> None:
    annotated = lines(shared / "plans" / "ziyang.targets.jsonl")[1:]
    stated = [
        {
            "indicator": t.title,
            "scope": t.scope,
            "value": t.value,
            "unit": t.unit,
            "direction": t.direction,
            "comparator": t.comparator,
            "change_from": t.base,
            "deadline": t.deadline,
            "hedge": t.hedge,
            "period": t.period,
            "implied": t.implied,
        }
        for t in plan().targets
    ]
    expected = [
        {
            **{key: a.get(key) for key in stated[0]},
            "value": None if a["value"] is None else Decimal(str(a["value"])),
            "implied": a.get("implied", False),
        }
        for a in annotated
    ]
    assert len(stated) == 30
    assert stated == expected


def test_the_character_span_of_each_target_is_its_annotated_sentence(shared: Path, printed: str) -> None:
    annotated = lines(shared / "plans" / "ziyang.targets.jsonl")[1:]
    spans = [t.characters for t in plan().targets]
    assert [printed[s[0] : s[1]] for s in spans if s] == [a["quote"] for a in annotated]


def test_each_target_stands_in_the_article_whose_text_holds_its_span(printed: str) -> None:
    starts = {a.number: printed.index(f"{a.number}{a.title}") for a in plan().articles if a.number != "二"}
    starts["二"] = printed.index("二、主要目标")
    for target in plan().targets:
        assert target.characters
        holding = max((s, n) for n, s in starts.items() if s <= target.characters[0])[1]
        assert (target.id, target.article) == (target.id, holding)


def test_all_twenty_one_tasks_stand_as_annotated_with_their_units(shared: Path) -> None:
    keys = ("number", "title", "section", "responsible_units", "lead_units", "inherited_units")
    annotated = [{k: t[k] for k in keys} for t in lines(shared / "plans" / "ziyang.tasks.jsonl")]
    stated = [
        {k: list(v) if isinstance(v := getattr(article, k), tuple) else v for k in keys}
        for article in plan().articles
        if article.number != "二"
    ]
    assert len(stated) == 21
    assert stated == annotated


def test_no_sentence_of_the_plan_is_copied_into_the_measures(printed: str) -> None:
    sentences = {s.strip() for s in re.split(r"[。；，\n]", printed) if len(s.strip()) >= 12}
    copied = [(a.number, s) for a in plan().articles for s in sentences if s in a.measures]
    assert copied == []


def test_an_assigned_target_has_no_number_and_says_who_sets_it() -> None:
    assigned = [t for t in plan().targets if t.direction == "assigned"]
    assert [(t.value, t.set_by) for t in assigned] == [(None, "四川省")] * 2


def test_the_headline_definition_is_not_stated() -> None:
    headline = plan().target("energy-intensity")
    assert headline is not None
    assert headline.definition == NOT_STATED


def test_only_the_headline_target_states_a_base_year() -> None:
    assert {t.id: t.base for t in plan().targets if t.base} == {"energy-intensity": 2020}


def test_every_target_rests_on_something_a_department_must_state() -> None:
    owed = {quantity for duty in plan().duties for quantity in duty.quantities}
    resting = {t.id: leaves(all_quantities()[t.quantity]) & owed for t in plan().targets}
    assert [id for id, quantities in resting.items() if not quantities] == []


def test_every_input_of_a_target_is_owed_by_some_duty() -> None:
    owed = {quantity for duty in plan().duties for quantity in duty.quantities}
    needed = {id for t in plan().targets for id in leaves(all_quantities()[t.quantity])}
    # Determined by the province under a guide of 2026, after this plan's last year: nobody in it could be told to.
    assert needed - owed == {"determined_nonfossil_energy"}


def test_each_duty_is_owed_by_a_unit_of_an_article_it_cites() -> None:
    for duty in plan().duties:
        articles = [
            plan().article(number) for number in re.findall(r"（[一二三四五六七八九十]+）", duty.cite)
        ]
        units = {unit for article in articles if article for unit in article.responsible_units}
        assert duty.by in units, duty.id


def test_the_city_has_its_three_counties_two_zones_and_ninety_towns() -> None:
    kinds = Counter(entity.kind for entity in ziyang().places)
    assert [kinds[k] for k in ("county", "zone", "residual", "town", "department")] == [3, 2, 1, 90, 29]


def test_the_zones_are_run_by_the_city_and_counted_in_yanjiang() -> None:
    places = ziyang().places
    inside = [e.id for e in places.children("512002") if e.kind in ("zone", "residual")]
    assert inside == ["512000G1", "512000G2", "512002X"]
    run = [e.id for e in places.children("512000", statistical=False)]
    assert {"512000G1", "512000G2"} <= set(run)
    assert [e.id for e in places.children("512000") if e.kind in ("county", "zone")] == COUNTIES


def test_towns_carry_the_codes_of_the_statistics_bureau() -> None:
    places = ziyang().places
    for town in (e for e in places if e.kind == "town"):
        assert re.fullmatch(rf"{town.parent}\d{{3}}", town.id)
        assert town.name_en


@pytest.mark.parametrize("alias", ["市发改委", "市住建局", "市发展改革委", "雁江区(区属口径)", "资阳高新区"])
def test_common_names_find_their_entity(alias: str) -> None:
    assert ziyang().places.find(alias).id.startswith("5120")


def test_the_map_shows_the_three_counties_and_warns_about_the_review_number() -> None:
    assert ziyang().map
    shapes = json.loads(Path(str(ziyang().map)).read_text("utf-8"))
    assert [f["properties"]["id"] for f in shapes["features"]] == COUNTIES
    assert "审图号" in shapes["note"]


def test_the_figure_of_yanjiang_less_the_zones_is_not_given_to_yanjiang() -> None:
    found = {(f.entity, str(f.value), f.status) for f in ziyang().facts if f.period == "2022"}
    assert ("512002X", "290", "estimated") in found
    assert ("512002", "411.59", "reported") in found


def test_figures_from_memory_are_marked_and_all_figures_name_a_source() -> None:
    facts = ziyang().facts
    assert all(f.source and f.stated_on <= date(2026, 1, 1) for f in facts)
    assert {f.period for f in facts if f.quantity == "gdp_current" and f.confidence == "memory"} == {
        *("2016", "2017", "2018", "2019", "2020", "2022")
    }


def test_every_public_figure_of_the_reference_that_is_a_number_is_carried(shared: Path) -> None:
    carried = {(f.entity[:6], f.value) for f in ziyang().facts}
    rows = (shared / "data" / "stats" / "ziyang_stats.csv").read_text("utf-8").splitlines()[1:]
    left_out = [row for row in map(_figure, rows) if row and row[:2] not in carried]
    # Each of these is named in the folder's README with the reason.
    assert [(indicator, str(value)) for _, value, indicator in left_out] == [
        ("good_air_days_rate_change", "-3.1"),
        ("air_composite_index", "3.41"),
        ("good_air_days", "184"),
        ("good_air_days_rate", "86.8"),
    ]


def _figure(row: str) -> tuple[str, Decimal, str] | None:
    code, _, _, period, indicator, value, *_ = row.split(",")
    number = re.fullmatch(r"-?\d+(\.\d+)?", value)
    return (code, Decimal(value), indicator) if number and period != "target" else None


def test_the_parks_named_by_the_plan_are_in_the_register() -> None:
    parks = {e.name: e.parent for e in ziyang().places if e.kind == "industrial_park"}
    assert parks == {
        "安岳县经济开发区": "512021",
        "乐至县经济开发区": "512022",
        "高新技术产业园区": "512000G1",
    }
