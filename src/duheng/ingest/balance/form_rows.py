"""The printed form of the regional energy balance, P303-1 and P303-4: its rows and columns, and what states them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duheng.rules  # noqa: F401  the heads of the form are rules
from duheng.ingest.balance.layout import Column, Row, layout
from duheng.model.data import root
from duheng.model.glossary import Quantity, quantity
from duheng.model.plan import Duty
from duheng.model.rule import Rule


@dataclass(frozen=True)
class FormRow:
    """A row of the form: its place in the balance, its printed label, the quantity that it is (`title` bilingual)."""

    row: Row
    title: str
    title_en: str
    quantity: Quantity

    @property
    def head(self) -> bool:
        """Whether the row is one of the six parts."""
        return self.row.role == "head"

    @property
    def made(self) -> bool:
        """Whether it follows from other rows, so that nobody has to fill it."""
        return isinstance(self.quantity, Rule)


@cache
def form_rows() -> tuple[FormRow, ...]:
    """The rows in the order of the form (cn/balance/form_p303_1.csv)."""
    rows = layout().rows
    with (root() / "balance" / "form_p303_1.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            FormRow(rows[line["row"]], line["label"], line["label_en"], quantity(rows[line["row"]].quantity))
            for line in csv.DictReader(file)
        )


@cache
def form_columns() -> tuple[Column, ...]:
    """The columns in the order of the form; subtotals among them."""
    known = layout()
    return tuple(known.columns[id] for id in settings()["columns"])


def settings() -> Mapping[str, Any]:
    """Numbers, titles, digits and tolerance of the form (`form` in cn/balance/balance.yaml)."""
    found: Mapping[str, Any] = layout().settings["form"]
    return found


def stated_rows() -> tuple[FormRow, ...]:
    """The rows that somebody has to state."""
    return tuple(one for one in form_rows() if not one.made)


def is_balance(duty: Duty) -> bool:
    """Whether a duty asks for the rows of the balance, so that its form is the printed one."""
    return set(duty.quantities) <= {one.quantity.id for one in stated_rows()} and len(duty.quantities) > 1
