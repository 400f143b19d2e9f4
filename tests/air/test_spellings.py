"""How the columns of a table of stations are written: units, spellings, separators, blank lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.air.sheets import HEADER, Sheet, codes, results

SPELLINGS: dict[str, tuple[str, Callable[[str], str]]] = {
    "capitals": (HEADER.upper(), str),
    "full width": (HEADER, lambda row: row.translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))),
    "units in the header": (HEADER.replace("5_1h", "5_1h(μg/m3)").replace("co_1h_mg", "CO_1h_mg（mg/m3）"), str),
    "blank lines": (HEADER, lambda row: f"{row}\n\n,,,\n"),
    "columns without a name": (f"{HEADER},,", lambda row: f"{row},,甲"),
    "tabs": (HEADER.replace(",", "\t"), lambda row: row.replace(",", "\t")),
    "semicolons": (HEADER.replace(",", ";"), lambda row: row.replace(",", ";")),
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_table_means_the_same_in_every_spelling(sheet: Sheet, spelling: str) -> None:
    header, spelled = SPELLINGS[spelling]
    plain = ["60,100,10,20,1.1,30", "35,40,10,20,0.8,190"]
    rows = [f"2024-02-28T23:00,甲,{spelled(row)}" for row in plain]
    if spelling in ("tabs", "semicolons"):
        rows = [spelled(row) for row in rows]
    made = sheet(*rows, header=header)
    expected = sheet(*(f"2024-02-28T23:00,甲,{row}" for row in plain))
    assert results(made) == results(expected)
    assert [one.text for one in made.findings if one.severity != "notice"] == []


def test_a_unit_in_the_header_is_converted_and_one_of_another_dimension_is_not(sheet: Sheet) -> None:
    row = "2024-02-28T23:00,甲,0.06,100,10,20,1.1,30"
    milligrams = sheet(row, header=HEADER.replace("pm2_5_1h", "pm2_5_1h(mg/m3)"))
    assert milligrams.frame["aqi"].to_list() == ["82"]
    assert codes(milligrams) == ["air.unit-converted"]
    parts = sheet(row, header=HEADER.replace("pm2_5_1h", "pm2_5_1h(ppm)"))
    assert parts.frame["aqi"].to_list() == [None]
    assert (codes(parts), parts.findings[0].place) == (["air.unit"], "站点.csv 第1行 pm2_5_1h")


def test_a_finding_names_the_line_of_the_file_though_lines_before_it_are_blank(sheet: Sheet) -> None:
    made = sheet("", ",,,,,,,", "2024-02-28T23:00,甲,60,100,10,20,1.1,-30")
    assert [one.place for one in made.findings] == ["站点.csv 第4行 o3_1h"]


def test_a_row_of_units_is_no_data_and_what_it_states_is_converted_or_refused(sheet: Sheet) -> None:
    row = "2020-05-01T08:00,甲,0.01,100,10,20,1.1,30"
    right = sheet("单位,,μg/m3,μg/m3,μg/m3,μg/m3,mg/m3,μg/m3", row.replace("0.01", "10"))
    assert (codes(right), right.frame["aqi"].to_list()) == ([], [None, "75"])
    assert right.frame["note"].to_list() == ["单位行，不是数据", None]
    other = sheet("单位,,mg/m3,μg/m3,μg/m3,μg/m3,mg/m3,μg/m3", row)
    assert (codes(other), other.frame["aqi"].to_list()) == (["air.unit-converted"], [None, "75"])
    wrong = sheet("单位,,μg/m3,μg/m3,μg/m3,μg/m3,ppm,μg/m3", row)
    assert [finding.text for finding in wrong.findings] == [
        "站点.csv 第2行 co_1h_mg：单位 ppm，应为mg/m3。请换算后再填，或改正单位；本列各行不出指数。"
    ]
    assert wrong.frame["note"].to_list() == ["单位行，不是数据", "co_1h_mg 的单位不能换算，不出指数"]


def test_places_below_a_row_of_units_are_those_of_the_file(sheet: Sheet) -> None:
    made = sheet("单位,,μg/m3,,,,mg/m3,", "2020-05-01T08:00,甲,坏,100,10,20,1.1,30", "某日,乙,1,1,1,1,1,1")
    assert [finding.place for finding in made.findings] == [
        "站点.csv 第3行 pm2_5_1h",
        "站点.csv 第4行 snapshot",
    ]
    assert made.frame.height == 3
