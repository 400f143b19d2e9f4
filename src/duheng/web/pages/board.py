"""The first page: where all targets stand, the counties' lights, the map, the trend of the first target."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.conf import settings

from duheng import ledger
from duheng.ingest.drill.settings import has_drill
from duheng.model.plan import Article
from duheng.web import state
from duheng.web.boards import books, open_board, rows_of
from duheng.web.counties import (
    CountyRow,
    county_map,
    county_rows,
    find_place,
    lights_table,
    map_note,
    notes,
    place_options,
)
from duheng.web.errors import BadAddress
from duheng.web.page import Ask, Page
from duheng.web.placed import own
from duheng.web.selection import LEVELS, LEVELS_SAID, LIGHTS
from duheng.web.tables import Cell, Column, Table
from duheng.web.targets import Row, as_json, percent
from duheng.web.todo import items
from duheng.web.trends import trend_charts

HEADLINES = 5


def show(ask: Ask) -> Page:
    """The board of the selection."""
    made = open_board(ask)
    every = rows_of(ask, made)
    _check(ask, every)
    rows = [row for row in every if _passes(ask, row)]
    counties = county_rows(ask)
    shown_map = county_map(ask, counties)
    counts = _counts(every)
    overdue = sum(item.state == "overdue" for item in items(ask))
    own_values = _county_values(ask, rows)
    return Page(
        template="board.html",
        title=ask.words("{city}节能减排看板", city=ask.words.name(ask.city)),
        data={
            **as_json(made, rows),
            "counts": counts,
            "overdue_statements": overdue,
            "county_values": {id: cell.text or None for id, cell in own_values.items()},
            "counties": [one.light.as_json() for one in counties if not one.closed],
        },
        context={
            **_targets(ask, every, rows),
            **_counties(ask, counties),
            "standings": _standings(ask, counts),
            "counts": counts,
            "overdue": overdue,
            "county_values": own_values,
            "today": state.today(),
            "offer_drill": counts["none"] == len(every) and _offers_drill(ask),
        },
        tables=(targets_table(ask, rows), lights_table(ask, counties)),
        charts=(
            *(trend_charts(ask, every[0], "trend") if every else ()),
            *([shown_map] if shown_map else []),
        ),
    )


def _offers_drill(ask: Ask) -> bool:
    """Whether there is a drill to look at while no unit has sent a figure: public ones are nobody's report."""
    if settings.PRODUCTION or not has_drill(ask.city):
        return False
    sent = [one.id for one in ledger.sources() if one.kind == "submission"]
    return books(ask).books.facts.filter(pl.col("source").is_in(sent)).is_empty()


def _targets(ask: Ask, every: list[Row], rows: list[Row]) -> dict[str, Any]:
    """What the template needs of the targets: headlines, groups, filters."""
    return {
        "head": every[:HEADLINES],
        "groups": _grouped(ask, rows),
        "shown": len(rows),
        "total": len(every),
        "choices": _choices(ask, every),
    }


def _counties(ask: Ask, counties: list[CountyRow]) -> dict[str, Any]:
    """What the template needs of the counties: rows of the light table, what changed, notes, map."""
    place = find_place(ask, ask.selection.county)
    return {
        "counties": counties,
        "county_name": ask.words.name(place) if place else "",
        "changes": _changes(counties),
        "lights_caption": _caption(ask, counties),
        "lights_notes": notes(ask, counties),
        "LEVELS_SAID": LEVELS_SAID,
        "off_map": [one for one in counties if not one.mapped],
        "map_note": map_note(ask),
    }


def _changes(counties: list[CountyRow]) -> dict[str, list[str]]:
    """What became of the lights since the period before, and of whose."""
    said: dict[str, list[str]] = {}
    for one in counties:
        if one.light.change and not one.closed:
            said.setdefault(one.light.change, []).append(one.name)
    return said


def _check(ask: Ask, rows: list[Row]) -> None:
    """BadAddress for a filter that names nothing of the plan."""
    chosen = ask.selection
    for field, _, known in _choices(ask, rows):
        value = getattr(chosen, field)
        if value and value not in dict(known):
            raise BadAddress(field, value, [one for one, _ in known])


def _passes(ask: Ask, row: Row) -> bool:
    chosen, status = ask.selection, row.status
    if chosen.article and row.number != chosen.article:
        return False
    if chosen.unit and chosen.unit not in (*status.units, *status.inherited_units, *status.owed_by):
        return False
    if chosen.light and chosen.light != _light_key(row):
        return False
    return not chosen.county or _concerns(ask, row, chosen.county)


def _light_key(row: Row) -> str:
    """The key of `LIGHTS`: its level, "none" where nobody reported, "unjudged" where a value has no yardstick."""
    return str(row.status.light) if row.status.light else "none" if row.unstated else "unjudged"


def _concerns(ask: Ask, row: Row, county: str) -> bool:
    """Whether a target has a figure of the county, or a statement owed for it or for something within it."""
    if own(ask, row, county):
        return True
    inside = {county, *(one.id for one in ask.city.places.descendants(county))}
    return any(one.entity.id in inside for one in row.status.owed)


def _county_values(ask: Ask, rows: list[Row]) -> dict[str, Cell]:
    """The chosen county's own newest figure of each target; nothing where none is chosen."""
    if not ask.selection.county:
        return {}
    found = {row.id: own(ask, row, ask.selection.county) for row in rows}
    return {
        id: Cell(
            ask.words.amount(f"{one.value:f}", one.unit) + ask.words.bracketed(one.span),
            one.value,
            href=one.href,
        )
        if one
        else Cell("")
        for id, one in found.items()
    }


def _grouped(ask: Ask, rows: list[Row]) -> list[tuple[Article, list[Row]]]:
    groups = [
        (article, [row for row in rows if row.number == article.number]) for article in ask.plan.articles
    ]
    return [(article, members) for article, members in groups if members]


def _counts(rows: list[Row]) -> dict[str, int]:
    """How many targets stand under each key of the light filter."""
    keys = [_light_key(row) for row in rows]
    return {key: keys.count(key) for key in LIGHTS}


def _standings(ask: Ask, counts: dict[str, int]) -> list[tuple[str, int | None, str]]:
    """Key, level and word of each light, in the order of gravity; not judged only where there are any."""
    levels = [(str(level), level, ask.words(word)) for level, word in LEVELS.items()]
    rest = [(key, None, ask.words(LIGHTS[key])) for key in ("none", "unjudged")]
    return [*levels, *(one for one in rest if one[0] == "none" or counts[one[0]])]


def _caption(ask: Ask, counties: list[CountyRow]) -> str:
    period = next((one.light.period for one in counties if one.light.period), None)
    if period is None:
        return ask.words("单位地区生产总值能耗降低率；各县（区）均未填报")
    return ask.words("单位地区生产总值能耗降低率，{period}年，按行政区划顺序", period=period)


def _choices(ask: Ask, rows: list[Row]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters: field, title, known values with their texts."""
    words = ask.words
    used = {row.number for row in rows}
    articles = [
        (one.number, f"{words.clause(one.number)} {words.title(one)}")
        for one in ask.plan.articles
        if one.number in used
    ]
    units = dict.fromkeys(
        unit for row in rows for unit in (*row.status.units, *row.status.inherited_units, *row.status.owed_by)
    )
    lights = [(key, words(title)) for key, title in LIGHTS.items()]
    return [
        ("article", words("条款"), articles),
        ("unit", words("责任单位"), [(unit, ask.who([unit])) for unit in units]),
        ("county", words("县（区）"), place_options(ask)),
        ("light", words("预警"), lights),
    ]


def targets_table(ask: Ask, rows: list[Row]) -> Table:
    """All shown targets as a plain table, for export."""
    words = ask.words
    columns = [
        Column("article", words("条款"), width=8),
        Column("title", words("目标"), width=32),
        Column("demand", words("要求"), width=22),
        Column("latest", words("最新值"), number=True),
        Column("unit", words("单位"), width=8),
        Column("period", words("数据年份"), width=10),
        Column("progress", words("进度"), width=10),
        Column("light", words("预警"), width=16),
        Column("units", words("责任单位"), width=36),
        Column("owed_by", words("应报单位"), width=18),
        Column("source", words("依据与日期"), width=40),
    ]
    return Table("targets", words("目标一览"), columns, [_line(ask, row) for row in rows])


def _line(ask: Ask, row: Row) -> list[Cell]:
    words, status = ask.words, row.status
    missing = words("涉密未显示") if row.closed else words("未填报")
    latest = Cell(row.value, status.latest) if row.value else Cell.missing(missing)
    return [
        Cell(words.clause(row.number)),
        Cell(row.title),
        Cell(row.demand + words.bracketed(str(status.target.deadline))),
        latest,
        Cell(row.unit),
        Cell(row.span or "—"),
        Cell(percent(status.progress) or "—"),
        Cell(row.light_text),
        Cell(ask.who(status.units) or words("方案未列")),
        Cell(ask.who(status.owed_by) or words(status.cause) or "—"),
        Cell("—" if row.closed else words(status.source or "—")),
    ]
