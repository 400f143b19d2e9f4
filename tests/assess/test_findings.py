"""Findings over a ledger: losers, sums that do not add up, definitions nobody declared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from duheng.assess.books import Opened, opened
from duheng.assess.findings import over_ledger
from duheng.model.parameters import Parameters, Setting, parameter
from tests.assess import towns
from tests.assess.towns import BING, CITY, JIA, YI

FINAL = (
    "final_agriculture", "final_industry", "final_construction", "final_transport", "final_trade", "final_other",
    "final_urban", "final_rural",
)  # fmt: skip
pytestmark = pytest.mark.usefixtures("books")


def here() -> Opened:
    return opened(towns.city(), towns.plan())


def codes() -> list[str]:
    return [finding.code for finding in over_ledger(here())]


def test_a_clean_ledger_has_no_findings() -> None:
    towns.economy()
    assert codes() == []


def test_power_whose_equal_value_the_city_has_not_entered_is_found() -> None:
    towns.state("fuel_use", {JIA: {2023: 100}, YI: {2023: 100}}, item="电力")
    towns.state("fuel_use", {JIA: {2023: 100}}, item="原煤")
    (found,) = over_ledger(here())
    assert (found.code, found.place) == ("power-calorific", "试验市 电力")
    assert "2个数按当量值折标准煤，本地没有载入电力的等价系数" in found.text
    assert "equal_value_factor" in found.text


def test_power_is_no_finding_where_the_equal_value_is_entered() -> None:
    towns.state("fuel_use", {JIA: {2023: 100}, YI: {2023: 100}}, item="电力")
    setting = Setting(date(2020, 1, 1), Decimal(3), "试", where="9900", item="电力")
    entered = replace(parameter("equal_value_factor"), settings=(setting,))
    city = replace(towns.city(), parameters=Parameters({entered.id: entered}))
    assert over_ledger(opened(city, towns.plan())) == ()


def test_a_fact_outranked_by_an_audited_one_stays_visible() -> None:
    towns.state("gdp", {JIA: {2023: 101}}, status="reported")
    towns.state("gdp", {JIA: {2023: 99}}, status="audited")
    found = over_ledger(here())
    assert [finding.code for finding in found] == ["outranked"]
    assert "填报值101未被采用" in found[0].text
    assert "核定值99" in found[0].text
    assert "甲区 地区生产总值（可比价） 2023年" in found[0].text


def test_counties_that_do_not_add_up_to_the_city_are_found_beyond_the_tolerance() -> None:
    towns.state("gdp", {JIA: {2023: 100}, YI: {2023: 100}, BING: {2023: 100}, CITY: {2023: 310}})
    found = over_ledger(here())
    assert [finding.code for finding in found] == ["members-whole"]
    assert "填报310.00亿元，各成员之和300.00亿元，差3.33%" in found[0].text
    assert found[0].owner == towns.STATISTICS  # no duty names the whole: who owes its parts


def test_a_whole_that_nobody_owes_is_mended_where_it_is_stated() -> None:
    towns.state("electricity_use", {JIA: {2023: 1}, YI: {2023: 1}, BING: {2023: 1}, CITY: {2023: 9}})
    (found,) = [one for one in over_ledger(here()) if one.code == "members-whole"]
    assert found.owner == "试验市"


def test_counties_within_the_tolerance_are_not_reported() -> None:
    towns.state("gdp", {JIA: {2023: 100}, YI: {2023: 100}, BING: {2023: 100}, CITY: {2023: 303}})
    assert codes() == []


def test_counties_of_which_one_is_unknown_are_not_held_against_the_city() -> None:
    towns.state("gdp", {JIA: {2023: 100}, YI: {2023: 100}, CITY: {2023: 900}})
    assert codes() == []


def test_a_quantity_nobody_must_state_is_not_summed_over_the_counties_that_did() -> None:
    towns.state("area", {JIA: {2023: 1632}, CITY: {2023: 5747}})
    assert codes() == []


def test_a_stated_value_that_differs_from_the_computed_one_is_found() -> None:
    towns.state("energy", {JIA: {2023: 1000}})
    towns.state("gdp", {JIA: {2023: 1}})
    towns.state("energy_intensity", {JIA: {2023: "0.2"}})
    found = over_ledger(here())
    assert [finding.code for finding in found] == ["stated-computed"]
    assert "按规则计算值0.1000 tce/万元，差100.00%" in found[0].text


def test_a_definition_no_rule_reads_is_an_error() -> None:
    towns.state("energy", {JIA: {2023: 100}}, definition="not-stated")
    found = over_ledger(here())
    assert [(finding.code, finding.severity) for finding in found] == [("definition-foreign", "error")]
    assert "未被采用" in found[0].text


def test_a_definition_of_a_quantity_that_has_none_is_a_warning() -> None:
    towns.state("gdp_current", {JIA: {2023: 100}}, definition="minus-feedstock")
    found = over_ledger(here())
    assert [(finding.code, finding.severity) for finding in found] == [("definition-foreign", "warning")]


def test_findings_of_a_day_know_nothing_of_what_came_later() -> None:
    towns.state("gdp", {JIA: {2023: 101}}, status="reported", on=date(2024, 3, 1))
    towns.state("gdp", {JIA: {2023: 99}}, status="audited", on=date(2024, 9, 1))
    assert over_ledger(opened(towns.city(), towns.plan(), as_of=date(2024, 6, 30))) == ()


@pytest.mark.parametrize(("grid", "asked"), [(1160, True), (1090, False), (930, True), (None, False)])
def test_electricity_is_held_against_the_figure_of_the_grid(grid: float | None, asked: bool) -> None:
    for row in (*FINAL, "fuel_loss"):
        towns.state(
            row,
            {JIA: {2023: 1020 if row == "final_industry" else 20 if row == "fuel_loss" else 0}},
            item="电力",
        )
    if grid is not None:
        towns.state("electricity_use", {JIA: {2023: grid}})
    found = [one for one in over_ledger(here()) if one.code == "audit-grid"]
    assert bool(found) == asked
    if found:
        assert f"电网企业{grid} 万kWh" in found[0].text
        assert "请与供电部门核对" in found[0].text or "请与供电部门核对" in found[0].remedy


def test_unknown_electricity_of_the_balance_is_not_held_against_the_grid() -> None:
    towns.state("final_industry", {JIA: {2023: 500}}, item="电力")
    towns.state("electricity_use", {JIA: {2023: 1000}})
    assert "audit-grid" not in codes()
