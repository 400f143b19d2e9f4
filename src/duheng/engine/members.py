"""Who is expected in a total (L1): those a duty names; where no duty does, all that the books list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from duheng.model.entities import Entity, Places
from duheng.model.periods import Period
from duheng.model.plan import Duty


class Members:
    """Expected entities and items of totals, from the duties and from what is listed."""

    def __init__(
        self,
        places: Places,
        duties: Iterable[Duty],
        listed: Mapping[str, tuple[frozenset[str], tuple[str, ...]]],
    ) -> None:
        """listed: quantity -> (entities, items) for which the books hold a fact."""
        self.places = places
        self.listed = listed
        self._duties: dict[str, list[Duty]] = defaultdict(list)
        for duty in duties:
            for quantity in duty.quantities:
                self._duties[quantity].append(duty)
        self._obliged: dict[frozenset[str], tuple[frozenset[str], bool]] = {}
        self._children: dict[tuple[frozenset[str], str], list[Entity]] = {}

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
            for item in (
                [i for duty in self._duties.get(q, ()) for i in duty.items]
                or self.listed.get(q, (frozenset(), ()))[1]
            )
        }
        return tuple(sorted(named))

    def obliged(self, quantities: frozenset[str]) -> tuple[frozenset[str], bool]:
        """Entities that must state these quantities, and whether a duty says so."""
        if quantities not in self._obliged:
            by_duty: set[str] = set()
            for duty in (d for q in quantities for d in self._duties.get(q, ())):
                by_duty |= {duty.entity} if duty.entity else self._of_kind.get(duty.kind or "", set())
            listed = frozenset(e for q in quantities for e in self.listed.get(q, (frozenset(), ()))[0])
            self._obliged[quantities] = (frozenset(by_duty), True) if by_duty else (listed, False)
        return self._obliged[quantities]

    def children(self, quantities: frozenset[str], parent: str) -> list[Entity]:
        """Children expected in the parent's total; none where the parent's own statement is awaited."""
        key = (quantities, parent)
        if key not in self._children:
            self._children[key] = self._expected(quantities, parent)
        return self._children[key]

    def _expected(self, quantities: frozenset[str], parent: str) -> list[Entity]:
        obliged, by_duty = self.obliged(quantities)
        children = self.places.children(parent)
        expected = [child for child in children if child.id in self._bearing(quantities)]
        residual = next((child for child in children if child.residual), None)
        if residual and any(child.id in obliged for child in self.outside(parent)):
            # Zones lie inside their county and do not exhaust it; only with the residual do they.
            return expected if residual in expected else [*expected, residual]
        return [] if by_duty and parent in obliged else expected

    def outside(self, parent: str) -> list[Entity]:
        """Entities contained in the parent's statistics but administered by another: the zones of a county."""
        return [c for c in self.places.children(parent) if not c.residual and c.parent != parent]

    def _bearing(self, quantities: frozenset[str]) -> frozenset[str]:
        """The obliged entities and everything that statistically contains one."""
        if quantities not in self._bearing_of:
            obliged = self.obliged(quantities)[0]
            above = {a.id for id in obliged for a in self.places.ancestors(id)}
            self._bearing_of[quantities] = obliged | above
        return self._bearing_of[quantities]

    @cached_property
    def _bearing_of(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    def descendants(self, parent: str, kind: str) -> list[Entity]:
        """All of one kind statistically below the parent: the members of a register's total."""
        key = (frozenset({f"kind {kind}"}), parent)
        if key not in self._children:
            self._children[key] = self.places.descendants(parent, kind)
        return self._children[key]


def valid(entities: Iterable[Entity], period: Period) -> list[Entity]:
    """Those that existed in the period."""
    return [entity for entity in entities if entity.valid(period.start, period.end)]
