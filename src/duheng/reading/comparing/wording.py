"""Two names of an indicator beside each other; what a name is in one form stands in naming.py, for binding as well."""

from __future__ import annotations

from duheng.reading.naming import bare, canonical, named, table

__all__ = ["bare", "canonical", "insertion", "named", "table"]


def insertion(one: str, other: str) -> bool:
    """Whether one name is the other with words put in at one place; two names that swap a word are two things."""
    short, long = sorted((one, other), key=len)
    head = 0
    while head < len(short) and short[head] == long[head]:
        head += 1
    return long.endswith(short[head:])
