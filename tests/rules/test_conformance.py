"""One body, many readings: the same random cells give the same numbers in every reading of every rule."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

import ibis
import polars as pl
import pytest

from duheng.engine import Books, Explanation, formula, table
from duheng.engine.columns import IbisColumns, PolarsColumns
from duheng.model import Entity, Places, Wording, all_quantities, quantity
from duheng.model.glossary import axis
from duheng.model.parameters import Parameter
from duheng.model.periods import parse
from duheng.model.rule import leaves
from duheng.rules import RULES

pytestmark = pytest.mark.slow
WORDINGS = [
    pytest.param(wording, id=f"{id} {wording.definition or ''}".strip())
    for id, made in RULES.items()
    for wording in made.wordings
]
EDGES = (None, None, 0.0, 0.0, 1.0, -1.0, 0.5, 3.0, 5.0, 1e-3)
ROWS = 400


def _cell(chance: random.Random) -> float | None:
    kind = chance.random()
    if kind < 0.4:
        return chance.choice(EDGES)
    return (
        chance.uniform(-2, 2)
        if kind < 0.6
        else chance.uniform(0, 1)
        if kind < 0.8
        else chance.uniform(0, 5e3)
    )


def _cells(wording: Wording) -> dict[str, list[float | None]]:
    chance = random.Random(20230129)
    return {name: [_cell(chance) for _ in range(ROWS)] for name in wording.inputs}


def _numbers(wording: Wording, cells: Mapping[str, list[float | None]]) -> list[float | None]:
    rows = zip(*cells.values(), strict=True)
    return [wording.number(dict(zip(cells, row, strict=True))) for row in rows]


def _differing(
    left: list[float | None], right: list[float | None]
) -> list[tuple[int, float | None, float | None]]:
    return [
        (row, a, b)
        for row, (a, b) in enumerate(zip(left, right, strict=True))
        if (a is None) != (b is None)
        or (a is not None and b is not None and not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12))
    ]


@pytest.mark.parametrize("wording", WORDINGS)
def test_polars_columns_give_the_same_numbers_as_plain_floats(wording: Wording) -> None:
    cells = _cells(wording)
    frame = pl.DataFrame(cells, dict.fromkeys(cells, pl.Float64))
    columns = wording.result(PolarsColumns(), {name: pl.col(name) for name in cells})
    assert _differing(_numbers(wording, cells), frame.select(columns.alias("value"))["value"].to_list()) == []


@pytest.mark.parametrize("wording", WORDINGS)
def test_ibis_columns_on_duckdb_give_the_same_numbers_as_plain_floats(wording: Wording) -> None:
    cells = _cells(wording)
    frame = pl.DataFrame(cells, dict.fromkeys(cells, pl.Float64)).with_row_index("row")
    stored = ibis.memtable(frame)
    result = wording.result(IbisColumns(), {name: stored[name] for name in cells})
    computed = stored.select("row", value=result).order_by("row").to_polars()
    assert _differing(_numbers(wording, cells), computed["value"].to_list()) == []


@pytest.mark.parametrize("wording", WORDINGS)
def test_random_cells_reach_known_and_unknown_results(wording: Wording) -> None:
    results = _numbers(wording, _cells(wording))
    assert any(result is None for result in results)
    assert sum(result is not None for result in results) >= ROWS / 10


@pytest.mark.parametrize("wording", WORDINGS)
def test_the_formula_names_every_input(wording: Wording) -> None:
    assert [name for name in wording.inputs if name not in wording.formula()] == []


@pytest.mark.parametrize("id", RULES)
def test_the_unit_reading_derives_a_positive_factor(id: str) -> None:
    assert formula(RULES[id])
    assert all(wording.factor > 0 for wording in RULES[id].wordings)


PARKED = {
    "industrial_park": "甲县",
    "sewage_plant": "甲县",
    "reduction_project": "乙县",
    "voc_source": "甲县",
}
# Each source of VOCs has materials of its own; and the city lies in Sichuan, whose tax rates are loaded.
BELOW = {"voc_material1": "voc_source1", "voc_material2": "voc_source2"}
CITY = "512000"


def _places() -> Places:
    city = Entity(CITY, "示例市", "city")
    counties = [Entity(name, name, "county", parent=CITY) for name in ("甲县", "乙县")]
    registers = [
        Entity(f"{kind}{number}", f"{kind}{number}", kind, parent=county)
        for kind, county in PARKED.items()
        for number in (1, 2)
    ]
    below = [Entity(id, id, "voc_material", parent=parent) for id, parent in BELOW.items()]
    return Places([city, *counties, *registers, *below])


def _random_books(id: str, seed: int, years: tuple[int, ...] = (2020, 2021, 2022)) -> Books:
    """Books in which every leaf of a rule is stated at random, some cells left out."""
    chance = random.Random(f"{id} {seed}")
    places = _places()
    rows = [
        (leaf, entity.id, item, str(year), None, value)
        for leaf in sorted(leaves(RULES[id]))
        for entity in places
        if entity.kind != "city"
        for item in _items(leaf)
        for year in years
        if (value := _stated(chance)) is not None
    ]
    columns = ("quantity", "entity", "item", "period", "definition")
    schema = dict.fromkeys(columns, pl.String) | {"value": pl.Float64}
    return Books(pl.DataFrame(rows, schema, orient="row"), places)


# Items for which every parameter has a value in these years, so that results are known too.
ITEMS = {
    "fuel": ("汽油", "柴油", "电力", "热力"),
    "leak_component": ("有机化工 阀门 气体", "有机化工 阀门 轻液"),
    "pollutant": ("化学需氧量", "氨氮"),
}


def _items(leaf: str) -> tuple[str | None, ...]:
    known = quantity(leaf).axis
    return ITEMS.get(known) or tuple(axis(known).items)[:2] if known else (None,)


def _stated(chance: random.Random) -> float | None:
    kind = chance.random()
    return None if kind < 0.06 else 0.0 if kind < 0.1 else chance.uniform(0.01, 0.99)


def _parameters(id: str) -> list[Parameter]:
    return [one for one in RULES[id].below() if isinstance(one, Parameter)]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("id", RULES)
def test_the_table_and_the_reasons_agree_in_every_cell_of_random_books(id: str, seed: int) -> None:
    books = _random_books(id, seed)
    for definition in RULES[id].definitions or (None,):
        cells = table(RULES[id], books, definition)
        why = Explanation(books, definition)
        reasons = [
            why.step(RULES[id], (row["entity"], row.get("item"), parse(row["period"]))).value
            for row in cells.iter_rows(named=True)
        ]
        # A parameter that every city brings itself has no packaged value: then no cell can be known.
        assert (cells["value"].null_count() < cells.height) == all(p.places() for p in _parameters(id))
        assert _differing(cells["value"].to_list(), reasons) == []


@pytest.mark.parametrize(
    "id", [id for id in RULES if any(p.settings for p in RULES[id].parts() if isinstance(p, Parameter))]
)
def test_before_its_parameters_are_in_force_a_rule_has_no_result(id: str) -> None:
    read = [one for one in RULES[id].parts() if isinstance(one, Parameter) and one.settings]
    first = max(min(setting.since for setting in parameter.settings) for parameter in read)
    books = _random_books(id, 0, (first.year - 1,))
    assert table(RULES[id], books)["value"].null_count() == table(RULES[id], books).height


def test_every_rule_stands_in_the_glossary() -> None:
    assert {id: all_quantities().get(id) for id in RULES} == RULES
