"""Two readings of a rule's body over whole columns: Polars expressions and Ibis expressions.

Engines differ at the edges: a null condition takes the else-branch, `greatest` skips nulls, a zero divisor
gives infinity. Both readings are held to the laws of the number reading here (L1).
"""

from __future__ import annotations

import operator
from typing import Any

import polars as pl

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


class PolarsColumns(Algebra):
    """Polars expressions; null is unknown."""

    def constant(self, value: float) -> pl.Expr:
        return pl.lit(float(value))

    def combine(self, operator: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
        if operator == "/":
            return pl.when(right != 0).then(left / right)
        if operator == "**":
            power = left**right
            return pl.when(power.is_finite()).then(power)
        result: pl.Expr = _ARITHMETIC[operator](left, right)
        return result

    def compare(self, operator: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
        result: pl.Expr = _COMPARISON[operator](left, right)
        return result

    def where(self, condition: pl.Expr, then: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
        return pl.when(condition).then(then).when(~condition).then(otherwise)

    def extreme(self, verb: str, values: list[pl.Expr]) -> pl.Expr:
        horizontal = pl.max_horizontal if verb == "greatest" else pl.min_horizontal
        return pl.when(pl.all_horizontal(value.is_not_null() for value in values)).then(horizontal(*values))

    def apply(self, verb: str, value: pl.Expr) -> pl.Expr:
        if verb == "ln":
            return pl.when(value > 0).then(value.log())
        return -value if verb == "-" else value.ceil()


class IbisColumns(Algebra):
    """Ibis expressions, for any engine Ibis compiles to; NULL is unknown."""

    def constant(self, value: float) -> Any:
        import ibis

        return ibis.literal(float(value), "float64")  # a DECIMAL literal would be cut (stack.md)

    def combine(self, operator: str, left: Any, right: Any) -> Any:
        import ibis

        if operator == "/":
            return left / right.nullif(0.0)
        if operator == "**":
            # A zero base with a negative exponent and a root of a negative are unknown, not an engine's error.
            rooted = (left < 0) & (right == right.floor())
            defined = ((left > 0) | ((left == 0) & (right >= 0)) | rooted).fill_null(False)
            power = ibis.ifelse(defined, left, 1.0) ** right
            return ibis.ifelse(defined & ~power.isinf(), power, ibis.null("float64"))
        return _ARITHMETIC[operator](left, right)

    def compare(self, operator: str, left: Any, right: Any) -> Any:
        return _COMPARISON[operator](left, right)

    def where(self, condition: Any, then: Any, otherwise: Any) -> Any:
        import ibis

        return ibis.cases((condition, then), (~condition, otherwise), else_=ibis.null("float64"))

    def extreme(self, verb: str, values: list[Any]) -> Any:
        import ibis

        known = values[0].notnull()
        for value in values[1:]:
            known = known & value.notnull()
        chosen = ibis.greatest(*values) if verb == "greatest" else ibis.least(*values)
        return ibis.ifelse(known, chosen, ibis.null("float64"))

    def apply(self, verb: str, value: Any) -> Any:
        import ibis

        if verb == "ln":
            positive = (value > 0).fill_null(False)
            return ibis.ifelse(positive, ibis.ifelse(positive, value, 1.0).ln(), ibis.null("float64"))
        return -value if verb == "-" else value.ceil().cast("float64")
