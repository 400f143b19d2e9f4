"""Reduction projects: what is audited wins, what is only estimated stands beside it, each tonne once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duheng.ingest.project_forms import year_sheet
from duheng.ingest.sheets import read_sheets
from duheng.model.entities import Entity, Places
from duheng.web import state
from duheng.web.projects import Line, county_of, sums

Site = Callable[..., Client]
DRILL = "?scenario=drill"
YEARS = range(2021, 2026)


def _json(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.json()


# --- the drill --------------------------------------------------------------------------------------------------------


@pytest.fixture
def drill_page(drill: Site) -> Any:
    return _json(drill(), f"/projects.json{DRILL}")


def _project(page: Any, id: str) -> Any:
    return next(one for one in page["projects"] if one["id"] == id)


def test_the_totals_stand_against_the_four_targets_of_the_plan(drill_page: Any) -> None:
    told = {one["target"]: (one["value"], one["confirmed"], one["gap"]) for one in drill_page["totals"]}
    assert told == {
        "cod": ("4218", "4306.00", "0.00"),
        "ammonia": ("184", "176.80", "7.20"),
        "nox": ("650", "663.00", "0.00"),
        "voc": ("280", "215.50", "64.50"),
    }


def test_what_the_totals_confirm_is_what_the_board_says(drill: Site, drill_page: Any) -> None:
    board = _json(drill(), f"/board.json{DRILL}")
    said = {
        one["id"]: float(one["latest"])
        for one in board["targets"]
        if one["id"] in ("cod", "ammonia", "nox", "voc")
    }
    assert {one["target"]: float(one["confirmed"]) for one in drill_page["totals"]} == said


def test_every_status_is_alive_and_the_audit_stands_beside_the_estimate(drill_page: Any) -> None:
    counts = {
        status: sum(one["status"] == status for one in drill_page["projects"])
        for status in ("confirmed", "submitted", "planned")
    }
    assert counts == {"confirmed": 80, "submitted": 6, "planned": 5}
    known = [one for one in drill_page["projects"] if one["status"] == "confirmed"]
    gaps = [float(one["confirmed"]) - float(one["estimate"]) - float(one["difference"]) for one in known]
    assert max(map(abs, gaps)) < 0.011


def test_before_the_audit_an_estimate_is_not_confirmed(drill: Site) -> None:
    page = _json(drill(), f"/projects.json{DRILL}&as_of=2025-02-28")
    waiting = [one for one in page["projects"] if one["year"] == 2024]
    assert {one["status"] for one in waiting} == {"submitted"}
    (cod,) = (one for one in page["totals"] if one["target"] == "cod")
    assert float(cod["submitted"]) > 0
    assert float(cod["gap"]) > float(cod["gap_after"])


def test_a_mid_year_project_carries_the_rest_over_to_the_next_year(drill: Site, drill_page: Any) -> None:
    project = _json(drill(), f"/project/drill-R07.json{DRILL}")
    (cod,) = project["pollutants"]
    figures = cod["figures"]
    assert figures["first_year_reduction"]["2022"] + figures["carried_reduction"]["2023"] == pytest.approx(
        figures["annual_reduction"]["2022"]
    )
    assert _project(drill_page, "drill-R07")["findings"] == ["reduction-capacity"]


def test_deliberate_blemishes_come_out_as_findings(drill_page: Any) -> None:
    assert "reduction-stopped" in _project(drill_page, "drill-R12")["findings"]
    assert "reduction-base" in _project(drill_page, "drill-R86")["findings"]
    assert "reduction-twice" in _project(drill_page, "drill-R82")["findings"]
    assert "reduction-twice" not in _project(drill_page, "drill-R81")["findings"]


def test_the_numbers_lead_to_their_reasons(drill: Site) -> None:
    client = drill()
    page = client.get(f"/project/drill-R07{DRILL}").content.decode()
    for step in ("industrial_water_reduction", "first_year_estimate", "project_reduction"):
        path = f"/why/{step}/drill-R07/2022?scenario=drill&amp;item="
        assert path in page
    why = client.get(f"/why/first_year_estimate/drill-R07/2022.json{DRILL}&item=化学需氧量")
    assert why.json()["why"]["parts"]


def test_the_evidence_names_what_is_there_and_what_is_missing(drill: Site, drill_page: Any) -> None:
    lacking = next(one for one in drill_page["projects"] if one["evidence_lacking"])
    page = _json(drill(), f"/project/{lacking['id']}.json{DRILL}")
    assert [name for name, there in page["evidence"].items() if not there] == lacking["evidence_lacking"]
    assert "reduction-evidence" in lacking["findings"]


@pytest.mark.parametrize(
    ("query", "key", "value"),
    [("&status=planned", "status", "planned"), ("&pollutant=氨氮", "pollutant", "氨氮"), ("&type=W3", "type", "W3"),
     ("&county=512021", "county", "512021")],
)  # fmt: skip
def test_a_filter_shows_its_own_only(drill: Site, query: str, key: str, value: str) -> None:
    found = _json(drill(), f"/projects.json{DRILL}{query}")["projects"]
    assert found
    assert {one[key] for one in found} == {value}


def test_a_filter_that_is_none_is_refused_with_what_there_is(drill: Site) -> None:
    answer = drill().get(f"/projects{DRILL}&status=done")
    assert answer.status_code == 400
    assert "confirmed" in answer.content.decode()


def test_tables_leave_as_a_workbook_and_as_csv_with_the_mark_of_the_drill(drill: Site) -> None:
    client = drill()
    assert client.get(f"/projects.xlsx{DRILL}").content[:2] == b"PK"
    text = client.get(f"/projects.csv{DRILL}&table=projects").content.decode("utf-8-sig")
    assert text.count("演练数据") > 91
    assert client.get(f"/project/drill-R07.csv{DRILL}&table=evidence").status_code == 200


def test_an_unknown_project_is_not_there(drill: Site) -> None:
    assert drill().get(f"/project/drill-R999{DRILL}").status_code == 404


def test_the_sheet_of_a_year_is_imported_as_it_was_handed_out(drill: Site) -> None:
    city = state.city("drill")
    out = io.BytesIO()
    rows = year_sheet(city, 2024, "drill", out)
    reading = read_sheets(out.getvalue(), city, name="减排项目2024.xlsx", scenario="drill")
    assert [finding.text for finding in reading.findings if finding.severity != "notice"] == []
    filled = len(reading.facts)
    empty = sum(finding.code == "value-empty" for finding in reading.findings)
    assert filled + empty == rows
    assert {fact.quantity for fact in reading.facts} == {"year_days"}
    asked = drill().get(f"/projects/form.xlsx{DRILL}&period=2024")
    assert asked.status_code == 200
    assert drill().get(f"/projects/form.xlsx{DRILL}&period=二四").status_code == 400


# --- real figures -----------------------------------------------------------------------------------------------------


def test_without_projects_the_page_says_who_owes_them(site: Site) -> None:
    client = site()
    page = client.get("/projects").content.decode()
    assert "市生态环境局" in page
    assert "减排项目名录为空" in page
    told = _json(client, "/projects.json")
    assert {one["confirmed"] for one in told["totals"]} == {None}
    assert {one["gap"] for one in told["totals"]} == {None}
    assert client.get("/projects/register.xlsx").content[:2] == b"PK"
    assert client.get("/accounting").status_code == 200


# --- sums -------------------------------------------------------------------------------------------------------------

PLANT = Entity("p", "甲项目", "reduction_project", parent="512002")


def _line(**more: Any) -> Line:
    usual: dict[str, Any] = {
        "project": PLANT, "type": None, "pollutant": "氨氮", "county": None, "year": 2023, "formula": None,
        "stated": None, "planned": None, "base": None, "estimated": {}, "audited": {}, "documents": {},
    }  # fmt: skip
    return Line(**{**usual, **more})


def test_each_tonne_stands_in_one_column() -> None:
    found = [
        _line(audited={2023: 4.0}, estimated={2023: 5.0, 2024: 2.0}, planned=9.0),
        _line(stated=3.0, formula=3.0, estimated={2023: 3.0}, planned=9.0),
        _line(planned=7.0),
    ]
    total = sums(found, "氨氮", YEARS)
    assert (total.confirmed, total.submitted, total.planned) == (4.0, 5.0, 7.0)


def test_an_unknown_estimate_is_counted_as_unknown_and_not_as_nought() -> None:
    total = sums([_line(stated=3.0), _line()], "氨氮", YEARS)
    assert (total.confirmed, total.unknown) == (None, {"confirmed": 0, "submitted": 1, "planned": 1})


def test_an_audited_nought_is_known() -> None:
    assert sums([_line(audited={2023: 0.0})], "氨氮", YEARS).confirmed == 0.0


def test_what_lies_outside_the_plan_is_not_in_its_totals() -> None:
    assert sums([_line(year=2026, planned=7.0)], "氨氮", YEARS).planned == 0.0


def test_the_county_is_the_nearest_place_with_a_government() -> None:
    places = Places(
        [Entity("512000", "市", "city"), Entity("512002", "区", "county", parent="512000"), PLANT]
    )
    assert county_of(places, PLANT) is places.get("512002")
