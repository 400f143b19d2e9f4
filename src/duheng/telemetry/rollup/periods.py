"""Hours to days and months: sums, means, how many hours are expected, known, valid and estimated."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from duheng.telemetry.rollup.rules import Rules
from duheng.telemetry.rollup.tables import HOUR

NOTHING = ibis.null("timestamp(6)")
# Published hours joined with what is known of their point.
PUBLISHED = ibis.table(
    {"pid": "int32", "kind": "string", "since": "timestamp(6)", "start": "timestamp(6)", "amount": "float64",
     "mean": "float64", "estimated": "float64", "state": "string", "method": "string", "incomplete": "boolean",
     "first_arrival": "timestamp(6)", "last_arrival": "timestamp(6)"},
    name="published",
)  # fmt: skip
# Published days likewise.
DAYS = ibis.table(
    {"pid": "int32", "kind": "string", "since": "timestamp(6)", "start": "timestamp(6)", "amount": "float64",
     "known": "int64", "valid": "int64", "estimated": "int64", "expected": "int64", "method": "string",
     "incomplete": "boolean", "until": "timestamp(6)", "first_segment": "string", "last_segment": "string"},
    name="days",
)  # fmt: skip


def of_hours(hours: ir.Table, every: str, rules: Rules) -> ir.Table:
    """Days (`every` D) or months (M) of published hours.

    Returns pid, start, amount (null where an hour before the last known one is not known), mean (null where fewer
    hours are valid than a day needs), expected, known, valid, estimated [h], method, incomplete, until,
    first_arrival, last_arrival.
    """
    known = hours.amount.notnull()
    grouped = hours.group_by("pid", "kind", "since", period=hours.start.truncate(every)).agg(
        amount=hours.amount.sum(),
        known=_number(known),
        valid=_number(hours.state == "valid"),
        estimated=_number(hours.estimated > 0),
        running=_most(hours.incomplete),
        until=ibis.ifelse(known, hours.start + ibis.interval(hours=1), NOTHING).max(),
        mean_sum=hours["mean"].sum(),
        mean_number=hours["mean"].count(),
        substituted=_most(hours.method == "substituted"),
        spread=_most(hours.method == "spread"),
        virtual=_most(hours.method == "virtual"),
        first_arrival=hours.first_arrival.min(),
        last_arrival=hours.last_arrival.max(),
    )
    judged = _judged(grouped, every)
    water = judged.kind.startswith("water")
    least = ibis.ifelse(water, int(rules["day.water_hours"]), int(rules["day.hours"]))
    # A month's mean needs the same share of its hours as a day's.
    enough = judged.mean_number * 24 >= least * judged.expected
    mean = judged.mean_sum / judged.mean_number.nullif(0).cast("float64")
    return _out(judged, ibis.ifelse(enough, mean, ibis.null("float64")), ("first_arrival", "last_arrival"))


def of_days(days: ir.Table) -> ir.Table:
    """Months of meters from their days: as `of_hours`, no mean, segments in place of arrivals."""
    grouped = days.group_by("pid", "kind", "since", period=days.start.truncate("M")).agg(
        amount=days.amount.sum(),
        known=days.known.sum(),
        valid=days.valid.sum(),
        estimated=days.estimated.sum(),
        running=_most(days.incomplete & (days.known >= days.expected)),
        until=days.until.max(),
        substituted=_most(days.method == "substituted"),
        spread=_most(days.method == "spread"),
        virtual=_most(days.method == "virtual"),
        first_segment=days.first_segment.min(),
        last_segment=days.last_segment.max(),
    )
    return _out(_judged(grouped, "M"), ibis.null("float64"), ("first_segment", "last_segment"))


def _judged(grouped: ir.Table, every: str) -> ir.Table:
    """With the hours that are expected and those from the beginning to the last known one."""
    end = grouped.period + (ibis.interval(days=1) if every == "D" else ibis.interval(months=1))
    begin = ibis.greatest(grouped.period, grouped.since)
    return grouped.mutate(expected=_hours(begin, end), span=_hours(begin, grouped.until))


def _out(judged: ir.Table, mean: Any, evidence: tuple[str, str]) -> ir.Table:
    # A hole before the last known hour leaves the sum unknown; that time has not come yet leaves it unfinished.
    whole = judged.known == judged.span
    return judged.select(
        "pid", "known", "valid", "estimated", "expected", "until", *evidence,
        start=judged.period,
        amount=ibis.ifelse(whole, judged.amount, ibis.null("float64")),
        mean=mean,
        method=ibis.cases(
            (judged.known == 0, ibis.null("string")),
            (judged.substituted > 0, "substituted"),
            (judged.spread > 0, "spread"),
            (judged.virtual > 0, "virtual"),
            else_="measured",
        ),
        incomplete=(judged.known < judged.expected) | (judged.running > 0),
    )  # fmt: skip


def _hours(begin: Any, end: Any) -> Any:
    return (end.epoch_seconds().cast("int64") - begin.epoch_seconds().cast("int64")) // HOUR


def _number(which: Any) -> Any:
    return which.ifelse(1, 0).sum().cast("int64")


def _most(which: Any) -> Any:
    return which.ifelse(1, 0).max().cast("int64")
