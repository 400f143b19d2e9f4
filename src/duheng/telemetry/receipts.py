"""The balance of what was received: received = stored + refused with its reason, by device and hour.

Counted from the segments; beside each stands a summary up to the place it was counted to, so that only what is new is
read. A summary may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from . import verdicts
from .segments import FRAGMENT, FRAME, METER, MQTT, NOTE, Record, names
from .segments.reading import path_of, records

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "mn": pl.String,
    "hour": pl.Datetime("us"),
    "verdict": pl.String,
    "stored": pl.Boolean,
    "frames": pl.Int64,
    "bytes": pl.Int64,
    "first": pl.Datetime("us", "UTC"),
    "last": pl.Datetime("us", "UTC"),
    "peer": pl.String,
    "kind": pl.String,
}
OTHERS = "…"  # in place of the MN of strangers beyond STRANGERS
STRANGERS = 200  # unknown MNs listed by their own name for each segment and hour
_MN = re.compile(rb"[;,&#\d\s]MN=\s*([^;,&\s]*)")
_DEVICE = re.compile(rb'"deviceId"\s*:\s*"([0-9A-Za-z]{1,40})"')
_HOUR = 3_600_000_000  # [us]
_BEIJING = 8 * _HOUR
_FORMAT = 2

Key = tuple[str, int, int, int]  # mn, hour [h since 1970, Beijing], verdict, kind
# What a record of each kind is called; NOTE: refused beyond the bound, so that only its number was kept.
KINDS = {FRAME: "frame", FRAGMENT: "fragment", METER: "meter", MQTT: "mqtt", NOTE: "counted"}


def mn_of_frame(payload: bytes) -> str:
    """The MN a frame states, empty where it states none."""
    found = _MN.search(payload, 0, 400)
    return found[1].decode("utf-8", "replace") if found else ""


def gateway_of_message(payload: bytes) -> str:
    """The deviceId a message of meters states, empty where it states none."""
    found = _DEVICE.search(payload)
    return found[1].decode() if found else ""


# Who sent a record of each kind; a listener for another kind adds its own.
SENDERS: dict[int, Callable[[bytes], str]] = {
    FRAME: mn_of_frame,
    FRAGMENT: lambda _: "",
    METER: gateway_of_message,
    MQTT: gateway_of_message,
}
# Whoever is refused for these may be anybody under any name.
_STRANGE = (verdicts.UNKNOWN_MN, verdicts.MESSAGE, verdicts.SIGNATURE)


@dataclass(slots=True)
class Counted:
    """What one segment holds up to a place. rows: frames, bytes, first, last [us], last peer.

    strangers: how many unknown MNs each hour has a row for.
    """

    to: int = 0
    rows: dict[Key, list[Any]] = field(default_factory=dict)
    strangers: dict[int, int] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """One record more."""
        self.to = record.end
        hour = (record.arrival + _BEIJING) // _HOUR
        if record.kind == NOTE:
            self._add_unkept(record, hour)
        elif record.kind in SENDERS:
            mn = SENDERS[record.kind](record.payload)
            self._add(
                (mn, hour, record.verdict, record.kind), 1, len(record.payload), record.arrival, record.peer
            )

    def _add(self, key: Key, frames: int, size: int, at: int, peer: str) -> None:
        if key[2] in _STRANGE and key not in self.rows:
            known = self.strangers[key[1]] = self.strangers.get(key[1], 0) + 1
            key = key if known <= STRANGERS else (OTHERS, *key[1:])
        row = self.rows.setdefault(key, [0, 0, at, at, peer])
        row[0] += frames
        row[1] += size
        row[2], row[3] = min(row[2], at), max(row[3], at)
        row[4] = peer

    def _add_unkept(self, record: Record, hour: int) -> None:
        """What was refused and only counted (see `receiving.limits`)."""
        if b'"unkept"' not in record.payload:
            return
        for code, (frames, size) in json.loads(record.payload)["verdicts"].items():
            self._add((OTHERS, hour, int(code), NOTE), frames, size, record.arrival, "")


def receipts(home: Path) -> pl.DataFrame:
    """Columns of SCHEMA, one row a device, hour (Beijing), verdict and kind (KINDS), oldest first. Raises OSError.

    Everything received is counted, whatever its kind: stored rows and refused rows together are what was received.
    mn is empty for bytes that are no frame, OTHERS for strangers beyond a bound and for what was refused and only
    counted.
    """
    folder = home / "telemetry" / "segments"
    rows: dict[Key, list[Any]] = {}
    for name in names(folder):
        for key, (frames, size, first, last, peer) in counted(folder, name).rows.items():
            row = rows.setdefault(key, [0, 0, first, last, peer])
            row[0] += frames
            row[1] += size
            row[2], row[3], row[4] = min(row[2], first), max(row[3], last), peer
    return pl.DataFrame(list(_shown(rows)), schema=SCHEMA, orient="row").sort("hour", "mn", "verdict", "kind")


def spans(home: Path, segments: Iterable[str] | None = None) -> dict[str, tuple[datetime, datetime]]:
    """First and last arrival (UTC, without zone) by MN of what was stored, whatever times its data state.

    segments: names to look at, all without. Raises OSError.
    """
    folder = home / "telemetry" / "segments"
    found: dict[str, tuple[int, int]] = {}
    for name in names(folder) if segments is None else segments:
        for (mn, _, code, _), (_, _, first, last, _) in counted(folder, name).rows.items():
            if mn and verdicts.verdict(code).stored:
                before = found.get(mn, (first, last))
                found[mn] = min(before[0], first), max(before[1], last)
    return {mn: (_moment(first), _moment(last)) for mn, (first, last) in found.items()}


def _moment(arrival: int) -> datetime:
    return datetime.fromtimestamp(arrival / 1e6, UTC).replace(tzinfo=None)


def _shown(rows: dict[Key, list[Any]]) -> Iterator[tuple[Any, ...]]:
    for (mn, hour, code, kind), (frames, size, first, last, peer) in rows.items():
        one = verdicts.verdict(code)
        begin = datetime.fromtimestamp(hour * 3600, UTC).replace(tzinfo=None)
        times = (datetime.fromtimestamp(moment / 1e6, UTC) for moment in (first, last))
        yield (mn, begin, one.name, one.stored, frames, size, *times, peer, KINDS.get(kind, f"{kind}"))


def knocking(home: Path) -> pl.DataFrame:
    """Devices that are not registered and sent all the same: mn, frames, first, last, peer; the latest first."""
    strangers = receipts(home).filter(pl.col("verdict") == "unknown_mn").sort("last")
    return (
        strangers.group_by("mn")
        .agg(pl.sum("frames"), pl.min("first"), pl.max("last"), pl.last("peer"))
        .sort("last", descending=True)
    )


def counted(folder: Path, name: str) -> Counted:
    """The summary of a segment, brought up to its present end."""
    path = path_of(folder, name).with_suffix(".counts")
    found = _saved(path)
    with contextlib.suppress(FileNotFoundError):
        if path_of(folder, name).stat().st_size < found.to:
            found = Counted()  # cut after a failed write
    before = found.to
    for record in records(folder, name, found.to):
        found.add(record)
    if found.to > before:
        _save(path, found)
    return found


def _saved(path: Path) -> Counted:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Counted()
    if said.get("format") != _FORMAT:
        return Counted()
    rows = {(mn, hour, code, kind): row for mn, hour, code, kind, row in said["rows"]}
    strangers = Counter(hour for _, hour, code, _ in rows if code == verdicts.UNKNOWN_MN)
    return Counted(said["to"], rows, dict(strangers))


def _save(path: Path, found: Counted) -> None:
    """Best effort: without it the segment is only read again."""
    said = {"format": _FORMAT, "to": found.to, "rows": [[*key, row] for key, row in found.rows.items()]}
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        new.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        new.replace(path)
