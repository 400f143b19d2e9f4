"""All cells of a quantity at once, in Polars columns aligned to the grid's keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product
from weakref import WeakKeyDictionary

import polars as pl

from duheng.model.glossary import Quantity
from duheng.model.parameters import Parameter
from duheng.model.periods import Period
from duheng.model.references import CHILDREN, MONTHS, TARGET, At, Reference, Total, Under
from duheng.model.rule import Rule, Wording, axis_of, rests_on

from .books import ENTITY, ITEM, PERIOD, Books, encode
from .columns import PolarsColumns
from .grid import Grid, Keys
from .sums import Sums


class Evaluation:
    """Columns of one set of books, each computed once."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.grid = Grid(books)
        self.sums = Sums(books, self.grid)
        self._columns: dict[tuple[str, str | None], pl.Series] = {}
        self._parameters: dict[tuple[str, str | None], pl.Series] = {}

    def column(self, of: Reference, keys: Keys, definition: str | None) -> pl.Series:
        """Values of a reference, one a row of the keys; null is unknown."""
        if isinstance(of, Parameter):
            return self._parameter(of, keys)
        own = self.grid.keys(axis_of(of))
        match of:
            case Quantity():
                values = self.quantity(of, definition)
            case At(of=inner, moment=moment) if moment is TARGET:
                values = self._target(inner, own)
            case At(of=inner, moment=moment):
                values = self.column(inner, own, definition).gather(self.grid.moved_rows(own, moment))
            case Total():
                values = self._total(of, own, definition)
            case Under(of=inner, definition=meant):
                values = self.column(inner, own, meant)
        return values if own.axis == keys.axis else values.gather(self.grid.base_rows(keys))

    def quantity(self, of: Quantity, definition: str | None) -> pl.Series:
        """Values over the quantity's own keys: stated, else computed, else summed from parts and children."""
        known = (of.id, definition)
        if known not in self._columns:
            self._columns[known] = self._quantity(of, definition)
        return self._columns[known]

    def _quantity(self, of: Quantity, definition: str | None) -> pl.Series:
        keys = self.grid.keys(of.axis)
        values = self._stated(of, keys, definition)
        if isinstance(of, Rule):
            computed = self._computed(of, keys, definition)
            values = computed if values is None else _filled(values, computed)
        elif values is None:
            return pl.repeat(None, keys.frame.height, dtype=pl.Float64, eager=True)
        values = self.sums.over_time(of, keys, values)
        return self.sums.over_places(of, keys, values)

    def _stated(self, of: Quantity, keys: Keys, definition: str | None) -> pl.Series | None:
        facts = self.books.coded.get(of.id)
        if facts is None:
            return None
        meant = of.definition(definition)
        if meant is not None:
            stated = pl.col("definition")
            facts = facts.filter((stated == meant) | stated.is_null()).sort(stated.is_null())
            facts = facts.unique(keys.names, keep="first", maintain_order=True)
        facts = facts.select(*keys.names, "value")
        if facts.height == keys.frame.height and facts.select(keys.names).equals(keys.frame):
            return facts["value"]
        return keys.frame.join(facts, on=keys.names, how="left", maintain_order="left")["value"]

    def _computed(self, of: Rule, keys: Keys, definition: str | None) -> pl.Series:
        meant = of.definition(definition)
        local = any(w.where for w in of.wordings)
        in_force = [of.wording(date.end, law, meant) for law, date, _ in self._cases(local, by_item=False)]
        chosen = list(dict.fromkeys(in_force))
        if len(chosen) == 1 and chosen[0]:
            return self._worded(chosen[0], keys, definition)
        number = pl.Series([chosen.index(wording) for wording in in_force], dtype=pl.UInt32)
        choice = number.gather(self._places(keys, local, by_item=False))
        result = pl.repeat(None, keys.frame.height, dtype=pl.Float64, eager=True)
        for number_, wording in enumerate(chosen):
            if wording:
                values = self._worded(wording, keys, definition)
                result = pl.select(pl.when(choice == number_).then(values).otherwise(result)).to_series()
        return result

    def _worded(self, wording: Wording, keys: Keys, definition: str | None) -> pl.Series:
        inputs = {name: self.column(ref, keys, definition) for name, ref in wording.inputs.items()}
        result = wording.read(PolarsColumns(), {name: pl.col(name) for name in inputs})
        if wording.factor != 1:
            result = result * wording.factor
        if not inputs:
            return pl.select(result).to_series().new_from_index(0, keys.frame.height)
        return pl.DataFrame(inputs).select(result.alias("value"))["value"].cast(pl.Float64)

    def _parameter(self, of: Parameter, keys: Keys) -> pl.Series:
        known = (of.id, keys.axis)
        if known not in self._parameters:
            parameter = self.books.parameters.get(of.id)
            by_item = parameter.axis is not None and ITEM in keys.names
            cases = self._cases(parameter.local(), by_item=by_item)
            settings = (parameter.at(date.end, item, law) for law, date, item in cases)
            values = pl.Series([float(s.value) if s else None for s in settings], dtype=pl.Float64)
            self._parameters[known] = values.gather(self._places(keys, parameter.local(), by_item=by_item))
        return self._parameters[known]

    def _cases(self, local: bool, *, by_item: bool) -> Iterator[tuple[str, Period, str | None]]:
        """Every jurisdiction, date and item: few, so each is worked out once and looked up by its place."""
        return product(self._laws if local else [""], self.grid.dates, self.grid.items if by_item else [None])

    def _places(self, keys: Keys, local: bool, *, by_item: bool) -> pl.Series:
        """Place of each row among the cases."""
        items = len(self.grid.items) if by_item else 1
        place = pl.col(PERIOD) * items + (pl.col(ITEM) if by_item else 0)
        if local:
            place += pl.lit(self._law_numbers).gather(pl.col(ENTITY)) * (len(self.grid.dates) * items)
        return keys.frame.select(place.alias("place"))["place"]

    @cached_property
    def _law_of_entity(self) -> list[str]:
        return [self.books.places.code(id) for id in self.grid.entities]

    @cached_property
    def _law_numbers(self) -> pl.Series:
        number = {law: n for n, law in enumerate(self._laws)}
        return pl.Series([number[law] for law in self._law_of_entity], dtype=pl.UInt32)

    @cached_property
    def _laws(self) -> list[str]:
        return list(dict.fromkeys(self._law_of_entity))

    def _target(self, of: Reference, keys: Keys) -> pl.Series:
        id = of.id if isinstance(of, Quantity) else ""
        ends = [str(TARGET.of(period) or "") if period.kind != "plan" else "" for period in self.grid.dates]
        facts = self.books.targets.filter(pl.col("quantity") == id).filter(
            pl.col(ENTITY).is_in(self.grid.entities),
            pl.col(ITEM).is_null() | pl.col(ITEM).is_in(self.grid.items),
        )
        facts = facts.with_columns(encode(ENTITY, self.grid.entities), encode(ITEM, self.grid.items)).rename(
            {PERIOD: "end"}
        )
        facts = facts.unique([n if n != PERIOD else "end" for n in keys.names], keep="last")
        looked_up = keys.frame.with_columns(pl.Series("end", ends, pl.String).gather(keys.frame[PERIOD]))
        on = [n if n != PERIOD else "end" for n in keys.names]
        return looked_up.join(facts.select(*on, "value"), on=on, how="left", maintain_order="left")["value"]

    def _total(self, of: Total, own: Keys, definition: str | None) -> pl.Series:
        resting_on = rests_on(of.of)
        inner = axis_of(of.of)
        if of.over == inner:
            items = self.grid.keys(inner)
            return self.sums.over_items(items, self.column(of.of, items, definition), resting_on)
        values = self.column(of.of, own, definition)
        if of.over == MONTHS:
            return self.sums.over_months(own, values)
        if of.over == CHILDREN:
            return self.sums.over_children(own, values, resting_on)
        return self.sums.over_kind(own, values, of.over)


def _filled(values: pl.Series, more: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(values, more)).to_series()


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
    made = evaluation(books)
    keys = made.grid.keys(quantity.axis)
    return made.grid.decoded(keys).with_columns(value=made.quantity(quantity, definition))
