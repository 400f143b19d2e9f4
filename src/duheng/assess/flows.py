"""Rules read for one row of the energy balance, and books read on a named basis.

A rule about "the fuel used" or "a row of the balance" holds for any row: its quantity is read in place of the rule's
own. So the standard coal of industry, the carbon dioxide of transport and the scope 2 of households are the same few
rules, each with its own reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from duheng.assess.books import Opened
from duheng.city.bases import Basis, on_basis
from duheng.engine import Books
from duheng.model import Reference, only, quantity
from duheng.model.errors import DuhengError
from duheng.model.saying import say

FUEL = "fuel"
POWER_AND_HEAT = _ELECTRICITY, _HEAT = "电力", "热力"


@cache
def instead_of(flow: str | None) -> Mapping[str, Reference]:
    """What is read in place of which quantity where a rule is read for one row of the balance; {} for none.

    flow: id of a quantity by fuel. Raises UnknownName; DuhengError where it is not by fuel.
    """
    if not flow:
        return {}
    row = quantity(flow)
    if row.axis != FUEL:
        raise DuhengError(
            say(
                "“{title}”不分能源品种，不是能源平衡表的项目。请用平衡表的项目，如 final_industry。",
                title=row,
            )
        )
    return {
        "balance_flow": row,
        "fuel_use": row,
        "purchased_electricity": only(row, _ELECTRICITY),
        "purchased_heat": only(row, _HEAT),
    }


def on_the_basis(opened: Opened, basis: Basis) -> Opened:
    """The same books with the parameters and the rules of a basis (duheng.city.bases)."""
    if not (basis.instead or basis.own):
        return opened
    # By its factors as well as its name: a city may change the file of a set.
    key = ("basis", basis.id, *((name, own.settings) for name, own in basis.own.items()))
    if key not in opened.memo:
        books = opened.books
        parameters = on_basis(books.parameters, basis)
        revalued = Books(
            books.facts,
            books.places,
            parameters,
            books.duties,
            books.base_year,
            books.targets,
            books.definitions,
        )
        read = {id: quantity(other) for id, other in basis.rules.items()}
        opened.memo[key] = replace(opened, books=revalued, memo={}, instead=read)
    found: Opened = opened.memo[key]
    return found
