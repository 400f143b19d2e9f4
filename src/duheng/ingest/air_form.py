"""Reading a daily table of air stations: a row a station and day, a column an item, as the centre's tables have it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta

from duheng.ingest.air import DAILY, TIMES
from duheng.ingest.cells import CellTrouble, plain, read_number, read_period
from duheng.ingest.export import write_table
from duheng.ingest.grids import Sheet
from duheng.ingest.headers import station_texts
from duheng.ingest.markup import cell_name
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement
from duheng.model.entities import Entity
from duheng.model.glossary import axis, quantity
from duheng.model.periods import Period
from duheng.model.saying import say

_SEARCHED = 10
_QUANTITY = "air_concentration"


def read_air(sheet: Sheet, names: Names, book: Notebook) -> bool:
    """Read the sheet into the notebook; False where it has no header of such a table."""
    header = _header(sheet)
    if header is None:
        return False
    number, columns = header
    book.first_rows[sheet.name] = number + 1
    for line in range(number + 1, len(sheet.rows)):
        cells = sheet.rows[line]
        if any(plain(cell) for cell in cells):
            row = Row(sheet.name, line + 1, cells, period_cell=cell_name(line, columns["time"]))
            book.rows.append(row)
            _read_row(row, line, columns, names, book)
    return True


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Row of the header and the columns: "time", "station" and the items' titles."""
    known = {item.column: item.item for item in DAILY}
    for number, row in enumerate(sheet.rows[:_SEARCHED]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            text = plain(cell).lower()
            name = "time" if text in TIMES else "station" if text in station_texts() else known.get(text, "")
            if name:
                columns.setdefault(name, place)
        if {"time", "station"} <= columns.keys() and len(columns) > 2:
            return number, columns
    return None


def _read_row(row: Row, line: int, columns: dict[str, int], names: Names, book: Notebook) -> None:
    """One station and day: a statement for every number, a finding for every cell that is none."""
    station = period = None
    try:
        station = _station(_cell(row, columns["station"]), names)
    except CellTrouble as trouble:
        book.note("error", row.sheet, cell_name(line, columns["station"]), trouble, row)
    try:
        period = _day(_cell(row, columns["time"]))
    except CellTrouble as trouble:
        book.note("error", row.sheet, cell_name(line, columns["time"]), trouble, row)
    for item, place in columns.items():
        if item not in ("time", "station"):
            _read_cell(row, (line, place), (station, period, item), names, book)


def _cell(row: Row, place: int) -> object:
    return row.cells[place] if place < len(row.cells) else ""


def _station(cell: object, names: Names) -> Entity:
    found: Entity = names.entities.find(plain(cell))
    return found


def _day(cell: object) -> Period:
    period = read_period(plain(cell) if isinstance(cell, date) else cell)
    if period.kind != "day":
        found = say("时期 {period} 不是一天", period=str(period))
        raise CellTrouble(
            "air-not-a-day", found, "形如 2025-03-01 的日期", "请改为日期；小时数据请先求日均值。"
        )
    return period


def _read_cell(
    row: Row,
    place: tuple[int, int],
    of: tuple[Entity | None, Period | None, str],
    names: Names,
    book: Notebook,
) -> None:
    station, period, item = of
    where = cell_name(*place)
    try:
        number = read_number(_cell(row, place[1]))
        if number is None or station is None or period is None:
            return
        bound = quantity(_QUANTITY)
        unit = axis("air_pollutant").items[item].unit
        value, stated, declared = names.convert(number, unit, bound, item)
        if value < 0:
            found = say("浓度为负数 {stated}", stated=stated)
            raise CellTrouble("air-negative", found, "不小于0的数", "请核对仪器零点与原始记录，改正或留空。")
    except CellTrouble as trouble:
        book.note("error", row.sheet, where, trouble, row)
        return
    row.statements.append(
        Statement(bound, station, item, period, str(period), None, value, stated, declared, where)
    )


def air_template(stations: Sequence[Entity], month: Period, scenario: str) -> bytes:
    """A table to fill in, CSV: every station and day of a month, a column an item [μg/m3, co mg/m3]."""
    columns = ("date", "station", "station_name", *(item.column for item in DAILY))
    days = (month.end - month.start).days + 1
    rows = (
        (str(month.start + timedelta(days=n)), station.id, station.name, *[""] * len(DAILY))
        for n in range(days)
        for station in stations
    )
    out = io.BytesIO()
    write_table(rows, columns, out, title="环境空气日均浓度", scenario=scenario, format="csv")
    return out.getvalue()
