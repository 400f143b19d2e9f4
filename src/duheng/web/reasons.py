"""The tree of reasons as a page shows it: in the reader's language, with links, and with confidential values closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from duheng import ledger
from duheng.assess.evidence import Cell
from duheng.assess.flows import instead_of
from duheng.assess.progress import base_years
from duheng.assess.why import CERTAINTY, Reason, Why
from duheng.engine import Step
from duheng.model.glossary import all_quantities, axes, axis
from duheng.model.rule import rests_on
from duheng.web.access import Closed
from duheng.web.page import Ask

KINDS = {
    "fact": "事实",
    "rule": "规则",
    "parameter": "参数",
    "total": "合计",
    "aggregate": "汇总",
    "target": "目标",
    "missing": "缺报",
    "moment": "时点",
}
ROUNDED = "部分数据因四舍五入（数值修约）的原因，存在总计与分项合计不等的情况，未作机械调整。"
CLOSED_TEXT = "涉密未显示"
CLOSED_NOTE = "单个企业的数据（含不足三家的汇总、截至以前某日的汇总）属保密统计资料，登录后按权限查阅"


@dataclass(frozen=True)
class Node:
    """One line of the tree, ready to print. `history` is the address of the fact's vintages, "" where none."""

    title: str
    kind: str
    value: str
    unit: str
    closed: bool
    unknown: bool
    formula: str
    cite: str
    doubt: str
    source: str
    note: str
    history: str
    why: str
    parts: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def tree(ask: Ask, found: Why) -> Node:
    """The nodes of a number's reasons for this reader."""
    closed = Closed(ask.city.places, ask.selection.as_of)
    return _node(ask, found.top, closed, None, base=found.cell.base)


def redacted(ask: Ask, found: Why) -> dict[str, Any]:
    """The same as plain data: like `Why.as_json`, values closed where the reader may not see them."""
    told = found.as_json()
    closed = Closed(ask.city.places, ask.selection.as_of)
    if not ask.sees_confidential:
        _close(told["why"], found.top, closed)
        if closed(found.top.step):
            for target in told["targets"]:
                target["verdict"] = []  # its sentences quote the value
    return told


def _close(told: dict[str, Any], reason: Reason, closed: Closed) -> None:
    if closed(reason.step):
        told.update(value=None, shown=None, fact=None, note=CLOSED_NOTE, confidential=True)
    for part, below in zip(told["parts"], reason.parts, strict=True):
        _close(part, below, closed)


def _node(ask: Ask, reason: Reason, closed: Closed, above: Step | None, *, base: int | None) -> Node:
    step, words = reason.step, ask.words
    shut = not ask.sees_confidential and closed(step)
    document = None if shut else reason.document
    return Node(
        title=name_of(ask, step, above),
        kind=step.kind,
        value=words(CLOSED_TEXT) if shut else reason.value if step.value is not None else words("未知"),
        unit=words.unit(reason.unit) if step.value is not None and not shut else "",
        closed=shut,
        unknown=step.value is None,
        formula=formula_of(ask, step),
        cite=words.cite(step.cite),
        doubt=words(CERTAINTY[step.certainty]) if step.certainty in CERTAINTY else "",
        source=_source(ask, document) if document else "",
        note=words(CLOSED_NOTE if shut else step.note),
        history=_address("history", ask, step) if document else "",
        why=_address("why", ask, step, base) if above and _has_page(step) else "",
        parts=tuple(_node(ask, part, closed, step, base=base) for part in reason.parts),
    )


def _has_page(step: Step) -> bool:
    """Whether a step is one cell with reasons of its own; a sum over items names no item and is none."""
    known = all_quantities().get(step.quantity)
    if known is None or step.kind not in ("rule", "total", "aggregate"):
        return False
    return known.axis is None or step.item is not None


def _source(ask: Ask, document: Any) -> str:
    words = ask.words
    doubt = words.bracketed(words("未核实")) if document.confidence == "memory" else ""
    status = words(ledger.STATUS_TITLES.get(document.status, document.status))
    owner = f"{words(document.owner)} " if document.owner and document.owner not in document.title else ""
    stated = words("原文 {stated}", stated=document.stated) if document.stated else ""
    return "　".join(
        filter(
            None,
            (
                f"{owner}{words(document.title)} {document.locator}".strip(),
                f"{status}{doubt}",
                document.recorded_on,
                stated,
            ),
        )
    )


def name_of(ask: Ask, step: Step, above: Step | None) -> str:
    """What a step is: title, and the place, item and period where they differ from the step above."""
    words = ask.words
    known = all_quantities().get(step.quantity)
    title = words.title(known) if known else words(step.text or step.label)
    parts = [title]
    if step.entity and (above is None or step.entity != above.entity):
        entity = ask.city.places.get(step.entity)
        parts.append(words.name(entity) if entity else step.entity)
    if step.item and (above is None or step.item != above.item):
        parts.append(item_title(ask, known.axis if known else None, step.item))
    if above is None or step.period != above.period:
        parts.append(words.span(step.period))
    return " ".join(filter(None, parts))


def formula_of(ask: Ask, step: Step) -> str:
    """A rule's formula with the titles of what stands in it; other texts as they are.

    The period, place or item of a part that differs from the step's own stands in brackets behind its title.
    """
    said = ask.words.formula(ask.words(step.formula)) if step.formula else ""
    if step.kind != "rule":
        return said
    titles = {}
    for part in step.parts:
        known = all_quantities().get(part.quantity)
        title = ask.words.title(known) if known else ask.words(part.text or part.label)
        rest = name_of(ask, part, step).removeprefix(title).strip()
        titles[part.label] = title + ask.words.bracketed(rest)
    return re.sub(r"[A-Za-z_]\w*", lambda found: titles.get(found[0], found[0]), said)


def rounded(node: Node) -> bool:
    """Whether a sum's printed parts miss its printed value by no more than rounding can explain."""
    if node.kind not in ("total", "aggregate") or len(node.parts) < 2:
        return False
    if any(one.closed or one.unknown or one.unit != node.unit for one in (node, *node.parts)):
        return False
    whole, parts = Decimal(node.value), [Decimal(part.value) for part in node.parts]
    last = max(-int(value.as_tuple().exponent) for value in (whole, *parts))
    gap = abs(sum(parts) - whole)
    return 0 < gap <= (len(parts) + 1) * Decimal(10) ** -last / 2


def item_title(ask: Ask, of: str | None, item: str) -> str:
    """The title of an item in the reader's language."""
    for name in (of,) if of else axes():
        known = axis(name).items.get(item)
        if known is not None:
            return ask.words.title(known)
    return item


def _address(page: str, ask: Ask, step: Step, base: int | None = None) -> str:
    flow = basis = ""
    if page == "why":  # a part rests on the same row of the balance, parameters and base year as the whole
        asked = ask.request.GET
        flow, basis = asked.get("flow", ""), asked.get("basis", "")
        resting = rests_on(all_quantities()[step.quantity])
        flow = "" if instead_of(flow).keys().isdisjoint(resting) else flow
    return cell_address(
        page, ask, step.quantity, step.entity, step.period, step.item, flow=flow, basis=basis, base=base
    )


def place_address(page: str, ask: Ask, cell: Cell) -> str:
    """Address of a cell's page: of a sum over years with its first year, of a base year with it."""
    return cell_address(
        page,
        ask,
        cell.quantity,
        cell.entity,
        cell.period,
        cell.item,
        cell.definition,
        since=cell.since,
        base=cell.base,
    )


def cell_address(
    page: str,
    ask: Ask,
    quantity: str,
    entity: str,
    period: str,
    item: str | None = None,
    definition: str | None = None,
    flow: str = "",
    basis: str = "",
    since: int | None = None,
    base: int | None = None,
) -> str:
    """Address of a cell's page (why or history), carrying the reader's scenario, plan and date.

    flow, basis: the row of the energy balance and the set of parameters for which a rule is read. since: first
    year of a sum over years. base: base year it is reckoned from, not written where the plan knows no other.
    """
    path = f"/{page}/{quote(quantity)}/{quote(entity)}/{quote(period)}"
    query = ask.selection.context()
    said = {"item": item, "definition": definition, "flow": flow, "basis": basis, "since": since}
    said["base"] = None if base_years(ask.plan) == [base] else base
    extra = urlencode({key: value for key, value in said.items() if value})
    return path + query + (("&" if query else "?") + extra if extra else "")
