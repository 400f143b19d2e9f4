"""Who is expected in a total (L1): those a duty names; where no duty does, all that the books list.

Divisions of one kind make up what they lie in: where one of them is listed, the others are expected too. An item that
no duty names beside those it does (a fuel that one county reports of its own accord) counts where it is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from duheng.model.entities import Entity, Places
from duheng.model.periods import Period
from duheng.model.plan import Duty

from .memory import once

# The kinds whose members together are the whole of what they lie in; enterprises, zones and projects are not.
_DIVISIONS = ("province", "city", "county", "town")


@dataclass(frozen=True, slots=True, eq=False)
class Obliged:
    """Who must state something: the entities, whether a duty says so, they and all that contain one of them."""

    entities: frozenset[str]
    by_duty: bool
    bearing: frozenset[str]


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

    def duties(self, quantity: str, entity: str, kind: str | None = None) -> list[Duty]:
        """The duties that make somebody state this quantity for this entity, or for each entity of a kind."""
        return [
            duty
            for duty in self._duties.get(quantity, ())
            if (duty.kind == kind if kind else entity in self._named(duty.entity, duty.kind))
        ]

    @once
    def _named(self, entity: str | None, kind: str | None) -> frozenset[str]:
        """Whom a duty with this entity or this kind names."""
        return frozenset({entity} if entity else {one.id for one in self.places if one.kind == kind})

    @once
    def items(self, quantities: frozenset[str]) -> tuple[str, ...]:
        """Items expected in a total over items of something resting on these quantities."""
        named = {
            item
            for q in quantities
            for item in ([i for duty in self._duties.get(q, ()) for i in duty.items] or self.listed(q)[1])
        }
        return tuple(sorted(named))

    @once
    def beside(self, quantities: frozenset[str]) -> tuple[str, ...]:
        """Items that are stated although no duty names them."""
        expected = self.items(quantities)
        return tuple(sorted({item for q in quantities for item in self.listed(q)[1]}.difference(expected)))

    @once
    def obliged(self, quantities: frozenset[str]) -> Obliged:
        """Entities that must state these quantities, and whether a duty says so."""
        duties = [duty for q in quantities for duty in self._duties.get(q, ())]
        by_duty = _union(self._named(duty.entity, duty.kind) for duty in duties)
        listed = frozenset() if by_duty else _union(self.listed(q)[0] for q in quantities)
        return self._bearing(by_duty or self._with_alike(listed), bool(by_duty))

    @once
    def _with_alike(self, listed: frozenset[str]) -> frozenset[str]:
        """The listed ones, and the divisions beside the listed divisions and beside all that contain these."""
        divisions = listed & self._divisions.keys()
        divisions |= {above.id for id in divisions for above in self.places.ancestors(id)}
        found = [self._divisions[id] for id in divisions & self._divisions.keys()]
        parts = {(one.contained_in, one.kind) for one in found if one.contained_in}
        alike = {one.id for whole, kind in parts for one in self.places.children(whole) if one.kind == kind}
        return listed | alike

    @cached_property
    def _divisions(self) -> dict[str, Entity]:
        return {one.id: one for one in self.places if one.kind in _DIVISIONS}

    @once
    def _bearing(self, entities: frozenset[str], by_duty: bool) -> Obliged:
        """One object for all quantities that the same entities must state."""
        above = {a.id for id in entities for a in self.places.ancestors(id)}
        return Obliged(entities, by_duty, entities | above)

    def children(self, quantities: frozenset[str], parent: str) -> list[Entity]:
        """Children expected in the parent's total; none where the parent's own statement is awaited."""
        return self.expected(self.obliged(quantities), parent) if parent in self.places.containers else []

    @once
    def expected(self, obliged: Obliged, parent: str) -> list[Entity]:
        """Children expected in the parent's total, given who must state what is totalled."""
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

    @once
    def descendants(self, parent: str, kind: str) -> list[Entity]:
        """All of one kind statistically below the parent: the members of a register's total."""
        return self.places.descendants(parent, kind)


def valid(entities: Iterable[Entity], period: Period) -> list[Entity]:
    """Those that existed in the period."""
    return [entity for entity in entities if entity.valid(period.start, period.end)]


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    distinct = list({id(one): one for one in sets if one}.values())
    return distinct[0] if len(distinct) == 1 else frozenset().union(*distinct)
