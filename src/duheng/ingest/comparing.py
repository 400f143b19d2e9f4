"""What an import would change: each of its facts beside the one that is effective now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

import polars as pl

from duheng import ledger
from duheng.ledger.records import STATUSES, NewFact

Effect = Literal["new", "same", "changed", "outranked"]
_CELL = ("quantity", "entity", "item", "period", "definition")


@dataclass(frozen=True, slots=True)
class Change:
    """A fact to come and what stands in its cell now.

    effect: new (nothing stated yet), same (nothing would change), changed (supersedes the present one), outranked (the
    present one has a higher status and stays in effect, law L2). present: as stated, None where there is nothing;
    present_status: of it; difference: new less present, in the declared unit.
    """

    fact: NewFact
    effect: Effect
    present: str | None = None
    present_status: str | None = None
    difference: Decimal | None = None


def compare(facts: Sequence[NewFact], scenario: str, as_of: datetime | None = None) -> list[Change]:
    """The changes that facts would make to the effective ones of a scenario, in their order.

    as_of: what they changed when they were entered then (None: what they would change now).
    """
    names = list(dict.fromkeys(fact.quantity for fact in facts))
    frame = ledger.read(scenario, as_of).filter(pl.col("quantity").is_in(names))
    rows = frame.select(*_CELL, "stated", "status", "value", "fact").iter_rows()
    present = {row[:5]: row[5:] for row in rows}
    return [_change(fact, present.get(_cell(fact))) for fact in facts]


def _cell(fact: NewFact) -> tuple[str | None, ...]:
    return (fact.quantity, fact.entity, fact.item, fact.period, fact.definition)


def _change(fact: NewFact, present: tuple[str, str, float, str] | None) -> Change:
    if present is None:
        return Change(fact, "new")
    stated, status, value, id = present
    difference = fact.value - Decimal(repr(value))
    if difference and float(fact.value) == value:
        # The table has binary numbers: of digits beyond theirs only the ledger's own text says whether they differ.
        difference = fact.value - ledger.fact(id).value
    effect: Effect = "changed"
    if STATUSES.index(status) < STATUSES.index(fact.status):
        effect = "outranked"
    elif not difference:
        effect = "same"
    return Change(fact, effect, stated, status, difference)
