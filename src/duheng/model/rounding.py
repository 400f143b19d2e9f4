"""Rounding: the only place where a number loses digits (law L7).

GB/T 8170-2008 3.2: digits are dropped half to even, once, from the number as measured or computed. A number
from the rules is binary: 14.5 may arrive as 14.499999999999998. That noise is removed first, at 15
significant digits or ten places beyond the judged ones, whichever is coarser: the second catches what a
difference such as `1 - now / base` leaves behind, which 15 digits do not. The result is the decimal number
that was meant, and it is rounded once. (The successive rounding that 3.3 forbids stops on the way at digits
that somebody reads.) A Decimal is exact as it is and loses nothing before the one rounding.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Protocol

from duheng.model.units import ratio

_EXACT = Context(prec=800, rounding=ROUND_HALF_EVEN)
_SIGNIFICANT = 15
_BEYOND = 10


class Printed(Protocol):
    """What `printed` and `shown` must know of a quantity."""

    @property
    def unit(self) -> str: ...
    @property
    def printed_unit(self) -> str: ...
    @property
    def decimals(self) -> int: ...


def with_unit(digits: object, unit: str) -> str:
    """A printed number with its unit: 4218 t, and as official prose has it 14.5%; a plain ratio stands bare."""
    if unit == "1":
        return str(digits)
    return f"{digits}{unit}" if unit in ("%", "‰") else f"{digits} {unit}".rstrip()


def judge(value: float | Decimal | None, decimals: int) -> Decimal | None:
    """The number with so many decimals, half to even (GB/T 8170-2008 3.2); None where it is unknown.

    A float that is not finite is unknown (division by zero, L1). Negative decimals round to tens, hundreds.
    """
    if value is None:
        return None
    if not isinstance(value, Decimal):
        if not math.isfinite(value):
            return None
        value = _without_noise(float(value), decimals)
    if not value.is_finite():
        return None
    judged = _rounded(value, decimals)
    if decimals < 0:
        judged = judged.quantize(Decimal(1), context=_EXACT)
    return abs(judged) if judged.is_zero() else judged  # there is no -0.00 on a page


def printed(value: float | Decimal | None, quantity: Printed) -> Decimal | None:
    """A value in the quantity's declared unit, as judged number in its printed unit; None where unknown."""
    if value is None or quantity.unit == quantity.printed_unit:
        return judge(value, quantity.decimals)
    share = ratio(quantity.unit, quantity.printed_unit)
    return judge(value * share.numerator / share.denominator, quantity.decimals)


def shown(value: float | Decimal | None, quantity: Printed) -> str | None:
    """The digits that are judged, as text: declared decimals, no thousands separators, without the unit.

    value is in the quantity's declared unit. None where it is unknown: whether the page then says 未填报,
    未知 or a dash depends on who owes it, which only the caller knows.
    """
    number = printed(value, quantity)
    return None if number is None else f"{number:f}"


def _without_noise(value: float, decimals: int) -> Decimal:
    """The decimal number meant by a float; one rounding from the exact binary value, at the coarser place."""
    exact = Decimal(value)
    return _rounded(exact, min(decimals + _BEYOND, _SIGNIFICANT - 1 - exact.adjusted()))


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal((0, (1,), -decimals)), context=_EXACT)
