"""`duheng compute`: every rule over a plain table, against arithmetic written anew; and wrong tables of every kind."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import python_calamine

import duheng.rules  # noqa: F401  # loads the rules
from duheng.cli.opening import PACKAGED
from duheng.model import Rule, all_quantities
from tests.acceptance.arithmetic import FORMULAS, Now, Row
from tests.acceptance.conftest import Run, Said

YEARS, TOWNS = (2020, 2021, 2022), ("甲县", "乙县", "丙县")
FRACTIONS = ("cumulative_decline", "cumulative_target")
Compute = Callable[..., Said]


@pytest.fixture
def compute(tmp_path: Path, run: Run) -> Compute:
    """Runs `duheng compute` over text (or bytes) written to a file."""

    def computing(rule: str, content: str | bytes, *options: str) -> Said:
        path = tmp_path / "输入.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("compute", rule, path, *options)

    return computing


def rows_of(said: Said) -> list[dict[str, str]]:
    """The printed table."""
    return list(csv.DictReader(io.StringIO(said.out)))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """CSV text."""
    out = io.StringIO()
    csv.writer(out).writerows([columns, *rows])
    return out.getvalue()


def drawn(inputs: Sequence[str], seed: str) -> dict[tuple[str, int], Row]:
    """Random inputs of every town and year; declines and targets of declines are small fractions."""
    draw = random.Random(seed)

    def one(name: str) -> float:
        if name == "years_total":
            return 5.0
        if name == "years_elapsed":
            return float(draw.randint(1, 4))
        return round(draw.uniform(0.05, 0.45) if name in FRACTIONS else draw.uniform(1, 900), 4)

    return {(town, year): {name: one(name) for name in inputs} for town in TOWNS for year in YEARS}


def test_the_rules_tried_here_are_rules() -> None:
    known = {id for id, quantity in all_quantities().items() if isinstance(quantity, Rule)}
    assert set(FORMULAS) <= known


@pytest.mark.parametrize("rule", FORMULAS)
def test_a_rule_gives_what_its_formula_gives_by_hand(compute: Compute, rule: str) -> None:
    inputs, formula = FORMULAS[rule]
    given = drawn(inputs, rule)
    if "gdp" in inputs:  # an economy that grows, or its elasticity is unknown
        for (_, year), row in given.items():
            row["gdp"] = 1000.0 + 50 * (year - 2020) + row["gdp"] / 100
    text = table(("entity", "period", *inputs), [(*key, *row.values()) for key, row in given.items()])
    said = compute(rule, text)
    assert said.code == 0, said.err
    found = {(row["entity"], int(row["period"])): row[rule] for row in rows_of(said)}
    for town in TOWNS:
        now = Now(given[town, 2022], given[town, 2020], given[town, 2021])
        assert float(found[town, 2022]) == pytest.approx(formula(now), rel=1e-12)


@pytest.mark.parametrize("rule", FORMULAS)
def test_a_rule_is_empty_where_any_input_is_empty(compute: Compute, rule: str) -> None:
    inputs, _ = FORMULAS[rule]
    given = drawn(inputs, rule)
    for missing in inputs:
        rows = [
            (*key, *("" if one == missing else value for one, value in row.items()))
            for key, row in given.items()
        ]
        said = compute(rule, table(("entity", "period", *inputs), rows))
        assert {row[rule] for row in rows_of(said)} == {""}


@pytest.mark.parametrize(
    "rule", [name for name, (inputs, _) in FORMULAS.items() if len(inputs) == 2 and name not in (
        "fertiliser_pesticide_growth", "even_annual_rate", "log_progress", "implied_gdp_growth")]
)  # fmt: skip
def test_a_division_by_nought_is_empty(compute: Compute, rule: str) -> None:
    inputs, _ = FORMULAS[rule]
    rows = [(town, year, 5, 0) for town in TOWNS for year in YEARS]
    said = compute(rule, table(("entity", "period", *inputs), rows))
    assert said.code == 0, said.err
    assert {row[rule] for row in rows_of(said)} == {""}


def test_a_total_over_fuels_expects_all_that_the_table_lists(compute: Compute) -> None:
    rows = [
        ("甲县", "原煤", 2023, 100, 10), ("甲县", "电力", 2023, 20, 0),
        ("乙县", "原煤", 2023, 50, 5), ("乙县", "电力", 2023, "", 0),
    ]  # fmt: skip
    text = table(("entity", "item", "period", "fuel_use", "feedstock_use"), rows)
    coal, power = 0.7143, 1.229
    (own, other) = rows_of(compute("energy", text))
    assert float(own["energy"]) == pytest.approx(100 * coal + 20 * power, rel=1e-12)
    assert other["energy"] == ""
    (own, other) = rows_of(compute("energy", text, "--definition", "minus-feedstock"))
    assert float(own["energy"]) == pytest.approx(90 * coal + 20 * power, rel=1e-12)
    own = rows_of(compute("fuel_energy", text))[0]
    assert own["item"] == "原煤"
    assert float(own["fuel_energy"]) == pytest.approx(100 * coal)


def test_a_factor_is_that_in_force_at_the_time(compute: Compute) -> None:
    rows = [("甲县", "甲醇", 2020, 10), ("甲县", "甲醇", 2021, 10), ("甲县", "天然气", 2021, 10)]
    told = rows_of(compute("fuel_energy", table(("entity", "item", "period", "fuel_use"), rows)))
    assert [row["fuel_energy"] for row in told] == ["", "6.794", ""]


def test_a_total_over_a_register_expects_all_that_the_table_lists(compute: Compute) -> None:
    rows = [
        ("一期", "氨氮", 2024, 1.5),
        ("二期", "氨氮", 2024, 2),
        ("一期", "氨氮", 2025, 3),
        ("二期", "氨氮", 2025, ""),
    ]
    told = rows_of(
        compute("key_project_reduction", table(("entity", "item", "period", "project_reduction"), rows))
    )
    assert [(row["entity"], row["period"], row["key_project_reduction"]) for row in told] == [
        ("合计", "2024", "3.5"),
        ("合计", "2025", ""),
    ]
    parks = [("一园", 2025, 1, 1), ("二园", 2025, 0, 1), ("三园", 2025, 0, 0)]
    (share,) = rows_of(
        compute("circular_park_share", table(("entity", "period", "park_circular", "park_eligible"), parks))
    )
    assert share["circular_park_share"] == "0.5"


def test_a_sewage_plant_is_credited_with_what_it_removes_beyond_last_year(compute: Compute) -> None:
    columns = ("entity", "item", "period", "treated_volume", "inlet_concentration", "outlet_concentration")
    rows = [("城北", "化学需氧量", 2022, 2190, 210, 28), ("城北", "化学需氧量", 2023, 2400, 215, 24)]
    told = rows_of(compute("new_reduction", table(columns, rows)))
    assert [row["new_reduction"] for row in told] == ["", "598.2"]


TEN = "entity,period,energy,gdp\n甲县,2023,1500,1\n"


@pytest.mark.parametrize(
    "content",
    [
        TEN.encode("utf-8-sig"),
        TEN.replace("\n", "\r\n").encode(),
        ("\n" + TEN.replace("\n", "\n\n") + ",,,\n").encode(),
        '"entity","period","energy","gdp"\n"甲县","2023","1500","1"\n'.encode(),
        "entity,备注,period,gdp,energy\n甲县,无,2023年,1,1500\n".encode(),
        "地区,年份,能源消费总量,地区生产总值（可比价）\n甲县,2023,1500,1\n".encode("gb18030"),
        "entity,period,energy,gdp\n,,万吨标准煤,万元\n甲县,2023,0.15,10000\n".encode(),
        "entity,period,energy,gdp\n,,千克标准煤,元\n甲县,2023,1500000,100000000\n".encode(),
    ],
)
def test_a_table_may_be_written_in_many_ways(compute: Compute, content: bytes) -> None:
    said = compute("energy_intensity", content)
    (row,) = rows_of(said)
    assert (said.code, row["energy_intensity"]) == (0, "0.15")
    first, *others = said.err.splitlines()
    assert first == PACKAGED
    assert all(one.startswith("提示：规则") for one in others)  # how sure the rule is, nothing else


def test_another_base_year_may_be_named(compute: Compute) -> None:
    text = "entity,period,energy_intensity\n甲县,2019,2\n甲县,2020,1\n甲县,2023,1\n"
    assert rows_of(compute("energy_intensity_decline", text))[-1]["energy_intensity_decline"] == "0.0"
    told = rows_of(compute("energy_intensity_decline", text, "--base-year", "2019"))
    assert told[-1]["energy_intensity_decline"] == "0.5"


def test_the_result_goes_into_a_file_when_asked(compute: Compute, tmp_path: Path) -> None:
    out = tmp_path / "结果.csv"
    said = compute("energy_intensity", TEN, "-o", str(out))
    assert (said.code, said.out) == (0, "")
    assert out.read_text("utf-8").splitlines()[1] == "甲县,2023,0.15"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("entity,period,energy,gdp\n甲县,2023,很多,1\n", "第2行 energy"),
        ("entity,period,energy,gdp\n甲县,2023,nan,1\n", "第2行 energy"),
        ("entity,period,energy,gdp\n甲县,去年,1,1\n", "第2行 period"),
        ("entity,period,energy,gdp\n,,顿标准煤,亿元\n甲县,2023,1,1\n", "吨标准煤"),
        ("entity,period,energy,gdp\n甲县,2023,1,1\n甲县,2023,2,1\n", "第3行 energy"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_with_its_place(compute: Compute, text: str, place: str) -> None:
    said = compute("energy_intensity", text)
    assert (said.code, place in said.err) == (1, True)


@pytest.mark.parametrize(
    ("rule", "content", "options", "expected"),
    [
        ("energy_intensty", TEN, (), "energy_intensity"),
        ("gdp_current", TEN, (), "填报量"),
        ("energy_intensity", "", (), "空的"),
        ("energy_intensity", b"PK\x03\x04", (), "CSV"),
        ("energy_intensity", random.Random(5).randbytes(9999), (), "CSV"),
        ("energy_intensity", "entity,period,x\n甲县,2023,1\n", (), "gdp"),
        ("energy_intensity", "entity,period,energy,energy,gdp\n", (), "两次"),
        ("energy_intensity", TEN, ("--definition", "fll"), "full"),
        ("clean_bus_share", TEN, ("--definition", "full"), "不分口径"),
        ("energy_intensity", TEN, ("--base-year", "x"), "整数"),
    ],
)
def test_what_cannot_be_computed_is_refused(
    compute: Compute, rule: str, content: str | bytes, options: tuple[str, ...], expected: str
) -> None:
    said = compute(rule, content, *options)
    assert (said.code, said.out, expected in said.err) == (2, "", True)


def test_a_missing_file_and_a_folder_are_refused(run: Run, tmp_path: Path) -> None:
    assert (run("compute", "energy", tmp_path / "无.csv").code, run("compute", "energy", tmp_path).code) == (
        2,
        2,
    )


@pytest.mark.parametrize(("elapsed", "expected"), [(4, "0.05"), (5, ""), (6, "")])
def test_no_rate_is_required_of_years_that_are_over(compute: Compute, elapsed: int, expected: str) -> None:
    columns = ("entity", "period", "cumulative_decline", "cumulative_target", "years_total", "years_elapsed")
    (row,) = rows_of(
        compute("required_annual_rate", table(columns, [("甲县", 2023, 0.1, 0.145, 5, elapsed)]))
    )
    assert row["required_annual_rate"] == expected


def test_a_workbook_is_written_as_one(compute: Compute, tmp_path: Path) -> None:
    out = tmp_path / "结果.xlsx"
    said = compute("energy_intensity", "entity,period,energy,gdp\n甲县,2023,50000,4\n", "-o", str(out))
    book = python_calamine.load_workbook(str(out))
    assert (said.code, book.get_sheet_by_name(book.sheet_names[0]).to_python()[-1]) == (
        0,
        ["甲县", "2023", 1.25],
    )
