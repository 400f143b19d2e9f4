"""What a government printed: plan, articles, targets, duties; and the city that carries them out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from .entities import Places
from .parameters import Parameters
from .periods import Period

Direction = Literal["decrease", "complete", "reach", "at_least", "at_most", "zero_growth", "assigned"]
NOT_STATED = "not-stated"
Day = date  # within Plan, `date` is the day it was issued


@dataclass(frozen=True, slots=True)
class Article:
    """One numbered article of a plan: its title, what it asks (own wording) and who is responsible."""

    number: str
    title: str
    title_en: str = ""
    section: str = ""
    measures: str = ""
    responsible_units: tuple[str, ...] = ()
    lead_units: tuple[str, ...] = ()
    inherited_units: tuple[str, ...] = ()
    measures_en: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A later version of a target's number, with the document that made it."""

    since: date
    value: Decimal | None
    document: str


@dataclass(frozen=True, slots=True)
class Target:
    """A quantified (or assigned) duty of a plan, bound to a quantity of the glossary.

    value is in the printed unit (14.5 with unit "%"); None where a higher authority sets it (set_by).
    base is the base year where the plan states one. characters: span in the printed text, code points.
    """

    id: str
    article: str
    title: str
    quantity: str
    entity: str
    direction: Direction
    deadline: int
    value: Decimal | None = None
    unit: str | None = None
    title_en: str = ""
    item: str | None = None
    comparator: str | None = None
    scope: str | None = None
    base: int | None = None
    hedge: str | None = None
    period: str | None = None
    implied: bool = False
    definition: str | None = None
    set_by: str | None = None
    units: tuple[str, ...] | None = None
    characters: tuple[int, int] | None = None
    note: str = ""
    changes: tuple[Change, ...] = ()

    def change_on(self, day: date) -> Change | None:
        """The change in force on that day; None while the plan's own number stands."""
        made = [change for change in self.changes if change.since <= day]
        return max(made, key=lambda change: change.since, default=None)

    def on(self, day: date) -> Target:
        """The target as it stood on that day: with the number of the latest change made by then."""
        change = self.change_on(day)
        return replace(self, value=change.value) if change else self


@dataclass(frozen=True, slots=True)
class Duty:
    """Who must state which quantities, for whom, how often, by when.

    Its members are the expected members of every total: each entity of `kind` (or the one `entity`), each
    item of `items` (all listed items where empty). due_months: after the end of the period.
    """

    id: str
    title: str
    quantities: tuple[str, ...]
    by: str
    every: Literal["year", "half", "quarter", "month"] = "year"
    kind: str | None = None
    entity: str | None = None
    items: tuple[str, ...] = ()
    due_months: int = 6
    title_en: str = ""
    cite: str = ""

    def due(self, period: Period) -> date:
        """Last day on which the statement for the period is in time."""
        return period.due(self.due_months)


@dataclass(frozen=True, slots=True)
class Plan:
    """A printed plan: articles, targets and duties, in the order of the document."""

    id: str
    title: str
    number: str
    issuer: str
    date: date
    period: Period
    base_year: int
    articles: tuple[Article, ...] = ()
    targets: tuple[Target, ...] = ()
    duties: tuple[Duty, ...] = ()
    title_en: str = ""
    scenario: str = "actual"
    note: str = ""

    def article(self, number: str) -> Article | None:
        """The article with this number, or None."""
        return next((article for article in self.articles if article.number == number), None)

    def on(self, day: Day) -> Plan:
        """The plan as it stood on that day: with the numbers of the latest changes made by then."""
        return replace(self, targets=tuple(target.on(day) for target in self.targets))

    @property
    def changed_on(self) -> tuple[Day, ...]:
        """The days on which numbers of its targets were changed, the first first."""
        return tuple(sorted({change.since for target in self.targets for change in target.changes}))

    def target(self, id: str) -> Target | None:
        """The target with this id, or None."""
        return next((target for target in self.targets if target.id == id), None)


@dataclass(frozen=True, slots=True)
class PublicFact:
    """A published figure that comes with the city's folder, as printed."""

    quantity: str
    entity: str
    period: str
    value: Decimal
    unit: str
    status: str
    stated_on: date
    source: str
    item: str | None = None
    definition: str | None = None
    locator: str = ""
    confidence: str = "quoted"
    place: str = ""


@dataclass(frozen=True, slots=True)
class City:
    """A city's folder, read: plans, places, parameters, public figures, map."""

    id: str
    name: str
    name_en: str
    code: str
    folder: Path
    places: Places
    plans: tuple[Plan, ...] = ()
    parameters: Parameters = field(default_factory=Parameters)
    facts: tuple[PublicFact, ...] = ()
    map: Path | None = None

    def plan(self, id: str) -> Plan | None:
        """The plan with this id, or None."""
        return next((plan for plan in self.plans if plan.id == id), None)

    def duties(self, plans: Iterable[Plan] | None = None) -> tuple[Duty, ...]:
        """Duties of the given plans (of all where None)."""
        return tuple(duty for plan in (self.plans if plans is None else plans) for duty in plan.duties)
