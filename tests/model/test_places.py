"""Entities, their two trees, and how they are found."""

from __future__ import annotations

from datetime import date

import pytest

from duheng.model import Entity, Places, UnknownName

CITY = Entity("512000", "资阳市", "city", name_en="Ziyang")
COUNTY = Entity("512002", "雁江区", "county", "512000", aliases=("雁江",))
ZONE = Entity(
    "512000G1", "高新区", "zone", "512000", "512002", since=date(2017, 1, 1), until=date(2030, 12, 31)
)
REST = Entity("512002X", "雁江区（不含两区）", "residual", "512002", "512002", residual=True)
PLANT = Entity("w1", "城北污水厂", "sewage_plant", "512000G1")
PLACES = Places([CITY, COUNTY, ZONE, REST, PLANT])


@pytest.mark.parametrize("text", ["512002", "雁江区", " 雁江 "])
def test_an_entity_is_found_by_id_name_and_alias(text: str) -> None:
    assert PLACES.find(text) is COUNTY


def test_an_unknown_entity_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="雁江区"):
        PLACES.find("燕江区")


def test_a_zone_has_one_administrative_and_another_statistical_parent() -> None:
    assert [e.id for e in PLACES.children("512000", statistical=False)] == ["512002", "512000G1"]
    assert [e.id for e in PLACES.children("512000")] == ["512002"]
    assert [e.id for e in PLACES.children("512002")] == ["512000G1", "512002X"]


def test_ancestors_are_those_whose_statistics_contain_it() -> None:
    assert [e.id for e in PLACES.ancestors("w1")] == ["512000G1", "512002", "512000"]


def test_descendants_of_a_kind_are_found_at_any_depth() -> None:
    assert PLACES.descendants("512000", "sewage_plant") == [PLANT]
    assert len(PLACES.descendants("512000")) == 4


def test_the_law_of_the_nearest_division_code_applies() -> None:
    assert PLACES.code("w1") == "512002"
    assert PLACES.code("nobody") == ""


def test_an_entity_is_valid_within_its_dates() -> None:
    assert ZONE.valid(date(2017, 1, 1), date(2017, 12, 31))
    assert not ZONE.valid(date(2016, 1, 1), date(2016, 12, 31))
    assert not ZONE.valid(date(2031, 1, 1), date(2031, 12, 31))


def test_places_join_and_leave_out_kinds() -> None:
    more = PLACES.joined([Entity("w2", "城南污水厂", "sewage_plant", "512002")])
    assert len(more) == 6
    assert "w2" in more
    assert len(more.without(["sewage_plant"])) == 4
