"""Responsibility brackets, prose and blanket rules: tasks and who owes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from duheng.reading.duties.parts import Part, parts, unowned
from duheng.reading.duties.places import Placed, first_named, in_prose, stated
from duheng.reading.duties.tables import table_tasks
from duheng.reading.duties.units import is_unit
from duheng.reading.duties.words import Words, words
from duheng.reading.outline import Outline
from duheng.reading.records import Doubt, Task
from duheng.reading.tables import Rows

_BEFORE_BRACKET = 24


def tasks(
    text: str, plain: str, outline: Outline, tables: Sequence[Rows] = ()
) -> tuple[list[Task], list[Doubt]]:
    """The tasks of a document in the order of the text, and what is doubtful about them.

    tables: the rows of cells, as (start, end) in the text, of each table.
    """
    known = words()
    found = stated(known, text, plain, outline)
    first = first_named(known, plain, outline, found)
    found = sorted([*found, *in_prose(known, text, plain, outline, found)], key=lambda one: one.start)
    pieces = parts(text, plain, outline, found)
    owned = [_task(text, part, first) for part in pieces]
    in_brackets = [task for task, part in zip(owned, pieces, strict=True) if not part.stated[0].prose]
    owned += unowned(text, outline, in_brackets)
    in_tables, unread = table_tasks(known, text, plain, outline, tables)
    owned += in_tables
    owned.sort(key=lambda one: one.start)
    owned = _inherited(owned, found)
    return owned, [*unread, *_unnamed(owned), *_unknown(known, found)]


def _task(text: str, part: Part, first: int | None) -> Task:
    responsible: list[str] = []
    leads: list[str] = []
    helpers: list[str] = []
    led = any(one.said.units("lead") for one in part.stated)
    for one in part.stated:
        units = one.said.units()
        named = one.said.units("lead")
        ruled = one.said.first_leads or (first is not None and one.start >= first)
        responsible += units
        leads += named or (units[:1] if ruled and not led else [])
        helpers += one.said.units("cooperate")
    return Task(
        part.number, part.title, part.section, text[part.start : part.end], part.start, part.end,
        list(dict.fromkeys(responsible)), list(dict.fromkeys(leads)), list(dict.fromkeys(helpers)),
        _assignments(text, part), open_list=any(one.said.open_list for one in part.stated),
    )  # fmt: skip


def _assignments(text: str, part: Part) -> list[dict[str, object]]:
    """Of several statements, or one without a label: the words each ends, and its roles."""
    if len(part.stated) < 2 and all(one.said.labelled for one in part.stated):
        return []
    found: list[dict[str, object]] = []
    for one in part.stated:
        roles: dict[str, list[str]] = {}
        for group in one.said.groups:
            roles.setdefault(group.role or "负责", []).extend(group.units)
        before = max(part.start, one.start - _BEFORE_BRACKET)
        found.append({"clause_end": text[before : one.start], "roles": roles})
    return found


def _inherited(owned: list[Task], found: list[Placed]) -> list[Task]:
    """Each task with the units that a rule said in it or before it adds to all that follows."""
    rules = [(one.start, one.said.inherited) for one in found if one.said.inherited]
    return [
        replace(
            one,
            inherited_units=list(
                dict.fromkeys(unit for place, units in rules if place < one.end for unit in units)
            ),
        )
        for one in owned
    ]


def _unnamed(owned: list[Task]) -> list[Doubt]:
    if not any(one.responsible_units or one.inherited_units for one in owned):
        return [Doubt("no_unit", "全文未写明责任单位。", 0, 0)]
    return [
        Doubt("no_unit", f"{one.number}{one.title}：未写明责任单位。", one.start, one.end)
        for one in owned
        if not one.responsible_units
    ]


def _unknown(known: Words, found: list[Placed]) -> list[Doubt]:
    """Names in a statement that do not end as the name of an organ does: shown, not dropped."""
    return [
        Doubt("unknown_unit", f"“{unit}”不像单位名称，请核对。", one.start, one.end)
        for one in found
        for unit in [*one.said.units(), *one.said.inherited]
        if not is_unit(known, unit)
    ]
