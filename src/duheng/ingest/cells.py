"""What a person typed into one cell: a number with or without a unit, a period, a text; or a trouble in words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from duheng.model.errors import PeriodError
from duheng.model.periods import Period, parse
from duheng.model.saying import say

_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?)(.*)", re.DOTALL)
# What most cells hold: then folding, separators and units need no look.
_BARE_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_ERROR_VALUE = re.compile(r"#[A-Z][A-Z0-9/_]*[!?]?")
# Excel's own precision; further digits of a binary float are noise (0.1 + 0.2).
_FLOAT_DIGITS = ".15g"
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_LONGEST_NUMBER = 40


class CellTrouble(Exception):
    """A cell that cannot be read; becomes a Finding with the place of the cell."""

    def __init__(self, code: str, found: str, expected: str, remedy: str) -> None:
        super().__init__(found)
        self.code, self.found, self.expected, self.remedy = code, found, expected, remedy


@dataclass(frozen=True)
class Number:
    """A number as stated: its value, the unit written in the cell itself (None where none), the text."""

    value: Decimal
    unit: str | None
    text: str


def plain(value: object) -> str:
    """The cell's text in one form: width folded, outer blanks and soft spaces gone; dates in ISO form."""
    if isinstance(value, str):
        return _folded(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        text = format(value, _FLOAT_DIGITS)
        return format(Decimal(text), "f") if "e" in text else _NOT_FINITE.get(text, text)
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.replace("\u200b", "").replace("\ufeff", ""))
    return " ".join(folded.split())


def split_unit(text: str) -> tuple[str, str | None]:
    """A header and the unit in its last brackets: `化肥使用量(折纯)(吨)` -> (`化肥使用量(折纯)`, `吨`)."""
    whole = text.rstrip()
    depth = 0
    for place in range(len(whole) - 1, -1, -1) if whole[-1:] in tuple(")]") else ():
        depth += (whole[place] in ")]") - (whole[place] in "([")
        if depth == 0:
            title, unit = whole[:place].strip(), whole[place + 1 : -1].strip()
            return (title, unit) if title and unit else (text, None)
    return text, None


def read_number(value: object, percent: bool = False) -> Number | None:
    """The number of a cell; None where the cell is empty (not stated, never zero).

    percent: the cell is formatted as a percentage, so 0.145 is shown, and meant, as 14.5 %.
    Raises CellTrouble where there is something that is no number.
    """
    if isinstance(value, str):
        if _BARE_NUMBER.fullmatch(value):
            return Number(Decimal(value), None, value)
        return _number_of_text(plain(value)) if value.strip() else None
    if value is None:
        return None
    if isinstance(value, bool | date | time | timedelta):
        kind = "是/否值" if isinstance(value, bool) else "日期或时间"
        raise CellTrouble(
            "not-a-number", f"{kind} {plain(value)}", "数字", "请把单元格格式改为“常规”，填写数字。"
        )
    if isinstance(value, float | int):
        text = plain(value)
        if text in _NOT_FINITE.values():
            raise CellTrouble("not-a-number", text, "数字", "请填写数字；未掌握的请留空。")
        stated = _sized(Decimal(text))
        return (
            Number(stated.scaleb(2).normalize(), "%", f"{stated.scaleb(2).normalize():f}%")
            if percent
            else Number(stated, None, text)
        )
    return _number_of_text(plain(value))


def bare_number(text: str) -> Decimal | None:
    """The number that a text is, in any width of digits; None where it is none, or has a unit beside it."""
    try:
        found = read_number(text)
    except CellTrouble:
        return None
    return found.value if found is not None and found.unit is None else None


@lru_cache(maxsize=65536)
def _number_of_text(text: str) -> Number:
    found = _NUMBER.fullmatch(text.replace("−", "-").replace("－", "-"))
    digits = found[1] if found else ""
    rest = found[2].strip() if found else text
    try:
        number = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        raise _no_number(text) from None
    _sized(number)
    # `1,23` and `3-5` are no numbers with a unit; a unit begins with neither digit nor sign.
    if rest[:1] and (rest[0] in ",.+-~<>=/:" or rest[0].isdigit()):
        raise _no_number(text)
    return Number(number, rest or None, text)


def _sized(number: Decimal) -> Decimal:
    """The number, where it is of a size that the ledger holds in any unit."""
    _, digits, exponent = number.as_tuple()
    if max(len(digits), abs(number.adjusted()), -int(exponent)) > _LONGEST_NUMBER:
        found = say("数值 {number} 超出 {most} 位", number=f"{number:.3g}", most=_LONGEST_NUMBER)
        raise CellTrouble("number-size", found, "写得下的数", "请核对计量单位和小数点。")
    return number


def _no_number(text: str) -> CellTrouble:
    if text.startswith("="):
        return CellTrouble(
            "formula",
            say("公式“{text}”", text=text[:40]),
            "数字",
            "请在 Excel 中复制后“选择性粘贴—数值”，再导入。",
        )
    if is_error(text):
        return error_trouble(text, "数字")
    return CellTrouble(
        "not-a-number",
        say("文字“{text}”", text=text[:40]),
        "数字",
        "请填写数字（单位可写在后面，如 4218吨）；未掌握的请留空，不要填“无”或“—”。",
    )


def is_error(text: str) -> bool:
    """Whether the text is what a spreadsheet shows where a formula failed: #REF!, #DIV/0!, #N/A."""
    return text.startswith("#") and _ERROR_VALUE.fullmatch(text) is not None


def error_trouble(text: str, expected: str) -> CellTrouble:
    """Why an error cell is refused: something was to stand here, so it is not the same as nothing stated."""
    return CellTrouble(
        "error-value",
        say("错误值“{text}”", text=text[:40]),
        expected,
        "请改正算出该错误值的公式，再“选择性粘贴—数值”；未掌握的请清空。",
    )


def read_period(value: object) -> Period:
    """The period of a cell. A date cell is refused: whether its day, month or year is meant cannot be known."""
    if isinstance(value, date | time | timedelta):
        raise CellTrouble(
            "period-is-date",
            say("日期单元格 {value}", value=plain(value)),
            "时期文字，如 2023、2023-01、2023年上半年",
            "请把单元格格式改为“文本”后重填时期。",
        )
    text = plain(value)
    if is_error(text):
        raise error_trouble(text, "时期，如 2023 或 2023-01")
    if not text:
        raise CellTrouble("period-missing", "时期为空", "时期，如 2023 或 2023-01", "请填写时期。")
    try:
        return parse(text)
    except PeriodError as trouble:
        raise CellTrouble(
            "period-unreadable",
            say("“{text}”不是一个时期", text=text[:40]),
            "如 2023、2023H1、2023-01、2023年一季度、2021-2025",
            "请改写时期。",
        ) from trouble
