"""What one cell of a plain table states of a quantity, in the unit that is declared for it."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from duheng.ingest.cells import CellTrouble, Number, plain, read_number
from duheng.ingest.detection import BELOW_DETECTION, NOT_NOUGHT
from duheng.model import Quantity, Rule
from duheng.model.errors import UnitError
from duheng.model.findings import Finding
from duheng.model.glossary import item_unit
from duheng.model.saying import say
from duheng.model.units import convert, parse_unit


def value_of(
    quantity: Quantity, item: str | None, cell: str, unit: str, place: str, findings: list[Finding]
) -> float | None:
    """A cell in the declared unit, None where it holds no number, which is a finding unless it is empty.

    unit: that of the column, "" for the declared one; a unit in the cell itself goes before it. Raises UnitError where
    that of the column does not fit.
    """
    text = cell.strip()
    if not text:
        return None
    declared = item_unit(quantity, item)
    number = _number(text)
    if number is None:
        remedy = NOT_NOUGHT if re.match(BELOW_DETECTION, plain(text)) else "请填数字；没有数据就留空"
        findings.append(Finding("table.number", "error", place, text, "数字或空格", remedy))
        return None
    if number.value < 0 and _at_least_nought(quantity, declared):
        remedy = "请核对数值；在此之前按未知处理"
        findings.append(Finding("table.negative", "error", place, text, "不小于0的数", remedy))
        return None
    if number.unit:
        try:
            return _whole(quantity, convert(number.value, number.unit, declared), text, place, findings)
        except UnitError as error:
            findings.append(Finding("table.unit", "error", place, text, declared, str(error)))
            return None
    if not unit and quantity.shown == "%" and abs(number.value) > 1:
        remedy = f"如为 {text}%，请写作 {number.value / 100} 或 {text}%；本次按 {text} 倍计算"
        findings.append(Finding("table.share", "warning", place, text, "不大于1的比例", remedy))
    value = convert(number.value, parse_unit(unit), parse_unit(declared)) if unit else number.value
    return _whole(quantity, value, text, place, findings)


def _whole(
    quantity: Quantity, value: Decimal, text: str, place: str, findings: list[Finding]
) -> float | None:
    """The number; unknown, with a finding, where it should have been rounded to a whole one before it was stated."""
    if not quantity.whole or value == value.to_integral_value():
        return float(value)
    findings.append(Finding("table.whole", "error", place, text, *asked_whole(value)))
    return None


def asked_whole(value: Decimal) -> tuple[str, str]:
    """What is expected in the place of a number with decimals that should be whole, and the remedy."""
    rounded = value.quantize(Decimal(1), ROUND_HALF_UP)  # 四舍五入, not GB/T 8170: pollutants.md 3, noise
    return "整数", say("请四舍五入为{number}再填；在此之前按未知处理", number=rounded)


def _number(text: str) -> Number | None:
    """The number of a cell, with a unit that is one; None where the text is something else."""
    try:
        found = read_number(text)
        parse_unit((found and found.unit) or "1")
    except (CellTrouble, UnitError):
        return None
    return found


def _at_least_nought(quantity: Quantity, unit: str) -> bool:
    """Whether a stated number cannot be negative: an amount that adds up over places, a concentration, a time."""
    if quantity.signed or isinstance(quantity, Rule):
        return False
    known = parse_unit(unit)
    return quantity.over_place == "sum" or any(
        known.same_dimension(parse_unit(one)) for one in ("mg/m3", "d")
    )
