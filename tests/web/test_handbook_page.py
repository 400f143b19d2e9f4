"""The handbook by sections with a search, whole on request; the parameters by family and page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

Site = Callable[..., Client]


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_first_page_is_the_contents_and_every_section_has_an_address(drill: Site) -> None:
    page = text(drill(), "/handbook")
    assert len(page) < 60_000
    sections = re.findall(r'href="/handbook\?section=([^"]+)"', page)
    assert {"rules", "quantities", "parameters", "definitions", "axes", "kinds"} <= set(sections)
    pages = [text(drill(), f"/handbook?section={one}") for one in sections]
    entries = sum(page.count("card handbook") for page in pages)
    assert entries == text(drill(), "/handbook?all=1").count("card handbook") > 300


def test_a_reference_to_another_section_leads_there(drill: Site) -> None:
    page = text(drill(), "/handbook?section=parameters")
    address = next(one for one in re.findall(r'href="(/handbook\?section=[^"]+#quantity-[^"]+)"', page))
    path, _, anchor = address.partition("#")
    assert f'id="{anchor}"' in text(drill(), path)
    assert drill().get("/handbook?section=nothing").status_code == 400


def test_a_word_finds_entries_by_name_formula_and_text(drill: Site) -> None:
    page = text(drill(), "/handbook?q=standard_coal_factor")
    assert "#parameter-standard_coal_factor" in page
    assert "没有找到" in text(drill(), "/handbook?q=根本没有这个词")


@pytest.mark.parametrize("query", ["", "?section=rules", "?q=coal", "?all=1"])
def test_in_english_the_same_addresses_hold(drill: Site, query: str) -> None:
    client = drill()
    client.cookies["duheng_lang"] = "en"
    assert client.get(f"/handbook{query}").status_code == 200


def test_the_parameters_stand_by_family_and_are_listed_by_page(drill: Site) -> None:
    page = text(drill(), "/parameters")
    assert "核算</a> ›" in page
    families = re.findall(r"family=(\w+)", page)
    assert page.count("<details>") == len(families) > 1
    every = drill().get("/parameters.json").json()["parameters"]
    listed = [
        one
        for name in families
        for one in drill().get(f"/parameters.json?family={name}").json()["parameters"]
    ]
    assert len(listed) == len(every)
    first, second = (text(drill(), f"/parameters?family=carbon&page={n}") for n in (1, 2))
    assert first.count('scope="row"') == 40
    assert "第 2 页" in second
    assert drill().get("/parameters?page=999").status_code == 400
    assert drill().get("/parameters?family=nothing").status_code == 400


def test_a_section_of_one_language_opens_the_contents_of_the_other(drill: Site) -> None:
    chinese = next(iter(re.findall(r'href="(/handbook\?section=plan-[^"]+)"', text(drill(), "/handbook"))))
    answer = drill().get(f"{chinese}&lang=en")
    assert answer.status_code == 200
    assert "section=quantities" in answer.content.decode()
    assert drill().get("/handbook?section=parameters&lang=en").status_code == 200
    assert drill().get("/handbook?section=nothing&lang=en").status_code == 400


def test_a_heading_without_entries_counts_none(drill: Site) -> None:
    assert not re.search(r'<span class="small">0</span>', text(drill(), "/handbook"))
