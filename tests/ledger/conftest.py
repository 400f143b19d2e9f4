"""A fresh ledger for every test: on SQLite, on PostgreSQL, or on both in turn."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.db.utils import load_backend
from django.test import override_settings
from pytest_django import DjangoDbBlocker

import duheng.settings
from duheng import ledger

BOTH = ["sqlite", "postgresql"]


@contextmanager
def connected(url: str, home: Path) -> Iterator[None]:
    """Within it Django's connection is one to `url`, and DUHENG_HOME is `home`."""
    home.mkdir(parents=True, exist_ok=True)
    described = connections.configure_settings({"default": duheng.settings.database(url, home)})["default"]
    before, connections.settings["default"] = connections.settings["default"], described
    saved = connections["default"]
    connections["default"] = load_backend(described["ENGINE"]).DatabaseWrapper(described, "default")
    try:
        with override_settings(DUHENG_HOME=home):
            yield
    finally:
        connections["default"].close()
        connections["default"], connections.settings["default"] = saved, before


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """An empty ledger's file, made once: the tables take longer than most tests."""
    home = tmp_path_factory.mktemp("template")
    with django_db_blocker.unblock(), connected("", home):
        ledger.setup()
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home / "duheng.sqlite3"


class Postgres:
    """Empty ledgers on the test server, each a copy of one template."""

    def __init__(self, url: str) -> None:
        self.base, self.count = url.rsplit("/", 1)[0], 0
        self.admin = f"{self.base}/postgres"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as server:
            server.execute(statement.encode())

    def fresh(self) -> str:
        self.count += 1
        self.execute(f"CREATE DATABASE ledger_{self.count} TEMPLATE ledger_template")
        return f"{self.base}/ledger_{self.count}"


@pytest.fixture(scope="session")
def postgres_template(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Postgres:
    """A server with an empty ledger's database to copy."""
    server = Postgres(postgres_url)
    server.execute("CREATE DATABASE ledger_template")
    home = tmp_path_factory.mktemp("template")
    with django_db_blocker.unblock(), connected(f"{server.base}/ledger_template", home):
        ledger.setup()
    return server


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], tuple[str, Path]]:
    """Makes an empty ledger of a kind; returns its database's URL and its DUHENG_HOME."""

    def make(kind: str) -> tuple[str, Path]:
        home = tmp_path / f"home-{len(list(tmp_path.iterdir()))}"
        home.mkdir()
        if kind == "postgresql":
            return request.getfixturevalue("postgres_template").fresh(), home
        shutil.copy(request.getfixturevalue("sqlite_template"), home / "duheng.sqlite3")
        return f"sqlite://{home}/duheng.sqlite3", home

    return make


@pytest.fixture
def database(
    request: pytest.FixtureRequest,
    place: Callable[[str], tuple[str, Path]],
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[tuple[str, Path]]:
    """URL and home of an empty ledger that Django is connected to; parameter: sqlite (default) | postgresql."""
    url, home = place(getattr(request, "param", "sqlite"))
    with django_db_blocker.unblock(), connected(url, home):
        ledger.setup()
        yield url, home


def new(value: str = "1", **columns: Any) -> ledger.NewFact:
    """A fact about the coal use of 雁江区 in 2023, as far as nothing else is said."""
    given: dict[str, Any] = {
        "quantity": "fuel_use",
        "entity": "512002",
        "item": "原煤",
        "period": "2023",
        "scenario": "actual",
        "definition": None,
        "stated": f"{value} 吨",
        "status": "reported",
        "confidence": "quoted",
        "locator": "表1!C4",
    }
    return ledger.NewFact(value=Decimal(value), **(given | columns))


def document(title: str = "能源平衡表2023.xlsx", digest: str = "d1") -> ledger.NewSource:
    """A document."""
    return ledger.NewSource("document", title, f"file:{title}", digest)


def tamper(*statements: str) -> None:
    """What somebody with full access to the database can do: switch the triggers off, change rows, switch them on."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%%'")
        kept = cursor.fetchall()
        cursor.execute("PRAGMA foreign_keys = OFF")
        for name, _ in kept:
            cursor.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            cursor.execute(statement)
        for _, made in kept:
            cursor.execute(made)
        cursor.execute("PRAGMA foreign_keys = ON")


def rows_of(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of an SQLite file, read by other means than the program's."""
    with sqlite3.connect(file) as plain:
        found = plain.execute(query).fetchall()
    plain.close()
    return found
