"""The calendar of the air's quality."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse

from duheng.ingest.air_days import NAMES
from duheng.ingest.air_form import air_template
from duheng.ingest.export import DRILL_NOTICE
from duheng.model.errors import PeriodError
from duheng.model.periods import parse
from duheng.rules.air import CLASSES
from duheng.web import air_calendar as calendar
from duheng.web import air_tables as tables_of
from duheng.web import state
from duheng.web.air_calendar import Day, level_of
from duheng.web.air_days import KIND, Air, air_of, places_of
from duheng.web.boards import unread, values
from duheng.web.charts import Chart
from duheng.web.errors import BadAddress
from duheng.web.page import TYPES, Ask, Page
from duheng.web.tables import Table

WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


def show(ask: Ask) -> Page:
    """A year, or with ?month= a month, of days of a place."""
    air = air_of(ask)
    words = ask.words
    title = words("空气质量日历 {place} {period}", place=words.name(air.place), period=air.period)
    tables = [
        tables_of.months_table(ask, air),
        tables_of.items_table(ask, air),
        tables_of.editions_table(ask, air),
        tables_of.published_table(ask, air),
        tables_of.days_table(ask, air),
    ]
    return Page(
        template="air.html",
        title=title,
        data=_data(air, tables),
        context={
            "air": air,
            "places": [(one.id, words.name(one)) for one in places_of(ask)],
            "months": [(n, _month(ask, n)) for n in range(1, 13)],
            "figures": tables_of.figures(ask, air),
            "differing": sum(row[-1].css == "differs" for row in tables[3].rows),
            "notes": tables_of.notes(ask, air),
        },
        tables=tuple(table for table in tables if table.rows or table.name in ("months", "days")),
        charts=_charts(ask, air, title),
        values=values(ask, tables_of.RULES, air.period, tables_of.VALIDITY),
        unread=unread(ask, tables_of.RULES, air.period),
    )


def _month(ask: Ask, number: int) -> str:
    return ask.words("{n}月", n=number) if ask.words.lang == "zh" else f"{date(2000, number, 1):%b}"


def _data(air: Air, tables: list[Table]) -> dict[str, Any]:
    columns = (
        "date",
        *NAMES,
        *(f"{name}_index" for name in NAMES),
        "edition",
        "aqi",
        "quality",
        "primary",
        "dust",
    )
    return {
        "place": air.place.id,
        "period": air.period,
        "stations": [one.id for one in air.stations],
        "days": air.days.select(columns).rows(named=True),
        "evaluation": air.whole(),
        **{table.name: table.records() for table in tables if table.name != "days"},
    }


# --- the picture ---------------------------------------------------------------------------------------------------


def _charts(ask: Ask, air: Air, title: str) -> tuple[Chart, ...]:
    words = ask.words
    days = [_drawn(ask, air, row) for row in air.days.iter_rows(named=True)]
    months = [_month(ask, n) for n in ([air.month] if air.month else range(1, 13))]
    weekdays = [words(name) for name in WEEKDAYS]
    narrow = calendar.weeks(days, months, weekdays, words)
    wide = narrow if air.month else calendar.strip(days, months, words)
    counted = words("；").join(f"{words(name)} {n}" for name, n in _counts(air))
    mark, notice = (words("演练数据"), words(DRILL_NOTICE)) if ask.selection.drill else ("", "")
    told = words("{title}。{told}", title=title, told=counted)
    return tuple(
        Chart(
            name, title, told, drawing=drawing, watermark=mark, notice=notice, notes=(counted, ask.origin())
        )
        for name, drawing in (("calendar", wide), ("calendar-narrow", narrow))
    )


def _drawn(ask: Ask, air: Air, row: Mapping[str, Any]) -> Day:
    words, when, aqi = ask.words, row["date"], row["aqi"]
    level = level_of(row["quality"])
    if not level and when > air.over:  # a day that is not over is not missing yet
        return Day(when, None, None, "", "")
    said = f"{when} AQI {aqi} {words(row['quality'])}" if level else f"{when} {words('缺数据')}"
    if row["dust"]:
        said += words("，") + words("沙尘日")
    href = f"/air/{air.place.id}/{when}{ask.selection.context()}"
    return Day(when, level, aqi, said, href, bool(row["dust"]))


def _counts(air: Air) -> list[tuple[str, int]]:
    titles = air.days["quality"].to_list()
    return [*((name, titles.count(name)) for name in CLASSES), ("缺数据", tables_of.missing(air))]


def template(ask: Ask) -> HttpResponse:
    """The daily table to fill in, CSV; ?month= (2025-03) chooses the month, the default is the last whole one."""
    today = ask.selection.as_of or state.today()
    asked = ask.request.GET.get("month", "").strip() or str(today.replace(day=1) - timedelta(days=1))[:7]
    try:
        month = parse(asked)
    except PeriodError:
        raise BadAddress("month", asked, "形如 2025-03 的月份") from None
    if month.kind != "month":
        raise BadAddress("month", asked, "形如 2025-03 的月份")
    stations = [one for one in ask.city.places if one.kind == KIND]
    response = HttpResponse(air_template(stations, month, ask.selection.scenario), content_type=TYPES["csv"])
    response["Content-Disposition"] = f'attachment; filename="duheng-air-{month}.csv"'
    return response
