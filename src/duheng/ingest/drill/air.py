"""Air of the drill: stations, their daily concentrations, and what the months count from them."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from duheng.ingest.air_days import ITEMS, judged_days, place_days
from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import along, draw, rounded
from duheng.ingest.drill.entities import made
from duheng.ingest.drill.settings import Settings
from duheng.model.entities import Entity

FORM = "环境空气日监测数据"
BY = "市生态环境局"
_MEMORY = 0.62  # how much of yesterday's weather is left today
_GONE = 0.985  # share of days on which a station reports


def stations(settings: Settings) -> Iterator[Entity]:
    """The made-up stations, one a county."""
    for number, (county, (name, _)) in enumerate(settings.data["air_days"]["stations"].items(), start=1):
        yield made(f"drill-A{number:02}", name, "air_station", str(county), level="国控", counted=True)


def say_air(press: Press) -> None:
    """Daily concentrations of the stations, the dust days, and the days with good air by month."""
    rows = list(_days(press.settings))
    for row in rows:
        for name, item in ITEMS.items():
            value = row[name]
            if isinstance(value, float):
                said = rounded(value, 1 if name == "co" else 0)
                _say(press, "air_concentration", str(row["entity"]), row["date"], said, item)
    for day in press.settings.data["air_days"]["dust"]:
        _say(press, "dust_days", press.city.id, day, Decimal(1))
    _say_months(press, rows)


def _say(
    press: Press, quantity: str, entity: str, day: object, value: Decimal, item: str | None = None
) -> None:
    month = str(day)[:7]
    press.say(FORM, quantity, entity, str(day), value, item, within=month, by=BY)


def _days(settings: Settings) -> Iterator[dict[str, object]]:
    """One row a station and day: the items, null where the station did not report."""
    table = settings.data["air_days"]
    weather = light = 0.0
    day = table["first_day"]
    while day <= table["last_day"]:
        some = draw(settings.seed, "air", day)
        weather = _MEMORY * weather + math.sqrt(1 - _MEMORY**2) * some.gauss(0, 1)
        light = _MEMORY * light + math.sqrt(1 - _MEMORY**2) * some.gauss(0, 1)
        for number, (_, factor) in enumerate(table["stations"].values(), start=1):
            own = draw(settings.seed, "air", day, number)
            values: dict[str, float | None] = _concentrations(
                table, day, weather, light, factor, own.gauss(0, 1)
            )
            if own.random() > _GONE:
                values = dict.fromkeys(values)
            yield {"entity": f"drill-A{number:02}", "date": day, **values}
        day += timedelta(days=1)


def _concentrations(
    table: dict[str, list[float]], day: date, weather: float, light: float, factor: float, own: float
) -> dict[str, float | None]:
    winter = math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365)

    def level(name: str, swing: float = 1.0) -> float:
        mean, range_ = table[name]
        return mean + swing * range_ * winter

    pm25 = level("pm25") * math.exp(0.4 * weather + 0.08 * own) * factor
    if day in table["heavy"]:
        pm25 = 168 * factor + 6 * own
    pm10 = 1.42 * pm25 + 9 + (190 if day in table["dust"] else 0)
    return {
        "so2": 7 + 2 * winter + 0.6 * own,
        "no2": level("no2") * math.exp(0.22 * weather) * factor,
        "pm10": pm10,
        "pm25": pm25,
        "co": level("co") * math.exp(0.15 * weather),
        "ozone": level("ozone", -1.0) * math.exp(0.26 * light + 0.04 * own) * (2 - factor),
    }


def _say_months(press: Press, rows: list[dict[str, object]]) -> None:
    """Good days by month: counted from the daily figures where there are any, drawn before."""
    settings, city = press.settings, press.city.id
    counted = _counted(settings, rows)
    for year in range(settings.first_year, settings.last_year + 2):
        months = 12 if year <= settings.last_year else settings.data["months_after"]
        for month in range(1, months + 1):
            period = f"{year}-{month:02}"
            days, good = counted.get(period) or _drawn(settings, year, month)
            press.say("air", "air_days", city, period, Decimal(days))
            press.say("air", "good_air_days", city, period, Decimal(good))


def _drawn(settings: Settings, year: int, month: int) -> tuple[int, int]:
    some = draw(settings.seed, "air", year, month)
    days = calendar.monthrange(year, month)[1] - (some.randint(0, 2) if month in (3, 4) else 0)
    winter = 0.86 if month in (12, 1, 2) else 1.06
    share = along(settings.data["air"]["good_share"], year) / 100 * winter * some.uniform(0.95, 1.05)
    return days, round(days * min(1.0, share))


def _counted(settings: Settings, rows: list[dict[str, object]]) -> dict[str, tuple[int, int]]:
    """Days that count and good ones of each month, by the calendar's own reckoning."""
    frame = pl.DataFrame(
        rows, schema={"entity": pl.String, "date": pl.Date, **dict.fromkeys(ITEMS, pl.Float64)}
    )
    whole = frame.with_columns(
        pl.col(name).round(1 if name == "co" else 0, mode="half_to_even") for name in ITEMS
    )
    days = judged_days(
        place_days(whole, {"city": [f"drill-A{n + 1:02}" for n in range(frame["entity"].n_unique())]})
    )
    dust = pl.col("date").is_in(settings.data["air_days"]["dust"]) & (pl.col("aqi") > 100)
    months = days.filter(pl.col("aqi").is_not_null() & ~dust).group_by(
        month=pl.col("date").dt.strftime("%Y-%m")
    )
    return {
        m: (n, good) for m, n, good in months.agg(pl.len(), good=(pl.col("aqi") <= 100).sum()).iter_rows()
    }
