"""Periods: their texts, parts and order."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duheng.model.errors import PeriodError
from duheng.model.periods import KINDS, Kind, Period, of, parse


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2023", "2023"),
        ("2023年", "2023"),
        ("2023年度", "2023"),
        ("２０２３年", "2023"),
        ("2023H1", "2023H1"),
        ("2023-H2", "2023H2"),
        ("2023年上半年", "2023H1"),
        ("2023年下半年", "2023H2"),
        ("2023Q1", "2023Q1"),
        ("2023q4", "2023Q4"),
        ("2023年一季度", "2023Q1"),
        ("2023年第三季度", "2023Q3"),
        ("2023年2季度", "2023Q2"),
        ("2023-01", "2023-01"),
        ("2023-1", "2023-01"),
        ("2023/11", "2023-11"),
        ("202312", "2023-12"),
        ("2023年1月", "2023-01"),
        ("2023年01月份", "2023-01"),
        ("2023年十二月", "2023-12"),
        ("2023 年 10 月", "2023-10"),
        ("2023-01-15", "2023-01-15"),
        ("2023/1/5", "2023-01-05"),
        ("20230115", "2023-01-15"),
        ("2023年1月15日", "2023-01-15"),
        ("2023年1-6月", "2023H1"),
        ("2023年1—12月", "2023"),
        ("2023年4-6月", "2023Q2"),
        ("2021-2025", "2021-2025"),
        ("2021—2025年", "2021-2025"),
        ("2021年至2025年", "2021-2025"),
        ("“十四五”", "2021-2025"),
        ("十四五时期", "2021-2025"),
        ("“十四五”期间", "2021-2025"),
        ("十三五", "2016-2020"),
        ("十二五", "2011-2015"),
        ("十一五", "2006-2010"),
        ("十五", "2001-2005"),
        ("十五五", "2026-2030"),
        ("十六五", "2031-2035"),
        ("二十五", "2051-2055"),
        ("九五", "1996-2000"),
        ("六五", "1981-1985"),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "年",
        "23",
        "2023年13月",
        "2023-00",
        "2023-02-30",
        "2023Q5",
        "2023H3",
        "2022-2026",
        "2021-2024",
        "2025-2021",
        "5120",
        "512000",
        "2023.1",
        "2023年1-5月",
        "2023年7-3月",
        "零五",
        "一五",
        "1956-1960",
        "十十五",
        "2023年五十月",
        "2023 01 15 08:00",
        "二〇二三年",
        "0000",
        "9" * 200,
    ],
)
def test_what_is_no_period_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(PeriodError, match="应"):
        parse(text)


def test_a_number_is_not_a_period() -> None:
    with pytest.raises(PeriodError, match="不是文字"):
        parse(2023)  # type: ignore[arg-type]


def test_a_quarter_knows_its_first_and_last_day() -> None:
    quarter = parse("2024Q1")
    assert (quarter.start, quarter.end) == (date(2024, 1, 1), date(2024, 3, 31))


def test_a_plan_is_judged_by_the_year_it_ends_in() -> None:
    assert parse("2021-2025").year == 2025
    assert parse("2023H1").year == 2023


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("2023", "2023年"),
        ("2023H1", "2023年上半年"),
        ("2023H2", "2023年下半年"),
        ("2023Q4", "2023年四季度"),
        ("2023-01", "2023年1月"),
        ("2023-01-15", "2023年1月15日"),
        ("2021-2025", "“十四五”时期"),
        ("2001-2005", "“十五”时期"),
        ("1996-2000", "“九五”时期"),
        ("2051-2055", "“二十五”时期"),
    ],
)
def test_a_period_has_a_chinese_title_that_is_read_back(text: str, title: str) -> None:
    assert parse(text).title == title
    assert parse(title) == parse(text)


def test_a_year_has_twelve_months_in_order() -> None:
    months = parse("2024").parts("month")
    assert [str(month) for month in months] == [f"2024-{number:02}" for number in range(1, 13)]


def test_a_plan_has_five_years() -> None:
    assert [str(year) for year in parse("2021-2025").parts("year")] == [
        "2021",
        "2022",
        "2023",
        "2024",
        "2025",
    ]


def test_a_month_cannot_be_split_into_years() -> None:
    with pytest.raises(PeriodError, match="不能分成年"):
        parse("2023-01").parts("year")


def test_a_month_lies_in_its_quarter_half_year_and_plan() -> None:
    month = parse("2023-08")
    assert [str(month.within(kind)) for kind in KINDS[1:]] == [
        "2023-08",
        "2023Q3",
        "2023H2",
        "2023",
        "2021-2025",
    ]


def test_a_year_lies_in_no_month() -> None:
    assert parse("2023").within("month") is None


@pytest.mark.parametrize(
    ("text", "years", "shifted"),
    [
        ("2023", -1, "2022"),
        ("2024-02", -1, "2023-02"),
        ("2024-02-29", -1, "2023-02-28"),
        ("2023Q3", 2, "2025Q3"),
        ("2021-2025", 5, "2026-2030"),
        ("2021-2025", -5, "2016-2020"),
    ],
)
def test_a_period_shifts_by_years(text: str, years: int, shifted: str) -> None:
    assert str(parse(text).shift_years(years)) == shifted


def test_a_plan_does_not_shift_by_single_years() -> None:
    with pytest.raises(PeriodError, match="按五年"):
        parse("2021-2025").shift_years(-1)


def test_years_end_somewhere() -> None:
    with pytest.raises(PeriodError, match="超出"):
        parse("2023").shift_years(1000)


@pytest.mark.parametrize(
    ("text", "months", "due"),
    [
        ("2024", 6, "2025-06-30"),
        ("2024-01", 1, "2024-02-29"),
        ("2024Q3", 3, "2024-12-31"),
        ("2024", 0, "2024-12-31"),
    ],
)
def test_a_duty_is_due_months_after_the_end(text: str, months: int, due: str) -> None:
    assert parse(text).due(months).isoformat() == due


def test_a_period_that_does_not_fit_its_kind_cannot_be_made() -> None:
    with pytest.raises(PeriodError, match="完整的年"):
        Period("year", date(2023, 1, 1), date(2023, 11, 30))


def test_a_period_of_no_kind_cannot_be_made() -> None:
    with pytest.raises(PeriodError, match="类别"):
        Period("week", date(2023, 1, 2), date(2023, 1, 8))  # type: ignore[arg-type]


def test_periods_are_ordered_by_start_then_end() -> None:
    texts = ["2023", "2021-2025", "2023-01", "2022", "2023Q1", "2023-01-01", "2024"]
    ordered = [str(period) for period in sorted(map(parse, texts))]
    assert ordered == ["2021-2025", "2022", "2023-01-01", "2023-01", "2023Q1", "2023", "2024"]


def test_a_period_is_not_compared_with_something_else() -> None:
    with pytest.raises(TypeError):
        assert parse("2023") < date(2023, 1, 1)


days = st.dates(date(1966, 1, 1), date(2150, 12, 31))
kinds = st.sampled_from(get_args(Kind))


@given(kinds, days)
def test_every_period_is_read_back_from_its_text_and_its_title(kind: Kind, day: date) -> None:
    period = of(kind, day)
    assert period.start <= day <= period.end
    assert parse(str(period)) == period
    assert parse(period.title) == period


@given(kinds, kinds, days)
def test_the_parts_of_a_period_fill_it_without_gap_or_overlap(kind: Kind, smaller: Kind, day: date) -> None:
    period = of(kind, day)
    inner = of(smaller, day)
    if period.within(smaller) is None or smaller == kind:
        parts = period.parts(smaller)
        assert (parts[0].start, parts[-1].end) == (period.start, period.end)
        assert all((after.start - before.end).days == 1 for before, after in pairwise(parts))
        assert inner in parts
        assert inner.within(kind) == period


@given(st.text() | st.text("0123456789-年月日QH上下半十五四“” ", max_size=14))
def test_any_text_is_a_period_or_refused_as_one(text: str) -> None:
    try:
        period = parse(text)
    except PeriodError:
        return
    assert parse(str(period)) == period
