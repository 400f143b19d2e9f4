"""Two readings of a rule's body over whole columns: Polars expressions and Ibis expressions.

Engines differ at the edges: a null condition takes the else-branch, `greatest` skips nulls, a zero divisor
gives infinity. Both readings are held to the laws of the number reading here (L1).
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

import polars as pl

from duheng.model.rule import Rule
from duheng.model.verbs import OPERATIONS, Algebra, noise


class PolarsColumns(Algebra):
    """Polars expressions; null is unknown."""

    def constant(self, value: float) -> pl.Expr:
        return pl.lit(float(value))

    def apply(self, verb: str, *operands: pl.Expr) -> pl.Expr:
        first, last = operands[0], operands[-1]
        match verb:
            case "/":
                return pl.when(last != 0).then(first / last)
            case "**":
                power = first**last
                return pl.when(power.is_finite()).then(power)
            case "ln":
                return pl.when(first > 0).then(first.log())
            case "ceil":
                return (first - pl.min_horizontal(noise(first), pl.lit(0.5))).ceil()
            case "where":
                return pl.when(first).then(operands[1]).when(~first).then(last)
            case "greatest" | "least":
                horizontal = pl.max_horizontal if verb == "greatest" else pl.min_horizontal
                return pl.when(pl.all_horizontal(one.is_not_null() for one in operands)).then(
                    horizontal(*operands)
                )
        result: pl.Expr = OPERATIONS[verb](*operands)
        return result


class IbisColumns(Algebra):
    """Ibis expressions, for any engine Ibis compiles to; NULL is unknown."""

    def constant(self, value: float) -> Any:
        import ibis

        return ibis.literal(float(value), "float64")  # a DECIMAL literal would be cut (stack.md)

    def apply(self, verb: str, *operands: Any) -> Any:
        import ibis

        first, last, unknown = operands[0], operands[-1], ibis.null("float64")
        match verb:
            case "/":
                return first / last.nullif(0.0)
            case "**":
                # A zero base with a negative exponent and a root of a negative are unknown, not an error.
                rooted = (first < 0) & (last == last.floor())
                defined = ((first > 0) | ((first == 0) & (last >= 0)) | rooted).fill_null(False)
                power = ibis.ifelse(defined, first, 1.0) ** last
                return ibis.ifelse(defined & ~power.isinf(), power, unknown)
            case "ln":
                positive = (first > 0).fill_null(False)
                return ibis.ifelse(positive, ibis.ifelse(positive, first, 1.0).ln(), unknown)
            case "ceil":
                return (first - ibis.least(noise(first), 0.5)).ceil().cast("float64")
            case "where":
                return ibis.cases((first, operands[1]), (~first, last), else_=unknown)
            case "greatest" | "least":
                known = reduce(and_, (one.notnull() for one in operands))
                chosen = ibis.greatest if verb == "greatest" else ibis.least
                return ibis.ifelse(known, chosen(*operands), unknown)
        return OPERATIONS[verb](*operands)


def over_polars(rule: Rule, **columns: pl.Expr) -> pl.Expr:
    """A rule's first wording over Polars columns by argument, in the rule's unit."""
    result: pl.Expr = rule.wordings[0].result(PolarsColumns(), columns)
    return result


def over_ibis(rule: Rule, **columns: Any) -> Any:
    """A rule's first wording over Ibis columns by argument, in the rule's unit."""
    return rule.wordings[0].result(IbisColumns(), columns)
