"""The days of one place's air as pages show them: judged, evaluated by month and year, with what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import polars as pl

from duheng.ingest.air_days import NAMES, dust_days, every_day, judged_days, place_days, station_days
from duheng.ingest.air_periods import evaluated
from duheng.model.entities import Entity
from duheng.model.parameters import Local
from duheng.model.periods import parse
from duheng.web import state
from duheng.web.boards import books, local
from duheng.web.errors import BadAddress
from duheng.web.page import Ask

KIND = "air_station"


@dataclass(frozen=True)
class Air:
    """A place's air in one year or month. days: one row a day of the span, as `judged_days`, with dust (boolean)."""

    place: Entity
    stations: tuple[Entity, ...]
    years: tuple[int, ...]
    year: int
    month: int | None
    days: pl.DataFrame
    today: date
    local: Local

    @property
    def over(self) -> date:
        """The last of the days looked at that is over."""
        return min(self.today, state.today() - timedelta(days=1))

    @property
    def period(self) -> str:
        """The span as a period: 2025 or 2025-03."""
        return str(self.year) if self.month is None else f"{self.year}-{self.month:02}"

    @cached_property
    def known(self) -> pl.DataFrame:
        """The days with an index."""
        return self.days.filter(pl.col("aqi").is_not_null())

    def whole(self, edition: str = "") -> dict[str, Any]:
        """The span's evaluation, all days by one edition of HJ 633 where one is named; {} without any day."""
        rows = self._evaluated("year" if self.month is None else "month", edition)
        return rows.row(0, named=True) if rows.height else {}

    def months(self) -> dict[str, dict[str, Any]]:
        """The evaluation of each month that has days, by period."""
        return {str(row["period"]): row for row in self._evaluated("month", "").iter_rows(named=True)}

    def _evaluated(self, every: str, edition: str) -> pl.DataFrame:
        stated = self.days.filter(pl.col("entity").is_not_null())
        if edition:
            plain = stated.select("entity", "date", *NAMES, "dust")
            stated = judged_days(plain, edition, self.local)
        if not stated.height:
            return stated
        return evaluated(stated, "year" if every == "year" else "month", self.local)


def places_of(ask: Ask) -> list[Entity]:
    """The city, its counties and zones, and every station: what a calendar can be asked of."""
    from duheng.assess.counties import places_of as counties

    here = ask.city.places
    city = here.get(ask.city.id)
    return [*([city] if city else []), *counties(ask.city), *(one for one in here if one.kind == KIND)]


def air_of(ask: Ask) -> Air:
    """The air that the address asks for: ?place=&year=&month=; BadAddress where a part is not accepted."""
    place = _place(ask)
    own = members(ask, place)
    found = _days(ask, place, own)
    today = ask.selection.as_of or state.today()
    years = sorted({day.year for day in found["date"]} | _published_years(ask, place)) or [today.year]
    year = _number(
        ask, "year", range(2013, 2101), max(day.year for day in found["date"]) if found.height else years[-1]
    )
    month = _number(ask, "month", range(1, 13), 0) or None
    span = parse(str(year) if month is None else f"{year}-{month:02}")
    days = every_day(found, span.start, span.end)
    dust = dust_days(books(ask).books.facts, ask.city.id)
    days = days.with_columns(dust=pl.col("date").is_in(dust))
    known = tuple(sorted({*years, year}))
    return Air(place, tuple(own), known, year, month, days, today, local(ask))


def members(ask: Ask, place: Entity) -> list[Entity]:
    """The stations whose mean is the place's air: its own, or itself."""
    if place.kind == KIND:
        return [place]
    below = ask.city.places.descendants(place.id, KIND)
    return [one for one in below if one.attributes.get("counted") is not False]


def _days(ask: Ask, place: Entity, own: Sequence[Entity]) -> pl.DataFrame:
    opened = books(ask)
    if "air stations" not in opened.memo:
        opened.memo["air stations"] = station_days(opened.books.facts)
    key = ("air days", place.id)
    if key not in opened.memo:
        means = place_days(opened.memo["air stations"], {place.id: [one.id for one in own]}, local(ask))
        opened.memo[key] = judged_days(means, local=local(ask))
    found: pl.DataFrame = opened.memo[key]
    return found


def station_rows(ask: Ask, own: Sequence[Entity], day: date) -> pl.DataFrame:
    """What each of the stations states of one day, judged by itself."""
    _days(ask, own[0], own[:1])
    stations: pl.DataFrame = books(ask).memo["air stations"]
    ids = [one.id for one in own]
    return judged_days(
        stations.filter((pl.col("date") == day) & pl.col("entity").is_in(ids)), local=local(ask)
    )


def _published_years(ask: Ask, place: Entity) -> set[int]:
    return {parse(row["period"]).year for row in published(ask, place).iter_rows(named=True)}


PUBLISHED = (
    "good_air_days",
    "air_days",
    "good_air_day_share",
    "heavy_pollution_days",
    "air_composite_index",
    "pm25",
    "ozone",
)


def published(ask: Ask, place: Entity) -> pl.DataFrame:
    """Facts of months and years that were stated of the place as such: quantity, period, value, confidence."""
    facts = books(ask).books.facts
    return facts.filter(
        (pl.col("entity") == place.id)
        & pl.col("quantity").is_in(PUBLISHED)
        & (pl.col("period").str.len_chars() <= len("2025-03"))
    ).sort("period", "quantity")


def _place(ask: Ask) -> Entity:
    asked = ask.request.GET.get("place", "").strip() or ask.city.id
    known = {one.id: one for one in places_of(ask)}
    if asked not in known:
        raise BadAddress("place", asked, list(known))
    return known[asked]


def _number(ask: Ask, part: str, accepted: range, default: int) -> int:
    asked = ask.request.GET.get(part, "").strip()
    if not asked:
        return default
    if not (asked.isascii() and asked.isdigit()) or int(asked) not in accepted:
        raise BadAddress(part, asked, f"{accepted.start}-{accepted.stop - 1}")
    return int(asked)


def day_of(ask: Ask, place: Entity, day: date) -> dict[str, Any]:
    """The place's day as `judged_days`, with dust; only that where nothing is known of it."""
    own = members(ask, place)
    rows = _days(ask, place, own).filter(pl.col("date") == day)
    dust = day in dust_days(books(ask).books.facts, ask.city.id)
    return {**(rows.row(0, named=True) if rows.height else {}), "dust": dust}
