"""Totals in which every expected member must be known (L1): over items, months, members, time and places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from duheng.model.entities import Entity
from duheng.model.glossary import Quantity
from duheng.model.periods import FINER, Kind
from duheng.model.rule import rests_on

from .grid import ABSENT, Floats, Grid, Ints
from .members import Members, Obliged
from .memory import once


@dataclass(frozen=True, slots=True)
class Lift:
    """Which rows add up into which: those from starts[n] on into into[n]. Only what is complete is listed.

    loose: into which of these goes what is known, though nobody waits for it.
    """

    rows: Ints
    starts: Ints
    into: Ints
    size: int
    loose: npt.NDArray[np.bool_] | None

    @staticmethod
    def of(rows: Ints, into: Ints, due: Ints, loose: npt.NDArray[np.bool_] | None = None) -> Lift:
        """rows[n] goes into into[n] (ABSENT: nowhere); due: members each row waits for, 0 for no sum."""
        rows, into = rows[into != ABSENT], into[into != ABSENT]
        complete = (due > 0) & (np.bincount(into, minlength=len(due)) == due)
        if loose is not None:
            complete |= loose
        rows, into = rows[complete[into]], into[complete[into]]
        order = np.argsort(into, kind="stable")
        starts = np.flatnonzero(np.diff(into[order], prepend=ABSENT))
        sums = into[order][starts]
        return Lift(rows[order], starts, sums, len(due), None if loose is None else loose[sums])

    def sums(self, values: Floats) -> Floats:
        """The sums; unknown unless every member that is due is known (L1)."""
        found = np.full(self.size, np.nan)
        if len(self.starts):
            members = values[self.rows]
            found[self.into] = np.add.reduceat(members, self.starts)
            if self.loose is not None:
                known = np.add.reduceat(~np.isnan(members), self.starts, dtype=np.int64) > 0
                loose = np.add.reduceat(np.nan_to_num(members), self.starts)
                found[self.into[self.loose & known]] = loose[self.loose & known]
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

    @cached_property
    def _containers(self) -> list[str]:
        return [id for id in self.grid.entities if id in self.grid.places.containers]

    def over_items(self, axis: str, values: Floats, resting_on: frozenset[str]) -> Floats:
        """Sum over the items of an axis, on the axis-free keys; unknown unless every expected item is known.

        An item that is not expected counts where it is known.
        """
        lift, extra = self._of_items(axis, self.members.items(resting_on))
        return lift.sums(np.where(extra & np.isnan(values), 0, values))

    @once
    def _of_items(self, axis: str, expected: tuple[str, ...]) -> tuple[Lift, npt.NDArray[np.bool_]]:
        """The items' sum, and in which rows stands an item that is not expected."""
        keys, base = self.grid.keys(axis), self.grid.keys(None)
        _, _, items = keys.codes
        extra = ~np.isin(items, [code for code, item in enumerate(self.grid.items) if item in expected])
        into = base.rows(keys.cells - items)
        due = np.bincount(into[extra], minlength=len(base)) + len(expected)
        return Lift.of(np.arange(len(keys)), into, due if expected else due * 0), extra

    def over_months(self, axis: str | None, values: Floats) -> Floats:
        """Sum over the months of a longer period."""
        return self._of_parts(axis, ("month", *FINER), "month", False).sums(values)

    def over_children(self, axis: str | None, values: Floats, resting_on: frozenset[str]) -> Floats:
        """Sum over each entity's expected children, those valid in the period."""
        return self._of_children(axis, self.members.obliged(resting_on)).sums(values)

    @once
    def _of_children(self, axis: str | None, obliged: Obliged) -> Lift:
        return self._of_members(axis, {id: self.members.expected(obliged, id) for id in self._containers})

    @once
    def of_kind(self, axis: str | None, kind: str) -> Lift:
        """All descendants of a kind, those valid in the period."""
        return self._of_members(axis, {id: self.members.descendants(id, kind) for id in self._containers})

    def over_time(self, of: Quantity, values: Floats) -> Floats:
        """The values, with longer periods filled from their parts as the quantity adds over time."""
        kinds = {period.kind for period in self.grid.dates}
        for larger, smaller in FINER.items() if of.over_time != "none" else ():
            if {larger, smaller} <= kinds:
                values = self._of_parts(of.axis, (larger,), smaller, of.over_time == "last").filling(values)
        return values

    def over_places(self, of: Quantity, values: Floats) -> Floats:
        """The values, with containing entities filled from their expected children, residuals from the rest."""
        if of.over_place != "sum":
            return values
        resting_on = rests_on(of)
        beside = self.members.beside(resting_on) if of.axis else ()
        for level in self._levels(of.axis, self.members.obliged(resting_on), beside):
            values = level.filling(values)
        for whole, outside in self._residuals(of.axis):
            values = filled(values, whole.sums(values) - outside.sums(values))
        return values

    @once
    def _levels(self, axis: str | None, obliged: Obliged, beside: tuple[str, ...]) -> list[Lift]:
        """Expected children by parent, the lowest parents first: what they sum to is there for the next.

        beside: items that no duty names, so that nobody is waited for.
        """
        levels: dict[int, dict[str, list[Entity]]] = {}
        for container in self._containers:
            if expected := self.members.expected(obliged, container):
                levels.setdefault(len(self.grid.places.ancestors(container)), {})[container] = expected
        return [self._of_members(axis, levels[depth], beside) for depth in sorted(levels, reverse=True)]

    @once
    def _residuals(self, axis: str | None) -> list[tuple[Lift, Lift]]:
        """For each residual entity the whole that it is a part of, and the other parts."""
        places = self.grid.places
        return [
            (
                self._of_members(axis, {residual.id: [places.find(residual.contained_in or "")]}),
                self._of_members(axis, {residual.id: self.members.outside(residual.contained_in or "")}),
            )
            for residual in self.grid.residuals
        ]

    def _of_members(
        self, axis: str | None, members: Mapping[str, Sequence[Entity]], beside: tuple[str, ...] = ()
    ) -> Lift:
        """Members valid in a period add up into their entity; of an item beside the duties, those that are known."""
        keys, code, (_, periods, items) = self.grid.keys(axis), self.grid.code_of_entity, self.grid.shape
        pairs = [(code[id], code.get(m.id, ABSENT), m) for id, some in members.items() for m in some]
        whole = np.array([into for into, _, _ in pairs], np.int64)
        part = np.array([own for _, own, _ in pairs], np.int64)
        valid = self._valid([member for _, _, member in pairs])
        entity, period, item = keys.codes
        codes = [number for number, name in enumerate(self.grid.items) if name in beside]
        loose = np.isin(item, codes) if codes else None
        first, last = (np.searchsorted(entity, part, side) for side in ("left", "right"))
        pair = np.repeat(np.arange(len(pairs)), last - first)
        before = np.cumsum(last - first) - (last - first)
        row = np.arange(len(pair)) + (first - before)[pair]
        row, pair = (numbers[valid[pair, period[row]]] for numbers in (row, pair))
        into = keys.rows(keys.cells[row] + (whole - part)[pair] * periods * items)
        return Lift.of(row, into, self._due(whole, valid)[entity, period], loose)

    def _due(self, whole: Ints, valid: npt.NDArray[np.bool_]) -> Ints:
        """How many members each entity (row) waits for in each period (column)."""
        entities, periods, _ = self.grid.shape
        due = np.zeros((entities, periods), np.int64)
        np.add.at(due, whole, valid)
        return due

    def _valid(self, members: Sequence[Entity]) -> npt.NDArray[np.bool_]:
        """Whether each member (row) existed in each period (column)."""
        dates = self.grid.dates
        spans = {(m.since, m.until): m for m in members}
        known = {span: [one.valid(date.start, date.end) for date in dates] for span, one in spans.items()}
        return np.array([known[m.since, m.until] for m in members], bool).reshape(-1, len(dates))

    @once
    def _of_parts(self, axis: str | None, larger: tuple[Kind, ...], smaller: Kind, last: bool) -> Lift:
        """Parts of one kind add up into the larger periods; of a stock only the last part counts."""
        keys, dates = self.grid.keys(axis), self.grid.dates
        into = []
        for kind in larger:
            whole = [date.within(kind) if date.kind == smaller else None for date in dates]
            counted = [
                w if w and (w.end == d.end or not last) else None for w, d in zip(whole, dates, strict=True)
            ]
            into.append(keys.rows(keys.moved(self.grid.periods(counted))))
        due = [(1 if last else len(d.parts(smaller))) if d.kind in larger else 0 for d in dates]
        rows = np.tile(np.arange(len(keys)), len(larger))
        return Lift.of(rows, np.concatenate(into), np.array(due, np.int64)[keys.codes[1]])
