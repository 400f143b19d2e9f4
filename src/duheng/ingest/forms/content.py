"""What is filled in to one cell of a form: a number, a share, a date or two, a yes or no, one of several codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duheng.ingest.cells import CellTrouble, Number, plain, read_number
from duheng.ingest.forms.vocabulary import BETWEEN, MONTH, NO, YES
from duheng.model.errors import UnitError
from duheng.model.saying import listed, say
from duheng.model.units import parse_unit, ratio

IN_UNIT = frozenset({"amount", "money", "number", "signed"})
ANY = "*"
# GB 32100-2015: 31 signs, weights powers of 3 modulo 31 (from memory, unverified).
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Filled:
    """A figure of the form: its value, the cell in which it stands, how it is printed there, whether with its unit.

    loose: that unit can be held against nothing.
    """

    value: Decimal
    cell: str
    text: str = ""
    named: bool = False
    loose: bool = False


def read_filled(
    kind: str, value: object, cell: str, choices: tuple[str, ...], unit: str
) -> dict[str, Filled] | str:
    """The cell as its column has it: a number as `value`, dates as `start` and `end`, else its text.

    Dates are in months since the year 0. unit: in which the figures of its row stand; a number with another unit beside
    it is converted.
    Raises CellTrouble where it cannot be read.
    """
    text = plain(value)
    if kind == "span":
        return _span(text, cell)
    if kind in ("start", "end"):
        return {kind: Filled(_month(text, 1 if kind == "start" else 12), cell, text)}
    if kind == "choice":
        return _choice(text, choices)
    if kind == "yesno":
        return _yesno(text)
    if kind == "credit_code":
        return _credit_code(text)
    if kind == "text":
        return text
    number = read_number(value)
    if number is None:
        return {}
    amount, loose = _in_unit(number, kind, unit)
    return {"value": Filled(amount, cell, number.text, number.unit is not None, loose)}


def _in_unit(number: Number, kind: str, unit: str) -> tuple[Decimal, bool]:
    """The number in the unit of its row or column, a share as a share; whether its own unit fits nothing that is known.

    A factor, a count or a share may name its unit; only % changes it.
    """
    if number.unit is None or unit == ANY:
        return number.value, False
    within = unit if kind in IN_UNIT else "1" if number.unit == "%" else ""
    if not within:
        return number.value, kind in IN_UNIT
    try:
        scale = ratio(parse_unit(number.unit), parse_unit(within))
    except UnitError:
        raise CellTrouble(
            "unit-wrong", say("数值“{text}”的单位与“{unit}”不符", text=number.text, unit=within),
            say("可换算为{declared}的单位", declared=within), "请核对计量单位",
        ) from None  # fmt: skip
    return number.value * scale.numerator / scale.denominator, False


def _month(text: str, missing: int = 1) -> Decimal:
    """Months since the year 0; missing: the month of a year alone."""
    found = MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2] or missing) <= 12:
        raise CellTrouble("not-a-date", say("文字“{text}”", text=text[:40]), "年月，如 2023-05", "请填写年月")
    return Decimal(int(found[1]) * 12 + int(found[2] or missing) - 1)


def _span(text: str, cell: str) -> dict[str, Filled]:
    parts = BETWEEN.split(text)
    if len(parts) != 2:
        raise CellTrouble(
            "not-a-date",
            say("文字“{text}”", text=text[:40]),
            "起止年月，如 2023-05至2024-10",
            "请填写起止年月",
        )
    start, end = (part.strip() for part in parts)
    return {"start": Filled(_month(start), cell, start), "end": Filled(_month(end, 12), cell, end)}


def month_text(months: Decimal) -> str:
    """`2023-05` of a number of months."""
    return date(int(months) // 12, int(months) % 12 + 1, 1).isoformat()[:7]


def _choice(text: str, choices: tuple[str, ...]) -> str:
    code = re.match(r"\d+", text)
    found = next((one for one in choices if code and int(one) == int(code[0])), None)
    if found is None:
        said = say("“{text}”不是规定的代码", text=text[:40])
        raise CellTrouble("code-unknown", said, listed("、", choices), "请填写代码")
    return found


def _yesno(text: str) -> str:
    if text.upper() in YES:
        return "是"
    if text.upper() in NO:
        return "否"
    raise CellTrouble("not-yes-no", say("文字“{text}”", text=text[:40]), "是或否", "请填写是或否")


def _credit_code(text: str) -> str:
    code = text.upper().replace(" ", "")
    if len(code) == 18 and all(sign in _SIGNS for sign in code):
        total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
        if _SIGNS[-total % 31] == code[17]:
            return code
    raise CellTrouble(
        "credit-code", say("统一社会信用代码“{text}”不成立", text=text[:40]),
        "18位代码，末位为校验码（GB 32100-2015，未核实）", "请核对代码",
    )  # fmt: skip
