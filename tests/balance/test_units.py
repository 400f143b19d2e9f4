"""Units of a balance: above the table, in a row below the header, of standard coal; and in which the checks speak."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from duheng.ingest.balance.conversion import convert_balance
from duheng.ingest.balance.factors import read_factors
from duheng.ingest.balance.layout import CALORIFIC_TOTAL
from duheng.ingest.balance.output import header_of, rows_of
from duheng.ingest.balance.reading import Balance, read_balance
from duheng.ingest.balance.report import checked_file
from duheng.ingest.carbon import inventory
from duheng.ingest.carbon import read_balance as carbon_balance
from duheng.ingest.carbon import read_factors as carbon_factors
from duheng.model.findings import Finding

Write = Callable[..., Path]
FUELS = ("coal_total", "raw_coal", "diesel", "natural_gas", "heat", "electricity")
COAL = {head: f"{head}（万吨标准煤）" for head in FUELS}


def below(path: Path, *lines: str) -> Path:
    """The file with lines above its header."""
    path.write_text("\n".join([*lines, path.read_text("utf-8")]), "utf-8")
    return path


def total(balance: Balance, factors: Path, row: str = "F") -> object:
    converted = convert_balance(balance, read_factors(factors))
    header = header_of(converted)
    rows = [dict(zip(header, cells, strict=True)) for cells in rows_of(converted)]
    return next(one for one in rows if one["row_code"] == row)


def wrong(findings: list[Finding]) -> list[str]:
    return [one.place for one in findings if one.code == "unit-wrong"]


@pytest.mark.parametrize(
    "line",
    [
        "单位：吨，立方米，百万千焦，千瓦时",
        "（计量单位：吨、立方米、百万千焦、千瓦时）",
        "计量单位：,吨；立方米；百万千焦；千瓦时",
    ],
)
def test_units_above_the_table_hold_for_the_columns_of_their_dimension(
    county: Write, factors: Write, line: str
) -> None:
    found = total(read_balance(below(county(), "某县能源平衡表", line)), factors())
    assert isinstance(found, dict)
    assert (found["raw_coal"], found["natural_gas"]) == (pytest.approx(0.0035), 0.0)


def test_one_unit_above_the_table_is_that_of_every_column_without_its_own(
    county: Write, factors: Write
) -> None:
    own = {
        "natural_gas": "natural_gas(亿立方米)",
        "heat": "heat（万GJ）",
        "electricity": "electricity（亿千瓦时）",
    }
    balance = read_balance(below(county(header=own), "单位：万吨"))
    assert (wrong(balance.findings), total(balance, factors())) == (
        [],
        total(read_balance(county()), factors()),
    )
    refused = read_balance(below(county(), "单位：万吨"))
    assert [place.rpartition("列")[2] for place in wrong(refused.findings)] == [
        "“natural_gas”", "“heat”", "“electricity”",
    ]  # fmt: skip


def test_an_office_above_the_table_is_no_unit(county: Write, factors: Write) -> None:
    balance = read_balance(below(county(), "填报单位：吨位测量站", "单位：见表头", "填报单位：吨"))
    assert (balance.coal, wrong(balance.findings)) == ("", [])
    assert total(balance, factors()) == total(read_balance(county()), factors())


@pytest.mark.parametrize("above", [True, False])
def test_a_table_in_standard_coal_is_checked_and_neither_converted_nor_burnt(
    county: Write, factors: Write, tmp_path: Path, above: bool
) -> None:
    path = below(county(), "单位：万吨标准煤") if above else county(header=COAL)
    checked, findings = checked_file(path)
    assert (checked.discrepancies, findings) == ((), [])
    converted = convert_balance(read_balance(path), read_factors(factors()))
    assert [one.place for one in converted.findings if one.code == "unit-wrong"] == ["county.csv 单位"]
    assert set(converted.frame[CALORIFIC_TOTAL].fill_nan(None)) == {None}
    burnt = tmp_path / "burnt.csv"
    burnt.write_text("fuel,factor,unit\n原煤,2,tCO2/t\n柴油,3,tCO2/t\n天然气,20,tCO2/万m3\n", "utf-8")
    made = inventory(carbon_balance(path), carbon_factors(burnt))
    assert (made.complete, set(made.table["raw_coal"])) == (False, {None})
    assert "unit-wrong" in [one.code for one in made.findings]


def test_rows_that_say_standard_coal_are_not_burnt(county: Write, tmp_path: Path) -> None:
    path = county(more={"unit": dict.fromkeys(("S", "F"), "1e4 tce")})
    burnt = tmp_path / "burnt.csv"
    burnt.write_text("fuel,factor,unit\n原煤,2,tCO2/t\n柴油,3,tCO2/t\n天然气,20,tCO2/万m3\n", "utf-8")
    made = inventory(carbon_balance(path), carbon_factors(burnt))
    assert (made.complete, set(made.table["raw_coal"])) == (False, {None})


def test_one_column_in_standard_coal_among_physical_ones_is_refused(county: Write) -> None:
    balance = read_balance(county(header={"raw_coal": "raw_coal（万吨标准煤）"}))
    assert (balance.coal, len(wrong(balance.findings))) == ("", 1)


def test_a_fault_is_judged_and_told_in_the_printed_unit(county: Write) -> None:
    path = county(
        cells={("F6a", "raw_coal"): 402}, header={"raw_coal": "原煤（吨）", "coal_total": "煤合计（吨）"}
    )
    checked, _ = checked_file(path)
    (found,) = [one for one in checked.discrepancies if one.identity == "F6_sum"]
    assert (found.printed, found.tolerance) == (8, 0.15)
    assert found.recomputed == pytest.approx(408)
