"""The county light table: order, two yardsticks side by side, what changed, who owes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from duheng.assess.counties import CountyLight, county_lights
from duheng.model.errors import UnknownName
from duheng.model.plan import Target
from tests.assess import towns
from tests.assess.towns import BING, JIA, YI, ZONE

pytestmark = pytest.mark.usefixtures("books")
RUNNING, ON = date(2024, 12, 31), date(2024, 7, 1)


def rows(*targets: Target, as_of: date = RUNNING) -> dict[str, CountyLight]:
    plan = towns.plan(*targets)
    return {row.entity.id: row for row in county_lights(towns.city(plan), plan, as_of=as_of)}


def test_counties_stand_in_order_of_code_and_zones_after_them() -> None:
    assert list(rows()) == [JIA, YI, BING, ZONE]


def test_annual_task_and_five_year_progress_stand_side_by_side() -> None:
    towns.economy(on=ON)
    towns.intensity(
        {JIA: {2021: 3, 2022: 7, 2023: 9}, YI: {2021: 3, 2022: 5, 2023: "8.1"}, BING: {2023: 1}}, on=ON
    )
    found = rows()
    assert (found[JIA].five_year.light, found[JIA].annual.light) == (3, 1)
    assert (found[YI].five_year.light, found[YI].annual.light) == (2, 3)
    assert (found[JIA].task, found[JIA].year) == (Decimal("3.08"), Decimal("2.15"))
    assert (
        found[JIA].annual.yardstick == "年度任务：2023年应降3.08%，实际降2.15%，差0.93个百分点（要求的30.2%）"
    )
    assert (
        found[YI].five_year.yardstick
        == "五年进度：2023年应累计下降8.97%，实际8.10%，差0.87个百分点（要求的9.7%）"
    )


def test_an_unknown_last_year_leaves_the_annual_light_unknown_and_the_five_year_one_known() -> None:
    towns.economy(on=ON)
    towns.intensity({JIA: {2023: 9}, YI: {}, BING: {}}, on=ON)
    assert (rows()[JIA].five_year.light, rows()[JIA].annual.light) == (3, None)


def test_what_changed_since_the_year_before_is_said() -> None:
    towns.economy(on=ON)
    towns.intensity({JIA: {2021: 4, 2022: 7, 2023: 8}, YI: {2021: 3, 2022: 7, 2023: 10}, BING: {}}, on=ON)
    assert rows()[JIA].change == "与2022年相比：五年进度由三级变为一级，年度任务由三级变为一级"
    assert rows()[YI].change == "与2022年相比：没有变化"


def test_a_county_that_has_not_reported_shows_no_light_and_who_owes_it() -> None:
    towns.economy(on=ON)
    towns.intensity({JIA: {2023: 9}, YI: {2023: 9}, BING: {}}, on=ON)
    row = rows()[BING]
    assert (row.actual, row.five_year.light, row.annual.light, row.period) == (None, None, None, "2023")
    assert row.owed_by == (towns.STATISTICS,)
    assert [owed.text for owed in row.owed] == ["市统计局：丙县 能源消费总量 2023年，应于2024-06-30前报送"]


def test_a_zone_without_a_duty_of_its_own_says_whose_figures_hold_it() -> None:
    row = rows()[ZONE]
    assert row.owed_by == ()
    assert "数值含在甲区内" in row.note
    assert "计划没有规定单独报送" in row.note


def test_a_county_with_a_target_of_its_own_is_judged_by_it() -> None:
    towns.economy(on=ON)
    towns.intensity({JIA: {2023: 8}, YI: {2023: 8}, BING: {}}, on=ON)
    own = replace(towns.INTENSITY, id="intensity-jia", entity=JIA, value=Decimal(12))
    found = rows(towns.INTENSITY, own)
    assert (found[JIA].goal, found[JIA].assigned, found[JIA].five_year.light) == (Decimal(12), True, 3)
    assert (found[YI].goal, found[YI].assigned, found[YI].five_year.light) == (Decimal("14.5"), False, 1)
    assert "未分解下达" in found[YI].note


def test_a_gap_that_would_print_as_a_threshold_it_is_not_on_prints_more_digits() -> None:
    towns.state("energy_intensity_decline", {JIA: {2023: "0.0807"}}, on=ON)
    row = rows()[JIA]
    assert row.five_year.light == 1
    assert row.five_year.yardstick.endswith("（要求的10.03%）")


def test_a_plan_without_a_cumulative_decline_has_no_county_lights() -> None:
    with pytest.raises(UnknownName):
        rows(towns.STRAW)


def test_the_row_as_plain_data_keeps_the_unknown_null() -> None:
    plain = rows()[JIA].as_json()
    assert (plain["actual"], plain["five_year_light"], plain["annual_light"]) == (None, None, None)
    assert plain["owed_by"] == [towns.STATISTICS]


def test_a_county_is_reckoned_from_the_base_year_of_the_target() -> None:
    towns.economy(years=(2018, 2020, 2023), on=ON)
    towns.state("energy", {JIA: {2018: 80000, 2020: 100000, 2023: 40000}}, on=ON)
    row = rows(replace(towns.INTENSITY, base=2018))[JIA]
    assert (row.actual, row.base) == (Decimal("50.00"), 2018)
