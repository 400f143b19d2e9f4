"""The environmental protection tax from the ledger: outlets, months and pollutants as entries of a quarter's return.

A month of the quarter for which an outlet says nothing at all is missing, not free of tax: an entry without amount
stands for each of its pollutants, so that the return's total stays unknown (L1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

import polars as pl

from duheng.assess.books import Opened
from duheng.ingest.tax import Entry, Return, quarterly_return
from duheng.ingest.tax.flat import Noise, Waste
from duheng.model.entities import Entity
from duheng.model.periods import Period, of, parse

OUTLET = "outlet"
WASTE = ("tax_waste_generated", "tax_waste_stored", "tax_waste_disposed", "tax_waste_used")
NOISE = ("noise_exceedance", "noise_far_places", "noise_short_month")
_PARTS = ("emission", "generated", "concentration", "limit", "exceedances")
STATED = (
    *(f"{medium}_tax_{what}" for medium in ("air", "water") for what in _PARTS),
    "tax_special_amount", "tax_on_generated", *WASTE, *NOISE,
)  # fmt: skip
Facts = Mapping[tuple[str, str, str | None, str], Decimal]


def facts(opened: Opened) -> Facts:
    """What is stated for the tax: by quantity, entity, item and month, as printed [declared unit]."""
    key = ("tax-facts",)
    if key not in opened.memo:
        frame = opened.books.facts.filter(
            pl.col("quantity").is_in(STATED),
            pl.col("value").is_not_null(),
            pl.col("period").str.len_chars() == 7,
        )
        rows = frame.select("quantity", "entity", "item", "period", "value").iter_rows()
        # The shortest decimal of the stored number is the one that was stated (15 digits).
        opened.memo[key] = {(q, e, i, p): Decimal(repr(v)) for q, e, i, p, v in rows}
    found: Facts = opened.memo[key]
    return found


def quarters(opened: Opened) -> list[str]:
    """The quarters for which anything is stated."""
    return sorted({str(of("quarter", parse(month).start)) for _, _, _, month in facts(opened)})


def payer_of(opened: Opened, entity: str) -> Entity | None:
    """The enterprise that an outlet belongs to; an enterprise is its own."""
    places = opened.city.places
    here = places.get(entity)
    chain = [here, *(places.ancestors(entity) if here else [])]
    return next((one for one in chain if one and one.kind == "enterprise"), here)


def payers(opened: Opened) -> list[Entity]:
    """Who states anything for the tax, in the order of the places."""
    known = {entity for _, entity, _, _ in facts(opened)}
    found = {one.id: one for entity in known if (one := payer_of(opened, entity))}
    return [one for one in opened.city.places if one.id in found]


def drawn(opened: Opened, payer: Entity, quarter: str) -> Return:
    """The return of a payer for a quarter."""
    key = ("tax-return", payer.id, quarter)
    if key not in opened.memo:
        whole = parse(quarter)
        own = [e for e in _entities(opened) if (one := payer_of(opened, e)) and one.id == payer.id]
        entries = [entry for entity in own for entry in _entries(opened, entity, whole)]
        others = [one for entity in own for one in _others(opened, entity, whole)]
        code = opened.city.places.code(payer.id) or opened.city.code
        opened.memo[key] = quarterly_return(entries, quarter, code, opened.books.parameters, others)
    found: Return = opened.memo[key]
    return found


def _entities(opened: Opened) -> list[str]:
    key = ("tax-entities",)
    if key not in opened.memo:
        opened.memo[key] = sorted({entity for _, entity, _, _ in facts(opened)})
    found: list[str] = opened.memo[key]
    return found


def _entries(opened: Opened, entity: str, quarter: Period) -> Iterable[Entry]:
    known = facts(opened)
    place = opened.city.places.get(entity)
    name = place.name if place else entity
    pollutants = _pollutants(opened, entity, quarter)
    for month in map(str, quarter.parts("month")):
        penal = known.get(("tax_on_generated", entity, None, month), Decimal(0)) >= 1
        for medium, item in pollutants:
            if medium == "special":
                yield Entry(name, month, medium, item, known.get(("tax_special_amount", entity, item, month)))
                continue
            stated = [known.get((f"{medium}_tax_{what}", entity, item, month)) for what in _PARTS]
            emitted, generated, concentration, limit, times = stated
            yield Entry(
                name, month, medium, item, emitted, generated, penal, concentration, limit,
                None if times is None else int(times),
            )  # fmt: skip


def _pollutants(opened: Opened, entity: str, quarter: Period) -> list[tuple[str, str]]:
    """What an outlet emits by its own statements of this quarter and the one before."""
    months = {*map(str, quarter.parts("month")), *map(str, _before(quarter).parts("month"))}
    found = {}
    for of_, at, item, month in facts(opened):
        if at == entity and month in months and item is not None:
            medium = of_.partition("_")[0]
            if medium in ("air", "water"):
                found[medium, item] = True
            elif of_ == "tax_special_amount":
                found["special", item] = True
    return sorted(found)


def _before(quarter: Period) -> Period:
    return of("quarter", quarter.start - timedelta(days=1))


def _others(opened: Opened, entity: str, quarter: Period) -> Iterable[Waste | Noise]:
    known = facts(opened)
    place = opened.city.places.get(entity)
    name = place.name if place else entity
    for month in map(str, quarter.parts("month")):
        items = {item for q, e, item, p in known if q in WASTE and (e, p) == (entity, month) and item}
        for item in sorted(items):
            yield Waste(name, month, item, *(known.get((q, entity, item, month)) for q in WASTE))
        loud = known.get((NOISE[0], entity, None, month))
        if loud is not None:
            far, short = (known.get((q, entity, None, month), Decimal(0)) >= 1 for q in NOISE[1:])
            yield Noise(name, month, "厂界", loud, far, short)
