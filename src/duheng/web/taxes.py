"""The environmental protection tax from the ledger: outlets, months and pollutants as entries of a quarter's return.

What an outlet has once stated (a pollutant, a solid waste, noise) it owes for every month of that quarter and of later
ones in which it stands. A month without it is missing, not free of tax: an entry without amount keeps the return's
total unknown, and a finding names the month (L1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import polars as pl

from duheng.assess.books import Opened
from duheng.ingest.tax import Entry, Return, quarterly_return
from duheng.ingest.tax.flat import Noise, Waste
from duheng.model.entities import Entity
from duheng.model.findings import Finding
from duheng.model.periods import Period, of, parse
from duheng.model.saying import listed

OUTLET = "outlet"
WASTE = ("tax_waste_generated", "tax_waste_stored", "tax_waste_disposed", "tax_waste_used")
NOISE = ("noise_exceedance", "noise_far_places", "noise_short_month")
_PARTS = ("emission", "generated", "concentration", "limit", "exceedances")
_MEDIA = {
    **{f"{medium}_tax_{what}": medium for medium in ("air", "water") for what in _PARTS},
    "tax_special_amount": "special",
    **dict.fromkeys(WASTE, "waste"),
    **dict.fromkeys(NOISE, "noise"),
}
STATED = (*_MEDIA, "tax_on_generated")
Facts = Mapping[tuple[str, str, str | None, str], Decimal]
Subject = tuple[str, str]  # medium and item; of noise, which has no items, ""


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
    """The return of a payer for a quarter; of a payer who has nothing to state it from, the total is unknown."""
    key = ("tax-return", payer.id, quarter)
    if key not in opened.memo:
        whole = parse(quarter)
        own = [e for e in sorted(_subjects(opened)) if (one := payer_of(opened, e)) and one.id == payer.id]
        due = [(entity, *one) for entity in own for one in _due(opened, entity, whole)]
        entries = [_entry(opened, *one) for one in due if one[2][0] not in ("waste", "noise")]
        others = [_flat(opened, *one) for one in due if one[2][0] in ("waste", "noise")]
        code = opened.city.places.code(payer.id) or opened.city.code
        made = quarterly_return(entries, quarter, code, opened.books.parameters, others)
        if not due and any(_stands(opened, entity, whole) for entity in own):
            made = replace(made, total=None, findings=(_nothing(payer, quarter),))
        opened.memo[key] = made
    found: Return = opened.memo[key]
    return found


def _nothing(payer: Entity, quarter: str) -> Finding:
    remedy = "缺的不按零计，本季税额未知，请补报；没有排放的填0"
    place = listed(" ", (payer.name, quarter))
    return Finding("tax-entry", "error", place, "没有任何填报", "各排放口各月的数量", remedy)


def _subjects(opened: Opened) -> Mapping[str, Mapping[Subject, Sequence[str]]]:
    """What each entity has ever stated, and of which months."""
    key = ("tax-subjects",)
    if key not in opened.memo:
        stated: dict[str, dict[Subject, list[str]]] = {}
        for of_, entity, item, month in facts(opened):
            own, medium = stated.setdefault(entity, {}), _MEDIA.get(of_)
            if medium == "noise" or (medium and item):
                own.setdefault((medium, item or ""), []).append(month)
        opened.memo[key] = stated
    found: Mapping[str, Mapping[Subject, Sequence[str]]] = opened.memo[key]
    return found


def _due(opened: Opened, entity: str, quarter: Period) -> Iterable[tuple[str, Subject]]:
    """Months and subjects that an entity owes: what it stated up to the end of the quarter, while it stands."""
    months = quarter.parts("month")
    for month in months:
        for subject, stated in sorted(_subjects(opened)[entity].items()):
            owed = min(stated) <= str(months[-1]) and _stands(opened, entity, month)
            if owed or str(month) in stated:
                yield str(month), subject


def _stands(opened: Opened, entity: str, period: Period) -> bool:
    place = opened.city.places.get(entity)
    return place is None or place.valid(period.start, period.end)


def _name(opened: Opened, entity: str) -> str:
    place = opened.city.places.get(entity)
    return place.name if place else entity


def _entry(opened: Opened, entity: str, month: str, subject: Subject) -> Entry:
    known, name, (medium, item) = facts(opened), _name(opened, entity), subject
    penal = known.get(("tax_on_generated", entity, None, month), Decimal(0)) >= 1
    if medium == "special":
        return Entry(name, month, medium, item, known.get(("tax_special_amount", entity, item, month)))
    stated = [known.get((f"{medium}_tax_{what}", entity, item, month)) for what in _PARTS]
    emitted, generated, concentration, limit, times = stated
    return Entry(
        name, month, medium, item, emitted, generated, penal, concentration, limit,
        None if times is None else int(times),
    )  # fmt: skip


def _flat(opened: Opened, entity: str, month: str, subject: Subject) -> Waste | Noise:
    known, name, (medium, item) = facts(opened), _name(opened, entity), subject
    if medium == "waste":
        return Waste(name, month, item, *(known.get((q, entity, item, month)) for q in WASTE))
    far, short = (known.get((q, entity, None, month), Decimal(0)) >= 1 for q in NOISE[1:])
    return Noise(name, month, "厂界", known.get((NOISE[0], entity, None, month)), far, short)
