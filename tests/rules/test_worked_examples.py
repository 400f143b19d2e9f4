"""The worked examples of ../shared/standards/verify_examples.py, through the project's own rules.

EXAMPLES are reckoned here, ELSEWHERE says which tests hold the others, OPEN which no rule reckons yet. Together they
must name every example of the file, so that none is forgotten when the file grows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from duheng.engine import Books, value
from duheng.ingest.tax import Entry, quarterly_return
from duheng.model import Entity, Parameter, Parameters, Places, Rule
from duheng.rules import RULES

# name: rule, its arguments in their declared units, the expected result and its digits.
EXAMPLES: Mapping[str, tuple[str, Mapping[str, float], float, int]] = {
    "eq factor hydro": ("electricity_equal_value", {"fuel": 16669.0087e4, "power": 4852.64e4}, 3.4350, 4),
    "eq factor jilin": ("electricity_equal_value", {"fuel": 190.49e4, "power": 62.12e4}, 3.0665, 4),
    "coke": ("fuel_total_use", {"final": 30068.6272, "lost": 0, "put_in": 268.0222}, 30336.6494, 4),
    "elec": ("fuel_total_use", {"final": 30650.0952, "lost": 2061.71, "put_in": 0}, 32711.8052, 4),
    "gas": ("fuel_total_use", {"final": 579.382, "lost": 11.1095, "put_in": 104.74}, 695.2315, 4),
    "20%": ("even_annual_rate", {"target": 0.20, "years": 5}, 0.043648, 6),
    "14.5": ("even_annual_rate", {"target": 0.145, "years": 5}, 0.030845, 6),
    "13.5": ("even_annual_rate", {"target": 0.135, "years": 5}, 0.028589, 6),
    "progress": ("path_decline", {"target": 0.145, "years": 5, "elapsed": 3}, 0.089710, 6),
    "E3": ("non_fossil_share", {"nonfossil": 165e4 + 12e4, "energy": 700e4}, 0.252857, 6),
    "elastic": ("energy_elasticity", {"energy": 0.029, "gdp": 0.052}, 0.5577, 4),
    "elastic2": ("intensity_decline_from_growth", {"energy": 0.029, "gdp": 0.052}, 0.021863, 6),
    "E4a": ("energy_intensity_decline", {"now": 1150 / 1300, "base": 1.0}, 0.115385, 6),
    "gs": ("intensity_decline_from_growth", {"energy": 0.03, "gdp": 0.075}, 0.041860, 6),
    "water": ("industrial_water_intensity_decline", {"now": 4800 / 1.35, "base": 5000}, 0.288889, 6),
    "E7b": ("public_energy_per_area", {"energy": 183.909, "area": 60000}, 3.06515, 5),
    "E7c": ("public_energy_per_head", {"energy": 183.909, "people": 1500}, 122.606, 3),
    "P1": ("sewage_extension_reduction", {"added": 495, "inlet": 220, "outlet": 30}, 940.5, 3),
    "P1n": ("sewage_extension_reduction", {"added": 495, "inlet": 25, "outlet": 1.5}, 116.325, 3),
    "P2": ("sewage_upgrade_reduction", {"volume": 730, "before": 50, "after": 30}, 146.0, 3),
    "P3": (
        "voc_treatment_reduction",
        {"made": 120, "c0": 0.4, "d0": 0.3, "s0": 0.9, "c1": 0.9, "d1": 0.8, "s1": 0.98},
        71.712,
        3,
    ),
    "P4": ("flue_gas_reduction", {"v0": 21000, "c0": 250, "v1": 21000, "c1": 50}, 42.0, 3),
    "P5": ("coefficient_emission", {"generated": 9.0, "removal": 0.85, "running": 0.9}, 2.115, 3),
    "V1": ("voc_emission", {"generated": 29.5, "capture": 0.5, "destruction": 0.9, "running": 0.98}, 16.4905, 4),
    "V1b": ("voc_emission", {"generated": 29.5, "capture": 0.9, "destruction": 0.9, "running": 0.98}, 6.0829, 4),
    "V2": ("carbon_replacement", {"mass": 1000, "capacity": 0.15, "reduced": 50, "flow": 10000, "hours": 8}, 37.5, 1),
    "V2b": ("carbon_face_velocity", {"flow": 15000, "area": 4}, 1.0417, 4),
    "V3": ("hood_flow", {"distance": 0.3, "area": 0.96, "velocity": 0.5, "flanged": 0}, 3348.0, 1),
    "V3b": ("hood_flow", {"distance": 0.3, "area": 0.96, "velocity": 0.5, "flanged": 1}, 2511.0, 1),
    "V4": (
        "loading_loss",
        {"saturation": 0.6, "pressure": 55000, "molar": 68, "gas": 8314, "temperature": 298},
        0.905725,
        6,
    ),
    "V4b": ("loading_emission", {"loss": 0.90572474, "volume": 10000, "recovery": 0.95}, 452.86, 2),
    "ldar4": ("leak_emission", {"rate": 7.8e-6, "points": 100, "share": 1, "hours": 8760}, 6.8328, 4),
    "M1": ("converted_concentration", {"measured": 100, "oxygen": 0.09, "air": 0.21, "base": 0.06}, 125.0, 1),
    "C1": ("emission_by_factor", {"use": 27.86, "factor": 0.2160729}, 6.0198, 4),  # the use that the figure implies
    "M2": ("mass_concentration", {"share": 50, "molar": 64, "volume": 22.4}, 142.857, 3),
    "M3": (
        "standard_concentration",
        {"measured": 80, "temperature": 393, "ambient": 97000, "gauge": -500, "cold": 273, "pressure": 101325},
        120.9231,
        4,
    ),
    "M5": ("capture_rate", {"hours": 2184, "invalid": 160, "stopped": 184}, 0.92, 6),
    "M6": ("data_completeness", {"received": 90, "expected": 96}, 0.9375, 6),
    "R2": ("fuel_energy", {"use": 800, "factor": 1.229}, 983.2, 1),
    "R7": ("aluminium_surcharge", {"power": 13491, "standard": 13450, "step": 20, "price": 0.01}, 0.03, 6),
    "R8": (
        "household_bill",
        {"power": 300, "price": 0.5224, "first": 180, "second": 280, "dearer": 0.1, "dearest": 0.3},
        172.72,
        2,
    ),
    "M4": ("monitored_water_emission", {"volume": 50000, "concentration": 30}, 1.5, 3),
}  # fmt: skip
BELOW = (
    "beta",
    "E6",
    "E1",
    "chain",
    "E4",
    "E5a",
    "E5b",
    "E5c",
    "E7",
    "P6",
    "P6b",
    "P7",
    "ldar1",
    "ldar2",
    "ldar3",
    "score",
)
_BALANCE, _CARBON, _AIR = (
    "tests/balance, tests/model",
    "tests/carbon, tests/cases/carbon",
    "tests/air, tests/cases",
)
ELSEWHERE = {
    **dict.fromkeys(("C total", "C cal", "diesel"), _BALANCE),
    **dict.fromkeys(("C2", "C3", "C4", "C5", "C5n", "C6", "C6b", "C7", "LMDI"), _CARBON),
    **dict.fromkeys(("AQI %s %s %s", "p95", "p90", "index", "good", "w", "w2", "w3", "DOf", "sponge"), _AIR),
    **dict.fromkeys(("crc", "len"), "tests/telemetry/hj212/test_frames.py"),
}
OPEN: Mapping[str, str] = {}  # with its reason; no example is out of scope


def _rule(id: str) -> Rule:
    return RULES[id]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_worked_example_comes_out_of_its_rule(name: str) -> None:
    id, values, expected, digits = EXAMPLES[name]
    result = _rule(id).number(**values)
    assert result is not None
    assert round(result, digits) == expected


def test_every_example_of_the_file_is_covered_or_named_as_open(shared: Path) -> None:
    text = (shared / "standards" / "verify_examples.py").read_text("utf-8")
    named = re.findall(r"\beq\('([^']*)'", text)
    known = {*EXAMPLES, *BELOW, *ELSEWHERE, *OPEN}
    assert sorted(set(named) - known) == []


def test_e1_energy_of_an_enterprise_is_the_sum_over_its_fuels() -> None:
    uses = [(100, 0.7143), (20, 1.229), (5, 12.143), (1000, 0.03412), (2, 1.4571)]  # t, 万kWh, 万m3, GJ, t
    parts = [_rule("fuel_energy").number(use=use, factor=factor) for use, factor in uses]
    assert round(sum(part or 0 for part in parts), 4) == 193.7592


def test_e6_power_is_apportioned_to_a_city_by_the_factor_of_its_province() -> None:
    province = {
        "physical": 50,
        "traded": 200,
        "certified": 50,
        "generation": 1000,
        "fossil": 600,
        "received": -300,
    }
    factor = _rule("province_apportioning_factor").number(determined=900, **province)
    left = _rule("grid_power_left").number(offtake=100, traded=20, certified=5)
    share = _rule("apportioned_power").number(left=left, factor=factor)
    city = _rule("nonfossil_power").number(physical=10, traded=20, certified=5, apportioned=share)
    assert [round(one or 0, 9) for one in (factor, share, city)] == [0.6, 45, 80]


def test_chained_yearly_declines_do_not_add() -> None:
    whole: float | None = 0.0
    for year in (0.04, 0.041, 0.042, 0.045, 0.05):
        whole = _rule("chained_intensity_decline").number(before=whole, year=year)
    assert whole is not None
    assert round(whole, 6) == 0.199830


@pytest.mark.parametrize(
    ("definition", "now", "base", "expected"),
    [
        ("full", (0, 0), (0, 0), 0.153846),
        ("minus-feedstock", (12, 0), (10, 0), 0.162393),
        ("minus-feedstock-nonfossil", (12, 30), (10, 20), 0.252747),
    ],
)
def test_e5_each_definition_has_a_decline_of_its_own(
    definition: str, now: tuple[float, float], base: tuple[float, float], expected: float
) -> None:
    assert round(_decline(definition, (110, *now), (100, *base), 1.30), 6) == expected


def test_e4_the_feedstock_is_deducted_in_both_years() -> None:
    assert round(_decline("minus-feedstock", (1150, 200, 0), (1000, 100, 0), 1.30), 6) == 0.188034


def _decline(
    definition: str, now: tuple[float, float, float], base: tuple[float, float, float], growth: float
) -> float:
    """Decline under a definition; of each year the full energy, the feedstock and the non-fossil part."""
    wording = next(one for one in _rule("energy").wordings if one.definition == definition)
    names = ("by_fuel" if definition == "full" else "full", "feedstock", "nonfossil")
    reckoned = [
        wording.number(
            {name: value for name, value in zip(names, year, strict=True) if name in wording.inputs}
        )
        for year in (now, base)
    ]
    intensity = [
        _rule("energy_intensity").number(energy=energy, gdp=gdp)
        for energy, gdp in zip(reckoned, (growth, 1.0), strict=True)
    ]
    result = _rule("energy_intensity_decline").number(now=intensity[0], base=intensity[1])
    assert result is not None
    return result


def test_e7_energy_of_a_public_institution() -> None:
    power, gas = (
        _rule("fuel_energy").number(use=use, factor=factor) for use, factor in ((120, 1.229), (3, 12.143))
    )
    assert power is not None
    assert gas is not None
    assert round(power + gas, 3) == 183.909


@pytest.mark.parametrize(
    ("medium", "amounts", "clean", "tax"),
    [
        ("air", {"二氧化硫": 190, "氮氧化物": 380, "烟尘": 109, "一氧化碳": 167}, (), "2535.00"),
        ("air", {"二氧化硫": 190, "氮氧化物": 380, "烟尘": 109, "一氧化碳": 167}, ("氮氧化物",), "2145.00"),
        ("water", {"COD": 1200, "氨氮": 160, "总磷": 10, "SS": 400, "BOD5": 500}, (), "4200.00"),
    ],
    ids=["P6", "P6b", "P7"],
)
def test_the_tax_examples_come_out_of_the_return(
    medium: str, amounts: dict[str, int], clean: tuple[str, ...], tax: str
) -> None:
    entries = [Entry("排放口", "2024-03", medium, name, Decimal(kg)) for name, kg in amounts.items()]
    grounds: dict[str, Any] = {"concentration": Decimal(60), "limit": Decimal(100), "exceedances": 0}
    entries = [replace(one, **grounds) if one.pollutant in clean else one for one in entries]
    assert quarterly_return(entries, "2024Q1", "512002").total == Decimal(tax)


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [("石油炼制 阀门", 1000, 3.9613), ("石油炼制 连接件", 500, 1.4738), ("有机化工 阀门 气体", 1000, 7.7775)],
    ids=["ldar1", "ldar2", "ldar3"],
)
def test_the_leak_examples_come_out_with_the_packaged_factors(
    item: str, value: float, expected: float
) -> None:
    wording = _rule("leak_rate").wordings[0]
    given: dict[str, float | None] = {"value": value}
    for name, reference in wording.inputs.items():
        if isinstance(reference, Parameter):
            setting = reference.at(date(2023, 12, 31), item)
            assert setting is not None
            given[name] = float(setting.value)
    result = wording.number(given)
    assert result is not None
    assert round(result * 1e4, 4) == expected


def test_the_points_of_the_assessment_add_up(shared: Path) -> None:
    with (shared / "standards" / "assessment_scoring_2007.csv").open(encoding="utf-8") as file:
        points = [float(row["points"]) for row in csv.DictReader(file)]
    assert round(_sum_of(points), 6) == 100


def _sum_of(parts: list[float]) -> float:
    names = [f"第{place}项" for place in range(len(parts))]
    whole = Entity(id="总分", name="总分", kind="city")
    below = [Entity(id=name, name=name, kind="county", parent="总分") for name in names]
    facts = pl.DataFrame(
        [("part_amount", name, None, "2007", None, part) for name, part in zip(names, parts, strict=True)],
        dict.fromkeys(("quantity", "entity", "item", "period", "definition"), pl.String)
        | {"value": pl.Float64},
        orient="row",
    )
    result = value(
        _rule("sum_of_parts"), Books(facts, Places([whole, *below]), Parameters({})), "总分", "2007"
    )
    assert result is not None
    return result


def test_every_product_is_classed_by_its_benchmark_and_baseline(shared: Path) -> None:
    with (shared / "standards" / "energy_efficiency_benchmarks.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["benchmark_标杆"]]
    level = _rule("efficiency_level")
    for row in rows:
        limits = {"benchmark": float(row["benchmark_标杆"]), "baseline": float(row["baseline_基准"])}
        levels = [level.number(energy=one, **limits) for one in (*limits.values(), limits["baseline"] + 1)]
        assert levels == [1, 2, 3], row["product"]
    assert len(rows) == 52


def test_the_balance_vectors_close_as_printed(shared: Path) -> None:
    with (shared / "standards" / "energy_balance_testvectors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {"supply": "S", "transformed": "T", "lost": "L", "final": "F"}
    odd = []
    for row in rows:
        left = _rule("fuel_balance_difference").number(**{a: float(row[name]) for a, name in columns.items()})
        if left is None or abs(left - float(row["D_printed"])) > 0.11:
            odd.append(row["case"])
    assert odd == []
    assert rows
