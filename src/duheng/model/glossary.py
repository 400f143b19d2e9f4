"""The glossary: quantities, axes, definitions and kinds, read once from the packaged cn/ folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any, Literal

from .data import read_rows, read_yaml, root
from .errors import FolderError, UnitError, UnknownName, known
from .references import Only, Reference
from .units import parse_unit

Adding = Literal["sum", "last", "none"]


@dataclass(frozen=True, eq=False)
class Quantity(Reference):
    """A name with its unit, titles, item axis, how it adds over time and place, and printed digits.

    unit is what is computed and stored in; shown is the unit printed (the same where None); decimals are
    those of the printed number (L7). definitions: the accounting definitions (口径) it can have (L8); the
    first is meant where none is named. published: of a rule, that a source states it as a rule; what the source
    leaves out is computed. signed: a stated amount may be negative, as exports in a balance are. whole: a stated
    number is whole, as who states it has rounded it as the text asks.
    """

    id: str
    title: str
    unit: str
    title_en: str = ""
    axis: str | None = None
    over_time: Adding = "none"
    over_place: Adding = "none"
    decimals: int = 2
    shown: str | None = None
    definitions: tuple[str, ...] = ()
    note: str = ""
    published: bool = False
    signed: bool = False
    whole: bool = False

    @property
    def printed_unit(self) -> str:
        """The unit of the printed number."""
        return self.shown or self.unit

    def definition(self, wanted: str | None) -> str | None:
        """The definition to read it under: the wanted one where it has definitions, else None."""
        if not self.definitions:
            return None
        return wanted if wanted in self.definitions else self.definitions[0]

    def at_prices_of(self, year: int) -> str | None:
        """The one of its definitions whose price base is that year; None where it is not at constant prices."""
        return next((id for id in self.definitions if definition(id).base_year == str(year)), None)

    @property
    def priced(self) -> bool:
        """Whether it is at constant prices: its definitions are price bases."""
        return any(definition(id).base_year for id in self.definitions)


@dataclass(frozen=True, slots=True)
class Item:
    """A member of an axis: a fuel, a pollutant; with the unit its amounts are stated in."""

    title: str
    title_en: str
    unit: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Axis:
    """The items of a kind, by Chinese title."""

    id: str
    items: Mapping[str, Item]

    @cached_property
    def _names(self) -> dict[str, Item]:
        names = {name: item for item in self.items.values() for name in (*item.aliases, item.title_en)}
        return {**names, **self.items}

    def find(self, text: str) -> Item:
        """The item with this title or alias. Raises UnknownName."""
        return known(text.strip(), self._names, "品种")


@dataclass(frozen=True, slots=True)
class Definition:
    """An accounting definition (口径): what is counted, since when, by which document.

    since: first day on which figures may be judged under it; issued: date of its document, where it is known.
    base_year: of a price base, the year of its prices. certainty: of the citation, as of a parameter's setting.
    """

    id: str
    title: str
    title_en: str
    cite: str
    since: str = ""
    issued: str = ""
    base_year: str = ""
    certainty: str = "verified"
    note: str = ""

    def in_force(self, day: date) -> bool:
        """Whether figures may be judged under it on that day: it has begun, and its document is there."""
        return max(self.since, self.issued) <= day.isoformat()


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of a kind's register."""

    title: str
    title_en: str = ""
    type: str = "text"
    unit: str | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of entity with the schema of its register (台账)."""

    id: str
    title: str
    title_en: str = ""
    confidential: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


_registered: dict[str, Quantity] = {}


def register(rule: Quantity) -> None:
    """Add a computed quantity to the glossary; rules do this when they load."""
    _registered[rule.id] = rule


def quantity(id: str) -> Quantity:
    """The declared or computed quantity with this id. Raises UnknownName with the nearest known id."""
    return declared().get(id) or known(id, all_quantities(), "指标")


def all_quantities() -> dict[str, Quantity]:
    """Every quantity by id: the declared ones, then the rules loaded so far."""
    return {**declared(), **_registered}


@cache
def declared() -> dict[str, Quantity]:
    """The quantities of cn/quantities.yaml. Raises FolderError with every trouble."""
    troubles: list[str] = []
    found: dict[str, Quantity] = {}
    for id, entry in _yaml("quantities").items():
        try:
            found[id] = Quantity(id=id, **{**entry, "definitions": tuple(entry.get("definitions", ()))})
            parse_unit(found[id].unit)
            parse_unit(found[id].printed_unit)
        except (TypeError, UnitError) as trouble:
            troubles.append(f"quantities.yaml {id}：{trouble}")
    if troubles:
        raise FolderError(troubles)
    return found


@cache
def axis(id: str) -> Axis:
    """The axis with this id, from cn/axes/<id>.csv. Raises UnknownName."""
    if id not in axes():
        raise UnknownName(id, axes())
    items = (
        Item(row["item"], row["title_en"], row["unit"], tuple(filter(None, row["aliases"].split("|"))))
        for row in read_rows(root() / "axes" / f"{id}.csv")
    )
    return Axis(id, {item.title: item for item in items})


@cache
def axes() -> tuple[str, ...]:
    """Ids of all axes."""
    return tuple(sorted(path.stem for path in (root() / "axes").glob("*.csv")))


@cache
def definitions() -> dict[str, Definition]:
    """All accounting definitions by id, from cn/definitions.yaml."""
    read = _yaml("definitions").items()
    return {id: Definition(id=id, **{key: str(value) for key, value in entry.items()}) for id, entry in read}


def definition(id: str) -> Definition:
    """The accounting definition with this id. Raises UnknownName."""
    return known(id, definitions(), "口径")


@cache
def kinds() -> dict[str, Kind]:
    """All kinds of entities by id, from cn/kinds.yaml."""
    found = {}
    for id, entry in _yaml("kinds").items():
        columns = {name: Attribute(**column) for name, column in entry.get("attributes", {}).items()}
        found[id] = Kind(id=id, **{**entry, "attributes": columns})
    return found


def kind(id: str) -> Kind:
    """The kind with this id. Raises UnknownName."""
    return known(id, kinds())


def item_unit(of: Reference, item: str | None) -> str:
    """Unit of a quantity or parameter for one item: `<fuel>` is replaced by the item's own unit."""
    if of.axis is None or item is None or item not in axis(of.axis).items:
        return of.unit
    return of.unit.replace(f"<{of.axis}>", axis(of.axis).items[item].unit)


def only(of: Reference, item: str) -> Only:
    """One item of a reference that has items. Raises UnknownName for an item that its axis does not have."""
    found = known(item, axis(of.axis or "").items)
    return Only(of, found.title, item_unit(of, found.title))


def _yaml(name: str) -> dict[str, dict[str, Any]]:
    return read_yaml(root() / f"{name}.yaml") or {}
