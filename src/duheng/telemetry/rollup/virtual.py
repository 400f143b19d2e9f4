"""Hours of virtual meters: the sum of their members', unknown where one of them is."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import polars as pl

from duheng.telemetry.rollup.points import Points

MEMBERS = ibis.table(
    {"pid": "int32", "member": "int32", "factor": "float64", "number": "int64"}, name="members"
)
METERS = ibis.table(
    {"pid": "int32", "hour": "timestamp(6)", "amount": "float64", "measured": "float64", "estimated": "float64",
     "first_arrival": "timestamp(6)", "last_arrival": "timestamp(6)"},
    name="meters",
)  # fmt: skip


def hours(meters: ir.Table, members: ir.Table) -> ir.Table:
    """pid, hour, amount, measured, estimated, first_arrival, last_arrival of virtual meters."""
    own = meters.rename(member="pid")
    joined = members.inner_join(own, "member")
    grouped = joined.group_by("pid", "hour", "number").agg(
        amount=(joined.amount * joined.factor).sum(),
        known=joined.amount.count(),
        measured=joined.measured.min(),
        estimated=joined.estimated.max(),
        first_arrival=joined.first_arrival.min(),
        last_arrival=joined.last_arrival.max(),
    )
    whole = grouped.known == grouped.number
    return grouped.mutate(amount=ibis.ifelse(whole, grouped.amount, ibis.null("float64"))).drop(
        "known", "number"
    )


def members(points: Points) -> pl.DataFrame:
    """The rows of MEMBERS. A meter is named by its device; of several energies that with the same item counts."""
    rows: list[tuple[int, int, float, int]] = []
    for one in points.of("virtual"):
        assert one.formula is not None
        parts = [
            (point.pid, one.formula.parts[point.mn])
            for point in points.of("counter", "interval")
            if point.mn in one.formula.parts and point.item == one.item
        ]
        rows += [(one.pid, pid, factor, len(one.formula.parts)) for pid, factor in parts]
    kinds = {"pid": pl.Int32, "member": pl.Int32, "factor": pl.Float64, "number": pl.Int64}
    return pl.DataFrame(rows, kinds, orient="row")
