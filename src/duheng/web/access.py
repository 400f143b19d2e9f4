"""What is confidential: figures of single enterprises, and aggregates of fewer than three of them.

Denied unless allowed: without the permission a reader sees of a tree of reasons only what rests on no confidential
entity, or on a sum over at least three of them. A closed part closes what is computed from it, because a reader could
otherwise subtract (statistics law: no figure from which a single unit can be identified). Of a day gone by no sum
over confidential entities is open: less the sum of now it would be the figure of who was corrected or added since.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from duheng.assess.books import day_of
from duheng.engine import Step
from duheng.model.entities import Entity, Places
from duheng.model.findings import Finding
from duheng.model.glossary import kinds

LEAST_MEMBERS = 3


def confidential_kind(kind: str) -> bool:
    """Whether figures of single entities of this kind are confidential; an unknown kind is."""
    known = kinds().get(kind)
    return known is None or known.confidential


def confidential(entity: Entity | None) -> bool:
    """Whether an entity's own figures are confidential; an unknown entity's are."""
    return entity is None or confidential_kind(entity.kind)


def gone_by(as_of: date | datetime | None) -> bool:
    """Whether figures as of then may differ from those of now."""
    return as_of is not None and day_of(as_of) < day_of(None)


class Closed:
    """Which steps of trees over the same places, as of the same day, are closed to a reader without the permission."""

    def __init__(self, places: Places, as_of: date | datetime | None = None):
        self.places = places
        self.past = gone_by(as_of)
        self._known: dict[int, tuple[bool, frozenset[str]]] = {}
        self._kept: list[Step] = []

    def __call__(self, step: Step) -> bool:
        """Whether the step's value must not be shown."""
        return self._judge(step)[0]

    def _judge(self, step: Step) -> tuple[bool, frozenset[str]]:
        known = self._known.get(id(step))
        if known is None:
            known = self._known[id(step)] = self._judged(step)
            self._kept.append(step)  # an id is only good while its object lives
        return known

    def _judged(self, step: Step) -> tuple[bool, frozenset[str]]:
        if step.kind == "parameter":
            return False, frozenset()
        own = confidential(self.places.get(step.entity))
        below = [(part, *self._judge(part)) for part in step.parts]
        members = frozenset().union(*(who for _, _, who in below)) if below else frozenset()
        if own:
            # A zero or an unknown does not hide its neighbours in a sum.
            silent = step.value is None or step.value == 0
            return True, members if silent else members | {self.unit(step.entity)}
        summed = step.kind in ("total", "aggregate")
        for part, closed, _ in below:
            if closed and not (summed and confidential(self.places.get(part.entity))):
                return True, members
        direct = any(confidential(self.places.get(part.entity)) for part in step.parts)
        thin = len(members) < LEAST_MEMBERS or self._thin_rest(step.entity, members)
        return direct and (self.past or thin), members

    def unit(self, entity: str) -> str:
        """The unit whose figure an entity's is: of a source or outlet the enterprise, whose parts do not hide it."""
        chain = [entity, *(one.id for one in self.places.ancestors(entity))]
        return next(id for id in reversed(chain) if id == entity or confidential(self.places.get(id)))

    def _thin_rest(self, whole: str, members: frozenset[str]) -> bool:
        """Whether the whole less the open places in it would be the figure of one or two members."""
        return 0 < self._rest(whole, members) < LEAST_MEMBERS

    def _rest(self, whole: str, members: frozenset[str]) -> int:
        """How many members are in no open place below the whole, however deep: a zone is open inside a closed county.

        Who subtracts every open place from the whole finds their sum.
        """
        below: dict[str, set[str]] = {}
        for member in members:
            below.setdefault(self._place_below(whole, member), set()).add(member)
        rest = len(below.pop("", ()))
        for place, own in below.items():
            hidden = self._rest(place, frozenset(own))
            rest += (
                hidden if hidden < LEAST_MEMBERS else 0
            )  # such a place is closed, so nobody can subtract it
        return rest

    def _place_below(self, whole: str, member: str) -> str:
        """The open place right below the whole in which a member lies; "" where it lies in none."""
        chain = [one.id for one in self.places.ancestors(member)]
        below = chain[: chain.index(whole)] if whole in chain else chain
        return next((id for id in reversed(below) if not confidential(self.places.get(id))), "")


def findings_for(findings: Iterable[Finding], places: Places, sees_confidential: bool) -> list[Finding]:
    """The findings a reader may see: without the permission none that names a confidential entity, whose figures
    it may quote."""
    if sees_confidential:
        return list(findings)
    names = [entity.name for entity in places if confidential(entity)]
    return [one for one in findings if not any(name in one.text for name in names)]
