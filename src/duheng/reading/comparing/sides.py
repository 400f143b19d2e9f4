"""One of the two plans compared: what it is, and its targets in one form, whether read from a document or a folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from duheng.model.plan import NOT_STATED, Plan
from duheng.model.plan import Target as Bound
from duheng.reading.binding import Binding, bind, yearly
from duheng.reading.comparing.wording import named, table
from duheng.reading.normal import plain
from duheng.reading.reading import Reading
from duheng.reading.records import Target


@dataclass(frozen=True, slots=True)
class Entry:
    """A target as it is compared.

    name: the indicator in one form for all its wordings. of: whom or what it is asked of, "" for the whole
    territory. territory: whose; None where the document does not say. bound: quantity of the glossary, where known.
    quote: "" where the plan is kept without its text (a folder). times: how often the document says the same.
    """

    target: Target
    article: str
    name: str
    of: str
    territory: str | None
    bound: Binding | None
    definition: str | None = None
    times: int = 1

    def as_json(self) -> dict[str, Any]:
        """The target's fields, null quote where there is no text, with its article and quantity."""
        bound = self.bound
        return {
            **self.target.as_json(),
            "quote": self.target.quote or None,
            "article": self.article,
            "quantity": bound.quantity if bound else None,
            "item": bound.item if bound else None,
            "definition": self.definition,
            "times": self.times,
        }


@dataclass(frozen=True, slots=True)
class Side:
    """A plan: title, number, issuer, the place it is for, its targets; id and scenario where it is a folder's plan."""

    title: str
    number: str | None
    issuer: str | None
    place: str | None
    period: tuple[int, int] | None
    entries: tuple[Entry, ...]
    id: str | None = None
    scenario: str = "actual"

    def as_json(self) -> dict[str, Any]:
        """What it is; its targets stand in the pairs and lists."""
        period = f"{self.period[0]}-{self.period[1]}" if self.period else None
        return {
            "id": self.id, "title": self.title, "number": self.number, "issuer": self.issuer, "place": self.place,
            "period": period, "targets": len(self.entries),
        }  # fmt: skip


def side_of_reading(reading: Reading, name: str) -> Side:
    """A document that was read; name stands for a title it does not have."""
    known = reading.outline
    place = _place(known.issuer, known.title)
    entries = [
        _entry(one, known.article_number(known.article_at(one.start)), place, bind(one))
        for one in reading.targets
    ]
    title = "".join((known.title or name).split())
    return Side(title, known.number, known.issuer, place, known.period, _once(entries))


def side_of_plan(plan: Plan, quote: Callable[[Bound], str] = lambda _: "") -> Side:
    """A plan of a city's folder: its targets are bound already. quote: the sentence of a target where it is kept."""
    entries = _once(entries_of_plan(plan, quote))
    period = plan.period.start.year, plan.period.end.year
    place = _place(plan.issuer, plan.title)
    return Side(plan.title, plan.number, plan.issuer, place, period, entries, plan.id, plan.scenario)


def entries_of_plan(plan: Plan, quote: Callable[[Bound], str] = lambda _: "") -> list[Entry]:
    """Every target of a plan, in its order, also where it is said twice."""
    place = _place(plan.issuer, plan.title)
    entries = []
    for one in plan.targets:
        bound = Binding(one.quantity, one.item, 1.0)
        entries.append(_entry(_record(one, quote(one)), one.article, place, bound, _definition(one)))
    return entries


def _definition(target: Bound) -> str | None:
    return None if target.definition in (None, NOT_STATED) else target.definition


def _record(target: Bound, quote: str) -> Target:
    start, end = target.characters or (0, 0)
    return Target(
        indicator=target.title, quote=quote, start=start, end=end, direction=target.direction, scope=target.scope,
        value=Decimal(0) if target.direction == "zero_growth" else target.value,
        unit=target.unit, comparator=target.comparator, change_from=target.base,
        deadline=target.deadline, period=target.period, hedge=target.hedge, implied=target.implied,
    )  # fmt: skip


def _entry(
    target: Target, article: str, place: str | None, bound: Binding | None, definition: str | None = None
) -> Entry:
    name, of = named(target.indicator, target.scope, place)
    return Entry(target, article, name, of, _territory(target.scope, place), bound, definition)


def _territory(scope: str | None, place: str | None) -> str | None:
    """Whose number it is: the issuer's place; of a document that names none, only the nation can be told."""
    nation: str = table()["nation"]
    said = plain(scope or "")
    return nation if said.startswith(nation) else place


def _once(entries: list[Entry]) -> tuple[Entry, ...]:
    """A document often says a number twice; it is one target."""
    kept: dict[object, Entry] = {}
    for one in entries:
        said = one.target
        key = (
            one.name, one.of, one.territory, said.direction, said.value, said.value_max, said.unit and plain(said.unit),
            said.deadline, said.change_from, said.hedge, said.period if yearly(said) else None,
        )  # fmt: skip
        first = kept.get(key)
        kept[key] = one if first is None else _again(first)
    return tuple(kept.values())


def _again(one: Entry) -> Entry:
    return Entry(
        one.target, one.article, one.name, one.of, one.territory, one.bound, one.definition, one.times + 1
    )


@cache
def _place(issuer: str | None, title: str | None) -> str | None:
    """The place a plan is for: its issuer without the office, else what its title begins with."""
    words = table()
    said = "".join(plain(issuer or "").split())
    if said.startswith(tuple(words["national"])):
        return str(words["nation"])
    for office in words["offices"]:
        if said.endswith(office):
            return said.removesuffix(office) or None
    kinds = "|".join(words["places"])
    found = re.match(rf"[\u4e00-\u9fff]{{1,8}}?(?:{kinds})(?![\u4e00-\u9fff]*关于)", plain(title or ""))
    return found[0] if found else None
