"""Exports say what they are, carry the drill's watermark and run no formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from duheng.ingest.export import DRILL_MARK, DRILL_NOTICE, FORMATS, Printed, Tab, write_table, write_workbook
from duheng.ingest.exporting import fact_table
from duheng.ingest.loading import load_city
from duheng.model.entities import Entity, Places
from duheng.model.errors import DuhengError, UnknownName
from duheng.model.plan import City

ROWS = [
    ("甲厂", 1.5, Decimal("2.25"), date(2024, 1, 31), None, "=1+1"),
    ("-乙", 2, Decimal(3), None, True, "@x"),
]
COLUMNS = ("对象", "数", "精确数", "日期", "未知", "备注")


def written(format: str, scenario: str = "actual", rows: Any = ROWS) -> bytes:
    """The table in a format."""
    out = io.BytesIO()
    count = write_table(
        rows,
        COLUMNS,
        out,
        title="试表",
        scenario=scenario,
        format=format,
        about={"单位": "tce", "截至": "2024-07-31"},
    )
    assert count == 2
    return out.getvalue()


def sheet(content: bytes) -> Any:
    """The first sheet of a workbook."""
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def test_a_workbook_keeps_numbers_dates_and_emptiness() -> None:
    rows = list(sheet(written("xlsx")).iter_rows(values_only=True))
    assert [row[0] for row in rows[:3]] == ["试表", "单位：tce", "截至：2024-07-31"]
    assert rows[4] == COLUMNS
    assert (rows[5][1:3], str(rows[5][3])[:10], rows[5][4]) == ((1.5, 2.25), "2024-01-31", None)


def test_no_text_becomes_a_formula_in_a_workbook() -> None:
    cells = [
        cell
        for row in sheet(written("xlsx")).iter_rows()
        for cell in row
        if cell.value in ("=1+1", "@x", "-乙")
    ]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]


def test_no_text_becomes_a_formula_in_csv_and_numbers_stay_numbers() -> None:
    lines = written(
        "csv", rows=[("=cmd", -1.5, Decimal("-2"), None, None, "+86"), ("\t=x", 1, 2, None, None, "-5")]
    )
    text = lines.decode("utf-8-sig").splitlines()
    assert text[-2:] == ["'=cmd,-1.5,-2,,,+86", "'\t=x,1,2,,,-5"]


def test_no_title_of_a_column_becomes_a_formula_in_csv() -> None:
    out = io.BytesIO()
    write_table([(1, 2)], ('=HYPERLINK("x")', "2023"), out, title="表", scenario="actual", format="csv")
    header = next(csv.reader([out.getvalue().decode("utf-8-sig").splitlines()[1]]))
    assert header == ['\'=HYPERLINK("x")', "2023"]


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_an_actual_export_speaks_of_a_drill(format: str) -> None:
    assert "演练".encode() not in written(format)


def test_a_drill_workbook_is_marked_above_in_header_footer_and_every_row() -> None:
    made = sheet(written("xlsx", "drill"))
    assert made["A1"].value == DRILL_NOTICE
    assert DRILL_NOTICE in made.oddHeader.center.text
    assert DRILL_NOTICE in made.oddFooter.center.text
    assert [row[0] for row in made.iter_rows(min_row=7, values_only=True)] == ["演练数据", "演练数据"]


def test_a_drill_csv_is_marked_above_and_in_every_row() -> None:
    lines = written("csv", "drill-target").decode("utf-8-sig").splitlines()
    assert lines[0] == f"# {DRILL_NOTICE}"
    assert all(line.startswith("演练数据,") for line in lines[-2:])


def test_a_drill_json_is_marked_and_unknown_is_null() -> None:
    told = json.loads(written("json", "drill"))
    assert (told["notice"], told["rows"][0]["数据性质"], told["rows"][0]["未知"]) == (
        DRILL_NOTICE,
        "演练数据",
        None,
    )


def test_a_drill_parquet_is_marked_in_schema_and_rows() -> None:
    content = written("parquet", "drill")
    frame = pl.read_parquet(io.BytesIO(content))
    assert frame["数据性质"].to_list() == ["演练数据", "演练数据"]
    assert frame.schema["数"] == pl.Float64
    assert pl.read_parquet_metadata(io.BytesIO(content))["notice"] == DRILL_NOTICE


def test_rows_are_streamed(tmp_path: Path) -> None:
    alive = 0

    def rows() -> Iterator[list[object]]:
        nonlocal alive
        for number in range(5000):
            alive = number
            yield [number]

    assert write_table(rows(), ["数"], tmp_path / "a.xlsx", title="长表", scenario="actual") == 5000
    assert alive == 4999


def test_an_unknown_format_and_a_missing_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        written("docx")
    with pytest.raises(DuhengError, match="不能写入"):
        write_table([], ["数"], tmp_path / "没有" / "a.csv", title="表", scenario="actual", format="csv")


def tabs(scenario: str) -> Any:
    """A workbook of two tables of one title."""
    rows = [("甲厂", Printed(Decimal("14.5"), 2)), ("乙厂", "未填报")]
    out = io.BytesIO()
    tables = [Tab("指标/甲", ("对象", "数"), rows, (20, 12), "注：试表")] * 2
    write_workbook(tables, out, scenario=scenario, about={"城市": "资阳市"})
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def test_tables_of_one_workbook_have_a_sheet_each_with_the_printed_digits() -> None:
    book = tabs("actual")
    assert book.sheetnames == ["指标甲", "指标甲_"]
    rows = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert rows == [
        ["指标/甲", None], ["城市：资阳市", None], [None, None], ["对象", "数"],
        ["甲厂", 14.5], ["乙厂", "未填报"], [None, None], ["注：试表", None],
    ]  # fmt: skip
    assert book.worksheets[0]["B5"].number_format == "0.00"
    assert book.worksheets[0]["B6"].alignment.wrap_text


def test_every_row_of_every_sheet_of_the_drill_carries_the_mark() -> None:
    for sheet in tabs("drill").worksheets:
        cells = [row[0].value for row in sheet.iter_rows()]
        assert (cells[0], cells[5:7]) == (DRILL_NOTICE, [DRILL_MARK, DRILL_MARK])
        assert DRILL_NOTICE in sheet.oddHeader.center.text


def test_an_export_of_facts_holds_those_of_the_citys_own_places(home: Path, city: City) -> None:
    load_city(city, drill=False)
    other = replace(city, name="常德市", places=Places([Entity("430700", "常德市", "city")]))
    fact = replace(city.facts[0], entity="430700")
    load_city(replace(other, facts=(fact,), plans=()), drill=False)
    own = fact_table(other, "actual")
    assert [row[3] for row in own.rows] == ["430700"]
    assert own.about["条数"] == "1"
    assert own.about["未列出"] == f"账本中另有{len(city.facts)}条，对象不在本市文件夹内"
    assert {row[3] for row in fact_table(city, "actual").rows} == {one.entity for one in city.facts}
