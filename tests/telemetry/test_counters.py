"""The cases of counter readings, each with its right answer; the short way and the long way agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from duheng.telemetry.meters import counters
from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import looking, store
from duheng.telemetry.rollup.engines import DuckDB, engine
from duheng.telemetry.rollup.points import Points, read_points
from duheng.telemetry.rollup.running import Outcome, roll_up
from duheng.telemetry.rollup.tables import POINTS, READINGS, REPLACED
from tests.telemetry.conftest import DAY, LISTED, at, counted, steady

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "counters.yaml").read_text("utf-8")
)


def batch(asked: Mapping[str, Any]) -> list[tuple[Any, float]]:
    if "only" in asked:
        return [(at(clock), float(value)) for clock, value in asked["only"].items()]
    given = steady()
    if "without" in asked or "within" in asked:
        first, last = map(at, asked.get("without") or asked["within"])
        return [one for one in given if (first <= one[0] <= last) == ("within" in asked)]
    if "from" in asked:
        since, more = at(asked["from"][0]), asked["from"][1]
        return [(time, value + more if time >= since else value) for time, value in given]
    modulo = asked.get("modulo")
    return [(time, value % modulo if modulo and value >= modulo else value) for time, value in given]


def points_of(case: Mapping[str, Any]) -> Points:
    replaced = "".join(
        f"M1,E,{at(clock).isoformat()},{final},{initial}\n"
        for clock, (final, initial) in case.get("replaced", {}).items()
    )
    line = f"M1,E,counter,512002,电力,kWh,15,500,{case.get('rolls_at', 1000000)},2026-01-05,,,\n"
    return read_points(LISTED + line, f"mn,factor,time,final,initial\n{replaced}" if replaced else "")


def run(home: Path, case: Mapping[str, Any]) -> list[Outcome]:
    outcomes = []
    for number, asked in enumerate(case["batches"]):
        write(home, counted(batch(asked), DAY + timedelta(hours=12) if number else None))
        outcomes.append(roll_up(home, points_of(case), engine()))
    return outcomes


def by_hour(rows: pl.DataFrame, column: str) -> dict[int, Any]:
    return dict(rows.select(pl.col("start").dt.hour(), column).iter_rows())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_hours_of_a_counter(home: Path, case: dict[str, Any]) -> None:
    outcomes = run(home, case)
    hours = store.read(home, "hours")
    expected = {n: None if value == "unknown" else float(value) for n, value in enumerate(case["hours"])}
    assert by_hour(hours, "amount") == pytest.approx(expected, abs=1e-9)
    estimated = by_hour(hours.filter(pl.col("estimated") > 0), "estimated")
    assert estimated == pytest.approx(case.get("estimated", {}), abs=1e-9)
    assert set(hours.filter(pl.col("estimated") > 0)["method"]) <= {"spread"}
    total = store.read(home, "days")["amount"].to_list()
    assert total == (
        [] if not case["hours"] else [None if case["total"] == "unknown" else pytest.approx(case["total"])]
    )
    if "recomputed" in case:
        newest = hours.filter(pl.col("run") == outcomes[-1].run)
        assert sorted(by_hour(newest, "run")) == case["recomputed"]
        earlier = store.read(home, "hours", upto=1)
        assert {n: by_hour(earlier, "amount")[n] for n in case.get("before", {})} == pytest.approx(
            case.get("before", {})
        )
        was = by_hour(earlier.filter(pl.col("estimated") > 0), "estimated")
        assert was == pytest.approx(case.get("before_estimated", {}))
    points = points_of(case)
    found = looking.findings(
        home, engine(), points, points.points, DAY - timedelta(days=1), DAY + timedelta(days=1)
    )
    assert [one.code for one in found] == case.get("findings", [])
    assert all(one.text for one in found)


def test_a_corrected_reading_moves_between_its_two_quarters(home: Path) -> None:
    case = next(one for one in CASES if "steps" in one)
    run(home, case)
    points = points_of(case)
    steps = looking.steps(home, engine(), points, points.get(1), DAY, DAY + timedelta(hours=11))
    found = {
        f"{start.hour}:{start.minute:02d}": amount
        for start, amount in steps.select("start", "amount").iter_rows()
    }
    assert {clock: found[clock] for clock in case["steps"]} == pytest.approx(case["steps"])


def test_the_old_value_of_a_correction_stays_in_the_readings(home: Path) -> None:
    case = next(one for one in CASES if one["case"].startswith("5:00的示数更正"))
    run(home, case)
    stored = pl.concat(
        pl.read_parquet(path, hive_partitioning=False) for path in sorted(home.rglob("day=*/*/*.parquet"))
    )
    assert stored.filter(pl.col("time") == at("5:00")).sort("arrival")["rtd"].to_list() == [1500, 1480]


def test_the_hour_that_is_not_over_is_marked(home: Path) -> None:
    run(home, CASES[0])
    hours = store.read(home, "hours")
    assert hours.filter(pl.col("incomplete"))["start"].dt.hour().to_list() == CASES[0]["incomplete"]


def test_nothing_new_is_no_run(home: Path) -> None:
    run(home, CASES[0])
    assert roll_up(home, points_of(CASES[0]), engine()) == Outcome(None)


def test_the_short_way_and_the_long_way_agree(home: Path) -> None:
    database = DuckDB()
    points = points_of({})
    database.table("readings", counted(steady()))
    database.table("points", points.table())
    database.table("replaced", points.replacements())
    read = counters.readings_of(READINGS, POINTS)
    long = database.fetch(counters.hours(counters.pieces(counters.steps(counters.chain(read, REPLACED)))))
    short = database.fetch(counters.regular(read))
    columns = ["pid", "hour", "amount", "measured"]
    whole = pl.col("hour") >= DAY
    assert (
        short.filter(whole)
        .select(columns)
        .sort("hour")
        .equals(long.filter(whole).select(columns).sort("hour"))
    )
    assert short.filter(whole)["regular"].all()
