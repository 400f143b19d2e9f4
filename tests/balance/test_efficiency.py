"""What a transformation usually gives of what it is fed: the limits of the place and day, and nothing where unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duheng.ingest.balance.conversion import convert_balance
from duheng.ingest.balance.factors import read_factors
from duheng.ingest.balance.published import efficiencies, efficiency
from duheng.ingest.balance.reading import NAN, read_balance
from duheng.model.parameters import Local, Parameters, Setting, packaged

Write = Callable[..., Path]
POWER = "火力发电"


def here(value: str) -> Local:
    of = packaged()["transformation_efficiency_low"]
    own = Setting(date(2024, 1, 1), Decimal(value), "市统计局核定 7号", "verified", "512000", POWER)
    return Local(Parameters({of.id: replace(of, settings=(*of.settings, own))}), "512000")


def test_a_plant_within_the_limits_is_not_asked_about_and_one_beyond_is(
    county: Write, factors: Write
) -> None:
    known = read_factors(factors())
    assert efficiencies(convert_balance(read_balance(county()), known)) == []
    poor = county(cells={("T1", "electricity"): 5})
    (found,) = efficiencies(convert_balance(read_balance(poor), known))
    assert found.found == "加工转换效率21.4%"
    assert "常见30%～48%（加工转换效率的常见范围（出处待核），未核实）" in found.expected


def test_the_limits_are_the_place_s_own_from_their_day(county: Write, factors: Write) -> None:
    converted = convert_balance(read_balance(county()), read_factors(factors()))
    before, after = (efficiencies(converted, here("0.4"), date(year, 12, 31)) for year in (2023, 2024))
    assert before == []
    assert ["常见40%～48%（市统计局核定 7号）" in one.expected for one in after] == [True]


@pytest.mark.parametrize("cells", [[-10.0, NAN], [-10.0, None], [None, 3.0], []])
def test_what_is_unknown_or_gives_nothing_has_no_efficiency(cells: list[float | None]) -> None:
    assert efficiency(POWER, cells) is None


def test_the_nearer_limit_is_named() -> None:
    for out, limit in ((2.0, "0.30"), (6.0, "0.48")):
        made = efficiency(POWER, [-10.0, None, out])
        assert made is not None
        assert (made.usual, f"{made.limit.value}") == (False, limit)
