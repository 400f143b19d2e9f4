"""`duheng watch` as a person gives it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import polars as pl

from duheng.telemetry import devices
from duheng.telemetry.devices import Device
from duheng.telemetry.readings.writing import write
from duheng.telemetry.watching.registers import Limit, load, save
from tests.telemetry.watching.series import HOUR, START, Outlet, hours, spoilt

DAY = START + timedelta(days=16)
OUTLET = Outlet("water", 1)


def duheng(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "DUHENG_HOME": str(home), "DUHENG_ENV": "demo", "DUHENG_DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", "duheng", *arguments], env=own, capture_output=True, text=True
    )


def test_a_day_is_watched_and_what_is_found_opens_one_alarm_only(tmp_path: Path) -> None:
    devices.save(tmp_path, [Device(OUTLET.mn, "甲厂排口", "512021")])
    save(tmp_path, [Limit(OUTLET.mn, "w01018", None, 50, "许可证")], [])
    write(tmp_path, spoilt(hours(OUTLET), "w01018", DAY, DAY + 3 * HOUR, pl.lit(61.5)))
    day = f"{DAY:%Y-%m-%d}"
    first = duheng(tmp_path, "watch", "--day", day, "--json")
    found = {one["rule"]: one for one in json.loads(first.stdout)}
    assert (first.returncode, found["over_limit"]["found"]) == (1, "3个小时均值超出，最甚61.5")
    again = duheng(tmp_path, "watch", "--day", day)
    assert again.returncode == 1
    assert f"甲厂排口 化学需氧量 {day} 00:00至03:00" in again.stdout
    assert again.stdout.endswith(f"设备 1，线索 {len(found)}，新报警 0，升级 0\n")
    with closing(sqlite3.connect(tmp_path / "duheng.sqlite3")) as database:
        opened = database.execute(
            "SELECT count(*) FROM duheng_web_alarm WHERE rule = 'over_limit'"
        ).fetchone()
    assert opened == (1,)


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    assert duheng(tmp_path, "watch", "--day", "昨天").returncode == 2


def test_a_limit_that_cannot_be_read_is_a_finding_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "telemetry").mkdir()
    (tmp_path / "telemetry" / "limits.csv").write_text(
        "mn,factor,most\nM,w01018,50\nM,w21003,许多\n", "utf-8"
    )
    found = load(tmp_path)
    assert [(one.mn, one.most) for one in found.limits] == [("M", 50.0)]
    assert [one.place for one in found.findings] == ["limits.csv第3行"]
