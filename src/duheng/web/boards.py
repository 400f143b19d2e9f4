"""The board of a selection."""

from __future__ import annotations

from collections.abc import Iterable

from duheng.assess.board import Board, board
from duheng.assess.books import Opened, day_of, opened
from duheng.assess.values import Reference, Unread, Value, in_use
from duheng.assess.values import unread as unread_rules
from duheng.model.parameters import Local
from duheng.model.periods import parse
from duheng.web.page import Ask
from duheng.web.targets import Row, row_of


def books(ask: Ask) -> Opened:
    """The books of the selection."""
    return opened(ask.city, ask.plan, ask.selection.scenario, ask.selection.as_of)


def local(ask: Ask) -> Local:
    """The parameters in use in the city, with what it replaced, for tables read outside of the books."""
    return books(ask).local


def values(
    ask: Ask,
    quantities: Iterable[str],
    period: str,
    beside: Iterable[Reference] = (),
    opened: Opened | None = None,
) -> tuple[Value, ...]:
    """The replaced and the unverified values below some quantities at the end of a period ("": today)."""
    on = parse(period).end if period else day_of(ask.selection.as_of)
    return tuple(in_use(opened or books(ask), quantities, on, beside))


def unread(ask: Ask, quantities: Iterable[str], period: str) -> tuple[Unread, ...]:
    """The rules from memory below some quantities at the end of a period ("": today)."""
    on = parse(period).end if period else day_of(ask.selection.as_of)
    return unread_rules(tuple(quantities), on, ask.city.code)


def open_board(ask: Ask) -> Board:
    """The board of the selection."""
    return board(ask.city, ask.plan, ask.selection.scenario, ask.selection.as_of)


def rows_of(ask: Ask, made: Board) -> list[Row]:
    """All targets in the order of the plan, with what this reader may not see withheld."""
    here = books(ask)
    return [row_of(ask, here, status) for status in made.targets]
