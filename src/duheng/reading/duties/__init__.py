"""Responsibility brackets, prose and blanket rules: tasks and who owes them."""

from __future__ import annotations

from duheng.reading.outline import Outline
from duheng.reading.records import Doubt, Task


def tasks(text: str, plain: str, outline: Outline) -> tuple[list[Task], list[Doubt]]:
    """The tasks of a document in the order of the text, and what is doubtful about them."""
    return [], []
