"""Which column is which: by the header's text, Chinese or English, from `columns.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from duheng.ingest.cells import plain, split_unit
from duheng.ingest.grids import Grid

# A head block of titles and notes may stand above the header; below this many rows nobody hides a table.
_SEARCHED_ROWS = 40


@cache
def _texts() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(
        resources.files("duheng.ingest").joinpath("columns.yaml").read_text(encoding="utf-8")
    )
    return content


@cache
def _long() -> dict[str, str]:
    return {text.lower(): role for role, texts in _texts()["long"].items() for text in texts}


def role_titles() -> dict[str, str]:
    """The Chinese title of each column of a long table: role -> title."""
    return {role: texts[0] for role, texts in _texts()["long"].items()}


def required_roles() -> tuple[str, ...]:
    """The columns a long table cannot do without."""
    return tuple(_texts()["required"])


def form_texts() -> dict[str, Any]:
    """The fixed texts of the program's own forms: role -> text, or list of texts for columns."""
    texts: dict[str, Any] = _texts()["form"]
    return texts


def station_texts() -> frozenset[str]:
    """Headers of the station in a daily table of air stations."""
    return frozenset(text.lower() for text in _texts()["air_station"])


def sum_texts() -> frozenset[str]:
    """What a row of a sum is called where a member's name belongs."""
    return frozenset(_texts()["sums"])


@cache
def _unread() -> dict[str, str]:
    """Headers of the columns by which a file would choose what only the person who imports it can."""
    return {text.lower(): role for role, texts in _texts()["unread"].items() for text in texts}


@cache
def hints() -> frozenset[str]:
    """All header texts, by which the delimiter of a CSV is told."""
    form = {
        text.lower()
        for value in form_texts().values()
        for text in ([value] if isinstance(value, str) else value)
    }
    return frozenset({*_long(), *form})


@dataclass(frozen=True)
class Header:
    """The header of a long table: its row (from 0), column of each role, unit in the value column's brackets.

    unread: the columns of the scenario, the status and the confidence, which a file cannot choose.
    """

    row: int
    columns: dict[str, int]
    value_unit: str | None
    repeated: tuple[tuple[str, int], ...] = ()
    unread: dict[str, int] = field(default_factory=dict)


def find_header(rows: Grid) -> Header | None:
    """The first row with the most recognised headers (two at least); None where no row has them."""
    best: Header | None = None
    for number, row in enumerate(rows[:_SEARCHED_ROWS]):
        found = _read_header(number, row)
        if len(found.columns) >= 2 and (best is None or len(found.columns) > len(best.columns)):
            best = found
    return best


def _read_header(number: int, row: list[object]) -> Header:
    columns: dict[str, int] = {}
    repeated: list[tuple[str, int]] = []
    unit: str | None = None
    unread: dict[str, int] = {}
    for column, cell in enumerate(row):
        if not isinstance(cell, str) or not cell.strip():
            continue
        text = plain(cell).replace(" ", "")
        title, bracket = (text, None) if text.lower() in _long() else split_unit(text)
        role = _long().get(title.lower())
        if title.lower() in _unread():
            unread[_unread()[title.lower()]] = column
        if role is None:
            continue
        if role in columns:
            repeated.append((role, column))
            continue
        columns[role] = column
        if role == "value":
            unit = bracket
    return Header(number, columns, unit, tuple(repeated), unread)
