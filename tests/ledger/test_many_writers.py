"""Writers side by side and writers killed: what was acknowledged stays, what was not leaves no trace."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import connections

from duheng import ledger
from soak import soak_ledger
from tests.ledger.conftest import BOTH, document, new

both = pytest.mark.parametrize("database", BOTH, indirect=True)


def environment(database: tuple[str, Path]) -> dict[str, str]:
    """The environment of a process that works on the test's ledger."""
    return {"DUHENG_DATABASE_URL": database[0], "DUHENG_HOME": str(database[1]), "DUHENG_ENV": "demo"}


@both
def test_two_processes_that_append_at_once_leave_one_whole_chain(database: tuple[str, Path]) -> None:
    writers = [soak_ledger.writer(environment(database), seed, "15") for seed in ("1", "2")]
    outcomes = [process.communicate() for process in writers]
    assert [process.returncode for process in writers] == [0, 0], outcomes
    last = {int(line.split()[0]) for out, _ in outcomes for line in out.splitlines()}
    assert len(last) == 30
    assert max(last) == ledger.head().seq
    assert soak_ledger.damage([]) == {"findings": 0, "lost": 0, "torn": 0}


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
    writers = [soak_ledger.writer(environment((url, home)), seed, "1") for seed in ("1", "2")]
    outcomes = [process.communicate() for process in writers]
    assert [process.returncode for process in writers] == [0, 0], outcomes


@both
def test_ten_kills_lose_no_acknowledged_fact_and_tear_no_batch(database: tuple[str, Path]) -> None:
    with soak_ledger.killer(environment(database)) as strike:
        acknowledged = [one for seed in range(10) for one in strike(seed)]
    assert len(acknowledged) >= 10
    assert soak_ledger.damage(acknowledged) == {"findings": 0, "lost": 0, "torn": 0}
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
