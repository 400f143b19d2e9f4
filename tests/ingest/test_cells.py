"""Cells and headers as they are typed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from duheng.ingest.cells import bare_number, split_unit


@pytest.mark.parametrize(
    ("header", "title", "unit"),
    [
        ("化肥使用量(折纯)(吨)", "化肥使用量(折纯)", "吨"),
        ("单位面积能耗(kgce/(m2))", "单位面积能耗", "kgce/(m2)"),
        ("废水 [万吨] ", "废水", "万吨"),
        ("(其中)电力", "(其中)电力", None),
        ("(吨)", "(吨)", None),
        ("电力()", "电力()", None),
        ("电力)", "电力)", None),
        ("", "", None),
    ],
)
def test_the_unit_of_a_header_stands_in_its_last_brackets(header: str, title: str, unit: str | None) -> None:
    assert split_unit(header) == (title, unit)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("１，２３４．５", "1234.5"),
        ("−3", "-3"),
        ("2.5e3", "2500"),
        ("12万", None),
        ("50%", None),
        ("1,2", None),
        ("1_000", None),
        ("", None),
        ("nan", None),
    ],
)
def test_a_bare_number_is_a_number_and_nothing_else(text: str, number: str | None) -> None:
    assert bare_number(text) == (None if number is None else Decimal(number))
