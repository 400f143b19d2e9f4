"""The handbook of rules on the page: every quantity with its formula, every parameter with its dated settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from duheng.assess.handbook import handbook
from duheng.assess.handbook_print import Block, Entry, Heading, Text
from duheng.model.glossary import Quantity, all_quantities, axis, definition
from duheng.model.parameters import Parameter
from duheng.model.rule import Rule
from duheng.web.boards import books
from duheng.web.errors import BadAddress
from duheng.web.page import Ask, Page
from duheng.web.reasons import item_title
from duheng.web.tables import Cell, Column, Table

SHOWN = 200
TABLES = ("rules", "quantities", "parameters")  # sections of the English book
MANY = 30  # entries of a section from which on they are folded
CERTAINTY = {"verified": "已核", "secondary": "转引", "memory": "未核实", "derived": "推算"}


def show(ask: Ask) -> Page:
    """Quantities, computed ones with formula and citation, and the parameters."""
    rules = _quantities(
        ask, [one for one in all_quantities().values() if isinstance(one, Rule)], "rules", "规则（计算指标）"
    )
    stated = _quantities(
        ask, [one for one in all_quantities().values() if not isinstance(one, Rule)], "quantities", "填报指标"
    )
    parameters = _parameters(ask, list(books(ask).books.parameters))
    tables = (rules, stated, parameters)
    return Page(
        template="handbook.html",
        title=ask.words("规则手册"),
        data={table.name: table.records() for table in tables},
        # The whole book is Chinese; in English the same rules and parameters stand in tables with English titles.
        context={"shown": tables, **(_english(ask, tables) if ask.words.lang == "en" else _chinese(ask))},
        tables=tables,
    )


@dataclass(frozen=True)
class Section:
    """A section of the book with an address of its own."""

    anchor: str
    title: str
    level: int
    count: int


def _chinese(ask: Ask) -> dict[str, Any]:
    """The contents; or one section, or the whole book, or what a word finds."""
    parts = _sections(ask)
    known = [Section(head.anchor, head.text, head.level, _entries(blocks)) for head, blocks in parts]
    places = {_anchor(block): head.anchor for head, blocks in parts for block in (head, *blocks)}
    section, whole, word = _asked(ask, [one.anchor for one in known], TABLES)
    shown: list[Block] = []
    for head, blocks in parts:
        if whole or head.anchor == section:
            shown += [head, *blocks]
    hits = [
        (entry.title, head.text, _address(ask, head.anchor, entry.anchor))
        for head, blocks in parts
        for entry in blocks
        if isinstance(entry, Entry) and word and word.lower() in _text(entry)
    ]
    told = [(type(block).__name__, block) for block in shown]
    return {
        **_told(known, section, whole, word),
        "places": {} if whole else places,
        "blocks": told,
        "hits": hits,
    }


def _english(ask: Ask, tables: Sequence[Table]) -> dict[str, Any]:
    """The same with the tables as sections."""
    known = [Section(one.name, one.title, 2, len(one.rows)) for one in tables]
    section, whole, word = _asked(ask, [one.anchor for one in known], [h.anchor for h, _ in _sections(ask)])
    hits = [
        (row[0].text, table.title, _address(ask, table.name, ""))
        for table in tables
        for row in table.rows
        if word and word.lower() in " ".join(cell.text for cell in row).lower()
    ]
    shown = [table for table in tables if whole or table.name == section]
    return {**_told(known, section, whole, word), "whole_tables": shown, "blocks": [], "hits": hits}


def _told(known: Sequence[Section], section: str, whole: bool, word: str) -> dict[str, Any]:
    at = next((n for n, one in enumerate(known) if one.anchor == section), -1)
    return {
        "sections": known,
        "section": section,
        "heading": known[at].title if at >= 0 else "",
        "before": known[at - 1] if at > 0 else None,
        "after": known[at + 1] if 0 <= at < len(known) - 1 else None,
        "whole": whole,
        "folded": not whole and at >= 0 and known[at].count > MANY,
        "word": word,
        "SHOWN": SHOWN,
        "whole_tables": [],
        "places": {},
    }


def _asked(ask: Ask, known: Sequence[str], other: Sequence[str]) -> tuple[str, bool, str]:
    """Section, whether the whole book is asked for, and the word, from the address. BadAddress.

    other: sections of the book in the other language; who changes the language there begins at the contents.
    """
    asked = ask.request.GET
    section = asked.get("section", "").strip()
    if section not in known and section in other:
        section = ""
    if section and section not in known:
        raise BadAddress("section", section, known)
    return section, asked.get("all", "") == "1", asked.get("q", "").strip()[:60]


def _sections(ask: Ask) -> list[tuple[Heading, list[Block]]]:
    city = replace(ask.city, parameters=books(ask).books.parameters)  # with what was accepted in their places
    found: list[tuple[Heading, list[Block]]] = []
    for block in handbook(city)[1:]:
        if isinstance(block, Heading):
            found.append((block, []))
        elif found:
            found[-1][1].append(block)
    return found


def _entries(blocks: Sequence[Block]) -> int:
    return sum(isinstance(one, Entry) for one in blocks)


def _anchor(block: Block) -> str:
    return "" if isinstance(block, Text) else block.anchor


def _text(entry: Entry) -> str:
    said = [entry.title, entry.anchor]
    for _, values in entry.stated:
        said += [one if isinstance(one, str) else one.text for one in values]
    said += [cell for row in entry.rows for cell in row]
    return " ".join(said).lower()


def _address(ask: Ask, section: str, anchor: str) -> str:
    query = ask.selection.context()
    return f"/handbook{query}{'&' if query else '?'}section={quote(section)}{'#' if anchor else ''}{anchor}"


def _quantities(ask: Ask, found: list[Quantity], name: str, title: str) -> Table:
    words = ask.words
    computed = name == "rules"
    columns = [
        Column("title", words("名称"), width=34),
        Column("id", words("编号"), width=28),
        Column("unit", words("单位"), width=14),
        *(
            [Column("formula", words("算式"), width=44), Column("cite", words("依据"), width=34)]
            if computed
            else []
        ),
        Column("definitions", words("口径"), width=30),
    ]
    rows = []
    for one in sorted(found, key=lambda q: q.id):
        worded: list[Cell] = []
        if isinstance(one, Rule):
            worded = [
                Cell(
                    words("；").join(dict.fromkeys(words.formula(w.formula()) for w in one.wordings)),
                    css="formula",
                ),
                Cell(words("；").join(dict.fromkeys(words.cite(w.cite) for w in one.wordings))),
            ]
        meant = words.join([words.title(definition(id)) for id in one.definitions])
        unit = words.unit(one.printed_unit) or "1"
        rows.append(
            [
                Cell(words.title(one)),
                Cell(one.id),
                Cell(words("随品种") if "<" in unit else unit),
                *worded,
                Cell(meant or "—"),
            ]
        )
    return Table(name, words(title), columns, rows)


def _parameters(ask: Ask, found: list[Parameter]) -> Table:
    words = ask.words
    columns = [
        Column("title", words("名称"), width=34),
        Column("item", words("品种"), width=14),
        Column("since", words("自"), width=12),
        Column("where", words("适用地区"), width=12),
        Column("value", words("数值"), number=True),
        Column("unit", words("单位"), width=14),
        Column("cite", words("依据"), width=40),
        Column("certainty", words("可信程度"), width=10),
    ]
    rows = [
        [
            Cell(words.title(one)),
            Cell(item_title(ask, one.axis, setting.item) if setting.item else "—"),
            Cell(setting.since.isoformat() if setting.since.year > 1900 else "—"),
            Cell(setting.where or words("全国")),
            Cell(words(one.written(setting.value)), setting.value),
            Cell(words.unit(_unit(one, setting.item)) or "1"),
            Cell(words.cite(setting.cite)),
            Cell(
                words(CERTAINTY.get(setting.certainty, setting.certainty)),
                kind="doubt" if setting.certainty == "memory" else "",
            ),
        ]
        for one in found
        for setting in one.settings
    ]
    return Table("parameters", words("参数"), columns, rows)


def _unit(one: Parameter, item: str | None) -> str:
    if "<" not in one.unit or item is None or one.axis is None:
        return one.unit
    head, _, rest = one.unit.partition("<")
    known = axis(one.axis).items.get(item)
    return head + (known.unit if known else "") + rest.partition(">")[2]
