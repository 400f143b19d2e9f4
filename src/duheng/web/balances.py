"""The energy balance of a place and year, read from the ledger cell by cell through the rules.

A cell is the engine's own step, so that what is printed and what `why` explains are one number. In standard coal every
row is read by the same two rules (assess.flows).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

import polars as pl

from duheng.assess.books import Opened
from duheng.assess.evidence import Cell as Place
from duheng.assess.evidence import reasons
from duheng.engine import Step
from duheng.ingest.balance.form_rows import FormRow, form_columns, form_rows, settings
from duheng.ingest.balance.layout import Column, layout
from duheng.ingest.balance.reading import NAN, Balance, Placed, Table
from duheng.model.glossary import axis, quantity
from duheng.model.rounding import judge
from duheng.model.rule import rests_on
from duheng.model.units import ratio
from duheng.web.access import Closed
from duheng.web.boards import books
from duheng.web.page import Ask
from duheng.web.reasons import CLOSED_TEXT, cell_address
from duheng.web.tables import Cell
from duheng.web.years import Where

COAL = "万tce"
# Of a subtotal or total the use is net: electricity made from coal would be counted beside the coal.
NET = {"C": "apparent_fuel_use"}


@dataclass(frozen=True)
class Amount:
    """A printed number of the balance: value [unit of its column], None unknown; its cell and address."""

    value: float | None
    text: str
    href: str
    closed: bool = False

    def cell(self) -> Cell:
        """The same for a table."""
        number = None if self.value is None else Decimal(self.text)
        return Cell(self.text, number, self.href, "" if number is not None else "missing")

    @property
    def printed(self) -> float | None:
        """The printed number as data; null where unknown."""
        return None if self.value is None else float(self.text)


class BalanceBook:
    """Cells of the balance of one place and year; basis: id of a basis of standard coal."""

    def __init__(self, ask: Ask, where: Where, basis: str, opened: Opened | None = None) -> None:
        self.ask, self.where, self.basis = ask, where, basis
        self.opened = opened or books(ask)
        self.rows = form_rows()
        self.closed = Closed(ask.city.places, ask.selection.as_of)

    @cached_property
    def asked(self) -> frozenset[str]:
        """Fuels that somebody must state, or that anybody stated."""
        stated = frozenset().union(*(rests_on(row.quantity) for row in self.rows))
        here = {self.where.place.id, *(one.id for one in self.ask.city.places.children(self.where.place.id))}
        facts = self.opened.books.facts.filter(
            pl.col("quantity").is_in(list(stated)),
            pl.col("entity").is_in(list(here)),
            pl.col("period") == self.where.period,
        )
        return frozenset([*self.opened.books.members.items(stated), *facts["item"].drop_nulls().unique()])

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the form that somebody has something to say in; a subtotal where it adds up several."""
        kept = []
        for column in form_columns():
            parts = [one for one in self.parts(column) if one.item in self.asked]
            if column.item in self.asked or len(parts) > 1:
                kept.append(column)
        known = {one.item for one in form_columns()}
        others = [one for one in layout().fuels() if one.item in self.asked and one.item not in known]
        return (*kept, *others)

    def parts(self, subtotal: Column) -> list[Column]:
        """The columns that a subtotal adds up; [] for one that is none."""
        known = layout()
        return [known.columns[id] for id in known.parts(subtotal.id)]

    def step(self, row: FormRow, item: str) -> Step:
        """A row's amount of a fuel, with its reasons."""
        return reasons(self.opened, self._place(row.quantity.id, item))

    def _place(self, of: str, item: str | None, flow: str | None = None) -> Place:
        return Place(of, self.where.place.id, item, self.where.period, flow=flow)

    def _shut(self, step: Step) -> bool:
        return not self.ask.sees_confidential and self.closed(step)

    def amount(self, row: FormRow, column: Column) -> Amount:
        """A cell in physical units [the column's]; a subtotal is the sum of its columns."""
        if not column.fuel:
            return self._summed(row, column, "physical")
        step = self.step(row, column.item)
        share = ratio(axis("fuel").items[column.item].unit, column.unit)
        return self._told(step, float(share), row.quantity.id, column.item)

    def coal(self, row: FormRow, column: Column) -> Amount:
        """The same in standard coal [万tce]."""
        flow = row.quantity.id
        if not column.fuel:
            return self._summed(row, column, "tce")
        step = reasons(self.opened, self._place("flow_energy", column.item, flow))
        return self._told(step, float(ratio("tce", COAL)), "flow_energy", column.item, flow)

    def coal_total(self, row: FormRow) -> Amount:
        """A row's standard coal of all fuels together [万tce]."""
        flow = NET.get(row.row.code, row.quantity.id)
        step = reasons(self.opened, self._place("flow_total", None, flow))
        return self._told(step, float(ratio("tce", COAL)), "flow_total", None, flow)

    def _told(self, step: Step, share: float, of: str, item: str | None, flow: str = "") -> Amount:
        basis = self.basis if flow else ""
        href = cell_address(
            "why", self.ask, of, self.where.place.id, self.where.period, item, flow=flow, basis=basis
        )
        if self._shut(step):
            return Amount(None, self.ask.words(CLOSED_TEXT), href, True)
        if step.value is None:
            return Amount(None, self.ask.words("未填报" if step.kind == "missing" else "未知"), href)
        return Amount(step.value * share, _text(step.value * share), href)

    def added(self, row: FormRow, column: Column, unit: str) -> list[tuple[Column, Amount]]:
        """What a subtotal of a row adds up, fuel by fuel; unit: physical or tce."""
        flow = NET.get(row.row.code)
        used = FormRow(row.row, row.title, row.title_en, quantity(flow)) if flow else row
        read = self.amount if unit == "physical" else self.coal
        return [(one, read(used, one)) for one in self.parts(column) if one.item in self.asked]

    def _summed(self, row: FormRow, column: Column, unit: str) -> Amount:
        """A sum of printed cells, unknown unless all are known (L1)."""
        parts, href = [one for _, one in self.added(row, column, unit)], self._address(row, column, unit)
        values = [one.value for one in parts if one.value is not None]
        if not parts or len(values) < len(parts):
            return Amount(None, self.ask.words("未知"), href, any(one.closed for one in parts))
        return Amount(sum(values), _text(sum(values)), href)

    def _address(self, row: FormRow, column: Column, unit: str) -> str:
        """Where a subtotal's parts stand."""
        said = {"place": self.where.place.id, "year": self.where.period, "unit": unit, "basis": self.basis}
        query, here = (
            urlencode({**said, "row": row.row.code, "column": column.id}),
            self.ask.selection.context(),
        )
        return f"/balance/sum{here}{'&' if here else '?'}{query}"

    def sheet(self) -> Balance:
        """The physical balance as the checks of tables read it; what is unknown is NaN."""
        columns = self.columns
        name = f"{self.where.place.name} {self.where.period}"
        values = {column.id: [_number(self.amount(row, column)) for row in self.rows] for column in columns}
        frame = pl.DataFrame(
            {
                "line": range(len(self.rows)),
                "table": [0] * len(self.rows),
                "row": [row.row.code for row in self.rows],
                **values,
            },
            schema_overrides=dict.fromkeys(values, pl.Float64),
        )
        return Balance(
            name,
            ["项目", *(column.title for column in columns)],
            [[row.title] for row in self.rows],
            list(range(1, len(self.rows) + 1)),
            frame,
            [Table(name, self.where.place.name, self.where.period, settings()["decimals"], 0.0)],
            [Placed(place, column) for place, column in enumerate(columns, 1)],
        )


def _number(amount: Amount) -> float:
    return NAN if amount.value is None else amount.value


def _text(value: float) -> str:
    number = judge(value, settings()["decimals"])
    return "0" if not number else f"{number:f}"
