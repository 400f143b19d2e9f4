"""Sets of emission factors: those that come with the program and a city's own.

A set is used whole or not at all: a fuel that it lacks stays unknown, it is never completed from another set. What
a guide leaves to other statistics (calorific values) stands in the set with its own citation, and is said where used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from duheng.city.bases import basis_named, carbon_sets, on_basis
from duheng.model import Parameter, Parameters, Setting, parameter
from duheng.model.data import read_yaml, root
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding
from duheng.rules.carbon import combustion_emission, fuel_heat

from .factor_file import Factor, FactorSet, read_factors


def built_in_sets() -> dict[str, Mapping[str, Any]]:
    """The packaged sets by name: title, the three parameters of each, what stands in (cn/carbon/sets.yaml)."""
    sets: dict[str, Mapping[str, Any]] = read_yaml(root() / "carbon" / "sets.yaml")
    return sets


def known_sets(folder: Path | None = None) -> dict[str, str]:
    """Titles of all sets by name: the packaged ones, then those of a city's folder (carbon/<name>.csv)."""
    own = sorted((folder / "carbon").glob("*.csv")) if folder else []
    return {name: entry["title"] for name, entry in built_in_sets().items()} | {
        p.stem: f"本市：{p}" for p in own
    }


def set_parameters(name: str) -> Parameters:
    """Parameters with which the rules of combustion read one packaged set only. Raises UnknownName."""
    if name not in carbon_sets():
        raise UnknownName(name, carbon_sets())
    return on_basis(Parameters(), basis_named(name))


def read_set(name: str, year: int | None, folder: Path | None = None) -> FactorSet:
    """The packaged set, or a city's own, as in force at the end of a year. Raises UnknownName.

    A year before the set was published is served by its first values, with a finding.
    """
    if name in built_in_sets():
        return _packaged(name, year)
    if folder is not None and name in known_sets(folder):
        return read_factors(folder / "carbon" / f"{name}.csv")
    raise UnknownName(name, known_sets(folder))


def _packaged(name: str, year: int | None) -> FactorSet:
    parameters = set_parameters(name)
    heat, carbon, oxidised = (
        parameters.get(id) for id in ("net_calorific_value", "carbon_content", "oxidation_rate")
    )
    ratio_ = parameter("co2_per_carbon").settings[0]
    title = built_in_sets()[name]["title"]
    stand_in = tuple(built_in_sets()[name].get("stand_in", ()))
    factors: list[Factor] = []
    earlier: date | None = None
    for fuel in sorted({s.item for s in heat.settings if s.item}):
        used = [in_force(one, year, fuel) for one in (heat, carbon, oxidised)]
        if any(setting is None for setting, _ in used):
            continue
        settings = [setting for setting, _ in used if setting is not None]
        earlier = max(
            [s.since for s, early in used if s is not None and early] + ([earlier] if earlier else []),
            default=None,
        )
        value = combustion_emission.number(
            heat=fuel_heat.number(use=1.0, heat=float(settings[0].value)),
            carbon=float(settings[1].value),
            oxidised=float(settings[2].value),
            ratio=float(ratio_.value),
        )
        if value is not None:
            cite = "；".join(dict.fromkeys(s.cite for s in settings))
            lent = tuple(s.cite for s in settings if s.cite.startswith(stand_in))
            at = f"因子集 {name}"
            factors.append(Factor(fuel, (), value, cite, _weakest(settings), at, stands_in=lent))
    findings = [_before(name, year, earlier)] if earlier else []
    return FactorSet(name, title, tuple(factors), tuple(findings))


def in_force(of: Parameter, year: int | None, item: str) -> tuple[Setting | None, bool]:
    """The setting at the end of a year; where there is none yet the first one, and that it is later."""
    found = of.at(date(year, 12, 31) if year else date.max, item)
    if found is not None:
        return found, False
    later = min((s for s in of.settings if s.item == item), key=lambda s: s.since, default=None)
    return later, later is not None


def _weakest(settings: list[Setting]) -> str:
    order = ("verified", "derived", "secondary", "memory")
    return max((s.certainty for s in settings), key=order.index)


def sets_with(fuel: str) -> list[str]:
    """The packaged sets that have a factor of a fuel."""
    return [
        name for name in built_in_sets() if any(one.fuel == fuel for one in _packaged(name, None).factors)
    ]


def _before(name: str, year: int | None, since: date) -> Finding:
    return Finding(
        "factor-later", "notice", f"因子集 {name}", f"部分取值自{since}起公布，用于{year}年的平衡表",
        "核算年度已公布的取值", "请确认可以追溯使用，或用 --factors 给出当年的因子",
    )  # fmt: skip
