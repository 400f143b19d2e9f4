"""A target and a comparison in words, which pages say in other languages as well."""

from __future__ import annotations

from decimal import Decimal

from duheng.model.saying import Saying, say
from duheng.reading.comparing.comparison import PRINTED, Comparison, Pair
from duheng.reading.comparing.judging import BESIDE
from duheng.reading.records import Target

DEMANDS = {
    "decrease": "下降{amount}", "increase": "提高{amount}", "decrease_to": "降至{amount}",
    "increase_to": "提高到{amount}", "reach": "达到{amount}", "maintain": "保持{amount}",
    "at_least": "不低于{amount}", "at_most": "不超过{amount}",
    "complete": "完成{amount}", "zero_growth": "零增长", "multiply": "增至{amount}", "assigned": "完成上级下达的指标",
}  # fmt: skip
"""Direction -> what is asked."""
_BOUND_SAID = ("at_least", "at_most", "assigned", "zero_growth")  # the verb says the bound already


def demand(target: Target) -> Saying:
    """What a target asks: 到2025年比2020年下降14.5%, 力争到2027年达到90%（左右）."""
    what = say(DEMANDS[target.direction], amount=amount(target))
    if target.change_from:
        what = say("比{base}年{what}", base=target.change_from, what=what)
    if target.deadline:
        what = say("到{year}年{what}", year=target.deadline, what=what)
    if target.hedge:
        what = say("{hedge}{what}", hedge=target.hedge, what=what)
    if target.comparator and target.direction not in _BOUND_SAID:
        what = say("{what}（{bound}）", what=what, bound=target.comparator)
    return what


def amount(target: Target) -> Saying:
    """The number as printed; 没有数字 where there is none."""
    if target.value is None:
        return say("没有数字")
    number = _digits(target.value)
    if target.value_max is not None:
        number += f"～{_digits(target.value_max)}"
    return _measured(number, target.unit)


def _measured(number: str, unit: str | None) -> Saying:
    if unit in (None, "%"):
        return say("{number}{unit}", number=number, unit=unit or "")
    return say("{number}{measure}", number=number, measure=unit)


def _digits(value: Decimal) -> str:
    return f"{value:f}"


def converted(one: Pair) -> Saying | None:
    """The second's number in the first's unit; None where it is printed in it."""
    first, second, verdict = one.match.a.target, one.match.b.target, one.verdict
    if verdict.b_value is None or verdict.b_value == second.value:
        return None
    number = _digits(verdict.b_value.normalize())
    if verdict.b_value_max is not None:
        number += f"～{_digits(verdict.b_value_max.normalize())}"
    return say("合{amount}", amount=_measured(number, first.unit))


def beside(one: Pair) -> str:
    """更严, 相同, 更松 or 不可比."""
    return BESIDE[one.verdict.beside]


def changed(one: Pair) -> list[str]:
    """Titles of the fields printed otherwise."""
    return [PRINTED.get(name, "条款") for name in one.changed]


def lacking(made: Comparison) -> tuple[str, str]:
    """What is said of targets that only the first, only the second has."""
    return ("乙删去", "乙新增") if made.versions else ("只在甲", "甲缺少")
