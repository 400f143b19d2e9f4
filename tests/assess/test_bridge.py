"""The definitions side by side: what each step takes out, and what is missing for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from duheng.assess.books import opened
from duheng.assess.bridge import Bridge, bridge
from duheng.model.errors import DuhengError, UnknownName
from duheng.model.plan import City, Duty
from tests.assess import towns
from tests.assess.towns import CITY, JIA, STATISTICS

pytestmark = pytest.mark.django_db

FEEDSTOCK = Duty("feedstock", "原料用能统计", ("feedstock_energy",), STATISTICS, entity=CITY, due_months=6)
# The worked example E5 (in 万tce and 亿元): 100 to 110, feedstock 10 to 12, non-fossil 20 to 30, GDP 100 to 130.
E5 = {
    "energy": {2020: 1_000_000, 2025: 1_100_000},
    "feedstock_energy": {2020: 100_000, 2025: 120_000},
    "nonfossil_energy": {2020: 200_000, 2025: 300_000},
    "gdp": {2020: 100, 2025: 130},
}


@pytest.fixture
def city() -> City:
    """A city whose statistics office owes its feedstock."""
    return towns.city(towns.plan(duties=(*towns.DUTIES, FEEDSTOCK)))


def told(*without: str) -> None:
    for quantity, values in E5.items():
        if quantity not in without:
            towns.state(quantity, {CITY: values}, definition="full" if quantity == "energy" else None)


def made(city: City, period: str = "2025") -> Bridge:
    return bridge(opened(city, city.plans[0]), CITY, period)


def determined(**changes: float) -> None:
    power: dict[str, float] = {"physical": 10, "traded": 20, "certified": 5}
    known = {f"nonfossil_power_{name}": value for name, value in power.items()}
    known |= {"grid_offtake": 100, "apportioning_factor": 0.6, "nonfossil_other_energy": 0} | changes
    for quantity, value in known.items():
        towns.state(quantity, {CITY: {2020: value, 2025: value}})
    towns.state("electricity_equal_value", {CITY: {2020: 2750, 2025: 4000}})


def test_each_step_takes_out_what_it_says_in_both_years(city: City) -> None:
    told()
    determined()
    lines = made(city).lines
    assert [line.definition.id for line in lines] == [
        "full", "minus-feedstock", "minus-feedstock-nonfossil", "apportioned",
    ]  # fmt: skip
    # 80 units of power at 4,000 and 2,750 tce: 32 and 22 万tce in the place of the 30 and 20 stated.
    assert [line.energy.value for line in lines] == [
        Decimal(n) for n in ("110.00", "98.00", "68.00", "66.00")
    ]
    assert [line.energy_base.value for line in lines] == [
        Decimal(n) for n in ("100.00", "90.00", "70.00", "68.00")
    ]
    assert [line.energy_change for line in lines] == [None, Decimal(-12), Decimal(-30), Decimal(-2)]


def test_the_declines_are_those_of_the_worked_example(city: City) -> None:
    told()
    lines = made(city).lines
    assert [line.decline.value for line in lines[:3]] == [
        Decimal("15.38"),
        Decimal("16.24"),
        Decimal("25.27"),
    ]
    assert [line.decline_change for line in lines[:3]] == [None, Decimal("0.86"), Decimal("9.03")]


def test_a_missing_deduction_leaves_its_step_unknown_and_names_who_owes_it(city: City) -> None:
    told("feedstock_energy")
    found = made(city)
    assert [line.energy.value for line in found.lines] == [Decimal("110.00"), None, None, None]
    assert found.lines[1].energy_change is None
    assert "市统计局：试验市 原料用能 2025年，应于2026-06-30前报送" in [one.text for one in found.missing]


def test_what_no_duty_asks_for_is_named_without_a_debtor(city: City) -> None:
    told()
    (factor,) = [one for one in made(city).missing if "分摊系数" in one.what]
    assert (factor.by, factor.due) == (None, None)
    assert factor.what == "试验市 非化石能源电力分摊系数 2020年、2025年"
    assert "省级能源主管部门" in factor.text


def test_power_determined_beyond_what_is_taken_is_found(city: City) -> None:
    told()
    determined(grid_offtake=24)
    found = made(city).findings
    assert [one.code for one in found] == ["overdetermined", "overdetermined"]
    assert "25 万kWh大于下网电量 24 万kWh" in found[0].text
    assert "在此之前分摊量未知" in found[0].text


def test_power_determined_up_to_what_is_taken_is_in_order(city: City) -> None:
    told()
    determined(grid_offtake=25)
    assert made(city).findings == ()


def test_what_the_province_determined_counts_before_the_estimate(city: City) -> None:
    told()
    determined()
    towns.state("nonfossil_power", {CITY: {2025: 75}})
    assert made(city).lines[3].energy.value == Decimal("68.00")


def test_a_place_or_period_without_a_base_year_is_refused(city: City) -> None:
    here = opened(city, city.plans[0])
    with pytest.raises(UnknownName):
        bridge(here, "没有的县", "2025")
    with pytest.raises(DuhengError, match="没有基期"):
        made(city, "2021-2025")


def test_a_county_has_a_bridge_of_its_own(city: City) -> None:
    towns.state("energy", {JIA: {2020: 1000, 2025: 900}})
    found = bridge(opened(city, city.plans[0]), "甲区", "2025")
    assert (found.entity.id, found.lines[0].energy.value) == (JIA, Decimal("0.09"))


def test_a_target_with_a_base_year_of_its_own_is_bridged_from_it() -> None:
    plan = towns.plan(replace(towns.INTENSITY, base=2018))
    towns.state("energy", {CITY: {2018: 800_000, 2020: 1_000_000, 2025: 400_000}}, definition="full")
    towns.state("gdp", {CITY: dict.fromkeys((2018, 2020, 2025), 100)})
    found = bridge(opened(towns.city(plan), plan), CITY, "2025")
    assert (str(found.base), found.lines[0].decline.value) == ("2018", Decimal("50.00"))
