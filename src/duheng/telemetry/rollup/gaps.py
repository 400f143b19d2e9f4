"""Pollution sources of a run: loads of every expected hour, with what stands in for the invalid ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import polars as pl

from duheng.telemetry.rollup import loads
from duheng.telemetry.rollup.building import Build, follow
from duheng.telemetry.rollup.points import POLLUTANT, UNITS, Point, Points
from duheng.telemetry.rollup.tables import EPOCH, PAIRS

HOUR = timedelta(hours=1)
# 2,160 valid hours are a quarter; where many are invalid they reach further back.
BACK = timedelta(days=184)
MEANS = ibis.table(
    {"pid": "int32", "hour": "timestamp(6)", "amount": "float64", "mean": "float64", "measured": "float64",
     "state": "string", "first_arrival": "timestamp(6)", "last_arrival": "timestamp(6)"},
    name="means",
)  # fmt: skip


def fill(build: Build, means: pl.DataFrame) -> None:
    """Publish the hours of sources: the flows of `means` as they are, the pollutants with their loads.

    means: hours of concentrations and flows that this run has taken (pid, hour ...). All later hours are judged
    again, for a valid hour may stand in for them and the quarter's capture rate may have changed.
    """
    if means.is_empty():
        return
    flows = [one.pid for one in build.points.of("gas_flow", "water_flow")]
    flow_rows = _as_published(means.filter(pl.col("pid").is_in(flows)))
    follow(build, build.published("hours", flow_rows))
    first = means["hour"].min()
    assert isinstance(first, datetime)
    begin = _quarter(first)
    whole = _known(build, means, begin - BACK)
    last = whole["hour"].max()
    assert isinstance(last, datetime)
    pairs = paired(build.points, whole, last + HOUR)
    build.engine.table("means", whole.select(MEANS.columns))
    build.engine.table("pairs", pairs)
    found = _loads(build)
    rows = found.filter(pl.col("hour") >= begin).rename({"hour": "start"})
    rows = rows.with_columns(
        method=pl.when(pl.col("amount").is_null()).then(None).otherwise(pl.col("method")),
        incomplete=pl.lit(False),
    )
    follow(build, build.published("hours", rows))


def _loads(build: Build) -> pl.DataFrame:
    """The loads of the tables `means` and `pairs`. What is used more than once is kept, or Spark would do it anew."""
    whole = _kept(build, "expected", loads.expected(MEANS, PAIRS))
    half = _kept(build, "half", loads.fill_up(whole.filter(whole.kind == "water"), "mean"))
    both = [loads.gas(whole, build.rules), loads.water(half)]
    found = [build.engine.fetch(loads.as_stated(one)) for one in both]
    return pl.concat([one.with_columns(pl.col("basis").cast(pl.Int64)) for one in found])


def _kept(build: Build, name: str, expression: ir.Table) -> ir.Table:
    build.engine.keep(name, expression)
    return ibis.table(expression.schema(), name=name)


def _known(build: Build, means: pl.DataFrame, first: datetime) -> pl.DataFrame:
    """What this run has taken over what was published before."""
    pids = [one.pid for one in build.points.of(*UNITS)]
    columns = MEANS.columns
    if build.first_run:
        return means.select(columns)
    old = build.stated("hours", first, datetime(9999, 1, 1), pids)  # noqa: DTZ001
    old = old.rename({"start": "hour"}).filter(pl.col("state").is_not_null())
    both = pl.concat([old.select(columns), means.select(columns)])
    return both.unique(["pid", "hour"], keep="last", maintain_order=True)


def _as_published(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.rename({"hour": "start"}).with_columns(
        estimated=pl.lit(0.0),
        method=pl.when(pl.col("amount").is_not_null()).then(pl.lit("measured")),
        basis=pl.lit(None, pl.Int64),
        incomplete=pl.lit(False),
    )


def paired(points: Points, whole: pl.DataFrame, end: datetime) -> pl.DataFrame:
    """The rows of tables.PAIRS: each pollutant with the flow of its device, from its first hour on."""
    begins = dict(whole.group_by("pid").agg(pl.col("hour").min()).iter_rows())
    flows = {one.mn: one for one in points.of("gas_flow", "water_flow")}
    rows: list[tuple[Any, ...]] = []
    for one in points.of(*POLLUTANT):
        flow = flows.get(one.mn)
        # Before a point's first hour nothing was there to stand in; the days before are owed, not substituted.
        first = begins.get(one.pid)
        if flow is not None and first is not None:
            rows.append((one.pid, flow.pid, one.kind, _number(first), _number(min(end, _end(one, end)))))
    kinds = {
        "pid": pl.Int32,
        "flow": pl.Int32,
        "kind": pl.String,
        "first": pl.Int64,
        "last": pl.Int64,
    }
    return pl.DataFrame(rows, kinds, orient="row")


def _end(point: Point, end: datetime) -> datetime:
    return (
        end if point.until is None else datetime.combine(point.until, datetime.min.time()) + timedelta(days=1)
    )


def _number(hour: datetime) -> int:
    return (hour - EPOCH) // HOUR


def _quarter(moment: datetime) -> datetime:
    return datetime(moment.year, (moment.month - 1) // 3 * 3 + 1, 1)  # noqa: DTZ001
