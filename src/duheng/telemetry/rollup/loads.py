"""Loads: flow x concentration by the hour, and what stands in where an hour is not valid (HJ 75, HJ 356).

Every expected hour has a row, also where nothing came: that is what a gap is. A stopped hour emits nothing and is no
gap. Of flue gas the greatest emission of a number of valid hours before the gap stands in, by the quarter's capture
rate and the length of the gap; of water the means of concentration and volume over as many valid hours as are missing.
Load and capture rate are rules (`rules/pollutants.py`, `rules/readings.py`), read as Ibis columns.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from duheng.engine.columns import over_ibis
from duheng.model.units import ratio
from duheng.rules.pollutants import monitored_gas_emission, monitored_water_emission
from duheng.rules.readings import capture_rate
from duheng.telemetry.rollup.rules import Rules
from duheng.telemetry.rollup.tables import HOUR, moment

MASS = "kg"
NULL = ibis.null("float64")
_EMISSION = {"gas": monitored_gas_emission, "water": monitored_water_emission}


def as_stated(judged: ir.Table) -> ir.Table:
    """Loads as they are stated: `judged` by `gas` or `water`.

    Returns pid, hour, amount [kg] (null: unknown), mean, measured, estimated [min], state, method (measured,
    substituted), basis (hours that a substitute rests on), first_arrival, last_arrival.
    """
    filled = (judged.state == "invalid") & judged.amount.notnull()
    return judged.select(
        "pid", "hour", "amount", "mean", "measured", "state", "first_arrival", "last_arrival",
        estimated=ibis.ifelse(filled, 60.0, 0.0).cast("float64"),
        method=ibis.ifelse(filled, "substituted", "measured"),
        basis=ibis.ifelse(judged.state == "invalid", judged.basis, ibis.null("int64")),
    )  # fmt: skip


def expected(hours: ir.Table, pairs: ir.Table) -> ir.Table:
    """One row an expected hour of each pollutant (PAIRS), with concentration and volume where they are valid.

    hours: of concentrations and flows (sources.means).
    """
    spine = pairs.mutate(h=ibis.range(pairs["first"], pairs["last"]).unnest())
    spine = spine.mutate(hour=moment(spine.h * HOUR)).select("pid", "flow", "kind", "h", "hour")
    own = hours.select(
        "pid", "hour", "mean", "measured", "first_arrival", "last_arrival", own_state=hours.state
    )
    flow = hours.select(flow=hours.pid, hour=hours.hour, volume=hours.amount, flow_state=hours.state)
    joined = spine.left_join(own, ("pid", "hour")).drop("pid_right", "hour_right")
    joined = joined.left_join(flow, ("flow", "hour")).drop("flow_right", "hour_right")
    stopped = ibis.coalesce((joined.own_state == "stopped") | (joined.flow_state == "stopped"), False)
    valid = joined["mean"].notnull() & joined.volume.notnull() & ~stopped
    loads = [
        (valid & (joined.kind == kind), _load(kind, joined["mean"], joined.volume)) for kind in _EMISSION
    ]
    return joined.mutate(
        state=ibis.cases((stopped, "stopped"), (valid, "valid"), else_="invalid"),
        load=ibis.cases((stopped, 0.0), *loads),
        measured=ibis.coalesce(joined.measured, 0.0),
        quarter=joined.hour.truncate("Q"),
    )


def _load(kind: str, concentration: Any, volume: Any) -> Any:
    """What an hour's mean concentration and volume carry [kg], by the rule of their kind."""
    rule = _EMISSION[kind]
    return over_ibis(rule, volume=volume, concentration=concentration) * float(ratio(rule.unit, MASS))


def gas(whole: ir.Table, rules: Rules) -> ir.Table:
    """Of flue gas the emission of invalid hours by the capture rate of their quarter and the length of their gap."""
    whole = whole.filter(whole.kind == "gas")
    valid, invalid, stopped = (_ones(whole.state == state) for state in ("valid", "invalid", "stopped"))
    quarter = ibis.window(group_by=("pid", "quarter"))
    hours = {"hours": valid + invalid + stopped, "invalid": invalid, "stopped": stopped}
    upto = ibis.cumulative_window(group_by="pid", order_by="h")
    numbered = whole.mutate(
        run=valid.sum().over(upto),
        # Of the quarter as far as it has gone.
        rate=over_ibis(
            capture_rate, **{name: one.sum().over(quarter).cast("float64") for name, one in hours.items()}
        ),
        is_invalid=invalid,
    )
    length = numbered.is_invalid.sum().over(ibis.window(group_by=("pid", "run")))
    numbered = numbered.mutate(length=length)
    before = _greatest(numbered.filter(numbered.state == "valid"), sorted({one.of for one in rules.gas}))
    joined = numbered.left_join(before, ("pid", "run")).drop("pid_right", "run_right")
    amounts, bases = [], []
    for one in rules.gas:
        fits = (joined.rate >= one.least) & (joined.rate < one.below)
        if one.hours is not None:
            fits &= joined.length <= one.hours
        amounts.append((fits, joined[f"greatest_{one.of}"]))
        bases.append((fits, ibis.least(joined.run, one.of)))
    invalid_row = joined.state == "invalid"
    return _row(
        joined, ibis.ifelse(invalid_row, ibis.cases(*amounts, else_=NULL), joined.load), ibis.cases(*bases)
    )


def _greatest(valid: ir.Table, lengths: list[int]) -> ir.Table:
    """By the number of a valid hour the greatest emission of the hours up to it."""
    return valid.select(
        "pid", "run",
        **{
            f"greatest_{n}": valid.load.max().over(
                ibis.window(group_by="pid", order_by="h", preceding=n - 1, following=0)
            )
            for n in lengths
        },
    )  # fmt: skip


def water(half: ir.Table) -> ir.Table:
    """Of water missing concentrations and volumes by the mean of as many valid ones before; their product the load.

    half: `filled` once, by its mean: worked out before, for what is used twice is worked out twice elsewhere.
    """
    half = half.filter(half.kind == "water")
    filled = fill_up(half, "volume")
    stopped = filled.state == "stopped"
    amount = ibis.ifelse(stopped, 0.0, _load("water", filled.filled_mean, filled.filled_volume))
    basis = ibis.greatest(filled.basis_mean, filled.basis_volume)
    return _row(filled, amount, basis)


def fill_up(rows: ir.Table, column: str) -> ir.Table:
    """`column` with its gaps filled, as filled_COLUMN, and the number of hours behind it as basis_COLUMN."""
    known = rows[column].notnull() & (rows.state != "stopped")
    missing = rows[column].isnull() & (rows.state != "stopped")
    upto = ibis.cumulative_window(group_by="pid", order_by="h")
    numbered = rows.mutate(run=_ones(known).sum().over(upto), missing=_ones(missing), known=known)
    length = numbered.missing.sum().over(ibis.window(group_by=("pid", "run")))
    numbered = numbered.mutate(length=length)
    sums = numbered.filter(numbered.known)
    sums = sums.select("pid", "run", upto=sums[column].sum().over(upto))
    later = sums.select(pid=sums.pid, run=sums.run, later=sums.upto)
    earlier = sums.select(pid=sums.pid, start=sums.run, earlier=sums.upto)
    joined = numbered.mutate(start=ibis.greatest(numbered.run - numbered.length, 0))
    joined = joined.left_join(later, ("pid", "run")).drop("pid_right", "run_right")
    joined = joined.left_join(earlier, ("pid", "start")).drop("pid_right", "start_right")
    number = joined.run - joined.start
    mean = (joined.later - ibis.coalesce(joined.earlier, 0.0)) / number.nullif(0).cast("float64")
    out = {f"filled_{column}": ibis.coalesce(joined[column], mean), f"basis_{column}": number.cast("int64")}
    return joined.mutate(**out).drop("run", "missing", "known", "length", "start", "later", "earlier")


def _row(rows: ir.Table, amount: Any, basis: Any) -> ir.Table:
    return rows.select(
        "pid", "hour", "mean", "measured", "state", "first_arrival", "last_arrival",
        amount=amount, basis=basis.cast("int64"),
    )  # fmt: skip


def _ones(which: Any) -> Any:
    return ibis.ifelse(which, 1, 0).cast("int64")
