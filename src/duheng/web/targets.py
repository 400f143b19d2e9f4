"""How a target's status reads on a page: its demand in words, its value, its light, what is withheld."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from duheng.assess.board import Board
from duheng.assess.books import Opened
from duheng.assess.evidence import reasons
from duheng.assess.progress import clock, measure_of, progress
from duheng.assess.status import TargetStatus
from duheng.model.glossary import quantity
from duheng.model.plan import NOT_STATED, Plan, Target
from duheng.web import state
from duheng.web.access import Closed, findings_for
from duheng.web.page import Ask
from duheng.web.reasons import place_address
from duheng.web.selection import LEVELS
from duheng.web.words import Words

DEMANDS = {
    "decrease": "下降{value}",
    "complete": "完成{value}",
    "reach": "达到{value}",
    "at_least": "{value}以上",
    "at_most": "不高于{value}",
    "zero_growth": "零增长",
}
NO_LIGHT = "不作判定"


@dataclass(frozen=True)
class Row:
    """A target as the board shows it to this reader. span: the time the value covers. why, why_not: addresses of the
    reasons of the value, and of why there is none."""

    status: TargetStatus
    title: str
    demand: str
    value: str
    text: str
    unit: str
    span: str
    why: str
    why_not: str
    href: str
    due: float | None
    progress_text: str
    light_text: str
    unstated: bool
    undefined: bool
    closed: bool

    @property
    def id(self) -> str:
        """The target's id."""
        return self.status.target.id

    @property
    def number(self) -> str:
        """The number of the target's article."""
        return self.status.target.article


def row_of(ask: Ask, books: Opened, status: TargetStatus) -> Row:
    """A target as this reader may see it."""
    shut = not ask.sees_confidential and is_closed(books, status)
    if shut:
        status = withheld(status)
    told = findings_for(status.findings, books.city.places, ask.sees_confidential)
    status = replace(status, findings=tuple(told))
    target, words = status.target, ask.words
    due = _due(ask.plan, status)
    known = status.latest is not None and status.period is not None
    return Row(
        status=status,
        title=title_of(ask, target),
        demand=demand(target, words),
        value=f"{status.latest:f}" if status.latest is not None else "",
        text=words.amount(f"{status.latest:f}", status.unit) if status.latest is not None else "",
        unit=words.unit(status.unit),
        span=words.span(status.cell.span),
        why=place_address("why", ask, status.cell) if known else "",
        why_not=place_address("why", ask, replace(status.cell, period=status.cause_in))
        if status.cause_in
        else "",
        href=f"/target/{target.id}{ask.selection.context()}",
        due=due,
        progress_text=progress_text(status, due, words),
        light_text=light_text(status, words),
        unstated=not known and not shut,
        undefined=needs_definition(ask, target),
        closed=shut,
    )


def needs_definition(ask: Ask, target: Target) -> bool:
    """Whether the plan names no accounting definition for the target and no official has signed one."""
    if target.definition != NOT_STATED or not quantity(target.quantity).definitions:
        return False
    return target.id not in state.choices(ask.plan, ask.selection.as_of)


def is_closed(books: Opened, status: TargetStatus) -> bool:
    """Whether a value of the target rests on fewer than three confidential entities in any year shown."""
    closed = Closed(books.city.places, books.moment)
    years = [point.period for point in status.trend if point.actual is not None]
    if status.period is not None and status.period not in years:
        years.append(status.period)
    cells = [replace(status.cell, period=year, since=None) for year in years]
    return any(closed(reasons(books, cell)) for cell in cells)


def withheld(status: TargetStatus) -> TargetStatus:
    """The status without any of its figures."""
    trend = tuple(replace(point, actual=None) for point in status.trend)
    return replace(
        status,
        latest=None,
        progress=None,
        gap=None,
        light=None,
        level=None,
        rate=None,
        trend=trend,
        yardstick="单个企业的数据属保密统计资料，不作显示",
        findings=(),
    )


def title_of(ask: Ask, target: Target) -> str:
    """The target's title, with its scope where two targets share a title."""
    title = ask.words.title(target)
    same = [other for other in ask.plan.targets if other.title == target.title]
    return (
        f"{title}（{target.scope}）" if len(same) > 1 and target.scope and ask.words.lang == "zh" else title
    )


def demand(target: Target, words: Words) -> str:
    """What the plan demands, in words: 比2020年下降14.5%, 完成4218吨, 由省下达."""
    if target.direction == "assigned" or (target.value is None and target.direction != "zero_growth"):
        return words("由{who}下达", who=target.set_by) if target.set_by else words("由上级下达")
    text = words(DEMANDS[target.direction], value=words.amount(target.value, target.unit))
    if target.direction == "decrease" and target.base:
        text = (
            words("比{base}年", base=target.base) + text if words.lang == "zh" else f"{text} on {target.base}"
        )
    return words("力争") + text if target.hedge and words.lang == "zh" else text


def _due(plan: Plan, status: TargetStatus) -> float | None:
    """Where the path demands the bar to stand, as a share of the target."""
    target = status.target
    if status.path is None or status.period is None or target.value is None:
        return None
    at = clock(plan, target, int(status.period[:4]), state.today())
    return progress(measure_of(target), status.path, target.value, status.unit, at)


def percent(share: float | None) -> str:
    """A share as per cent with one decimal; "" where unknown."""
    return "" if share is None else f"{share * 100:.1f}%"


def progress_text(status: TargetStatus, due: float | None, words: Words) -> str:
    """The progress in words, both sides as shares of the target: 完成 58.3%，应达 60.0%."""
    if status.progress is None:
        return ""
    text = words("完成 {share}", share=percent(status.progress))
    return text if due is None else text + words("，应达 {path}", path=percent(due))


def light_text(status: TargetStatus, words: Words) -> str:
    """The word beside the light; without a light, why there is none."""
    if status.light is None:
        return (
            words("未填报") if status.latest is None and status.target.value is not None else words(NO_LIGHT)
        )
    return words(LEVELS[status.light])


def as_json(board: Board, rows: list[Row]) -> dict[str, Any]:
    """The board's rows as data, with what this reader may not see set to null."""
    told = replace(board, targets=tuple(row.status for row in rows)).as_json()
    for one, row in zip(told["targets"], rows, strict=True):
        if row.closed:
            one.update(source=None, evidence_date=None, confidential=True)
    return told
