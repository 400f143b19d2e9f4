"""The board: everything on it, nothing invented."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

import altair
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from duheng import ledger
from duheng.assess.books import day_of
from duheng.web import charts, state

pytestmark = pytest.mark.slow
Site = Callable[..., Client]


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[-500:]
    return str(response.content.decode())


def test_the_board_names_all_thirty_targets_under_their_articles(drill: Site) -> None:
    page = text_of(drill(), "/")
    plan = state.city().plans[0]
    assert [target.title for target in plan.targets if target.title not in page] == []
    assert (
        page.index("二 主要目标</a></th>")
        < page.index("（一） 推进工业领域绿色升级</a></th>")
        < page.index("（十） 完善环境基础设施建设</a></th>")
    )


def test_what_nobody_reported_is_called_so_and_names_who_owes_it(drill: Site) -> None:
    page = text_of(drill(), "/")
    assert page.count("未填报") > 30
    assert "应由 市统计局 报送" in page


def test_what_nobody_reported_is_null_in_the_data(drill: Site) -> None:
    cod = next(one for one in drill().get("/board.json").json()["targets"] if one["id"] == "cod")
    assert (cod["latest"], cod["progress"], cod["light"]) == (None, None, None)
    assert cod["owed_by"] == ["市生态环境局"]


@pytest.mark.parametrize("path", ["/", "/why/gdp/512000/2023", "/findings"])
def test_of_a_day_that_has_not_come_the_page_says_so_and_of_today_not(drill: Site, path: str) -> None:
    today, client = day_of(None), drill()
    ahead = client.get(path, {"as_of": str(today + timedelta(days=1))})
    assert ahead.status_code == 200
    assert "还没有到：显示的是现在已知的数据" in ahead.content.decode()
    assert "还没有到：" not in client.get(path, {"as_of": str(today)}).content.decode()


def test_the_data_have_the_fields_that_were_promised(drill: Site) -> None:
    told = drill().get("/board.json").json()
    assert {"city", "plan", "as_of", "scenario", "targets"} <= told.keys()
    promised = {
        "id",
        "article",
        "title",
        "target",
        "unit",
        "deadline",
        "latest",
        "period",
        "progress",
        "light",
    }
    assert promised | {"source", "units", "owed_by"} <= told["targets"][0].keys()
    assert len(told["targets"]) == 30


def test_counties_stand_in_administrative_order_before_the_zones(drill: Site) -> None:
    page = text_of(drill(), "/?scenario=drill")
    table = page[page.index("h-lights") :]
    places = [table.index(f">{name}</a>") for name in ("雁江区", "安岳县", "乐至县", "高新区", "临空经济区")]
    assert places == sorted(places)


def test_a_light_has_a_shape_and_a_word_besides_its_colour(drill: Site) -> None:
    page = text_of(drill(), "/?scenario=drill")
    assert '<use href="#light-1"/></svg>一级 十分严峻' in page
    assert '<use href="#light-3"/></svg>三级 基本顺利' in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("article=（五）", 8),
        ("unit=市邮政管理局", 1),
        ("light=none", 30),
        ("light=1", 0),
        ("light=unjudged", 0),
        ("scenario=drill&light=none", 0),
        ("scenario=drill&light=unjudged", 3),
        ("article=二&unit=市统计局", 1),
    ],
)
def test_filters_narrow_the_board(drill: Site, query: str, expected: int) -> None:
    assert len(drill().get(f"/board.json?{query}").json()["targets"]) == expected


@pytest.mark.parametrize("scenario", ["actual", "drill"])
def test_the_counts_above_lead_to_as_many_targets(drill: Site, scenario: str) -> None:
    client = drill()
    counts = client.get(f"/board.json?scenario={scenario}").json()["counts"]
    assert sum(counts.values()) == 30
    for key, count in counts.items():
        shown = client.get(f"/board.json?scenario={scenario}&light={key}").json()["targets"]
        assert len(shown) == count


def test_the_light_table_has_the_official_words_and_what_changed(drill: Site) -> None:
    page = text_of(drill(), "/?scenario=drill")
    for words in ("一级 节能形势十分严峻", "二级 节能形势比较严峻", "三级 节能工作进展基本顺利"):
        assert words in page
    assert "安岳县：与2024年相比：五年进度由一级变为二级" in page


def test_filters_stay_in_the_address_and_in_the_form(drill: Site) -> None:
    page = text_of(drill(), "/?scenario=drill&light=2")
    assert '<option value="2" selected>二级</option>' in page
    assert 'href="/board.json?scenario=drill&amp;light=2"' in page


def test_a_county_shows_its_own_figures_beside_the_citys(drill: Site) -> None:
    page = text_of(drill(), "/?scenario=drill&county=512021")
    assert "安岳县</th><th" in page
    assert "/why/energy_intensity_decline/512021/2025" in page


def test_a_countys_tonnes_are_summed_like_the_citys(drill: Site) -> None:
    rows = drill().get("/county/512021.json?scenario=drill").json()["figures"]
    cod = next(row for row in rows if row["title"].startswith("化学需氧量"))
    counties = [
        drill().get(f"/county/{id}.json?scenario=drill").json()["figures"]
        for id in ("512002", "512021", "512022")
    ]
    parts = [float(row["value"]) for rows in counties for row in rows if row["title"] == cod["title"]]
    assert sum(parts) == pytest.approx(float(cod["city"]))


def test_every_figure_of_the_light_table_leads_to_its_reasons(drill: Site) -> None:
    client = drill()
    light = client.get("/county/512021.json?scenario=drill").json()["light"][0]
    page = text_of(client, "/county/512021?scenario=drill")
    for quantity, figure in (
        ("energy_intensity_decline", light["actual"]),
        ("annual_intensity_decline", light["year"]),
    ):
        link = re.search(rf'href="(/why/{quantity}/512021/[^"]*)">([\d.]+)<', page)
        assert link
        assert float(link[2]) == figure
        path, _, query = html.unescape(link[1]).partition("?")
        assert client.get(f"{path}.json?{query}").json()["why"]["shown"] == link[2]


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/?light=9", "1（一级）"),
        ("/?as_of=gestern", "2024-12-31"),
        ("/?scenario=dream", "drill（演练）"),
        ("/?plan=none", "ziyang-145"),
        ("/?unit=火星局", "市统计局"),
        ("/?county=1", "512021"),
        ("/?lang=fr", "en（English）"),
        ("/why/energy_intensity_decline/512000/2023-99", "2023Q1"),
        ("/why/fuel_use/512000/2023?item=木头", "原煤"),
    ],
)
def test_a_wrong_address_says_what_is_accepted(drill: Site, address: str, names: str) -> None:
    response = drill().get(address)
    assert response.status_code == 400
    assert names in response.content.decode()


PAGES = [
    "/board",
    "/plan",
    "/duties",
    "/findings",
    "/air",
    "/air/512000/2025-03-26",
    "/water",
    "/water/drill-W06",
    "/soil",
    "/handbook",
    "/target/energy-intensity",
    "/county/512021",
    "/why/energy_intensity_decline/512000/2023",
    "/history/gdp/512021/2023",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_as_page_data_and_workbook(drill: Site, path: str) -> None:
    client = drill()
    assert "<main" in text_of(client, f"{path}?scenario=drill")
    assert client.get(f"{path}.json?scenario=drill").json()
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{path}.xlsx?scenario=drill").content))
    assert book.sheet_names


@pytest.mark.parametrize("path", PAGES)
def test_a_drill_says_so_on_every_page_and_export(drill: Site, path: str) -> None:
    client, notice = drill(), "演练数据：数字均为虚构，仅供练习，不得引用"
    assert notice in text_of(client, f"{path}?scenario=drill")
    assert client.get(f"{path}.json?scenario=drill").json()["notice"] == notice
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{path}.xlsx?scenario=drill").content))
    assert all(book.get_sheet_by_name(name).to_python()[0][0] == notice for name in book.sheet_names)
    assert notice in client.get(f"{path}.csv?scenario=drill").content.decode("utf-8-sig")


def test_every_row_of_a_drills_csv_carries_the_mark(drill: Site) -> None:
    lines = drill().get("/board.csv?scenario=drill").content.decode("utf-8-sig").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    assert rows[0].startswith("数据性质")
    assert all(row.startswith("演练数据") for row in rows[1:])


@pytest.mark.parametrize("chart", ["trend", "trend-narrow", "map"])
def test_a_drills_pictures_carry_the_mark(drill: Site, chart: str) -> None:
    assert "演练数据" in drill().get(f"/board.svg?scenario=drill&chart={chart}").content.decode()
    assert drill().get(f"/board.png?scenario=drill&chart={chart}").content[:8] == b"\x89PNG\r\n\x1a\n"


def test_real_figures_carry_no_mark(drill: Site) -> None:
    assert "虚构，仅供练习" not in text_of(drill(), "/")
    assert "演练数据" not in drill().get("/board.svg?chart=map").content.decode()


def test_a_made_up_plan_is_only_shown_as_a_drill(drill: Site) -> None:
    made_up = next(plan for plan in state.city().plans if plan.scenario == "drill")
    assert "演练数据：数字均为虚构" in text_of(drill(), f"/?plan={made_up.id}&scenario=actual")


def test_a_chart_is_a_sentence_of_the_common_grammar() -> None:
    points = [charts.Point("2020", 0.0, 0.0), charts.Point("2021", 3.5, 3.1), charts.Point("2022", None, 6.1)]
    spec = charts.trend(points, {"actual": "实际", "path": "要求", "unit": "%"}, 2, width=300)
    altair.Chart.from_dict(spec, validate=True)


def test_a_missing_year_is_a_gap_and_not_a_zero() -> None:
    points = [charts.Point("2021", 3.5, 3.1), charts.Point("2022", None, 6.1), charts.Point("2023", 8.0, 9.0)]
    spec = charts.trend(points, {"actual": "实际", "path": "要求", "unit": "%"}, 2, width=300)
    values = [row["value"] for row in spec["data"]["values"] if row["kind"] == "实际"]
    assert values == [3.5, None, 8.0]
    assert spec["layer"][0]["mark"]["invalid"] == "break-paths-show-path-domains"


def test_the_past_is_shown_as_it_was_known(drill: Site) -> None:
    early = drill().get("/board.json?scenario=drill&as_of=2023-12-31").json()
    assert early["as_of"] == "2023-12-31"
    assert (
        early["targets"][0]["period"]
        != drill().get("/board.json?scenario=drill").json()["targets"][0]["period"]
    )


def test_an_unchanged_page_is_not_sent_again(drill: Site) -> None:
    client = drill()
    first = client.get("/?scenario=drill")
    assert client.get("/?scenario=drill", headers={"if-none-match": first["ETag"]}).status_code == 304


def test_pages_are_sent_compressed_to_whom_accepts_it(drill: Site) -> None:
    response = drill().get("/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 30_000


def test_progress_and_what_is_due_are_told_in_one_measure(drill: Site) -> None:
    """4 218 t beside 44 % could not be compared: both are shares of the target."""
    page = text_of(drill(), "/?scenario=drill&as_of=2024-07-31")
    assert "完成 44.4%，应达 60.0%" in page
    assert "应达 2530" not in page


def test_a_sum_over_years_names_its_years(drill: Site) -> None:
    assert "2021—2025年" in text_of(drill(), "/?scenario=drill")
    assert "2021–2025" in text_of(drill(), "/?scenario=drill&lang=en")


def test_the_plan_leads_from_each_value_to_its_reasons(drill: Site) -> None:
    page = text_of(drill(), "/plan?scenario=drill")
    assert "二 主要目标</a>　" in page
    assert re.search(r'href="/why/energy_intensity_decline/512000/2025[^"]*"[^>]*>14.56%</a>', page)


def test_what_a_target_lacks_is_told_by_form_with_every_cell_counted(drill: Site) -> None:
    told = drill().get("/target/energy-intensity.json").json()["owed"]
    page = text_of(drill(), "/target/energy-intensity")
    total = re.search(r"尚缺的报送（(\d+)）", page)
    assert total is not None
    assert sum(int(one["lacking"]) for one in told) == int(total[1]) > 100
    assert len(told) < 10
    assert told[0]["unit"] == "市统计局"
    assert told[0]["periods"] == "2020—2025"
    assert "雁江区、安岳县、乐至县" in page


def test_each_year_of_a_trend_leads_to_its_own_reasons(drill: Site) -> None:
    page = html.unescape(text_of(drill(), "/target/ammonia?scenario=drill"))
    links = re.findall(r'<a href="(/why/[^"]+)">([\d.]+)</a>', page)
    assert len(links) == 5
    for href, text in links:
        path, _, query = href.partition("?")
        assert drill().get(f"{path}.json?{query}").json()["why"]["shown"] == text


def test_axes_separate_no_thousands(drill: Site) -> None:
    """Official figures are printed 4218, never 4,218."""
    page = text_of(drill(), "/target/cod?scenario=drill")
    assert ">4000</text>" in page
    assert "4,000" not in page


def test_who_is_late_comes_first_with_the_form_of_the_period(drill: Site) -> None:
    page = text_of(drill(), "/duties?scenario=drill")
    assert page.index("<strong>市生态环境局") < page.index("<strong>市统计局")
    link = re.search(r'href="(/templates/[^"]+period=2025)">农村生活污水治理', html.unescape(page))
    assert link is not None
    assert drill().get(link[1]).status_code == 200


def test_a_county_sums_over_the_same_years_as_the_city(drill: Site) -> None:
    told = drill().get("/county/512022.json?scenario=drill").json()["figures"]
    cod = next(one for one in told if one["title"] == "化学需氧量重点工程减排量")
    assert (cod["period"], cod["value"], cod["city"]) == ("2021—2025", "782.69", "4306.00")
    assert "782.69吨（2021—2025）" in text_of(drill(), "/?scenario=drill&county=512022")


def test_the_number_of_a_point_near_the_axis_stands_above_it() -> None:
    """Below it, it stood on the year."""
    points = [charts.Point("2020", 0, 0), charts.Point("2021", 199, 844), charts.Point("2022", 620, 1687)]
    points += [charts.Point("2025", 4306, 4218)]
    spec = charts.trend(points, {"actual": "实际", "path": "路径", "unit": "吨"}, 2, width=320)
    below = {row["period"]: row["below"] for row in spec["data"]["values"] if "below" in row}
    assert below == {"2020": False, "2021": False, "2022": True, "2025": False}


def report(*cells: tuple[str, str | None], years: Iterable[int], counties: Iterable[str]) -> None:
    """A unit sends these figures, 9 each."""
    said = [
        ledger.NewFact(
            of, county, item, str(year), "actual", None, Decimal(9), "9", "reported", "quoted", "A1"
        )
        for of, item in cells
        for county in counties
        for year in years
    ]
    ledger.append(said, ledger.NewSource("submission", "报表.xlsx"), "市统计局")


def test_that_nobody_has_reported_is_said_only_until_somebody_has(changing: Site) -> None:
    client, told = changing(), "还没有单位报送数据"
    assert told in text_of(client, "/")
    report(("gdp", None), years=[2023], counties=["512021"])
    assert told not in text_of(client, "/")


def test_where_only_a_parameter_lacks_the_pages_name_it_with_the_way_to_its_reasons(changing: Site) -> None:
    years, counties = range(2020, 2026), ("512002", "512021", "512022")
    fuels = next(duty for duty in state.city().plans[0].duties if "fuel_use" in duty.quantities)
    cells = [("gdp", None), *(("fuel_use", item) for item in fuels.items)]
    report(*cells, years=years, counties=counties)
    client = changing()
    for page in (text_of(client, "/"), text_of(client, "/target/energy-intensity")):
        assert "各种能源折标准煤系数 天然气没有取值，请在“参数”页补充并写明依据" in page
        assert 'href="/why/energy_intensity_decline/512000/2025' in page
    assert "应由" not in text_of(client, "/target/energy-intensity")
    assert "has no value: add one on the page Parameters" in text_of(
        client, "/target/energy-intensity?lang=en"
    )
