"""Why a number is what it is, and the history of a fact."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from duheng import ledger
from duheng.assess.bridge import BRIDGED
from duheng.assess.evidence import Cell as Place
from duheng.assess.flows import on_the_basis
from duheng.assess.progress import base_years
from duheng.assess.why import FIRST_SUMMED, Why, check_since, why
from duheng.city.bases import Basis, bases
from duheng.ingest.balance.form_rows import form_rows
from duheng.ingest.carbon.layout import sectors
from duheng.ledger import FactRecord
from duheng.model.errors import PeriodError, UnknownName
from duheng.model.glossary import Quantity, all_quantities, definition, definitions
from duheng.model.glossary import quantity as glossary_quantity
from duheng.model.periods import Period, parse
from duheng.model.plan import NOT_STATED, Target
from duheng.web.access import confidential
from duheng.web.boards import books
from duheng.web.errors import BadAddress, NotAllowed
from duheng.web.factor_sets import basis_in, offered
from duheng.web.naming import place_named, unknown
from duheng.web.page import Ask, Page
from duheng.web.reasons import (
    KINDS,
    ROUNDED,
    Node,
    cell_address,
    item_title,
    place_address,
    redacted,
    rounded,
    tree,
)
from duheng.web.tables import Cell, Column, Table
from duheng.web.targets import demand, title_of
from duheng.web.words import Words

STANDING = {"effective": "有效", "superseded": "已被更新", "outranked": "未采用（另有更高级别数据）"}
PERIODS = "形如 2023、2023H1、2023Q1、2023-01、2021-2025 的时期"


def show(ask: Ask, quantity: str, entity: str, period: str) -> Page:
    """The tree of reasons of one cell, the clause of the plan above it."""
    bound, when, item = _cell(ask, quantity, period)
    place = place_named(ask, entity)
    wanted = _definition(ask, bound)
    flow, basis, since = flow_of(ask), basis_of(ask), since_of(ask, bound, when)
    here = on_the_basis(books(ask), basis) if basis else books(ask)
    asked = Place(bound.id, place.id, item, str(when), wanted, since=since)
    read = {"item": item, "definition": wanted, "flow": flow.id if flow else None}
    found = why(here, bound.id, place.id, str(when), **read, since=since, base=base_of(ask))
    asked = replace(asked, base=found.cell.base)
    top, words, what = tree(ask, found), ask.words, _what(ask, asked, bound)
    return Page(
        template="why.html",
        title=" ".join(filter(None, (words.title(flow), words.title(bound), what))),
        data=redacted(ask, found) | {"basis": basis.id if basis else None},
        context={
            "top": top,
            "what": what,
            "quantity": bound,
            "doubts": place_address("doubts", ask, asked),
            "summed": _summed(ask, found),
            "clauses": [_clause(ask, target, bound) for target in found.targets],
            "flow": flow,
            "basis": basis,
            "base": found.own_base,
            "definition": definition(found.cell.definition) if found.cell.definition else None,
            "BRIDGED": BRIDGED,
            "top_entity": place.id,
            "top_period": str(when),
            "definitions": _readings(ask, asked, bound),
            "steps": sum(1 for _ in top.walk()),
            "rounded": ROUNDED if any(map(rounded, top.walk())) else "",
        },
        tables=(_table(ask, top),),
    )


def _what(ask: Ask, asked: Place, bound: Quantity) -> str:
    """Place, item and time of a number, in the reader's language."""
    place, words = ask.city.places.get(asked.entity), ask.words
    item = item_title(ask, bound.axis, asked.item) if asked.item else ""
    return " ".join(filter(None, (words.name(place), item, words.span(asked.span))))


def _readings(ask: Ask, asked: Place, bound: Quantity) -> list[tuple[str, str, str]]:
    """The definitions under which the number can be read, with their pages; none where there is only one."""
    several = bound.definitions if len(bound.definitions) > 1 else ()
    return [
        (id, ask.words.title(definition(id)), place_address("why", ask, replace(asked, definition=id)))
        for id in several
    ]


def _summed(ask: Ask, found: Why) -> tuple[str, str] | None:
    """The years whose sum the targets above are judged by, with its address; None where this is that number."""
    since = found.summed_since
    if since is None:
        return None
    whole = replace(found.cell, since=since)
    return ask.words.span(whole.span), place_address("why", ask, whole)


def _clause(ask: Ask, target: Target, bound: Quantity) -> dict[str, object]:
    """A target that rests on the number, as the page says it above the tree."""
    return {
        "target": target,
        "title": title_of(ask, target),
        "demand": demand(target, ask.words),
        "article": ask.plan.article(target.article),
        "undefined": target.definition == NOT_STATED and bool(bound.definitions),
    }


def _cell(ask: Ask, quantity: str, period: str) -> tuple[Quantity, Period, str | None]:
    """The quantity, period and item of an address; BadAddress naming what is accepted."""
    known = all_quantities()
    titled = {one.title: one for one in known.values()}
    bound = known.get(quantity) or titled.get(quantity)
    if bound is None:
        named = known | {name: one for one in known.values() for name in (one.title, one.title_en) if name}
        raise unknown(quantity, named, "指标", "。请从“规则手册”查找名称或编号。")
    try:
        when = parse(unquote(period))
    except PeriodError as error:
        raise BadAddress("时期", period, PERIODS) from error
    return bound, when, _item(ask, bound)


def _item(ask: Ask, bound: Quantity) -> str | None:
    from duheng.model.glossary import axis

    asked = ask.request.GET.get("item", "").strip()
    if bound.axis is None:
        return None
    known = axis(bound.axis).items
    if asked in known:
        return asked
    try:
        return axis(bound.axis).find(asked).title
    except UnknownName as error:
        raise BadAddress("item", asked, list(known)) from error


def cell_of(ask: Ask, quantity: str, entity: str, period: str) -> Place:
    """The cell that an address names, refused to who may not see the entity."""
    bound, when, item = _cell(ask, quantity, period)
    place = place_named(ask, entity)
    if confidential(place) and not ask.sees_confidential:
        raise NotAllowed("单个企业的数据属保密统计资料，请用有“查阅”权限的账号登录后查看。")
    meant = books(ask).books.meant(bound, _definition(ask, bound))
    return Place(
        bound.id, place.id, item, str(when), meant, since=since_of(ask, bound, when), base=base_of(ask)
    )


def since_of(ask: Ask, bound: Quantity, when: Period) -> int | None:
    """The first year of the sum that the address asks for; None for the period alone."""
    asked = ask.request.GET.get("since", "").strip()
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit()):
        raise BadAddress("since", asked, f"{FIRST_SUMMED}-{when.year}")
    check_since(bound, when, int(asked[:9]))
    return int(asked) if int(asked) != when.year else None


def base_of(ask: Ask) -> int | None:
    """The base year that the address asks for; None for that of the targets or the plan."""
    asked = ask.request.GET.get("base", "").strip()
    if not asked:
        return None
    known = [str(year) for year in base_years(ask.plan)]
    if asked not in known:
        raise BadAddress("base", asked, known)
    return int(asked)


def flow_of(ask: Ask) -> Quantity | None:
    """The row of the energy balance in the address, for which a rule is read; None for the rule itself."""
    asked = ask.request.GET.get("flow", "").strip()
    if not asked:
        return None
    rows = {one.quantity.id: one.quantity for one in form_rows()} | {
        one: glossary_quantity(one) for one in ("apparent_fuel_use", "industry_fuel_burnt", "fuel_burnt")
    }
    if asked not in rows:
        raise BadAddress("flow", asked, list(rows))
    return rows[asked]


def basis_of(ask: Ask) -> Basis | None:
    """The basis in the address: the parameters of a set in place of the usual ones."""
    asked = ask.request.GET.get("basis", "").strip()
    if not asked or asked in bases():
        return bases().get(asked)
    flow = ask.request.GET.get("flow", "").strip()
    own = basis_in(ask, asked, flow)
    if own is None and asked in offered(ask):
        raise BadAddress("flow", flow, [one.quantity for one in sectors()])
    if own is None:
        raise BadAddress("basis", asked, [*bases(), *offered(ask)])
    return own


def _definition(ask: Ask, bound: Quantity) -> str | None:
    asked = ask.request.GET.get("definition", "").strip()
    if asked and asked not in definitions():
        raise BadAddress("definition", asked, bound.definitions or list(definitions()))
    return asked or None


def _table(ask: Ask, top: Node) -> Table:
    words = ask.words
    columns = [
        Column("depth", words("层级"), number=True, width=6),
        Column("title", words("项目"), width=40),
        Column("kind", words("类型"), width=8),
        Column("value", words("数值"), width=16),
        Column("unit", words("单位"), width=12),
        Column("formula", words("算式"), width=30),
        Column("cite", words("依据"), width=30),
        Column("source", words("出处"), width=50),
        Column("note", words("说明"), width=40),
    ]
    rows: list[list[Cell]] = []
    _flatten(ask, top, 0, rows)
    note = words(ROUNDED) if any(map(rounded, top.walk())) else ""
    return Table("why", words("数字来历"), columns, rows, note=note)


def _flatten(ask: Ask, node: Node, depth: int, rows: list[list[Cell]]) -> None:
    texts = (node.unit, node.formula, node.cite, node.source, node.note)
    value = Cell(node.value, css="missing" if node.closed or node.unknown else "")
    rows.append(
        [
            Cell(str(depth)),
            Cell(node.title),
            Cell(ask.words(KINDS[node.kind])),
            value,
            *(Cell(text) for text in texts),
        ]
    )
    for part in node.parts:
        _flatten(ask, part, depth + 1, rows)


def history(ask: Ask, quantity: str, entity: str, period: str) -> Page:
    """All vintages of one cell, newest first, superseded and outranked ones included."""
    bound, when, item = _cell(ask, quantity, period)
    place = place_named(ask, entity)
    if confidential(place) and not ask.sees_confidential:
        raise NotAllowed("单个企业的数据属保密统计资料，请用有“查阅”权限的账号登录后查看。")
    asked = _definition(ask, bound)
    wanted: list[str | None] = [asked] if asked else [None, *bound.definitions]
    found = [
        fact
        for one in wanted
        for fact in ledger.history(
            bound.id, place.id, item, str(when), ask.selection.scenario, one, ask.selection.as_of
        )
    ]
    words = ask.words
    what = " ".join(
        filter(
            None,
            (words.name(place), item_title(ask, bound.axis, item) if item else "", words.span(str(when))),
        )
    )
    return Page(
        template="history.html",
        title=words("{title} 历史", title=words.title(bound)),
        data={
            "quantity": bound.id,
            "entity": place.id,
            "item": item,
            "period": str(when),
            "scenario": ask.selection.scenario,
            "facts": [_as_json(fact) for fact in found],
        },
        context={
            "what": what,
            "quantity": bound,
            "why": cell_address("why", ask, bound.id, place.id, str(when), item, asked),
        },
        tables=(_vintages(ask, found),),
    )


def _as_json(fact: FactRecord) -> dict[str, object]:
    return {
        "fact": fact.id,
        "standing": fact.standing,
        "value": str(fact.value),
        "unit": fact.unit,
        "stated": fact.stated,
        "status": fact.status,
        "confidence": fact.confidence,
        "definition": fact.definition,
        "source": fact.source.title,
        "address": fact.source.address,
        "published_on": fact.source.published_on.isoformat() if fact.source.published_on else None,
        "locator": fact.locator,
        "recorded_at": fact.recorded_at.isoformat(),
        "recorded_by": fact.recorded_by,
        "supersedes": fact.supersedes,
    }


def _by(words: Words, text: str) -> str:
    """Who recorded a fact: a unit, two accounts or the program; of made-up figures, with the mark of the drill."""
    reviewed = re.fullmatch("(.+)（(.+) 审核）", text)
    if reviewed:
        return words("{sender}（{reviewer} 审核）", sender=reviewed[1], reviewer=reviewed[2])
    who, drill, _ = text.partition("（演练）")
    return words(who) + (words.bracketed(words("演练")) if drill else "")


def _vintages(ask: Ask, found: list[FactRecord]) -> Table:
    words = ask.words
    columns = [
        Column("stated", words("原文数值"), width=18),
        Column("value", words("入账数值"), number=True),
        Column("unit", words("单位")),
        Column("standing", words("状态"), width=24),
        Column("status", words("级别")),
        Column("definition", words("口径")),
        Column("source", words("出处"), width=44),
        Column("recorded_at", words("入账时间"), width=18),
        Column("recorded_by", words("填报人")),
        Column("fact", words("编号")),
    ]
    rows = []
    for fact in found:
        where = f"{words(fact.source.title)} {fact.locator}".strip()
        doubt = (
            ""
            if fact.confidence == "quoted"
            else words.bracketed(words(ledger.CONFIDENCE_TITLES.get(fact.confidence, fact.confidence)))
        )
        meant = words.title(definition(fact.definition)) if fact.definition else "—"
        value = fact.value.normalize()
        rows.append(
            [
                Cell(fact.stated, css="superseded" if fact.standing == "superseded" else ""),
                Cell(f"{value:f}", value),
                Cell(words.unit(fact.unit)),
                Cell(words(STANDING[fact.standing]), css="keep"),
                Cell(words(ledger.STATUS_TITLES.get(fact.status, fact.status)) + doubt),
                Cell(meant),
                Cell(where),
                Cell(words.moment(fact.recorded_at)),
                Cell(_by(words, fact.recorded_by)),
                Cell(fact.id[:12]),
            ]
        )
    return Table("history", words("历次数值"), columns, rows, empty=words("没有人报送过这个数据。"))
