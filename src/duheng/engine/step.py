"""A step: a result with its reasons, computed and never stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["fact", "rule", "parameter", "total", "aggregate", "target", "missing"]


@dataclass(frozen=True, slots=True)
class Step:
    """A result with its reasons. value [unit]; None is unknown.

    label: what it is called here (the argument's name, the item, the entity); cite and certainty: the text
    behind a rule or parameter; fact: id of the stated fact; note: what is special or missing.
    """

    label: str
    kind: Kind
    quantity: str
    entity: str
    item: str | None
    period: str
    value: float | None
    unit: str
    text: str = ""
    formula: str = ""
    cite: str = ""
    certainty: str = ""
    fact: str | None = None
    note: str = ""
    parts: tuple[Step, ...] = ()

    def walk(self) -> Iterator[Step]:
        """This step and all below it, depth first."""
        yield self
        for part in self.parts:
            yield from part.walk()
