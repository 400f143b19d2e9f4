"""The official warning rules against published cases."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duheng.assess.warning import required_paths, tolerances, warning_rule, warning_rules
from duheng.model.errors import UnknownName


def known(shared: Path, name: str) -> dict[str, dict[str, object]]:
    answers = json.loads((shared / "methods" / "known_answers.json").read_text("utf-8"))
    found: dict[str, dict[str, object]] = answers[name]
    return found


def test_the_first_quarter_rule_of_2021_gives_the_published_levels(shared: Path) -> None:
    case = known(shared, "warning.ndrc_2021q1_rule")
    target = Decimal(str(case["inputs"]["target"]))
    actual = [Decimal(str(value)) for value in case["inputs"]["actual"]]  # type: ignore[attr-defined]
    levels = [warning_rule("ndrc-2021q1").level(value, target) for value in actual]
    assert [level.light for level in levels if level] == case["expected"]["level"]


def test_all_cities_of_sichuan_listed_for_2016_had_met_their_year(shared: Path) -> None:
    rows: Any = known(shared, "sichuan.2016_cities")["rows"]
    figures = [(Decimal(str(actual)), Decimal(str(target))) for target, actual, *_ in rows.values()]
    lights = [warning_rule().level(actual, target) for actual, target in figures]
    assert len(lights) == 11
    assert {level.light for level in lights if level} == {3}


def test_a_gap_of_exactly_ten_per_cent_is_the_second_level() -> None:
    level = warning_rule().level(Decimal("2.70"), Decimal("3.00"))
    assert level is not None
    assert (level.light, level.label) == (2, "二级")


def test_a_gap_a_hundredth_beyond_ten_per_cent_is_the_first_level() -> None:
    level = warning_rule().level(Decimal("2.69"), Decimal("3.00"))
    assert level is not None
    assert (level.light, level.words) == (1, "节能形势十分严峻")


def test_the_half_year_rule_of_2021_calls_a_rise_the_first_level_and_any_short_fall_the_second() -> None:
    rule = warning_rule("ndrc-2021h1")
    lights = [rule.level(Decimal(value), Decimal(3)) for value in ("-0.01", "0", "0.5", "2.99", "3")]
    assert [level.light for level in lights if level] == [1, 2, 2, 2, 3]


def test_the_two_rules_of_2021_differ_on_a_fall_that_is_far_short() -> None:
    first, half = (warning_rule(id).level(Decimal(1), Decimal(3)) for id in ("ndrc-2021q1", "ndrc-2021h1"))
    assert first is not None
    assert half is not None
    assert (first.light, half.light) == (1, 2)


def test_where_less_is_better_more_than_the_limit_is_short() -> None:
    lights = [warning_rule().level(Decimal(value), Decimal(100), -1) for value in (100, 110, 111)]
    assert [level.light for level in lights if level] == [3, 2, 1]


def test_without_a_ratio_what_is_over_a_limit_of_nought_is_the_first_level() -> None:
    level = warning_rule().level(Decimal("0.01"), Decimal(0), -1)
    assert level is not None
    assert level.light == 1


def test_every_rule_names_its_text_and_every_level_its_words_and_colour() -> None:
    for rule in warning_rules().values():
        assert rule.cite
        assert rule.certainty in ("verified", "secondary", "memory", "derived")
        assert {level.light for level in rule.levels} == {1, 2, 3}
        assert all(level.words and level.colour and level.label for level in rule.levels)


def test_the_last_level_of_every_rule_catches_what_the_others_leave() -> None:
    assert {rule.levels[-1].measure for rule in warning_rules().values()} == {"otherwise"}


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(UnknownName):
        warning_rule("ndrc-1999")


def test_paths_and_tolerances_carry_their_citation() -> None:
    assert all(path.cite for path in required_paths().paths.values())
    assert all(one.cite and one.tolerance > 0 for one in tolerances().values())


@pytest.mark.parametrize("measured", range(0, 400, 7))
def test_a_greater_fall_never_shows_a_worse_light(measured: int) -> None:
    rule, target = warning_rule(), Decimal("3.00")
    lower = rule.level(Decimal(measured) / 100, target)
    higher = rule.level(Decimal(measured + 1) / 100, target)
    assert lower is not None
    assert higher is not None
    assert lower.light <= higher.light
