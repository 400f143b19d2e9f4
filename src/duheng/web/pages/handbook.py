"""The handbook of rules on the page: every quantity with its formula, every parameter with its dated settings."""

from __future__ import annotations

from dataclasses import replace

from duheng.assess.handbook import handbook
from duheng.assess.handbook_print import Block
from duheng.model.glossary import Quantity, all_quantities, axis, definition
from duheng.model.parameters import Parameter
from duheng.model.rule import Rule
from duheng.web.boards import books
from duheng.web.page import Ask, Page
from duheng.web.reasons import item_title
from duheng.web.tables import Cell, Column, Table

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
    return Page(
        template="handbook.html",
        title=ask.words("规则手册"),
        data={table.name: table.records() for table in (rules, stated, parameters)},
        # The whole book is Chinese; in English the same rules and parameters stand in tables with English titles.
        context={
            "shown": [rules, stated, parameters],
            "blocks": _blocks(ask) if ask.words.lang == "zh" else [],
        },
        tables=(rules, stated, parameters),
    )


def _blocks(ask: Ask) -> list[tuple[str, Block]]:
    city = replace(ask.city, parameters=books(ask).books.parameters)  # with what was accepted in their places
    return [(type(block).__name__, block) for block in handbook(city)[1:]]


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
            Cell(f"{setting.value}", setting.value),
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
