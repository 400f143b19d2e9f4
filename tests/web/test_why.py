"""Why a number is what it is, and what it was before."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client, override_settings

from duheng import ledger
from duheng.city import default_city_folder
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
    assert "数值修约" in drill().get("/why/energy/512000/2021?scenario=drill").content.decode()


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


def test_every_value_on_the_board_leads_to_the_reasons_of_that_very_number(drill: Site) -> None:
    client = drill()
    page = client.get("/?scenario=drill").content.decode()
    links = re.findall(r'<a href="(/why/[^"]+)" aria-label="[^"]*：查看来历">([^<]+)</a>', page)
    assert len({href for href, _ in links}) > 25
    other = []
    for href, text in dict.fromkeys(links):
        path, _, query = html.unescape(href).partition("?")
        top = client.get(f"{path}.json?{query}").json()["why"]
        if not text.startswith(top["shown"]):
            other.append((text, top["shown"], href))
    assert other == []


def test_a_sum_over_the_years_of_the_plan_shows_each_year_below_it(drill: Site) -> None:
    address = "/why/key_project_reduction/512000/2025{}?item=氨氮&scenario=drill&since=2021"
    told = drill().get(address.format(".json")).json()
    assert (told["since"], told["why"]["period"]) == (2021, "2021-2025")
    years = told["why"]["parts"]
    assert [one["period"] for one in years] == ["2021", "2022", "2023", "2024", "2025"]
    assert round(sum(one["value"] for one in years), 6) == round(told["why"]["value"], 6)
    page = drill().get(address.format("")).content.decode()
    assert "2021-2025" not in re.sub("<[^>]*>", "", page)
    assert page.count("2021—2025") > 2
    assert "只是2025年当年的数" not in page


def test_one_year_of_a_sum_says_so_and_leads_to_the_sum(drill: Site) -> None:
    page = drill().get("/why/key_project_reduction/512000/2023?item=氨氮&scenario=drill").content.decode()
    assert "本页只是2023年当年的数" in page
    link = re.search(r'href="(/why/[^"]+since=2021[^"]*)">2021—2023年累计数的来历', page)
    assert link is not None
    assert drill().get(html.unescape(link[1])).status_code == 200


def test_what_is_no_sum_over_years_is_refused_with_the_remedy(drill: Site) -> None:
    for query in ("energy_intensity/512000/2025?since=2021", "gdp/512000/2025?since=2030"):
        answer = drill().get(f"/why/{query}&scenario=drill")
        assert answer.status_code == 422
        assert "累计" in answer.content.decode()
    assert drill().get("/why/gdp/512000/2025?since=x&scenario=drill").status_code == 400


@pytest.mark.parametrize(
    ("path", "chinese", "in_english"),
    [
        (
            "why/gpd/512000/2025",
            "没有名为“gpd”的指标；是否指“地区生产总值",
            "did you mean “Gross domestic product",
        ),
        ("why/Energy intensty/512000/2025", "是否指“单位地区生产总值能耗", "did you mean “Energy intensity"),
        (
            "why/gdp/Yanjian/2025",
            "没有名为“Yanjian”的对象；是否指“雁江镇”",
            "did you mean “Yanjiang Town",
        ),
        ("bridge/雁江/2025", "是否指“雁江镇”、“雁江区”？", "“Yanjiang District“"),
        ("history/gdp/雁江/2025", "是否指“雁江镇”、“雁江区”？", "“Yanjiang District“"),
        ("why/zzzz/512000/2025", "没有名为“zzzz”的指标。请从“规则手册”", "in the handbook"),
    ],
)
def test_a_name_that_means_nothing_is_answered_in_the_readers_language(
    drill: Site, path: str, chinese: str, in_english: str
) -> None:
    page = html.unescape(drill().get(f"/{path}?scenario=drill").content.decode())
    found = re.search(r"没有名为[^<]*", page)
    assert found is not None
    assert chinese in found[0]
    assert re.findall("“([A-Za-z_ ]+)”", found[0])[1:] == []
    told = html.unescape(drill().get(f"/{path}?scenario=drill&lang=en").content.decode())
    assert in_english in told.replace('"', "“")


@pytest.fixture
def from_2018(drill: Site, tmp_path: Path) -> Iterator[Client]:
    """The drill's site where the plan reckons the energy target from 2018, its own base year being 2020."""
    copied = Path(shutil.copytree(default_city_folder(), tmp_path / "5120"))
    plan = (copied / "plan.yaml").read_text("utf-8")
    (copied / "plan.yaml").write_text(plan.replace("    base: 2020\n", "    base: 2018\n", 1), "utf-8")
    with override_settings(DUHENG_CITY=str(copied)):
        yield drill()


@pytest.mark.parametrize("page", ["/", "/target/energy-intensity", "/county/512002"])
def test_a_number_reckoned_from_a_base_year_of_its_own_is_the_one_its_reasons_show(
    from_2018: Client, page: str
) -> None:
    told = from_2018.get(page, {"scenario": "drill"}).content.decode()
    found = re.findall(
        r'href="(/why/energy_intensity_decline/[^"]*base=2018)"[^>]*>(?:<strong>)?([\d.]+)', told
    )
    assert found
    for address, number in found:
        reasons = from_2018.get(html.unescape(address)).content.decode()
        assert f"<strong>{number} %</strong>" in reasons
        assert "基年：2018" in reasons


def test_a_base_year_of_no_target_is_refused_with_those_there_are(drill: Site) -> None:
    answer = drill().get("/why/energy_intensity_decline/512000/2023?base=2019")
    assert answer.status_code == 400
    assert "可用：2020" in answer.content.decode()
