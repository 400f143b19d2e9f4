"""Which quantity of the glossary a printed indicator means: a proposal with its confidence, for a person to confirm."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

import duheng.rules  # noqa: F401  computed quantities join the glossary when the rules load
from duheng.model.errors import UnitError
from duheng.model.glossary import Quantity, all_quantities, axis, item_unit
from duheng.model.units import parse_unit
from duheng.reading.naming import canonical, measured, named, table
from duheng.reading.normal import plain
from duheng.reading.records import Target

LEAST = 0.56
"""Confidence below which nothing is proposed: a wrong proposal on the board is worse than none."""
_YEARLY = "年"  # in a title: a figure of one year; in a target's period: 年均, 每年
_SCOPE_WEIGHT = 0.6  # more than half: of two indicators of one name only the scope says which is meant
_CHANGES = ("累计降低率", "年度降低率", "降低率", "下降率", "降幅")


@dataclass(frozen=True, slots=True)
class Binding:
    """A proposal: quantity, item where the quantity has an axis, confidence 0...1 (likeness of the names)."""

    quantity: str
    item: str | None
    confidence: float


def bind(target: Target) -> Binding | None:
    """The quantity most like the indicator among those its unit and direction allow; null where none is near."""
    name, of = named(target.indicator, target.scope, None)
    scoped = canonical(f"{of}{name}")
    best: tuple[float, float] = (LEAST, -1.0)
    found: Binding | None = None
    # Of two names alike the fall comes first: what is assigned of an intensity is by how much it falls.
    for quantity in sorted(all_quantities().values(), key=lambda one: not one.title.endswith(_CHANGES)):
        if not _allows(quantity, target):
            continue
        for item in _items(quantity, plain(target.indicator)):
            title = _name(quantity, item, target.direction)
            alike = round(_alike(name, scoped, canonical(title)), 2)
            if alike < best[0] or not _fits(target.unit and plain(target.unit), quantity, item):
                continue
            # Of two titles that mean the same the one printed like the indicator.
            rank = (alike, likeness(plain(target.indicator), title))
            if rank > best:
                best, found = rank, Binding(quantity.id, item, alike)
    return found


def yearly(target: Target) -> bool:
    """Whether the number is owed anew each year."""
    return any(word in (target.period or "") for word in table()["yearly"])


def _allows(quantity: Quantity, target: Target) -> bool:
    """A fall in per cent is owed to a rate of decline, a level to anything else."""
    of_a_year = _YEARLY in quantity.title
    if of_a_year and _YEARLY not in (target.period or ""):
        return False
    decline = quantity.title.endswith(_CHANGES)
    if decline and yearly(target) and not of_a_year:
        return False
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


def _alike(name: str, scoped: str, title: str) -> float:
    if _another(name, title):
        return 0.0
    with_scope = _telling(scoped, title)
    return max(with_scope, (1 - _SCOPE_WEIGHT) * _telling(name, title) + _SCOPE_WEIGHT * with_scope)


def _another(name: str, title: str) -> bool:
    """Whether a name measures another thing: water, not energy; the intensity of a branch, not of the whole."""
    ends = {measured(name), measured(title)} - {""}
    per = tuple(table()["intensive"])
    return len(ends) > 1 or (title.startswith(per) and not name.startswith(per))


@lru_cache(maxsize=4096)
def _pairs(name: str) -> Counter[str]:
    signs = f"^{name}$"
    return Counter(signs[at : at + 2] for at in range(len(signs) - 1))


def likeness(one: str, other: str) -> float:
    """Share of neighbouring signs both names have (Dice)."""
    ours, theirs = _pairs(one), _pairs(other)
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


@lru_cache(maxsize=65536)
def _telling(name: str, title: str) -> float:
    """Their likeness, each pair of signs by how few titles have it: 利用率 says little, 秸秆 nearly all."""
    shared = _weight(_pairs(name) & _pairs(title))
    return 2 * shared / (_weight(_pairs(name)) + _weight(_pairs(title))) if shared else 0.0


def _weight(pairs: Counter[str]) -> float:
    rarity = _rarity()
    return sum(times * rarity.get(pair, 1.0) for pair, times in pairs.items())


@cache
def _rarity() -> dict[str, float]:
    """1 of a pair of signs no title of the glossary has, 0 of one that all have."""
    titles = [canonical(one.title) for one in all_quantities().values()]
    common = Counter(pair for title in titles for pair in set(_pairs(title)))
    return {pair: 1 - math.log1p(times) / math.log1p(len(titles)) for pair, times in common.items()}
