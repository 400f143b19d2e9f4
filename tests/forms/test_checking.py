"""The relations of form 205-1: what holds is silent, what does not names cell, both sides, tolerance and owner."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng.cli import app
from duheng.ingest.balance.reading import read_balance
from duheng.ingest.forms.layout import form as form_of
from duheng.ingest.forms.layout import told
from duheng.ingest.forms.report import CheckedForms, checked_forms
from tests.forms.conftest import CODES, HEADER, Cells, Made, rows


def checked(path: Path) -> CheckedForms:
    found = checked_forms(path)
    assert found is not None
    return found


def test_a_form_that_holds_together_has_no_findings(form: Made) -> None:
    found = checked(form())
    assert (found.mismatches, found.odd) == ((), ())


def test_what_the_form_cannot_show_is_said(form: Made) -> None:
    said = "".join(one.text for one in checked(form()).open)
    assert "205-2表" in said
    assert "累计折标系数" in said


@pytest.mark.parametrize(
    ("changed", "check", "cell", "sides", "severity"),
    [
        ({("原煤", "消费量合计"): 810}, "use", "H6", (810, 800), "error"),
        ({("原煤", "期末库存量"): 260}, "stock", "M6", (260, 200), "warning"),
        ({("原煤", "期末库存量"): 150}, "stock", "M6", (150, 200), "notice"),
        ({("原煤", "其中:用于原材料"): 790}, "feedstock", "J6", (790, 780), "warning"),
        ({("柴油", "合计中:运输工具消费"): 40}, "transport", "L8", (40, 32), "warning"),
        ({("原煤", "其中:购自省外"): 902}, "outside", "F6", (902, 900), "warning"),
        ({("原煤", "采用折标系数"): 1.2}, "factor", "N6", (1.2, 0.7143), "warning"),
    ],
)
def test_each_relation_names_cell_and_both_sides(
    form: Made, changed: Cells, check: str, cell: str, sides: tuple[float, float], severity: str
) -> None:
    found = [one for one in checked(form(changed)).mismatches if one.check == check]
    assert [(one.cell, float(one.found), float(one.expected), one.severity) for one in found] == [
        (cell, *sides, severity)
    ]
    text = found[0].finding("能源月报.xlsx").text
    assert f"能源月报.xlsx 6月!{cell}" in text
    assert "请演练水泥厂" in text
    assert "容差" in text
    assert ("未核实" in text) == (found[0].certainty == "memory")


def test_the_total_leaves_the_parts_of_raw_coal_out(form: Made) -> None:
    (one,) = checked(form(total=1448.57)).mismatches
    assert (one.check, one.cell, round(float(one.expected), 2)) == ("total", "H10", 1232.57)


def test_rounding_is_no_mismatch(form: Made) -> None:
    assert checked(form({("原煤", "消费量合计"): 801})).mismatches == ()


def test_a_blank_is_no_nought(form: Made) -> None:
    blank = {("原煤", "2.非工业生产消费"): ""}
    assert [one for one in checked(form(blank)).mismatches if one.check == "use"] == []
    too_much = {**blank, ("原煤", "1.工业生产消费"): 830}
    assert [one.check for one in checked(form(too_much)).mismatches] == ["use"]


def test_the_opening_stock_of_a_year_stays(form: Made) -> None:
    path = form(months=(5, 6), later={("原煤", "年初库存量"): 130, ("原煤", "期末库存量"): 230})
    found = [one for one in checked(path).mismatches if one.check == "opening"]
    assert [(one.sheet.sheet, one.cell, float(one.found), float(one.expected)) for one in found] == [
        ("6月", "D6", 130, 100)
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({("柴油", "代码"): "77", ("柴油", "能源名称"): "神油"}, "row-unknown"),
        ({("原煤", "代码"): "06"}, "row-code"),
        ({("原煤", "计量单位"): "万千瓦时"}, "unit-wrong"),
        ({("原煤", "购进量"): "约九百"}, "not-a-number"),
        ({("原煤", "购进量"): -900}, "negative"),
        ({("柴油", "能源名称"): "原煤"}, "row-twice"),
    ],
)
def test_what_cannot_be_placed_or_read_is_listed(form: Made, changed: Cells, code: str) -> None:
    assert code in [one.code for one in checked(form(changed)).odd]


def test_an_unknown_column_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "月报.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*HEADER, "备用栏"], [*CODES, ""], *([*row, 1] for row in rows())])
    found = checked(path)
    assert [one.code for one in found.odd] == ["column-unknown"]
    assert found.mismatches == ()


def test_a_header_of_two_rows_is_read(tmp_path: Path) -> None:
    below = HEADER[7:12]  # of 消费量; 购自省外 stands below 购进量
    upper = [*HEADER[:5], "", HEADER[6], "消费量", *[""] * 4, *HEADER[12:]]
    lower = [*[""] * 5, HEADER[5], "", "合计", *below[1:], *[""] * 3]
    path = tmp_path / "月报.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([upper, lower, CODES, *rows({("原煤", "消费量合计"): 810})])
    assert "use" in [one.check for one in checked(path).mismatches]


def test_the_layout_is_that_of_the_shared_forms(shared: Path) -> None:
    folder, form = shared / "data" / "forms", form_of("205-1")
    with (folder / "form_205_1_columns.csv").open(encoding="utf-8") as file:
        assert {told(row["column_zh"]) for row in csv.DictReader(file)} <= form.columns.keys()
    with (folder / "form_205_1_rows.csv").open(encoding="utf-8") as file:
        given = list(csv.DictReader(file))
    assert [(row["code"], row["unit"]) for row in given] == [(r.code, r.unit) for r in form.rows.values()]
    assert [told(row["fuel_zh"]) for row in given] == list(form.rows)


def test_a_balance_is_no_form(shared: Path) -> None:
    assert checked_forms(shared / "data" / "energy_balance" / "china_2007_physical.csv") is None


def test_the_command_lists_findings_and_says_one(form: Made, tmp_path: Path) -> None:
    out = tmp_path / "问题.csv"
    done = CliRunner().invoke(app, ["check-data", str(form({("原煤", "消费量合计"): 810})), "-o", str(out)])
    assert done.exit_code == 1
    with out.open(encoding="utf-8") as file:
        found = next(row for row in csv.DictReader(file) if row["identity"] == "use")
    assert (found["province"], found["fuel"], found["printed"], found["recomputed"], found["difference"]) == (
        "演练水泥厂", "原煤", "810", "800", "10",
    )  # fmt: skip
    assert found["source"] == "能源月报.xlsx 6月!H6"
    assert float(found["tolerance"]) > 0
    assert CliRunner().invoke(app, ["check-data", str(form()), "-o", str(out)]).exit_code == 0


def test_every_row_and_column_of_the_balance_form_p303_1_is_placed(shared: Path, tmp_path: Path) -> None:
    folder, path = shared / "data" / "forms", tmp_path / "p303.csv"
    with (folder / "form_p303_1_balance_columns.csv").open(encoding="utf-8") as file:
        columns = [row["column_zh"] for row in csv.DictReader(file)]
    with (folder / "form_p303_1_balance_rows.csv").open(encoding="utf-8") as file:
        titles = [row["row_zh"] for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["项目", *columns], *([title, *[0] * len(columns)] for title in titles)])
    balance = read_balance(path)
    assert (len(balance.placed), balance.findings) == (len(columns), [])
    assert all(balance.frame["row"])
