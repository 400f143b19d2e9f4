"""What has just come: the newest value of every factor, and the last day of a device, without waiting for the archive.

What is archived already is read from Parquet once; what came since then is read on from the segments, so that a look
every few seconds costs what those seconds brought.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.telemetry import devices, gathering, receipts
from duheng.telemetry.readings.layout import AHEAD, SCHEMA
from duheng.telemetry.segments import FRAME, Record, names, read
from duheng.telemetry.segments.reading import number
from duheng.telemetry.verdicts import REFUSED
from duheng.telemetry.watching.taking import BEIJING, HOURS, current, newest_before, take

EVERY = 2.0  # [s] between two looks at the disk
SPAN = timedelta(hours=26)
RECENT = timedelta(days=2)  # data of these days are read at every look at the archive
BACK = 30  # [d] that a silent device is looked for
MOST = 200_000  # records looked at without the archive; more wait for it


class Live:
    """The present of one DUHENG_HOME, shared by all readers of a process.

    newest: mn, factor, cn, time, value, good, flag, arrival: the newest row of a factor. hourly: the same of hourly
    values. heard: last arrival by device (Beijing), of whatever was stored: its data may be of another day. ahead: of
    devices whose data said a time of the future, when they came last (Beijing); such data are none of the present.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.newest = self.hourly = _shown(pl.DataFrame(schema=SCHEMA))
        self.heard: dict[str, datetime] = {}
        self.ahead: dict[str, datetime] = {}
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
                self._take_archive(now().date())
                self._place = place
            rows = self._read_on()
            self._tail = _pending(pl.concat([self._tail, rows]), place)
            self._join(rows)
            self._looked = time.monotonic()

    def _take_archive(self, today: date) -> None:
        """The readings of the last days; of those who were heard and sent older data, their newest."""
        first = today - RECENT
        self._join(take(self.home, first, today))
        arrived = self._arrived(today)
        self._hear(arrived)
        fresh = self.newest.filter(pl.col("time") >= datetime.combine(first, datetime.min.time()))
        older = set(arrived) & set(devices.load(self.home).by_mn) - set(fresh["mn"])
        if older:
            self._join(newest_before(self.home, older, first, today - timedelta(days=BACK)))
        if self._looked < 0:
            self._remember(today)

    def _arrived(self, today: date) -> dict[str, datetime]:
        """Last arrival (UTC) by device in the segments that were not looked at yet, at most thirty days back."""
        since = number(self._place[0]) if self._place[0] else 0
        day = f"{today - timedelta(days=BACK)}"
        some = [name for name in names(self.home / "telemetry" / "segments", since) if name >= day]
        return {mn: last for mn, (_, last) in receipts.spans(self.home, some).items()}

    def _hear(self, arrived: Mapping[str, datetime]) -> None:
        for mn, at in arrived.items():
            self.heard[mn] = max(self.heard.get(mn, at + BEIJING), at + BEIJING)

    def _remember(self, today: date) -> None:
        """When those were heard last of whom there are readings without segments, at most thirty days back."""
        silent = set(devices.load(self.home).by_mn) - set(self.heard)
        for back in range(RECENT.days + 1, BACK + 1):
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
        frames = [one for one in some if one.kind == FRAME]
        self._hear(_last_arrivals(frames, known))
        framed = gathering.framed(frames, known, Counter())
        return framed.select(list(SCHEMA)).cast(SCHEMA)  # type: ignore[arg-type]

    def _join(self, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        future = pl.col("time") > pl.col("arrival") + AHEAD
        came = rows.filter(future).group_by("mn").agg(pl.col("arrival").max() + BEIJING)
        self.ahead |= {mn: at for mn, at in came.iter_rows() if at >= self.ahead.get(mn, at)}
        shown = _shown(rows.filter(~future))
        self.newest = _last(pl.concat([self.newest, shown]))
        self.hourly = _last(pl.concat([self.hourly, shown.filter(pl.col("cn") == HOURS)]))
        heard = rows.group_by("mn").agg(pl.col("arrival").max())
        self._hear(dict(heard.iter_rows()))

    def day(self, mn: str) -> pl.DataFrame:
        """The last 26 hours of a device, archived or not; as `taking.current`."""
        end = now()
        rows = take(self.home, (end - SPAN).date(), end.date(), mn)
        rows = pl.concat([rows, self._tail.filter(pl.col("mn") == mn)])
        return current(rows).filter(pl.col("time").is_between(end - SPAN, end + timedelta(hours=1)))


def now() -> datetime:
    """This moment in Beijing, without zone."""
    return datetime.now(UTC).replace(tzinfo=None) + BEIJING


def _last_arrivals(frames: Collection[Record], known: Collection[str]) -> dict[str, datetime]:
    """Last arrival (UTC) by registered device of stored frames."""
    found: dict[str, int] = {}
    for one in frames:
        if one.verdict < REFUSED and (mn := receipts.mn_of_frame(one.payload)) in known:
            found[mn] = max(found.get(mn, 0), one.arrival)
    epoch = datetime(1970, 1, 1)  # noqa: DTZ001  # UTC without a zone
    return {mn: epoch + timedelta(microseconds=at) for mn, at in found.items()}


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
