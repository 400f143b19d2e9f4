"""A reading of rules in exact fractions, for money: the arithmetic stands in the rule, no float touches it (L7)."""

from __future__ import annotations

import math
import operator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from duheng.model.verbs import Algebra

_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARISON = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_FEN = Decimal("0.01")

Known = Fraction | None


class Exact(Algebra):
    """Exact fractions; None is unknown. Logarithms and powers that are not whole are refused (ArithmeticError)."""

    def constant(self, value: float) -> Fraction:
        """The number as it is printed: 0.1 is one tenth."""
        return Fraction(repr(float(value)))

    def combine(self, operator: str, left: Known, right: Known) -> Known:
        if left is None or right is None:
            return None
        if operator == "/":
            return left / right if right else None
        if operator == "**":
            if right.denominator != 1:
                raise ArithmeticError("精确计算只能用整数次幂")
            return None if left == 0 and right < 0 else Fraction(left ** int(right))
        return Fraction(_ARITHMETIC[operator](left, right))

    def compare(self, operator: str, left: Known, right: Known) -> bool | None:
        return None if left is None or right is None else bool(_COMPARISON[operator](left, right))

    def where(self, condition: bool | None, then: Known, otherwise: Known) -> Known:
        return None if condition is None else then if condition else otherwise

    def extreme(self, verb: str, values: list[Known]) -> Known:
        known = [value for value in values if value is not None]
        return None if len(known) < len(values) else max(known) if verb == "greatest" else min(known)

    def apply(self, verb: str, value: Known) -> Known:
        if value is None:
            return None
        if verb == "ln":
            raise ArithmeticError("精确计算不能取对数")
        return -value if verb == "-" else Fraction(math.ceil(value))


def money(amount: Fraction) -> Decimal:
    """An amount in 元 to the fen, half a fen upwards, as the tax form asks for two decimals."""
    return decimal(amount, _FEN)


def decimal(value: Fraction, to: Decimal) -> Decimal:
    """A fraction rounded to a number's last digit, half away from zero, however large it is."""
    ratio = value / Fraction(to)
    whole = (2 * abs(ratio.numerator) + ratio.denominator) // (2 * ratio.denominator)
    with localcontext() as context:
        context.prec = max(28, len(str(whole)) + 4)
        return (Decimal(whole if ratio >= 0 else -whole) * to).quantize(to, ROUND_HALF_UP)
