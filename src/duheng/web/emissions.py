"""Emission amounts by the method that counts, and what the other methods would give (the legal order of preference).

Who states something that an amount is worked out from, and too little for any method, has an unknown amount (L1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from duheng.assess.books import Opened
from duheng.ingest.reductions import Amount, preferred
from duheng.model.entities import Entity, Places
from duheng.model.glossary import Quantity, quantity
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
Key = tuple[str, str]  # entity and pollutant


@dataclass(frozen=True)
class Emission:
    """A pollutant of an outlet in a year [t]: the amount that counts and the others, None where no method has all.

    rules: by method, those by which each amount is known; of an unknown one those of which something is stated.
    """

    entity: Entity
    pollutant: str
    amount: Amount | None
    rules: Mapping[str, str]

    @property
    def known(self) -> dict[str, float]:
        """The known amounts by method."""
        return {self.amount.method: self.amount.value, **self.amount.others} if self.amount else {}


def years(opened: Opened) -> list[str]:
    """The years for which any method gives an amount."""
    return periods(opened, RULES, "year")


def emissions(opened: Opened, year: str) -> list[Emission]:
    """Every outlet and pollutant with an amount, known or not, in the order of the places."""
    known, stated = _known(opened, year), _stated(opened, year)
    found = []
    for entity in opened.city.places:
        if confidential_kind(entity.kind):
            for item in _pollutants(opened.city.places, entity.id, known, stated):
                by = known.get((entity.id, item), {})
                amount = preferred({method: value for method, (_, value) in by.items()})
                rules = {method: rule for method, (rule, _) in by.items()} or stated[entity.id, item]
                found.append(Emission(entity, item, amount, rules))
    return found


def _pollutants(
    places: Places, entity: str, known: Mapping[Key, Any], stated: Mapping[Key, Any]
) -> list[str]:
    """The pollutants that are counted at an entity, none twice along a line of enterprise and outlet."""
    own = {item for id, item in known if id == entity}
    # What an outlet states is added up for its enterprise too: only the outlet is shown and counted.
    parts = [one.id for one in places.descendants(entity)]
    # An enterprise that states the whole itself leaves nothing open at its outlet.
    above = [one.id for one in places.ancestors(entity)]
    lacking = {
        item
        for id, item in stated
        if id == entity and not any((one, item) in known and (one, item) in stated for one in above)
    }
    return sorted(item for item in own | lacking if not any((part, item) in known for part in parts))


def _known(opened: Opened, year: str) -> dict[Key, dict[str, tuple[str, float]]]:
    """The amounts of a year by entity and pollutant, then by method: the rule and what it gives."""
    found: dict[Key, dict[str, tuple[str, float]]] = {}
    for method, rules in METHODS.items():
        for rule in rules:
            for (at, item, period), value in values(opened, rule).items():
                if period == year and item is not None:
                    found.setdefault((at, item), {}).setdefault(method, (rule, value))
    return found


def _stated(opened: Opened, year: str) -> dict[Key, dict[str, str]]:
    """Who states anything of the year from which a rule works out a pollutant: the rules by method.

    A flow or a running rate names no pollutant: it speaks of those that its entity has stated for the rule before.
    """
    found: dict[Key, dict[str, str]] = {}
    begun = pl.col("period").str.slice(0, 4)
    for method, rules in METHODS.items():
        for rule in rules:
            inputs = [one.id for one in quantity(rule).below() if isinstance(one, Quantity)]
            own = opened.books.facts.filter(pl.col("quantity").is_in(inputs), pl.col("value").is_not_null())
            # 2021-2025 is a plan, not a part of 2021.
            now = own.filter(begun == year, pl.col("period").str.len_chars() != len("2021-2025"))
            speaking = pl.col("entity").is_in(now["entity"].unique())
            pairs = own.filter(speaking, begun <= year, pl.col("item").is_not_null()).select("entity", "item")
            for entity, item in pairs.unique().iter_rows():
                found.setdefault((entity, item), {}).setdefault(method, rule)
    return found
