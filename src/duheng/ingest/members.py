"""Who and what a duty's form must list: the expected entities and items."""

from __future__ import annotations

from collections.abc import Sequence

from duheng.model import glossary
from duheng.model.entities import Entity, Places
from duheng.model.periods import Period
from duheng.model.plan import Duty


def expected_members(duty: Duty, places: Places, period: Period | None = None) -> list[Entity]:
    """The entities a duty speaks of, in the order of the city's list; those that exist in the period, if given."""
    if duty.entity is not None:
        entity = places.get(duty.entity)
        members = [entity] if entity is not None else []
    else:
        members = [entity for entity in places if entity.kind == duty.kind]
    return [e for e in members if period is None or e.valid(period.start, period.end)]


def expected_items(duty: Duty) -> Sequence[str | None]:
    """The items a duty asks for: its own list, else all items of its quantities' axis, else [None]."""
    axes = {quantity.axis for id in duty.quantities if (quantity := glossary.quantity(id)).axis is not None}
    if not axes:
        return [None]
    return duty.items or [item for axis in sorted(filter(None, axes)) for item in glossary.axis(axis).items]
