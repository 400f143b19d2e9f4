"""Two plans with two base years: each reads the economy at the prices of its own base year, and never mixes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from duheng.assess.books import opened
from duheng.assess.findings import unnamed_price_bases
from duheng.assess.why import why
from duheng.model.periods import parse
from duheng.model.plan import City, Plan
from tests.assess import towns
from tests.assess.towns import BING, CITY, COUNTIES, JIA

pytestmark = pytest.mark.django_db

OLD = towns.plan()
LATER = replace(towns.INTENSITY, base=2025, deadline=2030)
NEW = replace(OLD, id="test-155", period=parse("2026-2030"), base_year=2025, targets=(LATER,))


@pytest.fixture
def city() -> City:
    """A city in the middle of two plans: 2025 is the last year of one and the base year of the other."""
    towns.state("gdp", {one: {2020: 100, 2025: 130} for one in COUNTIES}, definition="price-2020")
    towns.state("gdp", {one: {2025: 143, 2026: 150} for one in COUNTIES}, definition="price-2025")
    towns.state("energy", {one: {2020: 100000, 2025: 110000, 2026: 109000} for one in COUNTIES})
    return towns.city(OLD, NEW)


def told(
    city: City, plan: Plan, of: str, year: int, entity: str = CITY, definition: str | None = None
) -> tuple[object, ...]:
    found = why(opened(city, plan), of, entity, str(year), definition=definition)
    return found.top.value, found.top.unit


def test_each_plan_divides_by_the_prices_of_its_own_base_year(city: City) -> None:
    assert told(city, OLD, "energy_intensity", 2025) == ("0.0846", "tce/万元")
    assert told(city, NEW, "energy_intensity", 2025) == ("0.0769", "tce/万元")


def test_each_decline_stays_within_one_price_base(city: City) -> None:
    assert told(city, OLD, "energy_intensity_decline", 2025) == ("15.38", "%")
    assert told(city, NEW, "energy_intensity_decline", 2026) == ("5.53", "%")
    # The old plan has no figure of 2026 at its prices: unknown, not the new plan's.
    assert told(city, OLD, "energy_intensity_decline", 2026) == ("", "1")


def test_the_price_base_travels_with_the_value(city: City) -> None:
    assert why(opened(city, NEW), "gdp", CITY, "2025").cell.definition == "price-2025"
    assert "口径：2025年价格" in why(opened(city, NEW), "gdp", CITY, "2025").headlines
    assert told(city, NEW, "gdp", 2025, definition="price-2020") == ("390.00", "亿元")


def test_growth_carries_the_base_years_value_on_where_nothing_is_stated(city: City) -> None:
    towns.state("gdp_current", {BING: {2025: 150}})
    towns.state("gdp_growth", {JIA: {2027: "0.05"}, BING: {2026: "0.04", 2027: "0.06"}})
    assert told(city, NEW, "gdp", 2027, BING) == ("165.36", "亿元")  # 150 x 1.04 x 1.06
    assert told(city, NEW, "gdp", 2027, JIA) == (
        "",
        "亿元",
    )  # neither 2025 at current prices nor 2026's growth
    tree = "\n".join(one.line for one in why(opened(city, NEW), "gdp", BING, "2027").top.walk())
    assert "以2025年为1逐年连乘" in tree
    assert "条号待核" in tree


def test_figures_without_a_price_base_are_found_where_plans_differ(city: City) -> None:
    assert unnamed_price_bases(opened(city, NEW)) == ()
    towns.economy([JIA], [2024])
    (found,) = unnamed_price_bases(opened(city, NEW))
    assert (found.finding.code, "1个数未注明价格基期" in found.finding.text) == ("price-base", True)
    assert unnamed_price_bases(opened(towns.city(OLD), OLD)) == ()
