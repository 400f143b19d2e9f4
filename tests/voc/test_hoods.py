"""A hood too slow to collect is a finding at its source; one that is not stated is not asked about."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from duheng.assess.books import Opened, default_plan
from duheng.city import default_city_folder, load
from duheng.engine import Books
from duheng.model.entities import Entity, Places
from duheng.web.vocs import review

FIRM = Entity("F", "甲厂", "enterprise", "512000")
SOURCE = Entity("S", "甲厂 喷漆", "voc_source", "F")


def opened(velocity: float | None) -> Opened:
    city = load(default_city_folder("512000"))
    city = replace(city, places=Places([*city.places, FIRM, SOURCE]))
    rows = [("hood_velocity", "S", None, "2025", None, velocity)]
    names = ("quantity", "entity", "item", "period", "definition", "value")
    facts = pl.DataFrame(rows, dict.fromkeys(names, pl.String) | {"value": pl.Float64}, orient="row")
    books = Books(facts, city.places, city.parameters)
    return Opened(city, default_plan(city, "actual"), "actual", books, None)


@pytest.mark.parametrize(("velocity", "asked"), [(0.29, True), (0.3, False), (None, False)])
def test_a_hood_below_the_control_velocity_is_a_finding(velocity: float | None, asked: bool) -> None:
    found = [one for one in review(opened(velocity), FIRM, "2025") if one.code == "voc-hood"]
    assert bool(found) == asked
    if found:
        assert found[0].owner == "甲厂"
        assert "0.29 m/s" in found[0].text
