"""A page whose numbers rest on rules from memory names them; the board says so at each number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duheng.rules import RULES

Site = Callable[..., Client]
PAGES = (
    "/carbon", "/carbon?place=512021&year=2023", "/balance?unit=tce", "/flows", "/emissions", "/projects",
    "/project/drill-R07", "/voc", "/voc/drill-E07", "/tax", "/water", "/air?year=2025",
)  # fmt: skip


def said(client: Client, address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    answer = client.get(f"{path}.json?scenario=drill&{query}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("address", PAGES)
def test_rules_from_memory_are_named_below_the_numbers_they_make(drill: Site, address: str) -> None:
    client = drill("viewer")
    rules = said(client, address)["unread_rules"]
    assert rules
    for one in rules:
        wordings = RULES[one["rule"]].wordings
        assert (one["cite"], "memory") in {(wording.cite, wording.certainty) for wording in wordings}
    path, _, query = address.partition("?")
    page = client.get(f"{path}?scenario=drill&{query}").content.decode()
    assert f"{len(rules)} 条规则没有与原文核对" in page
    assert RULES[rules[0]["rule"]].title in page


def test_a_page_whose_numbers_are_as_stated_names_no_rule(drill: Site) -> None:
    assert "unread_rules" not in said(drill("viewer"), "/balance?unit=physical")


def test_the_estimate_of_a_project_is_by_a_rule_from_memory(drill: Site) -> None:
    named = [one["rule"] for one in said(drill(), "/project/drill-R07")["unread_rules"]]
    assert "industrial_water_reduction" in named


def test_every_number_of_the_board_says_how_many_of_its_rules_are_from_memory(drill: Site) -> None:
    told = said(drill(), "/board")["targets"]
    resting = [one for one in told if one["unverified_rules"] and one["source"]]
    assert resting
    for one in resting:
        assert f"；{len(one['unverified_rules'])} 条规则未核实" in one["source"]
    known = {rule.title for rule in RULES.values() for w in rule.wordings if w.certainty == "memory"}
    assert {title for one in told for title in one["unverified_rules"]} <= known
    assert any(not one["unverified_rules"] for one in told)


def test_exported_tables_name_them_as_well(drill: Site) -> None:
    text = drill().get("/carbon.csv?scenario=drill&table=sectors").content.decode("utf-8-sig")
    assert "未核实的规则" in text
