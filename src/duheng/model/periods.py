"""Periods: year, half, quarter, month, day and five-year plan; they know their start, end and parts.

Every kind nests in the next larger one (day, month, quarter, half, year, plan), so any period lies in exactly
one period of each larger kind. Five-year plans start in the years that end in 1 or 6 (since the third, 1966).
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, total_ordering
from typing import Literal, get_args

from duheng.model.errors import PeriodError
from duheng.model.saying import say

Kind = Literal["day", "month", "quarter", "half", "year", "plan"]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""All kinds, smallest first."""

FINER: dict[Kind, Kind] = {"quarter": "month", "half": "quarter", "year": "half"}
"""The next smaller kind of which a period is the sum, smallest first."""

_MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12, "plan": 60}
# Outside these years a number is a division code or a figure, not a year.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time of one kind; `start` and `end` are its first and last day. Ordered by these.

    Made by `parse`, `of` or the methods below; a start or end that does not fit the kind is a PeriodError.
    """

    kind: Kind
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise PeriodError(f"时期类别“{self.kind}”：应为{'、'.join(KINDS)}之一。")
        first, last = _bounds(self.kind, self.start)
        if (first, last) != (self.start, self.end):
            raise PeriodError(
                f"{self.start}至{self.end}不是一个完整的{_TITLES[self.kind]}，应为{first}至{last}。"
            )

    def __str__(self) -> str:
        """The text that `parse` reads back: 2023, 2023H1, 2023Q1, 2023-01, 2023-01-15, 2021-2025."""
        year, month = self.start.year, self.start.month
        match self.kind:
            case "plan":
                return f"{year}-{self.end.year}"
            case "year":
                return f"{year}"
            case "half":
                return f"{year}H{(month + 5) // 6}"
            case "quarter":
                return f"{year}Q{(month + 2) // 3}"
            case "month":
                return f"{year}-{month:02}"
            case _:
                return self.start.isoformat()

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        # The kind comes last only to make the order total; no two kinds share both start and end.
        return (self.start, self.end) < (other.start, other.end)

    @property
    def year(self) -> int:
        """The calendar year it lies in; for a five-year plan the year it ends in, the one it is judged by."""
        return self.end.year

    @property
    def title(self) -> str:
        """The Chinese name: 2023年, 2023年上半年, 2023年一季度, 2023年1月, 2023年1月15日, “十四五”时期."""
        year, month = self.start.year, self.start.month
        match self.kind:
            case "plan":
                return f"“{_numeral((year - 1981) // 5 + 6)}五”时期"
            case "year":
                return f"{year}年"
            case "half":
                return f"{year}年{'上' if month == 1 else '下'}半年"
            case "quarter":
                return f"{year}年{_DIGITS[(month + 2) // 3]}季度"
            case "month":
                return f"{year}年{month}月"
            case _:
                return f"{year}年{month}月{self.start.day}日"

    def parts(self, kind: Kind) -> list[Period]:
        """Its sub-periods of `kind` in order; itself for its own kind; PeriodError for a larger kind."""
        if KINDS.index(kind) > KINDS.index(self.kind):
            raise PeriodError(f"{self.title}不能分成{_TITLES[kind]}。")
        found = [of(kind, self.start)]
        while found[-1].end < self.end:
            found.append(of(kind, found[-1].end + timedelta(days=1)))
        return found

    def within(self, kind: Kind) -> Period | None:
        """The period of `kind` that contains it (itself for the same kind); None where `kind` is smaller."""
        if KINDS.index(kind) < KINDS.index(self.kind):
            return None
        return of(kind, self.start)

    def shift_years(self, years: int) -> Period:
        """The same period so many years later (earlier if negative); 29 February becomes 28 February.

        PeriodError where a plan is not shifted by whole plans, or the years end.
        """
        if self.kind == "plan" and years % 5:
            raise PeriodError(f"{self.title}只能按五年移动，不能移动{years}年。")
        start = self.start
        target = start.year + years
        if not _FIRST_YEAR <= target <= _LAST_YEAR:
            raise PeriodError(f"{self.title}移动{years}年后超出{_FIRST_YEAR}至{_LAST_YEAR}年。")
        day = min(start.day, calendar.monthrange(target, start.month)[1])
        return of(self.kind, date(target, start.month, day))

    def due(self, months: int) -> date:
        """The last day of the month that lies `months` after its end: 2024 and 6 give 2025-06-30."""
        return _first_day(_month(self.end) + months + 1) - timedelta(days=1)


def of(kind: Kind, day: date) -> Period:
    """The period of `kind` that contains the day."""
    start, end = _bounds(kind, day)
    return Period(kind, start, end)


def parse(text: str) -> Period:
    """The period that a text names; unique texts are remembered, so that a column of a million is cheap.

    Reads 2023, 2023H1, 2023Q1, 2023-01, 202301, 2023-01-15, 2023/1/15, 2021-2025, and 2023年(度),
    2023年上半年, 2023年(第)一季度, 2023年1月(份), 2023年1月15日, 2023年1-6月, “十四五”(时期).
    PeriodError for anything else.
    """
    if not isinstance(text, str):
        raise PeriodError(f"时期“{text}”不是文字。{_EXPECTED}")
    return _parse(text)


_TITLES: dict[Kind, str] = dict(zip(KINDS, ("日", "月", "季度", "半年", "年", "五年规划期"), strict=True))
_EXPECTED = (
    "应写作2023、2023H1、2023Q1、2023-01、2023-01-15、2021-2025，"
    "或2023年、2023年一季度、2023年1月、“十四五”。"
)
_DIGITS = "〇一二三四五六七八九"

_MONTH = r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})"
_FORMS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<year>\d{4})(?:年度?|年?全年)?",
        r"(?P<year>\d{4})-(?P<until>\d{4})年?",
        r"(?P<year>\d{4})年-(?P<until>\d{4})年",
        r"(?P<year>\d{4})[-年]?H(?P<half>[12])",
        r"(?P<year>\d{4})年?(?P<half>[上下])半年",
        r"(?P<year>\d{4})[-年]?Q(?P<quarter>[1-4])",
        r"(?P<year>\d{4})年?第?(?P<quarter>[1-4一二三四])季度?",
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})",
        rf"(?P<year>\d{{4}})年{_MONTH}月份?",
        r"(?P<year>\d{4})年(?P<month>\d{1,2})-(?P<last>\d{1,2})月份?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        rf"(?P<year>\d{{4}})年{_MONTH}月(?P<day>\d{{1,2}})日",
        r"(?P<plan>[一二三四五六七八九十]{1,3})五(?:时期|期间|规划期?)?",
    )
)
_DASHES = str.maketrans({**dict.fromkeys("—–−‐‑‒―~〜～至", "-"), **dict.fromkeys('“”"「」『』', "")})


@lru_cache(maxsize=65536)
def _parse(text: str) -> Period:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text[:64])).translate(_DASHES)
    plain = re.sub(r"-+", "-", plain).upper()
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found:
            try:
                return _build({key: value for key, value in found.groupdict().items() if value})
            except ValueError:
                break
    raise PeriodError(say("“{text}”不是一个时期。" + _EXPECTED, text=text[:64]))


def _build(said: dict[str, str]) -> Period:
    """The period of the named groups of a form; ValueError where they name none."""
    if "plan" in said:
        number = _number(said["plan"])
        if number < 3:  # the first two ran from years ending in 3 and 8
            raise ValueError(number)
        return of("plan", date(1981 + 5 * (number - 6), 1, 1))
    year = int(said["year"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    if "until" in said:
        if year < 1966:
            raise ValueError(year)
        return Period("plan", date(year, 1, 1), date(int(said["until"]), 12, 31))
    if "half" in said:
        return of("half", date(year, 1 if said["half"] in "1上" else 7, 1))
    if "quarter" in said:
        return of("quarter", date(year, 3 * _number(said["quarter"]) - 2, 1))
    if "month" not in said:
        return of("year", date(year, 1, 1))
    start = date(year, _number(said["month"]), int(said.get("day", 1)))
    if "last" in said:
        return _months(start, int(said["last"]))
    return of("day" if "day" in said else "month", start)


def _months(start: date, last: int) -> Period:
    """The period from a month's first day to the end of month `last`; ValueError where that is no period."""
    for period in (of(kind, start) for kind in ("month", *FINER)):
        if period.start == start and period.end.month == last:
            return period
    raise ValueError(last)


def _bounds(kind: Kind, day: date) -> tuple[date, date]:
    """First and last day of the period of `kind` around a day."""
    if kind == "day":
        return day, day
    month = _month(day)
    first = month - month % _MONTHS[kind]
    return _first_day(first), _first_day(first + _MONTHS[kind]) - timedelta(days=1)


def _month(day: date) -> int:
    """Months since the beginning of the year 1, in which a five-year plan would have begun."""
    return (day.year - 1) * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12 + 1, month % 12 + 1, 1)


def _numeral(number: int) -> str:
    """Chinese numeral of 1 to 99."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{'' if tens == 1 else _DIGITS[tens]}十{_DIGITS[ones] if ones else ''}"


_NUMBERS = {_numeral(number): number for number in range(1, 100)}


def _number(text: str) -> int:
    """1 to 99 from digits or Chinese numerals; ValueError otherwise."""
    return int(_NUMBERS.get(text, text))
