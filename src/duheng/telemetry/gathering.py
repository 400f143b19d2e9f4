"""From what was received to readings: the segments read on from where the last time ended, many frames at once.

What is stored as received becomes rows of `readings.layout.SCHEMA`; what does not (logs, states, answers, a frame
without a time, an item that fits no column) is counted, never dropped in silence. Running it twice adds nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from duheng.model.errors import DuhengError

from .devices import Device, load
from .hj212.columns import read as columns
from .meters.rows import rows as rows_of_meters
from .meters.rows import sites as sites_by_gateway
from .readings.layout import NUMBERS, SCHEMA, readings
from .readings.writing import put, write
from .segments import FRAME, Record
from .segments import read as records
from .unfit import Unfit
from .verdicts import REFUSED

AT_ONCE = 20_000  # records; some 15 MB of frames
_BREAK = b"\r\n"
# Period of the data commands [minute]; None: an instant, or a period that the device does not state.
ITEMS = "不成读数的数据项"
DATA = {"2011": None, "2051": None, "2061": 60, "2031": 24 * 60}


@dataclass
class Gathered:
    """rows, records: of this time. segment, offset: read to.

    left: since the archive began, how much is no reading, by the reason; of HJ 212 messages and of items (ITEMS).
    unfit: those items by device.
    """

    rows: int = 0
    records: int = 0
    left: Counter[str] = field(default_factory=Counter)
    unfit: Unfit = field(default_factory=Unfit)
    segment: str = ""
    offset: int = 0


def gather(home: Path, told: Callable[[str], None] = lambda _: None) -> Gathered:
    """Turn all that has been received since the last time into readings: frames of HJ 212 and messages of meters.

    Raises DuhengError where the saved place is spoilt, OSError.
    """
    known = load(home).by_mn
    sites = {mn: device.site for mn, device in known.items() if device.site}
    found = saved(home)
    meters, sites_of_meters = rows_of_meters(home, found.unfit), sites_by_gateway(home)
    for some in _batches(records(home / "telemetry" / "segments", found.segment, found.offset)):
        rows = [framed([one for one in some if one.kind == FRAME], known, found.left, found.unfit)]
        for kind, made in meters.items():
            rows.append(made([one for one in some if one.kind == kind and one.verdict < REFUSED]))
        whole = pl.concat([one.select(list(SCHEMA)).cast(SCHEMA) for one in rows if one.height] or [_none()])  # type: ignore[arg-type]
        write(home, whole, {**sites_of_meters(whole["mn"].unique().to_list()), **sites})
        found.rows += whole.height
        found.records += len(some)
        if found.unfit.count:
            found.left[ITEMS] = found.unfit.count
        found.segment, found.offset = some[-1].segment, some[-1].end
        _save(home, found)
        told(f"已归档 {found.records} 条记录，{found.rows} 个读数")
    return found


def _batches(found: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(found)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema=SCHEMA)


def framed(
    some: Sequence[Record], known: Mapping[str, Device], left: Counter[str], unfit: Unfit | None = None
) -> pl.DataFrame:
    """The readings of frames that were stored. left, unfit: where what is no reading is counted."""
    stored = [one for one in some if one.verdict < REFUSED]
    left["拒收"] += len(some) - len(stored)
    if not stored:
        return _none()
    begins = np.cumsum([0, *(len(one.payload) + len(_BREAK) for one in stored[:-1])])
    batch = columns(_BREAK.join(one.payload for one in stored) + _BREAK)
    frames = batch.frames.with_columns(
        record=pl.Series(np.searchsorted(begins, batch.frames["place"].to_numpy(), "right") - 1)
    )
    data = frames.filter(pl.col("CN").is_in(list(DATA)))
    left["不是监测数据的报文"] += frames.height - data.height
    timed = data.filter(pl.col("time").is_not_null(), pl.col("MN").is_not_null())
    left["没有数据时间的报文"] += data.height - timed.height
    if unfit is not None:
        _count_unfit(batch.further.join(timed.select("place", "MN"), on="place", how="inner"), unfit)
    rows = batch.readings.join(timed, on="place", how="inner").join(_arrived(stored), on="record", how="left")
    return rows.select(
        mn=pl.col("MN"),
        st=pl.col("ST"),
        cn=pl.col("CN"),
        time=_start(known),
        factor=pl.col("factor"),
        **{name: pl.col(name) for name in NUMBERS},
        flag=pl.col("flag"),
        arrival=pl.col("arrival"),
        segment=pl.col("segment"),
        offset=pl.col("offset"),
    )


def _arrived(stored: Sequence[Record]) -> pl.DataFrame:
    """When each record came and where it stands, by its number."""
    return pl.DataFrame(
        {
            "record": range(len(stored)),
            "arrival": pl.Series([one.arrival for one in stored]).cast(pl.Datetime("us")),
            "segment": [one.segment for one in stored],
            "offset": [one.offset for one in stored],
        },
        schema_overrides={"record": pl.Int64, "offset": pl.Int64},
    )


def _count_unfit(items: pl.DataFrame, unfit: Unfit) -> None:
    """Items of data messages that fit no column: unknown suffixes, parameters, values that are no number."""
    sums = items.group_by("MN", "name", maintain_order=True).agg(pl.len(), pl.col("value").last())
    for mn, name, count, value in sums.iter_rows():
        unfit.add(mn, name, count, value)


def _start(known: Mapping[str, Device]) -> pl.Expr:
    """The start of the period: some devices of 2005 send its end (HJ 212-2017 6.4.2 says the start)."""
    ending = [mn for mn, device in known.items() if device.label == "end"]
    lasting = {cn: minutes for cn, minutes in DATA.items() if minutes}
    minutes = pl.col("CN").replace_strict(lasting, default=0, return_dtype=pl.Int64)
    earlier = pl.col("time") - pl.duration(minutes=minutes)
    return pl.when(pl.col("MN").is_in(ending)).then(earlier).otherwise(pl.col("time"))


def _place(home: Path) -> Path:
    return readings(home) / "gathered.json"


def saved(home: Path) -> Gathered:
    """Where the last time ended."""
    try:
        text = _place(home).read_text("utf-8")
    except FileNotFoundError:
        return Gathered()
    try:
        saved = json.loads(text)
        left, unfit = Counter(saved.get("left", {})), Unfit.read(saved.get("unfit", {}))
        return Gathered(0, 0, left, unfit, str(saved["segment"]), int(saved["offset"]))
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise DuhengError(
            f"{_place(home)} 已损坏（{trouble}），应写明读到哪一段。删除它即从头归档，不会重复计数。"
        ) from trouble


def _save(home: Path, found: Gathered) -> None:
    _place(home).parent.mkdir(parents=True, exist_ok=True)
    said = {
        "segment": found.segment,
        "offset": found.offset,
        "left": found.left,
        "unfit": found.unfit.by_device,
    }
    text = json.dumps(said, ensure_ascii=False)
    put(_place(home), lambda to: to.write_text(text, "utf-8"))
