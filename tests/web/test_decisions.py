"""A definition the plan does not state is chosen and signed by an official, for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from duheng import ledger
from duheng.assess.board import board
from duheng.assess.books import default_plan
from duheng.assess.choices import ACTION
from duheng.web import state

Site = Callable[..., Client]
SIGN = "/target/energy-intensity/sign"


def signed() -> list[ledger.AuditRecord]:
    return ledger.trail(limit=None, action=ACTION)


CHOICE = {"definition": "minus-feedstock", "reason": "川发改环资〔2022〕1号"}


def test_an_unstated_definition_is_shown_as_such(site: Site) -> None:
    assert "口径未明示" in site().get("/").content.decode()


def test_a_reviewer_signs_and_the_board_follows(site: Site) -> None:
    assert site("reviewer").post(SIGN, CHOICE).status_code == 302
    page = site().get("/").content.decode()
    assert "口径未明示" not in page
    assert site().get("/target/energy-intensity.json").json()["decisions"][0]["signed_by"] == "reviewer的姓名"


def test_a_signature_leaves_an_audit_entry(site: Site) -> None:
    site("reviewer").post(SIGN, CHOICE)
    entry = ledger.trail(1)[0]
    assert (entry.actor, entry.action, entry.object) == ("reviewer", "sign-definition", "energy-intensity")
    assert "minus-feedstock" in entry.detail


def test_before_the_signature_it_was_not_stated(site: Site) -> None:
    site("reviewer").post(SIGN, CHOICE)
    assert "口径未明示" in site().get("/?as_of=2024-06-30").content.decode()


def test_a_later_signature_counts_and_the_earlier_one_stays(site: Site) -> None:
    client = site("reviewer")
    client.post(SIGN, CHOICE)
    client.post(SIGN, {"definition": "full", "reason": "省厅复函，改用全口径"})
    told = client.get("/target/energy-intensity.json").json()
    assert [one["definition"] for one in told["decisions"]] == ["minus-feedstock", "full"]


@pytest.mark.parametrize("change", ["UPDATE ledger_audit SET detail = ''", "DELETE FROM ledger_audit"])
def test_the_database_itself_refuses_to_change_a_signature(site: Site, change: str) -> None:
    site("reviewer").post(SIGN, CHOICE)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert "minus-feedstock" in signed()[0].detail


def test_the_board_of_page_and_command_reads_under_the_signed_definition(site: Site) -> None:
    site("reviewer").post(SIGN, CHOICE)
    city = state.city()
    told = board(city, default_plan(city)).target("energy-intensity")
    assert told is not None
    assert told.asked == "minus-feedstock"


def test_a_definition_the_quantity_does_not_have_is_refused(site: Site) -> None:
    assert site("reviewer").post(SIGN, {**CHOICE, "definition": "calorific"}).status_code == 400
    assert not signed()


def test_a_definition_not_in_force_yet_is_neither_offered_nor_taken(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "today", lambda: date(2026, 5, 31))
    client = site("reviewer")
    offered = client.get("/target/energy-intensity").content.decode()
    assert 'value="minus-feedstock"' in offered
    assert 'value="apportioned"' not in offered
    client.post(SIGN, {**CHOICE, "definition": "apportioned"})
    assert not signed()
    monkeypatch.setattr(state, "today", lambda: date(2026, 6, 1))
    client.post(SIGN, {**CHOICE, "definition": "apportioned"})
    assert len(signed()) == 1


def test_a_signature_needs_a_reason(site: Site) -> None:
    site("reviewer").post(SIGN, {**CHOICE, "reason": " "})
    assert not signed()


def test_a_target_with_nothing_to_choose_takes_no_signature(site: Site) -> None:
    site("reviewer").post("/target/cod/sign", CHOICE)
    assert not signed()
