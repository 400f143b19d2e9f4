"""The care of stored readings: small files made one, days let go by rule, the telemetry home saved and brought back."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from duheng.model.data import read_yaml, root
from duheng.model.errors import DuhengError
from duheng.telemetry import requests
from duheng.telemetry.readings.layout import day_folder, days, readings
from duheng.telemetry.readings.writing import counted, described, listed, put, rows_file, settle

MANIFEST = "backup.json"
# Locks and unfinished files are nobody's evidence; what was spilled is rebuilt.
LEFT_OUT = (".lock",)


@dataclass(frozen=True)
class Compacted:
    """What compaction did: partitions looked into, files before and after in those that were changed."""

    partitions: int = 0
    before: int = 0
    after: int = 0


def compact(home: Path, last: date | None = None, least: int = 2) -> Compacted:
    """Put the files of each day and site that has at least `least` into one, up to the day `last`; rows stay the same.

    The list of the day changes in one step: a reader sees the small files or the one. The small files stand until
    `sweep`, for whoever has read the list before.
    """
    before = after = partitions = 0
    for day in days(readings(home), None, last):
        folder = day_folder(readings(home), day)
        by_site: dict[str, list[str]] = defaultdict(list)
        for name in counted(folder):
            by_site[name.partition("/")[0]].append(name)
        for site, names in by_site.items():
            partitions += 1
            if len(names) >= least:
                _join(folder, site, sorted(names))
                before, after = before + len(names), after + 1
    return Compacted(partitions, before, after)


def _join(folder: Path, site: str, names: list[str]) -> None:
    # A row that a crash left in two files stands once.
    rows = pl.concat(pl.read_parquet(folder / name, hive_partitioning=False) for name in names).unique()
    path, write_to = rows_file(folder / site, rows)
    place = f"{site}/{path.name}"
    with listed(folder) as files:
        if any(name not in files or "replaced_by" in files[name] for name in names):
            return  # another compaction was faster
        put(path, write_to)
        for name in names:
            files[name]["replaced_by"] = place
        files[place] = described(rows, tuple(names))


def sweep(home: Path) -> int:
    """Take away the files that others have replaced; how many. For a time when no long reading is under way."""
    gone = 0
    for day in days(readings(home)):
        folder = day_folder(readings(home), day)
        with listed(folder) as files:
            # The names stay in the list: a roll-up still has to know that it has read them.
            for name in [name for name, entry in files.items() if "replaced_by" in entry]:
                if (folder / name).exists():
                    (folder / name).unlink()
                    gone += 1
    return gone


def retention() -> dict[str, int | None]:
    """For how many days each is kept (None: for ever), by name, from cn/monitoring/retention.yaml."""
    read: dict[str, dict[str, Any]] = read_yaml(root() / "monitoring" / "retention.yaml")
    return {name: entry["days"] for name, entry in read.items()}


def let_go(home: Path, today: date, kept: dict[str, int | None] | None = None) -> dict[str, list[date]]:
    """Remove days older than the rule of segments, readings and results of requests; which. Roll-ups are not touched.

    A day of readings goes only once a roll-up has read all of it: its amounts stay. DuhengError where one has not.
    """
    rule = retention() if kept is None else kept
    gone: dict[str, list[date]] = {"segments": [], "readings": [], "requests": []}
    limit = rule.get("readings")
    old = [] if limit is None else [day for day in days(readings(home)) if (today - day).days > limit]
    read = _rolled_up(home)
    if waiting := [
        day for day in old if not set(counted(day_folder(readings(home), day))) <= read.get(str(day), set())
    ]:
        listed_days = "、".join(map(str, waiting[:5]))
        raise DuhengError(f"{listed_days} 的读数已过保存期，但尚未汇总。请先运行 duheng rollup，再清理。")
    for day in old:
        shutil.rmtree(day_folder(readings(home), day))
        gone["readings"].append(day)
    limit = rule.get("segments")
    for folder in sorted((home / "telemetry" / "segments").glob("????-??-??")) if limit is not None else ():
        day = date.fromisoformat(folder.name)
        if (today - day).days > limit:  # type: ignore[operator]
            shutil.rmtree(folder)
            gone["segments"].append(day)
    if (limit := rule.get("requests")) is not None:
        gone["requests"] = requests.forget(home, today - timedelta(days=limit))
    return gone


def _rolled_up(home: Path) -> dict[str, set[str]]:
    """The files that roll-ups have read, by day, with those that compaction made of them alone."""
    path = home / "telemetry" / "rollups" / "manifest.json"
    known = json.loads(path.read_text("utf-8"))["read"] if path.is_file() else {}
    read = {day: set(names) for day, names in known.items()}
    for day in days(readings(home)):
        mine = read.setdefault(str(day), set())
        for name, entry in counted(day_folder(readings(home), day)).items():
            if entry.get("replaces") and set(entry["replaces"]) <= mine:
                mine.add(name)
    return read


def save(home: Path, target: Path) -> int:
    """Copy the telemetry home into a folder, with the digest of every file; how many files were copied anew.

    Files never change under their name, so a second backup into the same folder copies what is new only. The lists
    and manifests are copied last: what they name is there.
    """
    source = home / "telemetry"
    if not source.is_dir():
        raise DuhengError(f"{source} 不存在，没有监测数据可以备份。")
    manifest = _known(target)
    copied = 0
    for path in sorted(_files(source), key=lambda one: (one.suffix == ".json", one)):
        name = path.relative_to(source).as_posix()
        size = path.stat().st_size
        before = manifest.get(name)
        if before and before[0] == size and path.suffix == ".parquet":
            continue
        manifest[name] = [size, _copy(path, target / "telemetry" / name)]
        copied += 1
    text = json.dumps(manifest, ensure_ascii=False, indent=0, sort_keys=True)
    target.mkdir(parents=True, exist_ok=True)
    put(target / MANIFEST, lambda to: to.write_text(text, "utf-8"))
    return copied


def bring_back(source: Path, home: Path) -> int:
    """Restore a backup into a home without telemetry, every digest checked; how many files. DuhengError otherwise."""
    manifest = _known(source)
    if not manifest:
        raise DuhengError(f"{source} 中没有 {MANIFEST}，不是监测数据的备份。请核对文件夹。")
    target = home / "telemetry"
    if target.exists() and any(_files(target)):
        raise DuhengError(f"{target} 已有数据：恢复只写入空的位置。请先移走，再恢复。")
    wrong = [name for name, (_, digest) in manifest.items() if _digest(source / "telemetry" / name) != digest]
    if wrong:
        raise DuhengError(
            f"备份已损坏或不全：{'、'.join(wrong[:5])} 等{len(wrong)}个文件的校验值不符。请换一份备份。"
        )
    for name in sorted(manifest, key=lambda one: (one.endswith(".json"), one)):
        _copy(source / "telemetry" / name, target / name)
    return len(manifest)


def _known(folder: Path) -> dict[str, list[Any]]:
    path = folder / MANIFEST
    found: dict[str, list[Any]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        unfinished = path.name.startswith(".") and path.name.endswith(".part")
        if path.is_file() and not path.is_symlink() and path.name not in LEFT_OUT and not unfinished:
            yield path


def _copy(path: Path, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    # A password stays as closed as it was (devices.csv is 0600).
    put(target, lambda to: shutil.copy2(path, to))
    settle(target.parent)
    return _digest(target)


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
