"""Rounding and comparing of judged digits (GB/T 8170-2008)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duheng.model.rounding import judge, printed, shown


@dataclass(frozen=True)
class Measure:
    unit: str
    printed_unit: str
    decimals: int


RATE = Measure("1", "%", 2)
ENERGY = Measure("tce", "万tce", 2)
FUEL = Measure("<fuel>", "<fuel>", 2)
AREA = Measure("m2", "亩", 2)


@pytest.mark.parametrize(
    ("value", "decimals", "judged"),
    [
        ("12.1498", 1, "12.1"),
        ("12.1498", 0, "12"),
        ("1268", -2, "1300"),
        ("10.5002", 0, "11"),
        ("1.050", 1, "1.0"),
        ("0.35", 1, "0.4"),
        ("2500", -3, "2000"),
        ("3500", -3, "4000"),
        ("0.0325", 3, "0.032"),
        ("32500", -3, "32000"),
        ("-355", -1, "-360"),
        ("-325", -1, "-320"),
        ("-0.0365", 3, "-0.036"),
        ("15.4546", 0, "15"),  # 3.3: not 15.455, 15.46, 15.5, 16
        ("8.53459", 2, "8.53"),
    ],
)
def test_the_examples_of_the_standard_come_out_as_printed(value: str, decimals: int, judged: str) -> None:
    assert str(judge(Decimal(value), decimals)) == judged
    assert str(judge(float(value), decimals)) == judged


@pytest.mark.parametrize(
    ("value", "decimals", "judged"),
    [
        (14.499999999999998, 1, "14.5"),
        (14.499999999999998, 2, "14.50"),
        (0.145 * 100, 2, "14.50"),
        (0.1 + 0.2, 1, "0.3"),
        (2.675, 2, "2.68"),  # in binary it is 2.67499..., in the report it is 2.675
        (1.005, 2, "1.00"),
        ((1 - 0.99545) * 100, 2, "0.46"),  # 0.455 but for what the difference left behind
        ((1 - 0.99555) * 100, 2, "0.44"),  # 0.445
        (5, 0, "5"),
        (1e16 + 2, 0, "10000000000000000"),
    ],
)
def test_the_noise_of_binary_numbers_is_removed_before_the_one_rounding(
    value: float, decimals: int, judged: str
) -> None:
    assert str(judge(value, decimals)) == judged


def test_a_decimal_is_taken_as_exact() -> None:
    assert judge(Decimal("14.4949999999999999999999"), 2) == Decimal("14.49")
    assert judge(Decimal("12345678901234567890.125"), 2) == Decimal("12345678901234567890.12")


def test_a_county_exactly_on_the_target_has_met_it() -> None:
    assert judge((1 - 0.855) * 100, 2) == Decimal("14.5")


def test_a_county_four_hundredths_below_the_target_has_not_met_it() -> None:
    assert judge((1 - 0.8554) * 100, 2) == Decimal("14.46")


def test_digits_that_are_not_judged_do_not_decide() -> None:
    assert judge(14.504, 2) == judge(14.496, 2)


@pytest.mark.parametrize(
    "unknown", [None, float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity")]
)
def test_what_is_unknown_stays_unknown(unknown: float | Decimal | None) -> None:
    assert judge(unknown, 2) is None
    assert shown(unknown, RATE) is None


@pytest.mark.parametrize("value", [-0.001, -0.0, 0.0, 5e-324, Decimal("-0.001")])
def test_nought_has_no_sign(value: float | Decimal) -> None:
    assert shown(value, FUEL) == "0.00"


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [
        (0.145, RATE, "14.50"),
        (0.1446, RATE, "14.46"),
        (Decimal("0.145"), RATE, "14.50"),
        (1054080.0, ENERGY, "105.41"),
        (1234567890.0, ENERGY, "123456.79"),
        (12.5, FUEL, "12.50"),
        (Decimal(2000), AREA, "3.00"),
        (1e300, FUEL, f"{10**300}.00"),
    ],
)
def test_a_number_is_shown_in_its_printed_unit_with_its_declared_digits(
    value: float | Decimal, quantity: Measure, text: str
) -> None:
    assert shown(value, quantity) == text


def test_the_page_shows_the_digits_that_were_judged() -> None:
    assert shown(0.14496, RATE) == str(printed(0.14496, RATE)) == "14.50"


places = st.integers(min_value=-3, max_value=6)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4), places
)
def test_a_float_is_judged_as_the_decimal_it_was_written_from(value: Decimal, decimals: int) -> None:
    assert judge(float(value), decimals) == judge(value, decimals)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20), places)
def test_a_judged_number_is_the_nearest_with_these_decimals_and_judging_it_again_changes_nothing(
    value: Decimal, decimals: int
) -> None:
    judged = judge(value, decimals)
    assert judged is not None
    with localcontext(prec=200, rounding=ROUND_HALF_EVEN):
        assert abs(judged - value) * 2 <= Decimal(10) ** -decimals
    assert judge(judged, decimals) == judged


@given(st.floats(), places)
def test_any_float_is_judged_or_unknown(value: float, decimals: int) -> None:
    judged = judge(value, decimals)
    assert judged is None or judged.is_finite()
