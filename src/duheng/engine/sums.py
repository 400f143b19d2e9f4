"""Totals in which every expected member must be known (L1): over items, months, members, time and places."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import polars as pl

from duheng.model.entities import Entity
from duheng.model.glossary import Quantity
from duheng.model.rule import rests_on

from .books import ENTITY, PERIOD, Books
from .grid import Grid, Keys, pairs_frame

_STEPS = (("quarter", "month"), ("half", "quarter"), ("year", "half"))


class Sums:
    """Totals over one grid."""

    def __init__(self, books: Books, grid: Grid) -> None:
        self.books = books
        self.grid = grid

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

    def over_members(
        self, keys: Keys, values: pl.Series, members: Callable[[str], Iterable[Entity]]
    ) -> pl.Series:
        """Sum over each entity's expected members, those valid in the period."""
        expected = {id: list(members(id)) for id in self._containers}
        return self._over_entities(keys, values, {id: found for id, found in expected.items() if found})

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
        if of.over_place != "sum" or not len(self.books.places):
            return values
        resting_on = rests_on(of)
        by_depth: dict[int, dict[str, list[Entity]]] = {}
        for id in self._containers:
            if expected := self.books.members.children(resting_on, id):
                by_depth.setdefault(len(self.books.places.ancestors(id)), {})[id] = expected
        for depth in sorted(by_depth, reverse=True):
            values = _filled(values, self._over_entities(keys, values, by_depth[depth]))
        return self._residuals(keys, values)

    def _residuals(self, keys: Keys, values: pl.Series) -> pl.Series:
        for residual in self.grid.residuals:
            outside = self.books.members.outside(residual.contained_in)
            rest = self._over_entities(keys, values, {residual.id: outside})
            whole = self._over_entities(
                keys, values, {residual.id: [self.books.places.find(residual.contained_in)]}
            )
            values = _filled(values, whole - rest)
        return values

    def _over_entities(self, keys: Keys, values: pl.Series, expected: dict[str, list[Entity]]) -> pl.Series:
        code = self.grid.code(ENTITY)
        rows = [(code[m.id], code[id]) for id, members in expected.items() for m in members if m.id in code]
        pairs = pairs_frame(rows, ENTITY, "into")
        bounded = any(m.since or m.until for members in expected.values() for m in members)
        if bounded:
            counts = [
                (code[id], number, sum(m.valid(period.start, period.end) for m in members))
                for id, members in expected.items()
                for number, period in enumerate(self.grid.dates)
            ]
            valid = self._valid(pairs)
            due = pl.DataFrame(counts, {"into": pl.UInt32, PERIOD: pl.UInt32, "due": pl.UInt32}, orient="row")
            on = ["into", PERIOD]
        else:
            valid = pairs
            due = pl.DataFrame(
                [(code[id], len(m)) for id, m in expected.items()],
                {"into": pl.UInt32, "due": pl.UInt32},
                orient="row",
            )
            on = ["into"]
        stated = keys.frame.with_columns(value=values).filter(pl.col("value").is_not_null())
        joined = stated.join(valid, on=[ENTITY, PERIOD] if bounded else [ENTITY])
        others = [name for name in keys.names if name != ENTITY]
        sums = joined.group_by("into", *others).agg(pl.col("value").sum(), pl.len().alias("known"))
        return self._complete(keys, sums.join(due, on=on).rename({"into": ENTITY}))

    def _valid(self, pairs: pl.DataFrame) -> pl.DataFrame:
        places, entities = self.books.places, self.grid.entities
        rows = [
            (member, into, number)
            for member, into in pairs.iter_rows()
            for number, period in enumerate(self.grid.dates)
            if (entity := places.get(entities[member])) and entity.valid(period.start, period.end)
        ]
        return pl.DataFrame(rows, {ENTITY: pl.UInt32, "into": pl.UInt32, PERIOD: pl.UInt32}, orient="row")

    def _over_parts(
        self, keys: Keys, values: pl.Series, larger: tuple[str, ...], smaller: str, *, last: bool
    ) -> pl.Series:
        code = self.grid.code(PERIOD)
        rows, dues = [], []
        for number, period in enumerate(self.grid.dates):
            if period.kind in larger:
                parts = [str(part) for part in period.parts(smaller)]  # type: ignore[arg-type]
                wanted = parts[-1:] if last else parts
                rows += [(code[part], number) for part in wanted if part in code]
                dues.append((number, len(wanted)))
        due = pairs_frame(dues, "into", "due")
        stated = keys.frame.with_columns(value=values).filter(pl.col("value").is_not_null())
        joined = stated.join(pairs_frame(rows, PERIOD, "into"), on=PERIOD)
        others = [name for name in keys.names if name != PERIOD]
        sums = joined.group_by("into", *others).agg(pl.col("value").sum(), pl.len().alias("known"))
        return self._complete(keys, sums.join(due, on="into").rename({"into": PERIOD}))

    def _complete(self, keys: Keys, sums: pl.DataFrame) -> pl.Series:
        complete = sums.filter(pl.col("known") == pl.col("due")).select(*keys.names, "value")
        return keys.frame.join(complete, on=keys.names, how="left", maintain_order="left")["value"]


def _filled(values: pl.Series, more: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(values, more)).to_series()
