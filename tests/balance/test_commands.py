"""`duheng balance` and `duheng check-data` as a person runs them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
from typer.testing import CliRunner

from duheng.cli import app

Write = Callable[..., Path]
FINDINGS = [
    "province", "identity", "fuel", "printed", "recomputed", "difference", "comment", "source", "confidence",
    "tolerance",
]  # fmt: skip


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_balance_writes_the_table_and_the_findings_beside_it(
    county: Write, factors: Write, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    code, said = _run("balance", county(), "--factors", factors(), "-o", out)
    assert code == 0, said
    rows = _read(out)
    assert rows[0][:6] == [
        "region", "year", "row_code", "energy_total_coal_equiv_method", "energy_total_calorific", "coal_total"
    ]  # fmt: skip
    assert rows[0][-3:] == ["unit", "method", "factors"]
    assert len(rows) == 25
    assert _read(tmp_path / "out.findings.csv") == [
        ["code", "severity", "place", "found", "expected", "remedy"]
    ]


def test_balance_without_a_factor_file_names_the_standard(county: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    code, said = _run("balance", county(), "-o", out)
    assert code == 0
    named = "GB/T 2589-2020；天然气：中国能源统计年鉴附录缺省系数"
    assert named in said
    assert {row[-1] for row in _read(out)[1:]} == {named}


def test_balance_writes_a_workbook(county: Write, factors: Write, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    code, _ = _run("balance", county(), "--factors", factors(), "--method", "equivalent", "-o", out)
    assert code == 0
    cells = [cell for row in openpyxl.load_workbook(out).active.iter_rows(values_only=True) for cell in row]
    assert "energy_total_calorific" in cells
    assert "方法（电力、热力列）：发电煤耗计算法" in cells
    assert (tmp_path / "out.findings.csv").is_file()


def test_a_workbook_is_read_as_well(county: Write, factors: Write, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in _read(county()):
        book.active.append(
            [float(cell) if cell.lstrip("-").replace(".", "").isdigit() else cell for cell in row]
        )
    book.save(tmp_path / "in.xlsx")
    text, sheet = tmp_path / "text.csv", tmp_path / "sheet.csv"
    assert _run("balance", county(), "--factors", factors(), "-o", text)[0] == 0
    assert _run("balance", tmp_path / "in.xlsx", "--factors", factors(), "-o", sheet)[0] == 0
    assert _read(sheet) == _read(text)


def test_a_method_that_does_not_exist_is_a_usage_error(county: Write, tmp_path: Path) -> None:
    from duheng.model.errors import UnknownName

    result = CliRunner().invoke(
        app, ["balance", str(county()), "--method", "等热", "-o", str(tmp_path / "o.csv")]
    )
    assert isinstance(result.exception, UnknownName)


def test_check_data_ends_with_1_where_there_is_a_finding(county: Write, tmp_path: Path) -> None:
    out = tmp_path / "findings.csv"
    assert _run("check-data", county(), "-o", out)[0] == 0
    assert _read(out) == [FINDINGS]
    code, said = _run("check-data", county(cells={("F", "raw_coal"): 51, ("T", "diesel"): "*"}), "-o", out)
    assert code == 1
    assert "不是数" in said
    rows = _read(out)
    assert rows[0] == FINDINGS
    assert ["甲县", "F_sum", "raw_coal", "51", "50", "1"] in [row[:6] for row in rows]
    assert any(row[1] == "cell-unreadable" for row in rows)


def test_column_numbers_and_the_foot_of_a_printed_form_are_no_rows_of_the_balance(
    county: Write, tmp_path: Path
) -> None:
    rows = _read(county())
    numbered = ["甲", *map(str, range(1, len(rows[0])))]
    foot = [["单位负责人：", "", "统计负责人："], ["说明：调出填负数。"]]
    file = tmp_path / "form.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["地区能源平衡表"], rows[0], numbered, *rows[1:], *foot])
    code, said = _run("check-data", file, "-o", tmp_path / "found.csv")
    assert (code, _read(tmp_path / "found.csv")) == (0, [FINDINGS]), said
    assert f"第3、{len(rows) + 3}、{len(rows) + 4}行是表头的栏号或表末的签字、说明" in said
    body = [*rows[1:5], ["说明：中间的行"], *rows[5:]]  # only at the end may it be a note
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([rows[0], *body])
    assert _run("check-data", file, "-o", tmp_path / "found.csv")[0] == 1


def test_findings_of_two_years_keep_the_province_and_name_the_year(county: Write, tmp_path: Path) -> None:
    text = county(cells={("D", "diesel"): 1}).read_text("utf-8")
    later = text.replace(",2023,", ",2024,").split("\n", 1)[1]
    both, out = tmp_path / "both.csv", tmp_path / "found.csv"
    both.write_text(text + later, "utf-8")
    assert _run("check-data", both, "-o", out)[0] == 1
    rows = _read(out)
    assert rows[0] == [*FINDINGS, "year"]
    assert [(row[0], row[1], row[-1]) for row in rows[1:]] == [("甲县", "D", "2023"), ("甲县", "D", "2024")]
