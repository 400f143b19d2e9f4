"""`duheng check` and `duheng init` from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from duheng.city import default_city_folder
from duheng.cli import app
from tests.city.conftest import SHILI


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def wrong(folder: Path) -> Path:
    path = folder / "plan.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 900", "value: null"), "utf-8")
    return folder


def test_a_sound_folder_gives_0_and_says_so() -> None:
    result = run("check", SHILI)
    assert (result.exit_code, "没有问题" in result.output) == (0, True)


def test_notices_alone_give_0() -> None:
    result = run("check", default_city_folder())
    assert (result.exit_code, "提示" in result.output) == (0, True)


def test_findings_give_1_one_line_each(wrong: Path) -> None:
    result = run("check", wrong)
    assert result.exit_code == 1
    assert result.stdout.startswith("错误 plan.yaml 第67行 targets[1].value：没有数值")


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    refused = run("check", tmp_path / "nowhere")
    assert refused.exit_code == 2
    assert "duheng init" in " ".join(refused.output.split())
    assert run("check", SHILI, "--against", tmp_path / "nowhere").exit_code == 2


def test_findings_come_as_json_for_machines(wrong: Path) -> None:
    result = run("check", wrong, "--json")
    [finding] = json.loads(result.stdout)
    assert (finding["code"], finding["severity"], result.exit_code) == ("direction", "error", 1)


def test_check_against_another_folder_finds_the_difference(folder: Path) -> None:
    path = folder / "plan.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 900", "value: 901"), "utf-8")
    result = run("check", folder, "--against", SHILI)
    assert (result.exit_code, "数值是901，应为900" in result.stdout) == (1, True)
    assert run("check", SHILI, "--against", SHILI).exit_code == 0


def test_init_begins_a_folder_that_passes_the_check(tmp_path: Path) -> None:
    assert run("init", "示例市", "--code", "511199", "--into", tmp_path).exit_code == 0
    assert run("check", tmp_path / "511199").exit_code == 0


def test_init_refuses_to_overwrite(tmp_path: Path) -> None:
    run("init", "511199", "--into", tmp_path)
    assert run("init", "511199", "--into", tmp_path).exit_code != 0


def test_an_installed_city_is_checked_by_its_code() -> None:
    assert run("check", "512000").exit_code == 0
