"""The board over the made-up city: smaller books give the same answers, every target shows something."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from duheng.assess.board import board
from duheng.assess.books import Opened, default_plan, opened
from duheng.assess.counties import county_lights, places_of
from duheng.assess.evidence import Cell, reasons
from duheng.engine import Explanation
from duheng.ingest.loading import open_city
from duheng.model.glossary import definitions, quantity
from duheng.model.periods import parse

# The mark makes pytest-django lay out the database before the module's fixture fills it.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def drill(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Opened]:
    """The drill of Ziyang, loaded once for these tests and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        city = open_city("512000", "drill")
        yield opened(city, default_plan(city, "drill"), "drill")
        transaction.set_rollback(True)


def same(left: float | None, right: float | None) -> bool:
    """Equal to the last digits of a binary number, or both unknown."""
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12)


def test_what_is_left_out_of_the_smaller_books_changes_no_value(drill: Opened) -> None:
    whole = {one: Explanation(drill.books, one) for one in (None, *definitions())}
    cells = [
        Cell(target.quantity, place, target.item, str(year), definition)
        for target in drill.plan.targets
        for place in (drill.city.id, *(one.id for one in places_of(drill.city)))
        for year in (2020, 2023, 2025)
        for definition in (quantity(target.quantity).definitions or (None,))
    ]
    expected = [
        whole[cell.definition].step(quantity(cell.quantity), (cell.entity, cell.item, parse(cell.period)))
        for cell in cells
    ]
    pairs = zip(cells, expected, strict=True)
    assert [cell for cell, step in pairs if not same(reasons(drill, cell).value, step.value)] == []
    assert sum(step.value is not None for step in expected) > 100


def test_the_board_and_the_table_agree(drill: Opened) -> None:
    differing = [
        (target.id, year)
        for target in drill.plan.targets
        for definition in [quantity(target.quantity).definition(None)]
        for table in [drill.series(target.quantity, target.entity, target.item, definition)]
        for year in ("2020", "2022", "2025")
        for cell in [Cell(target.quantity, target.entity, target.item, year, definition)]
        if not same(reasons(drill, cell).value, table.get(year))
    ]
    assert differing == []


def test_every_target_of_the_drill_has_a_value_a_source_and_a_yardstick(drill: Opened) -> None:
    found = board(drill.city, drill.plan, "drill")
    assert len(found.targets) == 30
    assert all(one.latest is not None and one.source and one.yardstick for one in found.targets)


def test_the_running_plan_is_judged_by_its_path_as_of_a_day_in_it(drill: Opened) -> None:
    found = board(drill.city, drill.plan, "drill", date(2024, 7, 31))
    headline = found.targets[0]
    assert headline.period == "2023"
    assert headline.yardstick.startswith("五年进度：2023年应累计下降8.97%")
    assert headline.rate is not None


def test_all_five_places_have_both_lights(drill: Opened) -> None:
    rows = county_lights(drill.city, drill.plan, "drill")
    assert [row.entity.name for row in rows] == ["雁江区", "安岳县", "乐至县", "高新区", "临空经济区"]
    assert all(row.five_year.light and row.annual.light for row in rows)


def test_on_the_actual_board_of_ziyang_what_is_unknown_names_who_owes_it(drill: Opened) -> None:
    city = open_city("512000")
    found = board(city, default_plan(city)).targets
    assert len(found) == 30
    assert all(one.owed_by for one in found if one.latest is None)
    assert all(one.source is None for one in found if one.latest is None)
