"""Emission amounts by the method that counts, and what the other methods would give (the legal order of preference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duheng.assess.books import Opened
from duheng.ingest.reductions import Amount, preferred
from duheng.model.entities import Entity
from duheng.web.access import confidential_kind
from duheng.web.cells import periods, values

# The methods of the permit's order and the rules that reckon by each; of water and gas the one that is known.
METHODS: Mapping[str, tuple[str, ...]] = {
    "自动监测": ("monitored_water_emission", "monitored_gas_emission"),
    "手工监测": ("sampled_water_emission", "sampled_gas_emission"),
    "物料衡算": ("balance_emission",),
    "产排污系数": ("coefficient_emission",),
}
RULES = tuple(rule for rules in METHODS.values() for rule in rules)


@dataclass(frozen=True)
class Emission:
    """A pollutant of an outlet in a year [t]: the amount that counts and the others; rules: by which each is known."""

    entity: Entity
    pollutant: str
    amount: Amount
    rules: Mapping[str, str]


def years(opened: Opened) -> list[str]:
    """The years for which any method gives an amount."""
    return periods(opened, RULES, "year")


def emissions(opened: Opened, year: str) -> list[Emission]:
    """Every outlet and pollutant with an amount, in the order of the places."""
    cells: dict[tuple[str, str], dict[str, tuple[str, float]]] = {}
    for method, rules in METHODS.items():
        for rule in rules:
            for (at, item, period), value in values(opened, rule).items():
                if period == year and item is not None:
                    cells.setdefault((at, item), {}).setdefault(method, (rule, value))
    found = []
    for entity in opened.city.places:
        if confidential_kind(entity.kind):
            own = sorted(item for id, item in cells if id == entity.id)
            # What an outlet states is added up for its enterprise too: only the outlet is shown and counted.
            parts = [one.id for one in opened.city.places.descendants(entity.id)]
            own = [item for item in own if not any((part, item) in cells for part in parts)]
            found += [_emission(entity, item, cells[entity.id, item]) for item in own]
    return [one for one in found if one is not None]


def _emission(entity: Entity, item: str, by: Mapping[str, tuple[str, float]]) -> Emission | None:
    amount = preferred({method: value for method, (_, value) in by.items()})
    rules = {method: rule for method, (rule, _) in by.items()}
    return None if amount is None else Emission(entity, item, amount, rules)
