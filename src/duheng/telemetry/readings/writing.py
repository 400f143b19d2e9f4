"""Writing readings: batches of rows to Parquet files by day and site, each file listed once it stands.

A file never changes. `files.json` of its day says that it counts; it is written last and replaced whole, so that a
reader sees all of a batch's day or nothing of it, and a crash leaves at most a file that nobody counts.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from duheng.model.errors import DuhengError
from duheng.telemetry.readings.layout import AHEAD, KEY, SCHEMA, day_folder, readings, site_folder

LIST = "files.json"
Entry = dict[str, Any]
ROW_GROUP = 122_880
TIME = "%Y-%m-%dT%H:%M:%S.%f"


def write(home: Path, rows: pl.DataFrame, sites: Mapping[str, str] | None = None) -> list[Path]:
    """Store a batch of rows; the files that were written. When it returns they are on disk and listed.

    rows: the columns of SCHEMA, any order. sites: site by device; a device without one stands at the site "".
    The same batch again writes the same files and adds nothing. DuhengError where columns are missing or a time is.
    """
    rows = checked(rows)
    at = pl.col("mn").replace_strict(dict(sites or {}), default="", return_dtype=pl.String)
    parted = rows.with_columns(day=pl.col("time").dt.date(), site=at)
    written: list[Path] = []
    for (day, site), part in parted.partition_by("day", "site", as_dict=True, maintain_order=True).items():
        folder = day_folder(readings(home), day) / site_folder(str(site))
        written.append(_add(folder, part.drop("day", "site")))
    return written


def checked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the columns of the schema in its order. DuhengError where they do not fit."""
    if missing := set(SCHEMA) - set(rows.columns):
        raise DuhengError(
            f"读数缺少列 {'、'.join(sorted(missing))}，应有 {'、'.join(SCHEMA)}。请补全后再存。"
        )
    rows = rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    if rows.select(pl.any_horizontal(pl.col(*KEY, "arrival").is_null()).any()).item() is True:
        raise DuhengError("读数的设备、命令、因子、时间或到达时间为空，不能归档。请在接收处列为拒收。")
    return rows


def _add(folder: Path, rows: pl.DataFrame) -> Path:
    """Write one file into a partition and list it."""
    path, write_to = rows_file(folder, rows)
    place = f"{folder.name}/{path.name}"
    with listed(folder.parent) as files:
        if place not in files or not (path.is_file() or "replaced_by" in files[place]):
            put(path, write_to)
            files[place] = described(rows)
    return path


def rows_file(folder: Path, rows: pl.DataFrame) -> tuple[Path, Callable[[Path], object]]:
    """Where rows of a partition stand as a file, named by what they hold, and what writes them there."""
    rows = rows.sort("mn", "factor", "cn", "time", "arrival", "offset")
    digest = hashlib.sha256(rows.hash_rows(7).to_numpy().tobytes()).hexdigest()[:16]
    stamp = rows["arrival"].max()
    assert isinstance(stamp, datetime)

    def write_to(path: Path) -> None:
        rows.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP)

    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{stamp:%Y%m%dT%H%M%S}-{len(rows)}-{digest}.parquet", write_to


def described(rows: pl.DataFrame, replacing: tuple[str, ...] = ()) -> Entry:
    """What the list says of a file: rows, whether each reading stands once, times, segments with their arrivals.

    ahead: rows by device whose time lies in the future of their arrival (layout.AHEAD).
    """
    spans = rows.group_by("segment").agg(
        pl.col("arrival").min().alias("first"), pl.col("arrival").max().alias("last")
    )
    ahead = rows.filter(pl.col("time") > pl.col("arrival") + AHEAD)["mn"].value_counts(sort=True)
    return {
        "rows": len(rows),
        "ahead": dict(ahead.sort("mn").iter_rows()),
        "unique": rows.select(KEY).is_unique().all(),
        "first": _text(rows["time"].min()),
        "last": _text(rows["time"].max()),
        # Least and greatest amount: whether any can be implausible is known without reading the file.
        "cou": [rows["cou"].min(), rows["cou"].max()],
        "segments": {
            segment: [_text(first), _text(last)] for segment, first, last in spans.sort("first", "segment").iter_rows()
        },
        **({"replaces": list(replacing)} if replacing else {}),
    }  # fmt: skip


def _text(moment: Any) -> str:
    assert isinstance(moment, datetime)
    return moment.strftime(TIME)


def put(path: Path, write_to: Callable[[Path], object]) -> None:
    """Write a file whole: under another name, to disk, then in place of whatever stood there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write_to(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
        settle(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Make the names of a folder last over a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def listed(folder: Path) -> Iterator[dict[str, Entry]]:
    """The list of a day's files, to be changed; written when the block ends well. One writer a day at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        files = read_list(folder)
        before = json.dumps(files, sort_keys=True)
        yield files
        if json.dumps(files, sort_keys=True) != before:
            text = json.dumps(files, ensure_ascii=False, indent=1, sort_keys=True)
            put(folder / LIST, lambda to: to.write_text(text, "utf-8"))
    finally:
        os.close(lock)


def read_list(folder: Path) -> dict[str, Entry]:
    """The list of a day's files by path below the day; empty where there is none. DuhengError where it is spoilt."""
    try:
        text = (folder / LIST).read_text("utf-8")
    except FileNotFoundError:
        return {}
    try:
        files: dict[str, Entry] = json.loads(text)
    except ValueError as trouble:
        raise DuhengError(
            f"读数目录 {folder / LIST} 已损坏（{trouble}），应为JSON。请从备份恢复该文件。"
        ) from trouble
    return files


def counted(folder: Path) -> dict[str, Entry]:
    """The files of a day that count: listed and not replaced."""
    return {name: entry for name, entry in read_list(folder).items() if "replaced_by" not in entry}
