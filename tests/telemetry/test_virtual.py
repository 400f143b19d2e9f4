"""Virtual meters: sums of meters, and nothing else gets in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duheng.model.errors import DuhengError, FolderError
from duheng.telemetry.meters.virtual import FormulaError, read_formula
from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.points import read_points
from duheng.telemetry.rollup.running import roll_up
from tests.telemetry.conftest import DAY, LISTED, counted, steady

METERS = ("M1", "M2", "一号表", "A-1")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("M1", {"M1": 1}),
        ("M1 + M2", {"M1": 1, "M2": 1}),
        ("M1-M2-M2", {"M1": 1, "M2": -2}),
        ("0.5 * (M1 - 一号表) / 2", {"M1": 0.25, "一号表": -0.25}),
        ("-M1 + [A-1]*3", {"M1": -1, "A-1": 3}),
        ("2*3*M1", {"M1": 6}),
    ],
)
def test_a_sum_of_meters_is_read(text: str, parts: dict[str, float]) -> None:
    assert read_formula(text, METERS).parts == pytest.approx(parts)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("__import__('os').system('rm -rf /')", 1),
        ("M1 + __import__('os')", 6),
        ("M1 + M3", 6),
        ("M1; M2", 3),
        ("M1.real", 3),
        ("M1 + 'a'", 6),
        ("M1 ** 2", 5),
        ("M1 * M2", 4),
        ("1 / M1", 3),
        ("M1 / 0", 4),
        ("M1 +", 5),
        ("(M1", 4),
        ("M1 M2", 4),
        ("1e9 * M1", 1),
        ("M1 + 5", 1),
        ("", 1),
        ("lambda: M1", 1),
        ("(" * 60 + "M1" + ")" * 60, 52),
        ("M1" + "+M1" * 1000, 2001),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, place: int) -> None:
    with pytest.raises(FormulaError) as refused:
        read_formula(text, METERS)
    assert refused.value.place == place
    assert f"第{place}个字符" in str(refused.value)


@given(st.text(alphabet="M12+-*/()[]. _'\"一号表", max_size=60))
def test_any_text_is_a_sum_of_meters_or_refused(text: str) -> None:
    try:
        found = read_formula(text, METERS)
    except DuhengError:
        return
    assert set(found.parts) <= set(METERS)


def test_a_bad_formula_is_refused_when_it_is_entered() -> None:
    line = "V1,E,virtual,512022,电力,kWh,15,,,2026-01-05,,,__import__('os').system('true'),\n"
    with pytest.raises(FolderError, match=r"points.csv 第2行.*第1个字符"):
        read_points(LISTED + line)


POINTS = LISTED + (
    "M1,E,counter,512022,电力,kWh,15,500,,2026-01-05,,,,\n"
    "M2,E,counter,512022,电力,kWh,15,500,,2026-01-05,,,,no\n"
    "V1,E,virtual,512022,电力,kWh,15,,,2026-01-05,,,M1 - 0.5 * M2,no\n"
)


def virtual_hours(home: Path) -> pl.DataFrame:
    return store.read(home, "hours").filter(pl.col("mn") == "V1")


def test_a_virtual_meter_is_the_sum_of_its_members(home: Path) -> None:
    write(home, pl.concat([counted(steady()), counted(steady(), mn="M2")]))
    roll_up(home, read_points(POINTS), engine())
    hours = virtual_hours(home)
    assert hours["amount"].to_list() == pytest.approx([50] * 10 + [37.5])
    assert hours["method"].unique().to_list() == ["virtual"]


def test_without_one_of_its_members_it_is_unknown(home: Path) -> None:
    write(home, counted(steady()))
    roll_up(home, read_points(POINTS), engine())
    assert virtual_hours(home)["amount"].is_null().all()


def test_a_late_member_makes_it_known(home: Path) -> None:
    write(home, counted(steady()))
    roll_up(home, read_points(POINTS), engine())
    write(home, counted(steady(), DAY + timedelta(hours=12), mn="M2"))
    roll_up(home, read_points(POINTS), engine())
    assert virtual_hours(home)["amount"].to_list() == pytest.approx([50] * 10 + [37.5])
