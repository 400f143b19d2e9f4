"""One day of the air's quality: concentrations, the bracket of the standard, indices, primary pollutants, stations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from duheng.ingest.air_days import DIGITS, ITEMS, NAMES
from duheng.ingest.air_index import HIGHEST
from duheng.model.entities import Entity
from duheng.model.parameters import Local
from duheng.rules.air import EDITIONS, air_individual_index
from duheng.web.air_days import KIND, day_of, members, places_of, station_rows
from duheng.web.air_tables import item_title, primaries, symbol, text_of
from duheng.web.boards import local, unread, values
from duheng.web.errors import BadAddress
from duheng.web.page import Ask, Page
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table

LIMITS = (0, 50, 100, 150, 200, 300, 400, 500)
FORMULA = (
    "IAQI = (IAQI高 − IAQI低) ÷ (BP高 − BP低) × (浓度 − BP低) + IAQI低，向上进位取整；AQI 为各项的最大值"
)


def show(ask: Ask, place: str, day: str) -> Page:
    """The day of a place with everything its index follows from."""
    here = _place(ask, place)
    when = _day(day)
    row = day_of(ask, here, when)
    words = ask.words
    own = members(ask, here)
    tables = [_items(ask, here, when, row)]
    if here.kind != KIND and own:
        tables.append(_stations(ask, own, when))
    return Page(
        template="air_day.html",
        title=words("空气质量 {place} {day}", place=words.name(here), day=str(when)),
        data={
            "place": here.id,
            "date": str(when),
            **{key: row.get(key) for key in ("edition", "aqi", "quality", "primary", "dust", "lacking")},
            "items": tables[0].records(),
            "stations": tables[1].records() if len(tables) > 1 else [],
        },
        context={
            "row": row,
            "place": here,
            "primary": primaries(ask, row.get("primary")),
            "lacking": words.join(symbol(ask, name) for name in row.get("lacking") or NAMES),
            "before": _address(ask, here, when - timedelta(days=1)),
            "after": _address(ask, here, when + timedelta(days=1)),
            "calendar": f"/air{ask.selection.context()}",
            "when": when,
            "cite": _cite(ask, row.get("edition")),
            "formula": words(FORMULA),
        },
        tables=tuple(tables),
        values=values(ask, (air_individual_index.id,), day, ("valid_station_share",)),
        unread=unread(ask, (air_individual_index.id,), day),
    )


def _place(ask: Ask, id: str) -> Entity:
    known = {one.id: one for one in places_of(ask)}
    if id not in known:
        raise BadAddress("place", id, list(known))
    return known[id]


def _day(text: str) -> date:
    try:
        when = date.fromisoformat(text)
    except ValueError:
        raise BadAddress("day", text, "形如 2024-12-31 的日期") from None
    if not date(1949, 10, 1) <= when <= date(2100, 12, 31):
        raise BadAddress("day", text, "1949-10-01 至 2100-12-31 之间的日期")
    return when


def _address(ask: Ask, place: Entity, when: date) -> str:
    return f"/air/{place.id}/{when}{ask.selection.context()}"


def _cite(ask: Ask, edition: str | None) -> str:
    wording = air_individual_index.wording(EDITIONS[edition]) if edition else None
    return ask.words.cite(wording.cite) if wording else ""


def _items(ask: Ask, here: Entity, when: date, row: Mapping[str, Any]) -> Table:
    words = ask.words
    columns = [
        Column("item", words("项目"), width=34),
        Column("concentration", words("浓度"), number=True),
        Column("bracket", words("所在的浓度限值区间"), width=20),
        Column("index", words("分指数（IAQI）"), number=True),
        Column("primary", words("首要污染物")),
    ]
    return Table(
        "items", words("六项分指数"), columns, [_item_row(ask, here, when, row, name) for name in NAMES]
    )


def _item_row(ask: Ask, here: Entity, when: date, row: Mapping[str, Any], name: str) -> list[Cell]:
    words = ask.words
    value, index = row.get(name), row.get(f"{name}_index")
    text = text_of(value, DIGITS[name])
    missing = Cell.missing(words("未填报"))
    why = (
        cell_address("why", ask, "air_individual_index", here.id, str(when), ITEMS[name])
        if here.kind == KIND
        else ""
    )
    first = index is not None and index == row.get("aqi") and index > LIMITS[1]
    return [
        Cell(item_title(ask, name)),
        Cell(text, Decimal(text)) if text else missing,
        Cell(_bracket(local(ask), name, float(value or 0), when) if text else "—"),
        Cell(str(index), Decimal(index), href=why) if index is not None else missing,
        Cell(words("是") if first else "—"),
    ]


def _bracket(local: Local, name: str, value: float, when: date) -> str:
    """The two limits between which a concentration lies, and their indices: 35–75 → 50–100."""
    settings = [local.at(f"aqi_breakpoint_{index}", when, ITEMS[name]) for index in LIMITS[1:]]
    points = [Decimal(0), *(one.value for one in settings if one is not None)]
    for place, (low, high) in enumerate(pairwise(points)):
        if low < high and value <= high:
            return f"{low.normalize():f}–{high.normalize():f} → {LIMITS[place]}–{LIMITS[place + 1]}"
    return f"> {points[-1].normalize():f} → {HIGHEST}"


def _stations(ask: Ask, own: list[Entity], when: date) -> Table:
    """What each station states of the day."""
    words = ask.words
    columns = [
        Column("station", words("点位"), width=22),
        *(Column(name, symbol(ask, name), number=True) for name in NAMES),
        Column("aqi", "AQI", number=True),
        Column("quality", words("级别")),
    ]
    found = {row["entity"]: row for row in station_rows(ask, own, when).iter_rows(named=True)}
    rows = []
    for station in own:
        row = found.get(station.id, {})
        texts = [text_of(row.get(name), DIGITS[name]) for name in NAMES]
        missing = Cell.missing(words("未填报"))
        rows.append(
            [
                Cell(words.name(station), href=_address(ask, station, when)),
                *(Cell(text, Decimal(text)) if text else missing for text in texts),
                Cell(str(row["aqi"])) if row.get("aqi") is not None else missing,
                Cell(words(row["quality"])) if row.get("quality") else missing,
            ]
        )
    note = words("各点位浓度的平均即上表的浓度；每个点位可点开看它自己的一天。")
    return Table("stations", words("各点位"), columns, rows, note=note)
