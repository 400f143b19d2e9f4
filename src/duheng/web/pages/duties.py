"""Who must state what by when, unit by unit, and what is overdue."""

from __future__ import annotations

import io
from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpResponse

from duheng.ingest.template import find_duty, make_form, write_template
from duheng.model.plan import Duty
from duheng.web.errors import BadAddress
from duheng.web.page import TYPES, Ask, Page
from duheng.web.tables import Cell, Column, Table
from duheng.web.todo import Item, Run, items, runs

STATES = {"overdue": "已逾期", "due": "待报", "done": "已报齐"}
EVERY = {"year": "每年", "half": "每半年", "quarter": "每季度", "month": "每月"}
NAMED = 6


def show(ask: Ask) -> Page:
    """What is open, unit by unit; with ?unit= one unit's alone."""
    words, chosen = ask.words, ask.selection
    known = dict.fromkeys(duty.by for duty in ask.plan.duties)
    if chosen.unit and chosen.unit not in known:
        raise BadAddress("unit", chosen.unit, list(known))
    every = [item for item in items(ask) if not chosen.unit or item.duty.by == chosen.unit]
    open_items = [item for item in every if item.state != "done"]
    forms = [duty for duty in ask.plan.duties if not chosen.unit or duty.by == chosen.unit]
    return Page(
        template="duties.html",
        title=words("报送责任"),
        data={"duties": [_as_json(item) for item in every], "forms": [_form(duty) for duty in forms]},
        context={
            "groups": _groups(ask, list(known), every),
            "units": list(known),
            "overdue": sum(item.state == "overdue" for item in open_items),
            "due": sum(item.state == "due" for item in open_items),
            "forms": [(duty, words(EVERY[duty.every])) for duty in forms],
        },
        tables=(_table(ask, "", open_items, name="duties"),),
    )


def _groups(ask: Ask, units: list[str], every: list[Item]) -> list[tuple[str, Table, int, int, int]]:
    """Unit, table of its open items, how many are open, overdue and done."""
    groups = []
    for unit in units:
        whole = [item for item in every if item.duty.by == unit]
        mine = [item for item in whole if item.state != "done"]
        late = sum(item.state == "overdue" for item in mine)
        if whole:
            groups.append((unit, _table(ask, unit, mine), len(mine), late, len(whole) - len(mine)))
    # Who is late comes first, then who has something due; within each the order of the plan.
    return sorted(groups, key=lambda group: (not group[3], not group[2]))


def _form(duty: Duty) -> dict[str, object]:
    return {
        "duty": duty.id,
        "unit": duty.by,
        "every": duty.every,
        "due_months": duty.due_months,
        "cite": duty.cite,
    }


def _as_json(item: Item) -> dict[str, object]:
    return {
        "unit": item.duty.by,
        "duty": item.duty.id,
        "title": item.duty.title,
        "period": str(item.period),
        "due": item.due.isoformat(),
        "state": item.state,
        "expected": item.expected,
        "stated": item.stated,
        "lacking": [entity.name for entity in item.lacking],
    }


def _table(ask: Ask, unit: str, found: Sequence[Item], name: str = "unit") -> Table:
    words = ask.words
    columns = [
        *([] if unit else [Column("unit", words("单位"), width=20)]),
        Column("title", words("报表"), width=32),
        Column("period", words("报告期"), width=12),
        Column("due", words("应报日期"), width=12),
        Column("state", words("状态"), width=16),
        Column("stated", words("已报/应报"), width=12),
        Column("lacking", words("尚缺"), width=40),
    ]
    rows = [_row(ask, unit, run) for run in runs(list(found))]
    return Table(name, ask.who([unit]) if unit else words("待办事项"), columns, rows, empty=words("全部报齐"))


def _row(ask: Ask, unit: str, run: Run) -> list[Cell]:
    words, item, count = ask.words, run.first, len(run.items)
    state = words(STATES[item.state])
    if item.state == "overdue":
        state += (
            words("最久{days}天", days=item.days_late)
            if count > 1
            else words("{days}天", days=item.days_late)
        )
    lacking = [words.name(entity) for entity in item.lacking]
    text = words.join(lacking[:NAMED]) + (words("等{n}个", n=len(lacking)) if len(lacking) > NAMED else "")
    if item.register_empty:
        text = words("名录为空，请先报名录")
    row = [
        Cell(words.title(item.duty), href=_template(ask, run)),
        Cell(
            words.between(str(item.period), str(run.last.period)) + words.bracketed(words("{n}期", n=count))
            if count > 1
            else str(item.period)
        ),
        Cell(item.due.isoformat() + (words(" 起") if count > 1 else "")),
        Cell(state, kind="light", light=1 if item.state == "overdue" else 2),
        Cell(f"{sum(one.stated for one in run.items)}/{sum(one.expected for one in run.items)}"),
        Cell(text or "—"),
    ]
    return row if unit else [Cell(ask.who([item.duty.by])), *row]


def _template(ask: Ask, run: Run) -> str:
    """Address of the form to fill: of the period, or of the last of several."""
    query = ask.selection.context()
    period = urlencode({"period": str(run.last.period)})
    return f"/templates/{run.first.duty.id}.xlsx{query}{'&' if query else '?'}{period}"


def template(ask: Ask, duty: str) -> HttpResponse:
    """The form of a duty as a workbook; ?period= chooses the period, the default is the last whole one."""
    plan, found = find_duty(ask.city, duty, ask.plan.id)
    period = ask.request.GET.get("period") or None
    out = io.BytesIO()
    write_template([make_form(ask.city, plan, found, period)], out)
    response = HttpResponse(out.getvalue(), content_type=TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="duheng-{found.id}.xlsx"'
    return response
