"""The energy balance of a place and year as a table, as flows, and in the layout of the printed form."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from duheng.assess.evidence import steps
from duheng.assess.flows import on_the_basis
from duheng.assess.values import Reference, Value
from duheng.city.bases import coal_bases
from duheng.engine import Step
from duheng.ingest.balance.form import form_name, write_form
from duheng.ingest.balance.form_rows import is_balance, settings, stated_rows
from duheng.ingest.export import DRILL_NOTICE
from duheng.model.plan import Duty
from duheng.web.balance_checks import as_json, broken_table, checks_table, limits, verdicts
from duheng.web.balances import COAL, Amount, BalanceBook
from duheng.web.boards import books, unread, values
from duheng.web.charts import Chart
from duheng.web.energy_flows import Flows, flows, row_of, rows_by_code
from duheng.web.flow_chart import flow_chart
from duheng.web.page import TYPES, Ask, Page
from duheng.web.reasons import cell_address
from duheng.web.sankey import arranged
from duheng.web.tables import Cell, Column, Table
from duheng.web.years import one_of, where

UNITS = {"physical": "实物量", "tce": "标准煤"}
SIZE = (940.0, 720.0)
COAL_RULES = ("flow_energy", "flow_total")
NOT_IN_FORM = "标准煤表的火力发电、供热两行在等价值下是本地电厂煤耗与所用等价系数之差，不按空格处理。"


def book_of(ask: Ask) -> BalanceBook:
    """The balance of the place, year and basis in the address."""
    opened = books(ask)
    basis = one_of(ask, "basis", coal_bases())
    chosen = where(ask, opened, [row.quantity.id for row in stated_rows()])
    return BalanceBook(ask, chosen, basis, on_the_basis(opened, coal_bases()[basis]))


def choice_of_unit(ask: Ask) -> str:
    """The unit in the address, one of UNITS."""
    return one_of(ask, "unit", UNITS)


def balance(ask: Ask) -> Page:
    """The balance table with every identity checked; `unit` physical or tce, `basis` calorific or equivalent."""
    book, unit, words = book_of(ask), choice_of_unit(ask), ask.words
    found = verdicts(book)
    table = _table(book, unit)
    broken, duty = broken_table(ask, found), _duty(ask)
    title = words("{place}{year}年能源平衡表", place=words.name(book.where.place), year=book.where.period)
    return Page(
        template="balance.html",
        title=title,
        data={
            **_said(book, unit),
            "rows": _rows_json(book, unit),
            "checks": as_json(found),
            "owed": [str(note) for note in _owed(book)],
        },
        context={
            **_choices(book, unit),
            "heads": [n for n, row in enumerate(book.rows) if row.head],
            "marked": [n for n, row in enumerate(book.rows) if row.row.code == "D"],
            "wrong": len(broken.rows),
            "checked": any(one.held or one.broken for one in found),
            "unchecked": sum(one.state in ("未核对", "部分核对") for one in found),
            **_difference(book, unit),
            "owed": _owed(book),
            "duty": duty,
            "owed_by": [duty.by] if duty else [],
            "note": words(NOT_IN_FORM) if unit == "tce" and book.basis == "equivalent" else "",
        },
        tables=(table, checks_table(ask, found), broken),
        values=_values(book, COAL_RULES if unit == "tce" else (), limits()),
        unread=unread(ask, COAL_RULES if unit == "tce" else (), book.where.period),
    )


def _values(
    book: BalanceBook, of: Sequence[str] = COAL_RULES, beside: Sequence[Reference] = ()
) -> tuple[Value, ...]:
    """What standard coal rests on, on the chosen basis, and the limits of the checks beside it."""
    return values(book.ask, of, book.where.period, beside, opened=book.opened)


def _said(book: BalanceBook, unit: str) -> dict[str, Any]:
    basis = book.basis if unit == "tce" else None
    return {"place": book.where.place.id, "year": book.where.year, "unit": unit, "basis": basis}


def _choices(book: BalanceBook, unit: str) -> dict[str, Any]:
    """What the form of choices offers: places, years, units, bases, the chosen ones among them."""
    words = book.ask.words
    return {
        "where": book.where,
        "fields": [
            ("unit", words("计量"), [(id, words(text)) for id, text in UNITS.items()], unit),
            (
                "basis",
                words("电力、热力折算"),
                [(b.id, words.title(b)) for b in coal_bases().values()],
                book.basis,
            ),
        ],
    }


def _cells(book: BalanceBook, unit: str) -> list[tuple[str, str, list[Amount]]]:
    """Column ids, headers and amounts in the order of the form's rows."""
    words = book.ask.words
    made = []
    for column in book.columns:
        read = book.amount if unit == "physical" else book.coal
        shown = words.unit(column.unit if unit == "physical" else COAL)
        name = words(column.item or column.title)
        made.append((column.id, f"{name}{words.bracketed(shown)}", [read(row, column) for row in book.rows]))
    if unit == "tce":
        shown = f"{words('能源合计')}{words.bracketed(words.unit(COAL))}"
        made.insert(0, ("total", shown, [book.coal_total(row) for row in book.rows]))
    return made


def _table(book: BalanceBook, unit: str) -> Table:
    words, cells = book.ask.words, _cells(book, unit)
    columns = [
        Column("row", words("项目"), width=30),
        *(Column(id, title, number=True) for id, title, _ in cells),
    ]
    rows = [
        [Cell(words.title(row)), *(amounts[number].cell() for _, _, amounts in cells)]
        for number, row in enumerate(book.rows)
    ]
    return Table(
        "balance",
        words("能源平衡表"),
        columns,
        rows,
        note=words("负数的含义见项目名后的符号；合计列为同类各品种之和。"),
    )


def _rows_json(book: BalanceBook, unit: str) -> list[dict[str, Any]]:
    cells = _cells(book, unit)
    return [
        {
            "row": row.row.code,
            "title": row.title,
            "quantity": row.quantity.id,
            "cells": {id: amounts[number].printed for id, _, amounts in cells},
        }
        for number, row in enumerate(book.rows)
    ]


def _difference(book: BalanceBook, unit: str) -> dict[str, Any]:
    """The printed statistical difference: the fuels where it is not nought; whether it is known and nought of all."""
    row = next(one for one in book.rows if one.row.code == "D")
    read = book.amount if unit == "physical" else book.coal
    amounts = {column.item or column.title: read(row, column) for column in book.columns}
    gaps = {fuel: one.text for fuel, one in amounts.items() if one.value is not None and one.text != "0"}
    return {"gaps": gaps, "closes": bool(amounts) and all(one.text == "0" for one in amounts.values())}


def _owed(book: BalanceBook) -> list[str]:
    """Who still has to state a figure of the table, each form once."""
    found: list[Step] = []
    for row in stated_rows():
        for column in book.columns:
            if column.fuel:
                found.append(book.step(row, column.item))
    return notes_of_missing(found)


def notes_of_missing(found: Iterable[Step]) -> list[str]:
    """The notes of all missing figures below some cells, each once: who should have stated which form by when."""
    return list(
        dict.fromkeys(one.note for step in found for one in steps(step) if one.kind == "missing" and one.note)
    )


def _duty(ask: Ask) -> Duty | None:
    return next((duty for duty in ask.plan.duties if is_balance(duty)), None)


def form(ask: Ask) -> HttpResponse:
    """The balance in the layout of form P303-1 or P303-4, all its columns; a cell nobody stated is empty."""
    book, unit = book_of(ask), one_of(ask, "unit", UNITS)
    read = book.amount if unit == "physical" else book.coal
    out = io.BytesIO()
    write_form(
        out,
        unit=unit,
        place=book.where.place,
        period=book.where.period,
        values=lambda row, column: read(row, column).value,
        notice=DRILL_NOTICE if ask.selection.drill else "",
        head=(ask.plan, _duty(ask)) if unit == "physical" else None,
        basis=coal_bases()[book.basis].title,
    )
    response = HttpResponse(out.getvalue(), content_type=TYPES["xlsx"])
    name = f"{form_name(unit)}-{book.where.place.id}-{book.where.period}"
    response["Content-Disposition"] = f'attachment; filename="duheng-{name}.xlsx"'
    return response


def diagram(ask: Ask) -> Page:
    """The flows of the balance as a diagram and, with the same numbers, as a table."""
    book, words = book_of(ask), ask.words
    found = flows(book)
    title = words("{place}{year}年能源流向", place=words.name(book.where.place), year=book.where.period)
    table = _links_table(book, found)
    choices = _choices(book, "tce")
    return Page(
        template="flows.html",
        title=title,
        data={
            **_said(book, "tce"),
            "unknown": list(found.unknown),
            "links": [
                {
                    "from": found.titles[o.source],
                    "to": found.titles[o.target],
                    "fuel": o.kind or None,
                    "value": round(o.value, settings()["decimals"]),
                }
                for o in found.links
            ],
        },
        context={
            **choices,
            "fields": [one for one in choices["fields"] if one[0] != "unit"],
            "unknown": found.unknown,
            "owed": _owed(book) if found.unknown else [],
        },
        tables=(table,),
        charts=(_chart(book, found, title),) if found.links else (),
        values=_values(book),
        unread=unread(ask, COAL_RULES, book.where.period),
    )


def _chart(book: BalanceBook, found: Flows, title: str) -> Chart:
    words, ask = book.ask.words, book.ask
    drawn = arranged(found.links, found.layers, SIZE, width=16, gap=18)
    sums = {box.node: box for box in drawn.boxes}
    names = {node: f"{found.titles[node]} {_sum(found, node)}" for node in sums}
    basis = words.title(coal_bases()[book.basis])
    told = words("；").join(
        f"{found.titles[o.source]} → {found.titles[o.target]} {o.value:.2f}" for o in found.links
    )
    mark, notice = (words("演练数据"), words(DRILL_NOTICE)) if ask.selection.drill else ("", "")
    unit = f"{words('单位')}{words('：')}{words.unit(COAL)}{words('，')}{words('电力、热力折算')}{words('：')}{basis}"
    return Chart(
        "flows",
        title,
        words("{title}。{told}", title=title, told=told),
        spec=flow_chart(drawn, names, SIZE),
        watermark=mark,
        notice=notice,
        notes=(unit, ask.origin()),
    )


def _sum(found: Flows, node: str) -> str:
    entering = sum(one.value for one in found.links if one.target == node)
    leaving = sum(one.value for one in found.links if one.source == node)
    return f"{max(entering, leaving):.2f}"


def _links_table(book: BalanceBook, found: Flows) -> Table:
    words, rows = book.ask.words, rows_by_code(book)
    columns = [
        Column("from", words("从"), width=20),
        Column("to", words("到"), width=20),
        Column("fuel", words("品种"), width=14),
        Column("value", words.unit(COAL), number=True),
    ]
    lines = []
    for one in found.links:
        amount = Amount(one.value, f"{one.value:.{settings()['decimals']}f}", _address(book, one, rows))
        lines.append(
            [
                Cell(found.titles[one.source]),
                Cell(found.titles[one.target]),
                Cell(words(one.kind) if one.kind else "—"),
                amount.cell(),
            ]
        )
    return Table("links", words("能源流向"), columns, lines, empty=words("没有可画的数据。"))


def _address(book: BalanceBook, link: Any, rows: dict[str, Any]) -> str:
    code = row_of(link)
    if not code or not link.kind:
        return ""
    where = book.where
    return cell_address(
        "why",
        book.ask,
        "flow_energy",
        where.place.id,
        where.period,
        link.kind,
        flow=rows[code].quantity.id,
        basis=book.basis,
    )
