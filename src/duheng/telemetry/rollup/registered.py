"""How the points stood when last rolled up and stated: what was registered or corrected since is done anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from duheng.telemetry.readings.layout import day_folder, days, readings
from duheng.telemetry.readings.writing import counted
from duheng.telemetry.rollup import virtual
from duheng.telemetry.rollup.engines import Engine
from duheng.telemetry.rollup.points import Point, Points
from duheng.telemetry.rollup.tables import READINGS, believed

Touched = dict[date, set[int]]


def key(point: Point) -> str:
    """What a point goes by from one run to the next."""
    return f"{point.mn} {point.factor}"


def reckoned(points: Points) -> dict[str, str]:
    """Of each point all that its hours depend on, its replacements included."""
    changes: dict[int, list[str]] = defaultdict(list)
    for pid, *change in points.replaced:
        changes[pid].append(" ".join(map(str, change)))
    return {
        key(one): "|".join(
            str(part)
            for part in (
                one.kind, one.item if one.formula else "", one.every, one.most, one.rolls_at, one.since, one.until,
                one.scale, one.formula.text if one.formula else "", *sorted(changes[one.pid]),
            )
        )
        for one in points.points
    }  # fmt: skip


def stated(points: Points) -> dict[str, list[str]]:
    """Of each point what decides whose fact its months are: entity, item, unit, and whether it counts."""
    return {key(one): [one.entity, one.item, one.unit, str(one.counted)] for one in points.points}


def changed(points: Points, known: Mapping[str, str]) -> list[Point]:
    """The points that are new, or stood otherwise."""
    now = reckoned(points)
    return [one for one in points.points if known.get(key(one)) != now[key(one)]]


def touched(home: Path, engine: Engine, points: Points, some: list[Point]) -> Touched:
    """The days on which these points, or the members of the virtual ones, have readings."""
    members = virtual.members(points)
    named = {one.pid for one in some}
    named |= {member for pid, member in members.select("pid", "member").iter_rows() if pid in named}
    asked = {(one.mn, one.factor): one.pid for one in points.points if one.pid in named}
    found: Touched = defaultdict(set)
    if not asked:
        return found
    root = readings(home)
    listed = [
        folder / name
        for folder in (day_folder(root, day) for day in days(root, min(one.since for one in some)))
        for name in counted(folder)
    ]
    engine.readings("readings", listed)
    read = believed(READINGS.filter(READINGS.mn.isin(sorted({mn for mn, _ in asked}))))
    cells = read.select("mn", "factor", day=read.time.truncate("D")).distinct()
    for mn, factor, day in engine.fetch(cells).iter_rows():
        if (pid := asked.get((mn, factor))) is not None:
            found[day.date()].add(pid)
    return found
