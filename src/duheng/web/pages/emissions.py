"""Emission amounts: by which method each counts, what the others would give; sums by county for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from duheng.ingest.reductions import Amount, method_order
from duheng.model.glossary import axis, quantity
from duheng.model.rounding import printed
from duheng.web.access import Closed
from duheng.web.aggregates import sums_table
from duheng.web.boards import books, unread, values
from duheng.web.emissions import METHODS, RULES, Emission, emissions, years
from duheng.web.page import Ask, Page
from duheng.web.pages.voc import chosen
from duheng.web.projects import county_of
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table


def show(ask: Ask) -> Page:
    """Sums of the amounts that count, by pollutant and county; with the permission each outlet and method."""
    words, here = ask.words, books(ask)
    known = years(here)
    year = chosen(ask, "year", known)
    found = emissions(here, year) if year else []
    pollutants = [item for item in axis("pollutant").items if any(one.pollutant == item for one in found)]
    tables = [_sums(ask, item, [one for one in found if one.pollutant == item]) for item in pollutants]
    if ask.sees_confidential and found:
        tables.append(_outlets(ask, found, year))
    order = method_order("permit")
    used = Counter(one.amount.method if one.amount else "" for one in found)
    return Page(
        template="emissions.html",
        title=words("污染物排放量"),
        data={
            "year": year,
            "order": list(order.methods),
            "order_certainty": order.certainty,
            **{one.name: one.records() for one in tables},
        },
        context={
            "years": known,
            "year": year,
            "outlets": len({one.entity.id for one in found}),
            "order": words.join(map(words, order.methods)),
            "cite": words.cite(order.cite),
            "verified": order.certainty == "verified",
            "used": [(words(method or "未知"), used[method]) for method in (*METHODS, "")],
        },
        tables=tuple(tables),
        values=values(ask, RULES, year) if year else (),
        unread=unread(ask, RULES, year) if year else (),
    )


def _amount(one: Emission, method: str) -> Decimal | None:
    """The amount by a method as it is judged; None where it is unknown."""
    return printed(one.known.get(method), quantity(one.rules[method]))


def _sums(ask: Ask, item: str, found: Sequence[Emission]) -> Table:
    unit, values = Closed(ask.city.places, ask.selection.as_of).unit, dict[str, Decimal | None]()
    for one in found:  # three outlets of one enterprise are one unit, not three
        so_far = values.get(unit(one.entity.id), Decimal(0))
        amount = _amount(one, one.amount.method) if one.amount else None
        values[unit(one.entity.id)] = None if so_far is None or amount is None else so_far + amount
    number = [*axis("pollutant").items].index(item) + 1
    return sums_table(ask, f"sums-{number}", ask.words.title(axis("pollutant").items[item]), "t", values)


def _outlets(ask: Ask, found: Sequence[Emission], year: str) -> Table:
    words = ask.words
    columns = [
        Column("outlet", words("排放口"), width=24),
        Column("county", words("县（区）"), width=12),
        Column("pollutant", words("污染物"), width=14),
        Column("method", words("采用的方法"), width=12),
        Column("amount", words("排放量（吨）"), number=True),
        *(Column(f"by{n}", words("按{method}（吨）", method=words(method)), number=True, width=16)
          for n, method in enumerate(METHODS, start=1)),
        Column("spread", words("与采用值最大相差"), number=True, width=12),
    ]  # fmt: skip
    rows = [_row(ask, one, year) for one in found]
    note = words("采用的是法定顺序中第一种有数的方法；其余方法的结果并列，不采用。每个数可点开查看算式。")
    return Table("outlets", words("各排放口"), columns, rows, note=note, empty=words("尚无数据。"))


def _row(ask: Ask, one: Emission, year: str) -> list[Cell]:
    words, unknown = ask.words, Cell.missing(ask.words("未知"))
    county = county_of(ask.city.places, one.entity)

    def figure(method: str) -> Cell:
        if method not in one.rules:
            return Cell("—")
        value = _amount(one, method)
        href = cell_address("why", ask, one.rules[method], one.entity.id, year, one.pollutant)
        return replace(unknown, href=href) if value is None else Cell(f"{value:f}", value, href=href)

    return [
        Cell(words.name(one.entity)),
        Cell(words.name(county) if county else "—"),
        Cell(words.title(axis("pollutant").items[one.pollutant])),
        Cell(words(one.amount.method)) if one.amount else unknown,
        figure(one.amount.method) if one.amount else unknown,
        *(figure(method) for method in METHODS),
        _spread(one.amount),
    ]


def _spread(amount: Amount | None) -> Cell:
    """The greatest share by which another method differs from the one that counts."""
    if amount is None or not amount.value or not amount.others:
        return Cell("—")
    return Cell(f"{max(abs(value / amount.value - 1) for value in amount.others.values()):.1%}")
