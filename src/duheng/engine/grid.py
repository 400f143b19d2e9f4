"""The grid a quantity is computed on: every cell that facts can reach, each cell one integer.

A cell's number is (entity x periods + period) x items + item, by the places of their texts in the lists of the
grid; item 0 is none. Columns of values stand beside the ascending cells of an axis; NaN is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from duheng.model import glossary
from duheng.model.entities import Entity, Places
from duheng.model.periods import FINER, Period, parse

from .memory import once

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ENTITY, ITEM, PERIOD, DEFINITION = "entity", "item", "period", "definition"
ABSENT = -1


@dataclass(frozen=True, eq=False)
class Cells:
    """Numbers of cells of one grid."""

    cells: Ints
    shape: tuple[int, int, int]

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def codes(self) -> tuple[Ints, Ints, Ints]:
        """Entity, period and item of each cell."""
        entities, periods, items = np.unravel_index(self.cells, self.shape)
        return entities, periods, items


@dataclass(frozen=True, eq=False)
class Stated:
    """The facts of one quantity: their cells, values and definitions (place in the grid's list, 0 is none)."""

    cells: Cells
    values: Floats
    definitions: npt.NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Keys(Cells):
    """Cells in ascending order, without repetition; a column of values has one row a cell."""

    def rows(self, cells: Ints) -> Ints:
        """Row of each cell, ABSENT where it is none of these."""
        if not len(self.cells):
            return np.full(len(cells), ABSENT)
        row = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        return np.where(self.cells[row] == cells, row, ABSENT)

    def moved(self, periods: Ints) -> Ints:
        """The cells with each period replaced by its entry in the list; ABSENT where that is ABSENT."""
        _, period, _ = self.codes
        there = periods[period]
        return np.where(there == ABSENT, ABSENT, self.cells + (there - period) * self.shape[2])

    def column(self, rows: Ints, values: Floats) -> Floats:
        """A column with these values in these rows; the later of two wins, what is ABSENT is dropped."""
        found = np.full(len(self.cells) + 1, np.nan)
        found[rows] = values
        return found[:-1]


def taken(values: Floats, rows: Ints) -> Floats:
    """The values of these rows; unknown where the row is ABSENT."""
    return np.append(values, np.nan)[rows]


class Grid:
    """Codes of all texts in the books, the facts by quantity, and the keys of every axis."""

    def __init__(self, facts: pl.DataFrame, targets: pl.DataFrame, places: Places) -> None:
        self.places = places
        self._facts = facts
        self._targets = targets

    @cached_property
    def _codings(self) -> Mapping[str, pl.Categories]:
        """One coding for each column of texts, the same for facts and targets."""
        return {name: pl.Categories.random() for name in (ENTITY, ITEM, PERIOD, DEFINITION)}

    @cached_property
    def _coded(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Facts and targets with their texts in codes."""
        codes = [pl.col(name).cast(pl.Categorical(coding)) for name, coding in self._codings.items()]
        facts, targets = (frame.select("quantity", "value", *codes) for frame in (self._facts, self._targets))
        return facts, targets

    @cached_property
    def _texts(self) -> Mapping[str, list[str]]:
        """The texts of each column by code: in the order met."""
        assert self._coded  # a coding knows what was coded with it
        return {name: coding.to_series().to_list() for name, coding in self._codings.items()}

    @cached_property
    def entities(self) -> list[str]:
        """Entity ids by code: those stated, those that contain them, residuals beside them."""
        stated, places = self._texts[ENTITY], self.places
        above = {a.id: None for id in stated for a in places.ancestors(id)}
        residuals = {c.id: None for id in above for c in places.children(id) if c.residual}
        return list(dict.fromkeys([*stated, *above, *residuals]))

    @cached_property
    def dates(self) -> list[Period]:
        """Periods by code: those stated and the larger ones that contain them."""
        stated = [parse(text) for text in self._texts[PERIOD]]
        return list(dict.fromkeys([*stated, *(above for one in stated for above in containing(one))]))

    @cached_property
    def items(self) -> list[str | None]:
        """Item titles by code; the first is none."""
        return [None, *self._texts[ITEM]]

    @cached_property
    def definitions(self) -> list[str | None]:
        """Definitions by code; the first is none."""
        return [None, *self._texts[DEFINITION]]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of entities, periods and items."""
        return len(self.entities), len(self.dates), len(self.items)

    @cached_property
    def code_of_entity(self) -> Mapping[str, int]:
        """Entity id -> code."""
        return {id: code for code, id in enumerate(self.entities)}

    def periods(self, found: Iterable[Period | None]) -> Ints:
        """Codes of periods, ABSENT for those not in the grid."""
        return np.array([self._code_of_period.get(one, ABSENT) for one in found], dtype=np.int64)

    @cached_property
    def _code_of_period(self) -> Mapping[Period | None, int]:
        return {period: code for code, period in enumerate(self.dates)}

    @cached_property
    def stated(self) -> Mapping[str, Stated]:
        """Facts by quantity; quantities stated for the same cells share their array."""
        return self._by_quantity(self._coded[0])

    @cached_property
    def targets(self) -> Mapping[str, Stated]:
        """Facts of the plan's targets by quantity."""
        return self._by_quantity(self._coded[1])

    def _by_quantity(self, facts: pl.DataFrame) -> dict[str, Stated]:
        _, periods, items = self.shape
        entity, period = (pl.col(name).to_physical().cast(pl.Int64) for name in (ENTITY, PERIOD))
        # Nothing stated is code 0; what is, one more than its code.
        item, definition = ((pl.col(name).to_physical() + 1).fill_null(0) for name in (ITEM, DEFINITION))
        cell = ((entity * periods + period) * items + item).alias("cell")
        coded = facts.select("quantity", cell, "value", definition)
        shared: dict[tuple[int, ...], Cells] = {}
        found = {}
        for name, part in _by_name(coded, "quantity"):
            own = Cells(part["cell"].to_numpy(), self.shape)
            alike = shared.setdefault((len(own), *own.cells[[0, len(own) // 2, -1]].tolist()), own)
            if np.array_equal(alike.cells, own.cells):
                own = alike
            found[name] = Stated(own, part["value"].to_numpy(), part["definition"].to_numpy())
        return found

    @once
    def keys(self, axis: str | None) -> Keys:
        """The cells of an axis: the stated ones, closed upwards over time and places."""
        return Keys(self._closed(self._distinct(axis)), self.shape)

    def _distinct(self, axis: str | None) -> Ints:
        known = glossary.all_quantities()
        distinct = {
            one.cells
            for name, one in self.stated.items()
            if axis is None or (name in known and known[name].axis == axis)
        }
        cells = united(*(one.cells for one in distinct))
        item = cells % self.shape[2]
        return united(cells - item) if axis is None else cells[item > 0]

    def _closed(self, cells: Ints) -> Ints:
        """The cells with those of larger periods, of containing entities and of residuals beside these."""
        _, periods, items = self.shape
        larger = [self.periods(period.within(kind) for period in self.dates) for kind in FINER]
        stated = Keys(cells, self.shape)
        cells = united(cells, *(stated.moved(periods) for periods in larger))
        reached, step = cells, periods * items
        while len(reached):
            entity = reached // step
            above = self._above[entity]
            reached = united((reached + (above - entity) * step)[above != ABSENT])
            cells = united(cells, reached)
        for residual in self.residuals:
            whole, own = (self.code_of_entity[id] for id in (residual.contained_in or "", residual.id))
            cells = united(cells, cells[cells // step == whole] + (own - whole) * step)
        return cells

    @cached_property
    def _above(self) -> Ints:
        """Code of the entity that contains each entity, ABSENT for none."""
        found = [self.places.get(id) for id in self.entities]
        above = [e.contained_in if e and e.contained_in in self.places else None for e in found]
        codes = [ABSENT if id is None else self.code_of_entity.get(id, ABSENT) for id in above]
        return np.array(codes, dtype=np.int64)

    @cached_property
    def residuals(self) -> list[Entity]:
        """Residual entities in the grid whose parent is in it too."""
        found = [self.places.get(id) for id in self.entities]
        return [e for e in found if e and e.residual and e.contained_in in self.code_of_entity]

    @once
    def decoded(self, axis: str | None) -> pl.DataFrame:
        """The keys of an axis as texts: entity, (item), period."""
        entities, periods, items = self.keys(axis).codes
        columns = [_texts(ENTITY, self.entities, entities), _texts(ITEM, self.items, items)]
        columns.append(_texts(PERIOD, [str(date) for date in self.dates], periods))
        return pl.DataFrame(one for one in columns if axis or one.name != ITEM)


def containing(period: Period) -> list[Period]:
    """The quarter, half and year that contain a smaller period."""
    return [above for kind in FINER if (above := period.within(kind)) and above != period]


def occurring(codes: Ints) -> list[int]:
    """The codes that occur, ascending, each once."""
    # Codes are small: counting them takes a tenth of the time that a set of Python integers does.
    found: list[int] = np.flatnonzero(np.bincount(codes)).tolist()
    return found


def united(*cells: Ints) -> Ints:
    """The cells of all arrays, ascending, each once, without ABSENT ones."""
    # np.unique hashes, which takes many times as long where the arrays are sorted or nearly so.
    found = np.sort(np.concatenate([[ABSENT], *cells]).astype(np.int64), kind="stable")
    return found[1:][np.diff(found) > 0]


def _by_name(rows: pl.DataFrame, column: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of each name, in the order met. Where those of a name stand together they are cut out, not copied."""
    runs = rows[column].rle().struct.unnest()
    if runs["value"].n_unique() == len(runs):
        for name, length, end in runs.select(
            "value", "len", pl.col("len").cum_sum().alias("end")
        ).iter_rows():
            yield name, rows.slice(end - length, length)
        return
    for (name,), part in rows.partition_by(column, maintain_order=True, as_dict=True).items():
        yield name, part


def _texts(name: str, texts: Sequence[str | None], codes: Ints) -> pl.Series:
    return pl.Series(name, texts, pl.String).gather(codes)
