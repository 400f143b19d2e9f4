"""Each finding names its cell, what was found and expected, the tolerance, and who can mend it."""

from __future__ import annotations

import random

from duheng.assess.audit import (
    balance,
    completeness,
    daily_against_month,
    growth_identity,
    opposite_signs,
    peer_ratio,
)


def test_a_balance_that_does_not_close_is_a_finding() -> None:
    sources = {"期初库存": 100.0, "购进": 500.0, "自产": 0.0}
    uses: dict[str, float | None] = {"消费": 480.0, "销售": 0.0, "损耗": 0.0, "期末库存": 110.0}
    (flag,) = balance("甲厂 原煤", sources, uses, "甲厂")
    assert (flag.statistic, flag.tolerance) == (10.0, 0.5)
    assert balance("甲厂 原煤", sources, {**uses, "期末库存": 120.3}) == []


def test_a_balance_with_a_missing_column_is_not_checked() -> None:
    assert balance("甲厂 原煤", {"期初库存": 100.0, "购进": None}, {"消费": 480.0}) == []


def test_growth_that_contradicts_the_intensity_is_a_finding() -> None:
    assert growth_identity("绵阳市 2016", -0.0791, 0.083, 0.0418) != []
    assert growth_identity("甲市", 1.052 * 0.97 - 1, 0.052, 0.03) == []
    assert growth_identity("甲市", None, 0.052, 0.03) == []


def test_energy_up_and_electricity_down_is_a_finding_only_where_both_are_large() -> None:
    assert len(opposite_signs("甲厂 2023", -0.15, 0.2)) == 1
    assert opposite_signs("甲厂 2023", -0.05, 0.2) == []
    assert opposite_signs("甲厂 2023", 0.15, 0.2) == []


def test_a_firm_far_from_its_peers_is_named() -> None:
    chance = random.Random(12)
    pairs: dict[str, tuple[float | None, float | None]] = {
        f"厂{n}": (100 * chance.gauss(1, 0.1), 100.0) for n in range(30)
    }
    pairs["厂X"], pairs["厂Y"] = (10.0, 100.0), (None, 100.0)
    (flag,) = peer_ratio(pairs, "能耗与用电之比")
    assert (flag.finding.owner, flag.finding.severity) == ("厂X", "warning")


def test_online_data_are_held_to_ninety_percent_and_to_the_monthly_return() -> None:
    assert len(completeness("甲厂 5月", 2600, 2976)) == 1
    assert completeness("甲厂 5月", 2900, 2976) == []
    assert len(daily_against_month("甲厂 5月", [10.0] * 31, 290.0)) == 1
    assert daily_against_month("甲厂 5月", [10.0] * 31, 300.0) == []
    assert daily_against_month("甲厂 5月", [10.0, None], 300.0) == []
