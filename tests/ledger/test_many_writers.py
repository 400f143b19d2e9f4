"""Writers side by side and writers killed: what was acknowledged stays, what was not leaves no trace."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from duheng import ledger
from soak import soak_postgres, writers
from tests import postgres
from tests.ledger.conftest import BOTH, connected, document, new

both = pytest.mark.parametrize("database", BOTH, indirect=True)


def environment(database: tuple[str, Path]) -> dict[str, str]:
    """The environment of a process that works on the test's ledger."""
    return {"DUHENG_DATABASE_URL": database[0], "DUHENG_HOME": str(database[1]), "DUHENG_ENV": "demo"}


@both
def test_two_processes_that_append_at_once_leave_one_whole_chain(database: tuple[str, Path]) -> None:
    told = [writers.writer(environment(database)) for _ in range(2)]
    outcomes = [process.communicate(f"{seed} 15\n") for seed, process in enumerate(told)]
    assert [process.returncode for process in told] == [0, 0], outcomes
    last = {int(line.split()[0]) for out, _ in outcomes for line in out.splitlines()}
    assert len(last) == 30
    assert max(last) == ledger.head().seq
    assert writers.damage([]) == {"findings": 0, "lost": 0, "torn": 0}


@both
def test_two_first_starts_at_once_make_the_tables_once(
    request: pytest.FixtureRequest, tmp_path: Path, database: tuple[str, Path]
) -> None:
    url, home = database
    if connections["default"].vendor == "postgresql":
        server = request.getfixturevalue("postgres_template")
        server.execute("CREATE DATABASE ledger_first_start")
        url = f"{server.base}/ledger_first_start"
    else:
        home = tmp_path / "first-start"
        url = ""
    told = [writers.writer(environment((url, home))) for _ in range(2)]
    outcomes = [process.communicate(f"{seed} 1\n") for seed, process in enumerate(told)]
    assert [process.returncode for process in told] == [0, 0], outcomes


@both
def test_kills_lose_no_acknowledged_fact_and_tear_no_batch(database: tuple[str, Path]) -> None:
    trial = writers.Trial()
    trial.kill_writers(environment(database), rounds=3)
    assert trial.acknowledged
    assert trial.worst == {"findings": 0, "lost": 0, "torn": 0}
    left = sorted(path.name for path in (database[1] / "heads").iterdir())
    assert len([name for name in left if name.endswith(".new")]) <= 1, left
    ledger.append([new("1")], document(), "甲")
    assert ledger.verify() == []


@pytest.mark.slow
def test_a_server_that_is_killed_amid_appends_comes_back_whole(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    with postgres.durable_server() as server, django_db_blocker.unblock(), connected(server.url, tmp_path):
        ledger.setup()
        trial = writers.Trial()
        soak_postgres.kill_servers(trial, server, environment((server.url, tmp_path)), crashes=4)
        assert trial.acknowledged
        assert trial.worst == {"findings": 0, "lost": 0, "torn": 0}
        ledger.append([new("1")], document(), "甲")
        assert ledger.verify() == []


def test_the_embedded_database_writes_ahead_and_syncs_fully(database: tuple[str, Path]) -> None:
    with connections["default"].cursor() as cursor:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        answers = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    assert answers == ["wal", 2, 1, 60000]


def test_readers_go_on_while_somebody_writes(database: tuple[str, Path]) -> None:
    ledger.append([new("1")], document(), "甲")
    other = sqlite3.connect(database[1] / "duheng.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ledger.read("actual").height == 1
    assert ledger.verify() == []
    other.execute("ROLLBACK")
    other.close()
