"""An open finding stands at the number it concerns, until somebody has judged it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal

from django.test import Client

from duheng import ledger
from duheng.assess.books import default_plan
from duheng.ledger import NewFact, NewSource
from duheng.web import state
from tests.web.test_inbox import firm, report, say, the_one

Site = Callable[..., Client]
CELL = "/doubts/fuel_energy/{}/2024-05.json?item=电力"


def about(client: Client, address: str) -> list[str]:
    return [str(one["id"]) for one in client.get(address).json()["findings"]]


def test_a_number_shows_the_open_findings_about_what_it_rests_on(site: Site) -> None:
    report()
    viewer, address = site("viewer"), CELL.format(firm())
    id = the_one(viewer)
    assert about(viewer, address) == [id]
    assert about(viewer, CELL.format(firm()).replace("2024-05", "2024-06")) == []
    page = viewer.get(address.replace(".json", "")).content.decode()
    assert "有未处理的数据疑点 1 条" in page
    assert f'href="/findings/{id}"' in page
    why = viewer.get(f"/why/fuel_energy/{firm()}/2024-05?item=电力").content.decode()
    assert f'hx-get="/doubts/fuel_energy/{firm()}/2024-05?item=' in why


def test_a_year_is_doubted_where_one_of_its_months_is(site: Site) -> None:
    report()
    assert about(site("viewer"), CELL.format(firm()).replace("2024-05", "2024"))


def test_what_was_cleared_is_no_doubt_any_more(site: Site) -> None:
    report()
    reviewer, address = site("reviewer"), CELL.format(firm())
    id = the_one(reviewer)
    for client, word in ((reviewer, "ask"), (site("reporter"), "answer")):
        say(client, id, word)
        assert about(reviewer, address) == [id]
    say(reviewer, id, "clear")
    assert about(reviewer, address) == []


def test_without_account_no_enterprise_is_doubted(site: Site) -> None:
    report()
    assert site().get(CELL.format(firm())).status_code == 403
    told = site().get("/doubts.json").json()["targets"]
    assert not any(told.values())


def test_the_board_asks_for_the_doubts_of_each_row(drill: Site) -> None:
    told = drill("viewer").get("/doubts.json?scenario=drill").json()["targets"]
    board = drill("viewer").get("/?scenario=drill").content.decode()
    for id in told:
        assert f'id="doubt-{id}"' in board
        assert f"#doubt-{id}," in board
    page = drill("viewer").get("/doubts?scenario=drill").content.decode()
    assert 'id="doubts-note"' in page
    for id, own in told.items():
        assert (f'id="doubt-{id}"' in page) == bool(own)


def test_a_doubted_target_is_named_on_the_page_of_doubts(changing: Site) -> None:
    plan = default_plan(state.city("drill"), "drill")
    target = next(one for one in plan.targets if one.id == "energy-intensity")
    fact = NewFact(
        target.quantity, target.entity, None, "2025", "drill", target.definition, Decimal("0.5"), "50 %", "reported",
        "quoted", "A1",
    )  # fmt: skip
    ledger.append([fact], NewSource("submission", "年报"), by="reporter")
    told = changing("viewer").get("/doubts.json?scenario=drill").json()["targets"]
    assert told[target.id]
    page = changing("viewer").get("/doubts?scenario=drill").content.decode()
    assert f'id="doubt-{target.id}"' in page
    assert "有未处理的数据疑点" in page


def test_a_target_without_a_value_has_no_doubts_to_open(drill: Site) -> None:
    client = drill()
    for scenario in ("", "?scenario=drill"):
        page = client.get(f"/doubts{scenario}").content.decode()
        links = [html.unescape(one) for one in re.findall(r'href="(/doubts/[^"]+)"', page)]
        assert [one for one in links if client.get(one).status_code != 200] == []
