"""The place and year a page of accounting speaks of, read from its address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from duheng.assess.books import Opened, day_of
from duheng.model.entities import Entity
from duheng.web.errors import BadAddress
from duheng.web.page import Ask


@dataclass(frozen=True)
class Where:
    """A place and a year, with what else there is to choose: places by id and name, years."""

    place: Entity
    year: int
    places: tuple[tuple[str, str], ...]
    years: tuple[int, ...]

    @property
    def period(self) -> str:
        """The year as a period."""
        return str(self.year)


def where(ask: Ask, opened: Opened, quantities: Iterable[str]) -> Where:
    """The place (`place`, default the city) and year (`year`, default the newest with figures) of the address.

    quantities: whose figures make a year worth choosing, beside those of the plan that are over. BadAddress for a
    place or year that there is none of.
    """
    city = ask.city
    counties = [one for one in city.places.children(city.id, statistical=False) if one.kind == "county"]
    places = {one.id: one for one in (city.places.find(city.id), *counties)}
    id = ask.request.GET.get("place", "").strip() or city.id
    if id not in places:
        raise BadAddress("place", id, [f"{one.id}（{one.name}）" for one in places.values()])
    stated = _stated(opened, frozenset(quantities), frozenset(places))
    last = min(ask.plan.period.end.year, day_of(opened.moment).year - 1)
    years = sorted({*stated, *range(ask.plan.base_year, last + 1)}) or [last]
    asked = ask.request.GET.get("year", "").strip() or str(max(stated, default=years[-1]))
    if asked not in map(str, years):
        raise BadAddress("year", asked, list(map(str, years)))
    named = tuple((one.id, ask.words.name(one)) for one in places.values())
    return Where(places[id], int(asked), named, tuple(years))


def _stated(opened: Opened, quantities: frozenset[str], places: frozenset[str]) -> list[int]:
    key = ("years", quantities, places)
    if key not in opened.memo:
        facts = opened.books.facts.filter(
            pl.col("quantity").is_in(list(quantities)),
            pl.col("entity").is_in(list(places)),
            pl.col("period").str.len_chars() == len("2023"),
        )
        opened.memo[key] = sorted(int(one) for one in facts["period"].unique())
    found: list[int] = opened.memo[key]
    return found


def one_of(ask: Ask, part: str, accepted: Iterable[str]) -> str:
    """A choice in the address; the first where none is made. BadAddress for what is not accepted."""
    known = list(accepted)
    asked = ask.request.GET.get(part, "").strip() or known[0]
    if asked not in known:
        raise BadAddress(part, asked, known)
    return asked
