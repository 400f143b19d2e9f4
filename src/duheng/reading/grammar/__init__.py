"""Measures, deadlines, bases, comparators and heads: the numbers owed."""

from __future__ import annotations

from duheng.reading.outline import Outline
from duheng.reading.records import Doubt, Target


def targets(text: str, plain: str, outline: Outline) -> tuple[list[Target], list[Doubt]]:
    """The targets of a document in the order of the text, and what is doubtful about them."""
    return [], []
