"""The calendar of air, the page of waters and that of soil: what they count, what they do not, what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.test import Client

from duheng import ledger
from duheng.ledger.records import NewFact, NewSource
from duheng.web import state

Site = Callable[..., Client]
YEAR = "/air.json?scenario=drill&year=2025"


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_a_year_of_days_counts_what_is_known_and_leaves_out_dust(drill: Site) -> None:
    told = drill().get(YEAR).json()
    assert len(told["days"]) == 365
    known = [one for one in told["days"] if one["aqi"] is not None]
    whole = told["evaluation"]
    spoilt = [one for one in known if one["dust"] and one["aqi"] > 100]
    assert (whole["air_days"], whole["dust_days"]) == (len(known) - len(spoilt), len(spoilt))
    assert whole["good_air_days"] == sum(one["aqi"] <= 100 for one in known)
    assert 0 < len(spoilt) < 10


def test_the_months_stated_to_the_ledger_are_those_of_the_days(drill: Site) -> None:
    told = drill().get(YEAR).json()
    rows = [one for one in told["published"] if one["counted"] != "—"]
    assert len(rows) == 24
    assert [one for one in rows if one["value"] != one["counted"]] == []


def test_each_day_is_judged_by_the_edition_in_force_on_it(drill: Site) -> None:
    days = drill().get("/air.json?scenario=drill&year=2026").json()["days"]
    editions = {one["date"]: one["edition"] for one in days if one["edition"]}
    assert (editions["2026-02-28"], editions["2026-03-01"]) == ("2012", "2026")


def test_a_day_without_data_is_hatched_and_said_to_be_missing(drill: Site) -> None:
    days = drill().get(YEAR).json()["days"]
    missing = next(one["date"] for one in days if one["aqi"] is None)
    page = text_of(drill(), "/air?scenario=drill&year=2025")
    assert f'aria-label="{missing} 缺数据"' in page
    assert "缺数据" in text_of(drill(), f"/air/512000/{missing}?scenario=drill")


def test_a_day_that_is_not_over_is_not_missing(drill: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "today", lambda: date(2027, 1, 2))
    shown = text_of(drill(), "/air?scenario=drill&year=2027&month=1")
    assert "缺数据 1 天" in shown
    for day, told in (("2027-01-01", True), ("2027-01-02", False)):
        assert (f'aria-label="{day} 缺数据"' in shown) == told
        assert (f">{day}</a>" in shown) == told


def test_every_day_of_the_picture_leads_to_its_reasons(drill: Site) -> None:
    page = text_of(drill(), "/air?scenario=drill&year=2025&month=3")
    assert page.count('href="/air/512000/2025-03-') >= 31
    reasons = text_of(drill(), "/air/drill-A01/2025-03-26?scenario=drill")
    assert "250–350 → 150–200" in reasons
    assert "/why/air_individual_index/drill-A01/2025-03-26" in reasons
    why = "/why/air_individual_index/drill-A01/2025-03-26?scenario=drill&item=颗粒物（PM10）24小时平均"
    assert "HJ 633-2012" in text_of(drill(), why)


def test_the_picture_says_number_and_class_of_each_day_by_itself(drill: Site) -> None:
    content = drill().get("/air.svg?scenario=drill&year=2025").content
    texts = [
        "".join(one.itertext())
        for one in ElementTree.fromstring(content).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert sum(text in ("优", "良", "轻", "中", "重", "严") for text in texts) >= 330
    assert any("演练数据" in text for text in texts)
    assert b"<a " not in content


def test_a_period_after_march_2026_says_that_its_index_is_an_estimate(drill: Site) -> None:
    assert "没有可靠出处" in text_of(drill(), "/air?scenario=drill&year=2026&month=4")
    assert "没有可靠出处" not in text_of(drill(), "/air?scenario=drill&year=2025")


def test_a_year_that_is_too_short_has_no_mean_and_no_index(drill: Site) -> None:
    whole = drill().get("/air.json?scenario=drill&year=2026").json()["evaluation"]
    assert (whole["pm25_mean"], whole["composite_air_index"]) == (None, None)
    assert whole["pm25_days"] > 150


def test_the_same_days_by_another_edition_stand_beside(drill: Site) -> None:
    rows = drill().get(YEAR).json()["editions"]
    assert [one["edition"] for one in rows] == ["各日适用的版本", "全部按 HJ 633-2012", "全部按 HJ 633-2026"]
    assert int(rows[2]["good"]) < int(rows[1]["good"])


def test_real_ziyang_has_no_days_and_shows_what_was_published(drill: Site) -> None:
    told = drill().get("/air.json?year=2018").json()
    assert [one for one in told["days"] if one["aqi"] is not None] == []
    assert {(one["quantity"], one["value"]) for one in told["published"]} >= {("空气质量优良天数", "291")}
    assert "没有登记监测点位" in text_of(drill(), "/air?year=2018")
    assert "当天没有日均浓度" in text_of(drill(), "/air/512000/2018-03-01")


@pytest.mark.parametrize(
    "address",
    [
        "/air?place=x", "/air?year=x", "/air?year=99999", "/air?month=13", "/air/512000/x", "/air/x/2025-01-01",
        "/air/512000/1700-01-01", "/air/template.csv?month=2025", "/water?month=0", "/water?year=x", "/water/x",
    ],
)  # fmt: skip
def test_a_wrong_address_is_answered_in_words(drill: Site, address: str) -> None:
    assert drill().get(address).status_code == 400


def test_a_section_has_the_class_of_its_worst_item_and_leads_to_it(drill: Site) -> None:
    told = drill().get("/water.json?scenario=drill&year=2025&month=6").json()
    row = next(one for one in told["sections"] if one["section"] == "演练断面06")
    assert row["class"] in ("Ⅳ类", "Ⅴ类", "劣Ⅴ类")
    assert row["items"] == "8/21"
    page = text_of(drill(), "/water?scenario=drill&year=2025&month=6")
    assert "/why/water_item_class/drill-W06/2025-06?scenario=drill&amp;item=" in page


def test_a_month_without_a_report_is_in_no_rate(drill: Site) -> None:
    told = drill().get("/water.json?scenario=drill&year=2025&month=7").json()
    assert next(one for one in told["sections"] if one["section"] == "演练断面05")["class"] is None
    assert next(one for one in told["rates"] if one["type"] == "全部断面")["month_count"].split("/")[1:] == [
        "5",
        "6",
    ]


def test_a_body_judged_eliminated_that_is_black_again_is_pointed_out(drill: Site) -> None:
    told = drill().get("/water.json?scenario=drill").json()
    rows = {one["body"]: one for one in told["bodies"]}
    assert [rows[f"演练黑臭水体0{n}"]["degree"] for n in (1, 3, 5)] == ["不黑臭", "轻度黑臭", "重度黑臭"]
    assert "请核查" in rows["演练黑臭水体03"]["note"]
    assert "60.0%（3/5）" in text_of(drill(), "/water?scenario=drill")


def test_real_sections_are_shown_with_their_doubt_and_without_figures(drill: Site) -> None:
    told = drill().get("/water.json").json()
    rows = {one["section"]: one for one in told["sections"]}
    assert "名称未核实" in rows["琼江跑马滩断面"]["note"]
    assert {one["class"] for one in rows.values()} == {None}
    assert {one["month"] for one in told["rates"]} == {None}
    assert [one["value"] for one in told["published"]] == ["82.4", "3168.1"]


def test_soil_is_compared_with_limits_that_are_called_unchecked(drill: Site) -> None:
    page = text_of(drill(), "/soil?scenario=drill")
    assert "均未核实" in page
    assert "38（1.90）" in page
    assert drill().get("/soil.json?scenario=drill").json()["contents"][3]["汞"] is None


def test_the_template_names_every_station_and_day(drill: Site) -> None:
    text = drill().get("/air/template.csv?scenario=drill&month=2025-02").content.decode("utf-8-sig")
    assert sum("drill-A" in row for row in text.splitlines()) == 84


def test_a_mean_exactly_on_the_limit_keeps_its_class(changing: Site) -> None:
    months = {"2019-01": "0.15", "2019-02": "0.25", "2019-03": "0.20"}
    facts = [
        NewFact(
            "water_concentration", "drill-W01", "总磷", month, "drill", None, Decimal(value), f"{value} mg/L",
            "reported", "quoted", month,
        )
        for month, value in months.items()
    ]  # fmt: skip
    ledger.append(facts, NewSource("submission", "水质月报"), by="reporter")
    told = changing().get("/water.json?scenario=drill&year=2019").json()["year"]
    assert [one["year"] for one in told if one["section"] == "演练断面01"] == ["Ⅲ类"]
