"""The kinds of doubt (cn/reading/doubts.yaml): what each is called, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from duheng.model import data


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of doubt: its Chinese title, its remedy, and its rank (0 is looked at first)."""

    name: str
    title: str
    remedy: str
    rank: int


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by name, the weightiest first. Raises UnreadableSource where the data folder is missing."""
    said = data.read_yaml(data.root() / "reading" / "doubts.yaml")
    return {
        name: Kind(name, one["title"], one["remedy"], rank) for rank, (name, one) in enumerate(said.items())
    }


def kind(name: str) -> Kind:
    """The kind of that name. Raises KeyError where it is not listed."""
    return kinds()[name]
