"""The methods reproduce the published answers, and what they say of series with a fault laid into them."""

from __future__ import annotations

import json
import random
import statistics
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duheng.assess.audit import (
    duplicated,
    first_digits,
    hampel,
    last_digits,
    modified_z,
    outliers,
    pettitt,
    pettitt_p,
    plain_z,
    replayed,
    scaled_copy,
    stuck,
)
from duheng.assess.audit.seasonal import season_of


@pytest.fixture(scope="module")
def known(shared: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((shared / "methods" / "known_answers.json").read_text("utf-8"))
    return content


def _days(seed: int, days: int = 60) -> list[float]:
    """Hourly loads: a daily profile, days that differ in level, and noise of 4 %."""
    chance = random.Random(seed)
    profile = [60 + 40 * (8 <= hour <= 20) for hour in range(24)]
    levels = [chance.gauss(1, 0.05) for _ in range(days)]
    return [round(p * level * chance.gauss(1, 0.04), 3) for level in levels for p in profile]


def test_the_modified_z_of_the_nist_example_sees_both_gross_outliers(known: dict[str, Any]) -> None:
    example = known["audit.iglewicz_hoaglin"]
    scores = modified_z(example["inputs"])[-2:]
    assert scores == pytest.approx(example["expected"]["modified_z_last"], abs=5e-5)
    assert plain_z(example["inputs"])[-2:] == pytest.approx(example["expected"]["plain_z_last"], abs=5e-5)
    assert outliers(example["inputs"]) == [8, 9]


def test_powers_of_two_follow_benfords_law(known: dict[str, Any]) -> None:
    expected = known["audit.benford_powers_of_2"]["expected"]
    found = first_digits([2**power for power in range(1000)])
    assert list(found.counts) == expected["counts"]
    assert found.chi2 == pytest.approx(expected["chi2"], abs=1e-5)
    assert found.mad == pytest.approx(expected["MAD"], abs=1e-6)
    assert not found.suspicious


def test_fibonacci_numbers_follow_benfords_law(known: dict[str, Any]) -> None:
    numbers = [1, 1]
    while len(numbers) < 1000:
        numbers.append(numbers[-1] + numbers[-2])
    assert list(first_digits(numbers).counts) == known["audit.benford_powers_of_2"]["expected"]["fib1000"]


def test_even_first_digits_miss_benfords_law(known: dict[str, Any]) -> None:
    expected = known["audit.benford_powers_of_2"]["expected"]
    even = [digit * 10 ** (place % 4) for digit in range(1, 10) for place in range(111)] + [1]
    found = first_digits(even)
    assert found.chi2 == pytest.approx(expected["uniform1000_chi2"], rel=0.01)
    assert found.suspicious


@pytest.mark.parametrize(
    ("values", "why"),
    [([0.012] * 20, "少于300个"), ([float(v) for v in range(500, 900)], "少于2个"), ([], "没有")],
)
def test_benfords_law_is_not_asked_of_few_or_narrow_figures(values: list[float], why: str) -> None:
    found = first_digits(values)
    assert why in found.unfit
    assert not found.suspicious


def test_the_first_digit_is_found_whatever_the_size() -> None:
    assert first_digits([0.00035, -4.2e-9, Decimal("7e20"), 0]).counts == (0, 0, 1, 1, 0, 0, 1, 0, 0)


def test_figures_rounded_to_tens_heap_on_nought() -> None:
    assert last_digits([str(10 * n) for n in range(200)]).suspicious
    assert not last_digits([f"{n}.{n % 10}" for n in range(200)]).suspicious


def test_a_change_of_level_is_found_where_it_is() -> None:
    chance = random.Random(4)
    values = [chance.gauss(100 if place < 28 else 80, 10) for place in range(100)]
    change = pettitt(values)
    assert change is not None
    assert abs(change.after - 27) <= 2
    assert change.suspicious


def test_pettitts_k_of_a_plain_step_is_the_product_of_the_two_lengths() -> None:
    change = pettitt([1.0] * 6 + [2.0] * 4)
    assert change is not None
    assert (change.after, change.k, change.before_mean, change.after_mean) == (5, 24, 1.0, 2.0)


def test_pettitts_p_of_the_nile_follows_from_its_k(known: dict[str, Any]) -> None:
    nile = known["audit.nile"]["expected"]
    assert pettitt_p(nile["pettitt_K"], 100) == pytest.approx(nile["pettitt_p"], rel=0.005)


def test_a_spike_is_found_in_a_moving_level() -> None:
    values = [100 + place + random.Random(place).gauss(0, 1) for place in range(200)]
    values[70] += 150
    assert hampel(values) == [70]


def test_a_stuck_meter_is_found_and_whole_numbers_are_not() -> None:
    values = _days(1, 10)
    values[50:74] = [values[50]] * 24
    assert [(run.start, run.length) for run in stuck(values)] == [(50, 24)]
    chance = random.Random(2)
    assert stuck([float(chance.randint(0, 2)) for _ in range(365)]) == []


def test_a_month_reported_eight_times_is_found() -> None:
    assert [run.length for run in stuck([5.0] * 8 + [6.1, 6.3, 5.9, 7.0])] == [8]


def test_a_series_that_never_changes_is_one_run() -> None:
    assert [run.length for run in stuck([3.0] * 12)] == [12]


@pytest.mark.parametrize("noise", [0.0, 0.002])
def test_a_replayed_day_is_found_also_under_noise(noise: float) -> None:
    chance, values = random.Random(3), _days(5)
    values[480:504] = [value * chance.gauss(1, noise) for value in values[240:264]]
    assert [(copy.first[1], copy.second[1]) for copy in replayed(values, 24)] == [(240, 480)]


def test_two_firms_with_the_same_figures_are_found() -> None:
    chance = random.Random(6)
    firms = {name: [chance.uniform(80, 120) for _ in range(12)] for name in ("甲厂", "乙厂", "丙厂")}
    firms["丁厂"] = [value + 0.01 for value in firms["甲厂"]]
    assert [(copy.first[0], copy.second[0]) for copy in duplicated(firms)] == [("甲厂", "丁厂")]


def test_last_year_times_one_factor_is_found() -> None:
    last = [90.0, 110.0, 105.0, 98.0, 120.0, 101.0]
    assert scaled_copy([value * 0.97 for value in last], last) == pytest.approx(0.97)
    assert scaled_copy([91.0, 104.0, 106.0, 99.0, 121.0, 97.0], last) is None


def test_scores_do_not_depend_on_unit_or_order() -> None:
    values = [3.0, 4.0, 3.5, 9.0, 3.2, 3.9, 4.1, 3.6]
    assert modified_z([value * 1000 for value in values]) == pytest.approx(modified_z(values))
    assert modified_z(values[::-1]) == pytest.approx(modified_z(values)[::-1])


def test_values_mostly_equal_have_no_score() -> None:
    assert modified_z([5.0, 5.0, 5.0, 9.0]) == [None] * 4
    assert (modified_z([]), pettitt([1.0, 1.0, 1.0, 1.0]), hampel([1.0])) == ([], None, [])


def _window(values: list[float], place: int, width: int) -> float:
    """The median of the window around a place, by the words of the method."""
    width = min(width, len(values))
    start = min(max(place - width // 2, 0), len(values) - width)
    return statistics.median(values[start : start + width])


def _expected(values: list[float], period: int) -> list[float]:
    """Trend and season of a series value by value, as `season_of` describes them."""
    slope = statistics.median(b - a for a, b in zip(values, values[period:], strict=False)) / period
    level = [value - slope * place for place, value in enumerate(values)]
    season = [0.0] * len(level)
    for _ in range(3):
        free = [a - b for a, b in zip(level, season, strict=True)]
        trend = [_window(free, place, period + 1) for place in range(len(free))]
        left = [a - b for a, b in zip(level, trend, strict=True)]
        phased = [_window(left[at % period :: period], at // period, 7) for at in range(len(left))]
        season = [one - _window(phased, at, period) for at, one in enumerate(phased)]
    rest = [a - b - c for a, b, c in zip(level, trend, season, strict=True)]
    return [value - one + statistics.median(rest) for value, one in zip(values, rest, strict=True)]


@pytest.mark.parametrize(
    ("points", "period"), [(36, 12), (41, 12), (95, 12), (96, 12), (120, 12), (30, 4), (50, 7)]
)
def test_trend_and_season_are_those_that_the_method_describes(points: int, period: int) -> None:
    chance = random.Random(points)
    values = [0.02 * n + chance.gauss(0, 0.1) + (n % period == 3) for n in range(points)]
    found = season_of(values, period)
    assert found is not None
    assert found.expected == pytest.approx(_expected(values, period))
