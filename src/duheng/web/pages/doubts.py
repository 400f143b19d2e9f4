"""Open findings at the numbers they concern: for each target of the board, and for one number.

Working the checks out takes seconds after new figures, so board and reasons ask for this page once they are shown, and
take from it what belongs beside each number.
"""

from __future__ import annotations

from collections.abc import Sequence

from duheng.assess.doubts import doubts
from duheng.assess.inbox import STATES, Case
from duheng.web.boards import books, open_board, rows_of
from duheng.web.page import Ask, Page
from duheng.web.pages.findings import as_json, visible_cases
from duheng.web.pages.why import cell_of
from duheng.web.reasons import place_address
from duheng.web.tables import Cell, Column, Table
from duheng.web.targets import Row


def show(ask: Ask) -> Page:
    """Every target with the number of open findings about its value; the board takes each to its row."""
    words, found = ask.words, visible_cases(ask)
    told = [(row, _of_row(ask, row, found)) for row in rows_of(ask, open_board(ask))]
    columns = [
        Column("target", words("目标"), width=40),
        Column("doubts", words("未处理的数据疑点"), number=True),
    ]
    rows = [
        [Cell(row.title, href=row.href), Cell(str(len(own)), href=_address(ask, row))] for row, own in told
    ]
    return Page(
        template="doubts.html",
        title=words("数据疑点"),
        data={"targets": {row.id: [one.id for one in own] for row, own in told}},
        context={"told": [(row, len(own), _address(ask, row)) for row, own in told], "here": None, "why": ""},
        tables=(Table("doubts", words("数据疑点"), columns, rows),),
    )


def _of_row(ask: Ask, row: Row, found: Sequence[Case]) -> list[Case]:
    if row.closed or row.unstated:
        return []
    return doubts(books(ask), [row.status.cell], found, row.status.evidence.facts)


def _address(ask: Ask, row: Row) -> str:
    """Address of the doubts about a row's value; "" where there is no value to doubt."""
    return "" if row.unstated else place_address("doubts", ask, row.status.cell)


def one(ask: Ask, quantity: str, entity: str, period: str) -> Page:
    """The open findings about one number and what it rests on."""
    words, cell = ask.words, cell_of(ask, quantity, entity, period)
    found = doubts(books(ask), [cell], visible_cases(ask))
    columns = [
        Column("place", words("位置"), width=40),
        Column("found", words("发现"), width=60),
        Column("state", words("状态"), width=16),
    ]
    query = ask.selection.context()
    rows = [
        [
            Cell(words(case.finding.place), href=f"/findings/{case.id}{query}"),
            Cell(words(case.finding.found)),
            Cell(words(STATES[case.state])),
        ]
        for case in found
    ]
    address = place_address("doubts", ask, cell)
    return Page(
        template="doubts.html",
        title=words("数据疑点"),
        data={"findings": [as_json(ask, case) for case in found]},
        context={
            "told": [],
            "here": len(found),
            "address": address,
            "why": address.replace("/doubts/", "/why/", 1),
        },
        tables=(Table("doubts", words("数据疑点"), columns, rows, empty=words("没有未处理的数据疑点。")),),
    )
