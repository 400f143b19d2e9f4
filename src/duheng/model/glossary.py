"""The glossary: quantities, axes, definitions and kinds, read once from the packaged cn/ folder."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, Protocol

from .data import read_yaml, root
from .errors import FolderError, UnitError, UnknownName
from .references import Reference
from .units import parse_unit

Adding = Literal["sum", "last", "none"]


@dataclass(frozen=True, eq=False)
class Quantity(Reference):
    """A name with its unit, titles, item axis, how it adds over time and place, and printed digits.

    unit is what is computed and stored in; shown is the unit printed (the same where None); decimals are
    those of the printed number (L7). definitions: the accounting definitions (口径) it can have (L8); the
    first is meant where none is named.
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

    @property
    def printed_unit(self) -> str:
        """The unit of the printed number."""
        return self.shown or self.unit

    def definition(self, wanted: str | None) -> str | None:
        """The definition to read it under: the wanted one where it has definitions, else None."""
        if not self.definitions:
            return None
        return wanted if wanted in self.definitions else self.definitions[0]


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
        found = self._names.get(text.strip())
        if found is None:
            raise UnknownName(text, self._names)
        return found


@dataclass(frozen=True, slots=True)
class Definition:
    """An accounting definition (口径): what is counted, since when, by which document."""

    id: str
    title: str
    title_en: str
    cite: str
    since: str = ""
    note: str = ""


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
    found = declared().get(id) or _registered.get(id)
    if found is None:
        raise UnknownName(id, [*declared(), *_registered])
    return found


def all_quantities() -> dict[str, Quantity]:
    """Every quantity by id: the declared ones, then the rules loaded so far."""
    return {**declared(), **_registered}


@cache
def declared() -> dict[str, Quantity]:
    """The quantities of cn/quantities.yaml. Raises FolderError with every trouble."""
    troubles: list[str] = []
    found: dict[str, Quantity] = {}
    for id, entry in _yaml("quantities.yaml").items():
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
    path = root() / "axes" / f"{id}.csv"
    if not path.is_file():
        raise UnknownName(id, axes())
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    items = {
        row["item"]: Item(
            row["item"], row["title_en"], row["unit"], tuple(filter(None, row["aliases"].split("|")))
        )
        for row in rows
    }
    return Axis(id, items)


@cache
def axes() -> tuple[str, ...]:
    """Ids of all axes."""
    return tuple(sorted(path.stem for path in (root() / "axes").glob("*.csv")))


@cache
def definitions() -> dict[str, Definition]:
    """All accounting definitions by id, from cn/definitions.yaml."""
    known = {"title", "title_en", "cite", "since", "note"}
    return {
        id: Definition(id=id, **{key: str(value) for key, value in entry.items() if key in known})
        for id, entry in _yaml("definitions.yaml").items()
    }


def definition(id: str) -> Definition:
    """The accounting definition with this id. Raises UnknownName."""
    if id not in definitions():
        raise UnknownName(id, definitions())
    return definitions()[id]


@cache
def kinds() -> dict[str, Kind]:
    """All kinds of entities by id, from cn/kinds.yaml."""
    return {
        id: Kind(
            id=id,
            title=entry["title"],
            title_en=entry.get("title_en", ""),
            confidential=bool(entry.get("confidential", False)),
            attributes={
                name: Attribute(**column) for name, column in (entry.get("attributes") or {}).items()
            },
        )
        for id, entry in _yaml("kinds.yaml").items()
    }


def kind(id: str) -> Kind:
    """The kind with this id. Raises UnknownName."""
    if id not in kinds():
        raise UnknownName(id, kinds())
    return kinds()[id]


class Itemised(Protocol):
    """What has a unit that may depend on the item: a quantity or a parameter."""

    @property
    def unit(self) -> str: ...
    @property
    def axis(self) -> str | None: ...


def item_unit(of: Itemised, item: str | None) -> str:
    """Unit of a quantity or parameter for one item: `<fuel>` is replaced by the item's own unit."""
    mark = f"<{of.axis}>"
    if of.axis is None or item is None or mark not in of.unit:
        return of.unit
    known = axis(of.axis).items
    return of.unit.replace(mark, known[item].unit) if item in known else of.unit


def _yaml(name: str) -> dict[str, dict[str, Any]]:
    content = read_yaml(root() / name)
    return content or {}
