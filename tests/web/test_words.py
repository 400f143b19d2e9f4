"""Chinese first, English by a switch; nothing on a page without its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

import duheng.web
from duheng.web.words import Words, english

Site = Callable[..., Client]
FOLDER = Path(duheng.web.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def said() -> Iterator[str]:
    """Every text that templates and pages give to the catalogue."""
    for file in FOLDER.rglob("*.html"):
        yield from re.findall(r"_\('((?:[^'\\]|\\.)*)'", file.read_text(encoding="utf-8"))
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name == "words":
                    yield str(node.args[0].value)


def chosen() -> Iterator[str]:
    """Every text that is chosen by a value."""
    from duheng.assess.evidence import STATUS
    from duheng.assess.why import CERTAINTY
    from duheng.web import middleware, reasons, roles, selection, targets
    from duheng.web.pages import duties, findings, handbook, submissions, why

    for table in (
        CERTAINTY,
        STATUS,
        selection.LEVELS,
        selection.LEVELS_SAID,
        middleware.TITLES,
        reasons.KINDS,
        selection.SCENARIOS,
        selection.LIGHTS,
        targets.DEMANDS,
    ):
        yield from map(str, table.values())
    for table in (
        duties.STATES,
        duties.EVERY,
        findings.SEVERITIES,
        submissions.STANDING,
        submissions.EFFECTS,
        handbook.CERTAINTY,
        why.STANDING,
        why.CONFIDENCE,
    ):
        yield from table.values()
    yield from (role.title for role in roles.ROLES)
    yield reasons.ROUNDED
    navigation = (FOLDER / "templates" / "base.html").read_text(encoding="utf-8")
    yield from re.findall(r"\('/\w*', '([^']+)'\)", navigation)


def test_every_text_has_its_english() -> None:
    assert sorted({text for text in [*said(), *chosen()] if text not in english()}) == []


def test_no_text_in_a_template_escapes_the_catalogue() -> None:
    loose = {}
    for file in FOLDER.rglob("*.html"):
        text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", file.read_text(encoding="utf-8"), flags=re.S)
        loose[file.name] = [word for word in re.findall(r"[\u4e00-\u9fff]+", text) if word != "中文"]
    assert {name: words for name, words in loose.items() if words} == {}


def test_places_in_a_text_are_the_same_in_both_languages() -> None:
    wrong = {
        zh: en
        for zh, en in english().items()
        if en and zh != "比{base}年" and set(re.findall(r"\{\w+\}", zh)) != set(re.findall(r"\{\w+\}", en))
    }
    assert wrong == {}


def test_the_switch_is_remembered(drill: Site) -> None:
    client = drill()
    client.get("/?lang=en")
    page = client.get("/plan").content.decode()
    assert '<html lang="en">' in page
    assert "Reporting duties" in page
    assert '<html lang="zh-Hans">' in client.get("/plan?lang=zh").content.decode()


@pytest.mark.parametrize("path", ["/", "/duties", "/import", "/login", "/target/cod", "/county/512021"])
def test_the_frame_of_an_english_page_is_english(drill: Site, path: str) -> None:
    page = drill().get(f"{path}?lang=en").content.decode()
    heading = re.findall(r"<(?:h1|h2|thead|label)[^>]*>(.*?)</(?:h1|h2|thead|label)>", page, flags=re.S)
    assert [text for text in heading if CHINESE.search(text)] == []


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        ("14.5", "%", "14.5%"),
        ("4218", "吨", "4218吨"),
        ("0.3", "tce/万元", "0.3吨标准煤/万元"),
        ("8.2", "mg/L", "8.2 mg/L"),
        ("8", "1", "8"),
    ],
)
def test_a_unit_stands_as_chinese_prints_it(value: str, unit: str, printed: str) -> None:
    assert Words("zh").amount(value, unit) == printed
