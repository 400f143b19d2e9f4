"""`duheng import`, `export` and `template` as people call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from duheng import ledger
from duheng.cli import sheets
from tests.ingest.conftest import COAL, table

WRONG = ("分品种能源消费实物量", "安岳县", "原煤", "2023", "约5", "吨", "", "")


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs a command against an empty ledger without the drill."""
    import duheng.settings

    monkeypatch.setattr(duheng.settings, "PRODUCTION", True)
    app = typer.Typer()
    sheets.register(app)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def called(run: object, *words: object) -> Result:
    """The result of a command."""
    result = run(*words)  # type: ignore[operator]
    assert isinstance(result, Result)
    return result


def saved(path: Path, content: bytes) -> Path:
    """The content as a file."""
    path.write_bytes(content)
    return path


def test_a_good_file_is_imported_with_a_receipt(run: object, tmp_path: Path) -> None:
    result = called(run, "import", saved(tmp_path / "月报.xlsx", table(COAL)), "--by", "张三")
    assert result.exit_code == 0
    assert result.stdout.startswith("月报.xlsx：新增 1 条，重复 0 条，回执号 S")


def test_a_file_with_errors_imports_nothing_and_exits_with_1(run: object, tmp_path: Path) -> None:
    path = saved(tmp_path / "月报.xlsx", table(COAL, WRONG))
    before = ledger.head().seq
    result = called(run, "import", path)
    assert result.exit_code == 1
    assert "没有导入（1 条没有错误" in result.stdout
    assert "[错误] 月报.xlsx 表1!E3" in result.stderr
    assert "fuel_use" not in ledger.read("actual")["quantity"].to_list()
    assert before == 0 or ledger.head().seq == before


def test_the_good_rows_enter_and_the_rest_is_written_out(run: object, tmp_path: Path) -> None:
    path = saved(tmp_path / "月报.xlsx", table(COAL, WRONG))
    out = tmp_path / "待改正.csv"
    result = called(run, "import", path, "--good-rows", "--waiting", out)
    assert (result.exit_code, "新增 1 条" in result.stdout) == (1, True)
    assert "约5" in out.read_text(encoding="utf-8-sig")


def test_the_waiting_rows_are_never_written_over_the_file_itself(run: object, tmp_path: Path) -> None:
    path = saved(tmp_path / "月报.xlsx", content := table(COAL, WRONG))
    refused = called(run, "import", path, "--waiting", path)
    assert (refused.exit_code, "--waiting" in refused.stderr) == (2, True)
    assert path.read_bytes() == content


def test_a_template_is_never_written_over_a_filled_form(run: object, tmp_path: Path) -> None:
    path = saved(tmp_path / "填报.xlsx", content := table(COAL))
    refused = called(run, "template", "energy-balance", "-o", path, "--period", "2024")
    assert "已存在，没有改动它" in str(refused.exception)
    assert path.read_bytes() == content


def test_a_template_may_take_the_place_of_an_empty_file(run: object, tmp_path: Path) -> None:
    path = saved(tmp_path / "填报.xlsx", b"")
    assert called(run, "template", "energy-balance", "-o", path, "--period", "2024").exit_code == 0
    assert path.stat().st_size


def test_a_dry_run_tells_and_writes_nothing(run: object, tmp_path: Path) -> None:
    result = called(run, "import", saved(tmp_path / "月报.xlsx", table(COAL)), "--dry-run", "--json")
    (told,) = json.loads(result.stdout)
    assert (result.exit_code, told["ready"], told["added"], told["dry_run"]) == (0, 1, 0, True)
    assert "fuel_use" not in ledger.read("actual")["quantity"].to_list()


def test_facts_are_exported_and_can_be_read_again(run: object, tmp_path: Path) -> None:
    called(run, "import", saved(tmp_path / "月报.xlsx", table(COAL)))
    out = tmp_path / "facts.xlsx"
    assert called(run, "export", "facts", "-o", out).exit_code == 0
    assert called(run, "import", out, "--dry-run").exit_code == 0


@pytest.mark.parametrize("status", ledger.STATUSES)
def test_an_exported_fact_says_how_sure_it_is_in_the_words_of_the_pages(
    run: object, tmp_path: Path, status: str
) -> None:
    called(run, "import", saved(tmp_path / "月报.xlsx", table(COAL)), "--status", status)
    told = json.loads(called(run, "export", "facts", "--format", "json").stdout)
    (row,) = [one for one in told["rows"] if one["指标编号"] == "fuel_use"]
    assert (row["状态"], row["可信度"]) == (ledger.STATUS_TITLES[status], "原文")
    assert row["状态"] in ("核定", "监测", "填报", "估算")


def test_the_board_is_exported_with_what_nobody_reported(run: object, tmp_path: Path) -> None:
    out = tmp_path / "board.xlsx"
    assert called(run, "export", "board", "-o", out).exit_code == 0
    cells = [cell.value for row in openpyxl.load_workbook(out).worksheets[0].iter_rows() for cell in row]
    assert "未填报" in cells
    assert cells.count("单位地区生产总值能源消耗") == 1


def test_a_quantity_is_exported_by_its_chinese_name(run: object) -> None:
    result = called(run, "export", "table", "常住人口", "--format", "json")
    told = json.loads(result.stdout)
    assert [row["数值"] for row in told["rows"] if row["对象编号"] == "512000" and row["时期"] == "2020"] == [
        230.9
    ]


@pytest.mark.parametrize("words", [("wishes",), ("table",), ("facts", "gdp"), ("table", "gpd")])
def test_an_export_of_nothing_known_is_a_documented_error(run: object, words: tuple[str, ...]) -> None:
    from duheng.model.errors import DuhengError

    assert isinstance(called(run, "export", *words).exception, DuhengError)


def test_the_forms_of_all_duties_are_those_of_the_period_asked_for(run: object, tmp_path: Path) -> None:
    out = tmp_path / "all.xlsx"
    made = called(run, "template", "all", "-o", out, "--period", "2023")
    assert made.exit_code == 0
    assert "没有生成" in made.stderr
    book = openpyxl.load_workbook(out)
    assert {sheet["D3"].value for sheet in book if sheet["C3"].value == "时期"} == {"2023"}


def test_no_form_is_made_for_a_period_that_no_duty_is_for(run: object, tmp_path: Path) -> None:
    refused = called(run, "template", "all", "-o", tmp_path / "all.xlsx", "--period", "2023-01-15")
    assert "--period" in str(refused.exception)


def test_a_template_is_written_for_a_duty_and_for_all(run: object, tmp_path: Path) -> None:
    one, every = tmp_path / "one.xlsx", tmp_path / "all.xlsx"
    assert called(run, "template", "energy-balance", "-o", one, "--period", "2024").exit_code == 0
    assert called(run, "template", "all", "-o", every).exit_code == 0
    assert len(openpyxl.load_workbook(every).worksheets) > 20


@pytest.mark.parametrize("words", [("import", "月报.csv"), ("board",), ("serve", "--port", "1")])
def test_a_data_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    saved(tmp_path / "月报.csv", "指标,对象,时期,数值\n".encode())
    environment = {**os.environ, "DUHENG_DATA": str(tmp_path / "nowhere"), "DUHENG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "duheng", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("环境变量DUHENG_DATA：指向")
    assert done.stderr.count("\n") == 1


def test_a_home_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    file = saved(tmp_path / "月报.csv", "指标,对象,时期,数值\n".encode())
    environment = {**os.environ, "DUHENG_HOME": str(file / "home")}
    done = subprocess.run(
        [sys.executable, "-m", "duheng", "import", str(file)], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "请用 DUHENG_HOME 指明可写的文件夹" in done.stderr
