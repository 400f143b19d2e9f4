"""The books: effective facts of one scenario as of one moment, ready for rules to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import polars as pl

from duheng.model.entities import Places
from duheng.model.glossary import all_quantities
from duheng.model.parameters import Parameters
from duheng.model.periods import Period, parse
from duheng.model.plan import Duty

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
    def members(self) -> Members:
        """Expected members of totals."""
        listed = self.facts.group_by("quantity").agg(pl.col("entity").unique(), pl.col("item").drop_nulls().unique())
        return Members(
            self.places,
            self.duties,
            {q: (frozenset(entities), tuple(sorted(items))) for q, entities, items in listed.iter_rows()},
        )

    @cached_property
    def periods(self) -> Mapping[str, Period]:
        """Every period stated in the books, by its text."""
        return {text: parse(text) for text in self.facts["period"].unique().to_list()}

    @cached_property
    def by_quantity(self) -> Mapping[str, pl.DataFrame]:
        """Facts of each quantity."""
        return {str(key[0]): frame for key, frame in self.facts.partition_by("quantity", as_dict=True).items()}

    def cells(self, quantity: str) -> Mapping[Cell, tuple[float | None, str | None]]:
        """value and fact id of each stated cell of a quantity."""
        if quantity not in self._cells:
            self._cells[quantity] = _cells(self.by_quantity.get(quantity))
        return self._cells[quantity]

    def target_cells(self, quantity: str) -> Mapping[Cell, tuple[float | None, str | None]]:
        """value and fact id of the targets of a quantity."""
        return _cells(self.targets.filter(pl.col("quantity") == quantity))

    @cached_property
    def _cells(self) -> dict[str, Mapping[Cell, tuple[float | None, str | None]]]:
        return {}


def _typed(facts: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in FACT_SCHEMA.items() if name not in facts.columns]
    typed = facts.with_columns(absent).with_columns(
        pl.col(name).cast(dtype) for name, dtype in FACT_SCHEMA.items()
    )
    # Only a quantity whose accounting can differ has definitions to tell apart (L8).
    defined = [id for id, quantity in all_quantities().items() if quantity.definitions]
    return typed.with_columns(
        pl.when(pl.col("value").is_finite()).then("value").alias("value"),
        pl.when(pl.col("quantity").is_in(defined)).then("definition").alias("definition"),
    )


def _cells(facts: pl.DataFrame | None) -> Mapping[Cell, tuple[float | None, str | None]]:
    if facts is None:
        return {}
    rows = facts.select("entity", "item", "period", "definition", "value", "fact").iter_rows()
    return {(entity, item, period, what): (value, fact) for entity, item, period, what, value, fact in rows}
