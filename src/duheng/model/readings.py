"""Three readings of a rule's body that need no table: number, formula, unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .errors import RuleError
from .units import ONE, Unit
from .verbs import COMPARISONS, OPERATIONS, Algebra


class Numbers(Algebra):
    """Plain floats; None is unknown."""

    def constant(self, value: float) -> Any:
        return value

    def apply(self, verb: str, *operands: Any) -> Any:
        if verb == "where":
            condition, then, otherwise = operands
            return None if condition is None else then if condition else otherwise
        if any(operand is None for operand in operands):
            return None
        try:
            return self.known(OPERATIONS[verb](*operands))
        except (ZeroDivisionError, OverflowError, ValueError):
            return None

    def known(self, result: Any) -> Any:
        """The result, or None where it is no finite real number (the root of a negative is complex)."""
        return result if not isinstance(result, complex) and math.isfinite(result) else None


_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_TIGHT = 9
_SIGNS = {"*": "×", "/": "÷", "**": "^", "-": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_FUNCTIONS = {"greatest": "最大", "least": "最小", "ceil": "进位取整", "ln": "ln"}


class Formulas(Algebra):
    """Text with the precedence of its outermost operator, for printing with few brackets."""

    def constant(self, value: float) -> tuple[str, int]:
        return (f"{value:g}", _TIGHT)

    def apply(self, verb: str, *operands: tuple[str, int]) -> tuple[str, int]:
        texts = [text for text, _ in operands]
        if verb == "where":
            return ("若 {} 则 {} 否则 {}".format(*texts), 0)
        if verb in _FUNCTIONS:
            return (f"{_FUNCTIONS[verb]}({', '.join(texts)})", _TIGHT)
        if verb == "neg":
            return (f"−{_bracketed(operands[0], 2)}", 2)
        binding = _BINDING.get(verb, 0)
        left = _bracketed(operands[0], binding + (verb == "**"))
        right = _bracketed(operands[1], binding + (verb in {"-", "/"}))
        return (f"{left} {_SIGNS.get(verb, verb)} {right}", binding)


def _bracketed(operand: tuple[str, int], least: int) -> str:
    """The text, in brackets where it binds less tightly."""
    text, binding = operand
    return text if binding >= least else f"({text})"


@dataclass(frozen=True, slots=True)
class Measured:
    """A unit under the unit reading; number is set where it is a bare number of the formula."""

    unit: Unit
    number: float | None = None


class Units(Algebra):
    """Units: checks dimensions and derives the unit of the result. Raises RuleError."""

    def constant(self, value: float) -> Measured:
        return Measured(ONE, value)

    def apply(self, verb: str, *operands: Measured) -> Measured:
        first, last = operands[0].unit, operands[-1].unit
        match verb:
            case "*":
                return Measured(first * last)
            case "/":
                return Measured(first / last)
            case "**":
                return self._power(*operands)
            case "ln" if first != ONE:
                raise RuleError(f"ln 的单位是 {first}，应为 1")
            case "ln" | "ceil" | "neg":
                return Measured(first)
            case "where":
                return self._same(f"where(…, {operands[1].unit}, {last})", *operands[1:])
            case "greatest" | "least":
                return self._same(f"{verb}({', '.join(str(one.unit) for one in operands)})", *operands)
        same = self._same(f"{first} {verb} {last}", *operands)
        return Measured(ONE) if verb in COMPARISONS.values() else same

    def _power(self, base: Measured, exponent: Measured) -> Measured:
        if exponent.unit != ONE:
            raise RuleError(f"指数的单位是 {exponent.unit}，应为 1")
        if exponent.number is not None and float(exponent.number).is_integer():
            return Measured(base.unit ** int(exponent.number))
        if base.unit != ONE:
            raise RuleError(f"底数的单位是 {base.unit}，非整数次幂的底数应为 1")
        return Measured(ONE)

    def _same(self, said: str, *values: Measured) -> Measured:
        measured = [value.unit for value in values if value.number != 0]  # zero fits every unit
        if any(unit != measured[0] for unit in measured):
            raise RuleError(f"{said}：单位不同，不能相加、相减或相比；请把两个量声明成同一单位")
        return Measured(measured[0] if measured else ONE)
