"""What single cells of a plain table state: units, shares, concentrations below nought or below detection."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plain.test_compute import computed


def test_a_unit_in_a_cell_goes_before_that_of_its_column(tmp_path: Path) -> None:
    text = 'entity,period,energy,gdp\n,,万吨标准煤,亿元\n甲县,2023,15000 tce,3\n乙县,2023,1.5,"3,000万元"\n'
    assert [row[-1] for row in computed(tmp_path, "energy_intensity", text).rows] == ["0.5", "5.0"]
    growth = "entity,period,energy,gdp_real_growth\n甲县,2023,100,\n甲县,2024,103,5%\n"
    assert float(computed(tmp_path, "energy_elasticity", growth).rows[1][-1]) == pytest.approx(0.6)


def test_a_concentration_below_nought_is_unknown(tmp_path: Path) -> None:
    text = (
        "entity,period,item,air_tax_concentration,air_tax_limit,air_tax_exceedances\n"
        "甲,2024-01,二氧化硫,-5,100,0\n"
    )
    made = computed(tmp_path, "air_payable_share", text)
    assert (made.rows[0][-1], [one.code for one in made.findings]) == ("", ["table.negative"])


def test_days_below_nought_are_unknown_and_none_are_known(tmp_path: Path) -> None:
    header = "entity,period,item,annual_reduction,operating_days,year_days\n"
    made = computed(
        tmp_path, "first_year_reduction", header + "甲,2023,氨氮,5,-3,365\n乙,2023,氨氮,5,0,365\n"
    )
    assert [row[-1] for row in made.rows] == ["", "0.0"]
    assert [one.code for one in made.findings] == ["table.negative"]


def test_decibels_with_decimals_are_unknown_and_whole_ones_are_known(tmp_path: Path) -> None:
    header = "entity,period,noise_exceedance,noise_far_places,noise_short_month\n"
    made = computed(
        tmp_path, "noise_tax", header + "甲,2024-01,3.5,0,0\n乙,2024-01,4,0,0\n丙,2024-01,3.0,0,0\n"
    )
    (finding,) = made.findings
    assert [row[-1] for row in made.rows] == ["", "700.0", "350.0"]
    assert finding.text == (
        "input.csv 第2行 noise_exceedance：3.5，应为整数。请四舍五入为4再填；在此之前按未知处理。"
    )
    assert (
        "请四舍五入为3再填"
        in computed(tmp_path, "noise_tax", header + "甲,2024-01,3.4,0,0\n").findings[0].text
    )


def test_a_share_above_one_without_a_unit_is_asked_about(tmp_path: Path) -> None:
    header = "entity,period,oil_throughput,oil_factor,vapour_recovery\n"
    made = computed(
        tmp_path,
        "station_emission",
        header + "甲,2023,1000,1.6,95\n乙,2023,1000,1.6,95%\n丙,2023,1000,1.6,1\n",
    )
    (finding,) = [one for one in made.findings if one.code == "table.share"]
    assert (finding.severity, finding.place) == ("warning", "input.csv 第2行 vapour_recovery")
    assert "请写作 0.95 或 95%" in finding.remedy
    with_unit = computed(tmp_path, "station_emission", header + ",,,,%\n甲,2023,1000,1.6,95\n")
    assert with_unit.findings == ()


def test_below_detection_is_neither_nought_nor_a_typing_error(tmp_path: Path) -> None:
    text = "entity,period,item,water_concentration\n断面,2024-05,氟化物,<0.1\n断面,2024-05,氨氮,五\n"
    remedies = [
        one.remedy
        for one in computed(tmp_path, "water_item_class", text).findings
        if one.code == "table.number"
    ]
    assert ["检出限" in one for one in remedies] == [True, False]
