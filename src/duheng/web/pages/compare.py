"""Two plans side by side: the city's own, its versions, and whatever was read and saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.http import HttpResponse, HttpResponseRedirect

from duheng.ingest.drill.places import is_drill
from duheng.model.plan import Plan
from duheng.reading.comparing import Comparison, Entry, Side, compare, side_of_plan
from duheng.reading.comparing.comparison import Pair
from duheng.reading.comparing.wording import bare
from duheng.reading.comparing.words import beside, changed, converted, demand
from duheng.web import plan_versions, state
from duheng.web.errors import BadAddress
from duheng.web.page import Ask, Page
from duheng.web.tables import Cell, Column, Table

SHOW = {
    "stricter": "甲更严",
    "looser": "甲更松",
    "incomparable": "不可比",
    "same": "相同",
    "candidates": "几个候选",
    "missing": "甲缺少",
    "extra": "只在甲",
}
"""The filters: a verdict on pairs, or what only one plan has."""
VERSIONS = {**SHOW, "missing": "乙新增", "extra": "乙删去"}
"""What they are called between two versions of one plan."""
BESIDE = ("stricter", "looser", "incomparable", "same")


def show(ask: Ask) -> Page | HttpResponse:
    """The plans in ?a= and ?b=, ?show= narrows; without b only the choice."""
    asked = {name: ask.request.GET.get(name, "").strip()[:80] for name in ("a", "b", "show")}
    if asked["show"] and asked["show"] not in SHOW:
        raise BadAddress("show", asked["show"], [f"{key}（{title}）" for key, title in SHOW.items()])
    first = _plan(ask, asked["a"]) if asked["a"] else ask.plan
    second = _plan(ask, asked["b"]) if asked["b"] else None
    if not ask.selection.drill and any(one and is_drill(one.scenario) for one in (first, second)):
        return HttpResponseRedirect(ask.request.path + ask.query(scenario="drill"))
    made = compare(_side(first), _side(second)) if second else None
    titles = VERSIONS if made and made.versions else SHOW
    return Page(
        template="compare.html",
        title=ask.words("两份规划对比"),
        data=made.as_json() if made else {"plans": [id for id, _ in _choices(ask)]},
        context={
            "made": made,
            "sides": [("a", "甲", asked["a"] or first.id, first), ("b", "乙", asked["b"], second)],
            "choices": _choices(ask),
            "named": dict(_choices(ask)),
            "counts": [(name, titles[name], _count(made, name)) for name in SHOW] if made else [],
            "homes": {name: plan_versions.home(one) for name, one in (("a", first), ("b", second)) if one},
            "chosen": asked["show"],
            "short": _pairs(ask, made, asked["show"], short=True) if made else None,
        },
        tables=_tables(ask, made, asked["show"], titles) if made else (),
    )


def _side(plan: Plan) -> Side:
    """With the sentences of the document, where the plan was saved from one."""
    return side_of_plan(plan, plan_versions.sentences(plan))


def _plan(ask: Ask, asked: str) -> Plan:
    """A plan as printed, or id@day: with the changes made by then; loaded as the board loads its own."""
    id, at, day = asked.partition("@")
    plan = state.plan_of(replace(ask.selection, plan=id))
    if not at:
        return plan
    try:
        return plan.on(date.fromisoformat(day))
    except ValueError:
        raise BadAddress("a, b", asked, [f"{plan.id}@{one}" for one in plan.changed_on]) from None


def _choices(ask: Ask) -> list[tuple[str, str]]:
    """What can be chosen: every plan, each day its numbers were changed, every saved version."""
    words = ask.words
    packaged = [
        choice
        for plan in state.city(ask.selection.scenario).plans
        for choice in (
            (plan.id, words.title(plan)),
            *(
                (f"{plan.id}@{day}", words("{title}（{day}起）", title=words.title(plan), day=words.day(day)))
                for day in plan.changed_on
            ),
        )
    ]
    return [*packaged, *ask.versions()]


def _count(made: Comparison, name: str) -> int:
    alone = {"missing": len(made.only_b), "extra": len(made.only_a), "candidates": len(made.candidates)}
    return alone[name] if name in alone else sum(one.verdict.beside == name for one in made.pairs)


def _tables(ask: Ask, made: Comparison, chosen: str, titles: dict[str, str]) -> tuple[Table, ...]:
    """Those that the filter leaves, at least one."""
    tables = []
    if not chosen or chosen in BESIDE:
        tables.append(_pairs(ask, made, chosen))
    if chosen in ("", "candidates"):
        groups = [
            (f"{number} {ask.words(name)}", each)
            for number, one in enumerate(made.candidates, 1)
            for name, of in (("甲", one.a), ("乙", one.b))
            for each in of
        ]
        tables.append(_alone(ask, "candidates", titles, groups))
    for name, entries in (("missing", made.only_b), ("extra", made.only_a)):
        if chosen in ("", name):
            tables.append(_alone(ask, name, titles, [("", one) for one in entries]))
    return tuple(tables)


def _pairs(ask: Ask, made: Comparison, chosen: str, *, short: bool = False) -> Table:
    """The pairs; short: as the page shows them, else with everything a spreadsheet wants."""
    words = ask.words
    columns = [
        Column("indicator", words("指标"), width=36),
        Column("beside", words("甲比乙"), width=8),
        Column("a", words("甲要求"), width=30),
        Column("b", words("乙要求"), width=30),
        Column("reason", words("理由"), width=36),
        Column("why", words("为何认作同一指标"), width=30),
        Column("b_indicator", words("乙的指标名称"), width=36),
        Column("a_scope", words("甲范围"), width=16),
        Column("b_scope", words("乙范围"), width=16),
        Column("changed", words("写法不同之处"), width=20),
        Column("a_quote", words("甲原文"), width=44),
        Column("b_quote", words("乙原文"), width=44),
    ]
    kept = [one for one in made.pairs if chosen in ("", one.verdict.beside)]
    kept.sort(key=lambda one: BESIDE.index(one.verdict.beside))
    whole = [[*_row(ask, one), *_more(ask, one)] for one in kept]
    shown = [at for at, column in enumerate(columns) if not short or column.key in _on_page(made)]
    return Table(
        "pairs",
        words("同一指标"),
        [columns[at] for at in shown],
        [[row[at] for at in shown] for row in whole],
        empty=words("没有符合筛选条件的指标。"),
    )


def _on_page(made: Comparison) -> set[str]:
    """The columns of the page: of the others only the sentences that are kept."""
    quoted = {
        name
        for name, side in (("a_quote", made.a), ("b_quote", made.b))
        if any(one.target.quote for one in side.entries)
    }
    return {"indicator", "beside", "a", "b", "reason", "why", *quoted}


def _row(ask: Ask, one: Pair) -> list[Cell]:
    words = ask.words
    a, b, same = one.match.a, one.match.b, one.match.sameness
    other = converted(one)
    second = _asked(ask, b) + (words.bracketed(words(other)) if other else "")
    if bare(a.target.indicator) != bare(b.target.indicator):
        second += words("；") + words(b.target.indicator)
    why = f"{words(same.why)}{words.bracketed(words('可信度{n}', n=f'{same.confidence:g}'))}"
    return [
        Cell(words(a.target.indicator)),
        Cell(words(beside(one)), kind="doubt" if one.verdict.beside == "looser" else ""),
        Cell(_asked(ask, a)),
        Cell(second),
        Cell(words(one.verdict.reason)),
        Cell(why),
    ]


def _more(ask: Ask, one: Pair) -> list[Cell]:
    words, a, b = ask.words, one.match.a.target, one.match.b.target
    return [
        Cell(words(b.indicator)),
        Cell(words(a.scope) if a.scope else "—"),
        Cell(words(b.scope) if b.scope else "—"),
        Cell(words.join(map(words, changed(one))) or "—"),
        _quote(ask, one.match.a),
        _quote(ask, one.match.b),
    ]


def _asked(ask: Ask, one: Entry) -> str:
    return f"{ask.words.clause(one.article)} {ask.words(demand(one.target))}"


def _quote(ask: Ask, one: Entry) -> Cell:
    return Cell(one.target.quote) if one.target.quote else Cell.missing(ask.words("没有存原文"))


def _alone(ask: Ask, name: str, titles: dict[str, str], entries: Sequence[tuple[str, Entry]]) -> Table:
    words = ask.words
    grouped = name == "candidates"
    columns = [
        Column("indicator", words("指标"), width=36),
        *([Column("group", words("组"), width=10)] if grouped else []),
        Column("article", words("条款"), width=10),
        Column("asked", words("要求"), width=36),
        Column("scope", words("范围"), width=24),
        Column("quote", words("文件原文"), width=60),
    ]
    rows = [
        [
            Cell(words(one.target.indicator)),
            *([Cell(group)] if grouped else []),
            Cell(words.clause(one.article)),
            Cell(words(demand(one.target))),
            Cell(words(one.target.scope) if one.target.scope else "—"),
            _quote(ask, one),
        ]
        for group, one in entries
    ]
    return Table(name, words(titles[name]), columns, rows, empty=words("没有这样的目标。"))
