"""All cells of a quantity at once, in Polars columns aligned to the grid's keys."""

from __future__ import annotations


from weakref import WeakKeyDictionary

import polars as pl

from duheng.model.glossary import Quantity
from duheng.model.parameters import Parameter
from duheng.model.references import CHILDREN, MONTHS, TARGET, At, Reference, Total
from duheng.model.rule import Rule, Wording, axis_of, leaves

from .books import Books
from .columns import PolarsColumns
from .grid import ENTITY, ITEM, PERIOD, Grid, Keys, encode
from .sums import Sums


class Evaluation:
    """Columns of one set of books, each computed once."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.grid = Grid(books)
        self.sums = Sums(books, self.grid)
        self._columns: dict[tuple[str, str | None], pl.Series] = {}

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
        if of.id not in self.books.by_quantity:
            return None
        facts = self.grid.coded.filter(pl.col("quantity") == of.id)
        meant = of.definition(definition)
        if meant is not None:
            stated = pl.col("definition")
            facts = facts.filter((stated == meant) | stated.is_null()).sort(stated.is_null())
        facts = facts.unique(keys.names, keep="first", maintain_order=True).select(*keys.names, "value")
        if facts.height == keys.frame.height and facts.select(keys.names).equals(keys.frame):
            return facts["value"]
        return keys.frame.join(facts, on=keys.names, how="left", maintain_order="left")["value"]

    def _computed(self, of: Rule, keys: Keys, definition: str | None) -> pl.Series:
        meant = of.definition(definition)
        if len(of.wordings) == 1 and of.wordings[0].definition in (None, meant) and _everywhere(of.wordings[0]):
            return self._worded(of.wordings[0], keys, definition)
        chosen, choice = self._choice(of, keys, meant)
        result = pl.repeat(None, keys.frame.height, dtype=pl.Float64, eager=True)
        for number, wording in enumerate(chosen):
            values = self._worded(wording, keys, definition)
            result = pl.select(pl.when(choice == number).then(values).otherwise(result)).to_series()
        return result

    def _choice(self, of: Rule, keys: Keys, definition: str | None) -> tuple[list[Wording], pl.Series]:
        """The wordings in force somewhere on the keys, and the number of the one in force in each row."""
        codes = self._law_codes(keys) if any(w.where for w in of.wordings) else pl.Series([""]).new_from_index(
            0, keys.frame.height
        )
        where = pl.DataFrame({PERIOD: keys.frame[PERIOD], "law": codes})
        cases = where.unique(maintain_order=True)
        chosen: list[Wording] = []
        numbers: list[int | None] = []
        for period, law in cases.iter_rows():
            wording = of.wording(self.grid.dates[period].start, law, definition)
            if wording and wording not in chosen:
                chosen.append(wording)
            numbers.append(chosen.index(wording) if wording else None)
        cases = cases.with_columns(pl.Series("number", numbers, pl.UInt32))
        return chosen, where.join(cases, on=[PERIOD, "law"], how="left", maintain_order="left")["number"]

    def _worded(self, wording: Wording, keys: Keys, definition: str | None) -> pl.Series:
        inputs = {name: self.column(ref, keys, definition) for name, ref in wording.inputs.items()}
        result = wording.read(PolarsColumns(), {name: pl.col(name) for name in inputs})
        if wording.factor != 1:
            result = result * wording.factor
        if not inputs:
            return pl.select(result).to_series().new_from_index(0, keys.frame.height)
        return pl.DataFrame(inputs).select(result.alias("value"))["value"].cast(pl.Float64)

    def _parameter(self, of: Parameter, keys: Keys) -> pl.Series:
        parameter = self.books.parameters.get(of.id)
        by_item = parameter.axis is not None and ITEM in keys.names
        columns = [PERIOD, *([ITEM] if by_item else [])]
        frame = keys.frame.select(columns)
        if parameter.local():
            frame = frame.with_columns(self._law_codes(keys).alias("law"))
        cases = frame.unique(maintain_order=True)
        values: list[float | None] = []
        for row in cases.iter_rows(named=True):
            item = self.grid.items[row[ITEM]] if by_item and row[ITEM] is not None else None
            setting = parameter.at(self.grid.dates[row[PERIOD]].start, item, row.get("law", ""))
            values.append(float(setting.value) if setting else None)
        cases = cases.with_columns(pl.Series("value", values, pl.Float64))
        return frame.join(cases, on=frame.columns, how="left", maintain_order="left")["value"]

    def _law_codes(self, keys: Keys) -> pl.Series:
        codes = [self.books.places.code(id) for id in self.grid.entities]
        return pl.Series("law", codes, pl.String).gather(keys.frame[ENTITY])

    def _target(self, of: Reference, keys: Keys) -> pl.Series:
        id = of.id if isinstance(of, Quantity) else ""
        ends = [str(TARGET.of(period) or "") if period.kind != "plan" else "" for period in self.grid.dates]
        facts = self.books.targets.filter(pl.col("quantity") == id).filter(
            pl.col(ENTITY).is_in(self.grid.entities), pl.col(ITEM).is_null() | pl.col(ITEM).is_in(self.grid.items)
        )
        facts = facts.with_columns(
            encode(pl.col(ENTITY), self.grid.entities), encode(pl.col(ITEM), self.grid.items)
        ).rename({PERIOD: "end"})
        facts = facts.unique([n if n != PERIOD else "end" for n in keys.names], keep="last")
        looked_up = keys.frame.with_columns(pl.Series("end", ends, pl.String).gather(keys.frame[PERIOD]))
        on = [n if n != PERIOD else "end" for n in keys.names]
        return looked_up.join(facts.select(*on, "value"), on=on, how="left", maintain_order="left")["value"]

    def _total(self, of: Total, own: Keys, definition: str | None) -> pl.Series:
        resting_on = frozenset(leaves(of.of))
        inner = axis_of(of.of)
        if of.over == inner:
            items = self.grid.keys(inner)
            return self.sums.over_items(items, self.column(of.of, items, definition), resting_on)
        values = self.column(of.of, own, definition)
        if of.over == MONTHS:
            return self.sums.over_months(own, values)
        members = self.books.members
        if of.over == CHILDREN:
            return self.sums.over_members(own, values, lambda id: members.children(resting_on, id))
        return self.sums.over_members(own, values, lambda id: members.descendants(id, of.over))


def _everywhere(wording: Wording) -> bool:
    return wording.since.year == 1 and not wording.where


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


