"""The flows of an energy balance: from where a fuel comes through what is made of it to who uses it, in standard coal.

Conserving: what enters a fuel or a plant leaves it; what a plant loses and what the table leaves over (平衡差额) are
flows of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from duheng.ingest.balance.form_rows import FormRow
from duheng.ingest.balance.layout import Column
from duheng.web.balances import BalanceBook
from duheng.web.sankey import Link

SOURCE, FUEL, PLANT, MADE, END = range(5)
# Node -> the rows that enter it or come from it, with the sign that makes an amount of them.
SOURCES = {"production": ("S1",), "recovered": ("S2",), "moved_in": ("S3", "S4", "S5")}
SECTORS = ("F1", "F2", "F3", "F4", "F5", "F7", "F6")
SENT = ("S6", "S7", "S8")
STOCKS = ("S0", "S9")
PLANTS = ("T1", "T2", "T3", "T4", "T5", "T6", "T7")
NAMES = {
    "production": "一次能源生产",
    "recovered": "回收能",
    "moved_in": "调入和进口",
    "from_stock": "库存减少",
    "gap_in": "平衡差额（负）",
    "gain": "加工转换差额",
    "sent": "调出和出口",
    "to_stock": "库存增加",
    "loss": "损失",
    "conversion": "加工转换损失",
    "gap": "平衡差额",
}


@dataclass(frozen=True)
class Flows:
    """The links [万tce], the layer of every node, titles of nodes, and fuels left out because a cell is unknown."""

    links: tuple[Link, ...]
    layers: dict[str, int]
    titles: dict[str, str]
    unknown: tuple[str, ...]


def flows(book: BalanceBook) -> Flows:
    """The flows of the fuels of which every row is known."""
    words, rows = book.ask.words, {row.row.code: row for row in book.rows}
    fuels = [column for column in book.columns if column.fuel]
    cells = {(code, one.id): book.coal(row, one).value for one in fuels for code, row in rows.items()}
    needed = {
        *(code for codes in SOURCES.values() for code in codes),
        *SENT,
        *STOCKS,
        *PLANTS,
        *SECTORS,
        "T6a",
        "L",
    }
    whole = [one for one in fuels if all(cells[code, one.id] is not None for code in needed)]
    known = {key: value for key, value in cells.items() if value is not None}
    amounts = {one: {code: known[code, one.id] for code in needed} for one in whole}
    links = [link for one in whole for link in _of_fuel(one, amounts[one])]
    links += _conversion(links)
    titles = {key: words(text) for key, text in NAMES.items()}
    titles |= {code: _bare(words.title(rows[code])) for code in (*PLANTS, *SECTORS)}
    titles |= {one.item: words(one.item) for one in whole}
    unknown = tuple(words(one.item) for one in fuels if one not in whole)
    return Flows(tuple(links), _layers(whole, links), titles, unknown)


def _of_fuel(column: Column, cells: dict[str, float]) -> Iterator[Link]:
    """The flows of one fuel; D is what is left, so that the fuel's node conserves whatever was stated."""
    fuel, made = column.item, []
    for node, codes in SOURCES.items():
        made.append(Link(node, fuel, fuel, sum(cells[code] for code in codes)))
    stock = sum(cells[code] for code in STOCKS)
    made.append(Link("from_stock", fuel, fuel, max(stock, 0.0)))
    made.append(Link(fuel, "to_stock", fuel, max(-stock, 0.0)))
    made.append(Link(fuel, "sent", fuel, -sum(cells[code] for code in SENT)))
    for code in PLANTS:
        value = cells[code] + (cells["T6a"] if code == "T6" else 0.0)
        made.append(Link(fuel, code, fuel, max(-value, 0.0)))
        made.append(Link(code, fuel, fuel, max(value, 0.0)))
    made.append(Link(fuel, "loss", fuel, cells["L"]))
    made += [Link(fuel, code, fuel, cells[code]) for code in SECTORS]
    left = sum(one.value if one.target == fuel else -one.value for one in made)
    made.append(Link(fuel, "gap", fuel, max(left, 0.0)))
    made.append(Link("gap_in", fuel, fuel, max(-left, 0.0)))
    return (one for one in made if one.value > _LEAST)


def _conversion(links: list[Link]) -> list[Link]:
    """What each plant loses; where more came out than went in, where that comes from."""
    found = []
    for plant in PLANTS:
        lost = sum(one.value for one in links if one.target == plant)
        lost -= sum(one.value for one in links if one.source == plant)
        if lost > _LEAST:
            found.append(Link(plant, "conversion", "", lost))
        elif lost < -_LEAST:
            found.append(Link("gain", plant, "", -lost))
    return found


_LEAST = 1e-9  # 万tce: what floats leave over where a table closes


def _layers(fuels: list[Column], links: list[Link]) -> dict[str, int]:
    """Columns of the diagram; what is made of other fuels stands behind the plants."""
    made = {one.target for one in links if one.source in PLANTS}
    sources = ("production", "recovered", "moved_in", "from_stock", "gap_in", "gain")
    return {
        **dict.fromkeys(sources, SOURCE),
        **{one.item: MADE if one.item in made else FUEL for one in fuels},
        **dict.fromkeys(PLANTS, PLANT),
        **dict.fromkeys((*SECTORS, "sent", "to_stock", "loss", "conversion", "gap"), END),
    }


def _bare(title: str) -> str:
    """A row's title without its number: 1.工业 -> 工业, （四）生活消费 -> 生活消费."""
    for mark in ("）", "."):
        head, found, rest = title.partition(mark)
        if found and len(head) <= len("（四"):
            return rest
    return title


def row_of(link: Link) -> str:
    """The row of the balance that a link is read from, where it is one; "" for what is left over or summed."""
    if link.target in SECTORS:
        return link.target
    if link.source in PLANTS and link.kind:
        return link.source
    if link.target in PLANTS:
        return link.target
    single = {"production": "S1", "recovered": "S2", "loss": "L"}
    return single.get(link.source, single.get(link.target, ""))


def rows_by_code(book: BalanceBook) -> dict[str, FormRow]:
    """The form's rows by code."""
    return {row.row.code: row for row in book.rows}
