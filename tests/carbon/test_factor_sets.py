"""Sets of factors: one is used whole, none is completed from another."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from duheng.engine import Books, value
from duheng.ingest.carbon import (
    built_in_sets,
    inventory,
    inventory_by_set,
    known_sets,
    read_balance,
    read_factors,
    read_set,
    set_parameters,
)
from duheng.ingest.carbon.layout import TOTAL
from duheng.model import Places, quantity
from duheng.model.errors import UnknownName, UnreadableSource
from tests.carbon.conftest import FACTORS, Write, balance_text

DIESEL = {"F4": ("", "10", "")}


def one_diesel(**columns: list[str]) -> pl.DataFrame:
    rows = {"quantity": ["fuel_use"], "entity": ["示例企业"], "item": ["柴油"], "period": ["2023"]}
    return pl.DataFrame({**rows, **columns, "value": [10.0]})


def test_the_packaged_sets_are_the_two_guides() -> None:
    assert list(built_in_sets()) == ["enterprise_default", "provincial_inventory"]


def test_diesel_of_the_enterprise_guides_is_worked_example_c4() -> None:
    factors = {one.fuel: one.value for one in read_set("enterprise_default", 2023).factors}
    assert factors["柴油"] * 10 == pytest.approx(30.9591, abs=5e-5)
    assert factors["天然气"] * 100 == pytest.approx(2165.02, abs=5e-3)


def test_every_packaged_factor_has_its_source_and_certainty() -> None:
    factors = [one for name in built_in_sets() for one in read_set(name, 2023).factors]
    assert [one.fuel for one in factors if not one.cite] == []
    assert {one.certainty for one in factors} == {"secondary", "memory", "derived"}


def test_the_shared_table_of_both_guides_is_what_is_packaged(shared: Path) -> None:
    rows = pl.read_csv(shared / "standards/carbon_fuel_factors.csv", infer_schema_length=None)
    guide = rows.filter(pl.col("set") == "enterprise_default").cast({"ncv": float, "oxidation": float})
    product = pl.col("ncv") * pl.col("carbon_content_tC_per_GJ") * pl.col("oxidation") * 44 / 12
    expected = dict(guide.select("name_zh", product).iter_rows())
    found = {one.fuel: one.value for one in read_set("enterprise_default", 2023).factors}
    assert {fuel: found[fuel] for fuel in expected} == pytest.approx(expected)


def test_a_year_before_publication_uses_the_first_values_and_says_so(written: Write) -> None:
    text = balance_text(DIESEL).replace(",2023,", ",2007,")
    made = inventory_by_set(read_balance(written("b.csv", text)), "enterprise_default")
    assert made.table.filter(pl.col("sector") == TOTAL)["diesel_oil"].item() == pytest.approx(
        0.309591, abs=5e-7
    )
    assert [(one.code, one.severity) for one in made.findings] == [("factor-later", "notice")]


def test_a_fuel_that_a_set_lacks_is_not_taken_from_another(written: Write) -> None:
    balance = read_balance(written("b.csv", balance_text({"F4": ("10", "", "")})))
    made = inventory_by_set(balance, "enterprise_default")
    assert made.table["raw_coal"].null_count() == made.table.height
    assert [one.code for one in made.findings] == ["factor-missing"]


def test_the_provincial_set_gives_coal_and_gas_and_says_what_stands_in(written: Write) -> None:
    balance = read_balance(written("b.csv", balance_text({"F4": ("10", "10", "1")})))
    made = inventory_by_set(balance, "provincial_inventory")
    total = made.table.filter(pl.col("sector") == TOTAL)
    assert total["raw_coal"].item() == pytest.approx(0.1 * 20.934 * 0.0261 * 0.93 * 44 / 12)
    assert total["natural_gas"].item() == pytest.approx(0.01 * 389.31 * 0.01532 * 0.99 * 44 / 12)
    said = [one for one in made.findings if one.code == "factor-second-source"]
    assert [one.severity for one in said] == ["notice", "notice"]
    assert "烟煤代替原煤" in said[0].found
    assert "GB/T 2589-2008 附录A 油田天然气" in said[1].found
    assert made.complete


def test_the_enterprise_set_does_not_borrow_and_names_the_set_that_has_the_fuel(written: Write) -> None:
    balance = read_balance(written("b.csv", balance_text({"F4": ("10", "", "")})))
    made = inventory_by_set(balance, "enterprise_default")
    assert "provincial_inventory" in made.findings[0].remedy


def test_the_provinces_have_an_inventory_by_the_provincial_set(shared: Path) -> None:
    balance = read_balance(shared / "data/energy_balance/provinces_2007_physical.csv")
    totals = inventory_by_set(balance, "provincial_inventory").table.filter(pl.col("sector") == TOTAL)
    assert totals.height == 21
    assert totals["raw_coal"].null_count() == totals["natural_gas"].null_count() == 0
    theirs = pl.read_csv(shared / "data/co2/ceads_provinces_2007.csv", infer_schema_length=None)
    both = totals.join(theirs, on=["province", "sector"])
    shares = both.select((pl.col("natural_gas") / pl.col("natural_gas_right")).median()).item()
    assert shares == pytest.approx(1, abs=0.1)  # another set of factors, the same order


def test_the_rules_read_another_set_whole() -> None:
    books = [Books(one_diesel(), Places([]), set_parameters(name)) for name in built_in_sets()]
    found = [value(quantity("combustion_emission"), one, "示例企业", "2023", "柴油") for one in books]
    assert found == pytest.approx([30.9591, 10 * 42.705 * 0.0202 * 0.98 * 44 / 12], abs=5e-5)


def test_a_set_that_is_not_known_is_named_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match="enterprise_default"):
        read_set("enterprise_defaults", 2023)


def test_a_city_adds_a_set_as_a_file_of_its_folder(written: Write, tmp_path: Path) -> None:
    (tmp_path / "carbon").mkdir()
    written("carbon/measured.csv", FACTORS)
    balance = read_balance(written("b.csv", balance_text(DIESEL)))
    made = inventory_by_set(balance, "measured", tmp_path)
    assert list(known_sets(tmp_path))[-1] == "measured"
    assert made.table.filter(pl.col("sector") == TOTAL)["diesel_oil"].item() == pytest.approx(0.31)


def test_a_fuel_with_two_factors_is_unknown_and_named(written: Write) -> None:
    text = FACTORS + 'diesel,transport,3.2,tCO2/t,"F4",另一套,secondary\n'
    factors = read_factors(written("f.csv", text))
    made = inventory(read_balance(written("b.csv", balance_text(DIESEL))), factors)
    assert made.table["diesel_oil"].null_count() == made.table.height
    assert [one.code for one in made.findings] == ["factor-twice", "factor-missing"]


def test_a_file_of_two_sets_is_refused_as_a_whole(written: Write) -> None:
    lines = FACTORS.splitlines()
    text = "\n".join([f"set,{lines[0]}", *(f"{'甲乙'[i % 2]},{line}" for i, line in enumerate(lines[1:]))])
    factors = read_factors(written("f.csv", text))
    assert factors.factors == ()
    assert [one.code for one in factors.findings] == ["sets-mixed"]


def test_an_unknown_fuel_of_a_factor_file_is_named_and_the_rest_is_used(written: Write) -> None:
    factors = read_factors(written("f.csv", FACTORS + "dilithium,all,1,tCO2/t,all F rows,无,memory\n"))
    assert len(factors.factors) == 5
    assert [one.code for one in factors.findings] == ["fuel-unknown"]


def test_a_fuel_is_known_by_any_of_its_names_unless_they_contradict(written: Write) -> None:
    header = "fuel,fuel_zh,factor,unit\n"
    known = read_factors(
        written("names.csv", header + "bituminous,烟煤,2.1,tCO2/t\nraw_coal,焦炭,1.9,tCO2/t\n")
    )
    assert [one.fuel for one in known.factors] == ["烟煤"]
    assert [one.code for one in known.findings] == ["fuel-contradicting"]
    assert known.refused == {"原煤", "焦炭"}


@pytest.mark.parametrize("unit", ["tCO2/m3", "GJ/t", "", "tCO2/蒲式耳"])
def test_a_unit_of_another_dimension_is_refused(written: Write, unit: str) -> None:
    factors = read_factors(written("f.csv", FACTORS.replace("3.1,tCO2/t", f"3.1,{unit}")))
    assert [one.code for one in factors.findings] == ["factor-unit"]
    assert "柴油" in factors.refused


def test_a_unit_of_the_same_dimension_is_converted(written: Write) -> None:
    factors = read_factors(written("f.csv", FACTORS.replace("21.6,tCO2/1e4 m3", "2.16,kgCO2/m3")))
    assert {one.fuel: one.value for one in factors.factors}["天然气"] == pytest.approx(21.6)


@pytest.mark.parametrize("text", ["", "三", "-1", "nan", "inf"])
def test_a_factor_that_is_no_amount_is_refused(written: Write, text: str) -> None:
    factors = read_factors(written("f.csv", FACTORS.replace("3.1,tCO2/t", f"{text},tCO2/t")))
    assert [one.code for one in factors.findings] == ["factor-value"]


def test_rows_that_no_balance_has_are_named(written: Write) -> None:
    factors = read_factors(written("f.csv", FACTORS.replace("F2-F2a-T1-T2", "F2-F9")))
    assert [one.code for one in factors.findings] == ["factor-rows"]
    assert {one.fuel for one in factors.factors} == {"柴油", "天然气"}


def test_a_factor_for_all_groups_serves_rows_it_was_not_made_for_with_a_warning(written: Write) -> None:
    text = FACTORS.replace("3.1,tCO2/t,all F rows", "3.1,tCO2/t,F2-F2a-T1-T2")
    made = inventory(
        read_balance(written("b.csv", balance_text(DIESEL))), read_factors(written("f.csv", text))
    )
    assert made.table.filter(pl.col("sector") == TOTAL)["diesel_oil"].item() == pytest.approx(0.31)
    assert [(one.code, one.severity) for one in made.findings] == [("factor-beyond-rows", "warning")]


def test_a_file_without_a_column_of_factors_is_refused(written: Write) -> None:
    with pytest.raises(UnreadableSource, match="缺少列"):
        read_factors(written("f.csv", "fuel,unit\ndiesel,tCO2/t\n"))


def test_a_file_of_calorific_values_and_carbon_contents_is_read_by_the_rule(written: Write) -> None:
    text = "set,fuel,ncv,ncv_unit,carbon_content_tC_per_GJ,oxidation,source\n甲,diesel,42.652,GJ/t,0.0202,0.98,甲指南\n"
    factors = read_factors(written("f.csv", text))
    assert [one.value * 10 for one in factors.factors] == pytest.approx([30.9591], abs=5e-5)


def test_the_table_of_several_guides_is_not_taken_for_one_set(shared: Path) -> None:
    factors = read_factors(shared / "standards/carbon_fuel_factors.csv")
    assert factors.factors == ()
    assert [one.code for one in factors.findings] == ["sets-mixed"]


def test_the_effective_factors_reproduce_the_published_cells_that_they_cover(shared: Path) -> None:
    factors = read_factors(shared / "standards/carbon_ceads_effective.csv")
    balance = read_balance(shared / "data/energy_balance/provinces_2007_physical.csv")
    ours = inventory(balance, factors).table.select("province", "sector", "diesel_oil", "natural_gas")
    theirs = pl.read_csv(shared / "data/co2/ceads_provinces_2007.csv", infer_schema_length=None)
    both = ours.join(theirs, on=["province", "sector"]).filter(pl.col("natural_gas") > 0)
    cells = both.filter(pl.col("sector") != TOTAL).select(
        (pl.col("natural_gas") / pl.col("natural_gas_right") - 1).abs()
    )
    assert cells.height > 50
    assert cells.to_series().max() == pytest.approx(0, abs=1e-6)
    assert both.filter(pl.col("sector") == "Industry").is_empty()
