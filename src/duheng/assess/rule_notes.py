"""What each rule means in Chinese (cn/rule_notes.yaml); the docstring beside the formula says it in English."""

from __future__ import annotations

from functools import cache

from duheng.model import Rule, Wording
from duheng.model.data import read_yaml, root

FILE = "rule_notes.yaml"


@cache
def rule_notes() -> dict[str, str | list[str]]:
    """The notes by id of the rule: one for all its wordings, or one for each in the order of the code."""
    read: dict[str, str | list[str]] = read_yaml(root() / FILE)
    return read


def note_of(rule: Rule, wording: Wording) -> str:
    """The Chinese note of a wording; "" where there is none."""
    said = rule_notes().get(rule.id, "")
    return said if isinstance(said, str) else said[rule.wordings.index(wording)]
