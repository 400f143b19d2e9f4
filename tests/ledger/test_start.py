"""Set-up: first start, upgrade of every release there was, and the settings."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

import duheng.settings
from duheng import ledger
from duheng.ledger import triggers
from tests.ledger.conftest import BOTH, connected, document, new, rows_of

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
RELEASES = sorted(HERE.glob("release-*.sql"))
CHAINS = ("SELECT seq, hash FROM ledger_fact ORDER BY seq", "SELECT seq, hash FROM ledger_audit ORDER BY seq",
          "SELECT id, hash FROM ledger_source ORDER BY id")  # fmt: skip


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_a_ledger_of_every_release_upgrades_with_its_hashes_unchanged(
    release: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    file = tmp_path / "duheng.sqlite3"
    old = sqlite3.connect(file)
    old.executescript(release.read_text(encoding="utf-8"))
    old.close()
    before = [rows_of(file, query) for query in CHAINS]
    assert [len(rows) for rows in before] == [5, 2, 3]
    with django_db_blocker.unblock(), connected("", tmp_path):
        ledger.setup()
        assert ledger.verify() == []
        assert [rows_of(file, query) for query in CHAINS] == before
        assert ledger.read("actual").select("period", "value", "status").rows() == [
            ("2020", 807.5, "reported"),
            ("2021", 891.0, "audited"),
        ]
        assert ledger.append([new("1")], document(), "甲").first_seq == 6
        assert ledger.verify() == []
    copies = list((tmp_path / "backups").glob("before-upgrade-*.sqlite3"))
    assert [rows_of(copy, CHAINS[0]) for copy in copies] in ([], [before[0]])


def test_the_first_release_is_among_those_upgraded() -> None:
    assert "release-0.1.0" in [path.stem for path in RELEASES]


def test_before_an_upgrade_the_file_is_copied_aside(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    file = tmp_path / "duheng.sqlite3"
    old = sqlite3.connect(file)
    old.executescript(RELEASES[0].read_text(encoding="utf-8"))
    old.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    old.execute("DROP TABLE django_session")
    old.commit()
    old.close()
    with django_db_blocker.unblock(), connected("", tmp_path):
        ledger.setup()
    (copy,) = (tmp_path / "backups").glob("before-upgrade-*.sqlite3")
    assert rows_of(copy, "SELECT count(*) FROM ledger_fact") == [(5,)]
    assert rows_of(file, "SELECT count(*) FROM django_session") == [(0,)]


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_after_all_migrations_every_trigger_stands(database: tuple[str, Path]) -> None:
    assert triggers.missing(connections["default"]) == []
    triggers.install(connections["default"])
    assert triggers.missing(connections["default"]) == []


@pytest.mark.usefixtures("database")
def test_the_models_and_the_migrations_say_the_same() -> None:
    call_command("makemigrations", "ledger", check=True, dry_run=True, verbosity=0)


def in_a_fresh_process(code: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code with the settings of an environment."""
    named = {key: text for key, text in os.environ.items() if not key.startswith(("DUHENG", "DJANGO"))}
    named |= {"PYTHONPATH": str(CHECKOUT / "src"), "DUHENG_HOME": str(home), **environment}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=named, capture_output=True, text=True
    )


def test_setup_alone_makes_a_ledger_in_an_empty_home(tmp_path: Path) -> None:
    code = (
        "from duheng import ledger; ledger.setup(); ledger.setup(); print(ledger.head().seq, ledger.verify())"
    )
    done = in_a_fresh_process(code, tmp_path / "new")
    assert (done.stdout, done.stderr) == ("0 []\n", "")
    assert (tmp_path / "new" / "duheng.sqlite3").exists()


SHOW = "from duheng import settings; print(settings.SECRET_KEY, settings.DEBUG, settings.PRODUCTION)"
OWN = "a-secret-of-our-own-0123456789-abcdefghij"


def test_the_demo_makes_its_own_secret_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    first, second = (in_a_fresh_process(SHOW, tmp_path).stdout for _ in range(2))
    assert first == second
    assert len(first.split()[0]) >= 48
    assert (tmp_path / "demo-secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "密钥"),
        ({"DUHENG_SECRET_KEY": "short"}, "密钥"),
        ({"DUHENG_SECRET_KEY": "x" * 60}, "密钥"),
        ({"DUHENG_SECRET_KEY": OWN}, "DUHENG_ALLOWED_HOSTS"),
        ({"DUHENG_SECRET_KEY": OWN, "DUHENG_ALLOWED_HOSTS": "*"}, "DUHENG_ALLOWED_HOSTS"),
        ({"DUHENG_SECRET_KEY": OWN, "DUHENG_ALLOWED_HOSTS": "a.cn", "DUHENG_DEBUG": "1"}, "DUHENG_DEBUG"),
    ],
)
def test_a_production_start_refuses_what_only_suits_a_demo(
    environment: dict[str, str], says: str, tmp_path: Path
) -> None:
    done = in_a_fresh_process(SHOW, tmp_path, DUHENG_ENV="production", **environment)
    assert done.returncode == 1
    assert says in done.stderr.splitlines()[-1]


def test_a_production_start_refuses_the_secret_of_the_demo(tmp_path: Path) -> None:
    secret = in_a_fresh_process(SHOW, tmp_path).stdout.split()[0]
    done = in_a_fresh_process(SHOW, tmp_path, DUHENG_ENV="production", DUHENG_SECRET_KEY=secret)
    assert "演示密钥" in done.stderr


def test_a_production_start_takes_its_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(OWN + "\n")
    done = in_a_fresh_process(
        SHOW,
        tmp_path,
        DUHENG_ENV="production",
        DUHENG_SECRET_KEY_FILE=str(tmp_path / "key"),
        DUHENG_ALLOWED_HOSTS="a.cn, b.cn",
    )
    assert done.stdout == f"{OWN} False True\n"


def test_a_folder_or_a_secret_that_cannot_be_had_is_told_without_a_stack_of_calls(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    show = (
        "from duheng.model.errors import DuhengError\ntry:\n from duheng import settings\n"
        "except DuhengError as e:\n print(e)"
    )
    assert "DUHENG_HOME" in in_a_fresh_process(show, tmp_path / "file" / "home").stdout
    absent = in_a_fresh_process(show, tmp_path, DUHENG_SECRET_KEY_FILE=str(tmp_path / "absent"))
    assert "DUHENG_SECRET_KEY_FILE" in absent.stdout


def test_a_database_address_is_read_with_its_special_characters(tmp_path: Path) -> None:
    described = duheng.settings.database(
        "postgres://a%40b:p%2Fw@db.example:6543/du%20heng?sslmode=require", tmp_path
    )
    named = [described[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")]
    assert named == ["a@b", "p/w", "db.example", "6543", "du heng", {"sslmode": "require"}]
    assert duheng.settings.database("sqlite:///var/x.sqlite3", tmp_path)["NAME"] == "/var/x.sqlite3"
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        duheng.settings.database("mysql://h/d", tmp_path)


def test_processes_that_start_at_once_share_one_demo_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: duheng.settings._demo_secret(tmp_path), range(64)))
    assert len(secrets) == 1
    assert len(secrets.pop()) > 40
    assert [path.name for path in tmp_path.iterdir()] == ["demo-secret"]
