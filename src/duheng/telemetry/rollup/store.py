"""What has been rolled up: results of each run side by side, the newest of a cell counts; and which files were read.

    rollups/hours/month=YYYY-MM/run-000001-0001.parquet     pid is not kept: mn and factor are
    rollups/days/month=YYYY-MM/...                     rollups/months/year=YYYY/...
    rollups/manifest.json                              the runs, and the files of readings that each one read

A run writes only rows that differ from what was published before: what a run touched is what its files hold, and what
was published before stays where it is (`read(..., upto=run)`).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from duheng.model.errors import DuhengError
from duheng.telemetry.readings.layout import rollups
from duheng.telemetry.readings.writing import put

LEVELS = ("hours", "days", "months")
TIME = pl.Datetime("us")
# What an hour is published with. method: measured, spread, substituted, virtual; null where the amount is unknown.
HOUR_COLUMNS: dict[str, Any] = {
    "mn": pl.String, "factor": pl.String, "start": TIME, "amount": pl.Float64, "mean": pl.Float64,
    "measured": pl.Float64, "estimated": pl.Float64, "state": pl.String, "method": pl.String, "basis": pl.Int64,
    "incomplete": pl.Boolean, "first_arrival": TIME, "last_arrival": TIME, "run": pl.Int32,
}  # fmt: skip
# Days and months. expected, known, valid, estimated: hours; known up to `until`; incomplete: not all of it is known.
PERIOD_COLUMNS: dict[str, Any] = {
    "mn": pl.String, "factor": pl.String, "start": TIME, "amount": pl.Float64, "mean": pl.Float64,
    "expected": pl.Int32, "known": pl.Int32, "valid": pl.Int32, "estimated": pl.Int32, "method": pl.String,
    "incomplete": pl.Boolean, "until": TIME, "first_segment": pl.String, "last_segment": pl.String,
    "run": pl.Int32,
}  # fmt: skip
CELL = ("mn", "factor", "start")
UNCHANGED = ("run", "first_arrival", "last_arrival", "first_segment", "last_segment")
CLOSE = 1e-12


def columns(level: str) -> dict[str, Any]:
    """The columns of a level."""
    return HOUR_COLUMNS if level == "hours" else PERIOD_COLUMNS


@dataclass
class Manifest:
    """The runs, oldest first, and the files of readings that have been rolled up, by day.

    points, stated: how each point stood when it was last rolled up, and when its months last became facts
    (`registered`).
    """

    runs: list[dict[str, Any]] = field(default_factory=list)
    read: dict[str, list[str]] = field(default_factory=dict)
    points: dict[str, str] = field(default_factory=dict)
    stated: dict[str, list[str]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """Number of the newest run; 0 before the first."""
        return int(self.runs[-1]["run"]) if self.runs else 0


def load_manifest(home: Path) -> Manifest:
    """What has been rolled up. DuhengError where the file is spoilt."""
    path = rollups(home) / "manifest.json"
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return Manifest()
    except (ValueError, TypeError) as trouble:
        raise DuhengError(
            f"汇总目录 {path} 已损坏（{trouble}）。请从备份恢复，或删除 {path.parent} 后重新汇总。"
        ) from trouble


def save_manifest(home: Path, manifest: Manifest) -> None:
    """Write it whole."""
    text = json.dumps(asdict(manifest), ensure_ascii=False)
    put(rollups(home) / "manifest.json", lambda to: to.write_text(text, "utf-8"))


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Within it no other process rolls up. DuhengError where one does."""
    folder = rollups(home)
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise DuhengError("另一个 duheng rollup 正在运行；请等它结束后再试。") from busy
        yield
    finally:
        os.close(lock)


def partition(level: str, start: date) -> str:
    """The partition of a level in which a time stands."""
    return f"year={start:%Y}" if level == "months" else f"month={start:%Y-%m}"


def files(
    home: Path, level: str, partitions: Sequence[str] | None = None, upto: int | None = None
) -> list[Path]:
    """The files of a level, oldest run first; of some partitions, up to a run."""
    root = rollups(home) / level
    found = root.glob("*/run-*.parquet") if partitions is None else (
        path for name in partitions for path in (root / name).glob("run-*.parquet")
    )  # fmt: skip
    # A file of a run that never ended is not in the manifest and does not count.
    last = load_manifest(home).last if upto is None else upto
    return sorted(
        (path for path in found if _run(path) <= last), key=lambda path: (path.parent.name, path.name)
    )


def _run(path: Path) -> int:
    return int(path.stem.split("-")[1])


def sweep(home: Path, run: int) -> None:
    """Take away what a run of this number left that never ended."""
    for level in LEVELS:
        for path in (rollups(home) / level).glob(f"*/run-{run:06d}-*.parquet"):
            path.unlink()


def read(
    home: Path, level: str, *, first: datetime | None = None, before: datetime | None = None,
    mns: Sequence[str] | None = None, upto: int | None = None,
) -> pl.DataFrame:  # fmt: skip
    """What is published: the newest row of each cell, by mn, factor and start; columns as `columns(level)`.

    first, before: bounds of start. mns: only these devices. upto: as it stood after that run.
    """
    places = None
    if first is not None and before is not None:
        places = sorted({partition(level, day) for day in _months(first, before)})
    listed = files(home, level, places, upto)
    if not listed:
        return pl.DataFrame(schema=columns(level))
    rows = pl.scan_parquet(listed, hive_partitioning=False)
    if first is not None:
        rows = rows.filter(pl.col("start") >= first)
    if before is not None:
        rows = rows.filter(pl.col("start") < before)
    if mns is not None:
        rows = rows.filter(pl.col("mn").is_in(list(mns)))
    found = rows.collect()
    # Files come in the order in which they were written: the last one that speaks of a cell counts.
    return (
        found.unique(CELL, keep="last", maintain_order=False).sort(CELL)
        if len(listed) > 1
        else found.sort(CELL)
    )


def _months(first: datetime, before: datetime) -> Iterator[date]:
    year, month = first.year, first.month
    while (year, month) <= (before.year, before.month):
        yield date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def changed(new: pl.DataFrame, old: pl.DataFrame) -> pl.DataFrame:
    """The rows of `new` that say something else than those of `old` in their cell."""
    if old.is_empty():
        return new
    compared = [name for name in new.columns if name in old.columns and name not in (*CELL, *UNCHANGED)]
    joined = new.join(old.select(*CELL, *compared, published=True), CELL, how="left", suffix="_old")
    same = [_same(name, new.schema[name]) for name in compared]
    return joined.filter(pl.col("published").is_null() | ~pl.all_horizontal(same)).select(new.columns)


def _same(name: str, kind: pl.DataType) -> pl.Expr:
    now, then = pl.col(name), pl.col(f"{name}_old")
    if kind != pl.Float64:
        return now.eq_missing(then)
    # The last digits of a sum depend on the order in which its parts come.
    close = (now - then).abs() <= CLOSE * pl.max_horizontal(now.abs(), then.abs(), pl.lit(1e-300))
    return (now.is_null() & then.is_null()) | close.fill_null(False)


def publish(home: Path, level: str, rows: pl.DataFrame, run: int) -> int:
    """Write the rows of a run; how many. They count once the manifest names the run."""
    rows = rows.with_columns(run=pl.lit(run, pl.Int32))
    rows = rows.select(pl.col(name).cast(kind) for name, kind in columns(level).items())
    at = pl.col("start").dt.strftime("year=%Y" if level == "months" else "month=%Y-%m")
    for (name,), part in rows.with_columns(at=at).partition_by("at", as_dict=True).items():
        folder = rollups(home) / level / str(name)
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob(f"run-{run:06d}-*.parquet"))) + 1
        _write(folder / f"run-{run:06d}-{number:04d}.parquet", part.drop("at").sort("mn", "factor", "start"))
    return len(rows)


def _write(path: Path, rows: pl.DataFrame) -> None:
    put(path, lambda to: rows.write_parquet(to, compression="zstd"))
