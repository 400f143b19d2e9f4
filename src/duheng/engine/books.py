"""The books: effective facts of one scenario as of one moment, ready for rules to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import polars as pl

from duheng.model.entities import Places
from duheng.model.glossary import all_quantities
from duheng.model.parameters import Parameters
from duheng.model.plan import Duty

from .grid import Grid, Keys
from .members import Members

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
    five-year plan before each period. targets: facts of the plan's targets, for `X @ TARGET`.
    """

    def __init__(
        self,
        facts: pl.DataFrame,
        places: Places,
        parameters: Parameters | None = None,
        duties: Iterable[Duty] = (),
        base_year: int | None = None,
        targets: pl.DataFrame | None = None,
    ) -> None:
        self.facts = _typed(facts)
        self.places = places
        self.parameters = parameters or Parameters()
        self.duties = tuple(duties)
        self.base_year = base_year
        self.targets = _typed(targets if targets is not None else self.facts.clear())

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
        if quantity not in self.grid.stated:
            return frozenset(), frozenset()
        cells = self.grid.stated[quantity].cells
        if id(cells) not in self._listed:  # most quantities share their members
            entities, _, items = (set(codes.tolist()) for codes in Keys(cells, self.grid.shape).codes)
            self._listed[id(cells)] = (
                frozenset(self.grid.entities[code] for code in entities),
                frozenset(item for code in items if (item := self.grid.items[code])),
            )
        return self._listed[id(cells)]

    @cached_property
    def _listed(self) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
        return {}

    def kinds(self, quantity: str) -> Mapping[str, frozenset[str]]:
        """Kinds of period for which a quantity is stated, by entity."""
        if quantity not in self._kinds:
            found: dict[str, set[str]] = {}
            if quantity in self.grid.stated:
                entities, periods, _ = Keys(self.grid.stated[quantity].cells, self.grid.shape).codes
                for entity, period in {*zip(entities.tolist(), periods.tolist(), strict=True)}:
                    found.setdefault(self.grid.entities[entity], set()).add(self.grid.dates[period].kind)
            self._kinds[quantity] = {entity: frozenset(kinds) for entity, kinds in found.items()}
        return self._kinds[quantity]

    @cached_property
    def _kinds(self) -> dict[str, Mapping[str, frozenset[str]]]:
        return {}

    def cells(self, quantity: str) -> Mapping[Cell, tuple[float | None, str | None]]:
        """value and fact id of each stated cell of a quantity."""
        if quantity not in self._cells:
            self._cells[quantity] = _cells(self.facts.filter(pl.col("quantity") == quantity))
        return self._cells[quantity]

    def target_cells(self, quantity: str) -> Mapping[Cell, tuple[float | None, str | None]]:
        """value and fact id of the targets of a quantity."""
        return _cells(self.targets.filter(pl.col("quantity") == quantity))

    @cached_property
    def _cells(self) -> dict[str, Mapping[Cell, tuple[float | None, str | None]]]:
        return {}


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
