"""`duheng aqi` as a person runs it: what is written, what is said, which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
import python_calamine
from typer.testing import CliRunner, Result

from duheng.cli import app
from duheng.model.errors import UnknownName

HEADER = "snapshot,pm2_5_1h,pm10_1h,so2_1h,no2_1h,co_1h_mg,o3_1h\n"
ROW = "2026-03-01T08:00:00,60,100,10,20,1.1,30\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "站点.csv"
    path.write_text(HEADER + ROW, "utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["aqi", *map(str, arguments)])


def test_a_clean_table_is_written_with_exit_code_0(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = run(table, "-o", out)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert out.read_text("utf-8").splitlines() == [
        HEADER.strip() + ",aqi,quality,primary,note",
        ROW.strip() + ",100,良,细颗粒物(PM2.5),",
    ]


def test_without_an_output_file_the_table_is_printed(table: Path) -> None:
    assert run(table).stdout.splitlines()[1].endswith(",100,良,细颗粒物(PM2.5),")


def test_the_edition_can_be_stated(table: Path) -> None:
    assert ",82,良," in run(table, "--edition", "2012").stdout
    assert run(table, "--edition", "2013").exit_code == 2


def test_what_is_wrong_is_said_on_stderr_with_exit_code_1_and_the_table_written_all_the_same(
    table: Path,
) -> None:
    table.write_text(HEADER + ROW.replace(",60,", ",坏,") + ROW, "utf-8")
    done = run(table)
    assert done.exit_code == 1
    assert "站点.csv 第2行 pm2_5_1h：坏" in done.stderr
    assert len(done.stdout.splitlines()) == 3


def test_thousands_of_bad_cells_are_not_all_said_but_counted(table: Path) -> None:
    table.write_text(HEADER + ROW.replace(",60,", ",坏,") * 60, "utf-8")
    done = run(table)
    assert len(done.stderr.splitlines()) == 51
    assert "另有 10 处" in done.stderr
    assert done.stdout.count("不是数字（坏）") == 60


def test_daily_columns_are_used_where_asked_for(table: Path) -> None:
    extra = ",pm2_5_24h,pm10_24h,so2_24h,no2_24h,co_24h_mg,o3_8h_24h\n"
    table.write_text(HEADER.strip() + extra + ROW.strip() + ",35,50,10,20,1.0,160\n", "utf-8")
    assert ",100,良,臭氧8小时," in run(table, "--daily").stdout


def test_a_workbook_is_written_as_one_and_another_kind_of_file_refused(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert run(table, "-o", out).exit_code == 0
    (sheet,) = python_calamine.load_workbook(str(out)).sheet_names
    rows = python_calamine.load_workbook(str(out)).get_sheet_by_name(sheet).to_python()
    assert rows[-1][-4:-1] == [100.0, "良", "细颗粒物(PM2.5)"]
    refused = run(table, "-o", tmp_path / "out.xls")
    assert isinstance(refused.exception, UnknownName)
    assert not (tmp_path / "out.xls").exists()
