"""Tables of stations as people send them: two editions, missing values, cells that are no concentrations."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duheng.ingest.air import DAILY, HOURLY, index_table, indices
from duheng.ingest.air_index import Item, half_to_even, index_columns
from duheng.model.errors import UnreadableSource
from duheng.model.parameters import Parameter
from duheng.model.rounding import judge
from duheng.rules.air import EDITIONS, air_individual_index
from tests.air.sheets import DAY_HEADER, HEADER, Sheet, codes, results


def test_the_edition_in_force_on_the_day_of_the_row_decides(sheet: Sheet) -> None:
    made = sheet("2026-02-28T23:00:00,甲,60,100,10,20,1.1,30", "2026-03-01T00:00:00,甲,60,100,10,20,1.1,30")
    assert made.frame["aqi"].to_list() == ["82", "100"]


def test_a_stated_edition_decides_for_every_row(sheet: Sheet) -> None:
    row = "2026-03-01T00:00:00,甲,60,100,10,20,1.1,30"
    assert sheet(row, edition="2012").frame["aqi"].to_list() == ["82"]
    assert sheet("没有日期,甲,60,100,10,20,1.1,30", edition="2026").frame["aqi"].to_list() == ["100"]


def test_concentrations_are_rounded_half_to_even_only_in_the_edition_of_2026(sheet: Sheet) -> None:
    even = "甲,60.5,10,10,20,1.1,30"
    odd = "甲,61.5,10,10,20,1.1,30"
    made = sheet(f"2026-03-01T08:00,{even}", f"2026-03-01T08:00,{odd}", f"2026-02-28T08:00,{even}")
    assert made.frame["aqi"].to_list() == ["100", "102", "82"]


def test_several_primaries_stand_side_by_side(sheet: Sheet) -> None:
    assert results(sheet("2020-05-01T08:00,甲,75,150,10,20,1.1,200")) == [
        ("100", "良", "颗粒物(PM10),细颗粒物(PM2.5),臭氧1小时", None)
    ]


def test_an_excellent_hour_has_no_primary(sheet: Sheet) -> None:
    assert results(sheet("2020-05-01T08:00,甲,35,50,10,20,1.1,30")) == [("50", "优", None, None)]


def test_a_missing_item_is_named_and_the_rest_is_published_by_the_rule_of_the_edition(sheet: Sheet) -> None:
    made = sheet(
        "2020-05-01T08:00,甲,,100,10,20,1.1,30",
        "2026-05-01T08:00,甲,,100,10,20,1.1,30",
        "2026-05-01T08:00,甲,,300,10,20,1,3",
    )
    assert results(made) == [
        ("75", "良", "颗粒物(PM10)", "缺 pm2_5_1h，按其余项目计算"),
        (None, None, None, "缺 pm2_5_1h，其余项目的指数不大于100，不发布（HJ 633-2026 5.3.1）"),
        ("175", "中度污染", "颗粒物(PM10)", "缺 pm2_5_1h，按其余项目计算"),
    ]
    assert codes(made) == ["air.two-editions"]
    assert made.findings[0].found == "1行按 HJ 633-2012，2行按 HJ 633-2026"


def test_a_row_without_any_value_is_unknown_in_both_editions(sheet: Sheet) -> None:
    made = sheet("2020-05-01T08:00,甲,,,,,,", "2026-05-01T08:00,甲,—,-;,,,,")
    assert made.frame["aqi"].to_list() == [None, None]
    assert made.frame["note"].str.ends_with("，不出指数").all()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("abc", "air.number"),
        ("inf", "air.number"),
        ("-3", "air.negative"),
        ("<2", "air.below-detection"),
        ("0.5L", "air.below-detection"),
        ("未检出", "air.below-detection"),
    ],
)
def test_a_cell_that_is_no_concentration_is_named_and_the_row_left_without_index(
    sheet: Sheet, cell: str, code: str
) -> None:
    made = sheet("2020-05-01T08:00,甲,10,100,10,20,1.1,30", f"2020-05-01T08:00,乙,{cell},100,10,20,1.1,30")
    assert codes(made) == [code]
    assert made.findings[0].text.startswith(f"站点.csv 第3行 pm2_5_1h：{cell}，")
    assert made.frame["aqi"].to_list() == ["75", None]
    assert cell in made.frame["note"][1]
    assert made.frame["pm2_5_1h"].to_list() == ["10", cell]


def test_a_number_with_separators_or_wide_digits_is_a_number(sheet: Sheet) -> None:
    made = sheet('2020-05-01T08:00,甲,10,１００,10,20,1.1,"1,035"')
    assert (codes(made), made.frame["aqi"].to_list()) == ([], ["418"])


def test_numbers_above_the_end_of_their_table_are_told_once_a_column(sheet: Sheet) -> None:
    rows = [f"2026-05-01T0{hour}:00,甲,10,40,10,20,{hour}00,30" for hour in (1, 2, 3)]
    made = sheet(*rows)
    assert made.frame["aqi"].to_list() == ["334", "500", "500"]
    (finding,) = made.findings
    assert (finding.code, finding.severity, finding.place) == ("air.beyond", "warning", "站点.csv co_1h_mg")
    assert finding.found == "2行高于表中最高限值（最高300 mg/m3）"


def test_above_eight_hour_ozone_the_hourly_one_is_reported_in_the_edition_of_2012(sheet: Sheet) -> None:
    header = f"{DAY_HEADER},o3_1h_24h"
    day = "10,40,10,20,1.1,810"
    made = sheet(f"2020-05-01,{day},900", f"2020-05-01,{day},", f"2026-05-01,{day},900", header=header)
    assert results(made) == [
        ("350", "严重污染", "臭氧1小时", None),
        (None, None, None, "o3_8h_24h 高于表中最高限值，又没有可代替的值"),
        ("300", "重度污染", "臭氧8小时", None),
    ]


def test_a_column_named_by_the_pollutant_alone_is_shown_to_its_author(sheet: Sheet) -> None:
    made = sheet("2020-05-01T08:00,10,40,10,20,1.1,30", header="时间,PM2.5,PM10,so2_1h,no2_1h,CO,o3_1h")
    remedies = [one.remedy for one in made.findings]
    for name, column in (("PM2.5", "pm2_5_1h"), ("PM10", "pm10_1h"), ("CO", "co_1h_mg")):
        assert any(one.startswith(f"如列 {name} 就是这一项，请改名为 {column}") for one in remedies)


def test_missing_columns_are_named_each_and_the_rows_pass_through(sheet: Sheet) -> None:
    made = sheet("2020-05-01T08:00,甲,10,100", header="snapshot,station_code,pm2_5_1h,pm10_1h")
    assert codes(made) == ["air.no-column"] * 4
    assert results(made) == [(None, None, None, "缺列 so2_1h、no2_1h、co_1h_mg、o3_1h，不出指数")]
    assert made.frame.row(0)[:4] == ("2020-05-01T08:00", "甲", "10", "100")


def test_a_date_that_no_edition_covers_is_named(sheet: Sheet) -> None:
    made = sheet("2015-12-31T08:00,甲,10,100,10,20,1.1,30", "某日,甲,10,100,10,20,1.1,30")
    assert codes(made) == ["air.date", "air.date"]
    assert made.frame["aqi"].to_list() == [None, None]


@pytest.mark.parametrize(
    "day",
    [
        "2026-03-01 08:00",
        "2026/3/1 8:00",
        "2026年3月1日8时",
        "2026.03.01",
        "２０２６－０３－０１　０８：００",
        "20260301",
        "2026030108",
        "20260301 08",
        "20260301080000",
    ],
)
def test_a_date_may_be_written_as_spreadsheets_write_it(sheet: Sheet, day: str) -> None:
    assert sheet(f"{day},甲,60,100,10,20,1.1,30").frame["aqi"].to_list() == ["100"]


@pytest.mark.parametrize(
    "day", ["2026-13-01 8:00", "2026-02-30 8:00", "3/1/2026", "", "20261301", "202603018", "46082.333"]
)
def test_what_is_no_day_is_not_guessed(sheet: Sheet, day: str) -> None:
    made = sheet(f"{day},甲,60,100,10,20,1.1,30")
    assert (codes(made), made.frame["aqi"].to_list()) == (["air.date"], [None])


def test_without_a_time_column_the_edition_has_to_be_stated(sheet: Sheet) -> None:
    header = HEADER.replace("snapshot", "编号")
    assert codes(sheet("1,甲,10,100,10,20,1.1,30", header=header)) == ["air.no-time"]
    assert codes(sheet("1,甲,10,100,10,20,1.1,30", header=header, edition="2012")) == []


def test_a_row_too_long_is_named_and_its_cells_are_kept(sheet: Sheet) -> None:
    made = sheet("2020-05-01T08:00,甲,10,100,10,20,1.1,30,多,余")
    assert codes(made) == ["table.long-row"]
    assert made.frame.row(0)[8:11] == ("多", "余", "75")


def test_a_table_in_gb18030_is_read(sheet: Sheet) -> None:
    assert sheet("2020-05-01T08:00,甲,10,100,10,20,1.1,30", encoding="gb18030").frame["aqi"].to_list() == [
        "75"
    ]


def test_quotation_marks_and_commas_in_other_columns_pass_through(sheet: Sheet) -> None:
    made = sheet('2020-05-01T08:00,"甲,""乙""",10,100,10,20,1.1,30')
    assert made.frame["station_code"].to_list() == ['甲,"乙"']
    assert '"甲,""乙"""' in made.csv()


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02" * 500, b"PK\x03\x04 a workbook", b"\xff\xfe\x80\x81" * 9]
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableSource, match=r"x\.csv"):
        index_table(path)


@pytest.mark.parametrize("header", [HEADER + ",o3_1h", HEADER + ",note,note_in"])
def test_a_column_that_stands_twice_or_would_be_overwritten_is_refused(sheet: Sheet, header: str) -> None:
    with pytest.raises(UnreadableSource, match="第1行"):
        sheet("2020-05-01T08:00,甲,10,100,10,20,1.1,30,7", header=header)


def test_a_column_with_the_name_of_a_result_is_kept_under_another_name(sheet: Sheet) -> None:
    made = sheet("2020-05-01T08:00,甲,10,100,10,20,1.1,30,手工抄录", header=HEADER + ",note")
    assert made.frame.row(0)[8:] == ("手工抄录", "75", "良", "颗粒物(PM10)", None)
    assert made.frame.columns[8] == "note_in"
    assert [finding.severity for finding in made.findings] == ["notice"]


def test_a_table_with_a_header_only_stays_empty_and_is_not_called_sound(sheet: Sheet) -> None:
    made = sheet()
    assert made.frame.height == 0
    assert [(one.code, one.severity) for one in made.findings] == [("table.no-rows", "error")]


def test_sulphur_dioxide_above_the_hourly_table_takes_the_daily_mean_in_2012(sheet: Sheet) -> None:
    alone = sheet("2020-05-01T08:00,甲,10,20,900,20,1.1,30")
    assert results(alone) == [(None, None, None, "so2_1h 高于表中最高限值，又没有可代替的值")]
    beside = sheet("2020-05-01T08:00,甲,10,20,900,20,1.1,30,1600", header=HEADER + ",so2_24h")
    assert results(beside) == [("300", "重度污染", "二氧化硫", None)]
    later = sheet("2026-05-01T08:00,甲,10,20,900,20,1.1,30")
    assert results(later) == [("200", "中度污染", "二氧化硫", None)]


def test_a_table_of_daily_columns_gives_the_daily_index(sheet: Sheet) -> None:
    made = sheet("2020-05-01,59,100,10,81,3.2,165", "2026-05-01,59,118,10,20,1.0,160", header=DAY_HEADER)
    assert made.kind == "daily"
    assert results(made) == [
        ("105", "轻度污染", "臭氧8小时", None),
        ("100", "良", "臭氧8小时", None),
    ]


def test_the_greatest_hourly_ozone_of_the_day_counts_in_2012_only(sheet: Sheet) -> None:
    header = DAY_HEADER + ",o3_1h_24h"
    made = sheet("2020-05-01,10,20,10,20,1.0,100,300", "2026-05-01,10,20,10,20,1.0,101,300", header=header)
    assert made.frame["aqi"].to_list() == ["150", "51"]
    assert made.frame["primary"].to_list() == ["臭氧1小时", "臭氧8小时"]


def test_daily_columns_beside_hourly_ones_are_used_where_asked_for(sheet: Sheet) -> None:
    header = HEADER + "," + DAY_HEADER.partition(",")[2]
    row = "2020-05-01T08:00,甲,10,100,10,20,1.1,30,75,20,10,20,1.0,50"
    assert sheet(row, header=header).frame["aqi"].to_list() == ["75"]
    assert sheet(row, header=header, kind="daily").frame["aqi"].to_list() == ["100"]


def test_both_editions_in_one_table_keep_the_order_of_its_rows(sheet: Sheet) -> None:
    days = ["2026-03-01", "2020-05-01", "坏", "2026-04-01", "2021-01-01"]
    made = sheet(*(f"{day},站{n},60,10,10,20,1.1,30" for n, day in enumerate(days)))
    assert made.frame["station_code"].to_list() == ["站0", "站1", "站2", "站3", "站4"]
    assert made.frame["aqi"].to_list() == ["100", "82", None, "100", "82"]


@given(st.decimals(0, 700, places=3))
@settings(deadline=None)
def test_columns_are_rounded_as_the_rounding_of_the_standard_does(value: Decimal) -> None:
    frame = pl.DataFrame({"x": [float(value)]})
    found = frame.select(
        whole=pl.col("x").round(0, mode="half_to_even"), tenth=pl.col("x").round(1, mode="half_to_even")
    ).row(0)
    assert found == (float(judge(value, 0) or 0), float(judge(value, 1) or 0))


@given(st.floats(0, 1200), st.floats(0, 1200), st.sampled_from(["2012", "2026"]))
@settings(deadline=None)
def test_more_of_a_pollutant_never_lowers_the_index(one: float, other: float, edition: str) -> None:
    low, high = sorted((one, other))
    rest = {item.column: [1.0, 1.0] for item in HOURLY}
    made = indices(pl.DataFrame({**rest, "o3_1h": [low, high]}), edition)
    first, second = made["aqi"].cast(pl.Int64)
    assert 0 <= first <= second <= 500


def test_every_column_of_the_layout_has_an_argument_of_the_rule() -> None:
    assert {item.argument for item in HOURLY} == {item.argument for item in DAILY}


@given(
    st.sampled_from(HOURLY),
    st.one_of(
        st.integers(0, 1500).map(float),
        st.decimals(0, 200, places=3).map(float),
        st.floats(0, 1500).map(lambda value: round(value, 5)),
    ),  # nearer to a printed number is noise on it
    st.sampled_from(["2012", "2026"]),
)
@settings(deadline=None)
def test_an_index_looked_up_is_the_number_of_the_rule(item: Item, value: float, edition: str) -> None:
    found = index_columns(pl.DataFrame({item.column: [value, None]}), [item], edition)[item.column].to_list()
    wording = air_individual_index.wording(EDITIONS[edition])
    assert wording is not None
    concentration = value if edition == "2012" else float(judge(value, item.decimals) or 0)
    inputs = {
        name: float(s.value)
        if isinstance(ref, Parameter) and (s := ref.at(EDITIONS[edition], item.item))
        else None
        for name, ref in wording.inputs.items()
    }
    assert found == [wording.number({**inputs, "concentration": concentration}), None]


def test_days_in_hourly_columns_are_pointed_out(sheet: Sheet) -> None:
    made = sheet("2020-05-01,甲,10,100,10,20,1.1,30", "2020-05-01T08:00,甲,10,100,10,20,1.1,30")
    assert codes(made) == ["air.no-hour"]
    assert made.findings[0].found == "1行只有日期、没有小时（如 2020-05-01）"
    assert made.frame["aqi"].to_list() == ["75", "75"]


def test_a_column_of_another_spelling_is_pointed_out(sheet: Sheet) -> None:
    made = sheet("2020-05-01T08:00,甲,10,100,10,20,1.1,30", header=HEADER.replace("pm2_5_1h", "PM2.5_1h"))
    assert codes(made) == ["air.no-column"]
    assert made.findings[0].remedy.startswith("请把列 PM2.5_1h 改名为 pm2_5_1h")


def test_whole_daily_columns_win_over_a_few_hourly_ones(sheet: Sheet) -> None:
    header = DAY_HEADER + ",o3_1h"
    made = sheet("2020-05-01,75,20,10,20,1.0,50,30", header=header)
    assert (made.kind, made.frame["aqi"].to_list(), codes(made)) == ("daily", ["100"], [])


def test_an_hourly_column_that_is_missing_does_not_make_it_a_daily_index(sheet: Sheet) -> None:
    header = HEADER.replace("pm2_5_1h,", "") + "," + DAY_HEADER.partition(",")[2]
    made = sheet("2020-05-01T08:00,甲,100,10,20,1.1,30,75,20,10,20,1.0,50", header=header)
    assert (made.kind, codes(made)) == ("hourly", ["air.no-column"])
    assert results(made) == [(None, None, None, "缺列 pm2_5_1h，不出指数")]


def test_a_title_above_the_names_of_the_columns_is_pointed_out(sheet: Sheet) -> None:
    made = sheet(HEADER, "2020-05-01T08:00,甲,10,100,10,20,1.1,30", header="全国站点,,,,,,,")
    assert codes(made)[0] == "air.late-header"
    assert made.findings[0].place.endswith("第2行")
    assert made.frame["aqi"].to_list() == [None, None]


def test_an_order_of_primaries_not_seen_from_the_centre_is_said(sheet: Sheet) -> None:
    made = sheet("2020-05-01T08:00,甲,75,20,500,200,1.1,30")
    assert made.frame["primary"].to_list() == ["二氧化硫,二氧化氮,细颗粒物(PM2.5)"]
    assert codes(made) == ["air.primary-order"]


@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "35", "<3", "ND", "-1", "甲", "1e3", "nan", "０", "99999", '"', "μg/m3"]),
            max_size=9,
        ),
        max_size=5,
    )
)
@settings(deadline=None, max_examples=60)
def test_whatever_stands_in_the_cells_every_row_is_printed(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows([HEADER.split(","), *(["2026-03-01T08:00", *row] for row in rows)])
        assert index_table(path).frame.height == len(rows)


def test_a_day_beside_a_column_of_hours_is_no_daily_mean(sheet: Sheet) -> None:
    header = HEADER.replace("snapshot", "日期,小时")
    assert codes(sheet("2026-03-01,8,甲,10,40,10,20,1.1,30", header=header)) == []
    assert codes(sheet("2026-03-01,甲,10,40,10,20,1.1,30", header=HEADER.replace("snapshot", "日期"))) == [
        "air.no-hour"
    ]


@pytest.mark.parametrize("decimals", [0, 1])
def test_halves_are_rounded_to_even_whatever_a_float_makes_of_them(decimals: int) -> None:
    # Polars divides by multiplying with the reciprocal: 3050 / 1000 is 3.0500000000000003 there.
    numbers = pl.select(value=pl.int_range(60_000).cast(pl.Float64) / 1000)
    made = numbers.select(half_to_even(pl.col("value"), decimals)).to_series().to_list()
    wrong = [n for n, one in enumerate(made) if judge(one, decimals) != judge(Decimal(n) / 1000, decimals)]
    assert wrong == []


def test_carbon_monoxide_half_way_is_rounded_to_even_before_its_index(sheet: Sheet) -> None:
    made = sheet(*(f"2026-05-01,10,40,10,20,{co},30" for co in ("3.05", "3.15", "3.051")), header=DAY_HEADER)
    assert made.frame["aqi"].to_list() == ["75", "80", "78"]
