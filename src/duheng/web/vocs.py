"""VOC inventories as pages show them: enterprises with their sources, materials, sealing points; filling stations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from duheng.assess.books import Opened
from duheng.ingest.voc import PARTS, Coefficient, above_scheme, coefficient, plausible
from duheng.model.entities import Entity, Places
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding
from duheng.model.glossary import axis
from duheng.model.periods import parse
from duheng.model.saying import listed, say
from duheng.web.cells import values

SOURCE, MATERIAL, STATION = "voc_source", "voc_material", "filling_station"


def below(places: Places, entity: str, kind: str) -> list[Entity]:
    """Members of a kind right below an entity."""
    return [one for one in places.children(entity) if one.kind == kind]


def inventoried(places: Places) -> list[Entity]:
    """The enterprises that have a source of VOCs, in the order of the register."""
    owners = {one.parent for one in places if one.kind == SOURCE}
    return [one for one in places if one.id in owners]


def components(opened: Opened, firm: str, year: str) -> list[str]:
    """Kinds of sealing points that an enterprise states for a year."""
    known = {
        item
        for of in ("leak_points", "uninspected_points")
        for entity, item, period in values(opened, of)
        if entity == firm and period == year
    }
    return [item for item in axis("leak_component").items if item in known]


def coefficient_of(opened: Opened, source: Entity, part: str, year: str) -> Coefficient | None:
    """The coefficient of the scheme that a source's register names, at the end of a year; None where there is none."""
    said = source.attributes.get("collection" if part == "收集" else "treatment")
    scheme = source.attributes.get("scheme")
    if not said or not scheme:
        return None
    try:
        return coefficient(part, str(said), parse(year).end, str(scheme), opened.local)
    except UnknownName:
        return None


def coefficients(opened: Opened, firms: Iterable[Entity], year: str) -> list[tuple[str, str | None]]:
    """The coefficients that the inventories of some enterprises are held against: parameter and item."""
    sources = (source for firm in firms for source in below(opened.city.places, firm.id, SOURCE))
    known = (coefficient_of(opened, source, part, year) for source in sources for part in PARTS)
    return list(dict.fromkeys((one.parameter.id, one.setting.item) for one in known if one is not None))


def review(opened: Opened, firm: Entity, year: str) -> list[Finding]:
    """What is odd in an enterprise's inventory: shares, balance, coefficients, a treatment that falls short."""
    return [
        finding
        for source in below(opened.city.places, firm.id, SOURCE)
        for finding in _of_source(opened, firm, source, year)
    ]


def _of_source(opened: Opened, firm: Entity, source: Entity, year: str) -> Iterator[Finding]:
    def known(of: str) -> Decimal | None:
        value = values(opened, of).get((source.id, None, year))
        return None if value is None else Decimal(repr(value))

    place = listed(" ", (source, year))
    capture, destruction = known("voc_capture"), known("voc_destruction")
    yield from plausible(place, known("voc_generated"), capture, destruction, None, firm.name)
    for part, share in (("收集", capture), ("处理", destruction)):
        yield from above_scheme(place, part, share, coefficient_of(opened, source, part, year), firm.name)
    due, margin = known("treatment_due"), known("destruction_margin")
    if due and margin is not None and margin < 0:
        said = say("处理效率比要求低{points}个百分点", points=f"{-margin * 100:.1f}")
        remedy = "请检修或更换治理设施，复测后补报"
        yield Finding(
            "voc-treatment", "error", place, said, "应达到GB 37822-2019 10.3.2的要求", remedy, firm.name
        )
    velocity = known("hood_velocity")
    if velocity is not None and known("hood_velocity_kept") == 0:
        said = say("集气罩控制风速{velocity} m/s", velocity=f"{velocity:.2f}")
        remedy = "请调整集气罩或加大风量，复测后补报"
        yield Finding("voc-hood", "error", place, said, "应达到GB 37822-2019 10.2.2的要求", remedy, firm.name)
