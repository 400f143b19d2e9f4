"""The checks of a small balance: a sound one has no findings, each fault is named with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duheng.ingest.balance.checking import check_balance
from duheng.ingest.balance.discrepancy import Checked
from duheng.ingest.balance.reading import read_balance
from duheng.model.parameters import Local, Parameters, Setting, packaged

Write = Callable[..., Path]


def _check(path: Path) -> Checked:
    return check_balance(read_balance(path))


def _found(path: Path) -> set[tuple[str, str]]:
    return {(one.identity, one.fuel) for one in _check(path).discrepancies}


def test_a_balance_that_closes_has_no_findings(county: Write) -> None:
    balance = read_balance(county())
    checked = check_balance(balance)
    assert (checked.discrepancies, checked.unchecked, checked.remarks, balance.findings) == ((), (), (), [])


def test_a_balance_that_does_not_close_says_by_how_much(county: Write) -> None:
    found = _check(county(cells={("L", "electricity"): 1.8})).discrepancies
    assert {(one.identity, one.fuel) for one in found} == {("D", "electricity"), ("C", "electricity")}
    difference = next(one for one in found if one.identity == "D")
    assert (difference.region, difference.printed) == ("甲县", 0.0)
    assert difference.recomputed == pytest.approx(-1.3)
    assert difference.difference == pytest.approx(1.3)
    assert difference.tolerance == 0.25  # four terms and their sum, half of the only decimal printed each


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        (("S3", "diesel"), 6, ("S_sum", "diesel")),
        (("T1", "raw_coal"), -45, ("T_sum", "raw_coal")),
        (("F7", "diesel"), 9, ("F_sum", "diesel")),
        (("F6a", "raw_coal"), 9, ("F6_sum", "raw_coal")),
        (("C", "natural_gas"), 9, ("C", "natural_gas")),
        (("F1", "coal_total"), 9, ("coal_total_F1", "coal_total")),
        (("S6", "natural_gas"), 1, ("sign_S6", "natural_gas")),
        (("F3", "electricity"), -1, ("sign_F3", "electricity")),
    ],
)
def test_each_fault_is_found(
    county: Write, cell: tuple[str, str], value: float, expected: tuple[str, str]
) -> None:
    fine = {("F1", "electricity"): 0.5, cell: value}
    assert expected in _found(county(cells=fine)) | _small(county, fine)


def _small(county: Write, cells: dict[tuple[str, str], float]) -> set[tuple[str, str]]:
    """Found with two decimals printed: the tolerance is then 0.05."""
    return _found(county(cells=cells | {("F1", "electricity"): 0.50, ("S1", "electricity"): "1.00"}))


def test_the_tolerance_follows_the_printed_digits(county: Write) -> None:
    coarse = county(cells={("S3", "electricity"): 3.1})
    assert ("S_sum", "electricity") not in _found(coarse)
    fine = county(cells={("S3", "electricity"): "3.10"})
    assert ("S_sum", "electricity") in _found(fine)


def test_a_negative_stock_is_named(county: Write) -> None:
    path = county(more={"row_label_zh": {"S9": "年末库存量(-)"}}, cells={("S9", "diesel"): 5})
    assert ("sign_S9", "diesel") in _found(path)
    change = county(cells={("S9", "diesel"): 5, ("S", "diesel"): 10})
    assert ("sign_S9", "diesel") not in _found(change)  # a change of stocks has any sign


def test_a_reinvestment_is_subtracted_whatever_its_printed_sign(tmp_path: Path) -> None:
    for sign in ("", "-"):
        path = tmp_path / "coke.csv"
        path.write_text(f"row_code,coke\nT,90\nT1,\nT2,\nT4,100\nT6,\nT6a,{sign}10\n", "utf-8")
        assert _found(path) == set()


def test_an_unreadable_cell_is_no_discrepancy(county: Write) -> None:
    balance = read_balance(county(cells={("F2", "diesel"): "一"}))
    assert [finding.code for finding in balance.findings] == ["cell-unreadable"]
    assert check_balance(balance).discrepancies == ()


def test_rows_and_columns_that_cannot_be_placed_are_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("项目,原煤,泥炭\n四、终端消费量,5,1\n外星消费,2,1\n", "utf-8")
    balance = read_balance(path)
    assert [finding.code for finding in balance.findings] == ["row-unknown", "column-unknown"]
    assert "外星消费" in balance.findings[0].text
    assert "泥炭" in balance.findings[1].text


def test_a_row_that_stands_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("row_code,raw_coal\nF,5\nF,6\n", "utf-8")
    assert [finding.code for finding in read_balance(path).findings] == ["row-twice"]


def test_coded_rows_stand_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "shuffled.csv"
    rows = (
        "T,加工转换投入产出量,",
        "T1,火力发电,-2",
        "S2,2.回收能,1",
        "S,可供本地区消费的能源量,3",
        "S1,一次能源生产量,2",
    )
    path.write_text("\n".join(["row_code,项目,raw_coal", *rows]), "utf-8")
    balance = read_balance(path)
    assert (balance.findings, balance.frame["row"].to_list()) == ([], ["T", "T1", "S2", "S", "S1"])


def test_groups_of_final_use_stand_for_their_parts(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    lines = [
        "四、终端消费量,10",
        "(一)第一产业,1",
        "(二)第二产业,5",
        "1.工业,4",
        "2.建筑业,1",
        "(三)第三产业,2",
    ]
    more = ["1.交通运输、仓储和邮政业,1", "2.批发、零售业和住宿、餐饮业,", "3.其他,1", "(四)生活消费,2"]
    path.write_text("\n".join(["项目,原煤（万吨）", *lines, *more]), "utf-8")
    assert _found(path) == set()
    path.write_text("\n".join(["项目,原煤（万吨）", *lines, *more]).replace("1.工业,4", "1.工业,14"), "utf-8")
    assert {identity for identity, _ in _found(path)} == {"F_sum", "F2g_sum"}


def test_the_limit_of_a_difference_is_the_place_s_own_from_its_day_and_names_its_text(county: Write) -> None:
    balance = read_balance(county(cells={("D", "raw_coal"): 2.5, ("S", "raw_coal"): 112.5}))
    of = packaged()["balance_gap_most"]
    own = Setting(date(2024, 1, 1), Decimal("0.001"), "市统计局核定 7号", where="512000")
    here = Local(Parameters({of.id: replace(of, settings=(*of.settings, own))}), "512000")
    before, after = (check_balance(balance, here, date(year, 12, 31)).remarks for year in (2023, 2024))
    assert [(one.fuel, one.certainty) for one in before] == [("raw_coal", "memory")]
    assert before[0].comment.endswith("超过1.0%（能源平衡表核对的常用限值（出处待核），未核实）")
    assert after[0].comment.endswith("超过0.1%（市统计局核定 7号）")
    assert after[0].certainty == "verified"


def test_a_stock_of_the_wrong_sign_is_told_its_bound_and_no_guess(county: Write) -> None:
    path = county(cells={("S9", "diesel"): 3}, more={"row_label": {"S9": "10.年末库存量"}})
    opening = county(cells={("S3", "diesel"): 8}, name="opening.csv")
    opening.write_text(opening.read_text("utf-8") + "甲县,2023,S0,,,-3,,,\n", "utf-8")
    for file, row, bound, said in (
        (opening, "sign_S0", "不小于0", "年初库存量（行S0）为负"),
        (path, "sign_S9", "不大于0", "年末库存量（行S9）为正"),
    ):
        found = next(one for one in check_balance(read_balance(file)).discrepancies if one.identity == row)
        assert (found.recomputed, found.difference) == (None, None)
        assert found.finding().expected == bound
        assert said in found.comment


def test_rows_that_are_wanting_are_named_as_the_form_prints_them(county: Write) -> None:
    (unchecked,) = _check(county(cells={("F", "diesel"): 9}, without=("F3", "C", "D"))).unchecked
    assert "没有建筑业（F3）行" in unchecked.found
