"""The counties' lights as pages show them: rows of the 晴雨表, its table, the map."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from duheng.assess.counties import CountyLight, county_lights
from duheng.assess.evidence import Cell as Place
from duheng.assess.evidence import reasons
from duheng.assess.warning import required_paths
from duheng.ingest.export import DRILL_NOTICE
from duheng.model.entities import Entity
from duheng.web import maps
from duheng.web.access import Closed
from duheng.web.boards import books, open_board
from duheng.web.charts import Chart
from duheng.web.page import Ask
from duheng.web.reasons import cell_address
from duheng.web.selection import LEVELS
from duheng.web.tables import Cell, Column, Table
from duheng.web.words import Words


@dataclass(frozen=True)
class CountyRow:
    """A county as the page shows it; `closed` where its figures are withheld from this reader.

    why, why_year: addresses of the reasons of its cumulative and its yearly figure, "" where there are none.
    """

    light: CountyLight
    name: str
    href: str
    annual: int | None
    annual_word: str
    five_year: int | None
    five_year_word: str
    mapped: bool
    closed: bool
    why: str
    why_year: str

    @property
    def id(self) -> str:
        """The county's division code."""
        return self.light.entity.id


def county_rows(ask: Ask) -> list[CountyRow]:
    """The counties in administrative order, then the zones; none where the plan has no cumulative decline."""
    declines = [one for one in ask.plan.targets if one.direction == "decrease" and one.entity == ask.city.id]
    if not declines:
        return []
    lights = county_lights(ask.city, ask.plan, ask.selection.scenario, ask.selection.as_of)
    drawn = maps.outlines(ask.city.map).shapes if ask.city.map else {}
    headline = open_board(ask).target(declines[0].id)
    meant = headline.definition if headline else None
    return [_row(ask, light, declines[0].quantity, meant, light.entity.id in drawn) for light in lights]


def _row(ask: Ask, light: CountyLight, quantity: str, meant: str | None, mapped: bool) -> CountyRow:
    shut = _closed(ask, light, quantity)
    yearly = required_paths().annual_quantities.get(quantity, "")
    id, period = light.entity.id, light.period or ""
    annual = None if shut else light.annual.light
    five = None if shut else light.five_year.light
    return CountyRow(
        light,
        ask.words.name(light.entity),
        f"/county/{light.entity.id}{ask.selection.context()}",
        annual,
        _word(ask.words, annual, light.year is not None, shut),
        five,
        _word(ask.words, five, light.actual is not None, shut),
        mapped,
        shut,
        cell_address("why", ask, quantity, id, period, None, meant, base=light.base) if period else "",
        cell_address("why", ask, yearly, id, period, None, meant) if period and yearly else "",
    )


def _closed(ask: Ask, light: CountyLight, quantity: str) -> bool:
    if ask.sees_confidential or light.period is None:
        return False
    closed, here = Closed(ask.city.places, ask.selection.as_of), books(ask)
    return closed(reasons(here, Place(quantity, light.entity.id, None, light.period, base=light.base)))


def _word(words: Words, level: int | None, known: bool, shut: bool) -> str:
    if shut:
        return words("涉密未显示")
    return words(LEVELS[level]) if level else words("不作判定") if known else words("未填报")


def lights_table(ask: Ask, rows: list[CountyRow]) -> Table:
    """The 晴雨表 for export and for readers of numbers."""
    words = ask.words
    columns = [
        Column("name", words("县（区）"), width=18),
        Column("period", words("报告期")),
        Column("year", words("当年下降（%）"), number=True),
        Column("task", words("年度任务（%）"), number=True),
        Column("annual", words("年度任务预警"), width=18),
        Column("actual", words("累计下降（%）"), number=True),
        Column("path", words("五年进度要求（%）"), number=True),
        Column("five_year", words("五年进度预警"), width=18),
        Column("change", words("较上期变化"), width=30),
        Column("owed_by", words("应报单位"), width=18),
    ]
    return Table("counties", words("县（区）晴雨表"), columns, [_cells(ask, row) for row in rows])


def _cells(ask: Ask, row: CountyRow) -> list[Cell]:
    light, words = row.light, ask.words

    def number(value: Decimal | None, href: str = "") -> Cell:
        if row.closed:
            return Cell.missing(words("涉密未显示"))
        return Cell(f"{value:f}", value, href=href) if value is not None else Cell.missing(words("未填报"))

    return [
        Cell(row.name, href=row.href),
        Cell(light.period or "—"),
        number(light.year, row.why_year),
        number(light.task) if light.task is not None else Cell("—"),
        Cell(row.annual_word, kind="light", light=row.annual),
        number(light.actual, row.why),
        number(light.five_year.path) if light.five_year.path is not None else Cell("—"),
        Cell(row.five_year_word, kind="light", light=row.five_year),
        Cell("—" if row.closed else words(light.change or "—")),
        Cell(ask.who(light.owed_by) or "—"),
    ]


def notes(ask: Ask, rows: list[CountyRow]) -> list[str]:
    """What must be said under the table: who is not judged and why, what is judged by the city's target."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for note in row.light.note.parts:
            said.setdefault(ask.words.value(note), []).append(row.name)
    return [f"{ask.words.join(names)}{ask.words('：')}{note}" for note, names in said.items()]


def county_map(ask: Ask, rows: list[CountyRow]) -> Chart | None:
    """The map of the counties by five-year light; None where the city's folder has no map."""
    if ask.city.map is None or not rows:
        return None
    words = ask.words
    marks = [
        maps.Mark(row.id, row.name, row.five_year or 0, row.five_year_word, row.href)
        for row in rows
        if row.mapped
    ]
    title = words("各县（区）五年进度预警")
    drawing = maps.draw(maps.outlines(ask.city.map), marks, title)
    told = words("；").join(f"{row.name} {row.five_year_word}" for row in rows)
    mark, notice = (words("演练数据"), words(DRILL_NOTICE)) if ask.selection.drill else ("", "")
    beside = "　".join(f"{row.name} {row.five_year_word}" for row in rows if not row.mapped)
    notes = (
        *([f"{words('图上未单列')}{words('：')}{beside}"] if beside else []),
        map_note(ask),
        ask.origin(),
    )
    return Chart(
        "map",
        title,
        words("{title}。{told}", title=title, told=told),
        drawing=drawing,
        watermark=mark,
        notice=notice,
        notes=notes,
    )


def map_note(ask: Ask) -> str:
    """The map's review number (审图号); without one, what that means for whoever publishes it."""
    number = maps.outlines(ask.city.map).note if ask.city.map else ""
    if number:
        return f"{ask.words('审图号')}{ask.words('：')}{number}"
    return ask.words(
        "行政区划示意图，边界不作划界依据；未经地图审核、无审图号，仅供内部工作使用，不得公开发布。"
    )


def place_options(ask: Ask) -> list[tuple[str, str]]:
    """Counties and zones to choose from: id and name."""
    from duheng.assess.counties import places_of

    return [(one.id, ask.words.name(one)) for one in places_of(ask.city)]


def find_place(ask: Ask, id: str) -> Entity | None:
    """The county or zone with this id."""
    known = {one for one, _ in place_options(ask)}
    return ask.city.places.get(id) if id in known else None
