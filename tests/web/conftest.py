"""Sites to visit: real figures on SQLite and PostgreSQL, the drill on SQLite, and one that really serves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

import duheng.settings
from duheng import ledger
from duheng.ingest.loading import load_city
from duheng.web import page, roles, state
from tests.ledger.conftest import BOTH, Postgres, connected
from tests.postgres import free_port
from tests.prepared import prepared

FAST_HASHES = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PASSWORDS = {role.name: f"Pruefung-{role.name}-7" for role in roles.ROLES}

__all__ = ["BOTH", "PASSWORDS"]


def _accounts() -> None:
    from django.contrib.auth.models import User

    for role, password in PASSWORDS.items():
        user = User.objects.create_user(role, password=password, first_name=f"{role}的姓名")
        roles.give(user, role)


@contextmanager
def visited(url: str, home: Path) -> Iterator[None]:
    """Within it the program runs on this database and folder, and remembers nothing of another."""
    with ExitStack() as stack:
        stack.enter_context(connected(url, home))
        stack.enter_context(override_settings(PASSWORD_HASHERS=FAST_HASHES))
        page.forget()
        yield


def _made(home: Path, url: str = "", *, drill: bool) -> None:
    with visited(url, home):
        ledger.setup()
        load_city(state.city(), drill=drill)
        _accounts()
        if not url:
            with connections["default"].cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="session")
def real_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """An SQLite file with Ziyang's public figures and an account of each role."""
    with django_db_blocker.unblock():
        home = prepared(tmp_path_factory, "real", lambda home: _made(home, drill=False))
    return home / "duheng.sqlite3"


@pytest.fixture(scope="session")
def real_postgres(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Callable[[], str]:
    """Makes databases on PostgreSQL with the same content; returns the URL of a fresh one."""
    server = Postgres(postgres_url)
    server.execute("CREATE DATABASE web_template")
    with django_db_blocker.unblock():
        _made(tmp_path_factory.mktemp("real-postgres"), f"{server.base}/web_template", drill=False)
    count = iter(range(1, 10_000))

    def fresh() -> str:
        name = f"web_{next(count)}"
        server.execute(f"CREATE DATABASE {name} TEMPLATE web_template")
        return f"{server.base}/{name}"

    return fresh


@pytest.fixture(params=BOTH)
def site(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Client]]:
    """A site of its own for the test, on each database; `site("reviewer")` is a visitor who has signed in.

    A command in it loads no drill, as in production.
    """
    monkeypatch.setattr(duheng.settings, "PRODUCTION", True)
    home, url = tmp_path / "site", ""
    home.mkdir()
    if request.param == "postgresql":
        url = request.getfixturevalue("real_postgres")()
    else:
        shutil.copy(request.getfixturevalue("real_template"), home / "duheng.sqlite3")
    with django_db_blocker.unblock(), visited(url, home):
        yield visitor


def visitor(role: str = "", *, csrf: bool = False) -> Client:
    """A visitor, signed in as an account of this role where one is named."""
    client = Client(enforce_csrf_checks=csrf)
    if role:
        assert client.login(username=role, password=PASSWORDS[role])
    return client


@pytest.fixture(scope="session")
def drill_home(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """A folder of this worker's with the drill loaded; only signing in writes to it."""
    with django_db_blocker.unblock():
        made = prepared(tmp_path_factory, "drill", lambda home: _made(home, drill=True))
    home = tmp_path_factory.mktemp("drill")
    shutil.copy(made / "duheng.sqlite3", home / "duheng.sqlite3")
    return home


@pytest.fixture
def drill(drill_home: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Callable[..., Client]]:
    """The site with the drill, for reading."""
    with django_db_blocker.unblock(), visited("", drill_home):
        yield visitor


@pytest.fixture
def changing(
    drill_home: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[..., Client]]:
    """A copy of the site with the drill, for the test to write to."""
    home = tmp_path / "changing"
    home.mkdir()
    shutil.copy(drill_home / "duheng.sqlite3", home / "duheng.sqlite3")
    with django_db_blocker.unblock(), visited("", home):
        yield visitor


@pytest.fixture(scope="session")
def live(
    drill_home: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A server that really serves a copy of the drill's folder; its address."""
    from django.contrib.auth.models import User

    home = tmp_path_factory.mktemp("live")
    shutil.copy(drill_home / "duheng.sqlite3", home / "duheng.sqlite3")
    with django_db_blocker.unblock(), connected("", home):
        viewer = User.objects.get(username="viewer")
        viewer.set_password(PASSWORDS["viewer"])  # the server knows only the hashes of a real installation
        viewer.save()
    with serving(home) as (address, _):
        yield address


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`duheng serve` on a folder: its address and process, stopped at the end."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DUHENG_")}
    environment |= {"DUHENG_HOME": str(home), "PYTHONPATH": "src"}
    command = [sys.executable, "-m", "duheng", "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as running:
        try:
            _wait(f"http://127.0.0.1:{port}", running)
            yield f"http://127.0.0.1:{port}", running
        finally:
            running.terminate()


def _wait(address: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        assert running.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=60):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the server did not answer")
