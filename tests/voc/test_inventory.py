"""Coefficients are looked up within one scheme, and an implausible inventory is said to be so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from duheng.ingest.voc import PARTS, above_scheme, coefficient, plausible
from duheng.model.errors import UnknownName
from duheng.model.parameters import Local, Parameters, Setting, packaged

ON = date(2025, 12, 31)
HOOD = "包围型集气罩 控制风速不低于0.3 m/s"


def test_a_coefficient_names_its_text_and_how_certain_it_is() -> None:
    found = coefficient("收集", HOOD, ON)
    assert (found.share, found.setting.certainty) == (Decimal("0.5"), "memory")
    assert "538号" in found.setting.cite
    assert found.setting.basis.endswith("，未核实")


def test_a_slow_hood_captures_nothing() -> None:
    assert coefficient("收集", "外部集气罩 任一点低于0.3 m/s或有强横向气流", ON).share == 0


def test_a_type_with_one_condition_is_found_without_it() -> None:
    assert coefficient("收集", "双层密闭空间", ON).share == Decimal("0.98")


def test_schemes_are_not_mixed() -> None:
    with pytest.raises(UnknownName):
        coefficient("处理", "生物法", ON)
    with pytest.raises(UnknownName, match="广东2023"):
        coefficient("收集", "密闭管道", ON)
    assert coefficient("处理", "生物法", ON, "national").share == Decimal("0.3")


def test_every_coefficient_is_a_share_with_a_text() -> None:
    schemes = [one for one in packaged().values() if one.axis in PARTS.values()]
    assert len(schemes) == 4
    assert [s for one in schemes for s in one.settings if not (0 <= s.value <= 1 and s.cite)] == []


def test_a_city_s_own_coefficient_counts_from_its_day_with_its_text() -> None:
    of = packaged()["voc_collection_gd2023"]
    own = Setting(date(2025, 1, 1), Decimal("0.42"), "市局核定表 3号", "verified", "512000", HOOD)
    here = Local(Parameters({of.id: replace(of, settings=(*of.settings, own))}), "512000")
    before, after = (coefficient("收集", HOOD, date(y, 12, 31), local=here) for y in (2024, 2025))
    assert (before.share, after.share) == (Decimal("0.5"), Decimal("0.42"))
    (finding,) = above_scheme("喷漆 2025年", "收集", Decimal("0.45"), after, "甲厂")
    assert "市局核定表 3号" in finding.text
    assert above_scheme("喷漆 2024年", "收集", Decimal("0.45"), before) == []
    (finding,) = above_scheme("喷漆 2024年", "收集", Decimal("0.6"), before)
    assert "未核实" in finding.text


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
