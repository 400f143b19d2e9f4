"""duheng verify, backup, restore from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from duheng import ledger
from duheng.cli import ledger as commands
from duheng.model.errors import DuhengError
from tests.ledger.conftest import connected, document, new, tamper

app = typer.Typer()
commands.register(app)


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    done = CliRunner().invoke(app, arguments)
    if isinstance(done.exception, DuhengError):
        raise done.exception
    return done.exit_code, done.output


@pytest.fixture(autouse=True)
def two_facts(database: tuple[str, Path]) -> None:
    """A ledger with two facts."""
    ledger.append([new("1"), new("2", period="2022")], document(), "甲")


def test_verify_says_in_one_line_that_the_ledger_is_whole() -> None:
    assert run("verify") == (0, f"账本完好：2 条事实，末条校验值 {ledger.head().hash}\n")


def test_verify_names_what_is_wrong_and_ends_with_one() -> None:
    tamper("UPDATE ledger_fact SET value = '3' WHERE seq = 2")
    code, said = run("verify")
    assert code == 1
    assert "账本事实第 2 条（fuel_use 512002 原煤 2022，" in said
    assert said.endswith(f"发现 1 处问题：2 条事实，末条校验值 {ledger.head().hash}\n")


def test_verify_names_a_head_that_was_taken_away() -> None:
    """And does not answer with the advice to run verify."""
    tamper("DELETE FROM ledger_head")
    code, said = run("verify")
    assert (code, "账本缺少链首记录（fact）" in said, "发现" in said) == (1, True, True)


def test_verify_speaks_json_to_machines() -> None:
    tamper("DELETE FROM ledger_fact WHERE seq = 1")
    code, said = run("verify", "--json")
    answer = json.loads(said)
    assert (code, answer["intact"], answer["facts"], answer["head"]) == (1, False, 2, ledger.head().hash)
    assert [one["code"] for one in answer["findings"]] == ["missing"]


def test_verify_looks_for_a_hash_noted_elsewhere() -> None:
    assert run("verify", "--known", ledger.head().hash)[0] == 0
    assert run("verify", "--known", "0" * 64)[0] == 1


def test_backup_and_restore_are_one_command_each(
    tmp_path: Path, place: Callable[[str], tuple[str, Path]]
) -> None:
    head = ledger.head()
    code, said = run("backup", str(tmp_path / "b.zip"))
    assert (code, head.hash in said) == (0, True)
    assert ledger.trail()[0].action == "backup"
    with pytest.raises(DuhengError, match="空库"):
        run("restore", str(tmp_path / "b.zip"))
    with connected(*place("sqlite")):
        code, said = run("restore", str(tmp_path / "b.zip"))
        assert (code, head.hash in said, ledger.head()) == (0, True, head)
        assert [one.action for one in ledger.trail()] == ["restore"]
    assert run("restore", "--force", str(tmp_path / "b.zip"))[0] == 0


@pytest.mark.parametrize("command", [("verify",), ("backup", "new.zip")])
def test_where_there_is_no_ledger_none_is_made_to_be_found_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """As for who forgot the service's DUHENG_HOME: each night a backup of nothing, and every one intact."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with connected("", tmp_path / "elsewhere"), pytest.raises(DuhengError, match="DUHENG_HOME"):
        run(*command)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (tmp_path / "new.zip").exists()
