"""The books: effective facts of one scenario as of one moment, ready for rules to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import polars as pl

from duheng.model.entities import Places
from duheng.model.glossary import Quantity, all_quantities
from duheng.model.parameters import Parameters
from duheng.model.periods import Kind
from duheng.model.plan import Duty

from .grid import Cells, Grid, occurring
from .members import Members
from .memory import once

FACT_SCHEMA = {
    "quantity": pl.String,
    "entity": pl.String,
    "item": pl.String,
    "period": pl.String,
    "definition": pl.String,
    "value": pl.Float64,
    "fact": pl.String,
}
Cell = tuple[str, str | None, str, str | None]  # entity, item, period, definition


class Books:
    """Facts, places, parameters and duties: all that table and explain read.

    facts: columns of FACT_SCHEMA, one row a cell; more columns pass through. value [declared unit of the
    quantity; of the item where it says `<axis>`]. base_year: of the plan; where None, the last year of the
    five-year plan before each period. targets: facts of the plan's targets, for `X @ TARGET`. definitions: by
    quantity the one it is read under where the asked one is none of its own: the plan's price base.
    """

    def __init__(
        self,
        facts: pl.DataFrame,
        places: Places,
        parameters: Parameters | None = None,
        duties: Iterable[Duty] = (),
        base_year: int | None = None,
        targets: pl.DataFrame | None = None,
        definitions: Mapping[str, str] | None = None,
    ) -> None:
        self.facts = _typed(facts)
        self.places = places
        self.parameters = parameters or Parameters()
        self.duties = tuple(duties)
        self.base_year = base_year
        self.targets = _typed(targets if targets is not None else self.facts.clear())
        self.definitions = dict(definitions or {})

    def meant(self, of: Quantity, asked: str | None) -> str | None:
        """The definition a quantity is read under: the asked one where it has it, else the books', else its first."""
        return of.definition(asked if asked in of.definitions else self.definitions.get(of.id))

    @cached_property
    def grid(self) -> Grid:
        """The facts and targets in codes, and the cells they reach."""
        return Grid(self.facts, self.targets, self.places)

    @cached_property
    def members(self) -> Members:
        """Expected members of totals."""
        return Members(self.places, self.duties, self.listed)

    def listed(self, quantity: str) -> tuple[frozenset[str], frozenset[str]]:
        """Entities and items for which a quantity is stated."""
        stated = self.grid.stated.get(quantity)
        return self._listed(stated.cells) if stated else (frozenset(), frozenset())

    @once
    def _listed(self, cells: Cells) -> tuple[frozenset[str], frozenset[str]]:
        entities, _, items = cells.codes
        named = frozenset(item for code in occurring(items) if (item := self.grid.items[code]))
        return frozenset(self.grid.entities[code] for code in occurring(entities)), named

    def kinds(self, quantity: str) -> frozenset[tuple[str, Kind]]:
        """For which entities a quantity is stated by which kinds of period."""
        stated = self.grid.stated.get(quantity)
        return self._kinds(stated.cells) if stated else frozenset()

    @once
    def _kinds(self, cells: Cells) -> frozenset[tuple[str, Kind]]:
        entities, periods, _ = cells.codes
        pairs = (divmod(code, cells.shape[1]) for code in occurring(entities * cells.shape[1] + periods))
        return frozenset((self.grid.entities[e], self.grid.dates[p].kind) for e, p in pairs)

    @once
    def cells(self, quantity: str) -> Mapping[Cell, tuple[float | None, str | None]]:
        """value and fact id of each stated cell of a quantity."""
        return _cells(self.facts.filter(pl.col("quantity") == quantity))

    @once
    def target_cells(self, quantity: str) -> Mapping[Cell, tuple[float | None, str | None]]:
        """value and fact id of the targets of a quantity."""
        return _cells(self.targets.filter(pl.col("quantity") == quantity))


def _typed(facts: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, dtype).alias(name) for name, dtype in FACT_SCHEMA.items() if name not in facts.columns
    ]
    typed = facts.with_columns(absent).with_columns(
        pl.col(name).cast(dtype) for name, dtype in FACT_SCHEMA.items()
    )
    # Only a quantity whose accounting can differ has definitions to tell apart (L8).
    defined = [id for id, quantity in all_quantities().items() if quantity.definitions]
    return typed.with_columns(
        pl.when(pl.col("value").is_finite()).then("value").alias("value"),
        pl.when(pl.col("quantity").is_in(defined)).then("definition").alias("definition"),
    )


def _cells(facts: pl.DataFrame) -> Mapping[Cell, tuple[float | None, str | None]]:
    rows = facts.select("entity", "item", "period", "definition", "value", "fact").iter_rows()
    return {(entity, item, period, what): (value, fact) for entity, item, period, what, value, fact in rows}
