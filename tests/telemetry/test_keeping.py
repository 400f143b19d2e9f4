"""Readings stored: the same batch twice, small files made one, days let go, backup and restore."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from duheng.cli import app
from duheng.model.errors import DuhengError
from duheng.telemetry import requests
from duheng.telemetry.readings import keeping
from duheng.telemetry.readings.layout import SCHEMA, day_folder, readings
from duheng.telemetry.readings.writing import counted as listed_files
from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.points import read_points
from duheng.telemetry.rollup.running import Outcome, roll_up
from tests.telemetry.conftest import DAY, LISTED, counted, steady

METER = LISTED + "M1,E,counter,512022,电力,kWh,15,500,,2026-01-05,,,,\n"


def stored(home: Path) -> pl.DataFrame:
    """All rows that count, in order."""
    folder = readings(home)
    paths = [day / name for day in sorted(folder.iterdir()) for name in listed_files(day)]
    return pl.concat(pl.read_parquet(path, hive_partitioning=False) for path in paths).sort("time", "arrival")


def in_small_files(home: Path) -> None:
    for quarter in steady():
        write(home, counted([quarter]))


def test_what_is_written_is_what_is_read(home: Path) -> None:
    rows = counted(steady())
    write(home, rows)
    assert stored(home).equals(rows.sort("time"))


def test_the_same_batch_again_adds_nothing(home: Path) -> None:
    assert write(home, counted(steady())) == write(home, counted(steady()))
    assert len(stored(home)) == 45


def test_a_site_is_a_folder_whatever_its_name(home: Path) -> None:
    (path,) = write(home, counted(steady()[1:]), {"M1": "../一厂/x"})
    assert path.parent.name == "site=..%2F%E4%B8%80%E5%8E%82%2Fx"
    assert path.is_relative_to(readings(home))


def test_a_reading_without_a_time_is_refused(home: Path) -> None:
    with pytest.raises(DuhengError, match="到达时间为空"):
        write(home, counted(steady()).with_columns(time=pl.lit(None, SCHEMA["time"])))


def test_small_files_become_one_and_no_row_is_lost(home: Path) -> None:
    in_small_files(home)
    before = stored(home)
    assert keeping.compact(home) == keeping.Compacted(2, 44, 1)
    assert stored(home).drop("offset").equals(before.drop("offset"))
    assert keeping.sweep(home) == 44
    assert stored(home).drop("offset").equals(before.drop("offset"))
    assert len(list(home.rglob("*.parquet"))) == 2


def test_a_roll_up_after_compaction_finds_nothing_new(home: Path) -> None:
    in_small_files(home)
    points = read_points(METER)
    roll_up(home, points, engine())
    before = store.read(home, "hours")
    keeping.compact(home)
    keeping.sweep(home)
    assert roll_up(home, points, engine()) == Outcome(None)
    write(home, counted([(DAY + timedelta(hours=11), 2100.0)]))
    roll_up(home, points, engine())
    assert (
        store.read(home, "hours")
        .filter(pl.col("start") < DAY + timedelta(hours=10))
        .equals(before.filter(pl.col("start") < DAY + timedelta(hours=10)))
    )


def test_a_roll_up_of_small_files_is_that_of_one(tmp_path: Path) -> None:
    points = read_points(METER)
    in_small_files(tmp_path / "small")
    write(tmp_path / "one", counted(steady()))
    both = []
    for home in (tmp_path / "small", tmp_path / "one"):
        roll_up(home, points, engine())
        both.append(store.read(home, "hours"))
    assert both[0].equals(both[1])


def test_a_day_goes_only_after_it_was_rolled_up(home: Path) -> None:
    write(home, counted(steady()))
    today = date(2027, 1, 10)
    with pytest.raises(DuhengError, match="尚未汇总"):
        keeping.let_go(home, today, {"readings": 365, "segments": None})
    roll_up(home, read_points(METER), engine())
    gone = keeping.let_go(home, today, {"readings": 365, "segments": None})
    assert gone["readings"] == [date(2026, 1, 4), date(2026, 1, 5)]
    assert not day_folder(readings(home), date(2026, 1, 5)).exists()
    assert store.read(home, "days")["amount"].to_list() == [1075]


def test_what_is_kept_for_ever_stays(home: Path) -> None:
    write(home, counted(steady()))
    assert keeping.let_go(home, date(2099, 1, 1), dict.fromkeys(keeping.retention())) == {
        "segments": [],
        "readings": [],
        "requests": [],
    }
    assert len(stored(home)) == 45


def test_results_of_requests_go_in_their_time_those_under_way_stay(home: Path) -> None:
    ended, waiting = (requests.ask(home, requests.Request("M1", "1011")) for _ in range(2))
    requests.answer(home, ended, {"said": "ended"}, ended=True)
    requests.answer(home, waiting, {"said": "sent"}, ended=False)
    today = datetime.now(UTC).date()
    assert keeping.let_go(home, today + timedelta(days=30), {"requests": 30})["requests"] == []
    assert keeping.let_go(home, today + timedelta(days=31), {"requests": 30})["requests"] == [today]
    assert requests.result(home, ended) is None
    assert requests.result(home, waiting) == {"said": "sent"}


def test_backup_and_restore(home: Path, tmp_path: Path) -> None:
    write(home, counted(steady()))
    roll_up(home, read_points(METER), engine())
    copied = keeping.save(home, tmp_path / "saved")
    assert copied > 0
    assert keeping.bring_back(tmp_path / "saved", tmp_path / "new") == copied
    assert stored(tmp_path / "new").equals(stored(home))
    assert store.read(tmp_path / "new", "hours").equals(store.read(home, "hours"))
    with pytest.raises(DuhengError, match="已有数据"):
        keeping.bring_back(tmp_path / "saved", tmp_path / "new")


def test_a_damaged_backup_is_not_restored(home: Path, tmp_path: Path) -> None:
    (path,) = write(home, counted(steady()[1:]))
    keeping.save(home, tmp_path / "saved")
    copy = tmp_path / "saved" / path.relative_to(home)
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(DuhengError, match="校验值不符"):
        keeping.bring_back(tmp_path / "saved", tmp_path / "new")
    assert not (tmp_path / "new" / "telemetry").exists()


def test_a_run_that_never_ended_leaves_nothing(home: Path) -> None:
    write(home, counted(steady()))
    rows = pl.DataFrame({"mn": ["M1"], "factor": ["E"], "start": [datetime(2026, 1, 5)]})
    kinds = store.columns("hours")
    rows = rows.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in rows.columns
    )
    store.publish(home, "hours", rows, 1)
    assert store.read(home, "hours").is_empty()
    roll_up(home, read_points(METER), engine())
    assert store.read(home, "hours")["amount"].sum() == pytest.approx(1075)


def test_a_day_that_is_none_is_said() -> None:
    said = CliRunner().invoke(app, ["readings", "compact", "--before", "2026-13-01"])
    assert said.exit_code == 2
    assert "应如2026-01-31" in said.output
