"""All signs of some days, from the readings of an installation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.assess.audit.settings import PACKAGED, Thresholds
from duheng.telemetry import devices
from duheng.telemetry.watching import bounds, copies, levels, piling, presence, related, stillness
from duheng.telemetry.watching.merging import merged
from duheng.telemetry.watching.rates import first_heard, low, rates
from duheng.telemetry.watching.registers import Registers, load
from duheng.telemetry.watching.settings import of
from duheng.telemetry.watching.signs import Sign
from duheng.telemetry.watching.taking import BEIJING, active, current, hourly, take

HISTORY = timedelta(days=35)  # what a day is compared with


@dataclass(frozen=True)
class Watched:
    """signs: those of the days asked for, in order of device, rule and time; rates: `rates.rates`."""

    signs: list[Sign]
    rates: pl.DataFrame


def watch(
    home: Path,
    first: date,
    last: date,
    now: datetime,
    heard: Mapping[str, datetime] | None = None,
    limits: Thresholds = PACKAGED,
) -> Watched:
    """Look at all devices of a DUHENG_HOME.

    first, last: days, both included. now: Beijing, without zone. heard: last arrival by device (Beijing) where more is
    known than the readings say. limits: of the checks shared with the audit of reported series. Raises DuhengError,
    OSError.
    """
    known = devices.load(home).by_mn
    versions = take(home, first - HISTORY, last)
    versions = versions.filter(pl.col("mn").is_in(list(known)))
    found = current(versions)
    start = datetime.combine(first, datetime.min.time())
    signs = judged(found, load(home), start, limits)
    signs += presence.changed(versions)
    arrived = versions.group_by("mn").agg(pl.col("arrival").max())
    last_heard = {mn: at + BEIJING for mn, at in arrived.iter_rows()} | dict(heard or {})
    signs += presence.silent(last_heard, now)
    shares = rates(found, known, first, last, now, first_heard(home, found, first))
    whole_days = shares.filter(pl.col("day") < now.date())
    signs += low(whole_days)
    kept = [one for one in merged(signs) if one.end > start]
    return Watched(sorted(kept, key=lambda one: (one.mn, one.rule, one.factor, one.start)), shares)


def judged(
    found: pl.DataFrame, registers: Registers, start: datetime, limits: Thresholds = PACKAGED
) -> list[Sign]:
    """The signs in the readings themselves; `found`: `taking.current`. Only what reaches beyond `start` is new."""
    hours = hourly(found)
    since = start - timedelta(days=3)
    recent = hours.filter(pl.col("time") >= since)
    ambient = found.filter(pl.col("st").is_in(of("ambient")["systems"])).select("mn").unique()
    stations = hours.join(ambient, on="mn", how="semi").filter(~pl.col("factor").str.starts_with("a010"))
    hours = hours.join(ambient, on="mn", how="anti")
    running = _running(hours)
    moving = active(running)
    return [
        *bounds.over_limit(recent, bounds.converted_hours(found), registers.limits),
        *bounds.order(found.filter(pl.col("time") >= since)),
        *bounds.amount(found.filter(pl.col("time") >= since)),
        *bounds.negative(hours),
        *bounds.oxygen(hours),
        *levels.thousandfold(running, start),
        *presence.drift(found.filter(pl.col("time") >= start)),
        *stillness.stuck(pl.concat([moving, active(stations)]), limits),
        *stillness.collapse(running),
        *copies.replayed(active(hours), start, limits),
        *copies.repeated(moving, start),
        *piling.piled_up(running, registers.limits),
        *_of_three_days(hours, running, start, limits),
        *piling.heaped(moving, limits),
        *related.opposite(running),
        *related.together(recent, registers.facilities),
    ]


def _of_three_days(
    hours: pl.DataFrame, running: pl.DataFrame, start: datetime, limits: Thresholds
) -> list[Sign]:
    """Signs that need about three days at once, for each day from `start` on."""
    signs: list[Sign] = []
    last = hours["time"].max()
    while isinstance(last, datetime) and start <= last:
        first, end = start - timedelta(days=2), start + timedelta(days=1)
        span = pl.col("time").is_between(first, end, closed="left")
        signs += [
            *copies.duplicated(hours.filter(span), first, limits),
            *piling.clipped(running.filter(span)),
        ]
        start = end
    return list({(one.rule, one.mn, one.factor): one for one in reversed(signs)}.values())


def _running(hours: pl.DataFrame) -> pl.DataFrame:
    """Without the hours in which a device whose flow is known discharges nothing."""
    measured = hours.filter(pl.col("factor").is_in(bounds.FLOWS)).select("mn").unique()
    running = bounds.running_hours(hours, 0.1)
    other = hours.join(measured, on="mn", how="anti")
    return pl.concat([hours.join(running, on=["mn", "time"], how="semi"), other]).sort("mn", "factor", "time")
