"""The findings inbox: from the question to the judgement, kept for good, and never by the one who reported."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from duheng import ledger
from duheng.assess.inbox import ACTION, kinds
from duheng.ledger import NewFact, NewSource
from duheng.web import state

pytestmark = pytest.mark.slow
Site = Callable[..., Client]
MONTHS = [f"{year}-{month:02}" for year in (2021, 2022, 2023, 2024) for month in range(1, 13)]


def firm() -> str:
    return next(one.id for one in state.city().places if one.kind == "enterprise")


def report(by: str = "reporter", slip: float = 10) -> str:
    """Four years of an enterprise's electricity, one month with a slip of the decimal point."""
    chance = random.Random(5)
    values = {month: round(400 * chance.gauss(1, 0.03), 2) for month in MONTHS}
    values["2024-05"] = round(values["2024-05"] * slip, 2)
    facts = [
        NewFact(
            "fuel_use", firm(), "电力", month, "actual", None, Decimal(str(value)), f"{value} 万kWh", "reported",
            "quoted", f"月报!C{row}",
        )
        for row, (month, value) in enumerate(values.items(), 6)
    ]  # fmt: skip
    ledger.append(facts, NewSource("submission", "企业月报"), by=by)
    return firm()


def listed(client: Client, query: str = "") -> list[dict[str, object]]:
    told: list[dict[str, object]] = client.get(f"/findings.json{query}").json()["findings"]
    return told


def the_one(client: Client) -> str:
    (found,) = [one for one in listed(client) if one["code"] == "audit-seasonal"]
    return str(found["id"])


def say(client: Client, id: str, word: str, reason: str = "原因见凭证一号") -> int:
    return client.post(f"/findings/{id}/word", {"word": word, "reason": reason}).status_code


def standing(client: Client, id: str) -> object:
    return client.get(f"/findings/{id}.json").json()["state"]


def test_a_finding_shows_its_cell_measure_tolerance_and_series(site: Site) -> None:
    report()
    client = site("viewer")
    id = the_one(client)
    told = client.get(f"/findings/{id}.json").json()
    assert told["cells"] == [{"quantity": "fuel_use", "entity": firm(), "item": "电力", "period": "2024-05"}]
    assert told["statistic"] > told["tolerance"]
    page = client.get(f"/findings/{id}").content.decode()
    assert "不是结论" in page
    assert "<svg" in page
    assert client.get(f"/findings/{id}.svg?chart=series0").status_code == 200
    assert client.get(f"/findings/{id}.csv?table=series0").content.decode().count("\n") > 40


def test_without_account_no_enterprise_is_named(site: Site) -> None:
    report()
    id = the_one(site("viewer"))
    assert [one for one in listed(site()) if one["code"] == "audit-seasonal"] == []
    assert site().get(f"/findings/{id}").status_code == 404
    assert firm() not in site().get("/findings.csv").content.decode()


def test_it_goes_from_the_question_to_the_judgement(site: Site) -> None:
    report()
    reviewer, reporter = site("reviewer"), site("reporter")
    id = the_one(reviewer)
    assert standing(reviewer, id) == "open"
    say(reviewer, id, "ask", "五月的用电量是否多写一位？")
    assert standing(reviewer, id) == "asked"
    say(reporter, id, "answer", "是小数点错位，凭证附后")
    assert standing(reviewer, id) == "answered"
    say(reviewer, id, "confirm", "五月应为原数的十分之一")
    told = reviewer.get(f"/findings/{id}.json").json()
    assert told["state"] == "confirmed"
    assert [one["name"] for one in told["words"]] == ["reviewer的姓名", "reporter的姓名", "reviewer的姓名"]
    assert [entry.object for entry in ledger.trail(limit=None, action=ACTION)] == [id] * 3


def test_a_cleared_finding_leaves_the_list_and_stays_to_be_found(site: Site) -> None:
    report()
    reviewer = site("reviewer")
    id = the_one(reviewer)
    say(site("reporter"), id, "answer")
    say(reviewer, id, "clear", "五月检修后集中投产，凭证齐全")
    assert id not in [one["id"] for one in listed(reviewer)]
    assert id in [one["id"] for one in listed(reviewer, "?state=cleared")]
    assert id in [one["id"] for one in listed(reviewer, "?state=all")]


def test_nobody_judges_before_there_is_an_answer(site: Site) -> None:
    report()
    id = the_one(site("reviewer"))
    say(site("reviewer"), id, "clear")
    assert standing(site("reviewer"), id) == "open"


def test_who_answered_does_not_judge(site: Site) -> None:
    report()
    reviewer = site("reviewer")
    id = the_one(reviewer)
    say(reviewer, id, "answer")
    for word in ("confirm", "clear"):
        say(reviewer, id, word)
        assert standing(reviewer, id) == "answered"
    say(site("administrator"), id, "clear")
    assert standing(reviewer, id) == "cleared"


@pytest.mark.parametrize("by", ["reviewer", "reviewer（administrator 审核）"])
def test_who_reported_the_figure_does_not_judge_it(site: Site, by: str) -> None:
    report(by)
    id = the_one(site("reviewer"))
    say(site("reporter"), id, "answer")
    say(site("reviewer"), id, "clear")
    assert standing(site("reviewer"), id) == "answered"


def test_who_reported_the_months_does_not_judge_their_year(site: Site) -> None:
    county, chance = "512021", random.Random(5)
    by_year = {"industrial_energy": (100, 140), "electricity_use": (500, 300)}  # one rises, the other falls

    def month(of: str, period: str, level: int) -> NewFact:
        value = Decimal(str(round(level * chance.gauss(1, 0.03), 2)))
        return NewFact(of, county, None, period, "actual", None, value, "", "reported", "quoted", "月报")

    facts = [
        month(of, f"{year}-{number:02}", level)
        for of, levels in by_year.items()
        for year, level in zip((2022, 2023), levels, strict=True)
        for number in range(1, 13)
    ]
    ledger.append(facts, NewSource("submission", "月报"), by="reviewer（administrator 审核）")
    reviewer = site("reviewer")
    (id,) = [str(one["id"]) for one in listed(reviewer) if one["code"] == "audit-opposite"]
    say(site("reporter"), id, "answer")
    say(reviewer, id, "clear")
    assert standing(reviewer, id) == "answered"
    say(site("administrator"), id, "clear")
    assert standing(reviewer, id) == "cleared"


def test_a_word_needs_its_role(site: Site) -> None:
    report()
    id = the_one(site("viewer"))
    refused = {
        ("", "ask"): 403,
        ("viewer", "answer"): 403,
        ("reporter", "ask"): 403,
        ("reporter", "clear"): 403,
    }
    told = {(role, word): say(site(role), id, word) for role, word in refused}
    assert told == refused
    assert say(site("reviewer"), id, "x") == 400
    assert ledger.trail(limit=None, action=ACTION) == []


def test_a_word_needs_a_reason_and_the_token(site: Site) -> None:
    report()
    id = the_one(site("viewer"))
    say(site("reviewer"), id, "ask", " ")
    assert say(site("reviewer", csrf=True), id, "ask") == 403
    assert ledger.trail(limit=None, action=ACTION) == []


def test_a_mended_figure_ends_its_finding_and_a_changed_one_begins_anew(site: Site) -> None:
    report()
    client = site("reviewer")
    id = the_one(client)
    say(client, id, "ask")
    report(slip=9)
    assert the_one(client) != id
    assert standing(client, the_one(client)) == "open"
    report(slip=1)
    assert [one for one in listed(client) if one["code"] == "audit-seasonal"] == []
    assert client.get(f"/findings/{id}").status_code == 404


def test_filters_stay_in_the_address(site: Site) -> None:
    report()
    client = site("viewer")
    place = state.city().places.get(firm())
    county = next(one.id for one in state.city().places.ancestors(firm()))
    assert place is not None
    for query in (f"unit={place.name}", "kind=audit-seasonal", "severity=warning", f"county={county}"):
        assert the_one(client) in [one["id"] for one in listed(client, f"?{query}")]
    assert listed(client, "?severity=error&kind=audit-seasonal") == []
    page = client.get("/findings?kind=audit-seasonal&severity=warning").content.decode()
    assert '<option value="audit-seasonal" selected>' in page
    assert "/findings.xlsx?kind=audit-seasonal&amp;severity=warning&amp;table=findings" in page
    assert client.get("/findings.xlsx?kind=audit-seasonal").status_code == 200


def test_an_unknown_filter_says_what_there_is(site: Site) -> None:
    client = site()
    asked = ("kind=x", "severity=x", "state=x", "county=x")
    assert [client.get(f"/findings?{query}").status_code for query in asked] == [400] * 4


def test_as_of_an_earlier_day_nothing_was_said_yet(site: Site) -> None:
    report()
    client = site("reviewer")
    say(client, the_one(client), "ask")
    assert [
        one["state"] for one in listed(client, "?as_of=2023-12-31") if one["code"] == "audit-seasonal"
    ] == []


def test_a_finding_speaks_english(site: Site) -> None:
    report()
    client = site("reviewer")
    page = client.get(f"/findings/{the_one(client)}?lang=en").content.decode()
    assert "Off trend and season" in page
    assert "no verdict" in page


def test_what_the_reviews_of_registers_find_can_be_asked_and_answered(drill: Site) -> None:
    client = drill("reviewer")
    found = client.get("/findings.json?scenario=drill").json()["findings"]
    codes = {one["code"] for one in found}
    assert {"reduction-evidence", "voc-treatment"} <= codes <= set(kinds())
    shown = client.get("/projects.json?scenario=drill").json()["findings"]
    assert len([one for one in found if one["code"].startswith("reduction-")]) == len(set(shown))
    one = next(one for one in found if one["code"] == "voc-treatment")
    page = client.get(f"/findings/{one['id']}?scenario=drill").content.decode()
    assert "VOCs处理效率不达标" in page
    hidden = drill().get("/findings.json?scenario=drill").json()["findings"]
    assert not any(one["code"].startswith("voc-") for one in hidden)


def test_nothing_is_said_to_what_was_known_on_an_earlier_day(site: Site) -> None:
    report()
    client = site("reviewer")
    id = the_one(client)
    address = f"/findings/{id}/word?as_of=2024-01-01"
    assert client.post(address, {"word": "ask", "reason": "请说明原因"}).status_code == 403
    assert ledger.trail(limit=None, action=ACTION) == []


def test_todays_day_in_the_address_is_no_earlier_day(site: Site) -> None:
    report()
    client = site("reviewer")
    address = f"/findings/{the_one(client)}/word?as_of={state.today()}"
    assert client.post(address, {"word": "ask", "reason": "请说明原因"}).status_code == 302


@pytest.mark.parametrize(
    "page",
    ["target/energy-intensity/sign", "import", "plans/readings", "projects/register", "monitor/receipts"],
)
def test_no_page_takes_a_word_for_an_earlier_day(site: Site, page: str) -> None:
    answer = site("administrator").post(f"/{page}?as_of=2024-01-01", {"word": "x"})
    assert answer.status_code == 403
    assert "请先去掉截至日期" in answer.content.decode()
