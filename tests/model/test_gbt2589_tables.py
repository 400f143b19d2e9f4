"""Every row of the reference tables of GB/T 2589-2020 stands in the parameters, with its certainty."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duheng.model.glossary import axis, item_unit
from duheng.model.parameters import parameter
from duheng.model.rounding import judge
from duheng.model.units import convert
from duheng.rules.enterprise import measured_coal_factor

BEFORE, SINCE = date(2020, 12, 31), date(2021, 4, 1)
FUEL, MEDIUM = parameter("standard_coal_factor"), parameter("working_medium_factor")


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "standards" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_fuel_has_the_printed_factor_or_none_where_a_range_is_printed(shared: Path) -> None:
    listed = rows(shared, "energy_gbt2589_fuels.csv")
    assert len(listed) == 31
    for row in listed:
        item = axis("fuel").find(row["id"]).title
        setting = FUEL.at(SINCE, item)
        if row["coef_min"] != row["coef_max"]:
            assert setting is None, row["id"]
            unit = item_unit(FUEL, item)
            least, most = (convert(Decimal(row[n]), row["coef_unit"], unit) for n in ("coef_min", "coef_max"))
            assert f"{item}{least.normalize():f}～{most.normalize():f}" in FUEL.note, row["id"]
            continue
        assert setting is not None, row["id"]
        assert convert(setting.value, item_unit(FUEL, item), row["coef_unit"]) == Decimal(row["coef_min"])
        assert setting.certainty in {"memory", "secondary"}, row["id"]


def test_every_printed_calorific_value_gives_its_factor_through_the_rule(shared: Path) -> None:
    """7000 kcal are 29,307.6 kJ; the rule divides by the rounded 29,307: the same within the last printed digit."""
    for row in rows(shared, "energy_gbt2589_fuels.csv"):
        if row["id"].startswith("electricity"):
            continue  # printed from calories, 860/7000
        for heat, factor in (("ncv_min", "coef_min"), ("ncv_max", "coef_max")):
            found = measured_coal_factor.number(heat=float(row[heat]) / 1000, standard=29.307)
            assert abs((found or 0) - float(row[factor])) < 8e-5, row["id"]


def test_every_working_medium_has_the_factors_of_both_editions(shared: Path) -> None:
    listed = rows(shared, "energy_gbt2589_workmedia.csv")
    assert {axis("working_medium").find(row["id"]).title for row in listed} == set(
        axis("working_medium").items
    )
    for row in listed:
        item = axis("working_medium").find(row["id"]).title
        unit = item_unit(MEDIUM, item)
        printed = f"kgce/{row['physical_unit']}"
        for day, column in ((SINCE, "kgce_per_unit"), (BEFORE, "value_in_2008_edition")):
            setting = MEDIUM.at(day, item)
            assert setting is not None, row["id"]
            assert convert(setting.value, unit, printed) == Decimal(row[column]), row["id"]
            assert row[column] in setting.note
        newest = MEDIUM.at(SINCE, item)
        assert newest is not None
        assert newest.certainty == "memory"


@pytest.mark.parametrize("day", [BEFORE, SINCE])
def test_power_and_heat_have_one_calorific_value_in_both_places(day: date) -> None:
    for item, id in (("电力", "electricity_calorific_value"), ("热力", "heat_calorific_value")):
        alone, listed = parameter(id).at(day), FUEL.at(day, item)
        assert alone is not None
        assert listed is not None
        assert (alone.value, parameter(id).unit) == (listed.value, item_unit(FUEL, item))


def test_measured_factors_are_printed_to_four_digits() -> None:
    assert judge(measured_coal_factor.number(heat=20.934, standard=29.307), 4) == Decimal("0.7143")
