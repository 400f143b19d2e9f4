"""Why a cell is what it is: the reasons replayed with plain numbers, independent of the table's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from duheng.model.entities import Entity
from duheng.model.glossary import Quantity, item_unit
from duheng.model.parameters import Parameter
from duheng.model.periods import KINDS, Period, parse
from duheng.model.references import CHILDREN, MONTHS, TARGET, At, Moment, Reference, Total, Under
from duheng.model.rule import Rule, Wording, axis_of, rests_on, unit_of
from duheng.model.saying import listed, say

from .books import Books
from .members import valid

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


Place = tuple[str, str | None, Period]  # entity, item, period


class Explanation:
    """Explains cells of one set of books under one definition; each cell is worked out once."""

    def __init__(self, books: Books, definition: str | None = None) -> None:
        self.books = books
        self.definition = definition
        self._steps: dict[tuple[str, Place], Step] = {}
        self._finer: dict[tuple[str, str], frozenset[str]] = {}

    def step(self, of: Reference, at: Place) -> Step:
        """The reasons of a reference at a cell."""
        match of:
            case Parameter():
                return self._parameter(of, at)
            case Quantity():
                known = (of.id, at)
                if known not in self._steps:
                    self._steps[known] = self._quantity(of, at)
                return self._steps[known]
            case At():
                return self._moment(of.of, of.moment, at)
            case Total():
                return self._total(of, at)
            case Under(of=inner, definition=meant):
                return Explanation(self.books, meant).step(inner, at)
        raise TypeError(of)

    def _quantity(self, of: Quantity, at: Place, *, by_difference: bool = True) -> Step:
        if stated := self._stated(of, at):
            return stated
        attempts: list[Step] = []
        if isinstance(of, Rule) and (worded := self._worded(of, at)):
            attempts.append(worded)
        ways = (self._over_time, self._over_places, *([self._residual] if by_difference else []))
        for attempt in ways:
            if attempts and attempts[-1].value is not None:
                break
            if step := attempt(of, at):
                attempts.append(step)
        known = [step for step in attempts if step.value is not None]
        return known[0] if known else attempts[0] if attempts else self._missing(of, at)

    def _stated(self, of: Quantity, at: Place) -> Step | None:
        entity, item, period = at
        meant = of.definition(self.definition)
        cells = self.books.cells(of.id)
        for definition in dict.fromkeys((meant, None)):
            value, fact = cells.get((entity, item, str(period), definition), (None, None))
            if value is not None:
                return self._made(of, at, "fact", value, fact=fact)
        return None

    def _worded(self, of: Rule, at: Place) -> Step | None:
        entity, _, period = at
        meant = of.definition(self.definition)
        wording = of.wording(period.end, self.books.places.code(entity), meant)
        if wording is None:
            return self._made(of, at, "rule", None, note=say("{period}没有适用的规则表述", period=period))
        return self._read(of, wording, at)

    def _read(self, of: Rule, wording: Wording, at: Place) -> Step:
        parts = {name: self.step(ref, _fitting(ref, at)) for name, ref in wording.inputs.items()}
        value = wording.number({name: part.value for name, part in parts.items()})
        return self._made(
            of,
            at,
            "rule",
            value,
            formula=wording.formula(),
            cite=wording.cite,
            certainty=wording.certainty,
            note="除数为零或无定义，结果未知"
            if value is None and all(p.value is not None for p in parts.values())
            else "",
            parts=tuple(replace(part, label=name) for name, part in parts.items()),
        )

    def _over_time(self, of: Quantity, at: Place) -> Step | None:
        entity, item, period = at
        below = {"year": "half", "half": "quarter", "quarter": "month"}.get(period.kind)
        if of.over_time == "none" or below is None or not self._finer_stated(of, entity, period):
            return None
        halves = period.parts(below)  # type: ignore[arg-type]
        steps = [
            self.step(of, (entity, item, part))
            for part in (halves[-1:] if of.over_time == "last" else halves)
        ]
        return self._summed(of, at, "aggregate", steps, say("{n}个分期", n=len(steps)), str)

    def _finer_stated(self, of: Quantity, entity: str, period: Period) -> bool:
        """Whether a shorter period is stated for it, here or below."""
        if (of.id, period.kind) not in self._finer:
            stated = {
                e
                for id in rests_on(of)
                for e, kinds in self.books.kinds(id).items()
                if kinds & shorter(period)
            }
            above = {a.id for id in stated for a in self.books.places.ancestors(id)}
            self._finer[of.id, period.kind] = frozenset(stated | above)
        return entity in self._finer[of.id, period.kind]

    def _over_places(self, of: Quantity, at: Place) -> Step | None:
        entity, _, period = at
        if of.over_place != "sum":
            return None
        resting_on = rests_on(of)
        members = valid(self.books.members.children(resting_on, entity), period)
        return (
            self._of_members(of, at, "aggregate", members, partial(self._contained, of)) if members else None
        )

    def _contained(self, of: Quantity, at: Place) -> Step:
        entity = self.books.places.get(at[0])
        # A residual is part of the whole only by its own figures; its difference would come from the whole.
        return (
            self._quantity(of, at, by_difference=False) if entity and entity.residual else self.step(of, at)
        )

    def _residual(self, of: Quantity, at: Place) -> Step | None:
        entity, item, period = at
        here = self.books.places.get(entity)
        if of.over_place != "sum" or here is None or not here.residual or not here.contained_in:
            return None
        whole = self.step(of, (here.contained_in, item, period))
        outside = valid(self.books.members.outside(here.contained_in), period)
        rest = [self.step(of, (e.id, item, period)) for e in outside]
        known = [part.value for part in rest if part.value is not None]
        value = None if whole.value is None or len(known) < len(rest) else whole.value - sum(known)
        return self._made(of, at, "aggregate", value, formula="全域 − 各功能区", parts=(whole, *rest))

    def _moment(self, of: Reference, moment: Moment, at: Place) -> Step:
        entity, item, period = at
        moved = moment.of(period, self.books.base_year) if period.kind != "plan" else None
        if moved is None:
            return self._plain(
                of, at, "missing", None, note=say("{period}没有{moment}", period=period, moment=moment)
            )
        if moment is TARGET and isinstance(of, Quantity):
            cells = self.books.target_cells(of.id)
            found = next(
                (v for (e, i, p, _), v in cells.items() if (e, i, p) == (entity, item, str(moved))),
                (None, None),
            )
            return self._made(of, (entity, item, moved), "target", found[0], fact=found[1])
        return self.step(of, (entity, item, moved))

    def _total(self, of: Total, at: Place) -> Step:
        entity, item, period = at
        inner, resting_on = axis_of(of.of), rests_on(of.of)
        if of.over == inner:
            parts = [
                replace(self.step(of.of, (entity, one, period)), label=one)
                for one in self.books.members.items(resting_on)
            ]
            return self._summed(
                of, at, "total", parts, say("按{axis}合计", axis=_AXES.get(inner, "分项")), lambda s: s
            )
        if of.over == MONTHS and period.kind == "day":
            return self._plain(of, at, "missing", None, note="一天没有按月合计")
        if of.over == MONTHS:
            parts = [self.step(of.of, (entity, item, part)) for part in period.parts("month")]
            return self._summed(of, at, "total", parts, "按月合计", str)
        found = (
            self.books.members.children(resting_on, entity)
            if of.over == CHILDREN
            else self.books.members.descendants(entity, of.over)
        )
        return self._of_members(of, at, "total", valid(found, period), partial(self.step, of.of))

    def _of_members(
        self, of: Reference, at: Place, kind: Kind, members: list[Entity], each: Callable[[Place], Step]
    ) -> Step:
        _, item, period = at
        steps = [replace(each((m.id, item, period)), label=m.name) for m in members]
        return self._summed(of, at, kind, steps, say("{n}个成员合计", n=len(steps)), str)

    def _summed(
        self, of: Reference, at: Place, kind: Kind, steps: list[Step], said: str, name: object
    ) -> Step:
        known = [step.value for step in steps if step.value is not None]
        missing = [step for step in steps if step.value is None]
        note = say("应有{expected}项，已知{known}项", expected=len(steps), known=len(known))
        if missing:
            names = listed("、", dict.fromkeys(self._called(step) for step in missing[:5]))
            lacking = "{note}；缺：{names} 等" if len(missing) > 5 else "{note}；缺：{names}"
            note = say(lacking, note=note, names=names)
        value = sum(known) if steps and not missing else None
        return self._plain(of, at, kind, value, formula=said, note=note, parts=tuple(steps))

    def _called(self, step: Step) -> str:
        entity = self.books.places.get(step.entity)
        return listed(" ", filter(None, (entity or step.entity, step.item, step.period)))

    def _parameter(self, of: Parameter, at: Place) -> Step:
        entity, item, period = at
        code = self.books.places.code(entity)
        setting = self.books.parameters.get(of.id).at(period.end, item if of.axis else None, code)
        own = item if of.axis else None
        step = Step(of.id, "parameter", of.id, entity, own, str(period), None, item_unit(of, own), of.title)
        if setting is None:
            return replace(
                step,
                note=say(
                    "{item}{period}没有取值；请在参数表中补充，并写明依据", item=item or "", period=period
                ),
            )
        return replace(
            step,
            value=float(setting.value),
            cite=setting.cite,
            certainty=setting.certainty,
            note=listed(
                " ",
                filter(
                    None,
                    (
                        say("自{since}起", since=setting.since) if setting.since.year > 1900 else "",
                        setting.note,
                    ),
                ),
            ),
        )

    def _missing(self, of: Quantity, at: Place) -> Step:
        entity, _, period = at
        owing = [
            say("{unit}应报《{form}》（{due}前）", unit=duty.by, form=duty, due=duty.due(period))
            for duty in self.books.members.duties(of.id, entity)
        ]
        note = say("未填报：{owing}", owing=listed("；", owing)) if owing else "未填报"
        return self._made(of, at, "missing", None, note=note)

    def _made(self, of: Quantity, at: Place, kind: Kind, value: float | None, **more: object) -> Step:
        return self._plain(of, at, kind, value, **more)

    def _plain(self, of: Reference, at: Place, kind: Kind, value: float | None, **more: object) -> Step:
        named = _named(of)
        entity, item, period = at
        unit = item_unit(named, item) if named else unit_of(of)
        return Step(
            named.id if named else "total",
            kind,
            named.id if named else "",
            entity,
            item,
            str(period),
            value,
            unit,
            named.title if named else "",
            **more,  # type: ignore[arg-type]
        )


def shorter(period: Period) -> frozenset[str]:
    """The kinds of period shorter than this one."""
    return frozenset(KINDS[: KINDS.index(period.kind)])


_AXES = {"fuel": "能源品种", "pollutant": "污染物"}


def _named(of: Reference) -> Quantity | None:
    while isinstance(of, At | Total | Under):
        of = of.of
    return of if isinstance(of, Quantity) else None


def _fitting(of: Reference, at: Place) -> Place:
    entity, item, period = at
    return (entity, item if axis_of(of) is not None or isinstance(of, Parameter) else None, period)


def explain(
    quantity: Quantity,
    books: Books,
    entity: str,
    period: Period | str,
    item: str | None = None,
    definition: str | None = None,
) -> Step:
    """The reasons of one cell; entity is an id, item a title."""
    when = parse(period) if isinstance(period, str) else period
    return Explanation(books, definition).step(quantity, (entity, item, when))


def value(
    quantity: Quantity,
    books: Books,
    entity: str,
    period: Period | str,
    item: str | None = None,
    definition: str | None = None,
) -> float | None:
    """The value of one cell in the quantity's unit; None is unknown."""
    return explain(quantity, books, entity, period, item, definition).value
