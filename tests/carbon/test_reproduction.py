"""What CEADs published for 2007, from the provincial balances of that year (V4, V5)."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from duheng.ingest.carbon import Inventory, inventory, read_balance, read_factors
from duheng.ingest.carbon.layout import TOTAL, printed_columns

FUELS = list(printed_columns().values())
TEN_TONNES = 1e-5  # MtCO2


@pytest.fixture(scope="module")
def made(shared: Path) -> Inventory:
    balance = read_balance(shared / "data/energy_balance/provinces_2007_physical.csv")
    return inventory(balance, read_factors(shared / "data/co2/emission_factors_derived_ceads.csv"))


@pytest.fixture(scope="module")
def cells(made: Inventory, shared: Path) -> pl.DataFrame:
    """province, sector, fuel, ours, published: every non-industrial cell that was published above nought."""
    published = pl.read_csv(shared / "data/co2/ceads_provinces_2007.csv", infer_schema_length=None)
    keys = ["province", "sector"]
    theirs = published.unpivot(FUELS, index=keys, variable_name="fuel", value_name="published")
    ours = made.table.unpivot(FUELS, index=keys, variable_name="fuel", value_name="ours")
    both = theirs.cast({"published": pl.Float64}).join(ours, on=[*keys, "fuel"])
    return both.filter((pl.col("sector") != TOTAL) & (pl.col("published") != 0))


@pytest.fixture(scope="module")
def totals(made: Inventory, shared: Path) -> pl.DataFrame:
    """Total of each province [MtCO2], beside the published and the expected one."""
    expected = pl.read_csv(shared / "data/validation/province_co2_2007_expected.csv")
    ours = made.table.filter(pl.col("sector") == TOTAL).select("province", total=pl.sum_horizontal(FUELS))
    return expected.join(ours, on="province")


@pytest.fixture(scope="module")
def gas(shared: Path) -> float:
    """The factor of natural gas of the file [t for 万m3]."""
    factors = pl.read_csv(shared / "data/co2/emission_factors_derived_ceads.csv", infer_schema_length=None)
    found: float = factors.filter(pl.col("fuel") == "natural_gas")["tCO2_per_t_or_1e4m3_unit"].item()
    return found


def test_every_listed_cell_comes_out_to_ten_tonnes(cells: pl.DataFrame) -> None:
    off = cells.filter((pl.col("ours") - pl.col("published")).abs().fill_null(1) > TEN_TONNES)
    assert (cells.height, off.height) == (757, 0)


def test_a_cell_that_was_published_as_nought_is_blank_or_nought(made: Inventory, shared: Path) -> None:
    published = pl.read_csv(shared / "data/co2/ceads_provinces_2007.csv", infer_schema_length=None)
    keys = ["province", "sector"]
    theirs = published.unpivot(FUELS, index=keys, variable_name="fuel", value_name="published")
    ours = made.table.unpivot(FUELS, index=keys, variable_name="fuel", value_name="ours")
    both = theirs.cast({"published": pl.Float64}).join(ours, on=[*keys, "fuel"])
    invented = both.filter((pl.col("sector") != TOTAL) & (pl.col("published") == 0) & (pl.col("ours") > 0))
    assert invented.height == 0


def test_nineteen_of_the_provincial_totals_are_within_two_percent(totals: pl.DataFrame) -> None:
    error = (pl.col("total") / pl.col("published_ceads_energy_mtco2") - 1).abs()
    near = totals.filter(error < 0.02)["province"].to_list()
    assert set(totals["province"]) - set(near) == {"Shanxi", "Shaanxi"}


def test_every_provincial_total_is_the_one_an_independent_computation_got(totals: pl.DataFrame) -> None:
    off = totals.select((pl.col("total") - pl.col("computed_from_balance_mtco2")).abs().max()).item()
    assert off <= 0.00051


def test_the_layout_is_that_of_the_published_file(made: Inventory, shared: Path) -> None:
    header = (shared / "data/co2/ceads_provinces_2007.csv").read_text("utf-8").splitlines()[0].split(",")
    assert [name for name in made.table.columns if name in header] == header


def test_process_and_scope_one_total_stay_empty(made: Inventory) -> None:
    assert made.table.select("process", "scope1_total").null_count().row(0) == (189, 189)


def test_no_value_of_the_published_balances_has_to_stay_unknown(made: Inventory) -> None:
    assert [one.text for one in made.findings if one.severity == "error"] == []


def test_negative_industrial_use_is_named_with_its_place(made: Inventory) -> None:
    named = sorted(one.place.split()[-1] for one in made.findings if one.code == "use-negative")
    assert named == ["其他焦化产品", "其他焦化产品", "炼厂干气", "焦炉煤气", "煤制品", "煤油"]


def test_urban_gas_of_sichuan_implies_the_printed_use(cells: pl.DataFrame, gas: float, shared: Path) -> None:
    """Worked example C1: the published emission, divided by the factor, is what the yearbook prints."""
    urban = cells.filter((pl.col("province") == "Sichuan") & (pl.col("sector") == "Urban"))
    published = urban.filter(pl.col("fuel") == "natural_gas")["published"].item()
    balance = pl.read_csv(
        shared / "data/energy_balance/provinces_2007_physical.csv", infer_schema_length=None
    )
    row = balance.filter((pl.col("province") == "Sichuan") & (pl.col("row_code") == "F6a"))
    assert round(published / (gas / 100), 2) == row["natural_gas"].item()


def test_the_national_balance_comes_out_as_well(gas: float, shared: Path) -> None:
    path = shared / "data/energy_balance/china_2007_physical.csv"
    made = inventory(read_balance(path), read_factors(shared / "data/co2/emission_factors_derived_ceads.csv"))
    urban = made.table.filter(pl.col("sector") == "Urban")["natural_gas"].item()
    printed = pl.read_csv(path, infer_schema_length=None).filter(pl.col("row_code") == "F6a")
    assert urban == pytest.approx(printed["natural_gas"].item() * gas / 100, rel=1e-9)


def test_rows_and_columns_of_form_p303_1_are_all_placed(shared: Path, tmp_path: Path) -> None:
    columns = pl.read_csv(shared / "data/forms/form_p303_1_balance_columns.csv")["column_zh"].to_list()
    rows = pl.read_csv(shared / "data/forms/form_p303_1_balance_rows.csv")["row_zh"].to_list()
    path = tmp_path / "p303.csv"
    quoted = [f'"{name}"' for name in columns]
    lines = [",".join(["项目", *quoted])] + [",".join([f'"{row}"', *["1"] * len(columns)]) for row in rows]
    path.write_text("\n".join(lines), "utf-8")
    assert [one.text for one in read_balance(path).findings] == []
