"""Another city's folder as pages: every link of its board leads somewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from duheng import ledger
from duheng.city import init
from duheng.ingest.loading import load_city
from duheng.web import state
from tests.city.conftest import SHILI
from tests.web.conftest import visited

# The board, and from it the targets, their reasons and the exports of these: a page of each kind is among them.
PAGES = 120
Served = Callable[[Path], Client]


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


def links(page: str) -> list[str]:
    found = (html.unescape(link) for link in re.findall(r'(?:href|src)="(/[^"#]*)', page))
    return [link for link in found if not link.startswith(("/static", "/login"))]


def broken(visitor: Client) -> list[tuple[str, int]]:
    """Addresses within reach of the board that do not answer with a page."""
    waiting, wrong = ["/"], []
    for address in waiting:
        answer = visitor.get(address)
        if answer.status_code >= 400:
            wrong.append((address, answer.status_code))
        elif "html" in answer["Content-Type"]:
            new = dict.fromkeys(link for link in links(answer.content.decode()) if link not in waiting)
            waiting += list(new)[: PAGES - len(waiting)]
    return wrong


def test_every_link_of_a_city_just_begun_leads_somewhere(served: Served, tmp_path: Path) -> None:
    assert broken(served(init("乐山市", tmp_path, "511100"))) == []


def test_every_link_of_the_second_city_leads_somewhere(served: Served) -> None:
    assert broken(served(SHILI)) == []
