"""Every rule's arithmetic once more, in plain Python and from its citation: `Now(value, base, last)` to the result.

Inputs are in their declared units; what a rule sums is summed here. Written without looking at the rules' code.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Row = dict[str, float]
PARTS: dict[str, tuple[str, str, float]] = {  # a share is its first input divided by its second
    "building_renewable_substitution": ("building_renewable_use", "building_energy_use", 1),
    "clean_bus_share": ("new_clean_buses", "new_buses", 1),
    "farm_film_recovery_rate": ("film_recovered", "film_used", 1),
    "fertiliser_efficiency": ("fertiliser_absorbed_nutrient", "fertiliser_applied_nutrient", 1),
    "green_building_share": ("new_green_building_area", "new_building_area", 1),
    "green_pest_control_rate": ("pest_area_green", "pest_area", 1),
    "linear_progress": ("actual_value", "target_value", 1),
    "manure_utilisation_rate": ("manure_utilised", "manure_produced", 1),
    "non_fossil_share": ("nonfossil_energy", "energy", 1),
    "rural_sewage_effective_rate": ("villages_sewage_treated", "villages", 1),
    "saving_organ_share": ("organs_saving", "organs", 1),
    "sludge_disposal_rate": ("sludge_disposed", "sludge_generated", 1),
    "straw_utilisation_rate": ("straw_utilised", "straw_collectable", 1),
    "unified_pest_control_rate": ("pest_area_unified", "pest_area_grain", 1),
    "waste_treatment_rate": ("waste_treated", "waste_generated", 1),
    "water_saving_institution_share": ("institutions_water_saving", "institutions", 1),
    "water_saving_organ_share": ("organs_water_saving", "organs", 1),
    "energy_intensity": ("energy", "gdp", 1e-4),  # tce per 万元, output in 亿元
    "energy_per_head": ("energy", "population", 1e-4),  # tce per head, people in 万人
    "industrial_energy_intensity": ("industrial_energy", "industrial_value_added", 1e-4),
    "industrial_water_intensity": (
        "industrial_water",
        "industrial_value_added",
        1,
    ),  # 万m3 / 亿元 = m3 / 万元
    "public_carbon_per_area": ("public_carbon", "public_area", 1e3),  # t / m2 -> kg / m2
    "public_energy_per_area": ("public_energy", "public_area", 1e3),
    "public_energy_per_head": ("public_energy", "public_people", 1e3),
    "public_water_per_head": ("public_water", "public_people", 1),
    "public_water_per_area": ("public_water", "public_area", 1),
}


@dataclass(frozen=True)
class Now:
    """The inputs of one entity: of the year, of the base year, of last year."""

    year: Row
    base: Row
    last: Row


Formula = Callable[[Now], float]


def _share(top: str, bottom: str, factor: float) -> Formula:
    return lambda now: now.year[top] / now.year[bottom] * factor


def _fall(top: str, bottom: str, *, since_base: bool) -> Formula:
    def fall(now: Now) -> float:
        then = now.base if since_base else now.last
        return 1 - (now.year[top] / now.year[bottom]) / (then[top] / then[bottom])

    return fall


def _growth(of: str) -> Formula:
    return lambda now: now.year[of] / now.last[of] - 1


def _elasticity(now: Now) -> float:
    return _growth("energy")(now) / _growth("gdp")(now)


# rule: (inputs, result); the yearly falls and growths need last year, the cumulative ones the base year
FORMULAS: dict[str, tuple[tuple[str, ...], Formula]] = {
    **{name: ((top, bottom), _share(top, bottom, factor)) for name, (top, bottom, factor) in PARTS.items()},
    **{
        name: ((top, bottom), _fall(top, bottom, since_base=since_base))
        for name, top, bottom, since_base in (
            ("energy_intensity_decline", "energy", "gdp", True),
            ("annual_intensity_decline", "energy", "gdp", False),
            ("industrial_energy_intensity_decline", "industrial_energy", "industrial_value_added", True),
            ("annual_industrial_intensity_decline", "industrial_energy", "industrial_value_added", False),
            ("industrial_water_intensity_decline", "industrial_water", "industrial_value_added", True),
            ("public_carbon_per_area_decline", "public_carbon", "public_area", True),
            ("public_energy_per_area_decline", "public_energy", "public_area", True),
            ("public_energy_per_head_decline", "public_energy", "public_people", True),
            ("public_water_per_head_decline", "public_water", "public_people", True),
        )
    },
    "energy_growth": (("energy",), _growth("energy")),
    "gdp_real_growth": (("gdp",), _growth("gdp")),
    "fertiliser_growth": (("fertiliser_use",), _growth("fertiliser_use")),
    "pesticide_growth": (("pesticide_use",), _growth("pesticide_use")),
    "fertiliser_pesticide_growth": (
        ("fertiliser_use", "pesticide_use"),
        lambda now: max(_growth("fertiliser_use")(now), _growth("pesticide_use")(now)),
    ),
    "energy_elasticity": (("energy", "gdp"), _elasticity),
    "implied_gdp_growth": (("energy", "gdp"), _growth("gdp")),  # the identity gives the growth back
    "allowed_energy": (
        ("energy", "gdp", "cumulative_target"),
        lambda now: now.base["energy"] * now.year["gdp"] / now.base["gdp"] * (1 - now.year["cumulative_target"]),
    ),
    "allowed_intensity": (
        ("energy", "gdp", "cumulative_target"),
        lambda now: now.base["energy"] / now.base["gdp"] * 1e-4 * (1 - now.year["cumulative_target"]),
    ),
    "gap_ratio": (
        ("actual_value", "target_value"),
        lambda now: (now.year["target_value"] - now.year["actual_value"]) / now.year["target_value"],
    ),
    "overachievement": (
        ("actual_value", "target_value"),
        lambda now: now.year["actual_value"] / now.year["target_value"] - 1,
    ),
    "log_progress": (
        ("cumulative_decline", "cumulative_target"),
        lambda now: math.log(1 - now.year["cumulative_decline"]) / math.log(1 - now.year["cumulative_target"]),
    ),
    "even_annual_rate": (
        ("cumulative_target", "years_total"),
        lambda now: 1 - (1 - now.year["cumulative_target"]) ** (1 / now.year["years_total"]),
    ),
    "path_decline": (
        ("cumulative_target", "years_total", "years_elapsed"),
        lambda now: 1
        - (1 - now.year["cumulative_target"]) ** (now.year["years_elapsed"] / now.year["years_total"]),
    ),
    "required_annual_rate": (
        ("cumulative_decline", "cumulative_target", "years_total", "years_elapsed"),
        lambda now: 1
        - ((1 - now.year["cumulative_target"]) / (1 - now.year["cumulative_decline"]))
        ** (1 / (now.year["years_total"] - now.year["years_elapsed"])),
    ),
}  # fmt: skip
