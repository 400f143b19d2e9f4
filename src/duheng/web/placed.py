"""A target's figures for another place: what a county's own value of the city's target is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from duheng.assess.evidence import reasons
from duheng.assess.progress import measure_of, printed_unit
from duheng.assess.status import cell, read, summed_since
from duheng.model.glossary import quantity
from duheng.web import state
from duheng.web.access import Closed
from duheng.web.boards import books
from duheng.web.page import Ask
from duheng.web.reasons import place_address
from duheng.web.targets import Row


@dataclass(frozen=True)
class Own:
    """A place's newest value of a target, as judged (sums so far, as on the board), with the address of its reasons.

    span: the time it covers, 2025 or the years of the sum.
    """

    span: str
    value: Decimal
    unit: str
    href: str


def own(ask: Ask, row: Row, entity: str) -> Own | None:
    """The place's newest value; None where unknown or withheld from this reader."""
    target, here = replace(row.status.target, entity=entity), books(ask)
    bound = quantity(target.quantity)
    choice = state.choices(ask.plan, ask.selection.as_of).get(target.id)
    reading = read(here, target, bound, measure_of(target), choice)
    if not reading.years or reading.gaps or reading.mismatch:
        return None
    year = max(reading.years)
    since = summed_since(here.plan, target, year)
    place = replace(cell(target, year, reading.have), since=since)
    if not ask.sees_confidential and Closed(ask.city.places, ask.selection.as_of)(reasons(here, place)):
        return None
    address = place_address("why", ask, place)
    return Own(ask.words.span(place.span), reading.years[year], printed_unit(target, bound), address)
