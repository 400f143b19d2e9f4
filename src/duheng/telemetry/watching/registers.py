"""What is registered of an outlet beside its device: its limits, and which treatment belongs to which production.

    DUHENG_HOME/telemetry/limits.csv      mn,factor,least,most,basis,since,until
    DUHENG_HOME/telemetry/facilities.csv  title,entity,production_mn,production_factor,production_on,
                                          treatment_mn,treatment_factor,treatment_on

least, most: permitted hourly values in the factor's unit, either may be empty (pH has both); basis: permit or standard
that sets them. A limit is in force from `since` to `until`, both days included. production_on, treatment_on: the value
above which each is running.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from duheng.model.findings import Finding
from duheng.model.saying import listed, say
from duheng.telemetry.listed_tables import amount, moment, text_of
from duheng.telemetry.readings.writing import put


@dataclass(frozen=True)
class Limit:
    """The permitted hourly values of one factor of one device, and the text that permits them."""

    mn: str
    factor: str
    least: float | None
    most: float | None
    basis: str
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True)
class Facility:
    """A production and its treatment, each a series with the value above which it is running."""

    title: str
    entity: str
    production: tuple[str, str, float]
    treatment: tuple[str, str, float]


@dataclass(frozen=True)
class Registers:
    """limits, facilities: in the order of the files; findings: lines that could not be used."""

    limits: Sequence[Limit] = ()
    facilities: Sequence[Facility] = ()
    findings: Sequence[Finding] = ()


LIMITS = ("mn", "factor", "least", "most", "basis", "since", "until")
FACILITIES = (
    "title",
    "entity",
    "production_mn",
    "production_factor",
    "production_on",
    "treatment_mn",
    "treatment_factor",
    "treatment_on",
)
_Row = dict[str, str]
_One = TypeVar("_One")


def load(home: Path) -> Registers:
    """The registers of a DUHENG_HOME; empty where there are no files. Raises OSError."""
    findings: list[Finding] = []
    limits = _read(home / "telemetry" / "limits.csv", LIMITS, _limit, findings)
    facilities = _read(home / "telemetry" / "facilities.csv", FACILITIES, _facility, findings)
    return Registers(limits, facilities, findings)


def _read(
    file: Path, columns: Sequence[str], made: Callable[[_Row], _One], findings: list[Finding]
) -> list[_One]:
    try:
        text = text_of(file)
    except ValueError as trouble:
        findings.append(_finding(file.name, str(trouble), "UTF-8的CSV文件"))
        return []
    if not text:
        return []
    found: list[_One] = []
    table = csv.DictReader(io.StringIO(text))
    if lacking := set(columns[:2]) - set(table.fieldnames or ()):
        findings.append(
            _finding(
                say("{file}第{line}行", file=file.name, line=1),
                say("没有{columns}列", columns=listed("、", sorted(lacking))),
                _header(columns),
            )
        )
        return []
    for line, row in enumerate(table, 2):
        values = {name: (row.get(name) or "").strip() for name in columns}
        try:
            found.append(made(values))
        except ValueError as trouble:
            findings.append(
                _finding(say("{file}第{line}行", file=file.name, line=line), str(trouble), _header(columns))
            )
    return found


def _limit(row: _Row) -> Limit:
    least, most = (amount(name, row[name]) if row[name] else None for name in ("least", "most"))
    if not (row["mn"] and row["factor"]) or (least is None and most is None):
        raise ValueError("缺mn、factor或限值")
    since, until = (
        moment(name, row[name]).date() if row[name] else other
        for name, other in (("since", date.min), ("until", date.max))
    )
    return Limit(row["mn"], row["factor"], least, most, row["basis"], since, until)


def _facility(row: _Row) -> Facility:
    if not (row["production_mn"] and row["treatment_mn"]):
        raise ValueError("缺production_mn或treatment_mn")
    return Facility(
        row["title"],
        row["entity"],
        (row["production_mn"], row["production_factor"], amount("production_on", row["production_on"])),
        (row["treatment_mn"], row["treatment_factor"], amount("treatment_on", row["treatment_on"])),
    )


def _header(columns: Sequence[str]) -> str:
    return say("表头{columns}", columns=",".join(columns))


def _finding(place: str, found: str, expected: str) -> Finding:
    return Finding("registers", "error", place, found, expected, "改正该行；此前该行不起作用")


def save(home: Path, limits: Sequence[Limit], facilities: Sequence[Facility]) -> None:
    """Write both files anew, each whole or not at all. Raises OSError."""
    rows = [
        [
            one.mn,
            one.factor,
            _text(one.least),
            _text(one.most),
            one.basis,
            "" if one.since == date.min else one.since,
            "" if one.until == date.max else one.until,
        ]
        for one in limits
    ]
    _put(home / "telemetry" / "limits.csv", LIMITS, rows)
    _put(
        home / "telemetry" / "facilities.csv",
        FACILITIES,
        [[one.title, one.entity, *one.production, *one.treatment] for one in facilities],
    )


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _put(file: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file, lambda to: to.write_text(out.getvalue(), "utf-8"))
