"""No command of a plain table writes its result over what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng.cli import app

COMMANDS = (
    ["aqi"],
    ["balance"],
    ["carbon", "--set", "enterprise_default"],
    ["check-data"],
    ["compute", "energy_intensity"],
    ["tax"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_result_is_not_written_over_its_input(tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "表.csv"
    path.write_text("任意,内容\n1,2\n", "utf-8")
    done = CliRunner().invoke(app, [*words, str(path), "-o", str(tmp_path / "." / "表.csv")])
    assert (done.exit_code, "是同一个文件" in done.stderr) == (2, True)
    assert path.read_text("utf-8") == "任意,内容\n1,2\n"


def test_a_factor_file_is_not_written_over(tmp_path: Path) -> None:
    balance, factors = tmp_path / "表.csv", tmp_path / "系数.csv"
    balance.write_text("row_code,raw_coal\nF,1\n", "utf-8")
    factors.write_text("fuel,factor,factor_unit\nraw_coal,0.7,tce/t\n", "utf-8")
    done = CliRunner().invoke(app, ["balance", str(balance), "--factors", str(factors), "-o", str(factors)])
    assert (done.exit_code, factors.read_text("utf-8").count("raw_coal")) == (2, 1)


@pytest.mark.parametrize("command", [*(words[0] for words in COMMANDS), "bridge", "compare"])
def test_the_help_of_a_command_tells_its_exit_codes(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"]).stdout
    assert "退出码：0" in "".join(said.split())
