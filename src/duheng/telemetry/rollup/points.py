"""What is expected: the points whose readings are rolled up, for whom they speak, and who owes them.

    DUHENG_HOME/telemetry/points.csv      mn,factor,kind,entity,item,unit,every,most,rolls_at,since,until,owner,formula,
                                          counted
    DUHENG_HOME/telemetry/replaced.csv    mn,factor,time,final,initial      a meter was replaced at that time

kind: counter, interval, virtual (a formula of other meters' mn); gas, water (concentration of a pollutant), gas_flow,
water_flow (the flow of the same device). every: minutes between two readings (of sources: of 2051). most: plausible
amount an hour. A point is expected from `since` (a date) to `until`, both days included. counted: `no` for a meter
whose amount lies within another's (a sub-meter), so that it enters no sum of its place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from duheng.model.entities import Places
from duheng.model.errors import DuhengError, FolderError
from duheng.model.glossary import axis
from duheng.model.units import ratio
from duheng.telemetry.listed_tables import amount, moment, text_of
from duheng.telemetry.meters.virtual import Formula, read_formula

COLUMNS = ("mn", "factor", "kind", "entity", "item", "unit", "every", "most", "rolls_at", "since", "until", "owner",
           "formula", "counted")  # fmt: skip
CHANGES = ("mn", "factor", "time", "final", "initial")
ENERGY = ("counter", "interval", "virtual")
POLLUTANT = ("gas", "water")
# What a value is brought to before it is reckoned with, by kind; energy stays in its own unit until it is a fact.
UNITS = {"gas": "mg/m3", "water": "mg/L", "gas_flow": "m3/h", "water_flow": "m3/h"}
KINDS = (*ENERGY, *UNITS)


@dataclass(frozen=True)
class Point:
    """One expected series. scale: to the unit of its kind; amounts of energy are to be divided by nothing."""

    pid: int
    mn: str
    factor: str
    kind: str
    entity: str
    item: str
    unit: str
    every: float
    most: float | None
    rolls_at: float | None
    since: date
    until: date | None
    owner: str
    scale: float = 1.0
    formula: Formula | None = None
    counted: bool = True

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"{self.mn} {self.item or self.factor}"


@dataclass(frozen=True)
class Points:
    """All points and the meters that were replaced."""

    points: tuple[Point, ...]
    replaced: tuple[tuple[int, datetime, float, float], ...] = ()

    def table(self) -> pl.DataFrame:
        """The rows of rollup.tables.POINTS."""
        names = ("pid", "mn", "factor", "kind", "every", "most", "rolls_at", "scale")
        rows = [tuple(getattr(one, name) for name in names) for one in self.points]
        kinds: dict[str, Any] = {"pid": pl.Int32}
        kinds |= dict.fromkeys(names[1:4], pl.String) | dict.fromkeys(names[4:], pl.Float64)
        return pl.DataFrame(rows, kinds, orient="row")

    def names(self) -> pl.DataFrame:
        """pid, mn, factor, kind, and since and until (before which it is expected) as times."""
        rows = [(one.pid, one.mn, one.factor, one.kind, one.since, one.until) for one in self.points]
        kinds: dict[str, Any] = {
            "pid": pl.Int32,
            "mn": pl.String,
            "factor": pl.String,
            "kind": pl.String,
            "since": pl.Date,
            "until": pl.Date,
        }
        frame = pl.DataFrame(rows, kinds, orient="row")
        after = (pl.col("until") + pl.duration(days=1)).cast(pl.Datetime("us"))
        return frame.with_columns(pl.col("since").cast(pl.Datetime("us")), until=after)

    def replacements(self) -> pl.DataFrame:
        """The rows of rollup.tables.REPLACED."""
        kinds: dict[str, Any] = {
            "pid": pl.Int32,
            "time": pl.Datetime("us"),
            "final": pl.Float64,
            "initial": pl.Float64,
        }
        return pl.DataFrame(list(self.replaced), kinds, orient="row")

    def of(self, *kinds: str) -> list[Point]:
        """The points of some kinds."""
        return [one for one in self.points if one.kind in kinds]

    def get(self, pid: int) -> Point:
        """The point of that number."""
        return self.points[pid - 1]

    def oddities(self, places: Places) -> list[str]:
        """What keeps points out of the sums they seem meant for, in Chinese: nobody would see it in a total."""
        told: list[str] = []
        for entity in sorted({one.entity for one in self.points if places.get(one.entity) is None}):
            named = next((place.id for place in places if place.name == entity), None)
            remedy = (
                f"请改为代码{named}" if named else "请改为名册中的代码，或先把它写入名册（duheng register）"
            )
            told.append(f"points.csv 的 entity“{entity}”不在名册中，其数不计入县（区）、市的合计；{remedy}")
        flows = {one.mn for one in self.of("gas_flow", "water_flow")}
        for mn in sorted({one.mn for one in self.of(*POLLUTANT)} - flows):
            told.append(
                f"points.csv 中 {mn} 没有流量（kind 为 gas_flow 或 water_flow），其污染物的排放量算不出；请补登记"
            )
        return told


def load_points(home: Path) -> Points:
    """The points of an installation. Raises FolderError with every trouble; no points where there is no file."""
    try:
        texts = [text_of(home / "telemetry" / name) for name in ("points.csv", "replaced.csv")]
    except ValueError as trouble:
        raise FolderError([str(trouble)]) from trouble
    return read_points(*texts)


def read_points(listed: str, replaced: str = "") -> Points:
    """The points of two csv texts. Raises FolderError with every trouble, each with its line."""
    troubles: list[str] = []
    rows = _rows("points.csv", listed, COLUMNS, troubles)
    meters = {row["mn"] for row in rows if row.get("mn") and row.get("kind") in ENERGY}
    found: list[Point] = []
    for number, row in enumerate(rows, start=2):
        try:
            found.append(_point(len(found) + 1, row, meters - {row.get("mn", "")}))
        except (ValueError, DuhengError) as trouble:
            troubles.append(f"points.csv 第{number}行：{trouble}")
    by_name = {(one.mn, one.factor): one.pid for one in found}
    twice = sorted({f"{one.mn} {one.factor}" for one in found if by_name[one.mn, one.factor] != one.pid})
    if twice:
        troubles.append(f"points.csv：{'、'.join(twice)} 登记了不止一次，每台设备的每个因子只登记一次")
    changes: list[tuple[int, datetime, float, float]] = []
    for number, row in enumerate(_rows("replaced.csv", replaced, CHANGES, troubles), start=2):
        try:
            pid = by_name.get((row.get("mn", ""), row.get("factor", "")))
            if pid is None:
                raise ValueError(f"没有登记的表计 {row.get('mn', '')}，应先写入 points.csv")
            final, initial = (amount(name, row.get(name, "")) for name in ("final", "initial"))
            changes.append((pid, moment("time", row.get("time", "")), final, initial))
        except ValueError as trouble:
            troubles.append(f"replaced.csv 第{number}行：{trouble}")
    if troubles:
        raise FolderError(troubles)
    return Points(tuple(found), tuple(changes))


def _rows(name: str, text: str, columns: Sequence[str], troubles: list[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text))
    unknown = set(reader.fieldnames or ()) - set(columns)
    if unknown:
        troubles.append(f"{name}：不认识的列 {'、'.join(sorted(unknown))}，应为 {'、'.join(columns)}")
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


@cache
def _scale(unit: str, wanted: str) -> float:
    """What a value is multiplied with; UnitError where the two do not fit."""
    return float(ratio(unit, wanted))


def _amount(row: Mapping[str, str], name: str) -> float | None:
    return amount(name, row[name]) if row.get(name) else None


def _point(pid: int, row: Mapping[str, str], meters: set[str]) -> Point:
    kind = row.get("kind", "")
    if kind not in KINDS:
        raise ValueError(f"kind 为“{kind}”，应为{'、'.join(KINDS)}之一")
    for name in ("mn", "factor", "entity", "since"):
        if not row.get(name):
            raise ValueError(f"{name} 为空，须填写")
    item = row.get("item", "")
    wanted = "fuel" if kind in ENERGY else "pollutant" if kind in POLLUTANT else None
    if wanted and item not in axis(wanted).items:
        raise ValueError(f"item 为“{item}”，应为{'能源品种' if wanted == 'fuel' else '污染物'}之一")
    unit = row.get("unit") or UNITS.get(kind) or axis("fuel").items[item].unit
    scale = _scale(unit, UNITS[kind]) if kind in UNITS else 1.0
    if kind in ENERGY:
        _scale(unit, axis("fuel").items[item].unit)
    every = _amount(row, "every") or (10.0 if kind in UNITS else 15.0)
    if not 0 < every <= 366 * 1440:
        raise ValueError(f"every 为 {every:g} 分钟，应大于0且不超过一年")
    formula = read_formula(row.get("formula", ""), meters) if kind == "virtual" else None
    return Point(
        pid, row["mn"], row["factor"], kind, row["entity"], item, unit, every,
        _amount(row, "most"), _amount(row, "rolls_at"), moment("since", row["since"]).date(),
        moment("until", row["until"]).date() if row.get("until") else None,
        row.get("owner") or row["entity"], scale, formula, row.get("counted", "").lower() not in ("no", "否"),
    )  # fmt: skip
