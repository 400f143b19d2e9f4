"""Single enterprises' figures: shown to nobody without an account, nor sums of fewer than three."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from duheng import ledger
from duheng.engine import Step
from duheng.ledger import NewFact, NewSource
from duheng.model.entities import Entity, Places
from duheng.model.glossary import kinds
from duheng.web import access, page
from duheng.web.access import Closed

Site = Callable[..., Client]
FIRM = "/why/fuel_use/drill-E01/2023-01"
ASKED = "?scenario=drill&item=原煤"


def places() -> Places:
    firms = [Entity(f"E{n}", f"企业{n}", "enterprise", "C1" if n <= 2 else "C2") for n in range(1, 7)]
    return Places(
        [
            Entity("C", "市", "city"),
            Entity("C1", "甲县", "county", "C"),
            Entity("C2", "乙县", "county", "C"),
            *firms,
        ]
    )


def leaf(entity: str, value: float | None = 1.0) -> Step:
    return Step("", "fact" if value is not None else "missing", "use", entity, None, "2023", value, "t")


def node(entity: str, *parts: Step, kind: str = "total") -> Step:
    value = sum(part.value or 0 for part in parts)
    return Step("", kind, "use", entity, None, "2023", value, "t", parts=parts)  # type: ignore[arg-type]


def test_a_single_enterprise_is_closed() -> None:
    assert Closed(places())(leaf("E1"))


def test_a_county_is_open() -> None:
    assert not Closed(places())(leaf("C1"))


def test_a_sum_of_two_enterprises_is_closed() -> None:
    assert Closed(places())(node("C1", leaf("E1"), leaf("E2")))


def test_a_sum_of_three_enterprises_is_open() -> None:
    assert not Closed(places())(node("C2", leaf("E3"), leaf("E4"), leaf("E5")))


def test_the_sources_of_two_enterprises_are_two_units_and_not_four() -> None:
    sources = [Entity(f"E{n}-V{m}", f"环节{n}{m}", "voc_source", f"E{n}") for n in (1, 2) for m in (1, 2)]
    closed = Closed(places().joined(sources))
    assert closed(node("C1", *(leaf(one.id) for one in sources)))
    assert closed.unit("E1-V2") == "E1"


def test_an_enterprise_that_used_nothing_does_not_hide_the_others() -> None:
    assert Closed(places())(node("C2", leaf("E3"), leaf("E4"), leaf("E5", 0.0)))


def test_an_enterprise_that_said_nothing_does_not_hide_the_others() -> None:
    assert Closed(places())(node("C2", leaf("E3"), leaf("E4"), leaf("E5", None)))


def test_a_city_is_closed_where_subtracting_would_open_a_county() -> None:
    closed_county = node("C1", leaf("E1"), leaf("E2"))
    open_county = node("C2", leaf("E3"), leaf("E4"), leaf("E5"))
    assert Closed(places())(node("C", closed_county, open_county))


def test_a_ratio_of_a_closed_sum_is_closed() -> None:
    assert Closed(places())(node("C1", node("C1", leaf("E1"), leaf("E2")), leaf("C1"), kind="rule"))


def test_what_is_computed_from_one_enterprise_is_closed() -> None:
    assert Closed(places())(node("C1", leaf("E1"), kind="rule"))


def test_an_unknown_kind_is_confidential() -> None:
    assert access.confidential_kind("no-such-kind")


def test_an_unknown_entity_is_confidential() -> None:
    assert Closed(places())(leaf("nobody"))


def test_without_account_an_enterprises_figure_is_withheld(drill: Site) -> None:
    page = drill().get(FIRM + ASKED).content.decode()
    assert "涉密未显示" in page
    assert "3208.15" not in page
    assert drill().get(FIRM + ASKED).status_code == 200


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_without_account_it_is_withheld_from_the_data_too(drill: Site, suffix: str) -> None:
    content = drill().get(f"/why/fuel_use/drill-E01/2015-01.{suffix}{ASKED}").content.decode()
    assert "3208.15" not in content
    assert (
        "3208.15" in drill("viewer").get(f"/why/fuel_use/drill-E01/2015-01.{suffix}{ASKED}").content.decode()
    )


def test_without_account_it_is_withheld_from_workbooks(drill: Site) -> None:
    content = drill().get(f"/why/fuel_use/drill-E01/2015-01.xlsx{ASKED}").content
    cells = [
        cell
        for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        for cell in row
    ]
    assert "涉密未显示" in cells
    assert not any("3208.15" in str(cell) for cell in cells)


@pytest.mark.parametrize("suffix", ["", ".json", ".xlsx", ".csv"])
def test_without_account_an_enterprises_history_is_refused(drill: Site, suffix: str) -> None:
    assert drill().get(f"/history/fuel_use/drill-E01/2015-01{suffix}{ASKED}").status_code == 403
    assert drill("viewer").get(f"/history/fuel_use/drill-E01/2015-01{suffix}{ASKED}").status_code == 200


def test_a_finding_that_quotes_a_sum_of_two_enterprises_is_for_accounts_only(changing: Site) -> None:
    rest = NewFact(
        "enterprise_voc_emission", "512002X", None, "2024", "drill", None, Decimal(40), "40 吨", "reported",
        "quoted", "表1!C3",
    )  # fmt: skip
    ledger.append([rest], NewSource("submission", "县报"), by="reporter")
    page.forget()
    told, kept = (
        [one["found"] for one in changing(role).get("/findings.json?scenario=drill").json()["findings"]]
        for role in ("viewer", "")
    )
    quoting = [text for text in told if "填报40.000" in text]
    assert quoting[0].count("27.338") == 1
    assert not [text for text in kept if "填报40.000" in text]
    assert [text for text in kept if "各成员之和" in text]


def test_an_account_without_role_sees_no_more_than_none(drill_home: Path, drill: Site) -> None:
    from django.contrib.auth.models import User

    User.objects.filter(username="nobody").delete()
    User.objects.create_user("nobody", password="Pruefung-nobody-7")
    client = Client()
    assert client.login(username="nobody", password="Pruefung-nobody-7")
    assert "3208.15" not in client.get(f"/why/fuel_use/drill-E01/2015-01{ASKED}").content.decode()


def test_what_a_viewer_saw_is_not_kept_for_others(drill: Site) -> None:
    address = f"/why/fuel_use/drill-E01/2015-01{ASKED}"
    assert "3208.15" in drill("viewer").get(address).content.decode()
    assert "3208.15" not in drill().get(address).content.decode()
    assert drill("viewer").get(address)["Cache-Control"] == "private, no-store"


def test_findings_about_enterprises_are_for_accounts_only(drill: Site) -> None:
    told = drill().get("/findings.json?scenario=drill").json()["findings"]
    assert not [one for one in told if "演练企业" in one["place"]]


def test_a_city_wide_sum_is_closed_where_open_counties_leave_two_enterprises() -> None:
    firms = [leaf(f"E{number}") for number in range(1, 7)]  # two in one county, four in the other
    assert Closed(places())(node("C", *firms))


def test_a_city_wide_sum_is_open_where_every_county_alone_would_be() -> None:
    alike = Places([*places(), Entity("E7", "企业7", "enterprise", "C1")])
    assert not Closed(alike)(node("C", *(leaf(f"E{number}") for number in range(1, 8))))


def test_a_city_wide_sum_is_closed_where_zones_leave_two_enterprises_of_their_county() -> None:
    zone = Entity("Z", "区", "zone", "C2")
    firms = [Entity(f"Z{number}", f"区内企业{number}", "enterprise", "Z") for number in range(3)]
    zoned = places().joined([zone, *firms])
    members = [leaf("E3"), leaf("E4"), *(leaf(one.id) for one in firms)]
    assert Closed(zoned)(node("C", *members))
    assert not Closed(zoned)(node("C", *members, leaf("E5")))


def test_a_sum_of_enterprises_is_closed_as_of_a_day_gone_by() -> None:
    firms = [leaf(f"E{number}") for number in (3, 4, 5)]
    yesterday = date.today() - timedelta(days=2)
    assert Closed(places(), yesterday)(node("C2", *firms))
    assert not Closed(places(), yesterday)(node("C", leaf("C1"), leaf("C2")))
    assert not Closed(places(), date.today() + timedelta(days=2))(node("C2", *firms))


@pytest.mark.parametrize(
    ("page", "table"), [("voc", "counties"), ("tax", "counties"), ("emissions", "sums-1")]
)
def test_sums_of_enterprises_as_of_a_day_gone_by_are_for_accounts_only(
    drill: Site, page: str, table: str
) -> None:
    past = f"/{page}.json?scenario=drill&as_of={date.today() - timedelta(days=2)}"
    assert {row["value"] for row in drill().get(past).json()[table]} == {None}
    assert {row["value"] for row in drill("viewer").get(past).json()[table]} != {None}


def test_no_form_of_a_closed_target_holds_its_figures(drill: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    known = kinds()
    secret = {**known, "reduction_project": replace(known["reduction_project"], confidential=True)}
    monkeypatch.setattr(access, "kinds", lambda: secret)
    page.forget()
    open_, shut = (drill(role).get("/board.json?scenario=drill").json()["targets"] for role in ("viewer", ""))
    closed = [(one, other) for one, other in zip(open_, shut, strict=True) if other.get("confidential")]
    assert closed
    for one, other in closed:
        assert {point["actual"] for point in other["trend"]} == {None}
        assert (other["latest"], other["gap"], other["source"], other["findings"]) == (None, None, None, [])
        whole = drill().get(f"/target/{one['id']}.json?scenario=drill").content.decode()
        whole += drill().get(f"/target/{one['id']}?scenario=drill").content.decode()
        figures = {f"{point['actual']}" for point in one["trend"] if point["actual"]} - {str(one["target"])}
        assert [figure for figure in figures if len(figure) > 3 and figure in whole] == []
    page.forget()
