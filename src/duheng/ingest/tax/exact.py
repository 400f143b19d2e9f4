"""A reading of rules in exact fractions, for money: the arithmetic stands in the rule, no float touches it (L7)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from duheng.model.readings import Numbers

_FEN = Decimal("0.01")


class Exact(Numbers):
    """Exact fractions; None is unknown. Logarithms and powers that are not whole are refused (ArithmeticError)."""

    def constant(self, value: float) -> Fraction:
        """The number as it is printed: 0.1 is one tenth."""
        return Fraction(repr(float(value)))

    def apply(self, verb: str, *operands: Any) -> Any:
        if verb == "ln" and None not in operands:
            raise ArithmeticError("精确计算不能取对数")
        if verb == "**" and None not in operands and operands[1].denominator != 1:
            raise ArithmeticError("精确计算只能用整数次幂")
        return super().apply(verb, *operands)

    def known(self, result: Any) -> Any:
        return result if isinstance(result, bool) else Fraction(result)


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
