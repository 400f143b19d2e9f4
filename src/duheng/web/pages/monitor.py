"""Monitoring as a whole: the devices now, county lights, the map, the ranking of enterprises; and the wall display."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from duheng.assess.counties import places_of
from duheng.ingest.export import DRILL_NOTICE
from duheng.telemetry import devices
from duheng.telemetry.watching import registers
from duheng.telemetry.watching.live import now
from duheng.web import alarms, maps, roles
from duheng.web.charts import Chart
from duheng.web.counties import map_note
from duheng.web.errors import BadAddress
from duheng.web.monitoring import (
    CAUSES,
    STATES,
    Station,
    Unit,
    county_light,
    device_href,
    ranking,
    rates_now,
    shares,
    stations,
    whole_days,
)
from duheng.web.page import Ask, Page
from duheng.web.store import home
from duheng.web.tables import Cell, Column, Table

LIGHTS = {0: "无设备", 1: "有超标", 2: "有异常", 3: "正常"}
REFRESH, WALL_REFRESH = 10, 10  # [s]
NAMED = 6  # devices named where more are counted
PARTS = (
    ("/monitor", "现场机"),
    ("/monitor/alarms", "报警"),
    ("/monitor/receipts", "收讫平衡"),
    ("/monitor/wall", "大屏"),
)


def show(ask: Ask) -> Page:
    """What is connected and how it is; readers without account learn only what this page is."""
    words = ask.words
    if not ask.sees_confidential:
        return Page("monitor.html", words("在线监测"), {"devices": None}, {"closed": True})
    every = stations(ask)
    kept = _chosen(ask, every)
    units = ranking(ask, every)
    tables = (device_table(ask, kept), county_table(ask, every), ranking_table(ask, units))
    picture = device_map(ask, every)
    waiting = alarms.waiting(ask.selection.scenario, [one.mn for one in every])
    return Page(
        "monitor.html",
        words("在线监测"),
        {
            "at": now(),
            "summary": summary(every),
            "waiting": len(waiting),
            **{t.name: t.records() for t in tables},
        },
        {
            "closed": False,
            "every": every,
            "counts": _counts(every),
            "STATES": STATES,
            "rate": shares(whole_days(rates_now()), [one.mn for one in every]),
            "waiting": waiting,
            "counties": [(one.id, words.name(one)) for one in places_of(ask.city)],
            "asked": ask.request.GET,
            "note": map_note(ask),
            "beside": _beside(ask, every),
            "nowhere": _nowhere(ask, every),
            "findings": [*devices.load(home()).findings, *registers.load(home()).findings],
            "refresh": refresh(ask),
            "moment": now(),
        },
        tables=tables,
        charts=(picture,) if picture else (),
    )


def refresh(ask: Ask) -> int:
    """Seconds between two looks; 0 where the reader has stopped them."""
    return 0 if ask.request.GET.get("still") else REFRESH


def wall(ask: Ask) -> Page:
    """Big figures for a screen on the wall: no links, looks again by itself."""
    roles.demand(ask.user, roles.SEE_CONFIDENTIAL)
    words, every = ask.words, stations(ask)
    found = whole_days(rates_now())
    standing = alarms.waiting(ask.selection.scenario, [one.mn for one in every])
    drawn = maps.outlines(ask.city.map) if ask.city.map else None
    names = {one.id: words.name(one) for one in ask.city.places if one.kind in ("county", "zone")}
    counties = _county_rows(ask, every)
    return Page(
        "wall.html",
        words("监测大屏"),
        {"at": now(), "summary": summary(every), "waiting": len(standing)},
        {
            "every": every,
            "counts": _counts(every),
            "rate": shares(found, [one.mn for one in every]),
            "waiting": standing,
            "unseen": sum(one.state == "open" for one in standing),
            "map": maps.draw_dots(drawn, names, _dots(ask, every, linked=False), dark=True) if drawn else "",
            "beside": _beside(ask, every),
            "nowhere": _nowhere(ask, every),
            "counties": counties,
            "LIGHTS": LIGHTS,
            "lowest": [one for one in reversed(ranking(ask, every)) if one.effective is not None][:4],
            "seconds": WALL_REFRESH,
            "moment": now(),
        },
    )


def summary(every: Sequence[Station]) -> dict[str, object]:
    """Numbers of devices by state."""
    return {"devices": len(every), "states": dict(_counts(every))}


def _counts(every: Sequence[Station]) -> Counter[str]:
    found = Counter(dict.fromkeys(STATES, 0))
    found.update(one.state for one in every)
    return found


def _chosen(ask: Ask, every: Sequence[Station]) -> list[Station]:
    state, county = ask.request.GET.get("state", ""), ask.request.GET.get("county", "")
    if state and state not in STATES:
        raise BadAddress("state", state, [f"{key}（{word}）" for key, (word, _) in STATES.items()])
    known = {one.id: one.name for one in places_of(ask.city)}
    if county and county not in known:
        raise BadAddress("county", county, [f"{id}（{name}）" for id, name in known.items()])
    return [
        one
        for one in every
        if state in ("", one.state) and (not county or (one.county is not None and one.county.id == county))
    ]


def device_table(ask: Ask, kept: Sequence[Station]) -> Table:
    """Devices with their state, last word and rates of the last whole days."""
    words = ask.words
    columns = [
        Column("device", words("设备"), width=30),
        Column("state", words("状态"), width=12),
        Column("cause", words("原因"), width=18),
        Column("heard", words("最近到达"), width=18),
        Column("newest", words("数据时间"), width=18),
        Column("unit", words("单位"), width=24),
        Column("county", words("县（区）"), width=14),
        Column("transmission", words("传输率（7日，%）"), number=True),
        Column("validity", words("有效率（7日，%）"), number=True),
        Column("effective", words("传输有效率（7日，%）"), number=True),
        Column("alarms", words("待处理报警"), number=True),
        Column("mn", words("设备标识MN"), width=28),
    ]
    found = whole_days(rates_now())
    rows = [_device_cells(ask, one, shares(found, [one.mn])) for one in kept]
    return Table("devices", words("现场机"), columns, rows, empty=words("没有符合条件的设备。"))


def _device_cells(ask: Ask, one: Station, rate: dict[str, float | None]) -> list[Cell]:
    words = ask.words
    return [
        Cell(one.title, href=device_href(ask, one.mn)),
        Cell(words(one.word), kind="light", light=one.light),
        Cell(words(CAUSES[one.cause]) or "—"),
        *moments(ask, one),
        unit_cell(ask, one),
        Cell(words.name(one.county) if one.county else "—"),
        *(percent(ask, rate[name]) for name in ("transmission", "validity", "effective")),
        Cell(str(one.alarms)),
        Cell(one.mn),
    ]


def moments(ask: Ask, one: Station) -> tuple[Cell, Cell]:
    """When it was last heard, and the latest time its data state."""
    missing = Cell.missing(ask.words("近30天无数据"))
    heard, newest = (Cell(f"{at:%Y-%m-%d %H:%M}") if at else missing for at in (one.heard, one.newest))
    return heard, newest


def unit_cell(ask: Ask, one: Station) -> Cell:
    """The enterprise of a device; as registered where the city's register does not know it."""
    if one.unit is None:
        return Cell(one.device.entity or "—")
    href = f"/monitor/enterprise/{quote(one.unit.id, safe='')}{ask.selection.context()}"
    return Cell(ask.words.name(one.unit), href=href)


def percent(ask: Ask, share: float | None) -> Cell:
    """A rate in per cent; a word where nothing was due."""
    return Cell.missing(ask.words("无数据")) if share is None else Cell(f"{100 * share:.1f}")


def _county_rows(
    ask: Ask, every: Sequence[Station]
) -> list[tuple[str, int, list[Station], dict[str, float | None]]]:
    found = whole_days(rates_now())
    rows = []
    for one in places_of(ask.city):
        mine = [station for station in every if station.county is not None and station.county.id == one.id]
        rate = shares(found, [station.mn for station in mine])
        rows.append((ask.words.name(one), county_light(mine, rate), mine, rate))
    return rows


def county_table(ask: Ask, every: Sequence[Station]) -> Table:
    """The county lights of monitoring, in administrative order."""
    words = ask.words
    columns = [
        Column("county", words("县（区）"), width=18),
        Column("light", words("监测灯"), width=24),
        Column("devices", words("设备"), number=True),
        *(Column(key, words(word), number=True) for key, (word, _) in STATES.items()),
        Column("effective", words("传输有效率（%）"), number=True),
    ]
    rows = [
        [
            Cell(name),
            Cell(words(LIGHTS[light]), kind="light", light=light),
            Cell(str(len(mine))),
            *(Cell(str(sum(one.state == key for one in mine))) for key in STATES),
            percent(ask, rate["effective"]),
        ]
        for name, light, mine, rate in _county_rows(ask, every)
    ]
    return Table("counties", words("县（区）监测灯"), columns, rows)


def ranking_table(ask: Ask, units: Sequence[Unit]) -> Table:
    """The enterprises by effective rate."""
    words = ask.words
    columns = [
        Column("rank", words("名次"), width=6),
        Column("unit", words("单位"), width=26),
        Column("devices", words("设备"), number=True),
        Column("transmission", words("传输率（7日，%）"), number=True),
        Column("validity", words("有效率（7日，%）"), number=True),
        Column("effective", words("传输有效率（7日，%）"), number=True),
        Column("over", words("7日超标报警"), number=True),
        Column("waiting", words("待处理报警"), number=True),
    ]
    rows = []
    for place, one in enumerate(units, 1):
        href = (
            f"/monitor/enterprise/{quote(one.entity.id, safe='')}{ask.selection.context()}"
            if one.entity
            else ""
        )
        rows.append(
            [
                Cell(str(place) if one.effective is not None else "—"),
                Cell(one.name, href=href),
                Cell(str(one.devices)),
                *(percent(ask, share) for share in (one.transmission, one.validity, one.effective)),
                Cell(str(one.over)),
                Cell(str(one.waiting)),
            ]
        )
    note = words("按七个整日的传输有效率排列；合计为应到数之和上的比率，不是各日的平均。没有数据的不排名次。")
    return Table("ranking", words("单位排名"), columns, rows, note)


def _dots(ask: Ask, every: Sequence[Station], *, linked: bool = True) -> list[maps.Dot]:
    return [
        maps.Dot(
            one.county.id,
            one.light,
            f"{one.title} {ask.words(one.word)}",
            device_href(ask, one.mn) if linked else "",
        )
        for one in every
        if one.county is not None
    ]


def _beside(ask: Ask, every: Sequence[Station]) -> str:
    """The zones that have no outline of their own, with their devices by state; "" where there are none."""
    words = ask.words
    drawn = maps.outlines(ask.city.map).shapes if ask.city.map else {}
    said = []
    for one in places_of(ask.city):
        mine = [s for s in every if s.county is not None and s.county.id == one.id]
        if one.id not in drawn and mine:
            counts = words.join(f"{words(STATES[key][0])} {n}" for key, n in _counts(mine).items() if n)
            said.append(f"{words.name(one)}{words.bracketed(counts)}")
    return words("；").join(said)


def _nowhere(ask: Ask, every: Sequence[Station]) -> str:
    """The devices whose entity lies in no county of the roster, with what to do; "" where there are none."""
    words, mine = ask.words, [one for one in every if one.county is None]
    if not mine:
        return ""
    return words(
        "{count}台设备的主体不在名册中，不计入县（区）监测灯和分布图：{devices}。请改正登记的主体，或先把它写入名册。",
        count=len(mine),
        devices=words("、").join(one.title for one in mine[:NAMED]) + ("……" if len(mine) > NAMED else ""),
    )


def _beside_note(ask: Ask, every: Sequence[Station]) -> list[str]:
    said = _beside(ask, every)
    return [f"{ask.words('图上未单列')}{ask.words('：')}{said}"] if said else []


def device_map(ask: Ask, every: Sequence[Station]) -> Chart | None:
    """The city's devices on the map by state; None without devices or outlines."""
    if ask.city.map is None or not every:
        return None
    words, drawn = ask.words, maps.outlines(ask.city.map)
    names = {one.id: words.name(one) for one in places_of(ask.city)}
    title = words("现场机分布")
    told = words("；").join(f"{one.title} {words(one.word)}" for one in every)
    mark, notice = (words("演练数据"), words(DRILL_NOTICE)) if ask.selection.drill else ("", "")
    return Chart(
        "map",
        title,
        words("{title}。{told}", title=title, told=told),
        drawing=maps.draw_dots(drawn, names, _dots(ask, every)),
        watermark=mark,
        notice=notice,
        notes=(
            *_beside_note(ask, every),
            words("只表示所在县（区），不表示准确位置。"),
            map_note(ask),
            ask.origin(),
        ),
    )
