"""Why a number is what it is, and what it was before."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal

from django.test import Client

from duheng import ledger
from duheng.web.reasons import Node, rounded

Site = Callable[..., Client]
CELL = "gdp/512021/2023"


def said(value: str, status: str = "reported", locator: str = "表1!C4") -> ledger.NewFact:
    return ledger.NewFact(
        "gdp",
        "512021",
        None,
        "2023",
        "actual",
        None,
        Decimal(value),
        f"{value} 亿元",
        status,
        "quoted",
        locator,
    )


def append(value: str, title: str, status: str = "reported") -> None:
    ledger.append([said(value, status)], ledger.NewSource("document", title, "", title), "市统计局")


def test_the_tree_reaches_from_the_formula_to_document_and_cell(drill: Site) -> None:
    page = drill().get("/why/energy_intensity_decline/资阳市/2025?scenario=drill").content.decode()
    for words in (
        "1 − 单位地区生产总值能耗 ÷ 单位地区生产总值能耗（2020）",
        "GB/T 2589-2020",
        "原煤",
        "地区生产总值核算",
        "!D7",
        "口径未明示",
    ):
        assert words in page


def test_the_clause_of_the_plan_stands_above_the_tree(drill: Site) -> None:
    page = drill().get("/why/energy_intensity_decline/512000/2025?scenario=drill").content.decode()
    assert "比2020年下降14.5%" in page
    assert "资府发〔2023〕3号" in page
    assert "原文第 707—741 字" in page


def test_the_tree_opens_without_any_script(drill: Site) -> None:
    page = drill().get("/why/energy_intensity_decline/512000/2025?scenario=drill").content.decode()
    assert page.count("<details") > 5


def test_a_number_of_one_fuel_exports_in_every_form(drill: Site) -> None:
    client = drill()
    page = client.get("/why/fuel_use/512021/2023?scenario=drill&item=原煤").content.decode()
    links = [html.unescape(link) for link in re.findall(r'href="(/why/[^"]+\.(?:json|xlsx|csv)[^"]*)"', page)]
    assert len(links) >= 4
    assert [(link, status) for link in links if (status := client.get(link).status_code) != 200] == []


def test_units_are_written_out_as_official_tables_do(drill: Site) -> None:
    page = drill().get("/why/energy_intensity_decline/512000/2025?scenario=drill").content.decode()
    assert "吨标准煤/万元" in page
    assert "tce/万元" not in page


def test_sums_that_rounding_parts_from_their_total_say_so(drill: Site) -> None:
    told = [node("total", "1.0", node("fact", "0.4"), node("fact", "0.5"))]
    told += [node("total", "0.9", node("fact", "0.4"), node("fact", "0.5"))]
    told += [node("total", "9.9", node("fact", "0.4"), node("fact", "0.5"))]
    assert [rounded(one) for one in told] == [True, False, False]
    assert "数值修约" in drill().get("/why/energy/512000/2025?scenario=drill").content.decode()


def node(kind: str, value: str, *parts: Node) -> Node:
    return Node("", kind, value, "t", False, False, "", "", "", "", "", "", "", parts)


def test_what_is_missing_names_who_owes_it(drill: Site) -> None:
    page = drill().get("/why/energy_intensity_decline/512000/2023").content.decode()
    assert "未知" in page
    assert "市统计局应报" in page


def test_a_value_opens_by_its_chinese_names_too(drill: Site) -> None:
    assert drill().get("/why/地区生产总值（可比价）/安岳县/2023?scenario=drill").status_code == 200


def test_history_keeps_what_was_superseded(site: Site) -> None:
    append("330.1", "统计公报")
    append("334.6", "统计年鉴")
    facts = site().get(f"/history/{CELL}.json").json()["facts"]
    assert [(fact["stated"], fact["standing"]) for fact in facts][:2] == [
        ("334.6 亿元", "effective"),
        ("330.1 亿元", "superseded"),
    ]
    page = site().get(f"/history/{CELL}").content.decode()
    assert "统计公报 表1!C4" in page
    assert "已被更新" in page


def test_history_shows_a_lower_grade_as_not_adopted(site: Site) -> None:
    append("334.6", "核定", status="audited")
    append("331.0", "快报", status="estimated")
    standing = {
        fact["stated"]: fact["standing"] for fact in site().get(f"/history/{CELL}.json").json()["facts"]
    }
    assert standing == {"334.6 亿元": "effective", "331.0 亿元": "outranked"}


def test_a_kept_page_gives_way_to_a_new_fact(site: Site) -> None:
    client = site()
    before = client.get(f"/why/{CELL}.json").json()["why"]["shown"]
    append("334.6", "统计年鉴")
    after = client.get(f"/why/{CELL}.json").json()["why"]["shown"]
    assert (before, after) == (None, "334.6")


def test_history_as_of_a_day_knows_nothing_later(site: Site) -> None:
    append("334.6", "统计年鉴")
    assert site().get(f"/history/{CELL}.json?as_of=2024-01-01").json()["facts"] == []
