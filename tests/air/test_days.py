"""Days of places: means of stations, missing days that are never good, the edition in force, tables that import."""

from __future__ import annotations

import io
from datetime import date

import polars as pl
import pytest

from duheng.city import default_city_folder, load
from duheng.ingest.air_days import NAMES, every_day, judged_days, place_days, station_days
from duheng.ingest.air_form import air_template
from duheng.ingest.drill.places import city_in
from duheng.ingest.sheets import Reading, read_sheets
from duheng.model.periods import parse
from duheng.model.plan import City

CLEAN = {"so2": 10.0, "no2": 20.0, "pm10": 60.0, "pm25": 35.0, "co": 1.0, "ozone": 90.0}


def day(when: date = date(2025, 5, 1), entity: str = "甲", **values: float | None) -> dict[str, object]:
    return {"entity": entity, "date": when, **CLEAN, **values}


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema={"entity": pl.String, "date": pl.Date, **dict.fromkeys(NAMES, pl.Float64)}
    )


def test_facts_of_a_day_stand_in_one_row_and_other_facts_in_none() -> None:
    rows = [
        ("甲", "细颗粒物（PM2.5）24小时平均", "2025-05-01", 35.0),
        ("甲", "一氧化碳24小时平均", "2025-05-01", 0.8),
        ("甲", "细颗粒物（PM2.5）24小时平均", "2025-05", 30.0),
        ("甲", "一氧化碳1小时平均", "2025-05-01", 1.8),
    ]
    facts = pl.DataFrame(rows, schema=["entity", "item", "period", "value"], orient="row")
    made = station_days(facts.with_columns(quantity=pl.lit("air_concentration")))
    assert made.rows() == [("甲", date(2025, 5, 1), None, None, None, 35.0, 0.8, None)]


def test_a_citys_index_follows_from_the_means_of_its_stations() -> None:
    stations = frame(day(pm25=40), day(entity="乙", pm25=110), day(entity="丙", pm25=75))
    made = judged_days(place_days(stations, {"市": ["甲", "乙", "丙"]}))
    assert made.select("entity", "pm25", "aqi", "quality", "primary").row(0) == (
        "市",
        75.0,
        100,
        "良",
        "细颗粒物(PM2.5)",
    )


def test_a_mean_needs_three_of_four_stations() -> None:
    three = frame(*(day(entity=name) for name in "甲乙丙"))
    assert place_days(three, {"市": list("甲乙丙丁")})["pm25"].to_list() == [35.0]
    assert place_days(three, {"市": list("甲乙丙丁戊")})["pm25"].to_list() == [None]


def test_a_mean_is_printed_half_to_even_before_it_is_judged() -> None:
    made = place_days(frame(day(pm25=60, co=1.0), day(entity="乙", pm25=61, co=1.1)), {"市": ["甲", "乙"]})
    assert made.select("pm25", "co").row(0) == (60.0, 1.0)


@pytest.mark.parametrize(
    ("when", "edition", "aqi"),
    [
        (date(2015, 12, 31), None, None),
        (date(2016, 1, 1), "2012", 82),
        (date(2026, 2, 28), "2012", 82),
        (date(2026, 3, 1), "2026", 100),
    ],
)
def test_a_day_is_judged_by_the_edition_in_force_on_it(
    when: date, edition: str | None, aqi: int | None
) -> None:
    assert judged_days(frame(day(when, pm25=60))).select("edition", "aqi").row(0) == (edition, aqi)


def test_a_stated_edition_holds_for_all_days() -> None:
    assert judged_days(frame(day(pm25=60)), "2026")["aqi"].to_list() == [100]


def test_a_day_that_lacks_an_item_is_never_good_but_may_be_bad() -> None:
    made = judged_days(frame(day(ozone=None), day(ozone=None, pm25=130), {**day(), **dict.fromkeys(NAMES)}))
    assert made["aqi"].to_list() == [None, 172, None]
    assert made["lacking"].to_list() == [["ozone"], ["ozone"], list(NAMES)]


def test_a_day_with_ozone_above_the_table_of_2012_has_no_index_of_the_other_items() -> None:
    made = judged_days(frame(day(ozone=900, pm25=130)))
    assert (made["aqi"].to_list(), made["quality"].to_list()) == ([None], [None])
    assert judged_days(frame(day(ozone=900, pm25=130)), "2026")["aqi"].to_list() == [300]


def test_a_calendar_has_no_gaps() -> None:
    made = every_day(judged_days(frame(day())), date(2025, 4, 30), date(2025, 5, 2))
    assert made["aqi"].to_list() == [None, 55, None]
    assert made["date"].to_list() == [date(2025, 4, 30), date(2025, 5, 1), date(2025, 5, 2)]


@pytest.fixture(scope="module")
def city() -> City:
    return city_in(load(default_city_folder("512000")), "drill")


def read(text: str, city: City, encoding: str = "utf-8") -> Reading:
    content = text.encode(encoding)
    return read_sheets(content, city, name="日报.csv", scenario="drill", today=date(2026, 11, 26))


HEADER = "date,station,pm2_5_24h,co_24h_mg\n"


def test_a_daily_table_of_stations_is_read_into_facts(city: City) -> None:
    made = read(HEADER + "2025-05-01,演练站点01,35,0.8\n2025-05-02,drill-A01,,0.9\n", city)
    assert made.findings == ()
    assert [(f.entity, f.item, f.period, str(f.value), f.locator) for f in made.facts] == [
        ("drill-A01", "细颗粒物（PM2.5）24小时平均", "2025-05-01", "35", "C2"),
        ("drill-A01", "一氧化碳24小时平均", "2025-05-01", "0.8", "D2"),
        ("drill-A01", "一氧化碳24小时平均", "2025-05-02", "0.9", "D3"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2025-05-01,没有的点位,35,0.8", "entity-unknown"),
        ("2025-05,演练站点01,35,0.8", "air-not-a-day"),
        ("某日,演练站点01,35,0.8", "period-unreadable"),
        ("2025-05-01,演练站点01,<3,0.8", "not-a-number"),
        ("2025-05-01,演练站点01,ND,0.8", "not-a-number"),
        ("2025-05-01,演练站点01,-3,0.8", "air-negative"),
        ("2031-05-01,演练站点01,35,0.8", "period-outside"),
    ],
)
def test_a_row_that_cannot_be_read_waits_with_its_reason(city: City, row: str, code: str) -> None:
    made = read(HEADER + row + "\n2025-05-02,演练站点01,35,0.8\n", city)
    assert code in {finding.code for finding in made.findings if finding.severity == "error"}
    assert [waiting.number for waiting in made.waiting] == [2]
    assert {fact.period for fact in made.facts} == {"2025-05-02"}


def test_a_template_that_was_filled_in_imports_without_any_change(city: City) -> None:
    stations = [one for one in city.places if one.kind == "air_station"]
    text = air_template(stations, parse("2025-02"), "drill").decode("utf-8-sig")
    rows = text.splitlines()
    assert len([row for row in rows if "drill-A" in row]) == 28 * 3
    filled = "\n".join(
        row.replace(",,,,,,", ",8,20,60,35,0.8,90", 1) if "drill-A" in row else row for row in rows
    )
    for encoding in ("utf-8", "gb18030"):
        made = read(filled, city, encoding)
        assert ([f.text for f in made.findings], len(made.facts)) == ([], 28 * 3 * 6)


def test_an_empty_template_states_nothing(city: City) -> None:
    stations = [one for one in city.places if one.kind == "air_station"]
    out = io.BytesIO(air_template(stations, parse("2025-02"), "drill"))
    assert read(out.getvalue().decode("utf-8-sig"), city).facts == ()
