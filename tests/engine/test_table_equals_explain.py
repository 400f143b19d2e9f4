"""Two readings of every rule, written independently, agree on random cells (L1, L6)."""

from __future__ import annotations

import math
import random
from functools import cache

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import duheng.rules  # noqa: F401  # every rule registers its quantity
from duheng.engine import Books, Explanation, table
from duheng.model import all_quantities
from duheng.model.periods import parse

from .random_books import books

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]


@pytest.fixture(scope="module", params=range(4))
def random_books(request: pytest.FixtureRequest) -> Books:
    return books(request.param, gaps=0.0 if request.param < 2 else 0.05, computed=request.param % 2 == 0)


@cache
def explanation(of: Books, definition: str | None) -> Explanation:
    """One for all quantities: what they rest on is worked out once."""
    return Explanation(of, definition)


def agree(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("id", sorted(all_quantities()))
def test_table_equals_explain_on_random_cells(id: str, random_books: Books) -> None:
    quantity = all_quantities()[id]
    for definition in quantity.definitions or (None,):
        cells = table(quantity, random_books, definition)
        chosen = random.Random(id).sample(range(cells.height), k=min(12, cells.height))
        why = explanation(random_books, definition)
        for row in cells[chosen].iter_rows(named=True):
            step = why.step(quantity, (row["entity"], row.get("item"), parse(row["period"])))
            assert agree(row["value"], step.value), (row, step)


def test_random_books_reach_known_cells_of_most_quantities(random_books: Books) -> None:
    known = [id for id, q in all_quantities().items() if table(q, random_books)["value"].drop_nulls().len()]
    assert len(known) > len(all_quantities()) * 0.6


def test_the_order_in_which_facts_stand_changes_no_table(random_books: Books) -> None:
    of_one_together = random_books.facts.sort("quantity", maintain_order=True)
    mixed = random_books.facts.sort("entity", "period", maintain_order=True)
    assert len(mixed["quantity"].rle()) > 2 * mixed["quantity"].n_unique()
    one, other = (
        Books(facts, random_books.places, duties=random_books.duties) for facts in (of_one_together, mixed)
    )
    for id in ("fuel_use", "energy", "energy_intensity_decline", "town_sewage_plants"):
        left, right = (table(all_quantities()[id], here).sort(pl.all()) for here in (one, other))
        assert_frame_equal(left, right)
