"""The verbs of a rule's body, and the term they act on.

A body is ordinary arithmetic plus `where`, `greatest`, `least`, `clip`, `ceil` and `ln`. Each argument arrives
as a Term: a value with the algebra that reads it (number, formula, unit, Polars column, Ibis column).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NoReturn

from .errors import RuleError


class Algebra(ABC):
    """One reading of a rule's body. Every operation gives unknown where an operand is unknown (L1)."""

    @abstractmethod
    def constant(self, value: float) -> Any:
        """A bare number of the formula."""

    @abstractmethod
    def combine(self, operator: str, left: Any, right: Any) -> Any:
        """left operator right, for + - * / **; a zero divisor gives unknown."""

    @abstractmethod
    def compare(self, operator: str, left: Any, right: Any) -> Any:
        """left operator right, for < <= > >= == !=."""

    @abstractmethod
    def where(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """One of two values; unknown where the condition is."""

    @abstractmethod
    def extreme(self, verb: str, values: list[Any]) -> Any:
        """The `greatest` or `least` of several values."""

    @abstractmethod
    def apply(self, verb: str, value: Any) -> Any:
        """`-`, `ceil` or `ln` of a value; ln of what is not positive is unknown."""


class Term:
    """A value under one reading; arithmetic on it builds the reading's result."""

    __slots__ = ("algebra", "value")
    __hash__ = None  # type: ignore[assignment]  # == builds a comparison

    def __init__(self, value: Any, algebra: Algebra) -> None:
        self.value = value
        self.algebra = algebra

    def _raw(self, other: object) -> Any:
        if isinstance(other, Term):
            return other.value
        if isinstance(other, int | float):
            return self.algebra.constant(other)
        raise RuleError(f"规则算式中出现 {other!r}；只能用参数和数字")

    def _combine(self, operator: str, left: Any, right: Any) -> Term:
        return Term(self.algebra.combine(operator, left, right), self.algebra)

    def _compare(self, operator: str, other: object) -> Term:
        return Term(self.algebra.compare(operator, self.value, self._raw(other)), self.algebra)

    def __add__(self, other: object) -> Term:
        return self._combine("+", self.value, self._raw(other))

    def __radd__(self, other: object) -> Term:
        return self._combine("+", self._raw(other), self.value)

    def __sub__(self, other: object) -> Term:
        return self._combine("-", self.value, self._raw(other))

    def __rsub__(self, other: object) -> Term:
        return self._combine("-", self._raw(other), self.value)

    def __mul__(self, other: object) -> Term:
        return self._combine("*", self.value, self._raw(other))

    def __rmul__(self, other: object) -> Term:
        return self._combine("*", self._raw(other), self.value)

    def __truediv__(self, other: object) -> Term:
        return self._combine("/", self.value, self._raw(other))

    def __rtruediv__(self, other: object) -> Term:
        return self._combine("/", self._raw(other), self.value)

    def __pow__(self, other: object) -> Term:
        return self._combine("**", self.value, self._raw(other))

    def __rpow__(self, other: object) -> Term:
        return self._combine("**", self._raw(other), self.value)

    def __neg__(self) -> Term:
        return Term(self.algebra.apply("-", self.value), self.algebra)

    def __lt__(self, other: object) -> Term:
        return self._compare("<", other)

    def __le__(self, other: object) -> Term:
        return self._compare("<=", other)

    def __gt__(self, other: object) -> Term:
        return self._compare(">", other)

    def __ge__(self, other: object) -> Term:
        return self._compare(">=", other)

    def __eq__(self, other: object) -> Term:  # type: ignore[override]  # builds a comparison
        return self._compare("==", other)

    def __ne__(self, other: object) -> Term:  # type: ignore[override]  # builds a comparison
        return self._compare("!=", other)

    def __bool__(self) -> NoReturn:
        raise RuleError("规则算式中不能用 if、and、or 判断参数（L6）；请改用 where(条件, 是, 否)")


def _algebra(*operands: object) -> Algebra:
    found = next((operand.algebra for operand in operands if isinstance(operand, Term)), None)
    if found is None:
        raise RuleError("where、greatest、least、ceil、ln 至少要有一个参数是规则的输入")
    return found


def _values(algebra: Algebra, *operands: object) -> list[Any]:
    probe = Term(None, algebra)
    return [probe._raw(operand) for operand in operands]  # same class


def where(condition: object, then: object, otherwise: object) -> Any:
    """`then` where the condition holds, else `otherwise`; unknown where the condition is unknown."""
    algebra = _algebra(condition, then, otherwise)
    return Term(algebra.where(*_values(algebra, condition, then, otherwise)), algebra)


def greatest(*operands: object) -> Any:
    """The greatest of several values; unknown if one is."""
    algebra = _algebra(*operands)
    return Term(algebra.extreme("greatest", _values(algebra, *operands)), algebra)


def least(*operands: object) -> Any:
    """The least of several values; unknown if one is."""
    algebra = _algebra(*operands)
    return Term(algebra.extreme("least", _values(algebra, *operands)), algebra)


def clip(value: object, low: object, high: object) -> Any:
    """The value held between low and high."""
    return least(greatest(value, low), high)


def ceil(value: Term) -> Any:
    """The next whole number at or above the value."""
    return Term(value.algebra.apply("ceil", value.value), value.algebra)


def ln(value: Term) -> Any:
    """Natural logarithm; unknown for what is not positive."""
    return Term(value.algebra.apply("ln", value.value), value.algebra)
