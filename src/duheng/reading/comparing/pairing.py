"""Which target of one plan is the same indicator as which of the other: one to one, and never by a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duheng.model.glossary import all_quantities
from duheng.model.saying import Saying, say
from duheng.reading.binding import likeness, yearly
from duheng.reading.comparing.sides import Entry
from duheng.reading.comparing.wording import bare, canonical, insertion, table

LEAST_BOUND = 0.6
"""Confidence of both bindings from which one quantity means one indicator."""
LEAST_ALIKE = 0.7
"""Likeness of two names, one the other with words put in, from which they may mean one indicator."""
BY_SYNONYM = 0.95
_INSERTED = 0.9  # of its likeness: what was put in may narrow the indicator


@dataclass(frozen=True, slots=True)
class Sameness:
    """Why two targets are taken for the same indicator, and how sure that is (0...1)."""

    why: Saying
    confidence: float
    by: int


NAME, QUANTITY, LIKENESS = range(3)
"""By what two targets are the same indicator, the surest first."""


@dataclass(frozen=True, slots=True)
class Match:
    """A target of each plan."""

    a: Entry
    b: Entry
    sameness: Sameness


@dataclass(frozen=True, slots=True)
class Candidates:
    """Targets of one indicator of which nothing tells which belongs to which: for a person to say."""

    a: tuple[Entry, ...]
    b: tuple[Entry, ...]


def same(a: Entry, b: Entry) -> Sameness | None:
    """Whether both mean one indicator: by name, by quantity of the glossary, by likeness; None where they do not."""
    if a.name == b.name:
        return _named(a, b)
    both = _both_bound(a, b)
    if both is not None:
        return both if both.confidence else None
    names = (
        canonical(a.target.indicator),
        canonical(b.target.indicator),
    )  # with the scope at its head, as printed
    alike = likeness(*names)
    if alike >= LEAST_ALIKE and insertion(*names):
        return Sameness(say("名称相近：一方多几个字，请核对"), round(alike * _INSERTED, 2), LIKENESS)
    return None


def _named(a: Entry, b: Entry) -> Sameness:
    if bare(a.target.indicator) == bare(b.target.indicator):
        return Sameness(say("名称相同"), 1.0, NAME)
    return Sameness(say("名称不同，按同义说法相同"), BY_SYNONYM, NAME)


def _both_bound(a: Entry, b: Entry) -> Sameness | None:
    """The same quantity, or two (confidence 0); None where one of them is not bound well enough to tell."""
    one, other = a.bound, b.bound
    if one is None or other is None or min(one.confidence, other.confidence) < LEAST_BOUND:
        return None
    if (one.quantity, one.item) != (other.quantity, other.item):
        return Sameness(say("两个量"), 0, QUANTITY)
    title = all_quantities()[one.quantity]
    return Sameness(
        say("按名称和单位取同一个量：{quantity}", quantity=title),
        min(one.confidence, other.confidence),
        QUANTITY,
    )


_KINDS = {"decrease": "change", "increase": "change", "zero_growth": "change", "assigned": "assigned"}
Fits = Callable[[Entry, Entry], bool]


def _deadline(a: Entry, b: Entry) -> bool:
    return a.target.deadline == b.target.deadline and yearly(a.target) == yearly(b.target)


def _kind(a: Entry, b: Entry) -> bool:
    kinds = [
        _KINDS.get(one.target.direction, "level") + ("%" if one.target.unit == "%" else "") for one in (a, b)
    ]
    return kinds[0] == kinds[1]


def _firm(a: Entry, b: Entry) -> bool:
    wishes = table()["stretch"]
    wish = [one.target.hedge is not None and one.target.hedge.startswith(tuple(wishes)) for one in (a, b)]
    return wish[0] == wish[1]


def _scope(a: Entry, b: Entry) -> bool:
    return a.of == b.of


def _near_scope(a: Entry, b: Entry) -> bool:
    return a.of == b.of or not a.of or not b.of


def _base(a: Entry, b: Entry) -> bool:
    return a.target.change_from == b.target.change_from


def _value(a: Entry, b: Entry) -> bool:
    return a.target.value == b.target.value


def _place(a: Entry, b: Entry) -> bool:
    return a.territory == b.territory and a.article == b.article


# From what agrees in everything to what is only the same indicator; at each step only what fits one and no other.
_CLOSE: tuple[tuple[Fits, ...], ...] = (
    (_deadline, _scope, _kind, _base, _firm, _value, _place),
    (_deadline, _scope, _kind, _base, _value),
    (_deadline, _scope, _kind, _base, _firm),
    (_deadline, _scope, _firm, _kind),
    (_deadline, _scope, _firm),
    (_deadline, _scope),
    (_deadline, _near_scope),
)
_FAR: tuple[tuple[Fits, ...], ...] = ((_deadline, _kind), (_deadline,), (_scope, _kind), (_scope,))
"""Another scope, or another year: only where name or quantity is the same."""
# A near name of the same year before the very name of another year.
_ROUNDS = ((NAME, _CLOSE), (QUANTITY, _CLOSE), (LIKENESS, _CLOSE), (NAME, _FAR), (QUANTITY, _FAR))


def pair(
    ours: Sequence[Entry], theirs: Sequence[Entry]
) -> tuple[list[Match], list[Candidates], list[Entry], list[Entry]]:
    """Pairs in the order of ours, several candidates, only ours, only theirs."""
    likely = {
        (n, m): found
        for n, a in enumerate(ours)
        for m, b in enumerate(theirs)
        if (found := same(a, b)) is not None
    }
    matched: dict[int, int] = {}
    for by, steps in _ROUNDS:
        known = [at for at, found in likely.items() if found.by <= by]
        for step in steps:
            _unique([(n, m) for n, m in known if all(fits(ours[n], theirs[m]) for fits in step)], matched)
    taken = set(matched.values())
    pairs = [Match(ours[n], theirs[m], likely[n, m]) for n, m in sorted(matched.items())]
    open_ = [
        (n, m)
        for (n, m), found in likely.items()
        if n not in matched
        and m not in taken
        and (found.by < LIKENESS or all(fits(ours[n], theirs[m]) for fits in _CLOSE[-1]))
    ]
    groups = [
        Candidates(tuple(ours[n] for n in us), tuple(theirs[m] for m in them)) for us, them in _joined(open_)
    ]
    tied = {n for n, _ in open_}, {m for _, m in open_}
    only_a = [one for n, one in enumerate(ours) if n not in matched and n not in tied[0]]
    only_b = [one for m, one in enumerate(theirs) if m not in taken and m not in tied[1]]
    return pairs, groups, only_a, only_b


def _unique(known: list[tuple[int, int]], matched: dict[int, int]) -> None:
    """Match what has one partner that has no other, until nothing more is told."""
    while True:
        taken = set(matched.values())
        left = [(n, m) for n, m in known if n not in matched and m not in taken]
        us, them = Counter(n for n, _ in left), Counter(m for _, m in left)
        alone = [(n, m) for n, m in left if us[n] == them[m] == 1]
        if not alone:
            return
        matched.update(alone)


def _joined(left: list[tuple[int, int]]) -> list[tuple[list[int], list[int]]]:
    """Groups of what hangs together."""
    groups: list[tuple[set[int], set[int]]] = []
    for n, m in left:
        touched = [one for one in groups if n in one[0] or m in one[1]]
        merged = {n}.union(*(one[0] for one in touched)), {m}.union(*(one[1] for one in touched))
        groups = [one for one in groups if one not in touched] + [merged]
    return sorted((sorted(us), sorted(them)) for us, them in groups)
