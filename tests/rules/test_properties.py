"""What must hold of the rules for every number, not only for those of the worked examples."""

from __future__ import annotations

import math
from itertools import pairwise, permutations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duheng.engine import Books, value
from duheng.model import Entity, Places, Wording
from duheng.model.parameters import CERTAINTIES
from duheng.rules import RULES
from duheng.rules.energy import energy_intensity_decline, implied_gdp_growth
from duheng.rules.institutions import public_energy_per_area
from duheng.rules.pollutants import new_reduction, pollutant_removed
from duheng.rules.progress import (
    even_annual_rate,
    log_progress,
    overachievement,
    path_decline,
    required_annual_rate,
)

declines = st.floats(-0.2, 0.9)
targets = st.floats(0.001, 0.9)
years = st.integers(2, 10)
amounts = st.floats(0.1, 1e6)
# A busy machine is no counterexample.
unhurried = settings(deadline=None)

WORDINGS = [
    pytest.param(wording, id=f"{id} {wording.definition or ''}".strip())
    for id, made in RULES.items()
    for wording in made.wordings
]


def known(result: float | None) -> float:
    assert result is not None
    return result


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_result_is_unknown_when_any_one_input_is(wording: Wording) -> None:
    every = dict.fromkeys(wording.inputs, 0.5)
    results = [wording.number({**every, name: None}) for name in wording.inputs]
    assert results == [None] * len(wording.inputs)


@pytest.mark.parametrize("id", RULES)
def test_every_rule_says_what_it_is_and_by_which_text(id: str) -> None:
    made = RULES[id]
    assert all(wording.cite.strip() and wording.text.strip() for wording in made.wordings)
    assert made.title.strip()
    assert made.title_en.strip()


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_text_that_was_not_checked_is_not_called_verified(wording: Wording) -> None:
    assert wording.certainty in CERTAINTIES
    assert ("待核" in wording.cite) <= (wording.certainty != "verified")


@pytest.mark.parametrize("id", RULES)
def test_the_first_line_of_a_docstring_is_a_noun_not_a_command(id: str) -> None:
    first = RULES[id].wordings[0].text.splitlines()[0]
    assert not first.lower().startswith(("calculate", "compute", "return", "get "))
    assert first.endswith((".", ";"))


@unhurried
@given(targets, years)
def test_even_yearly_rates_make_up_the_target(target: float, total: int) -> None:
    rate = known(even_annual_rate.number(target=target, years=total))
    assert math.isclose(1 - (1 - rate) ** total, target, rel_tol=1e-9)


@unhurried
@given(targets, years)
def test_the_path_begins_at_nought_and_ends_at_the_target(target: float, total: int) -> None:
    assert known(path_decline.number(target=target, years=total, elapsed=0)) == 0
    end = known(path_decline.number(target=target, years=total, elapsed=total))
    assert math.isclose(end, target, rel_tol=1e-9)


@unhurried
@given(targets, years, st.data())
def test_on_an_even_path_the_rest_needs_the_even_rate(target: float, total: int, data: st.DataObject) -> None:
    elapsed = data.draw(st.integers(0, total - 1))
    actual = path_decline.number(target=target, years=total, elapsed=elapsed)
    rest = required_annual_rate.number(actual=actual, target=target, years=total, elapsed=elapsed)
    even = even_annual_rate.number(target=target, years=total)
    assert math.isclose(known(rest), known(even), rel_tol=1e-6, abs_tol=1e-9)


@unhurried
@given(targets, years, st.data())
def test_ahead_of_the_path_the_rest_needs_less_than_the_even_rate(
    target: float, total: int, data: st.DataObject
) -> None:
    elapsed = data.draw(st.integers(1, total - 1))
    path = known(path_decline.number(target=target, years=total, elapsed=elapsed))
    ahead = data.draw(st.floats(path, 0.95))
    rest = required_annual_rate.number(actual=ahead, target=target, years=total, elapsed=elapsed)
    assert known(rest) <= known(even_annual_rate.number(target=target, years=total)) + 1e-9


@unhurried
@given(declines, declines, targets)
def test_more_decline_is_never_less_progress(one: float, other: float, target: float) -> None:
    less, more = sorted((one, other))
    assert known(log_progress.number(actual=less, target=target)) <= known(
        log_progress.number(actual=more, target=target)
    )


@unhurried
@given(targets)
def test_a_target_just_reached_is_complete_and_not_exceeded(target: float) -> None:
    assert known(log_progress.number(actual=target, target=target)) == 1
    assert known(overachievement.number(actual=target, target=target)) == 0


@unhurried
@given(st.lists(st.floats(-0.1, 0.2), min_size=3, max_size=4))
def test_the_cumulative_decline_does_not_depend_on_the_order_of_the_years(rates: list[float]) -> None:
    results = []
    for order in permutations(rates):
        intensity = 1.0
        for rate in order:
            intensity *= 1 - rate
        results.append(known(energy_intensity_decline.number(now=intensity, base=1.0)))
    assert all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) for a, b in pairwise(results))


@unhurried
@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_energy_growth_is_economic_growth_less_the_decline(growth: float, decline: float) -> None:
    energy = (1 + growth) * (1 - decline) - 1
    assert math.isclose(
        known(implied_gdp_growth.number(energy=energy, decline=decline)), growth, rel_tol=1e-9, abs_tol=1e-12
    )


@unhurried
@given(st.lists(st.tuples(amounts, st.floats(0, 500), st.floats(0, 100)), min_size=2, max_size=5))
def test_the_additions_of_the_years_telescope_to_the_whole_change(
    plant: list[tuple[float, float, float]],
) -> None:
    removed = [
        known(pollutant_removed.number(volume=v, inlet=inlet, outlet=outlet)) for v, inlet, outlet in plant
    ]
    added = [known(new_reduction.number(now=now, last=last)) for last, now in pairwise(removed)]
    assert math.isclose(sum(added), removed[-1] - removed[0], rel_tol=1e-9, abs_tol=1e-3)


CITY = Places(
    [Entity("全市", "全市", "city"), *(Entity(n, n, "county", parent="全市") for n in ("甲县", "乙县"))]
)


def _city_of(**by_quantity: dict[str, float]) -> Books:
    rows = [
        (q, place, "2023", number) for q, places in by_quantity.items() for place, number in places.items()
    ]
    return Books(pl.DataFrame(rows, ["quantity", "entity", "period", "value"], orient="row"), CITY)


@unhurried
@given(amounts, amounts, amounts, amounts)
def test_a_citys_ratio_lies_between_the_ratios_of_its_counties(
    a: float, b: float, c: float, d: float
) -> None:
    books = _city_of(public_energy={"甲县": a, "乙县": b}, public_area={"甲县": c, "乙县": d})
    whole = known(value(public_energy_per_area, books, "全市", "2023"))
    parts = [known(value(public_energy_per_area, books, county, "2023")) for county in ("甲县", "乙县")]
    assert min(parts) * (1 - 1e-9) <= whole <= max(parts) * (1 + 1e-9)


def test_a_citys_ratio_is_the_ratio_of_totals_and_not_the_mean_of_ratios() -> None:
    books = _city_of(public_energy={"甲县": 10, "乙县": 90}, public_area={"甲县": 1000, "乙县": 3000})
    assert value(public_energy_per_area, books, "全市", "2023") == pytest.approx(25.0)  # not 20.0
