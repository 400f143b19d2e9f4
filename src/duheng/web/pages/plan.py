"""The plan itself: its articles with units and targets; one target; one county."""

from __future__ import annotations

import re

from duheng.assess.bridge import BRIDGED
from duheng.assess.choices import Choice
from duheng.model.glossary import definition, quantity
from duheng.model.plan import NOT_STATED, Duty
from duheng.model.saying import listed, say
from duheng.web import roles, state
from duheng.web.boards import open_board, rows_of
from duheng.web.clauses import CITES
from duheng.web.counties import county_rows, find_place, lights_table, notes, place_options
from duheng.web.errors import NotThere
from duheng.web.owing import owed_table
from duheng.web.page import Ask, Page
from duheng.web.placed import own
from duheng.web.tables import Cell, Column, Table
from duheng.web.targets import Row, as_json
from duheng.web.todo import items
from duheng.web.trends import trend_charts, trend_table


def show(ask: Ask) -> Page:
    """The articles of the plan in its order, each with what it asks, its units and its targets."""
    made = open_board(ask)
    rows, words = rows_of(ask, made), ask.words
    by_article = {one.number: [row for row in rows if row.number == one.number] for one in ask.plan.articles}
    duties = {one.number: _duties(ask, one.number) for one in ask.plan.articles}
    columns = [
        Column("article", words("条款"), width=8),
        Column("title", words("标题"), width=28),
        Column("targets", words("目标"), width=44),
        Column("lead_units", words("牵头单位"), width=18),
        Column("units", words("责任单位"), width=44),
        Column("measures", words("工作内容"), width=60),
    ]
    lines = [
        [
            Cell(words.clause(one.number)),
            Cell(words.title(one)),
            Cell(words("；").join(f"{row.title} {row.demand}" for row in by_article[one.number]) or "—"),
            Cell(ask.who(one.lead_units) or "—"),
            Cell(ask.who(one.responsible_units) or words("方案未列")),
            Cell(words.pick(one, "measures")),
        ]
        for one in ask.plan.articles
    ]
    return Page(
        template="plan.html",
        title=words.title(ask.plan),
        data={
            "plan": ask.plan.id,
            "title": ask.plan.title,
            "number": ask.plan.number,
            "articles": [_article(one) for one in ask.plan.articles],
            "targets": as_json(made, rows)["targets"],
        },
        context={"by_article": by_article, "duties": duties},
        tables=(Table("articles", words.title(ask.plan), columns, lines),),
    )


def _duties(ask: Ask, number: str) -> list[Duty]:
    return [duty for duty in ask.plan.duties if number in re.split(CITES, duty.cite)]


def _article(one: object) -> dict[str, object]:
    names = (
        "number",
        "title",
        "title_en",
        "section",
        "measures",
        "responsible_units",
        "lead_units",
        "inherited_units",
    )
    return {name: getattr(one, name) for name in names}


def target(ask: Ask, id: str) -> Page:
    """One target: trend, path, definition, duties, findings, decisions."""
    made = open_board(ask)
    status = made.target(id)
    if status is None:
        known = listed("、", (one.id for one in ask.plan.targets))
        raise NotThere(
            say("方案“{plan}”没有编号为“{id}”的目标。已有：{known}。", plan=ask.plan, id=id[:60], known=known)
        )
    row = next(one for one in rows_of(ask, made) if one.id == id)
    bound = quantity(row.status.target.quantity)
    signed = [one for one in state.decisions(ask.plan, ask.selection.as_of) if one.target == id]
    charts = trend_charts(ask, row, "trend")
    data = next(one for one in as_json(made, [row])["targets"] if one["id"] == id)
    return Page(
        template="target.html",
        title=row.title,
        data={
            **data,
            "decisions": [_signed(one) for one in signed],
            "owed": owed_table(ask, row.status.owed).records(),
        },
        context={
            "row": row,
            "quantity": bound,
            "article": row.status.article,
            "findings": row.status.findings[:60],
            "signed": [(one, definition(one.definition)) for one in reversed(signed)],
            "definitions": [(one, definition(one)) for one in bound.definitions],
            "signable": [one for one in bound.definitions if definition(one).in_force(state.today())],
            "not_stated": row.status.target.definition == NOT_STATED and bool(bound.definitions),
            "may_sign": roles.may(ask.user, roles.SIGN_DECISION),
            "BRIDGED": BRIDGED,
            "used": definition(row.status.definition) if row.status.definition else None,
        },
        tables=(trend_table(ask, row), *([owed_table(ask, row.status.owed)] if row.status.owed else [])),
        charts=charts,
    )


def _signed(one: Choice) -> dict[str, str]:
    """A signed definition as JSON."""
    return {
        "definition": one.definition,
        "reason": one.reason,
        "signed_by": one.signed_name,
        "signed_at": one.signed_at.isoformat(),
    }


def county(ask: Ask, id: str) -> Page:
    """One county or zone: its lights, its figures for the targets' quantities, what it still owes."""
    place = find_place(ask, id)
    if place is None:
        known = listed(
            "、", (say("{key}（{title}）", key=one, title=name) for one, name in place_options(ask))
        )
        raise NotThere(say("没有编号为“{id}”的县（区）。已有：{known}。", id=id[:40], known=known))
    rows = [row for row in county_rows(ask) if row.id == id]
    owed = [item for item in items(ask) if any(one.id == id or one.parent == id for one in item.lacking)]
    figures = _figures(ask, id, rows_of(ask, open_board(ask)))
    words = ask.words
    return Page(
        template="county.html",
        title=words.name(place),
        data={
            "id": id,
            "name": place.name,
            "light": [row.light.as_json() for row in rows if not row.closed],
            "figures": figures.records(),
            "owed": [
                {
                    "unit": item.duty.by,
                    "duty": item.duty.title,
                    "period": str(item.period),
                    "due": item.due.isoformat(),
                }
                for item in owed
            ],
        },
        context={"place": place, "row": rows[0] if rows else None, "owed": owed, "notes": notes(ask, rows)},
        tables=(figures, lights_table(ask, rows)),
    )


def _figures(ask: Ask, id: str, rows: list[Row]) -> Table:
    words = ask.words
    columns = [
        Column("title", words("目标"), width=36),
        Column("period", words("时期"), width=10),
        Column("value", words("本县（区）"), number=True),
        Column("city", words("全市"), number=True),
        Column("unit", words("单位"), width=10),
    ]
    lines = []
    for row in rows:
        found = own(ask, row, id)
        if found is None:
            continue
        same = row.value and row.span == found.span
        whole = Cell(row.value, row.status.latest, href=row.why) if same else Cell("—")
        value = Cell(f"{found.value:f}", found.value, href=found.href)
        lines.append(
            [Cell(row.title, href=row.href), Cell(found.span), value, whole, Cell(words.unit(found.unit))]
        )
    return Table("figures", words("本县（区）各项指标"), columns, lines, empty=words("本县（区）尚无数据。"))
