"""Who owes which statement: what an unknown result lacks, the duty that asks for it, and when it was due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from duheng.assess.books import Opened
from duheng.assess.evidence import Cell, reasons
from duheng.city.duties import asking
from duheng.engine import Step
from duheng.model.entities import Entity
from duheng.model.glossary import all_quantities, quantity
from duheng.model.periods import KINDS, Period, parse
from duheng.model.plan import Duty
from duheng.model.rule import leaves as stated_quantities
from duheng.model.saying import Saying, listed, say


@dataclass(frozen=True, slots=True)
class Owed:
    """A statement that is not there: the unit that owes it, the duty, for what, and its last day in time."""

    unit: str
    duty: Duty
    quantity: str
    entity: Entity
    item: str | None
    period: Period
    due: date

    @property
    def key(self) -> tuple[str, str, str, str | None, str]:
        """What makes it the same debt."""
        return (self.duty.id, self.quantity, self.entity.id, self.item, str(self.period))

    @property
    def what(self) -> Saying:
        """`乐至县 分品种能源消费实物量 原煤 2024年`."""
        parts = (self.entity, quantity(self.quantity), self.item, self.period)
        return listed(" ", filter(None, parts))

    @property
    def text(self) -> Saying:
        """`市统计局：乐至县 分品种能源消费实物量 原煤 2024年，应于2025-06-30前报送`."""
        return say("{unit}：{what}，应于{due}前报送", unit=self.unit, what=self.what, due=self.due)


def each_once(many: Iterable[Owed]) -> tuple[Owed, ...]:
    """The debts in their order, each once."""
    return tuple({one.key: one for one in many}.values())


def owed(opened: Opened, cell: Cell, day: date) -> tuple[Owed, ...]:
    """The statements due by a day for want of which a cell is unknown, in the order of its reasons."""
    return tuple(one for one in wanting(opened, cell) if one.due <= day)


def wanting(opened: Opened, cell: Cell) -> tuple[Owed, ...]:
    """The same whenever they are due.

    Follows the reasons of the cell down to what is missing: what another statement makes needless (a county's
    energy stated as a whole) is not asked for. Empty for a cell without any duty.
    """
    key = ("owed", cell)
    if key not in opened.memo:
        opened.memo[key] = each_once(_wanting(opened, reasons(opened, cell), (), set()))
    found: tuple[Owed, ...] = opened.memo[key]
    return found


def obliged(opened: Opened, cell: Cell) -> bool:
    """Whether some duty asks for what a cell rests on, of its entity or below it."""
    duties = asking(opened.plan.duties, quantity(cell.quantity), cell.item)
    return any(_bound(opened, duty, cell.entity) for duty in duties) or bool(empty_registers(opened, cell))


def empty_registers(opened: Opened, cell: Cell) -> list[tuple[Duty, date]]:
    """The duties over a register that is empty and feeds a cell, with the first day one is due in the plan.

    While a register is empty its unit owes the register itself.
    """
    return [
        (duty, duty.due(opened.plan.period.parts(duty.every)[0]))
        for duty in asking(opened.plan.duties, quantity(cell.quantity), cell.item)
        if duty.entity is None and not any(one.kind == duty.kind for one in opened.books.places)
    ]


def _wanting(opened: Opened, step: Step, above: tuple[Step, ...], seen: set[int]) -> Iterator[Owed]:
    """What the duties ask for at an unknown step; where they ask nothing of it, at the steps below."""
    if step.value is not None or id(step.parts or step) in seen:
        return
    seen.add(id(step.parts or step))
    asked = tuple(_lacking(opened, step, {step.quantity}, above))
    if not asked and not step.parts and step.quantity in all_quantities():
        asked = tuple(_lacking(opened, step, stated_quantities(quantity(step.quantity)), above))
    yield from asked
    if not asked:
        for part in step.parts:
            yield from _wanting(opened, part, (*above, step), seen)


def _lacking(opened: Opened, step: Step, names: set[str], above: tuple[Step, ...]) -> Iterator[Owed]:
    """What the duties of the plan ask for at or below a step and the books do not hold."""
    for duty in opened.plan.duties:
        for name in sorted(names & set(duty.quantities)):
            stated = _stated(opened, name)
            for entity in _bound(opened, duty, step.entity):
                if any((entity.id, None, one.period) in _stated(opened, one.quantity) for one in above):
                    continue  # something above it was stated as a whole
                for part in _parts(parse(step.period), duty):
                    if not entity.valid(part.start, part.end):
                        continue
                    for item in _items(name, duty, step.item):
                        if (entity.id, item, str(part)) not in stated:
                            yield Owed(duty.by, duty, name, entity, item, part, part.due(duty.due_months))


def _bound(opened: Opened, duty: Duty, entity: str) -> list[Entity]:
    """The entities at or below one for which a duty asks statements."""
    key = ("bound", duty.id, entity)
    if key not in opened.memo:
        places = opened.books.places
        here = places.get(entity)
        below = [*([here] if here else []), *places.descendants(entity, None if duty.entity else duty.kind)]
        opened.memo[key] = [
            one for one in below if (one.id == duty.entity if duty.entity else one.kind == duty.kind)
        ]
    bound: list[Entity] = opened.memo[key]
    return bound


def _items(name: str, duty: Duty, asked: str | None) -> tuple[str | None, ...]:
    if quantity(name).axis is None:
        return (None,)
    if asked is not None:
        return (asked,) if not duty.items or asked in duty.items else ()
    return duty.items or (None,)


def _parts(period: Period, duty: Duty) -> list[Period]:
    """The periods of the duty's rhythm that make up a period (or contain it, where it is shorter)."""
    if KINDS.index(duty.every) <= KINDS.index(period.kind):
        return period.parts(duty.every)
    around = period.within(duty.every)
    return [around] if around else []


def _stated(opened: Opened, name: str) -> frozenset[tuple[str, str | None, str]]:
    """Entity, item and period of every statement of a quantity; item None stands for any item."""
    key = ("stated", name)
    if key not in opened.memo:
        cells = [(entity, item, period) for entity, item, period, _ in opened.books.cells(name)]
        opened.memo[key] = frozenset(cells) | frozenset((entity, None, period) for entity, _, period in cells)
    found: frozenset[tuple[str, str | None, str]] = opened.memo[key]
    return found
