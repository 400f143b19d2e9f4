"""Formulas of the relations between figures of a form: + - * / and abs, each figure as exact as its printed digits."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from duheng.model.errors import RuleError


@dataclass(frozen=True)
class Figure:
    """A figure and by how much rounding alone may have moved it."""

    value: Decimal
    error: Decimal = Decimal(0)

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.value + other.value, self.error + other.error)

    def __sub__(self, other: Figure) -> Figure:
        return Figure(self.value - other.value, self.error + other.error)

    def __mul__(self, other: Figure) -> Figure:
        error = abs(self.value) * other.error + abs(other.value) * self.error + self.error * other.error
        return Figure(self.value * other.value, error)

    def over(self, other: Figure) -> Figure | None:
        """The quotient; None where the divisor may be nought."""
        if abs(other.value) <= other.error:
            return None
        value = self.value / other.value
        return Figure(value, (self.error + abs(value) * other.error) / (abs(other.value) - other.error))

    def __abs__(self) -> Figure:
        return Figure(abs(self.value), self.error)


Known = Callable[[str], Figure | None]


def rounding(values: Sequence[Decimal]) -> Decimal:
    """Half a unit of the last printed digit for every figure: what rounding alone can make of their sum."""
    digits = max((-int(value.as_tuple().exponent) for value in values if value), default=0)
    return Decimal(len(values)) / 2 * Decimal(1).scaleb(-max(0, digits))


@cache
def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as trouble:
        raise RuleError(f"cn/forms：公式“{text}”不成式；只可用 + - * / ( ) abs 和栏名") from trouble


@cache
def names(text: str) -> tuple[str, ...]:
    """The figures that a formula needs, in its order. Raises RuleError for what is no such formula."""
    found: dict[str, None] = {}
    _walk(_tree(text), found.setdefault)
    return tuple(found)


def _walk(node: ast.expr, see: Callable[[str], object]) -> None:
    match node:
        case ast.Name(id=name):
            see(name)
        case ast.Constant(value=int() | float()):
            pass
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
            _walk(left, see)
            _walk(right, see)
        case ast.Call(func=ast.Name(id="abs"), args=[inner], keywords=[]):
            _walk(inner, see)
        case _:
            raise RuleError(f"cn/forms：公式含有“{ast.unparse(node)}”；只可用 + - * / ( ) abs 和栏名")


def evaluate(text: str, known: Known) -> Figure | None:
    """The formula's value; None where a figure is not known or a divisor may be nought (L1)."""
    return _value(_tree(text), known)


def _value(node: ast.expr, known: Known) -> Figure | None:
    match node:
        case ast.Name(id=name):
            return known(name)
        case ast.Constant(value=value):
            return Figure(Decimal(str(value)))
        case ast.Call(args=[inner]):
            inside = _value(inner, known)
            return None if inside is None else abs(inside)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _value(left, known), _value(right, known)
            return None if one is None or other is None else _made(one, op, other)
    raise RuleError(f"cn/forms：公式含有“{ast.unparse(node)}”")


def _made(one: Figure, op: ast.operator, other: Figure) -> Figure | None:
    if isinstance(op, ast.Div):
        return one.over(other)
    if isinstance(op, ast.Mult):
        return one * other
    return one + other if isinstance(op, ast.Add) else one - other
