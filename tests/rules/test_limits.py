"""What lies exactly on a limit is judged by its decimals in every reading, not by the noise of binary numbers (L7)."""

from __future__ import annotations

import ibis
import polars as pl
import pytest

from duheng.engine.columns import over_ibis, over_polars
from duheng.model import Rule
from duheng.rules.tax import air_payable_share, noise_tax
from duheng.rules.voc import air_liquid_kept

SHARE, STEPS = {"limit": 8.3, "exceedances": 0.0}, {"far": 0.0, "short": 0.0, "base": 350.0}
CASES = [
    pytest.param(air_payable_share, {**SHARE, "concentration": 5.81}, 1.0, id="exactly 70 % of 8.3"),
    pytest.param(air_payable_share, {**SHARE, "concentration": 5.80}, 0.75, id="below 70 % of 8.3"),
    pytest.param(
        air_liquid_kept, {"ratio": 12.24 / 10.20, "low": 1.0, "high": 1.2}, 1.0, id="a ratio of 1.2"
    ),
    pytest.param(
        air_liquid_kept, {"ratio": 12.25 / 10.20, "low": 1.0, "high": 1.2}, 0.0, id="a ratio above 1.2"
    ),
    pytest.param(noise_tax, {**STEPS, "exceedance": 1.1, "step": 0.1}, 350.0 * 2**5, id="eleven steps"),
    pytest.param(noise_tax, {**STEPS, "exceedance": 0.3 + 0.3, "step": 0.3}, 700.0, id="two steps"),
    pytest.param(noise_tax, {**STEPS, "exceedance": 0.61, "step": 0.3}, 1400.0, id="two steps and a bit"),
]


@pytest.mark.parametrize(("rule", "given", "expected"), CASES)
def test_a_number_judges_the_decimals(rule: Rule, given: dict[str, float], expected: float) -> None:
    assert rule.number(**given) == expected


@pytest.mark.parametrize(("rule", "given", "expected"), CASES)
def test_polars_columns_judge_the_decimals(rule: Rule, given: dict[str, float], expected: float) -> None:
    found = pl.DataFrame([given]).select(over_polars(rule, **{name: pl.col(name) for name in given}))
    assert found.item() == expected


@pytest.mark.parametrize(("rule", "given", "expected"), CASES)
def test_ibis_columns_judge_the_decimals(rule: Rule, given: dict[str, float], expected: float) -> None:
    table = ibis.memtable(pl.DataFrame([given]))
    found = table.select(result=over_ibis(rule, **{name: table[name] for name in given})).to_polars()
    assert found.item() == expected
