"""One device, and one enterprise, as they are now: newest values against their limits, the last day, facilities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

import polars as pl

from duheng.ingest.export import DRILL_NOTICE
from duheng.telemetry.hj212.codes import systems
from duheng.telemetry.watching.live import live, now
from duheng.telemetry.watching.registers import load
from duheng.telemetry.watching.signs import factor_title
from duheng.telemetry.watching.taking import HOURS, INSTANT, MINUTES
from duheng.web import alarms, roles
from duheng.web.charts import Chart
from duheng.web.errors import NotThere
from duheng.web.line_chart import Frame, Reading, draw
from duheng.web.monitoring import (
    CAUSES,
    Station,
    Value,
    device_href,
    rates_now,
    shares,
    stations,
    unit_of,
    whole_days,
)
from duheng.web.page import Ask, Page
from duheng.web.pages.alarms import alarm_table
from duheng.web.pages.monitor import moments, percent, refresh
from duheng.web.pages.receipts import unfit_table
from duheng.web.store import home
from duheng.web.tables import Cell, Column, Table

FLAGS = {
    "N": "正常",
    "F": "停运",
    "M": "维护",
    "S": "手工输入",
    "D": "故障",
    "C": "校准",
    "T": "超量程",
    "B": "通信异常",
    "P": "电源故障",
    "3": "正常",
    "": "未标记",
}
DAY = timedelta(hours=24)
CHARTED = 12  # factors of a device at most


def device(ask: Ask, mn: str) -> Page:
    """One device."""
    roles.demand(ask.user, roles.SEE_CONFIDENTIAL)
    one = next((station for station in stations(ask) if station.mn == mn), None)
    if one is None:
        raise NotThere("没有登记这台设备。请从“监测”重新查找；未登记而在发送的设备见“收讫平衡”。")
    rows = live(home()).day(mn)
    standing = alarms.standings(ask.selection.scenario, [mn])
    charts = tuple(_charts(ask, one, rows))
    tables = (
        values_table(ask, one),
        rates_table(ask, mn),
        alarm_table(ask, standing[:50]),
        unfit_table(ask, {mn: one.device}, mn),
    )
    return Page(
        "monitor_device.html",
        one.title,
        {
            "mn": mn, "state": one.state, "cause": one.cause, "heard": one.heard, "newest": one.newest, "at": now(),
            **{table.name: table.records() for table in tables},
        },
        {
            "one": one,
            "cause": CAUSES[one.cause],
            "system": systems().get(one.device.st, ""),
            "facilities": _facilities(ask, {mn}),
            "refresh": refresh(ask),
            "moment": now(),
            "waiting": sum(known.state in alarms.WAITING for known in standing),
        },
        tables=tables,
        charts=charts,
    )  # fmt: skip


def enterprise(ask: Ask, id: str) -> Page:
    """All devices of an enterprise."""
    roles.demand(ask.user, roles.SEE_CONFIDENTIAL)
    words = ask.words
    mine = [one for one in stations(ask) if one.unit is not None and one.unit.id == id]
    if not mine:
        raise NotThere("这个单位没有登记的现场机。请从“监测”重新查找。")
    mns = [one.mn for one in mine]
    unit = mine[0].unit
    assert unit is not None
    standing = alarms.standings(ask.selection.scenario, mns)
    tables = (enterprise_table(ask, mine), alarm_table(ask, standing[:50]))
    return Page(
        "monitor_enterprise.html",
        words.name(unit),
        {"entity": id, "at": now(), **{table.name: table.records() for table in tables}},
        {
            "unit": unit,
            "mine": mine,
            "rate": shares(whole_days(rates_now()), mns),
            "facilities": _facilities(ask, set(mns)),
            "refresh": refresh(ask),
            "moment": now(),
            "waiting": sum(known.state in alarms.WAITING for known in standing),
        },
        tables=tables,
    )


def values_table(ask: Ask, one: Station) -> Table:
    """The newest value of each factor, its flag, the last hour's mean against the limit."""
    words = ask.words
    columns = [
        Column("factor", words("因子"), width=18),
        Column("value", words("最新值"), number=True),
        Column("unit", words("单位"), width=10),
        Column("time", words("数据时间"), width=20),
        Column("flag", words("标记"), width=10),
        Column("hour", words("小时均值"), number=True),
        Column("limit", words("限值"), width=16),
        Column("judged", words("与限值相比"), width=14),
    ]
    rows = [_value_cells(ask, value) for value in one.values]
    return Table("values", words("最新值"), columns, rows, empty=words("还没有收到数据。"))


def _value_cells(ask: Ask, one: Value) -> list[Cell]:
    words = ask.words
    return [
        Cell(words(factor_title(one.factor))),
        Cell(f"{one.value:g}"),
        Cell(unit_of(one.factor) or "—"),
        Cell(f"{one.time:%Y-%m-%d %H:%M:%S}"),
        Cell(words(FLAGS.get(one.flag, one.flag)), css="" if one.good else "warn"),
        Cell(f"{one.hour:g}") if one.hour is not None else Cell("—"),
        Cell(_limit(one)),
        _against(ask, one),
    ]


def _limit(one: Value) -> str:
    if one.limit is None:
        return "—"
    least, most = one.limit.least, one.limit.most
    if least is not None and most is not None:
        return f"{least:g}～{most:g}"
    return f"≤{most:g}" if most is not None else f"≥{least:g}"


def _against(ask: Ask, one: Value) -> Cell:
    words = ask.words
    if one.limit is None:
        return Cell(words("未登记限值"))
    if one.hour is None:
        return Cell.missing(words("无小时值"))
    return Cell(words("超标") if one.over else words("未超标"), kind="light", light=1 if one.over else 3)


def rates_table(ask: Ask, mn: str) -> Table:
    """Transmission and validity of the last days, today up to now."""
    words = ask.words
    columns = [
        Column("day", words("日期"), width=12),
        Column("expected", words("应到"), number=True),
        Column("received", words("实到"), number=True),
        Column("stopped", words("停运"), number=True),
        Column("valid", words("有效"), number=True),
        Column("transmission", words("传输率（%）"), number=True),
        Column("validity", words("有效率（%）"), number=True),
        Column("effective", words("传输有效率（%）"), number=True),
    ]
    rows = []
    for row in rates_now().filter(pl.col("mn") == mn).sort("day", descending=True).iter_rows(named=True):
        counts = [
            Cell.missing(words("无数据")) if row[key] is None else Cell(str(row[key]))
            for key in ("expected", "received", "stopped", "valid")
        ]
        shown = [percent(ask, row[key]) for key in ("transmission", "validity", "effective")]
        rows.append([Cell(f"{row['day']}"), *counts, *shown])
    note = words(
        "应到数由设备平时所发的因子和周期推算，今天只算到现在，首次收到以前不算；停运时段不计入有效率。"
    )
    return Table("rates", words("传输率与有效率"), columns, rows, note)


def enterprise_table(ask: Ask, mine: Sequence[Station]) -> Table:
    """Devices of an enterprise with the newest values."""
    words = ask.words
    columns = [
        Column("device", words("设备"), width=30),
        Column("state", words("状态"), width=12),
        Column("heard", words("最近到达"), width=18),
        Column("newest", words("数据时间"), width=18),
        Column("values", words("最新值"), width=60),
        Column("alarms", words("待处理报警"), number=True),
    ]
    rows = []
    for one in mine:
        said = words.join(f"{words(factor_title(value.factor))} {value.value:g}" for value in one.values)
        rows.append(
            [
                Cell(one.title, href=device_href(ask, one.mn)),
                Cell(words(one.word), kind="light", light=one.light),
                *moments(ask, one),
                Cell(said or "—"),
                Cell(str(one.alarms)),
            ]
        )
    return Table("devices", words("现场机"), columns, rows)


def _facilities(ask: Ask, mns: set[str]) -> list[tuple[str, str, int, str, int]]:
    """Title, and for production and treatment what is known of each: a word and a light."""
    present = {(row[0], row[1]): row for row in live(home()).newest.iter_rows()}
    found = []
    for one in load(home()).facilities:
        if one.production[0] in mns or one.treatment[0] in mns:
            runs, treats = (_running(present, series) for series in (one.production, one.treatment))
            found.append(
                (one.title, *_said(ask, runs), *_said(ask, treats, bad=bool(runs) and treats is False))
            )
    return found


def _running(
    present: dict[tuple[str, str], tuple[object, ...]], series: tuple[str, str, float]
) -> bool | None:
    row = present.get(series[:2])
    return None if row is None else float(str(row[4])) > series[2]


def _said(ask: Ask, running: bool | None, *, bad: bool = False) -> tuple[str, int]:
    if running is None:
        return ask.words("无数据"), 0
    return (ask.words("运行"), 3) if running else (ask.words("未运行"), 1 if bad else 0)


def _charts(ask: Ask, one: Station, rows: pl.DataFrame) -> list[Chart]:
    """The last day of each factor, by the shortest periods that came."""
    words, end = ask.words, now()
    mark, notice = (words("演练数据"), words(DRILL_NOTICE)) if ask.selection.drill else ("", "")
    made = []
    for value in one.values[:CHARTED]:
        points = _points(rows, value.factor, end)
        if not points:
            continue
        gaps = [(b.at - a.at).total_seconds() for a, b in pairwise(points)]
        every = timedelta(seconds=median(gaps)) if gaps else timedelta(hours=1)
        limit = value.limit
        bounds = [bound for bound in (limit.least, limit.most) if bound is not None] if limit else []
        unit = words.bracketed(unit_of(value.factor))
        title = words("{factor}，最近24小时", factor=words(factor_title(value.factor)) + unit)
        told = words("{title}：{n}个值，最新{last}", title=title, n=len(points), last=f"{points[-1].value:g}")
        made.append(
            Chart(value.factor, title, told, drawing=draw(points, Frame(end - DAY, end), every, bounds),
                  watermark=mark, notice=notice, notes=(ask.origin(),))
        )  # fmt: skip
    return made


def _points(rows: pl.DataFrame, factor: str, end: datetime) -> list[Reading]:
    own = rows.filter(pl.col("factor") == factor, pl.col("time") > end - DAY, pl.col("value").is_not_null())
    for command in (MINUTES, INSTANT, HOURS):
        some = own.filter(pl.col("cn") == command).sort("time")
        if some.height:
            return [Reading(*row) for row in some.select("time", "value", "good").iter_rows()]
    return []
