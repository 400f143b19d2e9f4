"""Which open findings concern a number: what is doubted below it is doubted in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from duheng.assess.books import Opened
from duheng.assess.evidence import Cell, evidence
from duheng.assess.inbox import WAITING, Case

_YEAR = len("2023")
# That a better figure was preferred to another is no doubt about the one in use.
_NO_DOUBT = ("outranked",)


def open_cases(found: Iterable[Case]) -> list[Case]:
    """The findings that wait for somebody and question a figure in use."""
    return [one for one in found if one.state in WAITING and one.finding.code not in _NO_DOUBT]


def doubts(
    opened: Opened, cells: Sequence[Cell], found: Iterable[Case], facts: Iterable[str] = ()
) -> list[Case]:
    """The open findings about the cells themselves or about any fact that they rest on.

    facts: those below the cells where they are known already.
    """
    ids = [*facts] or list(evidence(opened, cells).facts)
    rows = opened.books.facts.filter(pl.col("fact").is_in(ids)).select("quantity", "entity", "item", "period")
    keys = {tuple(row) for row in rows.iter_rows()} | {
        (c.quantity, c.entity, c.item, c.period) for cell in cells for c in cell.years()
    }
    # A series is questioned by its year, also where it is stated by months.
    keys |= {(of, entity, item, period[:_YEAR]) for of, entity, item, period in keys}
    return [
        one
        for one in open_cases(found)
        if any((c.quantity, c.entity, c.item, c.period) in keys for c in one.flag.cells)
    ]
