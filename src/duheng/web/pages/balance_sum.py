"""Why a subtotal of the balance (coal, oil and the like) is what it is: the fuels that it adds up."""

from __future__ import annotations

from duheng.web.balances import COAL
from duheng.web.page import Ask, Page
from duheng.web.pages.energy import UNITS, book_of, choice_of_unit
from duheng.web.tables import Cell, Column, Table
from duheng.web.years import one_of


def show(ask: Ask) -> Page:
    """The parts of a subtotal: `row` and `column` name it, the rest of the address is the balance's."""
    words, book, unit = ask.words, book_of(ask), choice_of_unit(ask)
    row = {one.row.code: one for one in book.rows}[one_of(ask, "row", [one.row.code for one in book.rows])]
    sums = {one.id: one for one in book.columns if not one.fuel}
    column = sums[one_of(ask, "column", sums or ("",))]
    read = book.amount if unit == "physical" else book.coal
    whole, parts = read(row, column), book.added(row, column, unit)
    printed = words.unit(column.unit if unit == "physical" else COAL)
    table = Table(
        "parts",
        words("各品种"),
        [Column("fuel", words("品种"), width=20), Column("value", printed, number=True)],
        [[Cell(words(one.item or one.title)), amount.cell()] for one, amount in parts],
        note=words("消费量一行取净值：扣除加工转换产出，以免煤和由煤转换的品种重复计算。")
        if row.row.code == "C"
        else "",
    )
    return Page(
        template="balance_sum.html",
        title=f"{words.title(row)} {words(column.title)}",
        data={
            "place": book.where.place.id,
            "year": book.where.year,
            "unit": unit,
            "row": row.row.code,
            "column": column.id,
            "value": whole.printed,
            "parts": {one.id: amount.printed for one, amount in parts},
        },
        context={"whole": whole, "unit": printed, "where": book.where, "measure": words(UNITS[unit])},
        tables=(table,),
    )
