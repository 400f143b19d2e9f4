"""The golden cases of the issue, from a sheet to the board."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run

HEADER = ("指标", "对象", "品种", "时期", "数值", "单位", "口径", "备注")
COUNTIES = ("雁江区", "安岳县", "乐至县")
pytestmark = pytest.mark.usefixtures("home")


class Office:
    """States figures in a scenario of its own and looks at the board."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder, self.files = run, folder, 0

    def state(self, *rows: tuple[object, ...], scenario: str = "option-case") -> None:
        """rows: quantity, entity, period, value, unit, definition."""
        self.files += 1
        path = self.folder / f"{self.files}.csv"
        out = io.StringIO()
        full = [(what, where, "", when, value, unit, *more, *[""] * (2 - len(more)))
                for what, where, when, value, unit, *more in rows]  # fmt: skip
        csv.writer(out).writerows([HEADER, *full])
        path.write_text(out.getvalue(), "utf-8")
        said = self.run("import", path, "--scenario", scenario)
        assert (said.code, said.err) == (0, "")

    def headline(self, *words: str) -> Any:
        told = self.run("board", "--scenario", "option-case", "--json", *words).json
        return told["targets"][0]


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Office:
    return Office(run, tmp_path)


def energy(period: int, tonnes: float, definition: str = "") -> tuple[object, ...]:
    return ("能源消费总量", "资阳市", period, tonnes, "吨标准煤", definition)


GDP = [("地区生产总值（可比价）", "资阳市", year, 100, "亿元") for year in (2020, 2025)]


@pytest.mark.parametrize(
    ("tonnes", "printed", "light"),
    [(855_000, 14.5, 3), (855_049, 14.5, 3), (855_400, 14.46, 2), (855_051, 14.49, 2), (880_000, 12, 1)],
)
def test_the_printed_digits_are_judged(office: Office, tonnes: int, printed: float, light: int) -> None:
    office.state(energy(2020, 1_000_000), energy(2025, tonnes), *GDP)
    told = office.headline()
    assert (told["latest"], told["light"]) == (printed, light)
    assert told["progress"] == pytest.approx(printed / 14.5)


def test_a_year_in_which_one_of_three_counties_has_not_reported_is_unknown(office: Office) -> None:
    rows = [
        ("地区生产总值（可比价）", county, year, 100, "亿元") for county in COUNTIES for year in (2020, 2025)
    ]
    office.state(energy(2020, 1_000_000), energy(2025, 800_000), *rows[:-1])
    told = office.headline()
    assert (told["latest"], told["light"], told["owed_by"]) == (None, None, ["市统计局"])
    said = office.run("explain", "gdp", "资阳市", "2025", "--scenario", "option-case").out
    assert "应有3项，已知2项" in said
    assert "乐至县 = 未知" in said


def test_a_value_of_another_definition_is_not_compared(office: Office) -> None:
    office.state(energy(2020, 1_000_000, "full"), energy(2025, 800_000, "minus-feedstock"), *GDP)
    assert (office.headline()["latest"], office.headline()["light"]) == (None, None)


def test_the_zones_are_neither_lost_nor_counted_twice(office: Office) -> None:
    gdp = "地区生产总值（可比价）"
    office.state(*[(gdp, county, 2024, 100, "亿元") for county in COUNTIES])
    words = ("explain", "gdp", "资阳市", "2024", "--scenario", "option-case")
    assert office.run(*words).out.startswith("地区生产总值（可比价） 资阳市 2024：300.00 亿元")
    office.state((gdp, "高新区", 2024, 40, "亿元"), (gdp, "临空经济区", 2024, 10, "亿元"))
    assert office.run(*words).out.startswith("地区生产总值（可比价） 资阳市 2024：300.00 亿元")


def test_a_score_published_before_a_correction_can_be_had_again(office: Office) -> None:
    office.state(energy(2020, 1_000_000), energy(2025, 855_400), *GDP)
    published = datetime.now().astimezone().isoformat()
    office.state(energy(2025, 850_000))
    assert (office.headline()["latest"], office.headline()["light"]) == (15, 3)
    before = office.headline("--as-of", published)
    assert (before["latest"], before["light"]) == (14.46, 2)


def test_what_is_stated_in_one_scenario_is_in_no_other(office: Office) -> None:
    office.state(energy(2020, 1_000_000), energy(2025, 855_000), *GDP)
    for scenario in ("actual", "option-other"):
        told = office.run("board", "--scenario", scenario, "--json").json
        assert told["targets"][0]["latest"] is None
