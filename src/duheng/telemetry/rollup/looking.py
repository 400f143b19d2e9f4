"""What lies below a meter's hours: the steps between its readings, and what was found wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from duheng.model.findings import Finding
from duheng.model.saying import say
from duheng.telemetry.meters import counters
from duheng.telemetry.rollup.engines import Engine
from duheng.telemetry.rollup.points import Point, Points
from duheng.telemetry.rollup.rules import rules
from duheng.telemetry.rollup.tables import EPOCH
from duheng.telemetry.rollup.taking import chain_of


def steps(
    home: Path, engine: Engine, points: Points, point: Point, first: datetime, last: datetime
) -> pl.DataFrame:
    """The steps of a counter between two times: start, end, amount (null: unexplained), gap, rolled, replaced."""
    chained = chain_of(home, engine, points, rules(), [point], first, last)
    found = engine.fetch(counters.steps(chained)).sort("start", "end")
    return found.select(
        _time("start"), _time("end"), "amount", "gap", "rolled", "replaced", "before", "value"
    )


def findings(
    home: Path, engine: Engine, points: Points, some: Sequence[Point], first: datetime, last: datetime
) -> list[Finding]:  # fmt: skip
    """What somebody should know of the readings of some counters between two times, by meter and time."""
    if not some:
        return []
    chained = chain_of(home, engine, points, rules(), some, first, last)
    odd = engine.fetch(chained.filter(chained.trouble.notnull()))
    told = [
        (pid, at, _reading(points.get(pid), at, value, trouble))
        for pid, at, value, trouble in odd.select("pid", _time("t"), "value", "trouble").iter_rows()
    ]
    taken = engine.fetch(counters.steps(chained))
    rows = taken.select(
        "pid", _time("start"), _time("end"), "amount", "rolled", "replaced", "before", "value", "gap"
    )
    for row in rows.iter_rows(named=True):
        pid = row.pop("pid")
        said = _step(points.get(pid), **row)
        told += [(pid, row["start"], said)] if said else []
    return [finding for _, _, finding in sorted(told, key=lambda one: one[:2])]


def _time(name: str) -> pl.Expr:
    return (pl.lit(EPOCH) + pl.duration(seconds=pl.col(name))).cast(pl.Datetime("us")).alias(name)


def _reading(point: Point, at: datetime, value: float, trouble: str) -> Finding:
    place = say("{meter} {at}", meter=point.title, at=f"{at:%Y-%m-%d %H:%M}")
    if trouble == "refused":
        found = say("更正后的示数与前后示数不连贯，未予采用，仍按原示数{value}计算", value=f"{value:g}")
        return Finding(
            "correction-refused", "warning", place, found, "示数只增不减", "核对更正值", point.owner
        )
    found = say("示数{value}低于前一示数或高于后一示数，未予采用", value=f"{value:g}")
    return Finding("out-of-line", "warning", place, found, "示数只增不减", "核对该示数", point.owner)


def _step(
    point: Point, *, start: datetime, end: datetime, amount: float | None, rolled: bool, replaced: bool,
    before: float, value: float, gap: bool,
) -> Finding | None:  # fmt: skip
    place = say("{meter} {a}～{b}", meter=point.title, a=f"{start:%Y-%m-%d %H:%M}", b=f"{end:%Y-%m-%d %H:%M}")
    numbers = {"before": f"{before:g}", "value": f"{value:g}"}
    if amount is None:
        found = say("示数由{before}变为{value}，无法解释，用量未知", **numbers)
        remedy = "核对示数；换过表的请登记换表记录（replaced.csv）"
        return Finding(
            "unexplained", "error", place, found, "示数只增不减且不超过最大用量", remedy, point.owner
        )
    if replaced:
        return Finding(
            "replaced", "notice", place, say("换表，旧表止码{before}，新表起码{value}", **numbers), "", ""
        )
    if rolled:
        return Finding(
            "roll-over", "notice", place, say("计数器归零，示数由{before}到{value}", **numbers), "", ""
        )
    if gap:
        found = say("缺少示数，用量{amount}按时间平均分摊，为估算", amount=f"{amount:g}")
        return Finding("gap", "warning", place, found, "", "补传缺少的示数", point.owner)
    return None
