"""A document cut into pieces, each with the targets, task, units and doubts that lie over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from duheng.web.reading_fields import UNIT_LISTS
from duheng.web.readings import DOUBT, TARGET, TASK, Entry, Review

UNIT = "u"


@dataclass(frozen=True)
class Piece:
    """A stretch of the text. targets, tasks, doubts: ids of what covers it; begins: whether one of them begins here."""

    start: int
    text: str
    targets: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    unit: bool = False
    begins: bool = False

    @property
    def all(self) -> str:
        """Every id that covers it, divided by blanks."""
        return " ".join((*self.targets, *self.tasks, *self.doubts))

    @property
    def first(self) -> str:
        """The entry a click leads to: the narrowest one."""
        return (*self.targets, *self.doubts, *self.tasks, "")[0]


def pieces(review: Review) -> list[Piece]:
    """The whole text in order; joined they are the text again."""
    text = review.kept.text
    opens: defaultdict[int, list[str]] = defaultdict(list)
    closes: defaultdict[int, list[str]] = defaultdict(list)
    for id, start, end in _spans(review):
        opens[start].append(id)
        closes[end].append(id)
    cuts = sorted({0, len(text), *opens, *closes})
    over: dict[str, int] = {}
    made = []
    for at, until in pairwise(cuts):
        for id in closes[at]:
            over[id] = over.get(id, 1) - 1
        for id in opens[at]:
            over[id] = over.get(id, 0) + 1
        here = [id for id, count in over.items() if count > 0]
        made.append(_piece(at, text[at:until], here, any(id != UNIT for id in opens[at])))
    return made


def _piece(at: int, text: str, here: list[str], begins: bool) -> Piece:
    def of(kind: str) -> tuple[str, ...]:
        return tuple(id for id in here if id[0] == kind)

    return Piece(at, text, of(TARGET), of(TASK), of(DOUBT), UNIT in here, begins)


def _spans(review: Review) -> Iterator[tuple[str, int, int]]:
    for one in review.entries.values():
        if one.kind in (TARGET, TASK, DOUBT) and one.fields["start"] < one.fields["end"]:
            yield one.id, one.fields["start"], one.fields["end"]
    for one in review.of(TASK):
        for start, end in _units(review.kept.text, one):
            yield UNIT, start, end


def _units(text: str, task: Entry) -> Iterable[tuple[int, int]]:
    """Where the names of the task's units stand in it, as printed."""
    for unit in {unit for part in UNIT_LISTS for unit in task.fields.get(part) or ()}:
        at = text.find(unit, task.fields["start"], task.fields["end"])
        while at >= 0:
            yield at, at + len(unit)
            at = text.find(unit, at + len(unit), task.fields["end"])
