"""One item of a reference as a number of its own, and one quantity read in place of another."""

from __future__ import annotations

import polars as pl
import pytest

import duheng.rules  # noqa: F401
from duheng.engine import Books, Explanation, explain, table
from duheng.model import Entity, Places, only, quantity
from duheng.model.errors import UnknownName
from duheng.model.periods import parse

COLUMNS = ("quantity", "entity", "item", "period", "value")
PLACES = Places(
    [
        Entity("市", "市", "city"),
        Entity("甲县", "甲县", "county", parent="市"),
        Entity("乙县", "乙县", "county", parent="市"),
    ]
)


def books(*facts: tuple[str, str, str | None, str, float]) -> Books:
    return Books(pl.DataFrame(facts, COLUMNS, orient="row"), PLACES)


def flows(county: str, electricity: float, coal: float) -> list[tuple[str, str, str | None, str, float]]:
    rows = ("supply_moved_in", "supply_import", "supply_moved_out", "supply_export")
    amounts = (electricity, 0.0, -electricity / 10, 0.0)
    found = [(row, county, "电力", "2023", value) for row, value in zip(rows, amounts, strict=True)]
    return [
        *found,
        ("final_industry", county, "原煤", "2023", coal),
        ("fuel_use", county, "原煤", "2023", 1.0),
    ]


def test_only_picks_the_unit_of_its_item() -> None:
    picked = only(quantity("supply_moved_in"), "电力")
    assert (picked.unit, picked.axis, picked.id) == ("万kWh", None, "supply_moved_in")
    with pytest.raises(UnknownName):
        only(quantity("supply_moved_in"), "月光")


def test_the_table_and_the_reasons_pick_the_same_item() -> None:
    made = books(*flows("甲县", 50.0, 7.0), *flows("乙县", 20.0, 3.0))
    rule = quantity("imported_electricity")
    cells = dict(table(rule, made).filter(pl.col("period") == "2023").select("entity", "value").iter_rows())
    assert cells == {"甲县": 45.0, "乙县": 18.0, "市": 63.0}
    assert {id: explain(rule, made, id, "2023").value for id in cells} == cells


def test_an_item_nobody_stated_leaves_the_number_unknown() -> None:
    made = books(("supply_moved_in", "甲县", "原煤", "2023", 1.0))
    assert table(quantity("imported_electricity"), made)["value"].to_list() == [None] * 2
    assert explain(quantity("imported_electricity"), made, "甲县", "2023").value is None


def test_a_rule_is_read_for_another_quantity_with_its_own_facts_and_members() -> None:
    made = books(
        *flows("甲县", 50.0, 7.0), *flows("乙县", 20.0, 3.0), ("fuel_energy", "甲县", "原煤", "2023", 99.0)
    )
    reading = Explanation(made, instead={"fuel_use": quantity("final_industry")})
    step = reading.step(quantity("fuel_energy"), ("市", "原煤", parse("2023")))
    factor = 0.7143
    assert step.value == pytest.approx(10.0 * factor)
    leaves = [one for one in step.walk() if one.kind == "fact"]
    assert {(one.quantity, one.entity) for one in leaves} == {
        ("final_industry", "甲县"),
        ("final_industry", "乙县"),
    }
    # What is stated of the rule itself says nothing of the other quantity; without the substitute it counts.
    own = reading.step(quantity("fuel_energy"), ("甲县", "原煤", parse("2023")))
    assert own.value == pytest.approx(7.0 * factor)
    assert explain(quantity("fuel_energy"), made, "甲县", "2023", "原煤").value == 99.0


def test_a_substitute_that_rests_on_what_it_replaces_ends() -> None:
    made = books(("balance_flow", "甲县", "原煤", "2023", 2.0))
    reading = Explanation(made, instead={"balance_flow": quantity("balance_flow")})
    assert reading.step(quantity("flow_energy"), ("甲县", "原煤", parse("2023"))).value == pytest.approx(
        1.4286
    )
