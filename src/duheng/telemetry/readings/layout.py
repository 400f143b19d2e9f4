"""Where readings stand and what columns they have: the layout any tool can read.

DUHENG_HOME/telemetry/readings/day=YYYY-MM-DD/site=ID/*.parquet    one row a device, command, factor and time
DUHENG_HOME/telemetry/readings/day=YYYY-MM-DD/files.json           which of the files count, and what they hold
"""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import polars as pl

# time: Beijing, start of the period (2051, 2061, 2031, interval) or the instant (2011, counter). arrival: UTC.
# The other numbers are null where the device did not send them; flag is in upper case, null where not sent.
NUMBERS = ("rtd", "min", "avg", "max", "cou", "zs_rtd", "zs_min", "zs_avg", "zs_max")
SCHEMA: dict[str, pl.DataType] = {
    "mn": pl.String(),
    "st": pl.String(),
    "cn": pl.String(),
    "time": pl.Datetime("us"),
    "factor": pl.String(),
    **{name: pl.Float64() for name in NUMBERS},
    "flag": pl.String(),
    "arrival": pl.Datetime("us"),
    "segment": pl.String(),
    "offset": pl.Int64(),
}
# What makes two rows versions of one reading; the latest arrival wins, then the later place.
KEY = ("mn", "cn", "factor", "time")
# A reading whose time lies further behind its arrival than this (Beijing against UTC, and one hour that a clock may be
# fast) is of a clock that is wrong: it is kept and told, and no hour rests on it.
AHEAD = timedelta(hours=8 + 1)
DAY = re.compile(r"day=(\d{4}-\d{2}-\d{2})$")


def readings(home: Path) -> Path:
    """The folder of the readings."""
    return home / "telemetry" / "readings"


def rollups(home: Path) -> Path:
    """The folder of the roll-ups."""
    return home / "telemetry" / "rollups"


def day_folder(root: Path, day: date) -> Path:
    """The folder of one day."""
    return root / f"day={day.isoformat()}"


def site_folder(site: str) -> str:
    """The folder name of a site; what no file name may hold is written %XX, as Hive, DuckDB and Spark do."""
    return f"site={quote(site, safe='')}" if site else "site=__HIVE_DEFAULT_PARTITION__"


def days(root: Path, first: date | None = None, last: date | None = None) -> list[date]:
    """The days that have a folder below `root`, in order, within the bounds (both included)."""
    try:
        names = [entry.name for entry in os.scandir(root)]
    except FileNotFoundError:
        return []
    found = sorted(date.fromisoformat(match[1]) for name in names if (match := DAY.fullmatch(name)))
    return [day for day in found if (first is None or day >= first) and (last is None or day <= last)]
