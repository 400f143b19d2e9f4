"""`duheng carbon` at the prompt."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from duheng.cli import app
from duheng.model.errors import UnreadableSource
from tests.carbon.conftest import FACTORS, ROWS, Write, balance_text


@pytest.fixture
def files(written: Write) -> tuple[str, str, Path]:
    """A balance, a factor file, and where the result goes."""
    balance = written("balance.csv", balance_text({"F4": ("", "10", "")}))
    return str(balance), str(written("factors.csv", FACTORS)), balance.with_name("OUT.csv")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["carbon", *arguments])
    return done.exit_code, done.output


def test_the_result_and_its_findings_stand_beside_each_other(files: tuple[str, str, Path]) -> None:
    balance, factors, out = files
    assert run(balance, "--factors", factors, "-o", str(out))[0] == 0
    with out.open(encoding="utf-8") as file:
        rows = {row["sector"]: row for row in csv.DictReader(file)}
    assert rows["Total Consumption"]["diesel_oil"] == "0.31"
    assert len(rows) == 9
    findings = out.with_name("OUT.findings.csv").read_text("utf-8")
    assert findings == "code,severity,place,found,expected,remedy\n"


def test_neither_option_is_a_usage_error_that_lists_the_sets(files: tuple[str, str, Path]) -> None:
    code, said = run(files[0])
    assert code == 2
    assert "enterprise_default" in said
    assert "provincial_inventory" in said


def test_both_options_are_a_usage_error(files: tuple[str, str, Path]) -> None:
    assert run(files[0], "--factors", files[1], "--set", "enterprise_default")[0] == 2


def test_an_unknown_set_is_a_usage_error_that_lists_the_sets(files: tuple[str, str, Path]) -> None:
    code, said = run(files[0], "--set", "ipcc")
    assert code == 2
    assert "enterprise_default" in said


def test_a_value_that_stays_unknown_gives_exit_code_one_and_the_table_all_the_same(
    written: Write, files: tuple[str, str, Path]
) -> None:
    balance = written("coal.csv", balance_text({"F4": ("10", "10", "")}))
    code, said = run(str(balance), "--set", "enterprise_default", "-o", str(files[2]))
    assert code == 1
    assert "原煤" in said
    assert "factor-missing" in files[2].with_name("OUT.findings.csv").read_text("utf-8")


def test_factors_that_nobody_has_verified_are_named(written: Write, files: tuple[str, str, Path]) -> None:
    doubtful = written("memory.csv", FACTORS.replace("secondary", "memory"))
    code, said = run(files[0], "--factors", str(doubtful))
    assert code == 0
    assert "因子未核实：柴油" in said
    assert "因子未核实" not in run(files[0], "--factors", files[1])[1]
    code, said = run(files[0], "--set", "provincial_inventory", "-o", str(files[2]))
    assert "因子未核实：柴油" in said
    assert "factor-unverified" in files[2].with_name("OUT.findings.csv").read_text("utf-8")


def test_without_an_output_the_table_is_printed(files: tuple[str, str, Path]) -> None:
    assert run(files[0], "--factors", files[1])[1].startswith("city,year,sector,raw_coal")


def test_a_citys_own_set_is_that_of_the_city_asked_for(
    written: Write, files: tuple[str, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files[2].with_name("示例市")
    (folder / "carbon").mkdir(parents=True)
    (folder / "carbon" / "own.csv").write_text(FACTORS, "utf-8")
    (folder / "city.yaml").write_text('{id: "999900", name: 示例市, name_en: Sample, code: "9999"}', "utf-8")
    assert run(files[0], "--set", "own", "-o", str(files[2]))[0] == 2
    assert run(files[0], "--set", "own", "--city", str(folder), "-o", str(files[2]))[0] == 0
    monkeypatch.setenv("DUHENG_CITY", str(folder))
    assert "own（本市" in run(files[0])[1]
    assert run(files[0], "--set", "own", "-o", str(files[2]))[0] == 0


def test_a_result_named_as_a_workbook_is_one(files: tuple[str, str, Path]) -> None:
    out = files[2].with_suffix(".xlsx")
    assert run(files[0], "--factors", files[1], "-o", str(out))[0] == 0
    cells = [cell for row in openpyxl.load_workbook(out).active.iter_rows(values_only=True) for cell in row]
    assert {"Total Consumption", 0.31, "diesel_oil"} <= set(cells)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_factor_file_means_the_same_in_every_spelling(files: tuple[str, str, Path], encoding: str) -> None:
    other = files[2].with_name("other.csv")
    head, *lines = FACTORS.splitlines()
    spelled = [head.upper(), "", *(line.replace("3.1", "３．１") for line in (*lines, lines[-1])[::-1])]
    other.write_text("\n".join(spelled).replace("diesel", "Diesel Oil"), encoding)
    assert run(files[0], "--factors", str(other), "-o", str(files[2])) == (0, "")
    with files[2].open(encoding="utf-8") as file:
        assert next(csv.DictReader(file))["diesel_oil"] == "0.31"


def test_two_values_for_one_fuel_and_sector_are_no_guess(files: tuple[str, str, Path]) -> None:
    other = files[2].with_name("other.csv")
    other.write_text(FACTORS + "diesel,all,3.2,tCO2/t,all F rows,另一处,secondary\n", "utf-8")
    code, said = run(files[0], "--factors", str(other), "-o", str(files[2]))
    assert code == 1
    assert "2个因子（第5行、第7行），按未知" in said


def test_a_balance_that_does_not_close_is_said_beside_the_result(
    written: Write, files: tuple[str, str, Path]
) -> None:
    amounts = {"F": ("", "25", ""), "F4": ("", "10", "")}
    balance = written("open.csv", balance_text(amounts, ("F", "F6", *ROWS)))
    code, said = run(str(balance), "--factors", files[1], "-o", str(files[2]))
    assert code == 0
    assert "终端消费量等于各行业之和，不成立：表中25.0，应为10.0" in said
    assert "balance-F_sum,warning" in files[2].with_name("OUT.findings.csv").read_text("utf-8")


def test_a_table_that_is_no_balance_is_said_once_with_the_layout_expected(shared: Path) -> None:
    with pytest.raises(UnreadableSource, match="不是能源平衡表"):
        CliRunner().invoke(
            app,
            [
                "carbon",
                str(shared / "data/co2/sichuan_recovered_fuel_use_1997_2019.csv"),
                "--set",
                "provincial_inventory",
            ],
            catch_exceptions=False,
        )
