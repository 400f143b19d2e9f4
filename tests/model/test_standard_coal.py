"""The packaged axes and the factors of GB/T 2589: complete, cited, and right by their own calorific values."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from duheng.model.glossary import axes, axis
from duheng.model.parameters import packaged, parameter
from duheng.model.rounding import judge
from duheng.model.units import convert, parse_unit

BEFORE, SINCE = date(2020, 12, 31), date(2021, 4, 1)


def factor(item: str, on: date = SINCE) -> Decimal:
    setting = parameter("standard_coal_factor").at(on, item)
    assert setting is not None
    return setting.value


@pytest.mark.parametrize(
    ("item", "kilojoules"),
    [
        ("原煤", 20934),
        ("洗精煤", 26377),
        ("洗中煤", 8374),
        ("焦炭", 28470),
        ("原油", 41868),
        ("汽油", 43124),
        ("柴油", 42705),
        ("液化石油气", 50242),
        ("液化天然气", 51498),
        ("炼厂干气", 46055),
        ("甲醇", 19913),
        ("乙醇", 26800),
    ],
)
def test_a_factor_is_the_calorific_value_printed_beside_it_over_that_of_standard_coal(
    item: str, kilojoules: int
) -> None:
    assert judge(kilojoules / 29307.6, 4) == factor(item)


@pytest.mark.parametrize(
    ("item", "kilojoules"),
    [("高炉煤气", 3768), ("发生炉煤气", 5234), ("水煤气", 10467), ("压力气化煤气", 15072), ("氢气", 9756)],
)
def test_a_factor_of_a_gas_is_per_ten_thousand_cubic_metres(item: str, kilojoules: int) -> None:
    per_cubic_metre = convert(factor(item), "tce/万m3", "kgce/m3")
    assert judge(kilojoules / 29307.6, 4) == per_cubic_metre


def test_electricity_keeps_the_printed_factor_and_not_the_quotient() -> None:
    # 3600 kJ / 29307.6 kJ is 0.1228; the standard prints 0.1229 (860 kcal / 7000 kcal).
    assert convert(factor("电力"), "tce/万kWh", "kgce/kWh") == Decimal("0.1229")


def test_coal_tar_keeps_the_printed_factor_too() -> None:
    # By kilojoules it would be 1.1428 (33494 kJ is itself rounded); by calories it is the printed 1.1429.
    assert judge(Decimal(8000) / Decimal(7000), 4) == factor("煤焦油")


def test_heat_is_reckoned_per_gigajoule() -> None:
    assert convert(factor("热力"), "tce/GJ", "kgce/MJ") == Decimal("0.03412")


def test_a_works_energy_adds_up_as_worked_by_hand() -> None:
    used = {"原煤": 100, "电力": 20, "热力": 1000, "柴油": 2}
    assert sum(amount * factor(item) for item, amount in used.items()) == Decimal("133.0442")


@pytest.mark.parametrize("item", ["天然气", "焦炉煤气", "沼气", "煤泥"])
def test_a_fuel_for_which_the_standard_prints_a_range_has_no_national_value(item: str) -> None:
    assert item in axis("fuel").items
    assert parameter("standard_coal_factor").at(SINCE, item) is None


def test_the_base_year_has_the_factors_of_the_earlier_edition() -> None:
    setting = parameter("standard_coal_factor").at(BEFORE, "原煤")
    assert setting is not None
    assert setting.cite.startswith("GB/T 2589-2008")


def test_a_fuel_new_in_the_later_edition_has_no_value_before_it() -> None:
    assert parameter("standard_coal_factor").at(BEFORE, "甲醇") is None


def test_no_factor_claims_to_be_verified_as_the_standard_itself_was_not_read() -> None:
    assert {setting.certainty for setting in parameter("standard_coal_factor").settings} == {
        "secondary",
        "memory",
    }


def test_every_item_is_named_once() -> None:
    for id in axes():
        items = axis(id).items.values()
        names = Counter(name for item in items for name in {item.title, item.title_en, *item.aliases})
        assert [name for name, count in names.items() if count > 1] == []


def test_every_item_has_a_known_unit() -> None:
    items = [item for id in axes() for item in axis(id).items.values()]
    assert len(items) > 50
    assert all(parse_unit(item.unit) for item in items)


def test_every_parameter_speaks_of_items_of_its_axis() -> None:
    for known in packaged().values():
        if known.axis:
            assert {s.item for s in known.settings} <= {None, *axis(known.axis).items}


@pytest.mark.parametrize(
    ("alias", "title"),
    [("电力（当量值）", "电力"), ("raw_coal", "原煤"), ("LPG", "液化石油气"), ("型煤", "煤制品")],
)
def test_a_fuel_is_found_by_its_other_names(alias: str, title: str) -> None:
    assert axis("fuel").find(alias).title == title


@pytest.mark.parametrize(
    ("alias", "title"), [("COD", "化学需氧量"), ("NH3-N", "氨氮"), ("VOCs", "挥发性有机物")]
)
def test_a_pollutant_is_found_by_its_other_names(alias: str, title: str) -> None:
    assert axis("pollutant").find(alias).title == title
