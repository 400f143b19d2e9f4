"""The board of a selection."""

from __future__ import annotations

from duheng.assess.board import Board, board
from duheng.assess.books import Opened, opened
from duheng.web.page import Ask
from duheng.web.targets import Row, row_of


def books(ask: Ask) -> Opened:
    """The books of the selection."""
    return opened(ask.city, ask.plan, ask.selection.scenario, ask.selection.as_of)


def open_board(ask: Ask) -> Board:
    """The board of the selection."""
    return board(ask.city, ask.plan, ask.selection.scenario, ask.selection.as_of)


def rows_of(ask: Ask, made: Board) -> list[Row]:
    """All targets in the order of the plan, with what this reader may not see withheld."""
    here = books(ask)
    return [row_of(ask, here, status) for status in made.targets]
