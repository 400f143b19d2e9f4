"""Another city's folder as pages: every link of its board leads somewhere."""

from __future__ import annotations

import html
import re
from pathlib import Path

from django.test import Client

from duheng.city import init
from tests.city.conftest import SHILI, Served

# The board, and from it the targets, their reasons and the exports of these: a page of each kind is among them.
PAGES = 120


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
