"""Entities and their two trees: who administers whom, and whose figures contain whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from .errors import known


@dataclass(frozen=True, slots=True)
class Entity:
    """A city, county, zone, department, enterprise, plant, project ...

    parent administers it; statistical_parent's published figures contain it (same as parent where not
    stated). A residual's figure is its statistical parent's less its siblings'. Valid from since to until,
    both days included; None is open.
    """

    id: str
    name: str
    kind: str
    parent: str | None = None
    statistical_parent: str | None = None
    name_en: str = ""
    residual: bool = False
    since: date | None = None
    until: date | None = None
    aliases: tuple[str, ...] = ()
    source: str = ""
    confidence: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)

    def valid(self, start: date, end: date) -> bool:
        """Whether it existed on some day from start to end."""
        return (self.since is None or self.since <= end) and (self.until is None or self.until >= start)

    @property
    def contained_in(self) -> str | None:
        """The entity whose statistics contain this one's."""
        return self.statistical_parent or self.parent


class Places:
    """All entities of a city, in the order given, found by id, name or alias.

    top: the one whose parts are all here; of what contains it others are missing, so it is nobody's part.
    """

    def __init__(self, entities: Iterable[Entity], top: str | None = None) -> None:
        self.top = top
        self._by_id = {entity.id: entity for entity in entities}
        self._statistical: dict[str, list[Entity]] = defaultdict(list)
        self._administrative: dict[str, list[Entity]] = defaultdict(list)
        self._ancestors: dict[str, list[Entity]] = {}
        for entity in self._by_id.values():
            if entity.contained_in and entity.id != top:
                self._statistical[entity.contained_in].append(entity)
            if entity.parent:
                self._administrative[entity.parent].append(entity)

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    @cached_property
    def _by_name(self) -> dict[str, Entity]:
        names: dict[str, Entity] = {}
        for entity in self:
            for name in (entity.id, entity.name, *entity.aliases, entity.name_en):
                names.setdefault(name, entity)
        names.pop("", None)
        return names

    def get(self, id: str) -> Entity | None:
        """The entity with this id, or None."""
        return self._by_id.get(id)

    def find(self, text: str) -> Entity:
        """The entity with this id, name or alias. Raises UnknownName with the nearest known name."""
        return known(text.strip(), self._by_name, "对象")

    def children(self, id: str, *, statistical: bool = True) -> list[Entity]:
        """Entities directly below this one, in the order given."""
        return list((self._statistical if statistical else self._administrative).get(id, ()))

    def descendants(self, id: str, kind: str | None = None) -> list[Entity]:
        """All entities statistically below this one, of one kind or of any."""
        found: list[Entity] = []
        waiting = self.children(id)
        while waiting:
            entity = waiting.pop(0)
            if kind is None or entity.kind == kind:
                found.append(entity)
            waiting.extend(self._statistical.get(entity.id, ()))
        return found

    def ancestors(self, id: str) -> list[Entity]:
        """The entities that statistically contain this one, nearest first."""
        if id not in self._ancestors:
            here = self.get(id)
            above = self.get(here.contained_in) if here and here.contained_in else None
            self._ancestors[id] = [above, *self.ancestors(above.id)] if above else []
        return self._ancestors[id]

    @cached_property
    def containers(self) -> frozenset[str]:
        """Ids of the entities that statistically contain others."""
        return frozenset(self._statistical)

    def code(self, id: str) -> str:
        """Division code whose law applies to the entity: its own, or the nearest ancestor's; "" if none."""
        entity = self.get(id)
        chain = ([entity] if entity else []) + self.ancestors(id)
        return next((e.id for e in chain if e.id.isdigit() and len(e.id) >= 2), "")

    def without(self, kinds: Iterable[str]) -> Places:
        """The same places less some kinds."""
        left_out = frozenset(kinds)
        return Places((e for e in self if e.kind not in left_out), self.top)

    def joined(self, more: Iterable[Entity]) -> Places:
        """The same places and more; a repeated id takes the later entity."""
        return Places([*self, *more], self.top)
