"""A city replaces a parameter's value: proposed by one, accepted by another, cited, dated, and reproducible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from typer.testing import CliRunner

from duheng import ledger
from duheng.assess import parameters
from duheng.assess.books import default_plan, opened
from duheng.assess.parameters import ACCEPT, PROPOSE, proposals
from duheng.assess.why import Why, why
from duheng.cli import app
from duheng.cli.explain import lines
from duheng.ledger import NewFact, NewSource
from duheng.model.errors import DuhengError
from duheng.model.parameters import packaged
from duheng.web import state

pytestmark = pytest.mark.slow
Site = Callable[..., Client]
PAGE = "/parameters/standard_coal_factor"
COAL = {
    "word": "propose",
    "item": "原煤",
    "value": "0.7248",
    "unit": "kgce/kg",
    "since": "2023-01-01",
    "cite": "资阳市质检院 热值检测报告 2023-15号",
    "certainty": "verified",
}
VOC = "/voc/drill-E07.json?"
CELL = "/why/fuel_energy/512002/2023.json?item=原煤"


@pytest.fixture
def used(site: Site) -> Site:
    """A site with 1,000 t of raw coal of a county, recorded last month."""
    fact = NewFact(
        quantity="fuel_use", entity="512002", item="原煤", period="2023", scenario="actual", definition=None,
        value=Decimal(1000), unit="t", stated="1000 t", status="reported", confidence="quoted", locator="A1",
    )  # fmt: skip
    ledger.append([fact], NewSource(kind="document", title="报表.xlsx"), "tests")
    return site


def waiting(scenario: str = "actual") -> int:
    return proposals(state.city(scenario), scenario)[0].number


def value(client: Client, query: str = "") -> float:
    told: float = client.get(CELL + query).json()["why"]["value"]
    return told


def reasons(moment: datetime | None = None) -> Why:
    city = state.city()
    return why(
        opened(city, default_plan(city), "actual", moment), "fuel_energy", "雁江区", "2023", item="原煤"
    )


def accepted(site: Site, at: str = PAGE, **changes: str) -> None:
    site("administrator").post(at, {**COAL, **changes})
    scenario = "drill" if "drill" in at else "actual"
    site("reviewer").post(at, {"word": "accept", "number": str(waiting(scenario))})


def test_until_another_person_accepts_the_old_value_counts(used: Site) -> None:
    administrator, reviewer = used("administrator"), used("reviewer")
    administrator.post(PAGE, COAL)
    assert value(administrator) == pytest.approx(714.3)
    administrator.post(PAGE, {"word": "accept", "number": str(waiting())})
    assert value(administrator) == pytest.approx(714.3)  # nobody accepts what he proposed himself
    assert "0.7248 kgce/kg" in reviewer.get("/parameters").content.decode()
    reviewer.post(PAGE, {"word": "accept", "number": str(waiting())})
    assert value(used()) == pytest.approx(724.8)


def test_the_reasons_show_the_citation_and_both_names(used: Site) -> None:
    accepted(used)
    page = used().get("/why/fuel_energy/512002/2023?item=原煤").content.decode()
    for shown in (
        "热值检测报告 2023-15号",
        "administrator的姓名提出、reviewer的姓名核准于",
        "0.7248 kgce/kg",
    ):
        assert shown in page
    told = "\n".join(lines(reasons()))  # what `duheng explain` prints
    assert "724.8" in told
    assert "administrator的姓名提出" in told


def test_a_result_of_an_earlier_moment_keeps_the_old_value(used: Site) -> None:
    accepted(used)
    (entry,) = ledger.trail(limit=None, action=ACCEPT)
    before = reasons(entry.at - timedelta(microseconds=1))
    assert (before.top.value, reasons(entry.at).top.value) == ("714.30", "724.80")
    assert "administrator" not in "\n".join(lines(before))


def test_a_value_applies_from_its_day_on(used: Site) -> None:
    accepted(used, since="2024-01-01")
    assert value(used()) == pytest.approx(714.3)


def test_a_second_replacement_takes_the_place_of_the_first(used: Site) -> None:
    accepted(used)
    accepted(used, value="0.73")
    assert value(used()) == pytest.approx(730)
    told = used("reviewer").get(f"{PAGE}.json").json()
    assert [one["standing"] for one in told["proposals"]] == ["accepted", "accepted"]


def test_a_returned_proposal_changes_nothing_and_keeps_its_reason(used: Site) -> None:
    used("administrator").post(PAGE, COAL)
    used("reviewer").post(PAGE, {"word": "return", "number": str(waiting()), "reason": "检测报告未附"})
    used("reviewer").post(PAGE, {"word": "accept", "number": str(waiting())})
    assert value(used()) == pytest.approx(714.3)
    (told,) = used("administrator").get(f"{PAGE}.json").json()["proposals"]
    assert (told["standing"], told["reason"]) == ("returned", "检测报告未附")


def test_of_two_who_settle_a_proposal_at_once_the_second_is_told_and_leaves_no_word(
    used: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    used("administrator").post(PAGE, COAL)
    seen = proposals(state.city())
    used("reviewer").post(PAGE, {"word": "accept", "number": str(waiting())})
    monkeypatch.setattr(parameters, "proposals", lambda *_: seen)  # he looked before the first one spoke
    with pytest.raises(DuhengError, match="已处理过"):
        parameters.settle(state.city(), "actual", seen[0].number, parameters.RETURNED, by="乙", name="乙")
    assert ledger.trail(limit=None, action=parameters.RETURN) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": "很多"}, "不是数"),
        ({"value": "1e400000"}, "不能换算"),
        ({"unit": "kWh"}, "不能换算"),
        ({"since": "去年"}, "2025-01-01"),
        ({"cite": "x"}, "请写明依据"),
        ({"certainty": "sure"}, "请选择可信程度"),
        ({"item": ""}, "请选择项目"),
        ({"item": "煤球"}, "煤球"),
    ],
)
def test_what_is_wrong_with_a_proposal_is_said(site: Site, change: dict[str, str], said: str) -> None:
    page = site("administrator").post(PAGE, {**COAL, **change}, follow=True).content.decode()
    assert said in page
    assert not ledger.trail(limit=None, action=PROPOSE)


@pytest.mark.parametrize("role", ["", "viewer", "reporter", "reviewer"])
def test_only_an_administrator_proposes(site: Site, role: str) -> None:
    assert site(role).post(PAGE, COAL).status_code == 403
    assert not ledger.trail(limit=None, action=PROPOSE)


@pytest.mark.parametrize("role", ["", "viewer", "reporter"])
def test_who_may_not_accept_sees_no_proposal(used: Site, role: str) -> None:
    used("administrator").post(PAGE, COAL)
    client = used(role)
    assert client.post(PAGE, {"word": "accept", "number": str(waiting())}).status_code == 403
    assert "administrator的姓名" not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}.json").json()["proposals"] == []


def test_nobody_changes_an_earlier_day(site: Site) -> None:
    assert site("administrator").post(f"{PAGE}?as_of=2024-01-01", COAL).status_code == 403


@pytest.mark.parametrize("change", ["UPDATE ledger_audit SET detail = ''", "DELETE FROM ledger_audit"])
def test_the_database_itself_refuses_to_change_what_was_accepted(used: Site, change: str) -> None:
    accepted(used)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert value(used()) == pytest.approx(724.8)


def test_the_list_shows_certainty_and_use_and_is_filtered(site: Site) -> None:
    every = site().get("/parameters.json").json()["parameters"]
    unsure = site().get("/parameters.json?certainty=memory").json()["parameters"]
    assert {one["certainty"] for one in unsure} == {"未核实"}
    assert 0 < len(unsure) < len(every)
    (coal,) = [one for one in every if (one["title"], one["item"]) == ("各种能源折标准煤系数", "原煤")]
    assert (coal["value"], coal["where"]) == ("0.7143", "全国")
    assert coal["used"].endswith("等 5 条规则")
    found = site().get("/parameters.json?q=甲醇").json()["parameters"]
    assert {one["item"] for one in found} == {"甲醇"}
    assert site().get("/parameters?certainty=sure").status_code == 400


def test_a_replaced_value_stands_in_list_and_handbook(used: Site) -> None:
    accepted(used)
    own = used().get("/parameters.json?certainty=own").json()["parameters"]
    assert [(one["value"], one["where"]) for one in own] == [("0.7248", "资阳市")]
    assert "热值检测报告 2023-15号" in used().get("/handbook?section=parameters").content.decode()
    assert state.today() >= date(2024, 1, 1)


def test_a_source_line_says_how_many_values_are_unverified(drill: Site) -> None:
    told = drill().get("/target/energy-intensity.json?scenario=drill").json()
    assert "各种能源折标准煤系数 原煤" in told["unverified_parameters"]
    n = len(told["unverified_parameters"])
    assert told["source"].endswith(f"；{n} 项参数取值未核实")


def listed(client: Client, page: str) -> list[dict[str, str]]:
    told: list[dict[str, str]] = client.get(page).json().get("parameter_values", [])
    return told


@pytest.mark.parametrize(
    ("parameter", "item", "page", "numbers"),
    [
        ("standard_coal_factor", "原煤", "/balance.json?unit=tce&", lambda told: told["rows"]),
        ("standard_coal_factor", "原煤", "/flows.json?", lambda told: told["links"]),
        ("net_calorific_value", "原煤", "/carbon.json?", lambda told: told["sectors"]),
        ("air_equivalent_value", "二氧化硫", "/tax.json?", lambda told: told["counties"]),
        ("standard_coal_factor", "原煤", "/bridge.json?", lambda told: told["lines"]),
        ("air_limit_class2", "细颗粒物（PM2.5）年平均", "/air.json?year=2025&", lambda told: told["items"]),
        (
            "aqi_breakpoint_100",
            "细颗粒物（PM2.5）24小时平均",
            "/air.json?year=2025&",
            lambda told: [day["aqi"] for day in told["days"]],
        ),
        ("water_limit_3", "氨氮", "/water.json?", lambda told: told["year"]),
        ("soil_screening_1", "砷", "/soil.json?", lambda told: told["limits"]),
        ("voc_collection_national", "密闭管道", VOC, lambda told: (told["treatment"], told["findings"])),
    ],
)
def test_a_replaced_value_reaches_the_page_and_shows_there(
    changing: Site, parameter: str, item: str, page: str, numbers: Callable[[dict[str, object]], object]
) -> None:
    address = page + ("scenario=drill" if page.endswith(("?", "&")) else "&scenario=drill")
    before = changing("viewer").get(address).json()
    found = packaged()[parameter].at(date(2025, 12, 31), item)
    accepted(
        changing,
        at=f"/parameters/{parameter}?scenario=drill",
        item=item,
        value=f"{found.value * Decimal('0.4')}" if found else "9.5",
        unit="",
        since="2018-01-01",
        certainty="memory",
    )
    after = changing("viewer").get(address).json()
    assert numbers(after) != numbers(before)
    (own,) = [
        one for one in after["parameter_values"] if (one["parameter"], one["item"]) == (parameter, item)
    ]
    assert (own["replaced"], own["certainty"], own["cite"]) == (True, "memory", COAL["cite"])
    assert "reviewer的姓名核准于" in own["note"]
    shown = changing("viewer").get(address.replace(".json", "")).content.decode()
    for text in ("本市取值", "热值检测报告 2023-15号", "reviewer的姓名核准于", "未核实"):
        assert text in shown


def test_pages_without_a_replaced_value_name_the_unverified_ones(drill: Site) -> None:
    for page in ("/carbon", "/tax", "/water", "/air?year=2025", "/emissions", "/voc"):
        told = listed(
            drill(), f"{page.replace('?', '.json?') if '?' in page else page + '.json?'}&scenario=drill"
        )
        assert all(one["replaced"] or one["certainty"] == "memory" for one in told)
    assert listed(drill("viewer"), "/voc.json?scenario=drill")


def test_the_commands_that_read_the_ledger_use_a_replaced_value_the_others_say_so(
    used: Site, tmp_path: Path
) -> None:
    accepted(used)
    told = run("handbook")
    assert "热值检测报告 2023-15号" in told
    assert "账本中更换的 1 个" in told
    assert "热值检测报告 2023-15号" in run("bridge", "资阳市", "2023")
    table = tmp_path / "in.csv"
    table.write_text("entity,item,period,fuel_use\n甲,原煤,2023,1000\n", "utf-8")
    told = run("compute", "fuel_energy", str(table))
    assert "714.3" in told
    assert "不读账本" in told
    assert "不读账本" in run("tax", str(sample(tmp_path)))


def sample(folder: Path) -> Path:
    run("tax", "--sample", "-o", str(folder / "tax.csv"))
    return folder / "tax.csv"


def run(*words: str) -> str:
    return CliRunner().invoke(app, words).output


def test_everything_wrong_is_said_at_once_and_what_was_typed_stays(site: Site) -> None:
    typed = {**COAL, "value": "12,1x", "since": "2021/13/1", "cite": "x"}
    answer = site("administrator").post(PAGE, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for said in ("不是数", "2025-01-01", "请写明依据"):
        assert said in page
    for field in ('value="12,1x"', 'value="2021/13/1"', f'value="{COAL["item"]}" selected'):
        assert field in page


def test_a_proposal_writes_units_as_the_table_below_it(used: Site) -> None:
    used("administrator").post(PAGE, COAL)
    page = used("reviewer").get(PAGE).content.decode()
    assert "0.7248千克标准煤/千克</strong>" in page
    assert "kgce/kg</strong>" not in page
