"""Head count and floor area of public institutions against last year: beyond a tenth somebody has to explain."""

from __future__ import annotations

import polars as pl
import pytest

from duheng.assess.audit.report import Flag
from duheng.assess.audit.yearly import moved
from duheng.assess.books import Opened, default_plan
from duheng.city import default_city_folder, load
from duheng.engine import Books
from duheng.model.plan import City

CITY = "512000"


@pytest.fixture(scope="module")
def city() -> City:
    return load(default_city_folder(CITY))


def asked(city: City, of: str, years: dict[int, float | None]) -> list[Flag]:
    rows = [(of, CITY, None, str(year), None, value) for year, value in years.items()]
    names = ("quantity", "entity", "item", "period", "definition", "value")
    facts = pl.DataFrame(rows, dict.fromkeys(names, pl.String) | {"value": pl.Float64}, orient="row")
    plan = default_plan(city, "actual")
    books = Books(facts, city.places, city.parameters, duties=plan.duties)
    return list(moved(Opened(city, plan, "actual", books, None)))


@pytest.mark.parametrize("of", ["public_people", "public_area"])
def test_a_change_of_over_a_tenth_is_asked_of_the_unit_that_states_it(city: City, of: str) -> None:
    (flag,) = asked(city, of, {2022: 10000, 2023: 11001, 2024: 11001})
    assert flag.finding.code == "audit-base_change"
    assert flag.finding.owner == "市机关事务管理局"
    assert "2023年" in flag.finding.place
    assert "变化+10.0%" in flag.finding.found
    assert "容许0.1" in flag.finding.expected
    assert "说明变动原因" in flag.finding.remedy
    assert [cell.period for cell in flag.cells] == ["2023", "2022"]


def test_a_fall_counts_as_well_and_exactly_a_tenth_does_not(city: City) -> None:
    assert len(asked(city, "public_people", {2022: 1000, 2023: 899})) == 1
    assert asked(city, "public_people", {2022: 1000, 2023: 1100}) == []
    assert asked(city, "public_people", {2022: 1000, 2023: 900}) == []


def test_what_is_missing_is_not_compared(city: City) -> None:
    assert asked(city, "public_people", {2021: 1000, 2023: 2000}) == []
    assert asked(city, "public_people", {2022: None, 2023: 2000}) == []
    assert asked(city, "public_people", {2022: 0, 2023: 2000}) == []


def test_another_figure_of_theirs_may_move(city: City) -> None:
    assert asked(city, "public_water", {2022: 100, 2023: 200}) == []
