"""Thresholds are a parameter: a city's own counts from its day, and a question names the text of what is doubtful."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from duheng.assess.audit import balance, growth_identity
from duheng.assess.audit.report import flag
from duheng.assess.audit.settings import PACKAGED, PARAMETER, Thresholds, items, settings
from duheng.model.errors import UnknownName
from duheng.model.glossary import axis
from duheng.model.parameters import Local, Parameters, Setting, packaged

TOLERANCE = "收支平衡 容许差"


def replaced(item: str, value: str, certainty: str = "verified") -> Local:
    of = packaged()[PARAMETER]
    own = Setting(date(2024, 1, 1), Decimal(value), "市统计局核定 7号", certainty, "512000", item)
    return Local(Parameters({of.id: replace(of, settings=(*of.settings, own))}), "512000")


def test_every_figure_of_a_check_has_a_value_with_its_text() -> None:
    named = {item for code in settings() for item in items(code)}
    assert named == set(axis(PARAMETER).items) == {one.item for one in packaged()[PARAMETER].settings}
    assert {one.certainty for one in packaged()[PARAMETER].settings} == {"derived", "secondary", "memory"}


def test_a_city_s_own_tolerance_counts_from_its_day_and_is_cited() -> None:
    here = replaced(TOLERANCE, "3")
    before, after = (Thresholds(here, date(year, 12, 31)) for year in (2023, 2024))
    sides = ({"期初库存": 10.0}, {"消费": 12.0})
    (asked,) = balance("原煤 2024年", *sides, limits=before)
    assert "（容许0.5）" in asked.finding.text
    assert balance("原煤 2024年", *sides, limits=after) == []
    (asked,) = balance("原煤 2024年", {"期初库存": 10.0}, {"消费": 14.0}, limits=after)
    assert "（容许3；市统计局核定 7号）" in asked.finding.text
    assert asked.tolerance == 3


def test_a_threshold_that_nobody_has_verified_says_so() -> None:
    asked = flag("closing", "原煤 2024年", "平衡差额5", "平衡差额接近零", 0.05, 0.01, None)
    assert "限值凭记忆，未核实）" in asked.finding.text
    (asked,) = growth_identity("全市 2024年", 0.05, 0.02, 0.01)
    assert "未核实" not in asked.finding.text


def test_a_check_names_the_texts_of_the_check_it_rests_on() -> None:
    assert "修正Z分数 24个数" in items("outlier")
    limits = Thresholds(replaced("修正Z分数 24个数", "9", "memory"))
    assert limits.basis("outlier") == limits.basis("ratio") == "市统计局核定 7号，未核实"
    assert limits.basis("balance") == PACKAGED.basis("outlier") == ""
    assert dict(limits.calibrated("modified_z"))[24] == 9


def test_a_check_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(UnknownName):
        PACKAGED.number("outlyer", "tolerance")
