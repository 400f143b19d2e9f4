"""What a value lacks, told by form and figure: 195 statements that nobody made are eight lines, not 195."""

from __future__ import annotations

from collections.abc import Sequence

from duheng.assess.owed import Owed
from duheng.model.glossary import quantity
from duheng.web.page import Ask
from duheng.web.tables import Cell, Column, Table

NAMED = 8

Key = tuple[str, str, str]


def owed_table(ask: Ask, owed: Sequence[Owed]) -> Table:
    """The lacking statements by unit, form and quantity: whose, of what, for which periods, since when due."""
    words = ask.words
    columns = [
        Column("unit", words("应报单位"), width=18),
        Column("form", words("报表"), width=28),
        Column("quantity", words("指标"), width=28),
        Column("entities", words("对象"), width=34),
        Column("items", words("品种"), width=34),
        Column("periods", words("报告期"), width=14),
        Column("due", words("应报日期"), width=14),
        Column("lacking", words("缺项"), number=True),
    ]
    grouped: dict[Key, list[Owed]] = {}
    for one in owed:
        grouped.setdefault((one.unit, one.duty.id, one.quantity), []).append(one)
    rows = [_row(ask, many) for many in grouped.values()]
    note = words("每行是一张报表的一个指标；对象、品种、时期不必样样都缺，缺项是其中没有数的格数。")
    return Table("owed", words("尚缺的报送"), columns, rows, note=note if rows else "")


def _row(ask: Ask, many: Sequence[Owed]) -> list[Cell]:
    words, first = ask.words, many[0]
    periods = sorted({one.period for one in many})
    span = str(periods[0]) if len(periods) == 1 else words.between(str(periods[0]), str(periods[-1]))
    due = min(one.due for one in many)
    late = words(" 起") if len({one.due for one in many}) > 1 else ""
    query = f"{ask.selection.query(unit=first.unit)}"
    return [
        Cell(ask.who([first.unit])),
        Cell(words.title(first.duty), href=f"/duties{query}"),
        Cell(words.title(quantity(first.quantity))),
        Cell(_named(ask, [words.name(one.entity) for one in many])),
        Cell(_named(ask, [words(one.item) for one in many if one.item]) or "—"),
        Cell(span),
        Cell(due.isoformat() + late),
        Cell(str(len(many))),
    ]


def _named(ask: Ask, names: Sequence[str]) -> str:
    """Each name once, the first few of many with how many there are."""
    once = list(dict.fromkeys(names))
    more = ask.words("等{n}个", n=len(once)) if len(once) > NAMED else ""
    return ask.words.join(once[:NAMED]) + more
