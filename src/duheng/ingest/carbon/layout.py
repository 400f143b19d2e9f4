"""How rows and fuels of a balance make up the inventory: cn/carbon/sectors.csv and fuels.csv.

What the rows and columns of a balance are called is the balance's own affair (duheng.ingest.balance.layout).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from duheng.ingest.balance.layout import layout
from duheng.model import axis
from duheng.model.data import root
from duheng.model.errors import UnknownName
from duheng.model.glossary import Item

TOTAL = "Total Consumption"
NOT_BURNT = ("热力", "电力", "其他能源")
_TERM = re.compile(r"([+-]?)([A-Z]\d?[a-z]?)")


@dataclass(frozen=True)
class Sector:
    """A sector of the inventory; terms are the rows of the balance that make it up, each with its sign.

    quantity: what the ledger's rules call the fuel it burns.
    """

    name: str
    title: str
    rows: str
    terms: tuple[tuple[int, str], ...]
    quantity: str


def _rows(name: str) -> list[dict[str, str]]:
    with (root() / "carbon" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def printed_columns() -> dict[str, str]:
    """Column of the printed inventory by fuel, in its order."""
    return {row["item"]: row["column"] for row in _rows("fuels.csv")}


def columns_for(fuels: Iterable[str]) -> dict[str, str]:
    """Output column by fuel: those of the printed inventory, then further fuels of the balance."""
    names = {column.item: column.id for column in layout().fuels()}
    return {**printed_columns(), **{fuel: names[fuel] for fuel in fuels if fuel not in printed_columns()}}


def find_fuel(text: str) -> Item:
    """The fuel that a name of a balance, an inventory or a factor table means. Raises UnknownName."""
    printed = {column: item for item, column in printed_columns().items()}
    if text.strip() in printed:
        return axis("fuel").items[printed[text.strip()]]
    column = layout().column(text)
    if column is not None and column.item in axis("fuel").items:
        return axis("fuel").items[column.item]
    return axis("fuel").find(text)


@cache
def sectors() -> tuple[Sector, ...]:
    """The sectors in the order of the inventory."""
    return tuple(
        Sector(row["sector"], row["title"], row["rows"], terms_of(row["rows"]), row["quantity"])
        for row in _rows("sectors.csv")
    )


def terms_of(expression: str) -> tuple[tuple[int, str], ...]:
    """`F2-F2a-T1-T2` as signs and rows. Raises UnknownName for a row that no balance has."""
    terms = tuple((-1 if sign == "-" else 1, row) for sign, row in _TERM.findall(expression))
    for _, row in terms:
        if row not in layout().rows:
            raise UnknownName(row, layout().rows)
    return terms
