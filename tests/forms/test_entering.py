"""Form 205-1 by import: recognised by its layout, checked, and entered where its sum is a period of the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from duheng.city import default_city_folder, load
from duheng.ingest.sheets import Reading, read_sheets
from duheng.model.entities import Entity, Places
from duheng.model.plan import City
from tests.forms.conftest import Made

FIRM = Entity("E-205", "演练水泥厂", "enterprise", "512021")


@pytest.fixture(scope="module")
def city() -> City:
    loaded = load(default_city_folder("512000"))
    return replace(loaded, places=Places([*loaded.places, FIRM]))


def read(path: object, city: City) -> Reading:
    return read_sheets(path, city, today=date(2025, 3, 1))  # type: ignore[arg-type]


def test_the_half_year_enters_with_feedstock_and_without_the_parts_of_raw_coal(
    form: Made, city: City
) -> None:
    reading = read(form(), city)
    assert {(f.quantity, f.item, f.period, float(f.value), f.locator) for f in reading.facts} == {
        ("fuel_use", "原煤", "2024H1", 800.0, "6月!H6"),
        ("fuel_use", "柴油", "2024H1", 32.0, "6月!H8"),
        ("fuel_use", "电力", "2024H1", 500.0, "6月!H9"),
        ("feedstock_use", "原煤", "2024H1", 0.0, "6月!J6"),
        ("feedstock_use", "柴油", "2024H1", 0.0, "6月!J8"),
    }
    assert {fact.entity for fact in reading.facts} == {"E-205"}
    assert not reading.failed


def test_a_row_that_breaks_a_read_relation_waits(form: Made, city: City) -> None:
    reading = read(form({("原煤", "消费量合计"): 810}), city)
    assert {fact.item for fact in reading.facts} == {"柴油", "电力"}
    (found,) = [one for one in reading.findings if one.code == "form-use"]
    assert (found.severity, found.owner) == ("error", "演练水泥厂")
    assert found.place.endswith("6月!H6")


def test_a_relation_from_memory_is_told_and_keeps_nothing_out(form: Made, city: City) -> None:
    reading = read(form({("原煤", "期末库存量"): 260}), city)
    assert len(reading.facts) == 5
    assert "未核实" in "".join(one.text for one in reading.findings if one.code == "form-stock")


def test_the_sum_to_may_is_no_period_of_the_ledger(form: Made, city: City) -> None:
    reading = read(form(months=(5,)), city)
    assert reading.facts == ()
    assert "没有导入" in "".join(one.text for one in reading.findings if one.code == "form-cumulative")


def test_a_unit_nobody_knows_is_named(form: Made, city: City) -> None:
    reading = read(form(unit="没有的厂"), city)
    assert reading.facts == ()
    assert "entity-unknown" in [one.code for one in reading.findings]
