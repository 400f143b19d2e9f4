"""V6, V7, V8 and V10: published results, each through a rule of the project (data from ../shared)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from duheng.engine import Books, value
from duheng.engine.columns import PolarsColumns
from duheng.model import Entity, Places, parameter
from duheng.rules import RULES

Given = dict[str, Any]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _number(rule: str, **given: float) -> float:
    value = RULES[rule].number(**given)
    assert value is not None
    return value


def test_the_intensity_of_21_provinces_in_2020(shared: Path) -> None:
    rows = _read(shared / "data/validation/province_intensity_2020.csv")
    assert len(rows) == 21
    for row in rows:
        energy, gdp = float(row["energy_growth_pct"]) / 100, float(row["gdp_growth_pct"]) / 100
        change = -100 * _number("intensity_decline_from_growth", energy=energy, gdp=gdp)
        published = float(row["energy_intensity_change_published_pct"])
        assert change == pytest.approx(published, abs=float(row["tolerance_pp"]) + 1e-9), row["province"]


def test_the_five_year_decline_is_chained_from_the_published_years(shared: Path) -> None:
    rows = _read(shared / "data/validation/province_intensity_2016_2020_cumulative.csv")
    assert len(rows) >= 10
    for row in rows:
        declines = [-float(row[f"y{year}"]) / 100 for year in range(2016, 2021)]
        chained = reduce(
            lambda before, year: _number("chained_intensity_decline", before=before, year=year), declines, 0.0
        )
        assert -100 * chained == pytest.approx(float(row["cumulative_2016_2020_computed"]), abs=0.006)


def _levels(given: Given) -> float:
    return -100 * _number("annual_intensity_decline", now=given["level"], last=given["level_prev"])


def _intensity(given: Given) -> float:
    if "level" in given:
        return _levels(given)
    if "increment" in given:
        last = given["energy"] - given["increment"]
        growth = _number("energy_growth", now=given["energy"], last=last)
    else:
        growth = given["energy_growth"] / 100
    return -100 * _number("intensity_decline_from_growth", energy=growth, gdp=given["gdp_growth"] / 100)


def _energy_total(given: Given) -> float:
    base = _number("implied_base", now=given["energy"], growth=given["c"] / 100)
    return 100 * _number("year_on_year", now=given["energy"], last=base)


def _rate(rule: str, whole: str) -> Callable[[Given], float]:
    def read(given: Given) -> float:
        now = _number(rule, good=given["n"], **{whole: given["d"]})
        if "n0" not in given:
            return 100 * now
        last = _number(rule, good=given["n0"], **{whole: given["d0"]})
        return 100 * _number("rate_change", now=now, last=last)

    return read


AIR = {"so2": "so2", "no2": "no2", "pm10": "pm10", "pm25": "pm2_5", "co": "co_p95", "ozone": "o3_8h_p90"}


def _composite(given: Given) -> float:
    limits = {
        f"{name}_limit": float(parameter(f"index_limit_{name}").at(date(2022, 12, 31)).value)  # type: ignore[union-attr]
        for name in AIR
    }
    return _number("composite_air_index", **{name: given[key] for name, key in AIR.items()}, **limits)


def _sum(given: Given) -> float:
    """The parts as members of a whole, added up by the engine."""
    parts = [f"部分{number}" for number, _ in enumerate(given["parts"])]
    places = Places(
        [
            Entity(id="总", name="总", kind="province"),
            *(Entity(id=p, name=p, kind="county", parent="总") for p in parts),
        ]
    )
    names = ("quantity", "entity", "item", "period", "definition")
    facts = pl.DataFrame(
        [
            ("part_amount", part, None, "2021", None, float(of))
            for part, of in zip(parts, given["parts"], strict=True)
        ],
        dict.fromkeys(names, pl.String) | {"value": pl.Float64},
        orient="row",
    )
    added = value(RULES["sum_of_parts"], Books(facts, places), "总", "2021")
    assert added is not None
    return added


TOPICS: dict[str, Callable[[Given], float]] = {
    "energy_intensity": _intensity,
    "energy_total": _energy_total,
    "good_air_days": _rate("good_air_day_rate", "days"),
    "surface_water_good_rate": _rate("good_section_rate", "sections"),
    "yoy": lambda given: 100 * _number("year_on_year", now=given["a"], last=given["b"]),
    "yoy_pp": lambda given: 100 * _number("rate_change", now=given["a"] / 100, last=given["b"] / 100),
    "gdp_share": lambda given: 100 * _number("part_share", part=given["v"], whole=given["t"]),
    "back_cast": lambda given: _number("implied_base", now=given["v"], growth=given["c"] / 100),
    "implied_population": lambda given: _number("implied_people", energy=given["e"], each=given["kg"]) / 1e8,
    "equal_value_factor": lambda given: _number(
        "electricity_equal_value", fuel=given["tce"] * 1e4, power=given["kwh"] * 1e4
    ),
    "air_composite_index": _composite,
    "pollutant_by_source": _sum,
    "gdp_sum": _sum,
    "share_sum": _sum,
    "balance_total": lambda given: _number(
        "balance_energy_use", final=given["F"], lost=given["L"], transformed=given["T"]
    ),
    "average_growth_gap": lambda given: (
        100 * _number("growth_gap", gdp=given["a"] / 100, energy=given["b"] / 100)
    ),
    "cod_removal": lambda given: (
        _number("pollutant_removed", volume=given["q_1e8m3"] * 1e4, inlet=given["dc_mg_l"], outlet=0.0) / 1e4
    ),
}


def test_the_53_published_results_come_out_as_expected(shared: Path) -> None:
    rows = _read(shared / "data/validation/published_result_cases.csv")
    assert len(rows) == 53
    wrong = []
    for row in rows:
        made = TOPICS[row["topic"]](json.loads(row["inputs_json"]))
        matches = abs(made - float(row["published"])) <= float(row["tolerance"]) + 1e-9
        if matches != (row["expect"] == "match"):
            wrong.append((row["case_id"], made, row["published"], row["expect"]))
    assert wrong == []


def test_the_power_factor_of_23328_intervals(shared: Path) -> None:
    frame = pl.read_csv(shared / "data/telemetry/uci_steel_15min_2018_jan_aug.csv", infer_schema_length=None)
    wording = RULES["power_factor"].wordings[0]
    ratio = parameter("watt_per_var").at(date(2018, 1, 1))
    assert ratio is not None
    for side in ("lagging", "leading"):
        inputs = {
            "active": pl.col("usage_kwh"),
            "reactive": pl.col(f"{side}_reactive_kvarh"),
            "ratio": pl.lit(float(ratio.value)),
        }
        made = frame.select(
            wording.read(PolarsColumns(), inputs).alias("factor") * 100, f"{side}_power_factor_pct"
        ).drop_nulls()
        assert made.height == 23328
        worst = (made["factor"] - made[f"{side}_power_factor_pct"]).abs().max()
        assert isinstance(worst, float)
        assert worst < 0.1
