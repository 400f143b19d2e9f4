"""What has just come: the newest value of every factor, and the last day of a device, without waiting for the archive.

What is archived already is read from Parquet once; what came since then is read on from the segments, so that a look
every few seconds costs what those seconds brought.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.telemetry import devices, gathering
from duheng.telemetry.readings.layout import SCHEMA
from duheng.telemetry.segments import FRAME, Record, read
from duheng.telemetry.segments.reading import number
from duheng.telemetry.watching.taking import BEIJING, HOURS, current, take

EVERY = 2.0  # [s] between two looks at the disk
SPAN = timedelta(hours=26)
MOST = 200_000  # records looked at without the archive; more wait for it


class Live:
    """The present of one DUHENG_HOME, shared by all readers of a process.

    newest: mn, factor, cn, time, value, good, flag, arrival: the newest row of a factor. hourly: the same of hourly
    values. heard: last arrival by device (Beijing).
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.newest = self.hourly = _shown(pl.DataFrame(schema=SCHEMA))
        self.heard: Mapping[str, datetime] = {}
        self._tail = pl.DataFrame(schema=SCHEMA)
        self._place = ("", 0)
        self._looked = -math.inf
        self._lock = threading.Lock()

    def look(self) -> None:
        """Take in what came since the last look. Raises DuhengError, OSError."""
        with self._lock:
            if time.monotonic() - self._looked < EVERY:
                return
            archived = gathering.saved(self.home)
            place = (archived.segment, archived.offset)
            if self._looked < 0 or _order(place) > _order(self._place):
                today = now().date()
                self._join(take(self.home, today - timedelta(days=2), today))
                self._remember(today)
                self._place = place
            rows = self._read_on()
            self._tail = _pending(pl.concat([self._tail, rows]), place)
            self._join(rows)
            self._looked = time.monotonic()

    def _remember(self, today: date) -> None:
        """When those were heard last that have been silent for days, at most thirty back."""
        silent = set(devices.load(self.home).by_mn) - set(self.heard)
        for back in range(3, 31):
            if not silent:
                return
            day = today - timedelta(days=back)
            rows = take(self.home, day, day).filter(pl.col("mn").is_in(list(silent)))
            self._join(rows)
            silent -= set(self.heard)

    def _read_on(self) -> pl.DataFrame:
        known = devices.load(self.home).by_mn
        some: list[Record] = []
        for one in read(self.home / "telemetry" / "segments", *self._place):
            some.append(one)
            if len(some) >= MOST:
                break
        if not some:
            return pl.DataFrame(schema=SCHEMA)
        self._place = (some[-1].segment, some[-1].end)
        framed = gathering.framed([one for one in some if one.kind == FRAME], known, Counter())
        return framed.select(list(SCHEMA)).cast(SCHEMA)  # type: ignore[arg-type]

    def _join(self, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        shown = _shown(rows)
        self.newest = _last(pl.concat([self.newest, shown]))
        self.hourly = _last(pl.concat([self.hourly, shown.filter(pl.col("cn") == HOURS)]))
        heard = rows.group_by("mn").agg(pl.col("arrival").max())
        self.heard = dict(self.heard) | {mn: at + BEIJING for mn, at in heard.iter_rows()}

    def day(self, mn: str) -> pl.DataFrame:
        """The last 26 hours of a device, archived or not; as `taking.current`."""
        end = now()
        rows = take(self.home, (end - SPAN).date(), end.date(), mn)
        rows = pl.concat([rows, self._tail.filter(pl.col("mn") == mn)])
        return current(rows).filter(pl.col("time") >= end - SPAN)


def now() -> datetime:
    """This moment in Beijing, without zone."""
    return datetime.now(UTC).replace(tzinfo=None) + BEIJING


def _order(place: tuple[str, int]) -> tuple[int, int]:
    return (number(place[0]) if place[0] else -1, place[1])


def _pending(tail: pl.DataFrame, archived: tuple[str, int]) -> pl.DataFrame:
    """What of the tail the archive does not hold yet, and is of the last day."""
    at, offset = _order(archived)
    place = pl.col("segment").str.split("-").list.last().cast(pl.Int64)
    waiting = (place > at) | ((place == at) & (pl.col("offset") >= offset))
    return tail.filter(waiting, pl.col("time") >= now() - SPAN)


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    return current(rows).select("mn", "factor", "cn", "time", "value", "good", "flag", "arrival")


def _last(rows: pl.DataFrame) -> pl.DataFrame:
    ordered = rows.filter(pl.col("value").is_not_null()).sort("time", "arrival", maintain_order=True)
    return ordered.unique(["mn", "factor"], keep="last", maintain_order=True).sort("mn", "factor")


_known: dict[Path, Live] = {}
_lock = threading.Lock()


def live(home: Path) -> Live:
    """The present of a DUHENG_HOME, looked at anew where the last look is some seconds ago."""
    with _lock:
        found = _known.setdefault(home, Live(home))
    found.look()
    return found
