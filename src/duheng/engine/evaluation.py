"""All cells of a quantity at once, in columns beside the grid's keys."""

from __future__ import annotations

from itertools import product
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from duheng.model.glossary import Quantity
from duheng.model.parameters import Parameter
from duheng.model.references import (
    CHILDREN,
    MONTHS,
    TARGET,
    At,
    Linked,
    Moment,
    Only,
    Reference,
    Total,
    Under,
)
from duheng.model.rule import Rule, Wording, rests_on

from .books import Books
from .columns import PolarsColumns
from .grid import ABSENT, Cells, Floats, Ints, Keys, taken, united
from .memory import once
from .sums import Sums, filled


class Evaluation:
    """Columns of one set of books, each computed once; NaN is unknown."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.grid = books.grid
        self.sums = Sums(books.members, self.grid)

    def column(self, of: Reference, axis: str | None, definition: str | None) -> Floats:
        """Values of a reference, one a row of the keys of an axis."""
        own = of.axis
        match of:
            case Parameter():
                return self._parameter(of, axis)
            case Quantity():
                values = self.quantity(of, definition)
            case At(of=inner, moment=moment) if moment is TARGET:
                values = self._target(inner, own)
            case At(of=inner, moment=moment):
                values = taken(self.column(inner, own, definition), self._moved_rows(own, moment))
            case Total():
                values = self._total(of, own, definition)
            case Under(of=inner, definition=meant):
                values = self.column(inner, own, meant)
            case Linked():
                values = self._linked(of, own, definition)
            case Only(of=inner, item=item):
                values = taken(self.column(inner, inner.axis, definition), self._item_rows(inner.axis, item))
        return values if own == axis else values[self._base_rows(axis)]

    @once
    def quantity(self, of: Quantity, definition: str | None) -> Floats:
        """Values over the quantity's own keys: stated, else computed, else summed from parts and children.

        Of a published rule what is stated is summed first: a computed whole never stands beside its stated parts.
        """
        values = self._stated(of, definition)
        if isinstance(of, Rule):
            values = self._summed(of, values) if of.published else values
            values = filled(values, self._computed(of, definition))
        return self._summed(of, values)

    def _summed(self, of: Quantity, values: Floats) -> Floats:
        return self.sums.over_places(of, self.sums.over_time(of, values))

    def _stated(self, of: Quantity, definition: str | None) -> Floats:
        keys = self.grid.keys(of.axis)
        facts = self.grid.stated.get(of.id)
        if facts is None:
            return np.full(len(keys), np.nan)
        rows = self._stated_rows(facts.cells, of.axis)
        meant = self.books.meant(of, definition)
        if meant is None:
            return keys.column(rows, facts.values)
        values = keys.column(rows[facts.definitions == 0], facts.values[facts.definitions == 0])
        if meant in self.grid.definitions:
            named = facts.definitions == self.grid.definitions.index(meant)
            values = filled(keys.column(rows[named], facts.values[named]), values)
        return values

    @once
    def _stated_rows(self, cells: Cells, axis: str | None) -> Ints:
        """Row of each stated cell; most quantities are stated for the same cells."""
        return self.grid.keys(axis).rows(cells.cells)

    def _target(self, of: Reference, axis: str | None) -> Floats:
        keys = self.grid.keys(axis)
        facts = self.grid.targets.get(of.id)
        if facts is None:
            return np.full(len(keys), np.nan)
        there = Keys(united(facts.cells.cells), keys.shape)
        stated = there.column(there.rows(facts.cells.cells), facts.values)
        return taken(stated, there.rows(keys.moved(self._moved_periods(TARGET))))

    def _computed(self, of: Rule, definition: str | None) -> Floats:
        """Each row by the wording in force for its place and date."""
        meant = self.books.meant(of, definition)
        entity, period, _ = self.grid.keys(of.axis).codes
        laws, law = self._laws(max(len(w.where) for w in of.wordings))
        in_force = [of.wording(date.end, code, meant) for code, date in product(laws, self.grid.dates)]
        chosen = list(dict.fromkeys(wording for wording in in_force if wording))
        if len(chosen) == 1 and None not in in_force:
            return self._worded(chosen[0], of.axis, definition)
        number = np.array([chosen.index(wording) if wording else -1 for wording in in_force], np.int64)
        choice = number[law[entity] * len(self.grid.dates) + period]
        result = np.full(len(entity), np.nan)
        for place, wording in enumerate(chosen):
            result = np.where(choice == place, self._worded(wording, of.axis, definition), result)
        return result

    def _worded(self, wording: Wording, axis: str | None, definition: str | None) -> Floats:
        inputs = {name: self.column(ref, axis, definition) for name, ref in wording.inputs.items()}
        inputs |= {name: self._taken(wording, name, axis, inputs[name]) for name in wording.rounded}
        columns = [pl.Series(name, values, nan_to_null=True) for name, values in inputs.items()]
        result = wording.result(PolarsColumns(), {name: pl.col(name) for name in inputs})
        values = pl.DataFrame(columns).select(result.cast(pl.Float64).alias("value"))["value"].to_numpy()
        return values if inputs else np.full(len(self.grid.keys(axis)), values[0])

    def _taken(self, wording: Wording, name: str, axis: str | None, values: Floats) -> Floats:
        """An input as the wording's formula takes it: with the digits that the text keeps of it."""
        items = (self.grid.items[code] for code in self.grid.keys(axis).codes[2])
        cells = zip(items, values.tolist(), strict=True)
        return np.array([wording.taken(name, item, value) for item, value in cells], np.float64)

    @once
    def _parameter(self, of: Parameter, axis: str | None) -> Floats:
        parameter = self.books.parameters.get(of.id)
        entity, period, item = self.grid.keys(axis).codes
        items = self.grid.items if parameter.axis and axis else [None]
        laws, law = self._laws(max(map(len, parameter.places()), default=0))
        cases = product(laws, self.grid.dates, items)
        settings = (parameter.at(date.end, name, code) for code, date, name in cases)
        values: Floats = np.array([float(s.value) if s else np.nan for s in settings])
        shaped = values.reshape(len(laws), len(self.grid.dates), len(items))
        return shaped[law[entity], period, item * (len(items) > 1)]

    @once
    def _laws(self, length: int) -> tuple[list[str], Ints]:
        """The distinct beginnings of division codes of this length, and which of them each entity has."""
        if not length:
            return [""], np.zeros(len(self.grid.entities), np.int64)
        codes = [self.books.places.code(id)[:length] for id in self.grid.entities]
        laws = {code: number for number, code in enumerate(dict.fromkeys(codes))}
        return list(laws), np.array([laws[code] for code in codes], np.int64)

    @once
    def _base_rows(self, axis: str | None) -> Ints:
        """Row among the axis-free keys of each row of an axis."""
        keys = self.grid.keys(axis)
        return self.grid.keys(None).rows(keys.cells - keys.codes[2])

    @once
    def _item_rows(self, axis: str | None, item: str) -> Ints:
        """Row among the keys of an axis of one item's cell, for each row of the axis-free keys."""
        base = self.grid.keys(None)
        if item not in self.grid.items:
            return np.full(len(base), ABSENT)
        return self.grid.keys(axis).rows(base.cells + self.grid.items.index(item))

    @once
    def _moved_rows(self, axis: str | None, moment: Moment) -> Ints:
        """Row of the same cell at another moment."""
        keys = self.grid.keys(axis)
        return keys.rows(keys.moved(self._moved_periods(moment)))

    def _moved_periods(self, moment: Moment) -> Ints:
        base_year = self.books.base_year
        return self.grid.periods(moment.of(date, base_year) for date in self.grid.dates)

    def _linked(self, of: Linked, own: str | None, definition: str | None) -> Floats:
        """The product of the factors on the way from `since`, period by period."""
        keys, factors = self.grid.keys(own), 1 + self.column(of.of, own, definition)
        ways = [of.way(date) for date in self.grid.dates]
        index = np.array([np.nan if way is None else 1.0 for way in ways])[keys.codes[1]]
        for number in range(max((len(way) for way in ways if way), default=0)):
            here = [way[number] if way and number < len(way) else None for way in ways]
            factor = taken(factors, keys.rows(keys.moved(self.grid.periods(here))))
            further = np.array([one is not None for one in here])[keys.codes[1]]
            index = np.where(further, index * factor, index)
        return index

    def _total(self, of: Total, own: str | None, definition: str | None) -> Floats:
        resting_on, inner = rests_on(of.of), of.of.axis
        values = self.column(of.of, inner, definition)
        if inner is not None and of.over == inner:
            return self.sums.over_items(inner, values, resting_on)
        if of.over == MONTHS:
            return self.sums.over_months(own, values)
        if of.over == CHILDREN:
            return self.sums.over_children(own, values, resting_on)
        return self.sums.of_kind(own, of.over).sums(values)


_evaluations: WeakKeyDictionary[Books, Evaluation] = WeakKeyDictionary()


def evaluation(books: Books) -> Evaluation:
    """The evaluation of these books, made once."""
    if books not in _evaluations:
        _evaluations[books] = Evaluation(books)
    return _evaluations[books]


def table(quantity: Quantity, books: Books, definition: str | None = None) -> pl.DataFrame:
    """Every cell of a quantity that the books reach.

    Returns entity, (item), period, value [declared unit]; value is null where unknown.
    """
    values = evaluation(books).quantity(quantity, definition)
    return books.grid.decoded(quantity.axis).with_columns(pl.Series("value", values, nan_to_null=True))
