"""A small balance in standard coal: what is known, what is unknown, and that nothing is lost or guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duheng.ingest.balance.conversion import Converted, Method, convert_balance
from duheng.ingest.balance.factors import read_factors, standard_factors
from duheng.ingest.balance.layout import CALORIFIC_TOTAL, EQUIVALENT_TOTAL, layout
from duheng.ingest.balance.output import header_of, rows_of
from duheng.ingest.balance.published import efficiencies
from duheng.ingest.balance.reading import read_balance
from duheng.model.errors import UnreadableSource
from tests.balance.conftest import HEADER

Write = Callable[..., Path]


def _rows(converted: Converted) -> dict[str, dict[str, Any]]:
    header = header_of(converted)
    rows = [dict(zip(header, row, strict=True)) for row in rows_of(converted)]
    return {str(row["row_code"]): row for row in rows}


def _codes(converted: Converted) -> list[str]:
    return [finding.code for finding in converted.findings]


def test_both_totals_are_printed_and_every_row(county: Write, factors: Write) -> None:
    converted = convert_balance(read_balance(county()), read_factors(factors()))
    rows = _rows(converted)
    # 50×0.7 + 5×1.5 + 2×12 + 200×0.05 + 11.5×1.2; equal values: 28/8 and 14/200.
    assert rows["F"][CALORIFIC_TOTAL] == 90.3
    assert rows["F"][EQUIVALENT_TOTAL] == 120.75
    assert rows["C"][EQUIVALENT_TOTAL] == pytest.approx(
        120.75 + 1.75
    )  # no loss in making power, a lost half of it
    assert len(rows) == 24
    assert _codes(converted) == []


def test_the_method_changes_only_electricity_and_heat(county: Write, factors: Write) -> None:
    balance, known = read_balance(county()), read_factors(factors())
    calorific, equivalent = (
        _rows(convert_balance(balance, known, method)) for method in ("calorific", "equivalent")
    )
    changed = {
        id for code, row in calorific.items() for id, cell in row.items() if equivalent[code][id] != cell
    }
    assert changed == {"electricity", "heat", "method"}
    assert equivalent["F"]["electricity"] == 40.25
    assert equivalent["F"]["heat"] == 14


def test_the_total_is_linear_in_the_quantities(county: Write, factors: Write) -> None:
    known = read_factors(factors())
    single = _rows(convert_balance(read_balance(county()), known))
    from tests.balance.conftest import ROWS

    twice = {(code, fuel): cell * 2 for code, cells in ROWS.items() for fuel, cell in zip(HEADER[3:], cells, strict=True) if cell}  # fmt: skip  # noqa: E501
    double = _rows(convert_balance(read_balance(county(cells=twice)), known))
    for code, row in single.items():
        for total in (CALORIFIC_TOTAL, EQUIVALENT_TOTAL):
            assert double[code][total] == (None if row[total] is None else pytest.approx(2 * row[total]))


def test_a_header_unit_is_converted(county: Write, factors: Write) -> None:
    tonnes = {(code, "diesel"): value for code, value in {"S": 50000, "F": 50000}.items()}
    path = county(cells=tonnes, header={"diesel": "柴油（吨）"})
    rows = _rows(convert_balance(read_balance(path), read_factors(factors())))
    assert rows["F"]["diesel"] == 7.5


def test_a_mass_for_gas_is_refused_by_name_and_nothing_is_guessed(county: Write, factors: Write) -> None:
    converted = convert_balance(
        read_balance(county(header={"natural_gas": "天然气(万吨)"})), read_factors(factors())
    )
    rows = _rows(converted)
    assert _codes(converted) == ["unit-wrong"]
    assert "万吨" in converted.findings[0].text
    assert rows["F"]["natural_gas"] is None
    assert rows["F"][CALORIFIC_TOTAL] is None
    assert rows["F"]["raw_coal"] == 35
    assert rows["T"][CALORIFIC_TOTAL] is not None  # no gas there


def test_a_fuel_without_factor_leaves_its_totals_unknown(county: Write, factors: Write) -> None:
    converted = convert_balance(read_balance(county()), read_factors(factors(natural_gas=None)))
    rows = _rows(converted)
    assert _codes(converted) == ["factor-missing"]
    assert "天然气" in converted.findings[0].place
    assert (rows["F"]["natural_gas"], rows["F"][CALORIFIC_TOTAL]) == (None, None)
    assert rows["T1"][CALORIFIC_TOTAL] == pytest.approx(-28 + 9.6)


def test_where_the_standard_has_a_range_the_second_source_is_used_and_named(county: Write) -> None:
    converted = convert_balance(read_balance(county()), standard_factors())
    rows = _rows(converted)
    assert rows["F"]["raw_coal"] == pytest.approx(50 * 0.7143)
    assert rows["F"]["natural_gas"] == pytest.approx(2 * 12.15)
    assert rows["F"]["factors"] == "GB/T 2589-2020；天然气：中国能源统计年鉴附录缺省系数"
    second = [finding for finding in converted.findings if finding.code == "factor-second-source"]
    assert [(one.severity, "12.15万tce/亿m3" in one.found) for one in second] == [("notice", True)]
    unverified = next(finding for finding in converted.findings if finding.code == "factor-unverified")
    assert "原煤" in unverified.found
    assert "电力" not in unverified.found


def test_the_second_source_serves_only_what_the_standard_leaves_open() -> None:
    known = standard_factors()
    assert known.values["raw_coal", "*"] == pytest.approx(
        0.7143
    )  # the standard's, though the yearbook has one
    assert "raw_coal" not in known.second
    assert {"natural_gas", "other_gas", "coke_oven_gas", "briquettes", "other_washed_coal"} < known.second
    assert not known.missing


@pytest.mark.parametrize("method", ["calorific", "equivalent"])
def test_the_provinces_have_both_totals_without_a_factor_file(shared: Path, method: Method) -> None:
    path = shared / "data/energy_balance/provinces_2007_physical.csv"
    converted = convert_balance(read_balance(path), standard_factors(), method)
    assert not [finding.text for finding in converted.findings if finding.severity == "error"]
    for physical, row in zip(
        converted.of.frame.rows(named=True), converted.frame.rows(named=True), strict=True
    ):
        if any(physical.get(column.id) is not None for column in layout().fuels()):
            assert row[CALORIFIC_TOTAL] == row[CALORIFIC_TOTAL] is not None, row  # neither blank nor NaN
            if row["row"] not in ("T1", "T2"):  # the equal values make these two cancel
                assert row[EQUIVALENT_TOTAL] == row[EQUIVALENT_TOTAL] is not None, row


def test_two_factors_for_a_fuel_are_none(county: Write, factors: Write) -> None:
    converted = convert_balance(read_balance(county()), read_factors(factors("diesel,*,1.4")))
    assert {"factor-twice", "factor-missing"} <= set(_codes(converted))
    assert _rows(converted)["F"]["diesel"] is None


def test_a_factor_whose_names_contradict_is_not_used(county: Write, tmp_path: Path) -> None:
    path = tmp_path / "contradicting.csv"
    path.write_text("fuel,fuel_zh,factor,factor_unit\nraw_coal,焦炭,0.7,tce/t\n,柴油,1.5,tce/t\n", "utf-8")
    known = read_factors(path)
    assert [(one.code, one.severity) for one in known.findings] == [("factor-fuel-contradicting", "error")]
    rows = _rows(convert_balance(read_balance(county()), known))
    assert (rows["F"]["raw_coal"], rows["F"]["diesel"]) == (None, 7.5)


def test_an_unknown_column_is_passed_through_and_the_totals_of_its_rows_alone_are_unknown(
    county: Write, factors: Write
) -> None:
    path = county(more={"牛粪": {"F5": 3.25, "F4": 0}})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    rows = _rows(converted)
    assert _codes(converted) == ["column-unknown"]
    assert "第10列“牛粪”：不认识的品种列，第19行有数" in converted.findings[0].text
    assert (rows["F5"]["牛粪"], rows["F4"]["牛粪"], len(rows)) == ("3.25", "0", 24)
    assert [id for id, row in rows.items() if row[CALORIFIC_TOTAL] is None] == ["S4", "S7", "T6", "F5", "F7"]
    assert (rows["F5"]["raw_coal"], rows["F5"]["coal_total"], rows["F4"][CALORIFIC_TOTAL]) == (0.7, 0.7, 3)
    assert rows["F5"][EQUIVALENT_TOTAL] is None


def test_an_unknown_fuel_of_final_use_leaves_the_total_consumption_unknown(
    county: Write, factors: Write
) -> None:
    converted = convert_balance(read_balance(county(more={"牛粪": {"F": 3.25}})), read_factors(factors()))
    row = _rows(converted)["C"]
    assert (row[CALORIFIC_TOTAL], row[EQUIVALENT_TOTAL], row["coal_total"]) == (None, None, 77)


def test_an_unknown_fuel_that_a_plant_burns_leaves_the_value_of_its_power_unknown(
    county: Write, factors: Write
) -> None:
    balance = read_balance(county(more={"牛粪": {"T1": -3.25}}))
    converted = convert_balance(balance, read_factors(factors()), "equivalent")
    assert _codes(converted) == ["column-unknown", "equal-value-unknown"]
    assert _rows(converted)["F"][EQUIVALENT_TOTAL] is None
    assert _rows(converted)["F"][CALORIFIC_TOTAL] == 90.3
    assert efficiencies(converted) == []


@pytest.mark.parametrize("cells", [{}, {"F": 0, "F1": "-", "C": 0.0}, {"F": "无"}])
def test_an_unknown_column_without_an_amount_spoils_no_total(
    county: Write, factors: Write, cells: dict[str, object]
) -> None:
    known = read_factors(factors())
    whole = _rows(convert_balance(read_balance(county()), known))
    converted = convert_balance(read_balance(county(more={"牛粪": cells})), known)
    assert [row[CALORIFIC_TOTAL] for row in _rows(converted).values()] == [
        row[CALORIFIC_TOTAL] for row in whole.values()
    ]
    assert [one.severity for one in converted.findings] == (["notice"] if 0 in cells.values() else [])


def test_of_two_columns_of_a_fuel_that_differ_none_is_guessed(county: Write, factors: Write) -> None:
    path = county(more={"柴油": {"F": 5, "F4": 1}})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    rows = _rows(converted)
    assert _codes(converted) == ["column-twice"]
    assert "柴油已另有一列，第18行的数与第6列不同" in converted.findings[0].text
    assert (rows["F4"][CALORIFIC_TOTAL], rows["F"][CALORIFIC_TOTAL]) == (None, 90.3)


def test_a_cell_beyond_the_header_is_said_and_its_row_has_no_total(county: Write, factors: Write) -> None:
    path = county(cells={("F4", "electricity"): "1,5"})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    rows = _rows(converted)
    assert _codes(converted) == ["row-too-long"]
    assert "多出“5”" in converted.findings[0].text
    assert (rows["F4"][CALORIFIC_TOTAL], rows["F"][CALORIFIC_TOTAL]) == (None, 90.3)


def test_a_text_in_a_cell_makes_its_totals_unknown(county: Write, factors: Write) -> None:
    path = county(cells={("F", "diesel"): "约5"})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    rows = _rows(converted)
    assert _codes(converted) == ["cell-unreadable"]
    assert (rows["F"]["diesel"], rows["F"][CALORIFIC_TOTAL]) == (None, None)
    assert rows["F4"][CALORIFIC_TOTAL] == 3


def test_a_subtotal_without_its_fuels_cannot_be_converted(county: Write, factors: Write) -> None:
    path = county(cells={("F7", "coal_total"): 4})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    assert _codes(converted) == ["parts-missing"]
    assert _rows(converted)["F7"][CALORIFIC_TOTAL] is None


def test_without_thermal_power_its_value_is_unknown_unless_the_file_states_it(
    county: Write, factors: Write
) -> None:
    path = county(without=("T1",))
    unknown = convert_balance(read_balance(path), read_factors(factors()))
    assert _codes(unknown) == ["equal-value-unknown"]
    assert _rows(unknown)["F"][EQUIVALENT_TOTAL] is None
    assert _rows(unknown)["F"][CALORIFIC_TOTAL] == 90.3
    stated = convert_balance(read_balance(path), read_factors(factors("电力（等价）,*,3.0")))
    assert _rows(stated)["F"][EQUIVALENT_TOTAL] == pytest.approx(35 + 7.5 + 24 + 14 + 34.5)


@pytest.mark.parametrize("row", ["F", "L", "T"])
def test_a_consumption_of_which_a_row_is_absent_is_unknown_and_the_row_named(
    county: Write, factors: Write, row: str
) -> None:
    converted = convert_balance(read_balance(county(without=(row,))), read_factors(factors()))
    total = _rows(converted)["C"]
    assert (total[CALORIFIC_TOTAL], total[EQUIVALENT_TOTAL], total["coal_total"]) == (None, None, None)
    assert total["diesel"] == 7.5
    (finding,) = [one for one in converted.findings if one.code == "consumption-unknown"]
    assert (finding.severity, f"（{row}）行" in finding.found) == ("error", True)
    blank = {(row, fuel): "" for fuel in HEADER[3:]}
    assert _rows(convert_balance(read_balance(county(blank)), read_factors(factors())))["C"][CALORIFIC_TOTAL]


def test_a_fuel_with_factors_by_row_has_no_consumption_without_its_final_use(
    county: Write, factors: Write
) -> None:
    lines = [f"raw_coal,{row},0.7" for row in ("S", "T1", "T2", "F", "F1", "F2", "F5", "F6")]
    known = read_factors(factors(*lines, raw_coal=None))
    rows = _rows(convert_balance(read_balance(county(without=("F",))), known))
    assert rows["C"]["raw_coal"] is None


def test_a_factor_by_row_serves_that_row_and_its_parts(county: Write, factors: Write) -> None:
    lines = [f"raw_coal,{row},{k}" for row, k in (("S3", 0.7), ("S6", 0.8), ("S9", 0.7), ("T1", 0.6), ("T2", 0.5), ("F", 0.75))]  # fmt: skip  # noqa: E501
    converted = convert_balance(read_balance(county()), read_factors(factors(*lines, raw_coal=None)))
    rows = _rows(converted)
    assert rows["F6b"]["raw_coal"] == 4.5
    assert rows["S"]["raw_coal"] == pytest.approx(84 - 4 - 3.5)
    assert rows["T"]["raw_coal"] == pytest.approx(-24 - 10)
    assert rows["C"]["raw_coal"] == pytest.approx(37.5 + 34)
    assert _codes(converted) == []


def test_a_table_in_standard_coal_is_not_converted_again(county: Write, factors: Write) -> None:
    path = county(more={"unit": dict.fromkeys(("S", "F"), "1e4 tce")})
    converted = convert_balance(read_balance(path), read_factors(factors()))
    assert "unit-wrong" in _codes(converted)
    assert _rows(converted)["F"]["raw_coal"] is None


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(UnreadableSource, match="平衡表"):
        read_balance(path)


def test_a_table_of_electricity_alone_is_converted_and_its_equal_value_is_unknown(shared: Path) -> None:
    table = read_balance(shared / "data/energy_balance/jilin_electricity_balance_2014.csv")
    converted = convert_balance(table, standard_factors())
    rows = _rows(converted).values()
    assert rows
    assert all(row[CALORIFIC_TOTAL] is not None for row in rows)
    assert {row[EQUIVALENT_TOTAL] for row in rows} == {None}
    assert "equal-value-unknown" in _codes(converted)
