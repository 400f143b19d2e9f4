"""Counter readings to amounts: roll-over, replacement, spread of gaps, readings out of line; all in window functions.

A counter is a chain of readings in time. Between two that follow each other lies a step: the amount used. A step is
explained where the counter rose by no more than is plausible for the time that passed, where it rolled over (its
range is known), or where a replacement was recorded. A reading beside an unexplained fall is out of line if the
chain closes without it: it is left out and reported, and where it corrected an earlier version, that one counts
again. A step that nothing explains is unknown: its hours stay unknown until somebody says what happened.

A step longer than the usual interval is a gap. What was used in it is never lost: the step is spread evenly over the
hours that it covers, and they are marked as estimated.

Nearly all counters are regular nearly always: `regular` does them in one pass and says which points are not; only
those take the long way of `chain`, `steps`, `pieces`, `hours`, which gives the same where both apply (tested).
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from duheng.telemetry.rollup.tables import HOUR, MINUTE, latest, moment

# A reading may come a little late before the step counts as a gap.
LATE = 1.5
# Place of a row in the chain at one and the same time: the old meter's last reading, the new one's first, a reading.
FINAL, INITIAL, READ = 0, 1, 2
CHAIN = ibis.window(group_by="pid", order_by=("t", "place"))


def readings_of(readings: ir.Table, points: ir.Table) -> ir.Table:
    """Counter readings that are valid: pid, time, value, arrival, offset and the point's every, most, rolls_at."""
    read = readings.filter(readings.cn == "counter", readings.rtd.notnull())
    read = read.select("mn", "factor", "time", "arrival", "offset", value=read.rtd)
    wanted = points.filter(points.kind == "counter").drop("kind")
    return read.inner_join(wanted, ("mn", "factor")).drop("mn", "factor")


def regular(read: ir.Table) -> ir.Table:
    """Hours of counters whose readings have one version each.

    Returns pid, hour, amount, measured [min], first_arrival, last_arrival, regular: False where some step of the hour
    is a gap, crosses a full hour, falls or rises beyond what is plausible.
    """
    order = ibis.window(group_by="pid", order_by="time")
    near = read.mutate(before=read.value.lag().over(order), since=read.time.lag().over(order))
    near = near.filter(near.since.notnull())
    near = near.mutate(
        hour=(near.time - ibis.interval(microseconds=1)).truncate("h"),
        rise=near.value - near.before,
        # Called by its name: a difference of times is an interval in one dialect and a number in another.
        seconds=near.time.delta(near.since, unit="second"),
    )
    plain = (
        (near.rise >= 0)
        & ibis.coalesce(near.rise <= near.most * near.seconds / float(HOUR), True)
        & (near.seconds <= near.every * MINUTE * LATE)
        & (near.since >= near.hour)
    )
    return near.group_by("pid", "hour").agg(
        amount=near.rise.sum(),
        measured=near.seconds.sum() / float(MINUTE),
        first_arrival=near.arrival.min(),
        last_arrival=near.arrival.max(),
        # Not `all`: Spark and DuckDB both take the least of numbers fast.
        regular=plain.cast("int8").min() == 1,
    )


def chain(read: ir.Table, replaced: ir.Table) -> ir.Table:
    """The readings in order, those out of line marked. `read` as from `readings_of`, all versions.

    Returns pid, t [s], place, value, arrival, the point's columns, and trouble: out-of-line, refused or null.
    """
    rows = latest(read.mutate(t=read.time.epoch_seconds().cast("int64")), "value", "older")
    rows = rows.mutate(place=ibis.literal(READ, "int8"))
    columns = ("pid", "t", "place", "value", "older", "arrival", "every", "most", "rolls_at")
    rows = rows.select(columns)
    about = rows.select("pid", "every", "most", "rolls_at").distinct()
    ends = _ends(replaced, "final", FINAL).union(_ends(replaced, "initial", INITIAL))
    rows = rows.union(ends.inner_join(about, "pid").select(columns))
    near = rows.mutate(
        before=rows.value.lag().over(CHAIN), since=rows.t.lag().over(CHAIN), after=rows.value.lead().over(CHAIN),
        until=rows.t.lead().over(CHAIN), following=rows.place.lead().over(CHAIN),
    )  # fmt: skip
    marked = near.mutate(out=_out_of_line(near))
    refused = marked.out & _fits(marked, marked.older)
    return marked.mutate(
        value=ibis.ifelse(refused, marked.older, marked.value),
        trouble=ibis.cases((refused, "refused"), (marked.out, "out-of-line")),
    ).select("pid", "t", "place", "value", "arrival", "every", "most", "rolls_at", "trouble")


def steps(chained: ir.Table) -> ir.Table:
    """The steps between readings that follow each other in line.

    Returns pid, start, end [s], amount (null: unexplained), gap (longer than the usual interval), rolled, replaced,
    before, value, first_arrival, last_arrival.
    """
    kept = chained.filter(ibis.coalesce(chained.trouble, "") != "out-of-line")
    near = kept.mutate(
        before=kept.value.lag().over(CHAIN),
        since=kept.t.lag().over(CHAIN),
        came=kept.arrival.lag().over(CHAIN),
    )
    near = near.filter(near.since.notnull())
    return near.select(
        "pid", "before", "value",
        start=near.since, end=near.t,
        amount=_explained(near, near.before, near.since, near.value, near.t, near.place),
        gap=(near.t - near.since) > near.every * MINUTE * LATE,
        rolled=(near.value < near.before) & (near.place != INITIAL),
        replaced=near.place == INITIAL,
        first_arrival=ibis.coalesce(near.came, near.arrival),
        last_arrival=ibis.coalesce(near.arrival, near.came),
    )  # fmt: skip


def pieces(steps: ir.Table) -> ir.Table:
    """The steps cut at the full hours.

    steps: pid, start, end [s], amount, gap, first_arrival, last_arrival. Returns pid, hour, amount, measured,
    estimated [min], first_arrival, last_arrival.
    """
    some = steps.filter(steps.end > steps.start)
    cut = some.mutate(
        h=ibis.range((some.start // HOUR).cast("int64"), ((some.end - 1) // HOUR + 1).cast("int64")).unnest()
    )
    covered = ibis.least(cut.end, (cut.h + 1) * HOUR) - ibis.greatest(cut.start, cut.h * HOUR)
    minutes = ibis.ifelse(cut.amount.notnull(), covered / float(MINUTE), 0.0)
    return cut.select(
        "pid", "first_arrival", "last_arrival",
        hour=moment(cut.h * HOUR),
        amount=cut.amount * (covered.cast("float64") / (cut.end - cut.start).cast("float64")),
        measured=ibis.ifelse(cut.gap, 0.0, minutes),
        estimated=ibis.ifelse(cut.gap, minutes, 0.0),
    )  # fmt: skip


def hours(pieces: ir.Table) -> ir.Table:
    """Amounts by hour; null where any piece of the hour is unexplained."""
    grouped = pieces.group_by("pid", "hour").agg(
        amount=pieces.amount.sum(),
        known=pieces.amount.count(),
        number=pieces.count(),
        measured=pieces.measured.sum(),
        estimated=pieces.estimated.sum(),
        first_arrival=pieces.first_arrival.min(),
        last_arrival=pieces.last_arrival.max(),
    )
    whole = grouped.known == grouped.number
    return grouped.mutate(amount=ibis.ifelse(whole, grouped.amount, ibis.null("float64"))).drop(
        "known", "number"
    )


def _ends(replaced: ir.Table, column: str, place: int) -> ir.Table:
    return replaced.select(
        "pid", t=replaced.time.epoch_seconds().cast("int64"), place=ibis.literal(place, "int8"),
        value=replaced[column], older=ibis.null("float64"), arrival=ibis.null("timestamp(6)"),
    )  # fmt: skip


def _explained(table: ir.Table, value: Any, since: Any, later: Any, until: Any, place: Any) -> Any:
    """The amount between two readings; null where nothing explains it. A new meter's first reading adds nothing."""
    rise = later - value
    rolled = rise + table.rolls_at
    most = table.most * (until - since) / float(HOUR)
    # Without a limit of its own a counter that seems to run through half its range has been misread.
    plausible = (rolled >= 0) & ibis.coalesce(rolled <= most, rolled <= table.rolls_at / 2)
    return ibis.cases(
        (place == INITIAL, 0.0),
        (rise >= 0, ibis.ifelse(ibis.coalesce(rise <= most, True), rise, ibis.null("float64"))),
        (plausible, rolled),
    )


def _out_of_line(near: ir.Table) -> Any:
    """Whether a reading stands beside an unexplained fall and the chain closes without it."""
    into = _explained(near, near.before, near.since, near.value, near.t, near.place)
    out_of = _explained(near, near.value, near.t, near.after, near.until, near.following)
    closing = _explained(near, near.before, near.since, near.after, near.until, near.following)
    fell_into = ibis.coalesce((near.value < near.before) & into.isnull(), False)
    fell_out = ibis.coalesce((near.after < near.value) & out_of.isnull(), False)
    # The newest reading has nothing behind it that could bear it out: what comes next decides.
    closes = ibis.ifelse(near.after.isnull(), fell_into, closing.notnull())
    return (near.place == READ) & (fell_into | fell_out) & closes


def _fits(near: ir.Table, value: Any) -> Any:
    """Whether the version before would be in line."""
    into = _explained(near, near.before, near.since, value, near.t, near.place)
    out_of = _explained(near, value, near.t, near.after, near.until, near.following)
    return (
        value.notnull() & (near.before.isnull() | into.notnull()) & (near.after.isnull() | out_of.notnull())
    )
