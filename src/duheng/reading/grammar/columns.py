"""The head of a table of indicators: which column names, which measures, which holds the value of which year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from duheng.model import data
from duheng.reading.grammar.deadlines import plan_end
from duheng.reading.grammar.measures import measures
from duheng.reading.grammar.words import either, pattern

_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_PLAN = re.compile(r"“?([二三四]?十[一二三四五六七八九]?五)”?")
_BRACKET = re.compile(r"[（〔]([^（）〔〕]{1,16})[）〕]$")
_LONGEST = 40  # characters of a head: what is longer is a cell of the table


@cache
def said() -> dict[str, Any]:
    """The words of cn/reading/tables.yaml."""
    loaded: dict[str, Any] = data.read_yaml(data.root() / "reading" / "tables.yaml")
    return loaded


@dataclass(frozen=True)
class Column:
    """A column of values. role: base, goal or change; year: that of its head; name: what a county table counts."""

    at: int
    label: str
    role: str
    year: int | None
    unit: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Columns:
    """The columns of a table: `parts` by what they hold, `names` those of the indicator, `values` those of numbers."""

    width: int
    parts: dict[str, int]
    names: list[int]
    values: list[Column] = field(default_factory=list)

    def of(self, role: str) -> list[Column]:
        """The columns of values of one role."""
        return [one for one in self.values if one.role == role]


def is_unit(name: str) -> bool:
    """Whether a word is a unit and nothing else (%, 吨标准煤/万元, 座)."""
    found = measures("1" + name, 0, 1 + len(name)) if 0 < len(name) <= 16 else []
    return len(found) == 1 and found[0].unit is not None and found[0].end == 1 + len(name)


def unit_at_end(name: str) -> tuple[str, str | None]:
    """A name without the unit in brackets at its end, and that unit: 森林覆盖率（%）."""
    found = _BRACKET.search(name)
    if found and is_unit(found[1].removeprefix("单位：")):
        return name[: found.start()], found[1].removeprefix("单位：")
    return name, None


def year_of(label: str) -> int | None:
    """The last year a head names: 2030年目标 or “十五五”末."""
    if years := _YEAR.findall(label):
        return int(years[-1])
    plan = _PLAN.search(label)
    return plan_end(plan[1]) if plan else None


def columns(labels: Sequence[str], written: int | None) -> Columns | None:
    """The columns of a head, null where it is none. written: the year of the document, what lies before it is past."""
    if max(map(len, labels)) > _LONGEST:
        return None
    parts = _parts(labels)
    if "indicator" not in parts:
        return _of_places(labels, parts)
    names = [parts["indicator"]]
    while names[-1] + 1 < len(labels) and not labels[names[-1] + 1]:
        names.append(names[-1] + 1)
    taken = {*parts.values(), *names}
    values = [_value(at, label) for at, label in enumerate(labels) if label and at not in taken]
    return Columns(len(labels), parts, names, _roles([one for one in values if one], written))


def _parts(labels: Sequence[str]) -> dict[str, int]:
    """Where the words of the head stand that name a column; of several names of indicators the first listed wins."""
    found: dict[str, int] = {}
    for part, names in said()["columns"].items():
        for name in names:
            bare = [
                re.sub(r"[（〔][^（）〔〕]*[）〕]$", "", one) if part == "indicator" else one
                for one in labels
            ]
            if part not in found and name in bare and bare.index(name) not in found.values():
                found[part] = bare.index(name)
    return found


def _value(at: int, label: str) -> Column | None:
    name, unit = unit_at_end(label)
    year = year_of(label)
    if re.search(either(said()["change"]), name):
        return Column(at, label, "change", year, unit)
    if re.search(either(said()["base"]), name) and not re.search("目标|规划|预期", name):
        return Column(at, label, "base", year, unit)
    if re.search(either(said()["goal"]), name):
        return Column(at, label, "goal", year, unit)
    return Column(at, label, "", year, unit) if year else None


def _roles(values: list[Column], written: int | None) -> list[Column]:
    """Columns that name only a year: the base where they lie before the goals or the document, else goals."""
    goals = [one.year for one in values if one.role == "goal" and one.year]
    bare = [one.year for one in values if not one.role and one.year]
    first = min(goals, default=0) or (max(bare, default=0) if written is None else written)
    if not goals and len(bare) > 1 and not any(one.role == "base" for one in values):
        first = max(first, sorted(bare)[1]) if written is None or min(bare) <= written else first
    decided = []
    for one in values:
        role = one.role or ("base" if (one.year or 0) < first else "goal")
        decided.append(Column(one.at, one.label, role, one.year, one.unit))
    return decided


def _of_places(labels: Sequence[str], parts: dict[str, int]) -> Columns | None:
    """A table of places: every other column is an indicator with its unit."""
    if "place" not in parts:
        return None
    values = []
    for at, label in enumerate(labels):
        if at in parts.values() or not label:
            continue
        bare, unit = unit_at_end(label)
        name = re.sub(
            r"(?:19|20)\d\d年底?|“?十[一二三四五六七八九]?五”?(?:时期|期间|末)?|(?:控制|考核|任务|规划|分解)*(?:目标|指标)(?:任务)?值?$",
            "",
            bare,
        )
        if unit or pattern("indicator_end").search(name) or re.search(said()["fall_ends"], name):
            past = re.search(either(said()["base"]), bare)
            values.append(Column(at, label, "base" if past else "goal", year_of(label), unit, name))
    return Columns(len(labels), parts, [], values) if values else None
