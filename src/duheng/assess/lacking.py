"""What unknown values lack: statements that are late, else why they are unknown although nobody is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from duheng.assess.books import Opened
from duheng.assess.evidence import Cell, reasons, steps
from duheng.assess.owed import Owed, each_once, empty_registers, wanting
from duheng.engine import Step
from duheng.model.glossary import quantity
from duheng.model.saying import Saying, listed, say

_NAMED = 5
_UNREPORTED = "未填报"  # how the note of a step begins that nobody stated


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the unknown values of some cells lack.

    owed: the statements that are due. units: who owes them, or a whole register. cause: what else keeps them
    unknown (a parameter without value, what no duty asks for, a day that has not come), "" where that is all.
    period: whose reasons show the cause, None where it is only too early.
    """

    owed: tuple[Owed, ...] = ()
    units: tuple[str, ...] = ()
    cause: str = ""
    period: str | None = None


def lacking(opened: Opened, cells: Sequence[Cell], day: date) -> Lacking:
    """What the unknown cells of one quantity (the oldest first) lack on a day."""
    if not cells:
        return Lacking()
    every = {cell: wanting(opened, cell) for cell in cells}
    owed = each_once(one for many in every.values() for one in many if one.due <= day)
    registers = {duty.by: due for duty, due in empty_registers(opened, cells[0])}
    units = dict.fromkeys(one.unit for one in owed) or [by for by, due in registers.items() if due <= day]
    stated = [cell for cell, many in every.items() if not many and not registers]
    if stated:  # all that was asked for is there: of its newest period the reasons say what is not
        return Lacking(owed, tuple(units), _cause(opened, reasons(opened, stated[-1])), stated[-1].period)
    first = min([*registers.values(), *(one.due for many in every.values() for one in many)])
    early = "" if units else say("尚未到报送期限，最早的应于{day}前报送", day=first)
    return Lacking(owed, tuple(units), early)


def _cause(opened: Opened, step: Step) -> Saying:
    """What an unknown value wants that no unit owes: parameters, statements nobody is told to make, the rest."""
    ends = [one for one in steps(step) if one.value is None and all(p.value is not None for p in one.parts)]
    parameters = [one for one in ends if one.kind == "parameter"]
    unasked = [one for one in ends if one.note.startswith(_UNREPORTED)]
    rest = [one for one in ends if one.kind != "parameter" and not one.note.startswith(_UNREPORTED)]
    wanted = (
        ("{what}没有取值，请在“参数”页补充并写明依据", [_setting(opened, one) for one in parameters]),
        ("{what}尚未规定由谁报送", [quantity(one.quantity) for one in unasked]),
    )
    said = [say(text, what=_few(many)) for text, many in wanted if many]
    told = dict.fromkeys(say("{what}：{note}", what=one.text, note=one.note or "未知") for one in rest)
    return listed("；", (*said, *told))


def _setting(opened: Opened, step: Step) -> Saying:
    """`折标准煤系数 天然气`: the parameter and item that have no value."""
    return listed(" ", filter(None, (opened.books.parameters.get(step.quantity), step.item)))


def _few(many: Iterable[object]) -> Saying:
    """Each once, the first few of many with how many there are."""
    once = list(dict.fromkeys(many))
    names = listed("、", once[:_NAMED])
    return say("{names}等{n}个", names=names, n=len(once)) if len(once) > _NAMED else names
