"""The signs against the truth of the simulator: what it spoilt is found there, what it left alone is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from duheng.telemetry.simulating.faults import FAULTS
from duheng.telemetry.simulating.fleet import Fleet, Order, fleet
from duheng.telemetry.simulating.readings import table
from duheng.telemetry.simulating.schedule import EPOCH, seconds
from duheng.telemetry.watching.drill import registers_of
from duheng.telemetry.watching.merging import merged
from duheng.telemetry.watching.rates import low, rates
from duheng.telemetry.watching.running import judged
from duheng.telemetry.watching.signs import Sign
from duheng.telemetry.watching.taking import HOURS, current

FIRST, DAYS = datetime(2026, 3, 2), 20
# The rules by which a fault may be found; one of them suffices. Faults of frames and of the line (min-over-avg, drift)
# are not in the simulator's readings: test_signs.py has them.
FOUND_BY = {
    "constant": {"stuck"},
    "stuck": {"stuck"},
    "over-limit": {"over_limit"},
    "contrary": {"opposite"},
    "smoothed": {"collapse"},
    "copied-day": {"replay", "repeated"},
    "zero": {"negative"},
    "negative": {"negative"},
    "untreated": {"together"},
    "silence": {"transmission"},
    "device-fault": {"validity"},
    "less-amount": {"amount"},
    "unit": {"thousandfold"},
}


def signs_of(made: Fleet) -> list[Sign]:
    found = current(hourly_table(made))
    end = FIRST + timedelta(days=DAYS)
    mns = [one.mn for one in made.devices]
    shares = rates(found, mns, FIRST.date(), (end - timedelta(days=1)).date(), end)
    return merged([*judged(found, registers_of(made), FIRST), *low(shares)])


def hourly_table(made: Fleet) -> pl.DataFrame:
    """Hourly readings only: what a bureau gets from most devices."""
    return table(made).filter(pl.col("cn") == HOURS)


def ordered(counts: dict[str, int], *faults: tuple[str, float], seed: int = 5) -> Fleet:
    first = seconds(FIRST)
    return fleet(Order(counts, first, first + DAYS * 86_400, seed, faults, minutes=30))


@pytest.mark.parametrize("fault", FOUND_BY)
def test_what_was_spoilt_is_found_at_its_device_in_its_time(fault: str) -> None:
    kinds = [kind for kind in ("water", "gas", "power") if kind in FAULTS[fault].kinds]
    made = ordered(dict.fromkeys(kinds, 1), (fault, 1.0))
    signs = signs_of(made)
    for one in made.injections:
        first, last = (EPOCH + timedelta(seconds=moment) for moment in (one.first, one.last))
        there = [s for s in signs if s.mn == one.mn and s.start < last and s.end > first]
        assert FOUND_BY[fault] & {s.rule for s in there}, (one, {s.rule for s in there})


def test_what_was_left_alone_is_left_alone() -> None:
    """Under one series in a hundred over twenty days, by all signs together: of these 120 at most one."""
    made = ordered({"water": 7, "gas": 7, "power": 4}, seed=11)
    signs = signs_of(made)
    series = hourly_table(made).select("mn", "factor").n_unique()
    assert len({(one.mn, one.factor) for one in signs}) <= 0.01 * series, signs
