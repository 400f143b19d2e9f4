"""What a rule refuses when it loads, and how its wordings are chosen (L3, L4, L5, L6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from duheng.model import (
    BASE_YEAR,
    CHILDREN,
    LAST_YEAR,
    MONTHS,
    TARGET,
    Quantity,
    RuleError,
    ceil,
    clip,
    greatest,
    least,
    ln,
    parameter,
    rule,
    total,
    where,
)
from duheng.model.glossary import _registered
from duheng.model.periods import parse
from duheng.model.rule import leaves

MASS = Quantity("test_mass", "质量", "t")
VOLUME = Quantity("test_volume", "水量", "万m3")
STRENGTH = Quantity("test_strength", "浓度", "mg/L", axis="pollutant")
FUEL = Quantity("test_fuel", "用能", "<fuel>", axis="fuel")
SHARE = Quantity("test_share", "比率", "1")


@pytest.fixture(autouse=True)
def forget_test_rules() -> Iterator[None]:
    before = dict(_registered)
    yield
    _registered.clear()
    _registered.update(before)


def made(body: Any, unit: str = "t", **more: Any) -> Any:
    return rule(unit=unit, title="试", cite="试验 一", **more)(body)


def test_the_conversion_is_derived_from_the_units() -> None:
    def load(volume: Any = VOLUME, strength: Any = STRENGTH) -> Any:
        return volume * strength

    assert made(load, axis="pollutant").number(volume=2400, strength=100) == pytest.approx(2400)


def test_a_unit_of_another_dimension_is_refused() -> None:
    def wrong(mass: Any = MASS) -> Any:
        return mass

    with pytest.raises(RuleError, match=r"wrong.*量纲不同"):
        made(wrong, unit="m3")


def test_adding_different_units_is_refused() -> None:
    def wrong(mass: Any = MASS, volume: Any = VOLUME) -> Any:
        return mass + volume

    with pytest.raises(RuleError, match="单位不同"):
        made(wrong)


def test_an_if_on_an_argument_is_refused() -> None:
    def wrong(mass: Any = MASS) -> Any:
        return mass if mass > 0 else 0

    with pytest.raises(RuleError, match="where"):
        made(wrong)


def test_a_rule_without_citation_is_refused() -> None:
    def wrong(mass: Any = MASS) -> Any:
        return mass

    with pytest.raises(RuleError, match="依据"):
        rule(unit="t", title="试", cite=" ")(wrong)


def test_a_default_that_is_no_reference_is_refused() -> None:
    def wrong(mass: Any = 3) -> Any:
        return mass

    with pytest.raises(RuleError, match="默认值"):
        made(wrong)


def test_an_itemised_input_of_a_plain_rule_needs_a_total() -> None:
    def wrong(strength: Any = STRENGTH) -> Any:
        return strength

    with pytest.raises(RuleError, match="total"):
        made(wrong, unit="mg/L")


def test_an_unknown_word_in_the_body_is_refused() -> None:
    def wrong(mass: Any = MASS) -> Any:
        return mass + "一吨"

    with pytest.raises(RuleError, match="只能用参数和数字"):
        made(wrong)


@pytest.mark.parametrize("body", ["ln", "power", "exponent"])
def test_logarithms_and_powers_want_plain_numbers(body: str) -> None:
    def logarithm(mass: Any = MASS) -> Any:
        return ln(mass)

    def power(mass: Any = MASS, share: Any = SHARE) -> Any:
        return mass**share

    def exponent(mass: Any = MASS, share: Any = SHARE) -> Any:
        return share**mass

    with pytest.raises(RuleError, match="应为 1"):
        made({"ln": logarithm, "power": power, "exponent": exponent}[body])


def test_the_same_wording_twice_is_refused() -> None:
    def test_twice(mass: Any = MASS) -> Any:
        return mass

    first = made(test_twice)
    with pytest.raises(RuleError, match="不能有两种"):
        first.amend(cite="试验 二")(test_twice)


def test_what_is_rounded_first_is_an_input_of_the_wording() -> None:
    def test_rounded(mass: Any = MASS) -> Any:
        return mass

    first = made(test_rounded)
    with pytest.raises(RuleError, match="rounded 中的 weight 不是参数"):
        first.amend(cite="试验 二", rounded={"weight": {"t": 0}})(lambda mass=MASS: mass)
    first.amend(cite="试验 三", since=date(2022, 1, 1), rounded={"mass": {"t": 0}})(lambda mass=MASS: mass)
    before, after = (first.wording(date(year, 1, 1)) for year in (2021, 2022))
    assert [one.taken("mass", None, 2.5) for one in (before, after)] == [2.5, 2.0]
    assert [after.taken("mass", None, value) for value in (2.4, 3.5, None)] == [2.0, 4.0, None]


def test_the_most_specific_place_then_the_latest_date_is_in_force() -> None:
    def test_dated(mass: Any = MASS) -> Any:
        return mass

    dated = made(test_dated)
    dated.amend(cite="全国 2022", since=date(2022, 1, 1))(lambda mass=MASS: mass)
    dated.amend(cite="四川 2021", since=date(2021, 1, 1), where="51")(lambda mass=MASS: mass)
    assert dated.wording(date(2020, 1, 1), "512000").cite == "试验 一"
    assert dated.wording(date(2023, 1, 1), "110000").cite == "全国 2022"
    assert dated.wording(date(2023, 1, 1), "512000").cite == "四川 2021"


def test_a_rule_not_yet_in_force_has_no_wording() -> None:
    def test_later(mass: Any = MASS) -> Any:
        return mass

    assert made(test_later, since=date(2026, 1, 1)).wording(date(2025, 1, 1)) is None


def test_a_wording_for_a_definition_outranks_the_general_one() -> None:
    def test_defined(mass: Any = MASS) -> Any:
        return mass

    defined = made(test_defined, definitions=("full", "net"))
    defined.amend(cite="扣除", definition="net")(lambda mass=MASS: mass)
    assert defined.wording(date(2023, 1, 1), "", "net").cite == "扣除"
    assert defined.wording(date(2023, 1, 1), "", "full").cite == "试验 一"


def test_a_formula_prints_with_few_brackets() -> None:
    def shaped(a: Any = SHARE, b: Any = SHARE) -> Any:
        return (
            where(a > b, (a + b) * a - (a - b) / b**2, -clip(a, 0, 1))
            + greatest(a, least(a, b))
            - (a - ceil(b)) * ln(a)
        )

    text = made(shaped, unit="1").wordings[0].formula()
    assert text == (
        "(若 a > b 则 (a + b) × a − (a − b) ÷ b ^ 2 否则 −最小(最大(a, 0), 1))"
        " + 最大(a, 最小(a, b)) − (a − 进位取整(b)) × ln(a)"
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": 4.0, "b": 2.0}, 2.0),
        ({"a": 4.0, "b": 0.0}, None),
        ({"a": None, "b": 2.0}, None),
    ],
)
def test_a_quotient_is_unknown_where_an_input_is_or_the_divisor_is_zero(
    values: dict[str, float | None], expected: float | None
) -> None:
    def quotient(a: Any = SHARE, b: Any = SHARE) -> Any:
        return a / b

    assert made(quotient, unit="1").number(**values) == expected


@pytest.mark.parametrize(("a", "expected"), [(-1.0, None), (None, None), (1e200, None), (2.0, 9.0)])
def test_a_number_out_of_reach_is_unknown(a: float | None, expected: float | None) -> None:
    def reach(a: Any = SHARE) -> Any:
        return where(a > 0, a * a * a * a * a, ln(a)) ** (a / a) / a - ceil(a) * a - 3

    assert made(reach, unit="1").number(a=a) == expected


def test_comparisons_of_unknowns_are_unknown() -> None:
    def compared(a: Any = SHARE, b: Any = SHARE) -> Any:
        return where(a == b, 1, where(a != b, where(a <= b, a, where(a >= b, b, 0)), 0))

    assert made(compared, unit="1").number(a=None, b=1.0) is None
    assert made(compared, unit="1").number(a=2.0, b=1.0) == 1.0


def test_a_verb_without_an_input_is_refused() -> None:
    with pytest.raises(RuleError, match="至少"):
        greatest(1, 2)


@pytest.mark.parametrize(
    ("moment", "period", "expected"),
    [
        (BASE_YEAR, "2023", "2020"),
        (BASE_YEAR, "2021", "2020"),
        (BASE_YEAR, "2025", "2020"),
        (BASE_YEAR, "2020", "2015"),
        (LAST_YEAR, "2023-03", "2022-03"),
        (TARGET, "2021", "2025"),
        (TARGET, "2025", "2025"),
    ],
)
def test_a_moment_is_found_from_the_period(moment: Any, period: str, expected: str) -> None:
    assert str(moment.of(parse(period))) == expected


def test_a_stated_base_year_wins_over_the_plan_before() -> None:
    assert str(BASE_YEAR.of(parse("2023"), 2015)) == "2015"


def test_references_know_their_unit_axis_and_leaves() -> None:
    everything = total(total(FUEL @ LAST_YEAR, over="fuel"), over=CHILDREN)
    assert everything.unit == "<fuel>"
    assert everything.axis is None
    assert total(FUEL, over=MONTHS).axis == "fuel"
    assert leaves(everything) == {"test_fuel"}
    assert parameter("standard_coal_factor").axis == "fuel"
