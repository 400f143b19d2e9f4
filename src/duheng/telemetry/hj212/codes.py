"""Commands, system types, flags and factors of the protocol, from `cn/hj212`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from duheng.model import data

UPLOAD, REQUEST, NOTIFY, INTERACT = "upload", "request", "notify", "interact"


@dataclass(frozen=True, slots=True)
class Command:
    """A command code in one direction.

    kind: upload, request, notify or interact (answers); editions: the years that have it.
    """

    code: str
    title: str
    kind: str
    editions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """A pollutant or parameter. units as printed in the code tables; differs: the editions' units are not the same."""

    code: str
    former: str
    title: str
    unit: str
    unit_total: str
    unit_2005: str
    differs: bool


def _rows(name: str) -> list[dict[str, str]]:
    return data.read_rows(data.root() / "hj212" / f"{name}.csv")


@lru_cache(maxsize=1)
def commands() -> Mapping[tuple[str, bool], Command]:
    """Command by code and whether the field device sends it."""
    found: dict[tuple[str, bool], Command] = {}
    for row in _rows("commands"):
        editions = tuple(year for year in ("2005", "2017", "2025") if row[f"in_{year}"] == "1")
        command = Command(row["cn"], row["name_zh"], row["kind"], editions)
        for from_field in (True, False):
            if row["direction"] in ("both", "field->host" if from_field else "host->field"):
                found.setdefault((command.code, from_field), command)
    return found


@lru_cache(maxsize=1)
def systems() -> Mapping[str, str]:
    """Title of each system type (ST)."""
    return {row["st"]: row["name_zh"] for row in _rows("st")}


@lru_cache(maxsize=1)
def factors() -> Mapping[str, Factor]:
    """Factor by its code of 2017, and by that of 2005 where it has one and no other factor does.

    Some devices write a code in capitals (`W01018`): no two factors differ by that alone.
    """
    found: dict[str, Factor] = {}
    for row in _rows("factors"):
        factor = Factor(
            row["code2017"], row["code2005"], row["name_zh"], row["unit_conc"], row["unit_total"],
            row["unit_2005"], row["unit_differs_2005_2017"] == "YES",
        )  # fmt: skip
        for code in (factor.code, factor.former):
            if code:
                found.setdefault(code, factor)
    for code, factor in list(found.items()):
        found.setdefault(code.upper(), factor)
    return found
