"""Why a number is what it is: the engine's tree of reasons, with the clause above it and the documents below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from duheng import ledger
from duheng.assess.books import ZONE, Opened, day_of
from duheng.assess.choices import chosen
from duheng.assess.evidence import UNVERIFIED, Cell, leaves, owner, reasons
from duheng.assess.judging import Case, judgement
from duheng.assess.progress import (
    base_year,
    base_years,
    clock,
    common_base,
    measure_of,
    printed_unit,
    progress,
    required_rate,
)
from duheng.assess.status import read, summed_since
from duheng.assess.warning import warning_rule
from duheng.engine import Step
from duheng.model.entities import Places
from duheng.model.errors import DuhengError, known
from duheng.model.glossary import Quantity, definition, quantity
from duheng.model.periods import Period, parse
from duheng.model.plan import NOT_STATED, Plan, Target
from duheng.model.rounding import printed, shown, with_unit
from duheng.model.saying import listed, say

FIRST_SUMMED = 1949  # no statistics of the republic are older, and a year mistyped asks for no thousand sums
CERTAINTY = {"secondary": "转引", "memory": UNVERIFIED, "derived": "推算"}


@dataclass(frozen=True, slots=True)
class Document:
    """Where a fact stands: source, place within it, when the ledger learned it, how sure it is."""

    fact: str
    title: str
    address: str
    locator: str
    stated: str
    status: str
    confidence: str
    owner: str | None
    recorded_on: str

    @property
    def line(self) -> str:
        """One line naming the statement and its document."""
        by = f"{self.owner} " if self.owner and self.owner not in self.title else ""
        doubt = f"（{UNVERIFIED}）" if self.confidence == "memory" else ""
        status = ledger.STATUS_TITLES.get(self.status, self.status)
        where = " ".join(filter(None, (self.title, self.locator)))
        return f"事实 {self.fact[:8]} {status}{doubt} {self.recorded_on} {by}{where}".rstrip()


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the tree: the engine's step, its printed value, its document where it is a fact."""

    step: Step
    name: str
    value: str
    unit: str
    document: Document | None
    parts: tuple[Reason, ...]

    @property
    def line(self) -> str:
        """`name = value unit  formula  [citation]  document  note`."""
        step = self.step
        value = with_unit(self.value, self.unit) if step.value is not None else "未知"
        words = [
            f"{self.name} = {value}".rstrip(),
            step.formula,
            f"[{step.cite}{'，' + CERTAINTY[step.certainty] if step.certainty in CERTAINTY else ''}]"
            if step.cite
            else "",
            self.document.line if self.document else "",
            step.note,
        ]
        return "  ".join(filter(None, words))

    def as_json(self) -> dict[str, Any]:
        """The reason and all below it as plain data."""
        step = self.step
        document = self.document
        return {
            "label": step.label,
            "kind": step.kind,
            "quantity": step.quantity,
            "title": step.text,
            "entity": step.entity,
            "item": step.item,
            "period": step.period,
            "value": step.value,
            "unit": step.unit,
            "shown": self.value or None,
            "shown_unit": self.unit,
            "formula": step.formula or None,
            "cite": step.cite or None,
            "certainty": step.certainty or None,
            "note": step.note or None,
            "fact": None
            if document is None
            else {
                "id": document.fact,
                "source": document.title,
                "address": document.address,
                "locator": document.locator,
                "stated": document.stated,
                "status": document.status,
                "confidence": document.confidence,
                "owner": document.owner,
                "recorded_on": document.recorded_on,
            },
            "parts": [part.as_json() for part in self.parts],
        }

    def walk(self) -> Iterator[Reason]:
        """This reason and all below it, depth first."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Why:
    """A number with its reasons, and the targets of the plan that it answers, as they stood on the day."""

    opened: Opened
    cell: Cell
    top: Reason
    targets: tuple[Target, ...]

    @property
    def headlines(self) -> list[str]:
        """What the number is, under which definition, in which scenario, and the clauses above it."""
        place = self.opened.city.places.get(self.cell.entity)
        what = " ".join(
            filter(None, (place.name if place else self.cell.entity, self.cell.item, self.cell.span))
        )
        known = with_unit(self.top.value, self.top.unit) if self.top.step.value is not None else "未知"
        lines = [f"{self.top.step.text} {what}：{known}"]
        if self.opened.scenario == "drill":
            lines.append("演练数据：为练习而编造，不是真实数字")
        if self.cell.flow:
            lines.append(f"项目：{quantity(self.cell.flow).title}")
        if self.cell.definition:
            lines.append(f"口径：{definition(self.cell.definition).title}")
        if self.own_base:
            lines.append(f"基年：{self.own_base}年（目标自定，规划的基年是{self.opened.plan.base_year}年）")
        for target in self.targets:
            lines += [self.clause(target), *self.verdict(target)]
        since = self.summed_since
        if since is not None:
            lines.append(
                f"以上目标按{since}—{self.cell.period}年累计评判，本数只是{self.cell.period}年当年的；"
                f"累计数的来历加 --since {since}"
            )
        return lines

    @property
    def own_base(self) -> int | None:
        """The base year the number is reckoned from where it is not the plan's."""
        return None if self.cell.base == self.opened.plan.base_year else self.cell.base

    @property
    def summed_since(self) -> int | None:
        """First year of the sum that the targets are judged by where this number is one year of it, else None."""
        when = parse(self.cell.period)
        if self.cell.since is not None or when.kind != "year":
            return None
        found = (summed_since(self.opened.plan, target, when.year) for target in self.targets)
        return next((one for one in found if one is not None), None)

    def verdict(self, target: Target) -> list[str]:
        """How far the number carries the target: yardstick and light, progress, the yearly rate still needed."""
        here, year = self.opened, parse(self.cell.period).year
        bound, measure = quantity(target.quantity), measure_of(target)
        actual = read(here, target, bound, measure, self.cell.definition).years.get(year)
        if (
            actual is None
            or target.value is None
            or not base_year(here.plan, target) < year <= target.deadline
        ):
            return []
        unit = printed_unit(target, bound)
        at = clock(here.plan, target, year, day_of(here.moment))
        case = Case(measure, actual, target.value, unit, bound.decimals, year, target.deadline, at)
        judged, done = judgement(case, warning_rule(None)), progress(measure, actual, target.value, unit, at)
        light = f" → {judged.level.label}" if judged.level else ""
        lines = [f"判定：{judged.yardstick}{light}"]
        needed = (
            required_rate(actual, target.value, unit, at, bound.decimals) if measure == "decline" else None
        )
        if done is not None:
            rest = f"；此后每年需降低 {with_unit(needed, unit)}" if needed is not None else ""
            lines.append(f"进度：完成 {done:.1%}，时间过去 {at.elapsed / at.years:.0%}{rest}")
        return lines

    def clause(self, target: Target) -> str:
        """The clause of the plan above the number; of a target changed midway both numbers with their documents."""
        plan = self.opened.plan
        first = plan.target(target.id) or target
        change = first.change_on(day_of(self.opened.moment))
        now = f"{change.document}，{change.since}起；原为{_aim(first)}，" if change else ""
        where = f" 第{target.characters[0]}—{target.characters[1]}字" if target.characters else ""
        doubt = "；口径未明示" if target.definition == NOT_STATED else ""
        text = f"{now}{plan.number} {target.article}{where}，期限{target.deadline}年{doubt}"
        return f"目标：{target.title} {_aim(target)}（{text}）"

    def as_json(self) -> dict[str, Any]:
        """The whole as plain data."""
        return {
            "quantity": self.cell.quantity,
            "entity": self.cell.entity,
            "item": self.cell.item,
            "period": self.cell.period,
            "since": self.cell.since,
            "base": self.cell.base,
            "definition": self.cell.definition,
            "flow": self.cell.flow,
            "scenario": self.opened.scenario,
            "plan": self.opened.plan.id,
            "targets": [
                {
                    "id": target.id,
                    "article": target.article,
                    "title": target.title,
                    "target": None if target.value is None else float(target.value),
                    "unit": target.unit,
                    "deadline": target.deadline,
                    "clause": self.clause(target),
                    "verdict": self.verdict(target),
                }
                for target in self.targets
            ],
            "why": self.top.as_json(),
        }


def _aim(target: Target) -> str:
    return "由上级下达" if target.value is None else f"{target.value}{target.unit or ''}"


def why(
    opened: Opened,
    of: str,
    entity: str,
    period: str,
    *,
    item: str | None = None,
    definition: str | None = None,
    flow: str | None = None,
    since: int | None = None,
    base: int | None = None,
) -> Why:
    """The reasons of a number. of: a quantity's id or title; entity: id, name or alias; item: title or alias.

    flow: the row of the energy balance for which a rule is read (assess.flows); no target speaks of one row.
    since: first year of the sum up to the period that is meant instead of the period alone. base: the base year it
    is reckoned from; where None that of the targets it answers if they state one and the same, else the plan's.
    Raises UnknownName, PeriodError, DuhengError.
    """
    bound = find_quantity(of)
    named = find_item(bound, item)
    where = opened.city.places.find(entity).id
    targets = tuple(
        t.on(day_of(opened.moment))
        for t in opened.plan.targets
        if t.quantity == bound.id and t.entity == where and t.item in (None, named) and not flow
    )
    signed = chosen(opened.city, opened.plan, opened.moment) if bound.definitions else {}
    meant = definition or next((signed[t.id] for t in targets if t.id in signed), None)
    when = parse(period)
    cell = Cell(bound.id, where, named, str(when), opened.books.meant(bound, meant), flow or None)
    cell = replace(cell, base=_base(opened.plan, base, targets))
    if since is not None and since != when.year:
        check_since(bound, when, since)
        cell = replace(cell, since=since)
    step = reasons(opened, cell)
    documents = _documents(opened, step)
    return Why(opened, cell, _reason(step, opened.city.places, documents, cell), targets)


def check_since(of: Quantity, when: Period, since: int) -> None:
    """Refuse a sum over years of what is no sum, or from a year after its last. Raises DuhengError."""
    if of.over_time != "sum" or when.kind != "year":
        raise DuhengError(say("“{quantity}”不能逐年相加，没有累计数。请去掉起始年。", quantity=of))
    if not FIRST_SUMMED <= since <= when.year:
        raise DuhengError(
            say(
                "累计的起始年{since}应在{first}至{last}之间。",
                since=since,
                first=FIRST_SUMMED,
                last=when.year,
            )
        )


def _base(plan: Plan, asked: int | None, targets: Sequence[Target]) -> int | None:
    """The base year asked for, else the one that all targets state; None for the plan's. Raises DuhengError."""
    known = base_years(plan)
    if asked is not None and asked not in known:
        text = "规划和目标都不以{base}年为基年。请改为：{known}。"
        raise DuhengError(say(text, base=asked, known=listed("、", known)))
    return asked or common_base(targets)


def find_quantity(text: str) -> Quantity:
    """The quantity with this id or Chinese title. Raises UnknownName with the nearest of both."""
    from duheng.model.glossary import all_quantities

    titled = {one.title: one for one in all_quantities().values()}
    return known(text.strip(), {**all_quantities(), **titled}, "指标")


def find_item(of: Quantity, text: str | None) -> str | None:
    """The item of the quantity's axis.

    Raises UnknownName for an unknown one, DuhengError where one is missing or where the quantity has none.
    """
    from duheng.model.glossary import axis

    if of.axis is None:
        if text:
            raise DuhengError(f"“{of.title}”不分品种，没有“{text}”一项。请去掉品种。")
        return None
    if not text:
        some = "、".join(list(axis(of.axis).items)[:5])
        raise DuhengError(f"“{of.title}”按品种分列，须指明一个品种，如{some}（命令行写 --item）。")
    return axis(of.axis).find(text).title


def _documents(opened: Opened, step: Step) -> dict[str, Document]:
    ids = [leaf.fact for leaf in leaves(step, "fact") if leaf.fact]
    rows = opened.books.facts.filter(pl.col("fact").is_in(ids)).iter_rows(named=True)
    found = {}
    for row in rows:
        source = ledger.source(row["source"])
        day = source.published_on or row["recorded_at"].astimezone(ZONE).date()
        found[row["fact"]] = Document(
            row["fact"],
            source.title,
            source.address,
            row["locator"] or "",
            row["stated"],
            row["status"],
            row["confidence"],
            owner(opened, row["quantity"], row["entity"], parse(row["period"])),
            str(day),
        )
    return found


def _reason(step: Step, places: Places, documents: dict[str, Document], above: Cell) -> Reason:
    here = Cell(step.quantity, step.entity, step.item, step.period)
    parts = tuple(_reason(part, places, documents, here) for part in step.parts)
    value, unit = _printed(step)
    document = documents.get(step.fact) if step.fact else None
    return Reason(step, _name(step, places, above), value, unit, document, parts)


def _name(step: Step, places: Places, above: Cell) -> str:
    entity = places.get(step.entity)
    called = entity.name if entity else step.entity
    words = [step.label]
    if step.text and step.label not in (step.text, called, step.item):
        words.append(step.text)
    if step.entity != above.entity and called not in words:
        words.append(called)
    if step.item and step.item != above.item and step.item not in words:
        words.append(step.item)
    if step.period != above.period:
        words.append(step.period)
    return " ".join(words)


def _printed(step: Step) -> tuple[str, str]:
    if step.value is None:
        return "", step.unit
    if (
        step.kind in ("rule", "aggregate", "total", "target")
        and step.quantity
        and "<" not in quantity(step.quantity).unit
    ):
        bound = quantity(step.quantity)
        if printed(step.value, bound):  # small numbers keep digits that printing would lose
            return shown(step.value, bound) or "", bound.printed_unit
    return f"{step.value:.10g}", step.unit
