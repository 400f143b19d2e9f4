"""Worked examples in YAML, as an official can sign them: read here, run by test_cases.py.

A file below tests/cases is a list of cases:

    - case: what it shows
      cite: the text it follows
      given:  {quantity: {entity: {period: value}}}          with an axis: {entity: {item: {period: value}}}
      expect: {quantity: {entity: {period: value}}}          `unknown` where the result must be unknown
      definition: minus-feedstock         definition of what is expected (optional)
      base_year: 2005                                        (optional; else of the five-year plan)
      places: {name: {kind: sewage_plant, parent: 资阳市}}     (optional)
      parameters: {standard_coal_factor: {天然气: 12.143}}     a place's own setting (optional)

Numbers stand in the printed unit of their quantity (万tce, %), those of an axis in the item's own unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from duheng.engine import Books
from duheng.model import Entity, Parameter, Parameters, Places, Quantity, Setting, parameter, quantity
from duheng.model.units import convert

FOLDER = Path(__file__).resolve().parents[1] / "cases"
KEYS = {"case", "cite", "given", "expect", "definition", "base_year", "places", "parameters"}


@dataclass(frozen=True)
class Cell:
    """One number of a case, as printed; value None is unknown."""

    quantity: str
    entity: str
    item: str | None
    period: str
    value: Decimal | None


@dataclass(frozen=True)
class Case:
    """A worked example of one file."""

    title: str
    cite: str
    file: str
    given: tuple[Cell, ...]
    expect: tuple[Cell, ...]
    definition: str | None
    base_year: int | None
    places: Places
    parameters: Parameters

    @property
    def books(self) -> Books:
        """The given numbers as books."""
        rows = [
            (c.quantity, c.entity, c.item, c.period, *_stated(c)) for c in self.given if c.value is not None
        ]
        columns = ("quantity", "entity", "item", "period", "definition", "value")
        facts = pl.DataFrame(rows, dict.fromkeys(columns, pl.String) | {"value": pl.Float64}, orient="row")
        return Books(facts, self.places, self.parameters, base_year=self.base_year)


def _stated(cell: Cell) -> tuple[str | None, float]:
    of = quantity(cell.quantity)
    value = cell.value or Decimal(0)
    definition = of.definitions[0] if of.definitions else None
    stored = value if of.unit == of.printed_unit else convert(value, of.printed_unit, of.unit)
    return definition, float(stored)


@cache
def cases() -> tuple[Case, ...]:
    """Every case of tests/cases, in the order of the files."""
    return tuple(
        _case(entry, path)
        for path in sorted(FOLDER.rglob("*.yaml"))
        for entry in yaml.safe_load(path.read_text("utf-8"))
    )


def _case(entry: dict[str, Any], path: Path) -> Case:
    assert set(entry) <= KEYS, f"{path}：不认识的键 {set(entry) - KEYS}"
    given, expect = tuple(_cells(entry["given"])), tuple(_cells(entry["expect"]))
    names = {cell.entity: {} for cell in (*given, *expect)} | (entry.get("places") or {})
    return Case(
        title=entry["case"],
        cite=entry["cite"],
        file=str(path.relative_to(FOLDER)),
        given=given,
        expect=expect,
        definition=entry.get("definition"),
        base_year=entry.get("base_year"),
        places=Places(
            Entity(id=name, name=name, **{"kind": "county", **more}) for name, more in names.items()
        ),
        parameters=Parameters(
            {id: _set(parameter(id), own) for id, own in (entry.get("parameters") or {}).items()}
        ),
    )


def _set(known: Parameter, own: dict[str, Any]) -> Parameter:
    settings = [
        Setting(date(1949, 10, 1), _decimal(value), "本例给定", item=item) for item, value in own.items()
    ]
    return replace(known, settings=(*(s for s in known.settings if s.item not in own), *settings))


def _cells(numbers: dict[str, Any]) -> Iterator[Cell]:
    for id, by_entity in numbers.items():
        of = quantity(id)
        for entity, below in by_entity.items():
            for item, periods in _by_item(of, below):
                for period, value in periods.items():
                    known = None if value == "unknown" else _decimal(value)
                    yield Cell(id, str(entity), item, str(period), known)


def _by_item(of: Quantity, below: dict[Any, Any]) -> Iterator[tuple[str | None, dict[Any, Any]]]:
    if of.axis is None:
        yield None, below
    else:
        yield from below.items()


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))
