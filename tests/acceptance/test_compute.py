"""`duheng compute`: every rule over a plain table, against arithmetic written anew; and wrong tables of every kind."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import duheng.rules  # noqa: F401  # loads the rules
from duheng.model import Rule, all_quantities
from tests.acceptance.arithmetic import FORMULAS, OVER_ITEMS, OVER_REGISTERS, Now, Row
from tests.acceptance.conftest import Said

YEARS, TOWNS = (2020, 2021, 2022), ("甲县", "乙县", "丙县")
FRACTIONS = ("cumulative_decline", "cumulative_target")
Compute = Callable[..., Said]


@pytest.fixture
def compute(tmp_path: Path, run: Callable[..., Said]) -> Compute:
    """Runs `duheng compute` over text (or bytes) written to a file."""

    def computing(rule: str, content: str | bytes, *options: str) -> Said:
        path = tmp_path / "输入.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("compute", rule, path, *options)

    return computing


def rows_of(said: Said) -> list[dict[str, str]]:
    """The printed table."""
    return list(csv.DictReader(io.StringIO(said.out)))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """CSV text."""
    out = io.StringIO()
    csv.writer(out).writerows([columns, *rows])
    return out.getvalue()


def drawn(inputs: Sequence[str], seed: str) -> dict[tuple[str, int], Row]:
    """Random inputs of every town and year; years of a plan 5, elapsed less, fractions small."""
    draw = random.Random(seed)
    special = {"years_total": lambda: 5.0, "years_elapsed": lambda: float(draw.randint(1, 4))}
    return {
        (town, year): {
            one: special.get(
                one,
                lambda one=one: round(
                    draw.uniform(0.05, 0.45) if one in FRACTIONS else draw.uniform(1, 900) + year - 2020, 4
                ),
            )()
            for one in inputs
        }
        for town in TOWNS
        for year in YEARS
    }


def test_no_rule_is_left_out_here() -> None:
    known = {id for id, quantity in all_quantities().items() if isinstance(quantity, Rule)}
    assert set(FORMULAS) | OVER_ITEMS | OVER_REGISTERS == known


@pytest.mark.parametrize("rule", FORMULAS)
def test_a_rule_gives_what_its_formula_gives_by_hand(compute: Compute, rule: str) -> None:
    inputs, formula = FORMULAS[rule]
    given = drawn(inputs, rule)
    if "gdp" in inputs:  # an economy that grows, or its elasticity is unknown
        for (_, year), row in given.items():
            row["gdp"] = 1000.0 + 50 * (year - 2020) + row["gdp"] / 100
    text = table(("entity", "period", *inputs), [(*key, *row.values()) for key, row in given.items()])
    said = compute(rule, text)
    assert said.code == 0, said.err
    found = {(row["entity"], int(row["period"])): row[rule] for row in rows_of(said)}
    for town in TOWNS:
        now = Now(given[town, 2022], given[town, 2020], given[town, 2021])
        assert float(found[town, 2022]) == pytest.approx(formula(now), rel=1e-12)


@pytest.mark.parametrize("rule", FORMULAS)
def test_a_rule_is_empty_where_any_input_is_empty(compute: Compute, rule: str) -> None:
    inputs, _ = FORMULAS[rule]
    given = drawn(inputs, rule)
    for missing in inputs:
        rows = [
            (*key, *("" if one == missing else value for one, value in row.items()))
            for key, row in given.items()
        ]
        said = compute(rule, table(("entity", "period", *inputs), rows))
        assert {row[rule] for row in rows_of(said)} == {""}


@pytest.mark.parametrize(
    "rule", [name for name, (inputs, _) in FORMULAS.items() if len(inputs) == 2 and name not in (
        "fertiliser_pesticide_growth", "even_annual_rate", "log_progress", "implied_gdp_growth")]
)  # fmt: skip
def test_a_division_by_nought_is_empty(compute: Compute, rule: str) -> None:
    inputs, _ = FORMULAS[rule]
    rows = [(town, year, 5, 0) for town in TOWNS for year in YEARS]
    said = compute(rule, table(("entity", "period", *inputs), rows))
    assert said.code == 0, said.err
    assert {row[rule] for row in rows_of(said)} == {""}
