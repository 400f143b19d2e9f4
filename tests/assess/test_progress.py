"""Paths, progress and required rates against published and computed answers."""

from __future__ import annotations

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from duheng.assess.progress import (
    Clock,
    annual_decline,
    annual_task,
    clock,
    comparable,
    measure_of,
    progress,
    required,
    required_rate,
)
from duheng.assess.warning import required_paths
from duheng.model.errors import DefinitionMismatch
from duheng.rules.progress import overachievement
from tests.assess import towns

RUNNING = Clock(3, 5, final=False, closed=False)
CLOSED = Clock(5, 5, final=True, closed=True)
GEOMETRIC = required_paths().paths["decline"]


def answers(shared: Path, name: str) -> Any:
    return json.loads((shared / "methods" / "known_answers.json").read_text("utf-8"))[name]


def test_tianjin_was_credited_with_the_logarithm_not_the_ratio(shared: Path) -> None:
    case = answers(shared, "progress.tianjin_2009_log")
    done = progress("decline", Decimal("20.07"), Decimal(20), "%", Clock(4, 5, final=False, closed=False))
    assert round(100 * (done or 0), 2) == case["expected"]["progress_pct_2dp"]


def test_the_final_result_of_a_closed_plan_is_linear(shared: Path) -> None:
    case = answers(shared, "overachievement.11fyp_final_linear")
    for place, (actual, goal) in case["inputs"].items():
        done = progress("decline", Decimal(str(actual)), Decimal(str(goal)), "%", CLOSED)
        over = (Decimal(str(done)) - 1) * 100
        assert float(over.quantize(Decimal("0.01"), ROUND_HALF_UP)) == case["expected"][place], place
        assert overachievement.number(actual=actual, target=goal) == pytest.approx((done or 0) - 1)


def test_the_even_yearly_rates_of_shenzhen(shared: Path) -> None:
    case = answers(shared, "path.shenzhen_12fyp")
    rates = [annual_task(Decimal(str(d * 100)), "%", 5, 2) for d in case["inputs"]["cum_decline"]]
    assert [float(rate or 0) for rate in rates] == case["expected"]["annual_pct_2dp"]


def test_yantian_must_fall_by_4_36_a_year(shared: Path) -> None:
    assert annual_task(Decimal(20), "%", 5, 2) == Decimal("4.36")


def test_the_even_rate_behind_twenty_per_cent_to_four_digits(shared: Path) -> None:
    case = answers(shared, "path.baidu_11fyp")["expected"]
    assert annual_task(Decimal(20), "%", 5, 4) == Decimal(str(case["even_annual_pct"]))


def test_chongqing_must_fall_by_2_97_a_year(shared: Path) -> None:
    case = answers(shared, "closure.chongqing_14fyp")["expected"]
    assert annual_task(Decimal(14), "%", 5, 2) == Decimal(str(case["annual_decline_pct_2dp"]))


def test_the_rate_required_for_the_rest_after_each_history(shared: Path) -> None:
    case = answers(shared, "warning.required_path_14_5")
    for history, expected in zip(case["inputs"]["histories"], case["expected"]["required_pct"], strict=True):
        left = Decimal(1)
        for year in history:
            left *= 1 - Decimal(str(year))
        at = Clock(len(history), 5, final=False, closed=False)
        rate = required_rate((1 - left) * 100, Decimal("14.5"), "%", at, 3)
        assert float(rate or 0) == pytest.approx(expected, abs=6e-4)


def test_progress_by_logarithms_after_each_history(shared: Path) -> None:
    case = answers(shared, "warning.required_path_14_5")
    for history, expected in zip(
        case["inputs"]["histories"], case["expected"]["progress_log_pct"], strict=True
    ):
        if expected is None:
            continue
        left = Decimal(1)
        for year in history:
            left *= 1 - Decimal(str(year))
        at = Clock(len(history), 5, final=False, closed=False)
        done = progress("decline", (1 - left) * 100, Decimal("14.5"), "%", at)
        assert 100 * (done or 0) == pytest.approx(expected, abs=0.006)


def test_three_fifths_of_the_time_ask_8_97_of_14_5() -> None:
    assert required("decline", Decimal("14.5"), RUNNING, GEOMETRIC, 2, "%") == Decimal("8.97")


def test_the_last_year_asks_the_target_itself() -> None:
    assert required("decline", Decimal("14.5"), CLOSED, GEOMETRIC, 2, "%") == Decimal("14.5")


def test_an_amount_is_asked_by_share_of_time() -> None:
    path = required_paths().paths["amount"]
    clocks = [Clock(elapsed, 5, final=False, closed=False) for elapsed in (1, 2, 3, 4)]
    shares = [required("amount", Decimal(4218), at, path, 2, "t") for at in clocks]
    assert shares == [Decimal("843.60"), Decimal("1687.20"), Decimal("2530.80"), Decimal("3374.40")]


def test_a_rate_has_no_path_before_its_deadline() -> None:
    assert required("level", Decimal(75), RUNNING, required_paths().paths["level"], 2, "%") is None


def test_a_limit_is_kept_or_not() -> None:
    assert progress("limit", Decimal("-0.2"), Decimal(0), "%", RUNNING) == 1
    assert progress("limit", Decimal("0.01"), Decimal(0), "%", RUNNING) == 0


def test_an_even_history_requires_the_even_rate() -> None:
    path = required("decline", Decimal("14.5"), RUNNING, GEOMETRIC, 6, "%")
    assert required_rate(path or Decimal(0), Decimal("14.5"), "%", RUNNING, 3) == annual_task(
        Decimal("14.5"), "%", 5, 3
    )


def test_no_rate_is_required_once_the_years_are_over() -> None:
    assert required_rate(Decimal(10), Decimal("14.5"), "%", CLOSED, 2) is None


def test_the_year_between_two_cumulative_declines() -> None:
    assert annual_decline(Decimal("6.395"), Decimal("3.5"), "%", 2) == Decimal("3.00")


def test_time_is_counted_by_the_period_of_the_value_and_closed_by_the_calendar() -> None:
    plan, target = towns.plan(), towns.INTENSITY
    assert clock(plan, target, 2023, date(2026, 1, 1)) == Clock(3, 5, final=False, closed=False)
    assert clock(plan, target, 2025, date(2025, 12, 31)) == Clock(5, 5, final=True, closed=False)
    assert clock(plan, target, 2025, date(2026, 1, 1)) == Clock(5, 5, final=True, closed=True)


def test_a_fall_in_tonnes_is_an_amount_and_a_fall_in_per_cent_compounds() -> None:
    assert measure_of(towns.INTENSITY) == "decline"
    assert measure_of(towns.COD) == "amount"


def test_comparing_across_definitions_is_refused_by_name() -> None:
    with pytest.raises(DefinitionMismatch, match=r"扣除原料用能.*全口径"):
        comparable("minus-feedstock", "full")


def test_a_value_of_the_targets_own_definition_is_compared() -> None:
    comparable("full", "full")
    comparable("full", None)
