"""The verbs of a rule's body, and the term they act on.

A body is ordinary arithmetic plus `where`, `greatest`, `least`, `clip`, `ceil` and `ln`. Each argument arrives
as a Term: a value with the algebra that reads it (number, formula, unit, Polars column, Ibis column).
"""

from __future__ import annotations

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NoReturn

from .errors import RuleError

ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**"}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
"""Verbs by Python's name for them."""

_NOISE = 1e-12


def noise(*values: Any) -> Any:
    """By how much binary numbers of the same decimals may differ: what lies exactly on a limit has met it (L7)."""
    return _NOISE * sum(map(_size, values))


def _size(value: Any) -> Any:
    return value.abs() if hasattr(value, "abs") else abs(value)


OPERATIONS: dict[str, Callable[..., Any]] = {
    **{verb: getattr(operator, name) for name, verb in ARITHMETIC.items()},
    "<": lambda one, other: other - one > noise(one, other),
    "<=": lambda one, other: one - other <= noise(one, other),
    ">": lambda one, other: one - other > noise(one, other),
    ">=": lambda one, other: other - one <= noise(one, other),
    "==": lambda one, other: _size(one - other) <= noise(one, other),
    "!=": lambda one, other: _size(one - other) > noise(one, other),
    "neg": operator.neg,
    "ceil": lambda value: math.ceil(value - min(noise(value), 0.5)),
    "ln": math.log,
    "greatest": max,
    "least": min,
}
"""What each verb but `where` does to known numbers."""


class Algebra(ABC):
    """One reading of a rule's body. Every operation gives unknown where an operand is unknown (L1)."""

    @abstractmethod
    def constant(self, value: float) -> Any:
        """A bare number of the formula."""

    @abstractmethod
    def apply(self, verb: str, *operands: Any) -> Any:
        """The result of a verb of OPERATIONS, or of `where` on condition, then and otherwise.

        Unknown too: division by zero, `ln` of what is not positive, a power that is no real number, and
        `where` under an unknown condition; the branch that is not taken does not matter.
        """


class Term:
    """A value under one reading; arithmetic on it builds the reading's result."""

    __slots__ = ("algebra", "value")
    __hash__ = None  # type: ignore[assignment]  # == builds a comparison

    def __init__(self, value: Any, algebra: Algebra) -> None:
        self.value = value
        self.algebra = algebra

    def __bool__(self) -> NoReturn:
        raise RuleError("规则算式中不能用 if、and、or 判断参数（L6）；请改用 where(条件, 是, 否)")

    def __neg__(self) -> Term:
        return _applied("neg", self)


def _applied(verb: str, *operands: object) -> Term:
    algebra = next((operand.algebra for operand in operands if isinstance(operand, Term)), None)
    if algebra is None:
        raise RuleError("where、greatest、least、ceil、ln 至少要有一个参数是规则的输入")
    return Term(algebra.apply(verb, *(_raw(operand, algebra) for operand in operands)), algebra)


def _raw(operand: object, algebra: Algebra) -> Any:
    if isinstance(operand, Term):
        return operand.value
    if isinstance(operand, int | float):
        return algebra.constant(operand)
    raise RuleError(f"规则算式中出现 {getattr(operand, 'id', repr(operand))}；只能用参数和数字")


def _operator(verb: str, *, reflected: bool = False) -> Callable[[Term, object], Term]:
    def operation(own: Term, other: object) -> Term:
        return _applied(verb, other, own) if reflected else _applied(verb, own, other)

    return operation


for _name, _verb in {**ARITHMETIC, **COMPARISONS}.items():
    setattr(Term, f"__{_name}__", _operator(_verb))
    if _name in ARITHMETIC:
        setattr(Term, f"__r{_name}__", _operator(_verb, reflected=True))


def where(condition: object, then: object, otherwise: object) -> Any:
    """`then` where the condition holds, else `otherwise`; unknown where the condition is unknown."""
    return _applied("where", condition, then, otherwise)


def greatest(*operands: object) -> Any:
    """The greatest of several values; unknown if one is."""
    return _applied("greatest", *operands)


def least(*operands: object) -> Any:
    """The least of several values; unknown if one is."""
    return _applied("least", *operands)


def clip(value: object, low: object, high: object) -> Any:
    """The value held between low and high."""
    return least(greatest(value, low), high)


def ceil(value: object) -> Any:
    """The next whole number at or above the value."""
    return _applied("ceil", value)


def ln(value: object) -> Any:
    """Natural logarithm; unknown for what is not positive."""
    return _applied("ln", value)
