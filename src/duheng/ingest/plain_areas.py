"""Whose law and whose factors apply to an entity of a plain table: its division code, by the name it goes under."""

from __future__ import annotations

from functools import cache

from duheng.model import Places
from duheng.model.data import read_rows, root

_DIVISIONS = ("province", "city", "county")


class NamedPlaces(Places):
    """Places of a table: one that bears the name of a known division has its code."""

    def code(self, id: str) -> str:
        """As of all places, else the code of the division of this name; "" where none is known."""
        return super().code(id) or codes().get(id, "")


@cache
def codes() -> dict[str, str]:
    """Codes by name and alias: provinces, grid regions (name is code), divisions of packaged cities; of two, none."""
    found = {name: row["code"] for row in read_rows(root() / "areas.csv") for name in _names(row)}
    twice: set[str] = set()
    for path in sorted(root().glob("*/*/entities.csv")):
        for row in read_rows(path):
            for name in _names(row) if row["kind"] in _DIVISIONS else ():
                if not row["id"].startswith(found.setdefault(name, row["id"])):
                    twice.add(name)
    return {name: code for name, code in found.items() if name not in twice}


def _names(row: dict[str, str]) -> list[str]:
    return [name for name in (row["name"], *row["aliases"].split("|")) if name]
