"""What the to-do asks for beyond the years of the plan."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

Site = Callable[..., Client]


def asked_of_2020(client: Client, scenario: str) -> dict[str, str]:
    """State of each form of the base year that is asked for."""
    told = client.get("/duties.json", {"scenario": scenario}).json()["duties"]
    return {one["duty"]: one["state"] for one in told if one["period"] == "2020"}


def test_the_base_year_that_a_decline_rests_on_is_asked_for(drill: Site) -> None:
    asked = asked_of_2020(drill(), "actual")
    assert asked["economy"] == asked["energy-balance"] == "overdue"


@pytest.mark.parametrize("duty", ["air", "farm-inputs"])
def test_of_what_no_target_reckons_from_the_base_year_it_is_not_asked_for(drill: Site, duty: str) -> None:
    assert duty not in asked_of_2020(drill(), "actual")


def test_a_base_year_that_is_stated_is_no_longer_listed(drill: Site) -> None:
    assert asked_of_2020(drill(), "drill") == {}


def test_the_page_of_a_county_names_the_base_year_among_what_it_owes(drill: Site) -> None:
    owed = drill().get("/county/512021.json").json()["owed"]
    assert any(one["period"] == "2020" for one in owed)
