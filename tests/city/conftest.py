"""Folders to break: a fresh copy of the made-up second city; and the pages of a city in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from duheng import ledger
from duheng.city import check
from duheng.ingest.loading import load_city
from duheng.model.findings import Finding
from duheng.web import state
from tests.web.conftest import visited

SHILI = Path(__file__).parents[1] / "data" / "shili"
Broken = Callable[..., list[Finding]]
Served = Callable[[Path], Client]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of 示例市's folder."""
    return Path(shutil.copytree(SHILI, tmp_path / "shili"))


@pytest.fixture
def broken(folder: Path) -> Broken:
    """Replace a text of one file once, and give the findings."""

    def change(name: str, old: str, new: str) -> list[Finding]:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return check(folder)

    return change


@pytest.fixture
def served(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Served]:
    """A visitor of the site of the city in a folder."""

    def site(folder: Path) -> Client:
        stack.enter_context(override_settings(DUHENG_CITY=str(folder)))
        ledger.setup()
        load_city(state.city(), drill=False)
        return Client()

    with django_db_blocker.unblock(), ExitStack() as stack:
        stack.enter_context(visited("", tmp_path / "home"))
        yield site
