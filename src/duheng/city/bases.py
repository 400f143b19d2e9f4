"""Named bases: parameters read in place of others, whole, so that values of two sets are never mixed.

A factor set of carbon replaces calorific value, carbon content and oxidation; the equal-value basis of an energy
balance replaces what a unit of electricity and heat is worth in standard coal. Data: cn/carbon/sets.yaml, `bases`
of cn/balance/balance.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from duheng.model.data import read_yaml, root
from duheng.model.errors import known
from duheng.model.parameters import Parameter, Parameters

_ROLES = {"heat": "net_calorific_value", "carbon": "carbon_content", "oxidised": "oxidation_rate"}


@dataclass(frozen=True)
class Basis:
    """A basis: id, titles, the parameter that stands in place of another; items: only theirs, () for all.

    own: parameters that come with the basis itself; rules: the rule that is read in place of another, by id.
    """

    id: str
    title: str
    title_en: str
    instead: Mapping[str, str]
    items: tuple[str, ...] = ()
    own: Mapping[str, Parameter] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)


@cache
def coal_bases() -> Mapping[str, Basis]:
    """How electricity and heat are valued in standard coal, by id; the first is the usual one."""
    read = read_yaml(root() / "balance" / "balance.yaml")["bases"]
    return {
        id: Basis(
            id,
            entry["title"],
            entry["title_en"],
            {entry["of"]: entry["instead"]} if "of" in entry else {},
            tuple(entry.get("items", ())),
        )
        for id, entry in read.items()
    }


@cache
def carbon_sets() -> Mapping[str, Basis]:
    """The packaged sets of emission factors by id; the first is what the rules read without a choice."""
    read = read_yaml(root() / "carbon" / "sets.yaml")
    return {
        id: Basis(id, entry["title"], entry["title_en"], {own: entry[role] for role, own in _ROLES.items()})
        for id, entry in read.items()
    }


def bases() -> Mapping[str, Basis]:
    """All bases by id."""
    return {**coal_bases(), **carbon_sets()}


def on_basis(parameters: Parameters, basis: Basis) -> Parameters:
    """The parameters with those of a basis in place of the ones they stand for."""
    own = {of: _replaced(parameters, of, instead, basis) for of, instead in basis.instead.items()}
    return Parameters({**parameters.own, **own, **basis.own})


def basis_named(id: str) -> Basis:
    """The packaged basis of an id. Raises UnknownName."""
    return known(id, bases())


def _replaced(parameters: Parameters, of: str, instead: str, basis: Basis) -> Parameter:
    other = parameters.get(instead)
    if not basis.items:
        return replace(other, id=of)
    # What the basis gives no value for stays without one: the old value is not a value of this basis.
    kept = [one for one in parameters.get(of).settings if one.item not in basis.items]
    return replace(parameters.get(of), settings=(*kept, *other.settings))
