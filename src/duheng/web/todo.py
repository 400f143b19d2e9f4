"""Who owes what: each duty of the plan, period by period, with what was expected and what is stated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from duheng.assess.books import Opened, day_of
from duheng.assess.progress import base_year, measure_of
from duheng.city.duties import asking
from duheng.ingest.members import expected_items, expected_members
from duheng.model.entities import Entity
from duheng.model.glossary import quantity
from duheng.model.periods import Period, of
from duheng.model.plan import Duty, Plan
from duheng.web.boards import books
from duheng.web.page import Ask

SOON = timedelta(days=45)


@dataclass(frozen=True)
class Item:
    """One duty in one period: expected and stated cells, members without a full statement, last day in time."""

    duty: Duty
    period: Period
    due: date
    expected: int
    stated: int
    lacking: tuple[Entity, ...]
    register_empty: bool
    day: date

    @property
    def state(self) -> str:
        """overdue, due (within the next weeks), partly overdue is overdue; done."""
        if not self.register_empty and self.stated >= self.expected:
            return "done"
        return "overdue" if self.due < self.day else "due"

    @property
    def days_late(self) -> int:
        """Days past the last day in time; 0 or less where it is not yet past."""
        return (self.day - self.due).days


def items(ask: Ask) -> list[Item]:
    """Every duty and period whose last day has passed or comes soon, the oldest first, done ones included.

    The base year, which is not of the plan, is asked for only until it is stated.
    """
    here, day = books(ask), day_of(ask.selection.as_of)
    found = [
        _item(here, duty, period, day)
        for duty in ask.plan.duties
        for period in (*_base(ask.plan, duty), *ask.plan.period.parts(duty.every))
        if duty.due(period) <= day + SOON
    ]
    return [item for item in found if item.state != "done" or item.period.start >= ask.plan.period.start]


def _base(plan: Plan, duty: Duty) -> list[Period]:
    """The plan's base year of a yearly duty on which a target rests that is reckoned from it; else none."""
    asked = (
        one
        for one in plan.targets
        if base_year(plan, one) == plan.base_year and (one.base is not None or measure_of(one) == "decline")
    )
    needed = any(asking([duty], quantity(one.quantity), one.item) for one in asked)
    return [of("year", date(plan.base_year, 1, 1))] if needed and duty.every == "year" else []


def _item(here: Opened, duty: Duty, period: Period, day: date) -> Item:
    members = expected_members(duty, here.city.places, period)
    stated = 0
    expected = 0
    lacking: list[Entity] = []
    for member in members:
        missing = False
        for name, item in _cells(duty):
            expected += 1
            known = _known(here, name, member.id, item, str(period))
            stated += known
            missing = missing or not known
        if missing:
            lacking.append(member)
    return Item(duty, period, duty.due(period), expected, stated, tuple(lacking), not members, day)


def _cells(duty: Duty) -> list[tuple[str, str | None]]:
    cells: list[tuple[str, str | None]] = []
    for name in duty.quantities:
        cells += [(name, item) for item in (expected_items(duty) if quantity(name).axis else [None])]
    return cells


def _known(here: Opened, name: str, entity: str, item: str | None, period: str) -> bool:
    key = ("stated-anyhow", name)
    if key not in here.memo:
        here.memo[key] = frozenset((who, what, when) for who, what, when, _ in here.books.cells(name))
    return (entity, item, period) in here.memo[key]


@dataclass(frozen=True)
class Run:
    """Periods of one duty that lack the same members one after the other: one line instead of sixty."""

    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        """The oldest."""
        return self.items[0]

    @property
    def last(self) -> Item:
        """The newest."""
        return self.items[-1]


def runs(found: list[Item]) -> list[Run]:
    """Neighbouring items of one duty with the same state and the same lacking members, together."""
    grouped: list[list[Item]] = []
    for item in found:
        before = grouped[-1][-1] if grouped else None
        if before and (before.duty.id, before.state, before.lacking) == (
            item.duty.id,
            item.state,
            item.lacking,
        ):
            grouped[-1].append(item)
        else:
            grouped.append([item])
    return [Run(tuple(items)) for items in grouped]
