"""Hours of pollution sources by HJ 212: the mean as sent, or that of its minutes, and whether it counts."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from duheng.telemetry.rollup.rules import Rules

KINDS = ("gas", "water", "gas_flow", "water_flow")
SENT, MINUTES, INSTANT = "2061", "2051", "2011"


def means(readings: ir.Table, points: ir.Table, rules: Rules) -> ir.Table:
    """The hours of concentrations and flows.

    readings: the shared schema, one version each, all flags. points: with `scale`, by which a value is multiplied
    (to mg/m3, mg/L, m3/h). An hour that the device sent counts by its own flag; one that it did not send is reckoned
    from its minutes, else from its instants. Returns pid, hour, mean, amount (of flows: m3 in the hour), measured
    [min], state (valid, stopped, invalid), first_arrival, last_arrival.
    """
    read = readings.filter(readings.cn.isin((SENT, MINUTES, INSTANT)))
    read = read.mutate(
        hour=read.time.truncate("h"),
        minute=read.time.truncate("m"),
        value=ibis.ifelse(read.cn == INSTANT, read.rtd, read.avg),
        good=_in(read.flag, rules["flags.normal"], unflagged=bool(rules["flags.unflagged"])),
        still=_in(read.flag, rules["flags.stopped"]),
    )
    wanted = points.filter(points.kind.isin(KINDS))
    grouped = _grouped(read.inner_join(wanted, ("mn", "factor")))
    return _judged(grouped, rules)


def _grouped(read: ir.Table) -> ir.Table:
    sent, child, instant = (read.cn == code for code in (SENT, MINUTES, INSTANT))
    known = read.value.notnull()

    def number(which: Any) -> Any:
        return which.ifelse(1, 0).sum()

    return read.group_by("pid", "kind", "every", "scale", "hour").agg(
        sent=number(sent),
        sent_good=number(sent & read.good & known),
        sent_still=number(sent & read.still),
        sent_mean=read.value.mean(where=sent),
        sent_total=read.cou.max(where=sent),
        children=number(child),
        children_good=number(child & read.good & known),
        children_still=number(child & read.still),
        children_mean=read.value.mean(where=child & read.good),
        instants=number(instant),
        instants_good=number(instant & read.good & known),
        instants_still=number(instant & read.still),
        instants_mean=read.value.mean(where=instant & read.good),
        instant_minutes=read.minute.nunique(where=instant & read.good),
        first_arrival=read.arrival.min(),
        last_arrival=read.arrival.max(),
    )


def _judged(rows: ir.Table, rules: Rules) -> ir.Table:
    water, flow = rows.kind.startswith("water"), rows.kind.endswith("flow")
    least, share = float(rules["hour.minutes"]), float(rules["hour.gas_share"])
    by_children = rows.children > 0
    number = ibis.ifelse(by_children, rows.children, rows.instants)
    good = ibis.ifelse(by_children, rows.children_good, rows.instants_good)
    minutes = ibis.ifelse(by_children, rows.children_good * rows.every, rows.instant_minutes.cast("float64"))
    still = ibis.ifelse(by_children, rows.children_still, rows.instants_still)
    enough = ibis.ifelse(water, number - good <= int(rules["hour.water_abnormal"]), good >= number * share)
    valid = ibis.ifelse(rows.sent > 0, rows.sent_good > 0, (minutes >= least) & enough)
    stopped = ibis.ifelse(rows.sent > 0, rows.sent_still > 0, still * 60.0 >= number * least)
    mean = ibis.cases(
        (rows.sent > 0, rows.sent_mean), (by_children, rows.children_mean), else_=rows.instants_mean
    )
    state = ibis.cases((valid, "valid"), (stopped, "stopped"), else_="invalid")
    scaled = ibis.ifelse(valid, mean * rows.scale, ibis.null("float64"))
    # A flow sums to the volume of the hour: as the device summed it, else its mean over the hour.
    volume = ibis.coalesce(ibis.ifelse(rows.sent > 0, rows.sent_total, ibis.null("float64")), scaled)
    return rows.select(
        "pid", "hour", "first_arrival", "last_arrival",
        mean=scaled,
        amount=ibis.ifelse(valid & flow, volume, ibis.null("float64")),
        measured=ibis.ifelse(rows.sent > 0, ibis.ifelse(valid, 60.0, 0.0), minutes.cast("float64")),
        state=state,
    )  # fmt: skip


def _in(flag: Any, codes: Any, unflagged: bool = False) -> Any:
    return ibis.coalesce(flag.isin([str(code) for code in codes]), ibis.literal(unflagged))
