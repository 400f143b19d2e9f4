"""Slips of unit or magnitude: a figure far from what the ledger holds of an earlier period of the same cell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import polars as pl

from duheng import ledger
from duheng.ledger.records import NewFact
from duheng.model.findings import Finding
from duheng.model.glossary import quantity
from duheng.model.parameters import Setting
from duheng.model.periods import Period, parse
from duheng.model.saying import say

PARAMETER, ITEM = "audit_threshold", "与上期数量级不符 最大倍数"
Before = tuple[Period, float, str]


def far_off(facts: Sequence[NewFact], scenario: str, file: str, most: Setting | None) -> Iterator[Finding]:
    """A warning for each figure more than `most` times as large or as small as the latest earlier one.

    Shares and changes in %, and single days, are left alone: near nought they differ by any factor.
    """
    if most is None or not facts:
        return
    times, known = float(most.value), _known(facts, scenario)
    for fact in facts:
        period, value = parse(fact.period), float(fact.value)
        series = known.get(_series(fact, period), [])
        at = bisect_left(series, period.start, key=lambda one: one[0].start) - 1
        if at < 0 or not value or period.kind == "day" or quantity(fact.quantity).printed_unit == "%":
            continue
        before, was, stated = series[at]
        if was and not 1 / times <= abs(value / was) <= times:
            found = say(
                "{stated}，而{before}为 {was}，相差超过{times}倍",
                stated=fact.stated,
                before=before,
                was=stated,
                times=f"{times:g}",
            )
            remedy = "请核对计量单位和小数点；仍予导入。"
            yield Finding("magnitude", "warning", f"{file} {fact.locator}".strip(), found, "", remedy)


def _series(fact: NewFact, period: Period) -> tuple[str | None, ...]:
    return (fact.quantity, fact.entity, fact.item, fact.definition, period.kind)


def _known(facts: Sequence[NewFact], scenario: str) -> dict[tuple[str | None, ...], list[Before]]:
    """What the ledger holds of the facts' cells in whatever period, the oldest first."""
    frame = ledger.read(scenario).filter(
        pl.col("quantity").is_in(list({fact.quantity for fact in facts})),
        pl.col("entity").is_in(list({fact.entity for fact in facts})),
    )
    known: dict[tuple[str | None, ...], list[Before]] = {}
    columns = ("quantity", "entity", "item", "definition", "period", "value", "stated")
    for *cell, text, value, stated in frame.select(columns).iter_rows():
        period = parse(text)
        if period.kind != "day":
            known.setdefault((*cell, period.kind), []).append((period, value, stated))
    for series in known.values():
        series.sort(key=lambda one: one[0].start)
    return known
