"""What to know of a result over a plain table, though nothing is wrong with the table."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from duheng.model import Parameter, Quantity, Rule
from duheng.model.periods import parse
from duheng.model.references import Reference


def unverified(rule: Rule, facts: pl.DataFrame) -> Iterator[str]:
    """A notice of each parameter in use whose values nobody has held against the text."""
    items = [*facts["item"].drop_nulls().unique(maintain_order=True)]
    periods = [parse(text) for text in facts["period"].unique(maintain_order=True)]
    for one in dict.fromkeys(_constants(rule, frozenset(facts["quantity"].unique()))):
        chosen = [one.at(period.end, item) for period in periods for item in (items if one.axis else [None])]
        unsure = [s.item or "" for s in chosen if s is not None and s.certainty == "memory"]
        if unsure:
            named = "、".join(filter(None, dict.fromkeys(unsure)))
            yield f"提示：{one.title}{f'（{named}）' if named else ''}取值未核实，请与原文核对"


def _constants(of: Reference, given: frozenset[str]) -> Iterator[Parameter]:
    """The parameters that the first wording in force reads, below what no given column states."""
    if isinstance(of, Parameter):
        yield of
    elif isinstance(of, Rule) and of.id not in given:
        for reference in of.wordings[0].inputs.values():
            yield from _constants(reference, given)
    elif not isinstance(of, Quantity):
        for part in of.parts():
            yield from _constants(part, given)
