"""Published and printed results of ../shared through the project's own rules.

The progress, path, closure and consistency items of methods/known_answers.json, the examples E1-E7 of
standards/energy.md and P1, P2 of standards/pollutants.md. Rounded as the source rounds (most print half up).
"""

from __future__ import annotations

import json
import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from duheng.engine import Books, value
from duheng.model import Parameters, Places, Quantity, Setting, parameter
from duheng.rules import energy as e
from duheng.rules import industry, institutions, pollutants, progress


@pytest.fixture(scope="module")
def answers(shared: Path) -> dict[str, Any]:
    """The known answers by id."""
    content: dict[str, Any] = json.loads((shared / "methods" / "known_answers.json").read_text("utf-8"))
    return content


def known(result: float | None) -> float:
    assert result is not None
    return result


def half_up(result: float | None, digits: int) -> float:
    """Rounded half up as the sources do."""
    exact = Decimal(repr(round(known(result), 10)))
    return float(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def percent(result: float | None, digits: int) -> float:
    """In %, rounded half up as the sources do."""
    return half_up(known(result) * 100, digits)


def books_of(
    gas: float | None = None, base_year: int | None = None, **stated: dict[Any, float | dict[str, float]]
) -> Books:
    """Books of one city: quantity={year: value} or {year: {item: value}}, in declared units.

    gas: standard coal factor of natural gas [tce/万m3]; the standard prints a range only.
    """
    rows = [
        (quantity, "甲市", item, str(year), _definition(quantity), float(number))
        for quantity, years in stated.items()
        for year, below in years.items()
        for item, number in (below.items() if isinstance(below, dict) else [(None, below)])
    ]
    columns = dict.fromkeys(("quantity", "entity", "item", "period", "definition"), pl.String)
    facts = pl.DataFrame(rows, columns | {"value": pl.Float64}, orient="row")
    return Books(facts, Places(()), _with_gas(gas), base_year=base_year)


def _definition(quantity: str) -> str | None:
    return "full" if quantity in {"energy", "energy_intensity"} else None


def _with_gas(gas: float | None) -> Parameters:
    factor = parameter("standard_coal_factor")
    if gas is None:
        return Parameters()
    own = Setting(date(1949, 10, 1), Decimal(str(gas)), "本例给定", item="天然气")
    replaced = type(factor)(
        factor.id, factor.title, factor.unit, axis="fuel", settings=(*factor.settings, own)
    )
    return Parameters({factor.id: replaced})


def result(
    quantity: Quantity, books: Books, year: int, item: str | None = None, definition: str | None = None
) -> float:
    return known(value(quantity, books, "甲市", str(year), item, definition))


# --- methods/known_answers.json ---


def test_yearly_rates_of_shenzhen_and_its_districts(answers: dict[str, Any]) -> None:
    given, expected = (answers["path.shenzhen_12fyp"][k] for k in ("inputs", "expected"))
    found = [
        percent(progress.even_annual_rate.number(target=target, years=given["years"]), 2)
        for target in given["cum_decline"]
    ]
    assert found == expected["annual_pct_2dp"]


def test_intensities_allowed_to_shenzhen_in_2015(answers: dict[str, Any]) -> None:
    given, expected = (answers["path.shenzhen_12fyp"][k] for k in ("inputs", "expected"))
    bases = (given["base_intensity"], given["luohu_base"])
    targets = (given["cum_decline"][0], given["cum_decline"][4])
    found = [
        half_up(progress.allowed_intensity.number(base=base, target=target), 3)
        for base, target in zip(bases, targets, strict=True)
    ]
    assert found == [expected["city_2015"], expected["luohu_2015"]]


def test_the_yearly_rate_of_twenty_percent_in_five_years(answers: dict[str, Any]) -> None:
    given, expected = (answers["path.yantian_20pct"][k] for k in ("inputs", "expected"))
    rate = progress.even_annual_rate.number(target=given["cum_decline"], years=given["years"])
    assert percent(rate, 2) == expected["annual_pct_2dp"]


def _chained(rates: list[float], first: int = 2020) -> dict[Any, Any]:
    intensities = {first: 1.0}
    for number, rate in enumerate(rates, 1):
        intensities[first + number] = intensities[first + number - 1] * (1 - rate)
    return intensities


def test_five_yearly_rates_just_miss_twenty_percent(answers: dict[str, Any]) -> None:
    given, expected = (answers["path.baidu_11fyp"][k] for k in ("inputs", "expected"))
    books = books_of(energy_intensity=_chained(given["annual"], 2005))
    assert percent(result(e.energy_intensity_decline, books, 2010), 3) == expected["cum_pct"]
    even = progress.even_annual_rate.number(target=given["D"], years=given["years"])
    assert percent(even, 4) == expected["even_annual_pct"]


def test_the_closure_of_chongqings_fourteenth_plan(answers: dict[str, Any]) -> None:
    given, expected = (answers["closure.chongqing_14fyp"][k] for k in ("inputs", "expected"))
    gdp = given["gdp2020"] * (1 + given["growth"]) ** given["years"]
    books = books_of(
        energy={2020: given["energy2020"] * 1e4},
        gdp={2020: given["gdp2020"], 2025: gdp},
        cumulative_target={2025: given["D"]},
    )
    allowed = result(progress.allowed_energy, books, 2025) / 1e4
    found = {
        "gdp2025": round(gdp, 2),
        "energy2025": round(allowed, 2),
        "increment": round(allowed - given["energy2020"], 2),
        "intensity2020_3dp": round(result(e.energy_intensity, books, 2020), 3),
        "intensity2025_3dp": round(result(progress.allowed_intensity, books, 2025), 3),
        "annual_decline_pct_2dp": percent(
            progress.even_annual_rate.number(target=given["D"], years=given["years"]), 2
        ),
        # The source divides the growths of the whole period, not the yearly rates.
        "elasticity_3dp": round(
            known(
                e.energy_elasticity.number(
                    energy=allowed / given["energy2020"] - 1, gdp=gdp / given["gdp2020"] - 1
                )
            ),
            3,
        ),
    }
    assert found == expected


def test_tianjin_was_credited_by_logarithms(answers: dict[str, Any]) -> None:
    given, expected = (answers["progress.tianjin_2009_log"][k] for k in ("inputs", "expected"))
    done = progress.log_progress.number(actual=given["cum_decline"], target=given["D"])
    plain = progress.linear_progress.number(actual=given["cum_decline"], target=given["D"])
    assert (percent(done, 2), percent(plain, 2)) == (expected["progress_pct_2dp"], 100.35)


def test_all_ten_published_over_achievements_of_the_eleventh_plan(answers: dict[str, Any]) -> None:
    given, expected = (answers["overachievement.11fyp_final_linear"][k] for k in ("inputs", "expected"))
    found = {
        province: percent(progress.overachievement.number(actual=actual, target=target), 2)
        for province, (actual, target) in given.items()
    }
    assert found == expected


def test_the_nations_decline_in_the_twelfth_plan_and_in_ten_years(answers: dict[str, Any]) -> None:
    given, expected = (answers["national.12fyp"][k] for k in ("inputs", "expected"))
    stated = {2005: given["i2005"], 2010: given["i2010"], 2015: given["i2015"]}
    five = result(e.energy_intensity_decline, books_of(energy_intensity=stated), 2015)
    ten = result(e.energy_intensity_decline, books_of(energy_intensity=stated, base_year=2005), 2015)
    assert (percent(five, 0), percent(ten, 0)) == (expected["fyp12_pct"], expected["ten_year_pct"])


def test_the_two_readings_of_mianyangs_press_note_imply_different_growths(answers: dict[str, Any]) -> None:
    given, expected = (answers["consistency.mianyang_2016"][k] for k in ("inputs", "expected"))
    decline, now = given["intensity_decline"], given["energy2016"]
    last = now - given["claim_a_increment"]
    as_increment = e.implied_gdp_growth.number(
        energy=e.energy_growth.number(now=now, last=last), decline=decline
    )
    as_percent = e.implied_gdp_growth.number(energy=given["claim_b_pct"] / 100, decline=decline)
    assert (percent(as_increment, 2), percent(as_percent, 2)) == (
        expected["implied_gdp_growth_if_increment_pct"],
        expected["implied_gdp_growth_if_percent_pct"],
    )


def test_the_provinces_caps_and_declines_of_the_thirteenth_plan_imply_their_growth(
    answers: dict[str, Any],
) -> None:
    given, expected = (answers["targets.13fyp_provinces"][k] for k in ("inputs", "expected"))
    found = {
        province: percent((1 + known(grown)) ** (1 / 5) - 1, 2)
        for province, (energy, decline, increment) in given.items()
        if (grown := e.implied_gdp_growth.number(energy=increment / energy, decline=decline / 100))
    }
    assert len(found) == 30
    assert {province: found[province] for province in expected["implied_growth_pct"]} == expected[
        "implied_growth_pct"
    ]


def test_gaps_of_the_first_quarter_rule(answers: dict[str, Any]) -> None:
    given = answers["warning.ndrc_2021q1_rule"]["inputs"]
    gaps = [percent(progress.gap_ratio.number(actual=a, target=given["target"]), 2) for a in given["actual"]]
    assert gaps == [0, 1.67, 10, 10.33, 100, 133.33]


def test_the_path_required_after_each_history(answers: dict[str, Any]) -> None:
    given, expected = (answers["warning.required_path_14_5"][k] for k in ("inputs", "expected"))
    plan = {"target": given["D"], "years": given["n"]}
    assert percent(progress.even_annual_rate.number(**plan), 4) == expected["even_pct"]
    required, logarithmic = [], []
    for rates in given["histories"]:
        books = books_of(energy_intensity=_chained(rates))
        done = result(e.energy_intensity_decline, books, 2020 + len(rates))
        required.append(
            percent(progress.required_annual_rate.number(actual=done, elapsed=len(rates), **plan), 3)
        )
        logarithmic.append(percent(progress.log_progress.number(actual=done, target=given["D"]), 2))
    assert required == expected["required_pct"]
    printed = expected["progress_log_pct"]
    assert [(a, b) for a, b in zip(logarithmic, printed, strict=True) if b is not None and a != b] == []


# --- standards/energy.md, standards/pollutants.md ---


def test_example_e1_five_fuels() -> None:
    use = {"原煤": 100.0, "电力": 20.0, "天然气": 5.0, "热力": 1000.0, "柴油": 2.0}
    assert round(result(e.energy, books_of(gas=12.143, fuel_use={2023: use}), 2023), 4) == 193.7592


def test_example_e2_electricity_at_its_calorific_value() -> None:
    books = books_of(fuel_use={2023: {"电力": 10_000.0}})
    assert result(e.fuel_energy, books, 2023, "电力") == pytest.approx(12_290)


def test_example_e3_non_fossil_share() -> None:
    books = books_of(energy={2023: 700e4}, nonfossil_energy={2023: (55 * 0.30 * 10 + 12) * 1e4})
    assert percent(result(e.non_fossil_share, books, 2023), 4) == 25.2857


def _coal(**years: float) -> dict[Any, Any]:
    """Amounts of standard coal [万tce] as tonnes of raw coal."""
    return {int(year[1:]): {"原煤": amount * 1e4 / 0.7143} for year, amount in years.items()}


def test_example_e4_feedstock_deducted_in_both_years() -> None:
    books = books_of(
        fuel_use=_coal(y2020=1000, y2025=1150),
        feedstock_use=_coal(y2020=100, y2025=200),
        gdp={2020: 1000, 2025: 1300},
    )
    full = result(e.energy_intensity_decline, books, 2025)
    less = result(e.energy_intensity_decline, books, 2025, definition="minus-feedstock")
    assert (percent(full, 4), percent(less, 4)) == (11.5385, 18.8034)


def test_example_e5_three_definitions() -> None:
    books = books_of(
        fuel_use=_coal(y2020=100, y2025=110),
        feedstock_use=_coal(y2020=10, y2025=12),
        nonfossil_energy={2020: 20e4, 2025: 30e4},
        gdp={2020: 100, 2025: 130},
    )
    found = [
        percent(result(e.energy_intensity_decline, books, 2025, definition=definition), 4)
        for definition in e.DEFINITIONS[:3]
    ]
    assert found == [15.3846, 16.2393, 25.2747]


def test_the_elasticity_example() -> None:
    books = books_of(energy={2022: 100, 2023: 102.9}, gdp={2022: 1000, 2023: 1052})
    assert round(result(e.energy_elasticity, books, 2023), 4) == 0.5577
    assert percent(result(e.annual_intensity_decline, books, 2023), 4) == 2.1863


def test_the_industrial_examples() -> None:
    books = books_of(
        industrial_energy={2022: 100, 2023: 103},
        industrial_value_added={2020: 100, 2022: 100, 2023: 107.5, 2025: 135},
        industrial_water={2020: 5000, 2025: 4800},
    )
    assert percent(result(industry.annual_industrial_intensity_decline, books, 2023), 4) == 4.186
    assert percent(result(industry.industrial_water_intensity_decline, books, 2025), 4) == 28.8889


def test_example_e7_a_public_institution() -> None:
    use = {"电力": 120.0, "天然气": 3.0}
    energy = result(e.energy, books_of(gas=12.143, fuel_use={2023: use}), 2023)
    books = books_of(public_energy={2023: energy}, public_area={2023: 60_000}, public_people={2023: 1500})
    assert round(energy, 3) == 183.909
    assert round(result(institutions.public_energy_per_area, books, 2023), 5) == 3.06515
    assert round(result(institutions.public_energy_per_head, books, 2023), 3) == 122.606


@pytest.mark.parametrize(
    ("added", "inlet", "outlet", "expected"),
    [(1.5 * 330, 220, 30, 940.5), (1.5 * 330, 25, 1.5, 116.325), (2 * 365, 50, 30, 146.0)],
)
def test_examples_p1_and_p2_of_the_sewage_plants(
    added: float, inlet: float, outlet: float, expected: float
) -> None:
    removed = pollutants.pollutant_removed.number(volume=added, inlet=inlet, outlet=outlet)
    assert math.isclose(known(removed), expected, rel_tol=1e-12)
