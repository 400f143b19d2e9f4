"""The books of a city as of a moment: effective facts with the city's places, parameters and duties."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

import duheng.rules  # noqa: F401  # every rule registers its quantity
from duheng import ledger
from duheng.assess import parameters
from duheng.assess.narrowing import Narrowed, narrowed
from duheng.assess.warning import required_paths
from duheng.engine import Books, table
from duheng.model.errors import UnitError, UnknownName
from duheng.model.glossary import Quantity, all_quantities, item_unit, quantity
from duheng.model.parameters import Local
from duheng.model.plan import City, Plan, Target
from duheng.model.units import convert

ZONE = ZoneInfo("Asia/Shanghai")
_KEPT = 12


@dataclass(frozen=True, eq=False)
class Opened:
    """Books opened for one plan, with what was already worked out on them.

    Shared between readers of the same moment: everything in `memo` follows from the books alone.
    instead: the rules that are read in place of others (a city's own factors).
    """

    city: City
    plan: Plan
    scenario: str
    books: Books
    moment: datetime | None
    memo: dict[Any, Any] = field(default_factory=dict)
    instead: Mapping[str, Quantity] = field(default_factory=dict)

    def from_base(self, year: int | None) -> Opened:
        """The same books reckoned from a base year of their own, as a target may state one; None: the plan's."""
        if year in (None, self.books.base_year):
            return self
        key = ("from-base", year)
        if key not in self.memo:
            one = self.books
            own = Books(one.facts, one.places, one.parameters, one.duties, year, one.targets, one.definitions)
            self.memo[key] = replace(self, books=own, memo={})
        found: Opened = self.memo[key]
        return found

    @property
    def local(self) -> Local:
        """The city's parameters, for what is read outside of the books."""
        return Local(self.books.parameters, self.city.code)

    @cached_property
    def _narrow(self) -> Narrowed:
        annual, targets = required_paths().annual_quantities, self.plan.targets
        asked = {id for one in targets for id in (one.quantity, annual.get(one.quantity)) if id}
        places = self.books.places.children(self.city.id, statistical=False)
        around = {self.city.id, *(one.id for one in places), *(one.entity for one in targets)}
        return narrowed(self.books, asked, around)

    def books_for(self, of: str, entity: str) -> Books:
        """The smallest books that answer for a quantity of an entity."""
        return self._narrow.for_cell(of, entity) or self.books

    def table(self, of: str, definition: str | None = None) -> pl.DataFrame:
        """All cells of a quantity: entity, item (where it has one), period, value; worked out once."""
        key = ("table", of, definition)
        if key not in self.memo:
            self.memo[key] = table(quantity(of), self.books, definition)
        frame: pl.DataFrame = self.memo[key]
        return frame

    def series(
        self, of: str, entity: str, item: str | None = None, definition: str | None = None
    ) -> dict[str, float]:
        """Known values of one entity (and item) by period text, in the quantity's declared unit."""
        frame = self.table(of, definition).filter(pl.col("entity") == entity, pl.col("value").is_not_null())
        if item is not None and "item" in frame.columns:
            frame = frame.filter(pl.col("item") == item)
        return dict(frame.select("period", "value").iter_rows())


_opened: OrderedDict[tuple[object, ...], Opened] = OrderedDict()
_lock = Lock()


def open_books(
    city: City, scenario: str = "actual", as_of: date | datetime | None = None, plan: Plan | None = None
) -> Books:
    """The books of a scenario as the ledger knew it at the end of a day (now where None).

    plan: whose base year, duties and targets hold; the city's default plan where None.
    """
    return opened(city, plan or default_plan(city, scenario), scenario, as_of).books


def opened(city: City, plan: Plan, scenario: str = "actual", as_of: date | datetime | None = None) -> Opened:
    """The same with a memory of its own, kept while the ledger's head stays what it is."""
    moment = end_of_day(as_of)
    head = ledger.head()
    key = (id(city), plan.id, scenario, moment, head.seq, head.hash, parameters.newest())
    with _lock:
        if key in _opened:
            _opened.move_to_end(key)
            return _opened[key]
    made = Opened(city, plan, scenario, _books(city, plan, scenario, moment), moment)
    with _lock:
        _opened[key] = made
        while len(_opened) > _KEPT:
            _opened.popitem(last=False)
    return made


def default_plan(city: City, scenario: str = "actual") -> Plan:
    """The plan meant where none is named: the newest printed one for actual figures, whatever the scenario.

    A drill practises on the printed plan; its own plans are asked for by name. Raises UnknownName where the city
    has no plan.
    """
    printed = [plan for plan in city.plans if plan.scenario == "actual" and plan.articles]
    known = printed or [plan for plan in city.plans if plan.scenario == scenario] or list(city.plans)
    if not known:
        raise UnknownName("plan", ())
    return max(known, key=lambda plan: plan.date)


def end_of_day(as_of: date | datetime | None) -> datetime | None:
    """The moment an as-of date means, in UTC: the end of that day in Shanghai; a datetime is itself."""
    if as_of is None:
        return None
    moment = as_of if isinstance(as_of, datetime) else datetime.combine(as_of, time.max, ZONE)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)


def day_of(as_of: date | datetime | None) -> date:
    """The calendar day of an as-of moment in Shanghai; today where None."""
    if isinstance(as_of, datetime):
        return as_of.astimezone(ZONE).date()
    return as_of or datetime.now(ZONE).date()


def lies_ahead(as_of: date | datetime) -> bool:
    """Whether a day has not come yet: of it no more is known than now, and the answer changes until it has come."""
    return day_of(as_of) > day_of(None)


def _books(city: City, plan: Plan, scenario: str, moment: datetime | None) -> Books:
    facts = ledger.read(scenario, as_of=moment)
    return Books(
        facts,
        city.places,
        parameters.in_force(city, scenario, moment),
        duties=plan.duties,
        base_year=plan.base_year,
        targets=_target_facts(plan.targets, day_of(moment)),
        definitions=price_bases(plan),
    )


def price_bases(plan: Plan) -> dict[str, str]:
    """The definition that gives each quantity at constant prices in those of the plan's base year."""
    known = all_quantities().items()
    return {id: base for id, one in known if (base := one.at_prices_of(plan.base_year))}


def _target_facts(targets: Iterable[Target], day: date) -> pl.DataFrame:
    """The plan's targets as facts in the quantities' declared units, for `X @ TARGET`."""
    rows = []
    for target in targets:
        bound: Quantity = quantity(target.quantity)
        value = target.on(day).value
        if value is None or target.unit is None:
            continue
        try:
            stored = convert(value, target.unit, item_unit(bound, target.item))
        except UnitError:
            continue  # a finding of the board (L10)
        rows.append(
            {
                "quantity": target.quantity,
                "entity": target.entity,
                "item": target.item,
                "period": str(target.deadline),
                "definition": None,
                "value": float(stored),
                "fact": f"target:{target.id}",
            }
        )
    schema = dict.fromkeys(("quantity", "entity", "item", "period", "definition", "fact"), pl.String)
    return pl.DataFrame(rows, schema={**schema, "value": pl.Float64})
