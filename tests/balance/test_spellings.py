"""The same balance and the same factors in other spellings: the numbers stay what they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from duheng.ingest.balance.checking import check_balance
from duheng.ingest.balance.conversion import convert_balance
from duheng.ingest.balance.factors import read_factors
from duheng.ingest.balance.layout import layout
from duheng.ingest.balance.output import header_of, rows_of
from duheng.ingest.balance.reading import read_balance
from duheng.model.errors import UnreadableSource

Write = Callable[..., Path]
Rows = list[list[str]]
WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
KEYS = 3


def _cells(rows: Rows, spelled: Callable[[str], str]) -> Rows:
    return [
        rows[0],
        *([*row[:KEYS], *(spelled(cell) if cell else "" for cell in row[KEYS:])] for row in rows[1:]),
    ]


def _written(rows: Rows, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def _titled(rows: Rows) -> Rows:
    """Row codes replaced by the English titles of the yearbook."""
    titles = {row.code: row.aliases[-1] for row in layout().rows.values() if row.aliases}
    return [
        [*rows[0][:2], "row_label", *rows[0][KEYS:]],
        *([*r[:2], titles[r[2]], *r[KEYS:]] for r in rows[1:]),
    ]


SPELLINGS: dict[str, Callable[[Rows], bytes]] = {
    "digits of full width": lambda rows: _written(_cells(rows, lambda cell: cell.translate(WIDE))).encode(),
    "a program's exponents": lambda rows: _written(_cells(rows, lambda cell: f"{float(cell):.10e}")).encode(),
    "thousands": lambda rows: _written(_cells(rows, lambda cell: f"{float(cell):,.2f}")).encode(),
    "noughts for blanks": lambda rows: _written(
        [rows[0], *([*row[:KEYS], *(cell or "0" for cell in row[KEYS:])] for row in rows[1:])]
    ).encode(),
    "codes in lower case": lambda rows: _written([[*r[:2], r[2].lower(), *r[KEYS:]] for r in rows]).encode(),
    "English rows": lambda rows: _written(_titled(rows)).encode(),
    "header in capitals": lambda rows: _written([[head.upper() for head in rows[0]], *rows[1:]]).encode(),
    "rows in another order": lambda rows: _written([rows[0], *reversed(rows[1:])]).encode(),
    "columns in another order": lambda rows: _written([row[::-1] for row in rows]).encode(),
    "GB 18030, blank lines": lambda rows: _written([line for r in rows for line in (r, [""])]).encode("gb18030"),
    "UTF-16, tabs": lambda rows: _written(rows, "\t").encode("utf-16"),
}  # fmt: skip


def _numbers(path: Path, factors: Path) -> list[dict[str, float]]:
    converted = convert_balance(read_balance(path), read_factors(factors))
    assert [one.text for one in converted.findings] == []
    header = header_of(converted)
    names = {column.id: name for name in header if (column := layout().column(name))}
    rows = [dict(zip(header, row, strict=True)) for row in rows_of(converted)]
    numbers = [{id: float(str(row[names[id]] or 0)) for id in sorted(names)} for row in rows]
    return sorted(numbers, key=repr)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_balance_means_the_same_in_every_spelling(
    county: Write, factors: Write, tmp_path: Path, spelling: str
) -> None:
    plain = county()
    with plain.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    other = tmp_path / "other.csv"
    other.write_bytes(SPELLINGS[spelling](rows))
    assert _numbers(other, factors()) == _numbers(plain, factors())
    assert check_balance(read_balance(other)).discrepancies == ()


def test_nought_needs_no_factor(county: Write, factors: Write) -> None:
    path = county(more={"coke": {"S": 0, "F": 0, "F2": "0.00"}})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    assert converted.findings == ()
    assert converted.frame["coke"].to_list().count(0.0) == 3


def test_a_table_without_rows_is_refused_and_not_called_sound(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("region,year,row_code,raw_coal\n", "utf-8")
    with pytest.raises(UnreadableSource, match="没有数据行"):
        read_balance(path)


@pytest.mark.parametrize("value", ["1,2", "0x10", "1_000", "12万", "50%", "(5)", "nan", "1e999"])
def test_what_may_be_meant_otherwise_is_not_guessed(county: Write, value: str) -> None:
    balance = read_balance(county({("F2", "diesel"): f'"{value}"'}))
    assert [(one.code, value in one.text) for one in balance.findings] == [("cell-unreadable", True)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_factors_mean_the_same_in_every_spelling(factors: Write, tmp_path: Path, encoding: str) -> None:
    known = read_factors(factors())
    lines = factors().read_text("utf-8").splitlines()
    other = tmp_path / "other.csv"
    other.write_text(
        "\n".join([lines[0].upper(), "", *(one.translate(WIDE) for one in lines[:0:-1])]), encoding
    )
    assert dict(read_factors(other).values) == dict(known.values)


def test_a_factor_for_a_row_that_no_balance_has_is_a_finding(factors: Write) -> None:
    known = read_factors(factors("raw_coal,Z9,0.8"))
    assert [(one.code, "Z9" in one.text) for one in known.findings] == [("factor-row-unknown", True)]


def test_a_row_that_breaks_off_is_said(county: Write) -> None:
    path = county()
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:5], ",".join(lines[5].split(",")[:5]), *lines[6:]]), "utf-8")
    assert [(one.code, one.place) for one in read_balance(path).findings] == [
        ("row-too-short", "county.csv 第6行")
    ]


def test_what_stands_in_standard_coal_needs_no_factor(county: Write, factors: Write) -> None:
    path = county(more={"other_energy": {"S": 3, "S1": 3, "F": 3, "F2": 3, "C": 3}})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    assert converted.findings == ()
    assert converted.frame["other_energy"].drop_nulls().to_list() == [3.0] * 5


def test_a_code_and_a_label_of_two_rows_are_named_and_neither_is_taken(county: Write) -> None:
    balance = read_balance(county(more={"row_label_zh": {"F3": "第三产业", "F2": "工业"}}))
    found = [one for one in balance.findings if one.code == "row-label"]
    assert ["第三产业" in one.found and "建筑业" in one.found for one in found] == [True]
    assert "F3" not in balance.frame["row"].to_list()
    assert "F2" in balance.frame["row"].to_list()


def test_sun_and_wind_are_two_of_which_rows(county: Write) -> None:
    path = county()
    wind = "甲县,2023,风电,,,,,,0.2\n甲县,2023,太阳能,,,,,,0.1\n"
    text = path.read_text("utf-8").replace("row_code", "项目") + wind
    path.write_text(text, "utf-8")
    balance = read_balance(path)
    assert not [one for one in balance.findings if "太阳能" in one.text or "风电" in one.text]
    assert balance.frame["row"].to_list()[-2:] == ["S1c", "S1d"]


def test_a_table_that_is_no_balance_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("year,row,fuel,quantity\n" + "1997,农业,raw_coal,3.76\n" * 50, "utf-8")
    with pytest.raises(UnreadableSource, match=r"不是能源平衡表.*quantity.*row_code"):
        read_balance(path)


def test_a_formula_whose_result_was_not_saved_is_no_blank_cell(tmp_path: Path) -> None:
    path = tmp_path / "平衡表.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["项目", "原煤", "柴油"], ["终端消费量", "=2+3", 1], ["工业", 5, "=1"]):
        sheet.append(row)
    book.save(path)
    balance = read_balance(path)
    assert [one.place for one in balance.findings] == [
        "平衡表.xlsx 第2行 原煤（raw_coal）", "平衡表.xlsx 第3行 柴油（diesel）",
    ]  # fmt: skip
    assert balance.frame["raw_coal"].is_nan().to_list() == [True, False]


def test_the_first_sheet_with_a_balance_is_read_and_a_further_one_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "几张.xlsx"
    book = openpyxl.Workbook()
    sheets = [book.worksheets[0], *(book.create_sheet(name) for name in ("旧", "2023", "2024"))]
    sheets[0].append(["封面"])
    for amount, sheet in enumerate(sheets[1:], 1):
        sheet.append(["项目", "原煤"])
        sheet.append(["终端消费量", amount])
    sheets[1].sheet_state = "hidden"
    book.save(path)
    balance = read_balance(path)
    assert balance.frame["raw_coal"].to_list() == [2]
    assert [(one.place[-4:], one.severity) for one in balance.findings] == [
        ("eet”", "notice"), ("024”", "error"), ("表“旧”", "notice"),
    ]  # fmt: skip
