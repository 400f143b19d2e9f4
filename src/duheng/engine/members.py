"""Who is expected in a total (L1): those a duty names; where no duty does, all that the books list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from duheng.model.entities import Entity, Places
from duheng.model.periods import Period
from duheng.model.plan import Duty


@dataclass(frozen=True, slots=True)
class Obliged:
    """Who must state something: the entities, whether a duty says so, they and all that contain one of them."""

    entities: frozenset[str]
    by_duty: bool
    bearing: frozenset[str]
    children: dict[str, list[Entity]] = field(default_factory=dict)


class Members:
    """Expected entities and items of totals, from the duties and from what is listed."""

    def __init__(
        self,
        places: Places,
        duties: Iterable[Duty],
        listed: Callable[[str], tuple[frozenset[str], frozenset[str]]],
    ) -> None:
        """listed: quantity -> (entities, items) for which the books hold a fact."""
        self.places = places
        self.listed = listed
        self._duties: dict[str, list[Duty]] = defaultdict(list)
        for duty in duties:
            for quantity in duty.quantities:
                self._duties[quantity].append(duty)
        self._obliged: dict[frozenset[str], Obliged] = {}
        self._known: dict[tuple[frozenset[str], bool], Obliged] = {}
        self._descendants: dict[tuple[str, str], list[Entity]] = {}

    @cached_property
    def _of_kind(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for entity in self.places:
            found[entity.kind].add(entity.id)
        return found

    def duties(self, quantity: str, entity: str) -> list[Duty]:
        """The duties that make somebody state this quantity for this entity."""
        known = self.places.get(entity)
        return [
            duty
            for duty in self._duties.get(quantity, ())
            if duty.entity == entity or (known and duty.kind == known.kind and not duty.entity)
        ]

    def items(self, quantities: Iterable[str]) -> tuple[str, ...]:
        """Items expected in a total over items of something resting on these quantities."""
        named = {
            item
            for q in quantities
            for item in ([i for duty in self._duties.get(q, ()) for i in duty.items] or self.listed(q)[1])
        }
        return tuple(sorted(named))

    def obliged(self, quantities: frozenset[str]) -> Obliged:
        """Entities that must state these quantities, and whether a duty says so."""
        if quantities not in self._obliged:
            by_duty: set[str] = set()
            for duty in (d for q in quantities for d in self._duties.get(q, ())):
                by_duty |= {duty.entity} if duty.entity else self._of_kind.get(duty.kind or "", set())
            listed = _union([self.listed(q)[0] for q in quantities])
            key = (frozenset(by_duty) or listed, bool(by_duty))
            if key not in self._known:  # many quantities share their members
                above = {a.id for id in key[0] for a in self.places.ancestors(id)}
                self._known[key] = Obliged(*key, key[0] | above)
            self._obliged[quantities] = self._known[key]
        return self._obliged[quantities]

    def children(self, quantities: frozenset[str], parent: str) -> list[Entity]:
        """Children expected in the parent's total; none where the parent's own statement is awaited."""
        if parent not in self.places.containers:
            return []
        obliged = self.obliged(quantities)
        if parent not in obliged.children:
            obliged.children[parent] = self._expected(obliged, parent)
        return obliged.children[parent]

    def _expected(self, obliged: Obliged, parent: str) -> list[Entity]:
        children = self.places.children(parent)
        expected = [child for child in children if child.id in obliged.bearing]
        residual = next((child for child in children if child.residual), None)
        if residual and any(child.id in obliged.entities for child in self.outside(parent)):
            # Zones lie inside their county and do not exhaust it; only with the residual do they.
            return expected if residual in expected else [*expected, residual]
        return [] if obliged.by_duty and parent in obliged.entities else expected

    def outside(self, parent: str) -> list[Entity]:
        """Entities contained in the parent's statistics but administered by another: the zones of a county."""
        return [c for c in self.places.children(parent) if not c.residual and c.parent != parent]

    def descendants(self, parent: str, kind: str) -> list[Entity]:
        """All of one kind statistically below the parent: the members of a register's total."""
        if parent not in self.places.containers:
            return []
        if (parent, kind) not in self._descendants:
            self._descendants[parent, kind] = self.places.descendants(parent, kind)
        return self._descendants[parent, kind]


def valid(entities: Iterable[Entity], period: Period) -> list[Entity]:
    """Those that existed in the period."""
    return [entity for entity in entities if entity.valid(period.start, period.end)]


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    distinct = list({id(one): one for one in sets if one}.values())
    return distinct[0] if len(distinct) == 1 else frozenset().union(*distinct)
