"""Which quantity of the glossary a printed indicator means: a proposal with its confidence, for a person to confirm."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import duheng.rules  # noqa: F401  computed quantities join the glossary when the rules load
from duheng.model.errors import UnitError
from duheng.model.glossary import Quantity, all_quantities, axis, item_unit
from duheng.model.units import parse_unit
from duheng.reading.normal import plain
from duheng.reading.records import Target

LEAST = 0.35
"""Confidence below which nothing is proposed: half the signs of a short name alike come about by chance."""
_YEARLY = "年"  # in a title: a figure of one year; in a target's period: 年均, 每年
_SCOPE_WEIGHT = 0.6  # more than half: of two indicators of one name only the scope says which is meant
_CHANGES = ("累计降低率", "降低率", "下降率", "降幅")


@dataclass(frozen=True, slots=True)
class Binding:
    """A proposal: quantity, item where the quantity has an axis, confidence 0...1 (likeness of the names)."""

    quantity: str
    item: str | None
    confidence: float


def bind(target: Target) -> Binding | None:
    """The quantity most like the indicator among those its unit and direction allow; null where none is near."""
    named = plain(target.indicator)
    scoped = plain(f"{target.scope or ''}{target.indicator}")
    best: Binding | None = None
    # Of two names alike the fall comes first: what is assigned of an intensity is by how much it falls.
    for quantity in sorted(all_quantities().values(), key=lambda one: not one.title.endswith(_CHANGES)):
        if not _allows(quantity, target):
            continue
        for item in _items(quantity, named):
            if _fits(target.unit and plain(target.unit), quantity, item):
                alike = round(_alike(named, scoped, _name(quantity, item, target.direction)), 2)
                if best is None or alike > best.confidence:
                    best = Binding(quantity.id, item, alike)
    return best if best is not None and best.confidence >= LEAST else None


def _allows(quantity: Quantity, target: Target) -> bool:
    """A fall in per cent is owed to a rate of decline, a level to anything else."""
    if _YEARLY in quantity.title and _YEARLY not in (target.period or ""):
        return False
    decline = quantity.title.endswith(_CHANGES)
    if target.direction in ("decrease", "assigned") and target.unit in ("%", None):
        return decline or target.direction == "assigned"
    return not decline


def _items(quantity: Quantity, named: str) -> list[str | None]:
    """The items the indicator names, the longest first; [null] where the quantity has none."""
    if quantity.axis is None:
        return [None]
    items = axis(quantity.axis).items.items()
    found = [name for name, item in items if any(each and each in named for each in (name, *item.aliases))]
    return list(sorted(found, key=len, reverse=True)[:1])


def _fits(unit: str | None, quantity: Quantity, item: str | None) -> bool:
    if unit is None:
        return True
    return _alike_units(unit, item_unit(quantity, item))


@lru_cache(maxsize=4096)
def _alike_units(one: str, other: str) -> bool:
    """Whether they convert into each other; each refusal would look for the nearest names again."""
    try:
        return parse_unit(one).same_dimension(parse_unit(other))
    except UnitError:
        return False


def _name(quantity: Quantity, item: str | None, direction: str) -> str:
    title = quantity.title
    if direction in ("decrease", "assigned"):
        title = next((title.removesuffix(each) for each in _CHANGES if title.endswith(each)), title)
    return f"{item or ''}{title}"


def _alike(named: str, scoped: str, title: str) -> float:
    return (1 - _SCOPE_WEIGHT) * likeness(named, title) + _SCOPE_WEIGHT * likeness(scoped, title)


@lru_cache(maxsize=4096)
def _pairs(name: str) -> Counter[str]:
    signs = f"^{name}$"
    return Counter(signs[at : at + 2] for at in range(len(signs) - 1))


def likeness(one: str, other: str) -> float:
    """Share of neighbouring signs both names have (Dice)."""
    ours, theirs = _pairs(one), _pairs(other)
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())
