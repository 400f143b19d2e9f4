"""What a result rests on: the facts at the leaves of its reasons, and one line that names their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import fsum
from typing import Any

import polars as pl

from duheng import ledger
from duheng.assess.books import ZONE, Opened
from duheng.assess.flows import instead_of
from duheng.engine import Explanation, Step, known_of
from duheng.model.glossary import quantity
from duheng.model.periods import Period, parse
from duheng.model.saying import listed, say

UNVERIFIED = "未核实"


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a table: a quantity's value for an entity, an item and a period under a definition.

    flow: the row of the energy balance for which a rule is read (assess.flows), None for the rule itself.
    since: first year of a sum over years up to the period, as a target of a whole plan is met by; None for the
    period alone. base: the base year it is reckoned from, None for the plan's.
    """

    quantity: str
    entity: str
    item: str | None
    period: str
    definition: str | None = None
    flow: str | None = None
    since: int | None = None
    base: int | None = None

    @property
    def span(self) -> str:
        """The time it covers: 2023, or 2021-2023 of a sum over years."""
        return self.period if self.since is None else f"{self.since}-{self.period}"

    def years(self) -> tuple[Cell, ...]:
        """The cells that a sum over years adds up; itself where it is none."""
        if self.since is None:
            return (self,)
        years = range(self.since, int(self.period) + 1)
        return tuple(replace(self, period=str(year), since=None) for year in years)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts under a result.

    line: one line naming the newest fact's source, its cell, its date and status, and how many more there
    are; None without facts. newest: date of the newest fact. unverified: some fact is from memory. doubtful: the
    parameters below it whose value nobody has held against the text, with their item; unread: the rules likewise.
    """

    facts: tuple[str, ...] = ()
    line: str | None = None
    newest: date | None = None
    unverified: bool = False
    doubtful: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def reasons(opened: Opened, cell: Cell) -> Step:
    """The tree of reasons of a cell; what cells have in common is worked out once for these books."""
    if cell.since is not None:
        return _summed(opened, cell)
    opened = opened.from_base(cell.base)
    books = opened.books if cell.flow or opened.instead else opened.books_for(cell.quantity, cell.entity)
    key = ("reasons", id(books), cell.definition, cell.flow)
    if key not in opened.memo:
        opened.memo[key] = Explanation(
            books, cell.definition, instead={**opened.instead, **instead_of(cell.flow)}
        )
    explanation: Explanation = opened.memo[key]
    return explanation.step(quantity(cell.quantity), (cell.entity, cell.item, parse(cell.period)))


def _summed(opened: Opened, cell: Cell) -> Step:
    """A sum over years with each year's reasons below it; unknown where a year is (L1)."""
    years = cell.years()
    parts = tuple(replace(reasons(opened, one), label=one.period) for one in years)
    known = [part.value for part in parts if part.value is not None]
    return replace(
        parts[-1],
        label=cell.quantity,
        kind="aggregate",
        period=cell.span,
        value=fsum(known) if len(known) == len(parts) else None,
        formula=say("{n}年累计", n=len(parts)),
        cite="",
        certainty="",
        fact=None,
        note=known_of(parts, lambda part: part.period),
        parts=parts,
    )


def known_years(opened: Opened, cell: Cell, years: Iterable[int]) -> dict[int, float]:
    """The years for which a cell's value is known, with the value in the quantity's declared unit.

    From the reasons: for the few cells of a board they are faster than a table of all.
    """
    values = {year: reasons(opened, replace(cell, period=str(year))).value for year in years}
    return {year: value for year, value in values.items() if value is not None}


def steps(step: Step) -> Iterator[Step]:
    """A step and all below it, in order; each branch once, also where several results share it."""
    seen: set[int] = set()
    waiting = [step]
    while waiting:
        here = waiting.pop()
        # A shared branch is relabelled where it stands, but its parts remain the very same tuple.
        mark = id(here.parts) if here.parts else id(here)
        if mark in seen:
            continue
        seen.add(mark)
        yield here
        waiting.extend(reversed(here.parts))


def leaves(step: Step, kind: str) -> Iterator[Step]:
    """The steps of one kind (fact, missing ...) among them."""
    return (one for one in steps(step) if one.kind == kind)


def evidence(opened: Opened, cells: Sequence[Cell]) -> Evidence:
    """The facts that the given cells rest on, with the newest one's source."""
    key = ("evidence", tuple(cells))
    if key not in opened.memo:
        below = [step for cell in cells for step in steps(reasons(opened, cell))]
        ids = dict.fromkeys(step.fact for step in below if step.kind == "fact" and step.fact)
        doubtful = dict.fromkeys(listed(" ", filter(None, (s.text, s.item))) for s in below if doubted(s))
        unread = dict.fromkeys(s.text for s in below if s.kind == "rule" and s.certainty == "memory")
        opened.memo[key] = _evidence(opened, tuple(ids), tuple(doubtful), tuple(unread))
    found: Evidence = opened.memo[key]
    return found


def doubted(step: Step) -> bool:
    """Whether a step is a parameter's value that is from memory: it must be checked before anybody relies on it."""
    return step.kind == "parameter" and step.certainty == "memory"


def _evidence(
    opened: Opened, ids: tuple[str, ...], doubtful: tuple[str, ...], unread: tuple[str, ...]
) -> Evidence:
    rows, recorded, seq, memory = _where(opened)
    found = [rows[id] for id in ids if id in rows]
    if not found:
        return Evidence(doubtful=doubtful, unread=unread)
    newest = opened.books.facts.row(max(found, key=lambda row: (recorded[row], seq[row])), named=True)
    source = ledger.source(newest["source"])
    day = source.published_on or newest["recorded_at"].astimezone(ZONE).date()
    unverified = not memory.isdisjoint(found)
    line = _line(opened, newest, source, day, len(found), unverified)
    if unread:
        line = say("{line}；{n} 条规则未核实", line=line, n=len(unread))
    if doubtful:
        line = say("{line}；{n} 项参数取值未核实", line=line, n=len(doubtful))
    return Evidence(ids, line, day, unverified, doubtful, unread)


def _where(opened: Opened) -> tuple[dict[str, int], list[int], list[int], frozenset[int]]:
    """Row of each fact in the books; when and in which order they were recorded; the rows from memory."""
    if "rows" not in opened.memo:
        facts = opened.books.facts
        memory = facts.with_row_index("row").filter(pl.col("confidence") == "memory")["row"]
        opened.memo["rows"] = (
            {id: row for row, id in enumerate(facts["fact"].to_list())},
            facts["recorded_at"].to_physical().to_list(),
            facts["seq"].to_list(),
            frozenset(memory.to_list()),
        )
    where: tuple[dict[str, int], list[int], list[int], frozenset[int]] = opened.memo["rows"]
    return where


def _line(
    opened: Opened, newest: dict[str, Any], source: ledger.SourceRecord, day: date, facts: int, memory: bool
) -> str:
    """`市统计局 能源平衡表2023.xlsx 终端消费!C14（2024-07-31，填报），另有 12 项事实`."""
    stated = owner(opened, newest["quantity"], newest["entity"], parse(newest["period"]))
    own = stated is None or stated in source.title
    title = source.title if own else listed(" ", (stated, source.title))
    words = listed(" ", filter(None, (title, newest["locator"])))
    status = ledger.STATUS_TITLES.get(newest["status"], newest["status"])
    marks = listed("，", (day, status, *([UNVERIFIED] if memory else [])))
    said = "{words}（{marks}），另有 {more} 项事实" if facts > 1 else "{words}（{marks}）"
    return say(said, words=words, marks=marks, more=facts - 1)


def owner(opened: Opened, of: str, entity: str, period: Period) -> str | None:
    """The unit that a duty makes state a quantity for an entity, or None."""
    duties = opened.books.members.duties(of, entity)
    fitting = [duty for duty in duties if duty.every == period.kind] or duties
    return fitting[0].by if fitting else None
