"""Cells of pages that list many figures: a quantity's value of an entity with its reasons, or 未填报."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from duheng.assess.books import Opened
from duheng.model.glossary import quantity
from duheng.model.rounding import printed
from duheng.web.boards import books
from duheng.web.page import Ask
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell

Values = Mapping[tuple[str, str | None, str], float]


def values(opened: Opened, of: str) -> Values:
    """Known values of a quantity by entity, item and period [declared unit]; worked out once for these books."""
    key = ("cells", of)
    if key not in opened.memo:
        frame = opened.table(of).filter(pl.col("value").is_not_null())
        items = frame["item"].to_list() if "item" in frame.columns else [None] * frame.height
        rows = zip(frame["entity"], items, frame["period"], frame["value"], strict=True)
        opened.memo[key] = {(entity, item, period): value for entity, item, period, value in rows}
    found: Values = opened.memo[key]
    return found


def cell(
    ask: Ask,
    of: str,
    entity: str,
    period: str,
    item: str | None = None,
    *,
    absent: str = "未填报",
    points: bool = False,
) -> Cell:
    """The judged number with the address of its reasons, `absent` where it is unknown.

    points: a difference of two rates, which is printed without %.
    """
    bound = quantity(of)
    value = printed(values(books(ask), of).get((entity, item, period)), bound)
    if value is None:
        return Cell.missing(ask.words(absent))
    share = "%" if bound.printed_unit == "%" and not points else ""
    return Cell(f"{value:f}{share}", value, href=cell_address("why", ask, of, entity, period, item))


def amount(ask: Ask, value: Decimal | None) -> Cell:
    """A worked-out figure as it is printed, 未知 where it is not known."""
    return Cell.missing(ask.words("未知")) if value is None else Cell(f"{value:f}", value)


def yes(ask: Ask, of: str, entity: str, period: str) -> Cell:
    """A rule that says one or nought, as 是 or 否."""
    value = values(books(ask), of).get((entity, None, period))
    if value is None:
        return Cell.missing(ask.words("未知"))
    return Cell(ask.words("是" if value >= 1 else "否"), href=cell_address("why", ask, of, entity, period))


def periods(opened: Opened, ofs: tuple[str, ...], kind: str) -> list[str]:
    """The periods of a kind (year, quarter, month) for which any of the quantities is known, in order."""
    length = {"year": 4, "month": 7}[kind]
    return sorted({period for of in ofs for _, _, period in values(opened, of) if len(period) == length})
