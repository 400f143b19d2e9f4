"""Waters: classes of sections, good-section rate, drinking-water sources, black-odour bodies; one section by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from duheng.ingest.water import PH
from duheng.model.entities import Entity
from duheng.model.glossary import axis, quantity
from duheng.model.rounding import shown
from duheng.rules.water import LISTED_APART
from duheng.web import water_tables as tables_of
from duheng.web.boards import unread, values
from duheng.web.errors import BadAddress
from duheng.web.page import Ask, Page
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table
from duheng.web.water_figures import Water, water_of

RULES = ("water_item_class", "water_excess", "black_odour_degree")


def show(ask: Ask) -> Page:
    """Everything of a year's waters, ?year= and ?month= (1...12) of it."""
    words = ask.words
    water = water_of(ask, _number(ask, "year", range(2002, 2101)), _number(ask, "month", range(1, 13)))
    found = tables_of.bodies(ask)
    rivers = tables_of.sections_table(ask, water, "sections", words("地表水断面"), water.rivers())
    sources = tables_of.sections_table(ask, water, "sources", words("饮用水水源"), water.sources())
    tables = (
        tables_of.rates_table(ask, water),
        rivers,
        tables_of.year_table(ask, water),
        sources,
        tables_of.bodies_table(ask, found),
        tables_of.published_table(ask),
    )
    return Page(
        template="water.html",
        title=words("水环境 {period}", period=water.month),
        data={"period": water.month, "year": water.year, **{table.name: table.records() for table in tables}},
        context={
            "water": water,
            "eliminated": tables_of.elimination(ask, found),
            "bodies": len(found),
            "reported": bool(water.readings),
        },
        tables=tables,
        values=values(ask, RULES, str(water.year)),
        unread=unread(ask, RULES, str(water.year)),
    )


def _number(ask: Ask, part: str, accepted: range) -> int | None:
    asked = ask.request.GET.get(part, "").strip()
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit()) or int(asked) not in accepted:
        raise BadAddress(part, asked, f"{accepted.start}-{accepted.stop - 1}")
    return int(asked)


def section(ask: Ask, id: str) -> Page:
    """One section: its items through the months of a year, each with the class that it gives."""
    words = ask.words
    water = water_of(ask, _number(ask, "year", range(2002, 2101)), None)
    known = {one.id: one for one in water.sections}
    if id not in known:
        raise BadAddress("section", id, list(known))
    here = known[id]
    table = _items(ask, water, here)
    return Page(
        template="water_section.html",
        title=words("断面 {name} {year}年", name=words.name(here), year=water.year),
        data={"section": here.id, "year": water.year, "items": table.records()},
        context={"water": water, "section": here, "facts": _facts(ask, here)},
        tables=(table,),
        values=values(ask, RULES[:2], str(water.year)),
        unread=unread(ask, RULES[:2], str(water.year)),
    )


def _facts(ask: Ask, here: Entity) -> list[tuple[str, str]]:
    from duheng.model.glossary import kinds

    words = ask.words
    told = []
    for name, attribute in kinds()[here.kind].attributes.items():
        found: Any = here.attributes.get(name)
        if found not in (None, ""):
            said = words("是" if found else "否") if isinstance(found, bool) else words(str(found))
            told.append((words.title(attribute), said))
    doubt = words.bracketed(words("未核实")) if here.confidence == "memory" else ""
    return [*told, (words("出处"), words(here.source) + doubt)]


def _items(ask: Ask, water: Water, here: Entity) -> Table:
    """A row a month: class, what decides it, and every item stated."""
    words = ask.words
    own = water.values.filter(pl.col("section") == here.id)
    values = {(row["item"], row["period"]): row["value"] for row in own.iter_rows(named=True)}
    stated = [item for item in (PH, *axis("water_item").items) if any(key[0] == item for key in values)]
    columns = [
        Column("month", words("月份")),
        Column("class", words("水质类别")),
        Column("worst", words("定类项目"), width=30),
        *(Column(item, _title(ask, item), number=True) for item in stated),
    ]
    rows = []
    for month in water.months:
        found = water.of(here, month)
        items = [_value(ask, here, item, month, values.get((item, month))) for item in stated]
        worst = tables_of.items_said(ask, found.worst) if found else "—"
        rows.append([Cell(month), tables_of.class_cell(ask, here, month, found), Cell(worst), *items])
    note = words("每个浓度可点开看该项目的类别由哪个限值得出；总氮、粪大肠菌群单列，不参加定类。")
    empty = words("没有人报送过这个断面的数据。")
    return Table("items", words("逐月浓度"), columns, rows if stated else [], note=note, empty=empty)


def _title(ask: Ask, item: str) -> str:
    if item == PH:
        return PH
    known = axis("water_item").items[item]
    return ask.words.title(known) + ask.words.bracketed(known.unit)


def _value(ask: Ask, here: Entity, item: str, month: str, found: float | None) -> Cell:
    if found is None:
        return tables_of.missing(ask)
    bound = quantity("water_ph" if item == PH else "water_concentration")
    text = shown(found, bound) or ""
    text = f"{Decimal(text).normalize():f}"
    if item == PH:
        return Cell(text, Decimal(text), href=cell_address("why", ask, "water_ph_class", here.id, month))
    page, of = ("history", "water_concentration") if item in LISTED_APART else ("why", "water_item_class")
    return Cell(text, Decimal(text), href=cell_address(page, ask, of, here.id, month, item))
