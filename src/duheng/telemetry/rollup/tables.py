"""The tables that roll-up expressions are written over, and what those expressions share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from duheng.telemetry.readings.layout import AHEAD

MINUTE, HOUR = 60, 3600
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # Beijing time without a zone, as everywhere in the readings

READINGS = ibis.table(
    {"mn": "string", "st": "string", "cn": "string", "time": "timestamp(6)", "factor": "string",
     "rtd": "float64", "min": "float64", "avg": "float64", "max": "float64", "cou": "float64",
     "zs_rtd": "float64", "zs_min": "float64", "zs_avg": "float64", "zs_max": "float64",
     "flag": "string", "arrival": "timestamp(6)", "segment": "string", "offset": "int64"},
    name="readings",
)  # fmt: skip
# pid: number of the point in this run. every: minutes between two readings. most: plausible amount an hour (null:
# unknown). rolls_at: where the counter begins again at 0 (null: unknown). scale: to mg/m3, mg/L or m3/h.
POINTS = ibis.table(
    {"pid": "int32", "mn": "string", "factor": "string", "kind": "string", "every": "float64", "most": "float64",
     "rolls_at": "float64", "scale": "float64"},
    name="points",
)  # fmt: skip
REPLACED = ibis.table(
    {"pid": "int32", "time": "timestamp(6)", "final": "float64", "initial": "float64"}, name="replaced"
)
# An hour of a point. amount: energy or volume in the point's own unit, load [kg]. mean: concentration. measured and
# estimated [min]. state: valid, invalid, stopped or null (a meter). arrivals: of the readings it rests on.
HOURS = ibis.table(
    {"pid": "int32", "hour": "timestamp(6)", "amount": "float64", "mean": "float64", "measured": "float64",
     "estimated": "float64", "state": "string", "first_arrival": "timestamp(6)", "last_arrival": "timestamp(6)"},
    name="hours",
)  # fmt: skip


def moment(seconds: Any) -> Any:
    """Seconds since 1970 as a time."""
    return ibis.literal(EPOCH).cast("timestamp(6)") + seconds.as_interval("s")


def believed(rows: ir.Table) -> ir.Table:
    """The readings that are not of the future of their arrival: one of them would be the end of a gap of months."""
    return rows.filter(rows.time <= rows.arrival + ibis.interval(seconds=int(AHEAD.total_seconds())))


def latest(rows: ir.Table, value: str, older: str) -> ir.Table:
    """Of the versions of a reading (pid, t) the one that arrived last, with the `value` of the one before."""
    newest = ibis.window(group_by=("pid", "t"), order_by=(ibis.desc("arrival"), ibis.desc("offset")))
    ranked = rows.mutate(rank=ibis.row_number().over(newest), **{older: rows[value].lead().over(newest)})
    return ranked.filter(ranked["rank"] == 0).drop("rank")


def newest(rows: ir.Table) -> ir.Table:
    """Of the versions of each reading of the shared schema the one that arrived last."""
    order = ibis.window(
        group_by=("mn", "cn", "factor", "time"), order_by=(ibis.desc("arrival"), ibis.desc("offset"))
    )
    ranked = rows.mutate(version=ibis.row_number().over(order))
    return ranked.filter(ranked.version == 0).drop("version")


# A pollutant of a device with the flow that carries it; from first to before last the hours that are expected [h since
# 1970].
PAIRS = ibis.table(
    {
        "pid": "int32",
        "flow": "int32",
        "kind": "string",
        "first": "int64",
        "last": "int64",
    },
    name="pairs",
)
