"""What a reading consists of: targets, tasks and doubts, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from duheng.reading.doubts import kind


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


@dataclass(frozen=True, slots=True)
class Target:
    """A number owed, as printed: `text[start:end] == quote`. Years are calendar years; null: not said.

    value, value_max, unit, base_value, base_unit: as printed, never converted (4.32 / 万吨).
    direction: decrease, increase (by) / decrease_to, increase_to, reach, maintain, at_least, at_most (a level) /
    complete (work) / zero_growth / multiply / assigned (binding, its number lives in another paper).
    kind: requirement (standing rule) or allocation (money), not `owed`; binding or expected where a table says so;
    null for a target of the text. implied: 0 or 100 % said in a word. table: from the row of a table.
    """

    indicator: str
    quote: str
    start: int
    end: int
    direction: str
    scope: str | None = None
    value: Decimal | None = None
    value_max: Decimal | None = None
    unit: str | None = None
    comparator: str | None = None
    change_from: int | None = None
    deadline: int | None = None
    period: str | None = None
    hedge: str | None = None
    kind: str | None = None
    implied: bool = False
    base_value: Decimal | None = None
    base_unit: str | None = None
    condition: str | None = None
    table: bool = False

    @property
    def owed(self) -> bool:
        """Whether it is a target, not a standing rule or money."""
        return self.kind not in ("requirement", "allocation")

    def as_json(self) -> dict[str, Any]:
        """Every field, null where the text says nothing."""
        return {one.name: _json(getattr(self, one.name)) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Task:
    """A task and who owes it; unit names as printed. `text[start:end] == quote`.

    assignments: where a task has several brackets, {clause_end, units} of each. inherited_units: those a blanket rule
    adds. open_list: the list of units ends in 等.
    """

    number: str
    title: str
    section: str
    quote: str
    start: int
    end: int
    responsible_units: list[str] = field(default_factory=list)
    lead_units: list[str] = field(default_factory=list)
    cooperating_units: list[str] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    inherited_units: list[str] = field(default_factory=list)
    open_list: bool = False

    def as_json(self) -> dict[str, Any]:
        """Every field."""
        return {one.name: _json(getattr(self, one.name)) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a person should look at: `kind` is one of `doubts.kinds()`, `message` Chinese, the place in the text."""

    kind: str
    message: str
    start: int
    end: int

    def as_json(self) -> dict[str, Any]:
        """{"kind", "title", "message", "remedy", "start", "end"}: title and remedy are those of the kind."""
        known = kind(self.kind)
        return {
            "kind": self.kind, "title": known.title, "message": self.message, "remedy": known.remedy,
            "start": self.start, "end": self.end,
        }  # fmt: skip
