"""Chinese first, English by a switch; nothing on a page without its English."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

import duheng.web
from duheng import ledger
from duheng.model.findings import Finding
from duheng.model.glossary import quantity
from duheng.model.periods import parse
from duheng.model.saying import listed, say
from duheng.web.words import Words, english, marked

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
    yield from _tables()
    yield from _form()
    from duheng.assess.audit.settings import settings as audit_settings
    from duheng.reading.doubts import kinds
    from duheng.rules import air, water
    from duheng.web import air_calendar, reasons, roles, water_tables
    from duheng.web.pages import accounting
    from duheng.web.pages import air as calendar

    for check in audit_settings().values():
        yield from (check["title"], check["remedy"])
    for doubt in kinds().values():
        yield from (doubt.title, doubt.remedy)
    yield from _of_accounting()
    yield from _of_monitoring()
    yield from (role.title for role in roles.ROLES)
    yield from (text for _, *texts in accounting.PAGES for text in texts)
    yield reasons.ROUNDED
    for texts in (air.CLASSES, water.CLASSES, air_calendar.SHORT, calendar.WEEKDAYS, water_tables.DEGREES):
        yield from texts
    navigation = (FOLDER / "templates" / "base.html").read_text(encoding="utf-8")
    yield from re.findall(r"\('/\w*', '([^']+)'\)", navigation)


def _tables() -> Iterator[str]:
    """The texts of tables from a value to what is said for it."""
    from duheng.assess.inbox import KINDS, STATES
    from duheng.assess.why import CERTAINTY
    from duheng.web import middleware, projects, reading_cards, reading_fields, reasons, selection, targets
    from duheng.web.actions import ACTIONS
    from duheng.web.pages import (
        duties,
        findings,
        handbook,
        parameters,
        readings,
        submissions,
        trail_words,
        why,
    )

    shown = (selection.LEVELS, selection.LEVELS_SAID, selection.SCENARIOS, selection.LIGHTS)
    for table in (
        CERTAINTY,
        KINDS,
        STATES,
        ledger.STATUS_TITLES,
        ledger.CONFIDENCE_TITLES,
        *shown,
        middleware.TITLES,
        reasons.KINDS,
        targets.DEMANDS,
    ):
        yield from map(str, table.values())
    for texts in (
        ACTIONS,
        trail_words.FIELDS,
        duties.STATES,
        duties.EVERY,
        findings.SEVERITIES,
        submissions.STANDING,
        submissions.EFFECTS,
        parameters.FILTERS,
        parameters.STANDING,
        parameters.FAMILIES,
        reading_cards.STANDING,
        reading_fields.FIELDS,
        reading_fields.DIRECTIONS,
        reading_fields.KINDS,
        readings.PARTS,
    ):
        yield from texts.values()
    for texts in (handbook.CERTAINTY, why.STANDING, projects.STATUS):
        yield from texts.values()


def _form() -> Iterator[str]:
    from duheng.ingest.forms.layout import forms

    for form in forms():
        settings = form.settings
        yield from (text for one in form.relations for text in (one.title, one.rest, one.scaled) if text)
        yield from (row.remark for row in form.rows.values() if row.remark)
        for check in ("totals", "overall", "told"):
            yield from (
                text for one in settings.get(check, ()) for text in (one["title"], one.get("rest")) if text
            )
        yield from (settings[check]["title"] for check in ("factors", "steady") if check in settings)
        yield from settings.get("elsewhere", ())


def _of_accounting() -> Iterator[str]:
    """What the pages of accounting take from data and tables of their own."""
    from duheng.ingest.balance.layout import layout
    from duheng.ingest.carbon.layout import sectors
    from duheng.web import energy_flows
    from duheng.web.pages import accounting, carbon, energy

    known = layout()
    yield from (text for _, *texts in accounting.PAGES for text in texts)
    yield from (*energy.UNITS.values(), *carbon.INDIRECT.values(), *energy_flows.NAMES.values())
    yield from (column.title for column in known.columns.values() if not column.item)
    yield from (one.title for one in known.identities)
    yield from (one.title for one in known.rows.values())
    yield from (one.title for one in sectors())
    yield from (one["title"] for one in known.settings["checks"].values() if "title" in one)


def _of_monitoring() -> Iterator[str]:
    """What the pages of monitoring take from data."""
    from duheng.telemetry.hj212.codes import systems
    from duheng.telemetry.verdicts import VERDICTS
    from duheng.telemetry.watching.settings import rules
    from duheng.web.alarms import steps

    for one in rules().values():
        yield from (one["title"], one["remedy"], one["cite"])
    yield from (str(step["to"]) for step in steps())
    yield from (verdict.title for verdict in VERDICTS.values())
    yield from systems().values()


def test_every_text_has_its_english() -> None:
    assert sorted({text for text in [*said(), *chosen()] if text not in english()}) == []


SPEAKING = (
    *(f"ingest/forms/{name}.py" for name in ("content", "entering", "filled", "reading", "telling")),
    "ingest/forms/recognising.py",
    *(f"assess/audit/{name}.py" for name in ("crossing", "groups", "pairs", "series")),
    "engine/explain.py",
    *(
        f"assess/{name}.py"
        for name in (
            "bridge",
            "counties",
            "evidence",
            "findings",
            "inbox",
            "judging",
            "owed",
            "parameters",
            "progress",
            "status",
        )
    ),
    "assess/flows.py",
    *(f"reading/comparing/{name}.py" for name in ("comparison", "judging", "pairing", "words")),
    "web/pages/compare.py",
    "ingest/balance/form_reading.py",
    *(f"web/{name}.py" for name in ("plan_versions", "reading_cards", "reading_fields", "readings")),
    "web/pages/readings.py",
    *(f"web/{name}.py" for name in ("balance_checks", "balances", "energy_flows")),
    *(f"web/pages/{name}.py" for name in ("accounting", "carbon", "energy")),
    *(f"ingest/{name}.py" for name in ("cells", "documents", "form_head", "grids", "guards", "importing")),
    *(
        f"ingest/{name}.py"
        for name in ("air_form", "long_form", "markup", "names", "rows", "sheets", "wide_form")
    ),
    *(f"ingest/{name}.py" for name in ("reductions", "voc")),
    *(f"web/{name}.py" for name in ("aggregates", "cells", "emissions", "projects", "taxes", "vocs")),
    *(
        f"telemetry/watching/{name}.py"
        for name in (
            "bounds",
            "copies",
            "merging",
            "piling",
            "presence",
            "rates",
            "registers",
            "related",
            "signs",
            "stillness",
        )
    ),
    *(f"web/{name}.py" for name in ("alarms", "monitoring")),
    *(f"web/pages/{name}.py" for name in ("alarms", "monitor", "monitor_device", "receipts")),
    *(f"web/{name}.py" for name in ("errors", "middleware", "roles", "selection", "state", "uploads")),
    *(
        f"web/pages/{name}.py"
        for name in ("accounts", "board", "decisions", "duties", "finding_words", "findings", "submissions")
    ),
    *(
        f"web/pages/{name}.py"
        for name in ("accounting", "emissions", "institutions", "project", "projects", "tax", "voc")
    ),
)
# A minus sign; the name of a sheet of our own forms, and what stands in the printed ones; fuels; between two types.
NO_WORDS = {
    "－",
    "与",
    "填报说明",
    "计量单位",
    "甲",
    "空格（表头声明：没有这种流量）",
    "电力",
    "热力",
    "（四",
    "（九）",
    "万tCO2",
    "tCO2/万元",
}


@pytest.mark.parametrize("file", SPEAKING)
def test_what_the_layers_below_say_has_its_english(file: str) -> None:
    """A text with values is a `say`, never an f-string: only a template is found again in the catalogue."""
    tree = ast.parse((FOLDER.parent / file).read_text(encoding="utf-8"))
    quoted = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in quoted]
    texts = {str(node.value) for node in found} - NO_WORDS
    assert sorted(text for text in texts if CHINESE.search(text) and text not in english()) == []


def test_a_saying_is_its_chinese_text_and_can_be_said_in_english() -> None:
    note = say("应有{expected}项，已知{known}项", expected=3, known=2)
    lacking = listed("、", [parse("2024-01"), quantity("gdp_current")])
    said = say("{note}；缺：{names}", note=note, names=lacking)
    assert said == "应有3项，已知2项；缺：2024年1月、地区生产总值（现价）"
    told = "2 of 3 parts known; lacking: 2024-01, Gross domestic product at current prices"
    assert Words("en")(said) == told
    assert Words("zh")(said) == said
    assert pickle.loads(pickle.dumps(said)).parts == said.parts


def test_a_finding_is_one_sentence_in_each_language() -> None:
    found = say("文件 {size}", size=say("{n} 字节", n=9))
    one = Finding("file-empty", "error", "a.csv", found, "空文件（0 字节）", "请填写时期。", "市统计局")
    assert Words("zh").finding(one) == one.text
    words = Words("en", {"市统计局": "Bureau of Statistics"})
    assert words.finding(one) == (
        "a.csv: a file of 9 bytes; expected: an empty file (0 bytes). Bureau of Statistics: Enter the period."
    )


@pytest.mark.parametrize(
    ("printed", "english_text"),
    [
        ("GB/T 2589-2020 5.2", "GB/T 2589-2020 5.2"),
        ("资府发〔2023〕3号（十一）；质量守恒", "资府发〔2023〕3号 Article 11; conservation of mass"),
        ("某办法（条号待核）", "某办法 (clause to be checked)"),
        ("某指南（某号等，表号待核）", "某指南 (某号等, table number to be checked)"),
        ("（十一）、（十七）", "Article 11, Article 17"),
    ],
)
def test_a_citation_keeps_the_title_of_its_document(printed: str, english_text: str) -> None:
    assert Words("en").cite(printed) == english_text
    assert Words("zh").cite(printed) == printed


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("二", "Part 2"),
        ("（一）", "Article 1"),
        ("（十）", "Article 10"),
        ("（二十一）", "Article 21"),
        ("附件", "附件"),
    ],
)
def test_an_article_is_numbered_in_each_language(number: str, told: str) -> None:
    assert Words("en").clause(number) == told
    assert Words("zh").clause(number) == number


def test_chinese_on_an_english_page_is_set_as_chinese() -> None:
    page = "<title>A 度衡</title><p>by 市统计局 and 3号 A</p><option>中</option><option value='a'>二</option>"
    assert marked(page) == (
        '<title lang="zh-CN">A 度衡</title><p>by <span lang="zh-CN">市统计局</span> and 3<span lang="zh-CN">号</span> A'
        '</p><option lang="zh-CN">中</option><option lang="zh-CN" value=\'a\'>二</option>'
    )


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


@pytest.mark.parametrize(
    ("unit", "printed"),
    [
        ("万元", "×10⁴ yuan"),
        ("m3/万元", "m3/10⁴ yuan"),
        ("万GJ", "×10⁴ GJ"),
        ("元/污染当量", "yuan/pollution equivalent"),
    ],
)
def test_a_unit_is_english_by_its_parts(unit: str, printed: str) -> None:
    assert Words("en").unit(unit) == printed
