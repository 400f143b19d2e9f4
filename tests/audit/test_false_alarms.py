"""On clean series fewer than one in a hundred raises an alarm; the draws are seeded and not those of calibration."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest

from duheng.assess.audit import (
    duplicated,
    first_digits,
    hampel,
    last_digits,
    outliers,
    peer_ratio,
    pettitt,
    replayed,
    stuck,
)
from duheng.assess.audit.series import Series, within
from duheng.assess.books import Opened, default_plan
from duheng.assess.evidence import Cell
from duheng.city import default_city_folder, load
from duheng.engine import Books

ALLOWED = 0.01


def _normal(seed: int, length: int) -> list[float]:
    chance = random.Random(f"clean {seed}")
    return [chance.gauss(100, 8) for _ in range(length)]


@pytest.mark.parametrize(
    ("length", "series"),
    [(6, 3000), (12, 3000), (15, 3000), (24, 3000), (48, 2000), (120, 1500), (400, 600)],
)
def test_outliers_of_clean_series(length: int, series: int) -> None:
    alarms = sum(bool(outliers(_normal(seed, length))) for seed in range(series))
    assert alarms / series < ALLOWED


@pytest.fixture(scope="module")
def empty() -> Opened:
    city = load(default_city_folder("512000"))
    names = ("quantity", "entity", "item", "period", "definition", "value", "fact", "stated", "status")
    facts = pl.DataFrame(schema=dict.fromkeys(names, pl.String) | {"value": pl.Float64})
    return Opened(
        city, default_plan(city, "drill"), "drill", Books(facts, city.places, city.parameters), None
    )


@pytest.mark.parametrize(
    ("trend", "season", "noise"), [(0.05, 0.2, 0.03), (0.1, 0.3, 0.05), (0.3, 0.5, 0.08)]
)
def test_months_of_clean_series_with_trend_and_season(
    empty: Opened, trend: float, season: float, noise: float
) -> None:
    """Trend a year, season and noise as shares; through what the product runs over every series of a ledger."""
    months = tuple(f"{year}-{month:02}" for year in (2021, 2022, 2023) for month in range(1, 13))
    cell = Cell("electricity_use", "512000", None, months[0], None)

    def clean(seed: int) -> tuple[float, ...]:
        chance = random.Random(f"season {trend} {seed}")
        return tuple(
            1000 * math.exp(trend * at / 12 + season * math.sin(math.tau * at / 12) + chance.gauss(0, noise))
            for at in range(36)
        )

    alarms = sum(any(within(empty, Series(cell, months, clean(seed)))) for seed in range(1000))
    assert alarms / 1000 < ALLOWED


@pytest.mark.parametrize("length", [12, 24, 60])
def test_months_of_clean_series_of_any_length(empty: Opened, length: int) -> None:
    """Flat or growing, too short for a season or long enough for one."""
    months = tuple(f"{2019 + at // 12}-{at % 12 + 1:02}" for at in range(length))
    cell = Cell("electricity_use", "512000", None, months[0], None)
    for growth in (0.0, 0.8):
        alarms = sum(
            any(
                within(
                    empty,
                    Series(
                        cell, months, tuple(v + growth * at for at, v in enumerate(_normal(seed, length)))
                    ),
                )
            )
            for seed in range(1000)
        )
        assert alarms / 1000 < ALLOWED


def test_windows_of_clean_series() -> None:
    alarms = sum(bool(hampel(_normal(seed, 365))) for seed in range(300))
    assert alarms / 300 < ALLOWED


@pytest.mark.parametrize("length", [12, 36, 120])
def test_changes_of_clean_series(length: int) -> None:
    alarms = sum(
        change is not None and change.suspicious
        for change in (pettitt(_normal(seed, length)) for seed in range(2000))
    )
    assert alarms / 2000 < ALLOWED


@pytest.mark.parametrize("digits", [0, 1, 3])
def test_runs_in_clean_series_of_any_resolution(digits: int) -> None:
    alarms = sum(bool(stuck([round(v, digits) for v in _normal(seed, 365)])) for seed in range(600))
    assert alarms / 600 < ALLOWED


def test_first_digits_of_clean_groups() -> None:
    def group(seed: int) -> list[float]:
        chance = random.Random(f"digits {seed}")
        return [math.exp(chance.uniform(0, math.log(10**4))) for _ in range(500)]

    alarms = sum(first_digits(group(seed)).suspicious for seed in range(1000))
    assert alarms / 1000 < ALLOWED


def test_last_digits_of_clean_groups() -> None:
    alarms = sum(
        last_digits(f"{value:.2f}" for value in _normal(seed, 200)).suspicious for seed in range(1000)
    )
    assert alarms / 1000 < ALLOWED


def test_days_of_clean_meters() -> None:
    def meter(seed: int) -> list[float]:
        chance = random.Random(f"meter {seed}")
        profile = [60 + 40 * (8 <= hour <= 20) for hour in range(24)]
        levels = [chance.gauss(1, 0.05) for _ in range(60)]
        return [p * level * chance.gauss(1, 0.04) for level in levels for p in profile]

    assert [seed for seed in range(20) if replayed(meter(seed), 24)] == []


def test_firms_of_clean_groups() -> None:
    firms = {str(seed): _normal(seed, 12) for seed in range(200)}
    assert len(duplicated(firms)) / (200 * 199 / 2) < ALLOWED / 100


def test_ratios_of_clean_peers() -> None:
    def peers(seed: int) -> dict[str, tuple[float, float]]:
        chance = random.Random(f"peers {seed}")
        sizes = [chance.uniform(10, 1000) for _ in range(40)]
        return {str(place): (size * math.exp(chance.gauss(0, 0.3)), size) for place, size in enumerate(sizes)}

    alarms = sum(bool(peer_ratio(peers(seed), "能耗与用电之比")) for seed in range(1000))
    assert alarms / 1000 < ALLOWED
