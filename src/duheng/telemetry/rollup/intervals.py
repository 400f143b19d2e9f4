"""Interval amounts of meters to hours: an hour of most of its minutes is filled up evenly, one of less is unknown."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from duheng.telemetry.rollup.rules import Rules
from duheng.telemetry.rollup.tables import HOUR, MINUTE

MINUTES = 60.0


def hours(readings: ir.Table, points: ir.Table, rules: Rules) -> ir.Table:
    """Hours of the meters whose intervals are at most an hour long.

    readings: the shared schema, valid, one version each. Returns pid, hour, amount, measured, estimated [min],
    first_arrival, last_arrival. An amount beyond what is plausible makes its hour unknown.
    """
    # Grouped before it is joined: the points are few, the readings are not.
    grouped = _by_hour(readings)
    wanted = points.filter(points.kind == "interval", points.every <= MINUTES)
    joined = grouped.inner_join(wanted, ("mn", "factor"))
    minutes = joined.number * joined.every
    most = joined.most * joined.every / MINUTES
    fits = (joined.least >= 0) & ibis.coalesce(joined.greatest <= most, True)
    valid = (minutes >= float(rules["hour.minutes"])) & fits
    return joined.select(
        "pid", "hour", "first_arrival", "last_arrival",
        amount=ibis.ifelse(valid, joined.total * (MINUTES / minutes), ibis.null("float64")),
        measured=ibis.ifelse(fits, minutes, 0.0),
        estimated=ibis.ifelse(valid, MINUTES - minutes, 0.0),
    )  # fmt: skip


def months(readings: ir.Table, points: ir.Table, rules: Rules, *, checked: bool) -> ir.Table:
    """Months straight from readings: the sum of `hours`, joined with the points after the hours have been added up.

    checked: every amount is known to be plausible. Returns pid, start, amount, known [h], fits: False where some
    amount is not plausible, so that `hours` must decide.
    """
    by_hour = _by_hour(readings)
    alike = by_hour.group_by("mn", "factor", "number", start=by_hour.hour.truncate("M")).agg(
        total=by_hour.total.sum(),
        hours=by_hour.count(),
        least=by_hour.least.min(),
        greatest=by_hour.greatest.max(),
    )
    wanted = points.filter(points.kind == "interval", points.every <= MINUTES)
    joined = alike.inner_join(wanted, ("mn", "factor"))
    minutes = joined.number * joined.every
    valid = minutes >= float(rules["hour.minutes"])
    most = joined.most * joined.every / MINUTES
    fits = (joined.least >= 0) & ibis.coalesce(joined.greatest <= most, True)
    if checked:
        fits = joined.number > 0
    return joined.group_by("pid", "start").agg(
        amount=ibis.ifelse(valid, joined.total * (MINUTES / minutes), ibis.null("float64")).sum(),
        known=ibis.ifelse(valid, joined.hours, 0).sum(),
        fits=fits.ifelse(1, 0).min() == 1,
    )


def _by_hour(readings: ir.Table) -> ir.Table:
    read = readings.filter(readings.cn == "interval", readings.cou.notnull())
    return read.group_by("mn", "factor", hour=read.time.truncate("h")).agg(
        total=read.cou.sum(),
        number=read.count(),
        least=read.cou.min(),
        greatest=read.cou.max(),
        first_arrival=read.arrival.min(),
        last_arrival=read.arrival.max(),
    )


def long_steps(readings: ir.Table, points: ir.Table) -> ir.Table:
    """Amounts of intervals longer than an hour as steps, to be cut at the full hours like those of a counter."""
    read = readings.filter(readings.cn == "interval", readings.cou.notnull())
    wanted = points.filter(points.kind == "interval", points.every > MINUTES)
    joined = read.inner_join(wanted, ("mn", "factor"))
    start = joined.time.epoch_seconds().cast("int64")
    length = (joined.every * MINUTE).cast("int64")
    most = joined.most * joined.every / MINUTES
    fits = (joined.cou >= 0) & ibis.coalesce(joined.cou <= most, True)
    return joined.select(
        "pid",
        start=start,
        end=start + length,
        amount=ibis.ifelse(fits, joined.cou, ibis.null("float64")),
        # How it went within the interval is not known: by the hour it is an estimate.
        gap=length > HOUR,
        first_arrival=joined.arrival,
        last_arrival=joined.arrival,
    )
