"""The board: value, progress, light, source and debts of each class of target."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from duheng.assess.board import Board, board
from duheng.assess.books import default_plan, open_books, opened
from duheng.assess.counties import county_lights
from duheng.assess.status import TargetStatus
from duheng.assess.why import why
from duheng.model.errors import DuhengError
from duheng.model.plan import Change, Duty, Plan, Target
from tests.assess import towns
from tests.assess.towns import CITY

pytestmark = pytest.mark.usefixtures("books")
RUNNING, AFTER = date(2024, 12, 31), date(2026, 12, 31)
KEYS = [
    "id", "article", "title", "target", "unit", "deadline", "latest", "period", "progress", "light",
    "source", "units", "owed_by",
]  # fmt: skip


def made(*targets: Target, as_of: date = AFTER, scenario: str = "actual") -> Board:
    plan = towns.plan(*targets)
    return board(towns.city(plan), plan, scenario, as_of)


def only(target: Target, as_of: date = AFTER) -> TargetStatus:
    return made(target, as_of=as_of).targets[0]


def test_a_cumulative_decline_progresses_by_logarithms_and_names_its_yardstick() -> None:
    towns.state("energy_intensity_decline", {CITY: {2023: "0.0873"}}, on=date(2024, 7, 31))
    one = only(towns.INTENSITY, RUNNING)
    assert (one.latest, one.period, one.path, one.gap) == (
        Decimal("8.73"), "2023", Decimal("8.97"), Decimal("0.24"),
    )  # fmt: skip
    assert one.progress == pytest.approx(math.log(1 - 0.0873) / math.log(1 - 0.145))
    assert one.yardstick == "五年进度：2023年应累计下降8.97%，实际8.73%，差0.24个百分点（要求的2.7%）"
    assert one.light == 2
    assert one.rate == Decimal("3.21")


def test_the_result_of_a_closed_plan_is_linear() -> None:
    towns.state("energy_intensity_decline", {CITY: {2025: "0.1521"}})
    assert only(towns.INTENSITY).progress == pytest.approx(15.21 / 14.5)


def test_before_the_deadline_has_passed_the_last_year_still_counts_by_logarithms() -> None:
    towns.state("energy_intensity_decline", {CITY: {2025: "0.1521"}}, on=date(2025, 12, 1))
    one = only(towns.INTENSITY, date(2025, 12, 31))
    assert one.progress == pytest.approx(math.log(1 - 0.1521) / math.log(1 - 0.145))


def test_tonnes_add_up_over_the_years_of_the_plan() -> None:
    towns.state(
        "key_project_reduction",
        {CITY: {2020: 9999, 2021: 1000, 2022: 900, 2023: "530.8"}},
        item="化学需氧量",
        on=date(2024, 4, 1),
    )
    one = only(towns.COD, RUNNING)
    assert (one.latest, one.period, one.light) == (Decimal("2430.80"), "2023", 2)
    assert one.progress == pytest.approx(2430.8 / 4218)
    assert one.yardstick == "时间进度：2023年应累计2530.80吨，实际2430.80吨，差100.00吨（要求的4.0%）"


def test_a_sum_with_a_missing_year_is_unknown_and_says_which() -> None:
    towns.state("key_project_reduction", {CITY: {2021: 1000, 2023: 900}}, item="化学需氧量")
    one = only(towns.COD, AFTER)
    assert (one.latest, one.progress, one.light) == (None, None, None)
    assert any("缺2022年" in finding.text for finding in one.findings)
    assert "市生态环境局：试验市 重点工程减排量 化学需氧量 2022年，应于2023-03-31前报送" in [
        owed.text for owed in one.owed
    ]
    assert [point.actual for point in one.trend[:3]] == [Decimal(0), Decimal("1000.00"), None]


def test_a_cumulative_count_is_its_latest_value() -> None:
    towns.state("town_sewage_plants", {CITY: {2021: 30, 2023: 46}}, on=date(2024, 4, 1))
    one = only(towns.PLANTS, RUNNING)
    assert (one.latest, one.light) == (Decimal(46), 3)
    assert one.progress == pytest.approx(46 / 76)


def test_a_rate_that_is_met_early_is_green_and_one_that_is_not_waits_for_its_deadline() -> None:
    towns.state("straw_utilisation_rate", {CITY: {2022: "0.88", 2023: "0.9"}}, on=date(2024, 7, 1))
    assert only(towns.STRAW, RUNNING).light == 3
    towns.state("straw_utilisation_rate", {CITY: {2023: "0.8999"}}, on=date(2024, 8, 1))
    one = only(towns.STRAW, RUNNING)
    assert one.light is None
    assert one.yardstick == "计划未定年度进度，期末判定：2025年应达到90%，2023年实际89.99%"
    assert one.progress == pytest.approx(89.99 / 90)


def test_in_its_final_period_a_rate_is_judged_by_the_same_thresholds() -> None:
    towns.state("straw_utilisation_rate", {CITY: {2025: "0.81"}})
    assert only(towns.STRAW).light == 2
    towns.state("straw_utilisation_rate", {CITY: {2025: "0.8099"}}, on=date(2026, 8, 1))
    assert only(towns.STRAW).light == 1


def test_zero_growth_is_one_or_nought_with_the_gap_beside_it() -> None:
    towns.state("fertiliser_pesticide_growth", {CITY: {2023: "-0.012"}}, on=date(2024, 7, 1))
    kept = only(towns.FARM, RUNNING)
    assert (kept.progress, kept.light, kept.gap) == (1.0, 3, Decimal("-1.20"))
    towns.state("fertiliser_pesticide_growth", {CITY: {2023: "0.004"}}, on=date(2024, 8, 1))
    broken = only(towns.FARM, RUNNING)
    assert (broken.progress, broken.light, broken.gap) == (0.0, 1, Decimal("0.40"))
    assert broken.yardstick == "控制目标：应不高于0%，2023年实际0.40%，超出0.40个百分点"


def test_a_target_set_from_above_has_no_number_and_says_who_will_set_it() -> None:
    one = only(towns.ASSIGNED)
    found = made(towns.ASSIGNED).as_json()["targets"][0]
    assert (found["target"], found["progress"], found["light"]) == (None, None, None)
    assert "四川省" in one.note
    assert one.yardstick == "目标尚无数值，不作判定"


def test_what_nobody_reported_is_null_and_owed_by_the_unit_of_its_duty() -> None:
    found = made(towns.STRAW).as_json()["targets"][0]
    assert (found["latest"], found["period"], found["source"], found["light"]) == (None, None, None, None)
    assert found["owed_by"] == ["市农业农村局"]


def test_before_anything_is_due_nobody_owes_it_and_the_first_day_is_named() -> None:
    one = only(towns.STRAW, date(2021, 3, 1))
    assert (one.owed, one.owed_by) == ((), ())
    assert one.cause == "尚未到报送期限，最早的应于2022-06-30前报送"


def test_before_the_plan_begins_nobody_owes_it_and_the_first_day_is_named() -> None:
    assert only(towns.STRAW, date(2019, 3, 1)).cause == "尚未到报送期限，最早的应于2022-06-30前报送"


def with_fuels(*fuels: str) -> Plan:
    """A plan whose statistics office states the use of these fuels, which are known of every year due by 2023."""
    years = range(2020, 2023)
    towns.economy(years=years, on=date(2023, 7, 1))
    for fuel in fuels:
        amounts = {county: dict.fromkeys(years, 9) for county in towns.COUNTIES}
        towns.state("fuel_use", amounts, item=fuel, on=date(2023, 7, 1))
    duty = Duty("fuels", "能源平衡表", ("fuel_use",), towns.STATISTICS, kind="county", items=fuels)
    return towns.plan(towns.INTENSITY, duties=(duty, towns.DUTIES[1]))


def test_where_only_a_parameter_lacks_nobody_owes_it_and_the_parameter_is_named() -> None:
    plan = with_fuels("原煤", "天然气")
    one = board(towns.city(plan), plan, as_of=date(2023, 7, 2)).targets[0]
    assert (one.latest, one.owed_by, one.cause_in) == (None, (), "2022")
    assert one.cause == "各种能源折标准煤系数 天然气没有取值，请在“参数”页补充并写明依据"


def test_a_county_where_only_a_parameter_lacks_says_so_too() -> None:
    plan = with_fuels("天然气")
    row = county_lights(towns.city(plan), plan, as_of=date(2023, 7, 2))[0]
    assert row.owed_by == ()
    assert "折标准煤系数 天然气没有取值" in row.note


def test_a_figure_that_no_duty_asks_for_is_owed_by_no_unit_of_the_others() -> None:
    plan = towns.plan(towns.STRAW, duties=(replace(towns.DUTIES[4], quantities=("straw_utilised",)),))
    towns.state("straw_utilised", {CITY: dict.fromkeys(range(2021, 2026), 1)})
    one = board(towns.city(plan), plan, as_of=AFTER).targets[0]
    assert (one.owed_by, one.cause) == ((), "秸秆可收集量尚未规定由谁报送")


def test_units_are_the_articles_unless_the_target_has_its_own_and_inherited_ones_stand_apart() -> None:
    first, second = made(towns.STRAW, replace(towns.STRAW, units=("市水务局",))).as_json()["targets"]
    assert (first["units"], first["inherited_units"]) == (["市农业农村局"], ["各县（区）人民政府"])
    assert second["units"] == ["市水务局"]


def test_the_source_is_one_line_with_the_unit_document_cell_date_and_status() -> None:
    towns.state("town_sewage_plants", {CITY: {2025: 76}}, title="污水厂台账.xlsx", locator="台账!C3")
    expected = "市住房城乡建设局 污水厂台账.xlsx 台账!C3（2026-07-01，填报）"
    assert only(towns.PLANTS).source == expected


def test_the_source_counts_the_other_facts_a_result_rests_on() -> None:
    towns.economy()
    towns.intensity({county: {2025: 15} for county in towns.COUNTIES})
    source = only(towns.INTENSITY).source
    assert source is not None
    assert "，另有 11 项事实；1 条规则未核实" in source


def test_a_figure_from_memory_is_marked_unverified() -> None:
    towns.state("town_sewage_plants", {CITY: {2025: 76}}, confidence="memory")
    one = only(towns.PLANTS)
    assert one.unverified
    assert "未核实" in (one.source or "")


def test_a_definition_not_stated_is_shown_so_and_read_under_the_first_one() -> None:
    towns.state("energy_intensity_decline", {CITY: {2025: "0.15"}}, definition="full")
    one = only(towns.UNSIGNED)
    assert (one.light, one.definition, one.asked) == (3, "full", None)
    assert "口径未明示" in one.note
    assert made(towns.UNSIGNED).as_json()["targets"][0]["definition"] == "not-stated"


def test_a_signed_choice_of_definition_decides_what_is_compared() -> None:
    towns.state("energy_intensity_decline", {CITY: {2025: "0.15"}}, definition="full")
    towns.state("energy_intensity_decline", {CITY: {2025: "0.16"}}, definition="minus-feedstock")
    plan = towns.plan(towns.UNSIGNED)
    signed = board(
        towns.city(plan), plan, as_of=AFTER, definition_choices={"intensity": "minus-feedstock"}
    ).targets[0]
    assert (signed.latest, signed.asked) == (Decimal("16.00"), "minus-feedstock")
    assert "口径已选定：扣除原料用能" in signed.note


def test_a_target_changed_midway_is_judged_by_the_version_of_the_day() -> None:
    changed = replace(towns.PLANTS, changes=(Change(date(2024, 1, 1), Decimal(80), "资府发〔2024〕1号"),))
    towns.state("town_sewage_plants", {CITY: {2022: 40}}, on=date(2023, 4, 1))
    assert only(changed, date(2023, 12, 31)).target.value == 76
    assert only(changed, RUNNING).target.value == 80


def test_no_fact_of_the_drill_shows_on_the_actual_board() -> None:
    towns.state("town_sewage_plants", {CITY: {2025: 76}}, scenario="drill")
    assert only(towns.PLANTS).latest is None
    assert made(towns.PLANTS, scenario="drill").targets[0].latest == 76


def test_the_trend_shows_every_year_with_its_path() -> None:
    towns.state("energy_intensity_decline", {CITY: {2021: "0.03", 2023: "0.09"}})
    trend = only(towns.INTENSITY).trend
    assert [point.period for point in trend] == ["2020", "2021", "2022", "2023", "2024", "2025"]
    path = ("0", "3.08", "6.07", "8.97", "11.78", "14.5")
    assert [point.path for point in trend] == [Decimal(text) for text in path]
    assert [point.actual for point in trend] == [0, 3, None, 9, None, None]


def test_a_target_whose_unit_does_not_fit_its_quantity_is_a_finding() -> None:
    one = only(replace(towns.PLANTS, unit="吨"))
    assert one.light is None
    assert [finding.code for finding in one.findings if finding.severity == "error"] == ["target-unit"]


def test_the_json_has_the_keys_of_the_assignment_first_and_is_plain() -> None:
    towns.state("energy_intensity_decline", {CITY: {2023: "0.0873"}})
    found = made(towns.INTENSITY, towns.STRAW).as_json()
    assert list(found) == ["city", "plan", "as_of", "scenario", "targets"]
    assert list(found["targets"][0])[: len(KEYS)] == KEYS
    assert found["city"] == CITY
    assert found["targets"][0]["target"] == 14.5
    assert found["targets"][0]["latest"] == 8.73
    assert found["targets"][0]["deadline"] == 2025
    assert json.loads(json.dumps(found)) == found


def test_the_books_are_opened_once_for_a_head_and_again_after_a_fact() -> None:
    plan = towns.plan(towns.PLANTS)
    city = towns.city(plan)
    first = open_books(city)
    assert open_books(city) is first
    towns.state("town_sewage_plants", {CITY: {2025: 76}})
    assert open_books(city) is not first


def test_the_drill_is_judged_by_the_printed_plan() -> None:
    city = towns.city()
    assert default_plan(city, "drill") is city.plans[0]


OF_2018 = replace(towns.INTENSITY, base=2018)


def fallen_by_half_since_2018() -> None:
    towns.economy(years=range(2018, 2024), on=date(2024, 7, 1))
    towns.state("energy", {one: {2018: 80000} for one in towns.COUNTIES}, on=date(2024, 7, 1))
    towns.intensity({one: {2023: 60} for one in towns.COUNTIES}, on=date(2024, 7, 1))


def test_a_target_with_a_base_year_of_its_own_is_reckoned_from_it() -> None:
    fallen_by_half_since_2018()
    one = only(OF_2018, RUNNING)
    assert (one.latest, one.trend[0].period) == (Decimal("50.00"), "2018")


def test_the_reasons_of_its_number_show_the_same_number() -> None:
    fallen_by_half_since_2018()
    plan = towns.plan(OF_2018)
    found = why(opened(towns.city(plan), plan, "actual", RUNNING), OF_2018.quantity, CITY, "2023")
    assert found.top.value == "50.00"
    assert "基年：2018年（目标自定，规划的基年是2020年）" in found.headlines


def test_a_number_that_targets_of_two_base_years_ask_for_is_reckoned_from_the_one_named() -> None:
    fallen_by_half_since_2018()
    plan = towns.plan(towns.INTENSITY, replace(OF_2018, id="longer"))
    here = opened(towns.city(plan), plan, "actual", RUNNING)
    told = [why(here, OF_2018.quantity, CITY, "2023", base=one).top.value for one in (None, 2018, 2020)]
    assert told == ["60.00", "50.00", "60.00"]
    with pytest.raises(DuhengError, match="2018、2020"):
        why(here, OF_2018.quantity, CITY, "2023", base=2019)
