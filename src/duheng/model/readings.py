"""Three readings of a rule's body that need no table: number, formula, unit."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .errors import RuleError
from .units import Unit
from .verbs import Algebra

_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARISON = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Numbers(Algebra):
    """Plain floats; None is unknown."""

    def constant(self, value: float) -> float:
        return value

    def combine(self, operator: str, left: float | None, right: float | None) -> float | None:
        if left is None or right is None:
            return None
        if operator == "/":
            return left / right if right else None
        if operator == "**":
            return _power(left, right)
        return _finite(_ARITHMETIC[operator](left, right))

    def compare(self, operator: str, left: float | None, right: float | None) -> bool | None:
        return None if left is None or right is None else bool(_COMPARISON[operator](left, right))

    def where(self, condition: bool | None, then: float | None, otherwise: float | None) -> float | None:
        return None if condition is None else then if condition else otherwise

    def extreme(self, verb: str, values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return None if len(known) < len(values) else max(known) if verb == "greatest" else min(known)

    def apply(self, verb: str, value: float | None) -> float | None:
        if value is None:
            return None
        if verb == "ln":
            return math.log(value) if value > 0 else None
        return -value if verb == "-" else float(math.ceil(value))


def _power(base: float, exponent: float) -> float | None:
    try:
        result = base**exponent
    except (ZeroDivisionError, OverflowError):
        return None
    return _finite(result) if isinstance(result, float | int) else None  # a root of a negative is unknown


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_TIGHT = 9


class Formulas(Algebra):
    """Text with the precedence of its outermost operator, for printing with few brackets."""

    def constant(self, value: float) -> tuple[str, int]:
        return (f"{value:g}", _TIGHT)

    def combine(self, operator: str, left: tuple[str, int], right: tuple[str, int]) -> tuple[str, int]:
        binding = _BINDING[operator]
        first = f"({left[0]})" if left[1] < binding or (operator == "**" and left[1] == binding) else left[0]
        tighter = right[1] < binding or (operator in "-/" and right[1] == binding)
        second = f"({right[0]})" if tighter else right[0]
        sign = {"*": "×", "/": "÷", "**": "^", "-": "−"}.get(operator, operator)
        return (f"{first} {sign} {second}", binding)

    def compare(self, operator: str, left: tuple[str, int], right: tuple[str, int]) -> tuple[str, int]:
        sign = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}.get(operator, operator)
        return (f"{left[0]} {sign} {right[0]}", 0)

    def where(self, condition: tuple[str, int], then: tuple[str, int], otherwise: tuple[str, int]) -> Any:
        return (f"若 {condition[0]} 则 {then[0]} 否则 {otherwise[0]}", 0)

    def extreme(self, verb: str, values: list[tuple[str, int]]) -> tuple[str, int]:
        name = "最大" if verb == "greatest" else "最小"
        return (f"{name}({', '.join(value[0] for value in values)})", _TIGHT)

    def apply(self, verb: str, value: tuple[str, int]) -> tuple[str, int]:
        if verb == "-":
            return (f"−{value[0] if value[1] > 1 else f'({value[0]})'}", 2)
        return (f"{'进位取整' if verb == 'ceil' else 'ln'}({value[0]})", _TIGHT)


@dataclass(frozen=True, slots=True)
class Measured:
    """A unit under the unit reading; number is set where it is a bare number of the formula."""

    unit: Unit
    number: float | None = None


# Not read from the unit table: a table that is not there must not keep this module from being imported.
ONE = Unit((), Fraction(1))


class Units(Algebra):
    """Units: checks dimensions and derives the unit of the result. Raises RuleError."""

    def constant(self, value: float) -> Measured:
        return Measured(ONE, value)

    def combine(self, operator: str, left: Measured, right: Measured) -> Measured:
        if operator == "*":
            return Measured(left.unit * right.unit)
        if operator == "/":
            return Measured(left.unit / right.unit)
        if operator == "**":
            return self._power(left, right)
        return Measured(self._same(f"{left.unit} {operator} {right.unit}", [left, right]))

    def _power(self, base: Measured, exponent: Measured) -> Measured:
        if not _plain(exponent.unit):
            raise RuleError(f"指数的单位是 {exponent.unit}，应为 1")
        if exponent.number is not None and float(exponent.number).is_integer():
            return Measured(base.unit ** int(exponent.number))
        if not _plain(base.unit):
            raise RuleError(f"底数的单位是 {base.unit}，非整数次幂的底数应为 1")
        return Measured(ONE)

    def compare(self, operator: str, left: Measured, right: Measured) -> Measured:
        self._same(f"{left.unit} {operator} {right.unit}", [left, right])
        return Measured(ONE)

    def where(self, condition: Measured, then: Measured, otherwise: Measured) -> Measured:
        return Measured(self._same(f"where(…, {then.unit}, {otherwise.unit})", [then, otherwise]))

    def extreme(self, verb: str, values: list[Measured]) -> Measured:
        return Measured(self._same(f"{verb}({', '.join(str(v.unit) for v in values)})", values))

    def apply(self, verb: str, value: Measured) -> Measured:
        if verb == "ln" and not _plain(value.unit):
            raise RuleError(f"ln 的单位是 {value.unit}，应为 1")
        return Measured(value.unit)

    def _same(self, said: str, values: list[Measured]) -> Unit:
        measured = [value.unit for value in values if value.number != 0]  # zero fits every unit
        for unit in measured[1:]:
            if not (unit.same_dimension(measured[0]) and unit.factor == measured[0].factor):
                raise RuleError(f"{said}：单位不同，不能相加、相减或相比；请把两个量声明成同一单位")
        return measured[0] if measured else ONE


def _plain(unit: Unit) -> bool:
    return unit.same_dimension(ONE) and unit.factor == 1
