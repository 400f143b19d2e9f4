"""What the national monitoring centre and the offices published, reproduced from their own concentrations."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from duheng.ingest.air import Indexed, index_table
from duheng.rules.air import composite_air_index, good_air_day_rate
from duheng.rules.water import good_section_rate


@pytest.fixture(scope="module")
def stations(shared: Path) -> Indexed:
    return index_table(shared / "data" / "air" / "cnemc_station_hourly_aqi.csv")


@pytest.fixture(scope="module")
def published(stations: Indexed) -> pl.DataFrame:
    return stations.frame.filter(pl.col("aqi_published").is_not_null())


@pytest.mark.parametrize("name", ["aqi", "quality", "primary"])
def test_every_published_station_hour_comes_out_the_same(published: pl.DataFrame, name: str) -> None:
    same = published.select(pl.col(name).eq_missing(pl.col(f"{name}_published")).sum()).item()
    assert (same, published.height) == (2988, 2988)


def test_the_file_of_the_centre_has_nothing_to_find_fault_with(stations: Indexed) -> None:
    assert stations.findings == ()
    assert stations.kind == "hourly"


def test_no_row_and_no_cell_of_the_centre_is_lost(stations: Indexed, shared: Path) -> None:
    given = pl.read_csv(shared / "data" / "air" / "cnemc_station_hourly_aqi.csv", infer_schema=False)
    assert stations.frame.select(given.columns).equals(given)
    assert stations.frame.columns == [*given.columns, "aqi", "quality", "primary", "note"]


def test_a_row_without_any_monitoring_has_no_index_and_says_why(stations: Indexed) -> None:
    empty = stations.frame.filter(
        pl.all_horizontal(pl.col("pm2_5_1h", "pm10_1h", "so2_1h", "no2_1h", "co_1h_mg", "o3_1h").is_null())
    )
    assert empty.height == 61
    assert empty["aqi"].null_count() == empty["quality"].null_count() == 61
    assert set(empty["note"].str.slice(0, 2)) == {"缺 "}


def _cases(shared: Path, kind: str) -> list[dict[str, str]]:
    with (shared / "data" / "validation" / "published_result_cases.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if kind in row.values() and row["expect"] == "match"]


def _off(row: dict[str, str], result: Callable[[dict[str, float]], float | None]) -> float:
    found = result(json.loads(row["inputs_json"]))
    assert found is not None
    return abs(found - float(row["published"])) - float(row["tolerance"])


def test_published_composite_indices_come_out_within_their_tolerance(shared: Path) -> None:
    rows = _cases(shared, "air_composite_index")
    limits = {"so2": 60, "no2": 40, "pm10": 70, "pm25": 35, "co": 4, "ozone": 160}

    def index(given: dict[str, float]) -> float | None:
        names = {"pm25": "pm2_5", "co": "co_p95", "ozone": "o3_8h_p90"}
        values = {name: given[names.get(name, name)] for name in limits}
        return composite_air_index.number(**values, **{f"{n}_limit": v for n, v in limits.items()})

    assert len(rows) == 2
    assert [row for row in rows if _off(row, index) > 1e-9] == []


def test_published_shares_of_good_days_come_out_within_their_tolerance(shared: Path) -> None:
    rows = [r for r in _cases(shared, "good_air_days") if r["formula"] == "100*n/d"]

    def share(given: dict[str, float]) -> float | None:
        found = good_air_day_rate.number(good=given["n"], days=given["d"])
        return None if found is None else 100 * found

    assert len(rows) == 3
    assert [row for row in rows if _off(row, share) > 1e-9] == []


def test_published_shares_of_good_sections_come_out_within_their_tolerance(shared: Path) -> None:
    rows = [r for r in _cases(shared, "surface_water_good_rate") if r["formula"] == "100*n/d"]

    def share(given: dict[str, float]) -> float | None:
        found = good_section_rate.number(good=given["n"], sections=given["d"])
        return None if found is None else 100 * found

    assert len(rows) == 9
    assert [row for row in rows if _off(row, share) > 1e-9] == []
