"""The same expressions on DuckDB and on Spark (two workers in processes of their own) give the same answers."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from duheng.model.errors import DuhengError
from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.points import read_points
from duheng.telemetry.rollup.running import roll_up
from tests.telemetry.conftest import LISTED, rows

START = datetime(2026, 1, 1)
HOURS = 20 * 24
SMALL = (
    "shuffle.partitions=2",
    "codegen.wholeStage=false",
    "codegen.factoryMode=NO_CODEGEN",
    "adaptive.enabled=false",
)
POINTS = LISTED + (
    "G1,a21026,gas,512022,二氧化硫,,10,,,2026-01-01,,,,\n"
    "G1,a00000,gas_flow,512022,,m3/s,10,,,2026-01-01,,,,\n"
    "W1,w01018,water,512022,化学需氧量,,10,,,2026-01-01,,,,\n"
    "W1,w00000,water_flow,512022,,L/s,10,,,2026-01-01,,,,\n"
    "M1,E,counter,512022,电力,kWh,15,500,50000,2026-01-01,,,,\n"
    "M2,E,interval,512022,电力,kWh,15,500,,2026-01-01,,,,\n"
    "M3,E,interval,512022,电力,kWh,1440,,,2026-01-01,,,,\n"
    "V1,E,virtual,512022,电力,kWh,15,,,2026-01-01,,,M1 - 0.5 * M2,no\n"
)


def reading(mn: str, cn: str, at: datetime, factor: str, **values: object) -> dict[str, object]:
    return {"mn": mn, "cn": cn, "time": at, "factor": factor, "arrival": at, **values}


def sent() -> pl.DataFrame:
    """Twenty days of sources and meters: faults, a stop, silence, lost readings, a roll-over."""
    chance, listed = random.Random(5), []
    for n in range(HOURS):
        at = START + timedelta(hours=n)
        flag = "F" if 100 <= n < 110 else "D" if 300 <= n < 330 else "N"
        if not 400 <= n < 420:
            listed += [
                reading("G1", "2061", at, "a21026", avg=chance.uniform(20, 40), flag=flag),
                reading("G1", "2061", at, "a00000", avg=chance.uniform(10, 12), flag="N"),
                reading("W1", "2061", at, "w01018", avg=chance.uniform(20, 40), flag=flag),
            ]
            tens = [at + timedelta(minutes=10 * k) for k in range(6)]
            listed += [reading("W1", "2051", ten, "w00000", avg=chance.uniform(10, 12)) for ten in tens]
        for k in range(4):
            quarter = at + timedelta(minutes=15 * k)
            if chance.random() > 0.03:
                value = (100.0 * (n + k / 4) + 40000) % 50000
                listed.append(reading("M1", "counter", quarter, "E", rtd=value))
            if chance.random() > 0.03:
                listed.append(reading("M2", "interval", quarter, "E", cou=chance.uniform(20, 30)))
        if n % 24 == 0:
            listed.append(reading("M3", "interval", at, "E", cou=chance.uniform(700, 800)))
    return rows(listed)


def rolled(home: Path, address: str) -> dict[str, pl.DataFrame]:
    """What is published at every level by an engine, from the same readings."""
    write(home, sent())
    roll_up(home, read_points(POINTS), engine(address))
    return {level: store.read(home, level).drop("run") for level in store.LEVELS}


@pytest.mark.slow
def test_spark_gives_what_duckdb_gives(tmp_path: Path, checkout: Path) -> None:
    there = tmp_path / "spark"
    # In a process of its own: the gateway to Java ends with it.
    command = [sys.executable, "-m", "tests.telemetry.test_engines", str(there)]
    path = os.pathsep.join([str(checkout), str(checkout / "src")])
    # Little data in many small questions: what Spark prepares for much only takes time.
    few = " ".join(f"--conf spark.sql.{setting}" for setting in SMALL) + " pyspark-shell"
    own = {**os.environ, "PYTHONPATH": path, "PYSPARK_SUBMIT_ARGS": few}
    done = subprocess.run(command, cwd=checkout, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    here = rolled(tmp_path / "duckdb", "duckdb")
    for level, mine in here.items():
        theirs = store.read(there, level).drop("run")
        texts = [name for name, kind in mine.schema.items() if kind != pl.Float64]
        assert mine.select(texts).equals(theirs.select(texts))
        assert len(mine) > 0
        for name in set(mine.columns) - set(texts):
            apart = (mine[name] - theirs[name]).abs() / pl.Series(mine[name].abs()).clip(1e-300)
            assert mine[name].is_null().equals(theirs[name].is_null())
            assert (apart.max() or 0) <= 1e-9  # type: ignore[operator]


def test_an_engine_that_cannot_be_had_is_named() -> None:
    for address in ("nowhere://host", "nowhere"):
        with pytest.raises(DuhengError, match=f"--engine {address}：没有这种计算引擎，应为 duckdb.*请改正"):
            engine(address)
    with pytest.raises(DuhengError, match=r"--engine mysql://.*(未能连接|没有安装).*请"):
        engine("mysql://127.0.0.1:1/x")


if __name__ == "__main__":
    rolled(Path(sys.argv[1]), "local-cluster[2,1,1024]")
