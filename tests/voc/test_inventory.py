"""Coefficients are looked up within one scheme, and an implausible inventory is said to be so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from duheng.ingest.voc import efficiencies, efficiency, plausible
from duheng.model.errors import UnknownName


def test_a_coefficient_names_its_text_and_how_certain_it_is() -> None:
    found = efficiency("收集", "包围型集气罩", "控制风速不低于0.3 m/s")
    assert (found.share, found.certainty) == (Decimal("0.5"), "memory")
    assert "538号" in found.cite


def test_a_slow_hood_captures_nothing() -> None:
    assert efficiency("收集", "外部集气罩", "任一点低于0.3 m/s或有强横向气流").share == 0


def test_schemes_are_not_mixed() -> None:
    with pytest.raises(UnknownName):
        efficiency("处理", "生物法")
    assert efficiency("处理", "生物法", scheme="national").share == Decimal("0.3")


def test_every_coefficient_is_a_share_with_a_text() -> None:
    assert [one for one in efficiencies() if not (0 <= one.share <= 1 and one.cite and one.certainty)] == []


def test_a_measured_load_far_from_the_balance_is_a_finding() -> None:
    (finding,) = plausible("喷漆", Decimal("29.5"), Decimal("0.5"), Decimal("0.9"), Decimal("3"), "甲厂")
    assert (finding.code, finding.owner) == ("voc-stack", "甲厂")
    assert plausible("喷漆", Decimal("29.5"), Decimal("0.5"), Decimal("0.9"), Decimal("14")) == []


def test_what_is_not_stated_is_not_checked() -> None:
    assert plausible("喷漆", None, None, None, Decimal("3")) == []


def test_a_negative_balance_and_a_share_over_one_are_errors() -> None:
    found = plausible("喷漆", Decimal("-1"), Decimal("1.2"), Decimal("0.9"), None)
    assert [finding.code for finding in found] == ["voc-share", "voc-balance"]
    assert "120" in found[0].text
