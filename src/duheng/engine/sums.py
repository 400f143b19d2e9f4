"""Totals in which every expected member must be known (L1): over items, months, members, time and places."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from duheng.model.entities import Entity
from duheng.model.glossary import Quantity
from duheng.model.rule import rests_on

from .books import ENTITY, PERIOD, Books
from .grid import Grid, Keys

_STEPS = (("quarter", "month"), ("half", "quarter"), ("year", "half"))


@dataclass(frozen=True, slots=True)
class Lift:
    """Which rows of the keys add up into which: rows[n] goes into into[n]; due: members a row waits for, 0 for none.

    Members that the keys do not hold are due all the same.
    """

    rows: np.ndarray[Any, np.dtype[np.int64]]
    into: np.ndarray[Any, np.dtype[np.int64]]
    due: np.ndarray[Any, np.dtype[np.int64]]

    def of(self, values: pl.Series) -> pl.Series:
        """The sums; null unless every member that is due is known (L1)."""
        stated = values.to_numpy()[self.rows]
        known = ~np.isnan(stated)
        into, size = self.into[known], len(self.due)
        sums = np.bincount(into, weights=stated[known], minlength=size)
        counts = np.bincount(into, minlength=size)
        complete = (self.due > 0) & (counts == self.due)
        return pl.Series(values.name, np.where(complete, sums, np.nan), pl.Float64).fill_nan(None)


class Sums:
    """Totals over one grid. Which rows add up into which is worked out once for all quantities that share it."""

    def __init__(self, books: Books, grid: Grid) -> None:
        self.books = books
        self.grid = grid
        self._lifts: dict[Hashable, Lift] = {}
        self._levels: dict[int, list[dict[str, list[Entity]]]] = {}

    @cached_property
    def _containers(self) -> list[str]:
        return [id for id in self.grid.entities if id in self.books.places.containers]

    def over_items(self, keys: Keys, values: pl.Series, resting_on: frozenset[str]) -> pl.Series:
        """Sum over the items of an axis, on the axis-free keys; unknown unless every expected item is known.

        An item that is not expected counts where it is known.
        """
        expected = self.books.members.items(resting_on)
        base = self.grid.keys(None).frame
        if not expected or not set(expected) <= set(self.grid.items):
            return pl.repeat(None, base.height, dtype=pl.Float64, eager=True)
        total = pl.lit(0.0)
        parts = {}
        for item, rows in self.grid.item_rows(keys).items():
            parts[item] = values.gather(rows)
            total += pl.col(item) if item in expected else pl.col(item).fill_null(0.0)
        return pl.DataFrame(parts).select(total)["literal"] if parts else pl.Series([None], dtype=pl.Float64)

    def over_months(self, keys: Keys, values: pl.Series) -> pl.Series:
        """Sum over the months of a longer period."""
        return self._over_parts(keys, values, ("month", "quarter", "half", "year"), "month", last=False)

    def over_children(self, keys: Keys, values: pl.Series, resting_on: frozenset[str]) -> pl.Series:
        """Sum over each entity's expected children, those valid in the period."""
        obliged = self.books.members.obliged(resting_on)
        members = {id: self.books.members.children(resting_on, id) for id in self._containers}
        return self._over_entities(("children", id(obliged)), keys, values, members)

    def over_kind(self, keys: Keys, values: pl.Series, kind: str) -> pl.Series:
        """Sum over all descendants of a kind, those valid in the period."""
        members = {id: self.books.members.descendants(id, kind) for id in self._containers}
        return self._over_entities(("kind", kind), keys, values, members)

    def over_time(self, of: Quantity, keys: Keys, values: pl.Series) -> pl.Series:
        """The values, with longer periods filled from their parts as the quantity adds over time."""
        kinds = {period.kind for period in self.grid.dates}
        if of.over_time == "none" or len(kinds) == 1:
            return values
        for larger, smaller in _STEPS:
            if {larger, smaller} <= kinds:
                parts = self._over_parts(keys, values, (larger,), smaller, last=of.over_time == "last")
                values = _filled(values, parts)
        return values

    def over_places(self, of: Quantity, keys: Keys, values: pl.Series) -> pl.Series:
        """The values, with containing entities filled from their expected children, residuals from the rest."""
        if of.over_place != "sum" or not self._containers:
            return values
        resting_on = rests_on(of)
        obliged = self.books.members.obliged(resting_on)
        if id(obliged) not in self._levels:
            self._levels[id(obliged)] = self._by_depth(resting_on)
        for depth, members in enumerate(self._levels[id(obliged)]):
            values = _filled(values, self._over_entities((id(obliged), depth), keys, values, members))
        return self._residuals(keys, values)

    def _by_depth(self, resting_on: frozenset[str]) -> list[dict[str, list[Entity]]]:
        """Expected children by parent, the lowest parents first: what they sum to is there for the next."""
        levels: dict[int, dict[str, list[Entity]]] = {}
        for container in self._containers:
            if expected := self.books.members.children(resting_on, container):
                levels.setdefault(len(self.books.places.ancestors(container)), {})[container] = expected
        return [levels[depth] for depth in sorted(levels, reverse=True)]

    def _residuals(self, keys: Keys, values: pl.Series) -> pl.Series:
        for residual in self.grid.residuals:
            outside = {residual.id: self.books.members.outside(residual.contained_in)}
            whole = {residual.id: [self.books.places.find(residual.contained_in)]}
            rest = self._over_entities(("outside", residual.id), keys, values, outside)
            all_of_it = self._over_entities(("whole", residual.id), keys, values, whole)
            values = _filled(values, all_of_it - rest)
        return values

    def _over_entities(
        self, name: Hashable, keys: Keys, values: pl.Series, members: dict[str, list[Entity]]
    ) -> pl.Series:
        if (name, keys.axis) not in self._lifts:
            self._lifts[name, keys.axis] = self._entity_lift(keys, members)
        return self._lifts[name, keys.axis].of(values)

    def _entity_lift(self, keys: Keys, members: dict[str, list[Entity]]) -> Lift:
        """Members valid in a period add up into their entity; entities without dates are valid in all."""
        code = self.grid.code(ENTITY)
        rows: list[tuple[int, int, int]] = []
        dues: list[tuple[int, int, int]] = []
        for number, period in enumerate(self.grid.dates):
            for id, expected in members.items():
                valid = [m for m in expected if m.valid(period.start, period.end)]
                dues.append((code[id], number, len(valid)))
                rows += [(code[m.id], code[id], number) for m in valid if m.id in code]
        pairs = _codes(rows, ENTITY, "into", PERIOD)
        due = _codes(dues, ENTITY, PERIOD, "due")
        return self._lift(keys, pairs, [ENTITY, PERIOD], ENTITY, due)

    def _over_parts(
        self, keys: Keys, values: pl.Series, larger: tuple[str, ...], smaller: str, *, last: bool
    ) -> pl.Series:
        name = (larger, smaller, last, keys.axis)
        if name not in self._lifts:
            code = self.grid.code(PERIOD)
            rows, dues = [], []
            for number, period in enumerate(self.grid.dates):
                if period.kind in larger:
                    parts = [str(part) for part in period.parts(smaller)]  # type: ignore[arg-type]
                    wanted = parts[-1:] if last else parts
                    rows += [(code[part], number) for part in wanted if part in code]
                    dues.append((number, len(wanted)))
            pairs, due = _codes(rows, PERIOD, "into"), _codes(dues, PERIOD, "due")
            self._lifts[name] = self._lift(keys, pairs, [PERIOD], PERIOD, due)
        return self._lifts[name].of(values)

    def _lift(self, keys: Keys, pairs: pl.DataFrame, on: list[str], moved: str, due: pl.DataFrame) -> Lift:
        numbered = keys.frame.with_row_index("row")
        sources = numbered.join(pairs, on=on).drop(moved).rename({"into": moved})
        targets = numbered.rename({"row": "target"})
        found = sources.join(targets, on=keys.names)
        waits = keys.frame.join(due, on=on, how="left", maintain_order="left")["due"].fill_null(0)
        return Lift(
            found["row"].to_numpy().astype(np.int64),
            found["target"].to_numpy().astype(np.int64),
            waits.to_numpy().astype(np.int64),
        )


def _codes(rows: Sequence[tuple[int, ...]], *names: str) -> pl.DataFrame:
    return pl.DataFrame(rows, dict.fromkeys(names, pl.UInt32), orient="row")


def _filled(values: pl.Series, more: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(values, more)).to_series()
