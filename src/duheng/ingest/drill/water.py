"""Water and soil of the drill: sections by month, black-odour bodies by sample, sites of construction land."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from duheng.ingest.drill.air import BY
from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import draw, rounded
from duheng.ingest.drill.entities import made
from duheng.ingest.drill.settings import Settings
from duheng.model.entities import Entity
from duheng.model.periods import parse

_SECTIONS, _SAMPLES, _SOIL = "地表水断面月监测数据", "黑臭水体监测数据", "建设用地土壤调查数据"
# Level of an item where the section lies in the middle of class III [mg/L], and digits printed.
_LEVELS = {
    "高锰酸盐指数": (4.6, 1),
    "化学需氧量": (16.0, 0),
    "五日生化需氧量": (3.0, 1),
    "氨氮": (0.62, 2),
    "氟化物": (0.45, 2),
}
_PHOSPHORUS = {False: ("总磷（河流）", 0.14), True: ("总磷（湖库）", 0.042)}
# Transparency [cm], oxygen [mg/L], redox potential [mV], ammonia [mg/L]: not black, light, heavy.
_STATES = ((38, 4.6, 165, 2.4), (19, 1.6, 30, 9.2), (7, 0.15, -240, 17.5))
_BACKGROUND = {"砷": 9, "镉": 0.3, "铬（六价）": 0.5, "铜": 34, "铅": 31, "汞": 0.08, "镍": 38}


def waters(settings: Settings) -> Iterator[Entity]:
    """The made-up sections, bodies and sites."""
    for number, row in enumerate(settings.data["water"]["sections"], start=1):
        yield _entity(
            f"drill-W{number:02}", row, "water_section", water_body=row["body"], section_type=row["type"],
            target_class=row["target"], lake=row.get("lake", False), drinking="水源" in row["type"],
        )  # fmt: skip
    for number, row in enumerate(settings.data["water"]["bodies"], start=1):
        yield _entity(
            f"drill-B{number:02}", row, "black_odour_body", reach="演练起点—演练终点",
            length=Decimal(str(row["length"])), listed_on=date(2021, 6, 30),
            listed_degree=row["degree"], eliminated_on=row.get("eliminated"),
        )  # fmt: skip
    for number, row in enumerate(settings.data["soil"]["sites"], start=1):
        yield _entity(
            f"drill-L{number:02}", row, "soil_site", land_use=row["use"], area=Decimal(row["area"]),
            listed_on=date(2024, 3, 31), status=row["status"], released_on=row.get("released"),
        )  # fmt: skip


def _entity(id: str, row: dict[str, Any], kind: str, **attributes: object) -> Entity:
    known = {name: value for name, value in attributes.items() if value is not None}
    return made(id, row["name"], kind, row["place"], since=None, **known)


def say_waters(press: Press) -> None:
    """Concentrations of sections by month, samples of black-odour bodies by quarter, contents of soil."""
    settings = press.settings
    months = [str(m) for m in _months(settings)]
    for number, row in enumerate(settings.data["water"]["sections"], start=1):
        for month in months:
            if month not in settings.data["water"]["silent"].get(row["name"], ()):
                _say_section(press, f"drill-W{number:02}", row, month)
    for number, row in enumerate(settings.data["water"]["bodies"], start=1):
        for month in months[1::3]:
            _say_sample(press, f"drill-B{number:02}", row["state"], f"{month}-16", month)
    for number, row in enumerate(settings.data["soil"]["sites"], start=1):
        _say_site(press, f"drill-L{number:02}", row)


def _months(settings: Settings) -> Iterator[str]:
    table = settings.data["water"]
    first, last = parse(table["first_month"]), parse(table["last_month"])
    for year in range(first.year, last.year + 1):
        yield from (str(m) for m in parse(str(year)).parts("month") if first <= m <= last)


def _say_section(press: Press, id: str, row: dict[str, Any], month: str) -> None:
    some = draw(press.settings.seed, "section", id, month)
    summer = 1.12 if month[-2:] in ("05", "06", "07", "08") else 1.0
    lake = bool(row.get("lake"))
    levels = {**_LEVELS, _PHOSPHORUS[lake][0]: (_PHOSPHORUS[lake][1], 3)}
    values = {
        item: rounded(v * row["load"] * summer * some.uniform(0.75, 1.3), n)
        for item, (v, n) in levels.items()
    }
    values["溶解氧"] = rounded((9.4 - 2.6 * row["load"]) * some.uniform(0.88, 1.1) / summer, 1)
    for item, value in values.items():
        press.say(_SECTIONS, "water_concentration", id, month, value, item, by=BY)
    press.say(_SECTIONS, "water_ph", id, month, rounded(some.uniform(7.2, 8.3), 1), by=BY)


def _say_sample(press: Press, id: str, state: int, day: str, month: str) -> None:
    some = draw(press.settings.seed, "sample", id, day)
    names = ("water_transparency", "water_oxygen", "redox_potential", "water_ammonia")
    for name, level in zip(names, _STATES[state], strict=True):
        _say_reading(press, name, id, day, month, level, some)
    press.say(_SAMPLES, "water_depth", id, day, Decimal(80), within=month, by=BY)


def _say_reading(press: Press, name: str, id: str, day: str, month: str, level: float, some: Random) -> None:
    digits = 0 if name in ("water_transparency", "redox_potential") else 1
    value = rounded(level * some.uniform(0.92, 1.08), digits if abs(level) >= 1 else 2)
    press.say(_SAMPLES, name, id, day, value, within=month, by=BY)


def _say_site(press: Press, id: str, row: dict[str, Any]) -> None:
    year = str(press.settings.data["soil"]["year"])
    some = draw(press.settings.seed, "soil", id)
    press.say(_SOIL, "sensitive_land", id, year, Decimal(int(row["sensitive"])), by=BY)
    for item, level in _BACKGROUND.items():
        value = rounded(row["high"].get(item, level * some.uniform(0.7, 1.4)), 2)
        if item not in row.get("unsampled", ()):
            press.say(_SOIL, "soil_concentration", id, year, value, item, by=BY)
