"""The golden cases of the assignment, each on a small city made here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from duheng.assess.board import board
from duheng.assess.books import opened
from duheng.assess.counties import county_lights
from duheng.engine import explain, value
from duheng.model.glossary import quantity
from tests.assess import towns
from tests.assess.towns import BING, CITY, JIA, REST, YI, ZONE

pytestmark = pytest.mark.usefixtures("books")
AFTER = date(2026, 12, 31)


def test_a_county_exactly_on_14_5_has_met_it_and_one_on_14_46_has_not() -> None:
    towns.economy()
    towns.intensity({JIA: {2025: "14.5"}, YI: {2025: "14.46"}, BING: {2025: "14.495"}})
    rows = {row.entity.id: row for row in county_lights(towns.city(), towns.plan(), as_of=AFTER)}
    assert [rows[id].actual for id in (JIA, YI, BING)] == [
        Decimal("14.50"),
        Decimal("14.46"),
        Decimal("14.50"),
    ]
    assert [rows[id].five_year.light for id in (JIA, YI, BING)] == [3, 2, 3]
    assert (
        rows[YI].five_year.yardstick
        == "期末结果：2025年应累计下降14.5%，实际14.46%，差0.04个百分点（要求的0.3%）"
    )


def test_a_year_without_one_of_three_counties_is_unknown_and_names_who_owes_it() -> None:
    towns.economy(on=date(2024, 7, 1))
    towns.intensity({JIA: {2023: 9}, YI: {2023: 9}, BING: {}}, on=date(2024, 7, 1))
    one = board(towns.city(), towns.plan(), as_of=date(2024, 12, 31)).targets[0]
    assert (one.latest, one.progress, one.light) == (None, None, None)
    assert value(quantity("energy"), opened(towns.city(), towns.plan()).books, CITY, "2023") is None
    assert one.owed_by == (towns.STATISTICS,)
    of_2023 = [owed for owed in one.owed if str(owed.period) == "2023"]
    assert [(owed.entity.id, owed.quantity, owed.due) for owed in of_2023] == [
        (BING, "energy", date(2024, 6, 30))
    ]
    assert "市统计局：丙县 能源消费总量 2023年，应于2024-06-30前报送" in [owed.text for owed in one.owed]


def test_a_value_of_another_definition_than_the_targets_is_shown_and_never_compared() -> None:
    towns.state("energy_intensity_decline", {CITY: {2025: "0.145"}}, definition="minus-feedstock")
    one = board(towns.city(), towns.plan(), as_of=AFTER).targets[0]
    assert (one.latest, one.definition, one.asked) == (Decimal("14.50"), "minus-feedstock", "full")
    assert (one.progress, one.light, one.gap) == (None, None, None)
    found = [finding for finding in one.findings if finding.code == "definition-mismatch"]
    assert len(found) == 1
    assert "扣除原料用能" in found[0].text
    assert "全口径" in found[0].text


def test_the_zone_inside_a_county_is_neither_lost_nor_counted_twice() -> None:
    towns.state("energy", {JIA: {2025: 500}, YI: {2025: 300}, BING: {2025: 200}, ZONE: {2025: 120}})
    books = opened(towns.city(), towns.plan()).books
    energy = quantity("energy")
    assert value(energy, books, CITY, "2025") == 1000
    assert value(energy, books, REST, "2025") == 380
    assert value(energy, books, JIA, "2025") == 500
    assert {part.entity for part in explain(energy, books, REST, "2025").parts} == {JIA, ZONE}


def test_a_fact_corrected_after_the_score_was_published_leaves_the_old_score_reproducible() -> None:
    towns.state("energy_intensity_decline", {CITY: {2025: "0.1450"}}, on=date(2026, 3, 1), title="快报")
    towns.state("energy_intensity_decline", {CITY: {2025: "0.1446"}}, on=date(2026, 9, 1), title="普查修订")
    city = towns.city()
    published = board(city, city.plans[0], as_of=date(2026, 6, 30)).targets[0]
    today = board(city, city.plans[0], as_of=AFTER).targets[0]
    assert (published.latest, published.light) == (Decimal("14.50"), 3)
    assert (today.latest, today.light) == (Decimal("14.46"), 2)
    assert "快报" in (published.source or "")
    assert "普查修订" in (today.source or "")
