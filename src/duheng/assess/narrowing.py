"""Smaller books for the same answers: only the facts on which the targets of a plan can rest.

A cell's reasons are looked for in every finer period and every member that the books hold. Most facts of a ledger
(the months of single enterprises, air, water) have no part in any target; left out, a board takes a tenth of the
time. What is left out and why it changes nothing:

* quantities that no target is computed from;
* figures of less than a year of entities that no total of the targets expects: where duties name the expected
  members of a total, nobody else's figures enter it (L1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from duheng.engine import Books
from duheng.model.glossary import Quantity, kinds, quantity
from duheng.model.references import Derived, Reference, Total

_YEAR = len("2023")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Books by quantity; they answer for these entities only."""

    books: Mapping[str, Books]
    entities: frozenset[str]

    def for_cell(self, of: str, entity: str) -> Books | None:
        """The books that answer for a quantity of an entity, or None."""
        return self.books.get(of) if entity in self.entities else None


def reached(of: Reference) -> frozenset[str]:
    """Ids of a quantity and of all it is computed from, in any of its wordings."""
    return frozenset(one.id for one in of.below() if isinstance(one, Quantity))


def narrowed(books: Books, targets: Iterable[str], entities: Iterable[str]) -> Narrowed:
    """Books for the quantities of targets, answering for some entities (and what these contain)."""
    asked = frozenset(entities)
    needs = {id: reached(quantity(id)) for id in targets}
    every = frozenset().union(*needs.values())
    facts = _counted(books, every, asked)
    finer = frozenset(facts.filter(pl.col("period").str.len_chars() != _YEAR)["quantity"].unique())
    found: dict[str, Books] = {}
    # What is stated by years only is kept apart: then nobody looks for its months.
    for by_years in (True, False):
        named = frozenset().union(*(need for need in needs.values() if finer.isdisjoint(need) is by_years))
        part = facts.filter(pl.col("quantity").is_in(list(named)))
        made = Books(
            part,
            books.places,
            books.parameters,
            books.duties,
            books.base_year,
            books.targets,
            books.definitions,
        )
        found |= dict.fromkeys(named - found.keys(), made)
    return Narrowed(found, asked)


def _counted(books: Books, quantities: frozenset[str], asked: frozenset[str]) -> pl.DataFrame:
    """Facts of these quantities, without figures of less than a year that enter no total of the entities."""
    facts = books.facts.filter(pl.col("quantity").is_in(list(quantities)))
    named, registers = _under_duty(books, quantities), _registers(quantities)
    places = books.places
    obliged = {
        one.id
        for one in places
        if one.residual
        or one.kind in registers
        or any(d.entity == one.id if d.entity else d.kind == one.kind for d in books.duties)
    }
    bearing = asked | obliged | {above.id for id in obliged for above in places.ancestors(id)}
    annual = pl.col("period").str.len_chars() == _YEAR
    entered = pl.col("entity").is_in(list(bearing)) | ~pl.col("quantity").is_in(list(named))
    return facts.filter(annual | entered)


def _under_duty(books: Books, quantities: frozenset[str]) -> frozenset[str]:
    """The quantities whose expected members, and items where they have any, duties name."""
    listing = {
        id
        for duty in books.duties
        for id in duty.quantities
        if id in quantities and (duty.items or quantity(id).axis is None)
    }
    return frozenset(listing)


def _registers(quantities: Iterable[str]) -> frozenset[str]:
    """The kinds of entities over which the quantities sum a register."""
    known = kinds()
    waiting = [part for id in quantities for part in quantity(id).parts()]
    found: set[str] = set()
    while waiting:
        here = waiting.pop()
        if isinstance(here, Total) and here.over in known:
            found.add(here.over)
        if isinstance(here, Derived):  # what a quantity rests on is among the quantities itself
            waiting.extend(here.parts())
    return frozenset(found)
