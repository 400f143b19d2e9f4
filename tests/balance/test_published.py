"""V2, V3, V9 and V10's tables: what the yearbooks printed, from ../shared (origin F is read, never copied)."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from duheng.ingest.balance.checking import check_balance
from duheng.ingest.balance.conversion import Converted, convert_balance
from duheng.ingest.balance.factors import read_factors
from duheng.ingest.balance.layout import TOTALS, layout
from duheng.ingest.balance.published import against
from duheng.ingest.balance.reading import read_balance
from duheng.ingest.balance.report import checked_file
from duheng.rules.balance import balance_energy_use, fuel_balance_difference

MISPRINTS = {("S7", "kerosene"), ("S8", "kerosene"), ("F2a", "fuel_oil")}
# The table prints the sums of a wrong cell as they follow from it.
FOLLOWING = {("F2a", "petroleum_total"), *(("F2a", total) for total in TOTALS)}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "energy_balance"


@pytest.fixture(scope="module")
def national(folder: Path) -> Converted:
    physical = read_balance(folder / "china_2007_physical.csv")
    return convert_balance(physical, read_factors(folder / "tce_factors_used_in_table_4_1_2007.csv"))


def _cells(converted: Converted) -> dict[tuple[str, str], float]:
    return {
        (row["row"], id): value
        for row in converted.frame.iter_rows(named=True)
        for id, value in row.items()
        if isinstance(value, float)
    }


def test_every_cell_of_the_national_table_but_the_known_misprints_is_as_printed(
    national: Converted, folder: Path
) -> None:
    made, checked, wrong = _cells(national), 0, set()
    with (folder / "china_2007_tce.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for id in (*TOTALS, *national.of.columns()):
                if row[id]:
                    checked += 1
                    printed = float(row[id])
                    # The factors are known to five digits, so a cell is known to 1e-5 of itself.
                    if abs(made[row["row_code"], id] - printed) > max(0.1, 1e-5 * abs(printed)):
                        wrong.add((row["row_code"], id))
    assert checked == 349
    assert wrong == MISPRINTS | FOLLOWING


def test_the_three_misprints_come_out_as_findings(national: Converted, folder: Path) -> None:
    findings = against(national, read_balance(folder / "china_2007_tce.csv"))
    wrong = [finding.place for finding in findings if finding.severity == "error"]
    assert len(wrong) == 3
    for row, fuel in MISPRINTS:
        assert any(f"行{row} " in place and f"（{fuel}）" in place for place in wrong)
    assert sum(finding.code == "published-total-differs" for finding in findings) == len(FOLLOWING)


def test_both_national_totals_are_exact_to_ten_thousand_tonnes(national: Converted) -> None:
    row = next(row for row in national.frame.iter_rows(named=True) if row["row"] == "C")
    assert [round(row[total]) for total in TOTALS] == [265583, 253488]


def test_a_kilowatt_hour_is_valued_at_the_coal_that_the_country_spent_for_it(national: Converted) -> None:
    assert national.equal[0]["electricity"] == pytest.approx(3.4350, abs=5e-5)


def test_the_rows_of_power_and_heat_are_empty_in_the_equivalent_total(national: Converted) -> None:
    rows = {row["row"]: row for row in national.frame.iter_rows(named=True)}
    assert rows["T1"][TOTALS[0]] is None
    assert rows["T2"][TOTALS[0]] is None
    assert rows["T1"][TOTALS[1]] == pytest.approx(-60068.9696, abs=1e-3)


def test_every_finding_of_the_provincial_tables_comes_out(shared: Path, folder: Path) -> None:
    checked = check_balance(read_balance(folder / "provinces_2007_physical.csv"))
    with (shared / "data/validation/balance_identity_findings_2007.csv").open(encoding="utf-8") as file:
        expected = {
            (row["province"], row["identity"], row["fuel"]): float(row["difference"])
            for row in csv.DictReader(file)
        }
    held = {identity for _, identity, _ in expected}
    found = {
        (one.region, one.identity, one.fuel): one.difference
        for one in checked.discrepancies
        if one.identity in held
    }
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=0.0101)
    assert {one.tolerance for one in checked.discrepancies if one.identity in held} == {0.05}


def test_the_national_table_and_a_table_with_both_stocks_close(folder: Path) -> None:
    for name in ("china_2007_physical.csv", "shandong_2005_coal_part_tce.csv"):
        assert check_balance(read_balance(folder / name)).discrepancies == ()


@pytest.mark.parametrize(
    "name", ["china_overall_balance_1985_2002.csv", "fujian_overall_balance_2000_2021.csv"]
)
def test_the_official_overall_balances_close(folder: Path, name: str) -> None:
    checked, findings = checked_file(folder / name)
    assert (findings, [one for one in checked.discrepancies if one.identity != "use_sum"]) == ([], [])
    assert all(abs(one.difference or 0) <= 1 for one in checked.discrepancies)


def test_an_overall_balance_that_does_not_close_says_so(tmp_path: Path) -> None:
    path = tmp_path / "overall.csv"
    head = (
        "年份,可供消费的能源总量,一次能源生产量,进口量,出口量,年初年末库存差额,"
        "能源消费总量,终端消费,加工转换损失量,损失量"
    )
    path.write_text(f"{head}\n2020,100,90,30,10,-5,103,99,3,1\n2021,100,90,30,10,-10,103,99,3,\n", "utf-8")
    checked, _ = checked_file(path)
    assert [(one.region, one.identity, one.difference) for one in checked.discrepancies] == [
        ("2020", "supply_sum", -5.0)
    ]
    assert any("2021" in finding.place and "loss" in finding.found for finding in checked.unchecked)


def test_an_identity_is_not_judged_where_the_copy_lacks_its_rows(folder: Path) -> None:
    checked = check_balance(read_balance(folder / "china_2007_tce.csv"))
    assert {one.identity for one in checked.discrepancies} == {
        "petroleum_total_S7", "petroleum_total_S8", "sign_S7", "sign_S8"
    }  # fmt: skip
    assert ["S4" in finding.found for finding in checked.unchecked] == [True, False, False, False]


def test_the_rules_give_the_test_vectors(shared: Path) -> None:
    with (shared / "standards/energy_balance_testvectors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 13
    for row in rows:
        supply, transformed, lost, final = (float(row[id]) for id in ("S", "T", "L", "F"))
        gap = fuel_balance_difference.number(supply=supply, transformed=transformed, lost=lost, final=final)
        assert gap == pytest.approx(float(row["D_printed"]), abs=0.101 if "rounding" in row["rule"] else 1e-2)
        if row["C_printed"] and row["rule"].startswith(("C = F + L - T", "all T")):
            use = balance_energy_use.number(final=final, lost=lost, transformed=transformed)
            assert use == pytest.approx(float(row["C_printed"]), abs=2e-4)


def test_the_labels_of_the_official_form_are_all_placed(shared: Path) -> None:
    found = defaultdict(list)
    with (shared / "data/forms/form_p303_1_balance_rows.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            placed = layout().row(row["row_zh"])
            assert placed is not None, row["row_zh"]
            found[placed.code].append(row["row_zh"])
    assert all(len(labels) == 1 for labels in found.values())
