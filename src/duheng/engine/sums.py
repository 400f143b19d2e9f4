"""Totals in which every expected member must be known (L1): over items, months, members, time and places."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from duheng.model.entities import Entity
from duheng.model.glossary import Quantity
from duheng.model.periods import Kind
from duheng.model.rule import rests_on

from .grid import ABSENT, Floats, Grid, Ints, Keys
from .members import Members

_STEPS: tuple[tuple[Kind, Kind], ...] = (("quarter", "month"), ("half", "quarter"), ("year", "half"))
_ALL_OVER_MONTHS: tuple[Kind, ...] = ("month", "quarter", "half", "year")


@dataclass(frozen=True, slots=True)
class Lift:
    """Which rows add up into which: those from starts[n] on into into[n]. Only what is complete is listed."""

    rows: Ints
    starts: Ints
    into: Ints
    size: int

    @staticmethod
    def of(rows: Ints, into: Ints, due: Ints) -> Lift:
        """rows[n] goes into into[n] (ABSENT: nowhere); due: members each row waits for, 0 for no sum."""
        rows, into = rows[into != ABSENT], into[into != ABSENT]
        complete = (due > 0) & (np.bincount(into, minlength=len(due)) == due)
        rows, into = rows[complete[into]], into[complete[into]]
        order = np.argsort(into, kind="stable")
        starts = np.flatnonzero(np.diff(into[order], prepend=ABSENT))
        return Lift(rows[order], starts, into[order][starts], len(due))

    def sums(self, values: Floats) -> Floats:
        """The sums; unknown unless every member that is due is known (L1)."""
        found = np.full(self.size, np.nan)
        if len(self.starts):
            found[self.into] = np.add.reduceat(values[self.rows], self.starts)
        return found

    def filling(self, values: Floats) -> Floats:
        """The values, the unknown ones replaced by their sums."""
        return filled(values, self.sums(values)) if len(self.starts) else values


def filled(values: Floats, more: Floats) -> Floats:
    """The values, the unknown ones replaced by others."""
    return np.where(np.isnan(values), more, values)


class Sums:
    """Totals over one grid. Which rows add up into which is worked out once for all quantities that share it."""

    def __init__(self, members: Members, grid: Grid) -> None:
        self.members = members
        self.grid = grid
        self._lifts: dict[Hashable, Lift] = {}
        self._levels: dict[int, list[dict[str, list[Entity]]]] = {}

    @cached_property
    def _containers(self) -> list[str]:
        return [id for id in self.grid.entities if id in self.grid.places.containers]

    def over_items(self, axis: str, values: Floats, resting_on: frozenset[str]) -> Floats:
        """Sum over the items of an axis, on the axis-free keys; unknown unless every expected item is known.

        An item that is not expected counts where it is known.
        """
        expected = self.members.items(resting_on)
        keys, base = self.grid.keys(axis), self.grid.keys(None)
        _, _, items = keys.codes
        extra = ~np.isin(items, [self.grid.items.index(i) for i in expected if i in self.grid.items])
        name = ("items", axis, expected)
        if name not in self._lifts:
            into = base.rows(keys.cells - items)
            due = np.bincount(into[extra], minlength=len(base)) + len(expected) if expected else 0
            self._lifts[name] = Lift.of(np.arange(len(keys)), into, due * np.ones(len(base), np.int64))
        return self._lifts[name].sums(np.where(extra & np.isnan(values), 0, values))

    def over_months(self, axis: str | None, values: Floats) -> Floats:
        """Sum over the months of a longer period."""
        return self._over_parts(axis, _ALL_OVER_MONTHS, "month", last=False).sums(values)

    def over_children(self, axis: str | None, values: Floats, resting_on: frozenset[str]) -> Floats:
        """Sum over each entity's expected children, those valid in the period."""
        members = {id: self.members.children(resting_on, id) for id in self._containers}
        name = ("children", id(self.members.obliged(resting_on)))
        return self._over_entities(name, axis, members).sums(values)

    def over_kind(self, axis: str | None, values: Floats, kind: str) -> Floats:
        """Sum over all descendants of a kind, those valid in the period."""
        members = {id: self.members.descendants(id, kind) for id in self._containers}
        return self._over_entities(("kind", kind), axis, members).sums(values)

    def over_time(self, of: Quantity, values: Floats) -> Floats:
        """The values, with longer periods filled from their parts as the quantity adds over time."""
        kinds = {period.kind for period in self.grid.dates}
        for larger, smaller in _STEPS if of.over_time != "none" else ():
            if {larger, smaller} <= kinds:
                parts = self._over_parts(of.axis, (larger,), smaller, last=of.over_time == "last")
                values = parts.filling(values)
        return values

    def over_places(self, of: Quantity, values: Floats) -> Floats:
        """The values, with containing entities filled from their expected children, residuals from the rest."""
        if of.over_place != "sum":
            return values
        resting_on = rests_on(of)
        obliged = id(self.members.obliged(resting_on))
        if obliged not in self._levels:
            self._levels[obliged] = self._by_depth(resting_on)
        for depth, members in enumerate(self._levels[obliged]):
            values = self._over_entities((obliged, depth), of.axis, members).filling(values)
        for residual in self.grid.residuals:
            outside = {residual.id: self.members.outside(residual.contained_in or "")}
            whole = {residual.id: [self.grid.places.find(residual.contained_in or "")]}
            rest = self._over_entities(("outside", residual.id), of.axis, outside)
            all_of_it = self._over_entities(("whole", residual.id), of.axis, whole)
            values = filled(values, all_of_it.sums(values) - rest.sums(values))
        return values

    def _by_depth(self, resting_on: frozenset[str]) -> list[dict[str, list[Entity]]]:
        """Expected children by parent, the lowest parents first: what they sum to is there for the next."""
        levels: dict[int, dict[str, list[Entity]]] = {}
        for container in self._containers:
            if expected := self.members.children(resting_on, container):
                levels.setdefault(len(self.grid.places.ancestors(container)), {})[container] = expected
        return [levels[depth] for depth in sorted(levels, reverse=True)]

    def _over_entities(
        self, name: Hashable, axis: str | None, members: Mapping[str, Sequence[Entity]]
    ) -> Lift:
        if (name, axis) not in self._lifts:
            self._lifts[name, axis] = self._entity_lift(self.grid.keys(axis), members)
        return self._lifts[name, axis]

    def _entity_lift(self, keys: Keys, members: Mapping[str, Sequence[Entity]]) -> Lift:
        """Members valid in a period add up into their entity."""
        code, (entities, periods, items) = self.grid.code_of_entity, self.grid.shape
        pairs = [(code[id], code.get(m.id, ABSENT), m) for id, some in members.items() for m in some]
        whole = np.array([into for into, _, _ in pairs], np.int64)
        part = np.array([own for _, own, _ in pairs], np.int64)
        valid = self._valid([member for _, _, member in pairs])
        due = np.zeros((entities, periods), np.int64)
        np.add.at(due, whole, valid)
        entity, period, _ = keys.codes
        first, last = (np.searchsorted(entity, part, side) for side in ("left", "right"))
        pair = np.repeat(np.arange(len(pairs)), last - first)
        before = np.cumsum(last - first) - (last - first)
        row = np.arange(len(pair)) + (first - before)[pair]
        row, pair = (numbers[valid[pair, period[row]]] for numbers in (row, pair))
        into = keys.rows(keys.cells[row] + (whole - part)[pair] * periods * items)
        return Lift.of(row, into, due[entity, period])

    def _valid(self, members: Sequence[Entity]) -> npt.NDArray[np.bool_]:
        """Whether each member (row) existed in each period (column)."""
        spans = {(m.since, m.until): m for m in members}
        known = {
            span: [one.valid(date.start, date.end) for date in self.grid.dates] for span, one in spans.items()
        }
        return np.array([known[m.since, m.until] for m in members], bool).reshape(-1, len(self.grid.dates))

    def _over_parts(self, axis: str | None, larger: Sequence[Kind], smaller: Kind, *, last: bool) -> Lift:
        """Parts of one kind add up into the larger periods; of a stock only the last part counts."""
        name = (larger, smaller, last, axis)
        if name not in self._lifts:
            keys, dates = self.grid.keys(axis), self.grid.dates
            rows, into = [], []
            for kind in larger:
                whole = [date.within(kind) if date.kind == smaller else None for date in dates]
                counted = [
                    w if w and (w.end == d.end or not last) else None
                    for w, d in zip(whole, dates, strict=True)
                ]
                rows.append(np.arange(len(keys)))
                into.append(keys.rows(keys.moved(self.grid.periods(counted))))
            due = [(1 if last else len(d.parts(smaller))) if d.kind in larger else 0 for d in dates]
            due_of_row = np.array(due, np.int64)[keys.codes[1]]
            self._lifts[name] = Lift.of(np.concatenate(rows), np.concatenate(into), due_of_row)
        return self._lifts[name]
