"""The dictionaries of an energy balance table: which rows and columns there are, and what belongs to what.

Everything is data: cn/balance/rows.csv, columns.csv and balance.yaml (identities, tolerances, names of keys).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from duheng.model.data import read_yaml, root
from duheng.model.findings import Severity
from duheng.model.glossary import axis

EQUIVALENT_TOTAL = "energy_total_coal_equiv_method"
CALORIFIC_TOTAL = "energy_total_calorific"
TOTALS = (EQUIVALENT_TOTAL, CALORIFIC_TOTAL)
# Numbering before a row's label (1. 一、 （一）), signs after it ((-) (+)) and marks between words.
_NUMBER = re.compile(
    r"^[\s　]*(?:[（(]?[0-9一二三四五六七八九十]+[)）]?[.、．）)]\s*"
    r"|[（(][一二三四五六七八九十]+[)）])"
)
_OF_WHICH = re.compile(r"^[\s　]*(?:[0-9]+[.、．])?\s*(?:#|＃|其中[:：]?|其中)")
_MARKS = re.compile(r"[\s　（()）、，,.．。:：+＋\-－—#＃]+|&|\band\b")


@dataclass(frozen=True)
class Column:
    """A column: its name in the files, Chinese title, own unit, item of the fuel axis, subtotal it belongs to."""

    id: str
    title: str
    unit: str
    item: str
    part_of: str
    aliases: tuple[str, ...]

    @property
    def fuel(self) -> bool:
        """Whether it is one kind of energy, neither a subtotal nor a total."""
        return bool(self.item)


@dataclass(frozen=True)
class Row:
    """A row: code, title, the row it is a part of.

    role: head, part, outflow (a part printed negative), input (a part always subtracted), half (of the living
    consumption), group (of other parts), of (an of-which, never added). quantity: what the ledger calls it.
    """

    code: str
    title: str
    part_of: str
    role: str
    aliases: tuple[str, ...]
    quantity: str = ""


@dataclass(frozen=True)
class Identity:
    """printed = sum of plus less sum of minus, in every column; absent rows of `requires` leave it unchecked."""

    id: str
    title: str
    printed: str
    plus: tuple[str, ...]
    severity: Severity
    requires: tuple[str, ...]
    minus: tuple[str, ...] = ()
    positive: str = ""


@dataclass(frozen=True)
class Layout:
    """The dictionaries together; settings: balance.yaml."""

    columns: Mapping[str, Column]
    rows: Mapping[str, Row]
    identities: tuple[Identity, ...]
    settings: Mapping[str, Any]
    names: Mapping[str, str] = field(repr=False)
    labels: Mapping[str, str] = field(repr=False)

    def column(self, header: str) -> Column | None:
        """The column that a header without its unit means, or None."""
        found = self.names.get(plain(header))
        return self.columns[found] if found else None

    def coded(self, code: str) -> Row | None:
        """The row of a code in upper or lower case, or None."""
        return self.rows.get(code) or self.rows.get(code[:1].upper() + code[1:].lower())

    def row(self, label: str, under: str = "") -> Row | None:
        """The row that a printed label means, or None; `under` is the head row above it."""
        bare = _bare(_NUMBER.sub("", _OF_WHICH.sub("", label)))
        if bare == "回收能" and under == "T":  # newer forms recover energy among the transformations
            return self.rows["T9"]
        marked = "其中" + bare if _OF_WHICH.match(label) else bare
        found = self.labels.get(marked) or self.labels.get(bare)
        return self.rows[found] if found else None

    def fuels(self) -> list[Column]:
        """The columns of one kind of energy each."""
        return [column for column in self.columns.values() if column.fuel]

    def parts(self, subtotal: str) -> list[str]:
        """Ids of the columns that a subtotal column adds up."""
        return [column.id for column in self.columns.values() if column.part_of == subtotal]

    def signed(self, row: str) -> bool:
        """Whether a row is an input whatever its printed sign."""
        return self.rows[row].role == "input"


def _bare(label: str) -> str:
    """A row's label for comparison: without marks, blanks, case and the word between two nouns."""
    return _MARKS.sub("", label.lower())


def row_named(code: str) -> str:
    """A row by its title and its code, for the person who sees only one of them."""
    return f"{layout().rows[code].title}（{code}）"


def plain(header: str) -> str:
    """A header for comparison: without blanks and case."""
    return re.sub(r"[\s　_]+", "", header).lower()


@cache
def layout() -> Layout:
    """The packaged layout of cn/balance."""
    folder = root() / "balance"
    with (folder / "columns.csv").open(encoding="utf-8", newline="") as file:
        columns = {row["column"]: _column(row) for row in csv.DictReader(file)}
    with (folder / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["row"]: _row(row) for row in csv.DictReader(file)}
    settings = read_yaml(folder / "balance.yaml")
    identities = tuple(
        Identity(
            id=id,
            title=entry["title"],
            printed=entry["printed"],
            plus=tuple(entry["plus"]),
            minus=tuple(entry.get("minus", ())),
            requires=tuple(entry["requires"]),
            severity=entry["severity"],
            positive=entry.get("positive", ""),
        )
        for id, entry in settings["identities"].items()
    )
    names = {plain(name): column.id for column in columns.values() for name in _names(column)}
    labels = {_bare(name): row.code for row in rows.values() for name in (row.title, *row.aliases)}
    return Layout(columns, rows, identities, settings, names, labels)


def _names(column: Column) -> Iterable[str]:
    yield from (column.id, column.title, *column.aliases)
    if column.item:
        known = axis("fuel").items.get(column.item)
        yield from (column.item, *(known.aliases if known else ()))


def _column(row: Mapping[str, str]) -> Column:
    return Column(
        row["column"], row["title"], row["unit"], row["item"], row["part_of"], _split(row["aliases"])
    )


def _row(row: Mapping[str, str]) -> Row:
    return Row(row["row"], row["title"], row["part_of"], row["role"], _split(row["aliases"]), row["quantity"])


def _split(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))
