"""Why a cell is what it is: the reasons replayed with plain numbers, independent of the table's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from duheng.model.entities import Entity
from duheng.model.glossary import Quantity, item_unit
from duheng.model.parameters import Parameter
from duheng.model.periods import FINER, KINDS, Period, parse
from duheng.model.periods import Kind as PeriodKind
from duheng.model.references import (
    CHILDREN,
    MONTHS,
    TARGET,
    At,
    Linked,
    Moment,
    Only,
    Reference,
    Total,
    Under,
)
from duheng.model.rule import Rule, Wording, rests_on
from duheng.model.saying import Saying, listed, say

from .books import Books
from .members import valid
from .memory import once
from .step import Kind, Step

Place = tuple[str, str | None, Period]  # entity, item, period


class Explanation:
    """Explains cells of one set of books under one definition; each cell is worked out once.

    stated: a rule whose wordings are left out, so that only what is stated of it counts. instead: what is read in
    place of a quantity (by its id), as a row of a table for its placeholder.
    """

    def __init__(
        self,
        books: Books,
        definition: str | None = None,
        stated: Rule | None = None,
        instead: Mapping[str, Reference] | None = None,
    ) -> None:
        self.books = books
        self.definition = definition
        self.stated = stated
        self.instead = dict(instead or {})

    @once
    def step(self, of: Reference, at: Place) -> Step:
        """The reasons of a reference at a cell."""
        match of:
            case Parameter():
                return self._parameter(of, at)
            case Quantity() if of.id in self.instead:
                return self._without_substitute(of.id).step(self.instead[of.id], at)
            case Quantity():
                return self._quantity(of, at)
            case Only():
                return self.step(of.of, (at[0], of.item, at[2]))
            case At():
                return self._moment(of.of, of.moment, at)
            case Total():
                return self._total(of, at)
            case Under():
                return self._under(of.definition).step(of.of, at)
            case Linked():
                return self._linked(of, at)
        raise TypeError(of)

    @once
    def _under(self, definition: str) -> Explanation:
        return Explanation(self.books, definition, instead=self.instead)

    @once
    def _without_substitute(self, id: str) -> Explanation:
        """The same without this substitute: what is read in place of a quantity may itself rest on it."""
        rest = {name: other for name, other in self.instead.items() if name != id}
        return Explanation(self.books, self.definition, self.stated, rest)

    @once
    def _touched(self, of: Quantity) -> bool:
        """Whether a quantity rests on something that another is read in place of."""
        return not self.instead.keys().isdisjoint(rests_on(of))

    @once
    def _resting(self, of: Reference) -> frozenset[str]:
        """What must be stated for a reference, substitutes taken into account."""
        found = rests_on(of)
        replaced = [self.instead[id] for id in found & self.instead.keys()]
        return frozenset((found - self.instead.keys()).union(*(rests_on(one) for one in replaced)))

    def _quantity(self, of: Quantity, at: Place, *, by_difference: bool = True) -> Step:
        """Stated, else by its rule, else from its parts in time, its members, the rest of the whole."""
        ways = [self._stated, self._worded, self._over_time, self._over_places]
        found: Step | None = None
        if isinstance(of, Rule) and of.published and of is not self.stated:
            # A computed whole never stands beside its stated parts: first all that is stated, summed.
            stated = self._of_stated(of)._quantity(of, at, by_difference=by_difference)
            if stated.value is not None:
                return stated
            # Where nobody has to state it, what its formula lacks says more than that it is missing.
            if stated.kind != "missing" or self.books.members.duties(of.id, at[0]):
                found = stated
        for way in [*ways, self._residual] if by_difference else ways:
            step = way(of, at)
            if step and step.value is not None:
                return step
            found = found or step  # the first way that there is says what is missing
        if found is None:
            return _step(of, at, "missing", None, note=self._owed(of, at) or "未填报")
        return found if found.note else replace(found, note=self._owed(of, at))

    @once
    def _of_stated(self, of: Rule) -> Explanation:
        return Explanation(self.books, self.definition, of, self.instead)

    def _stated(self, of: Quantity, at: Place) -> Step | None:
        entity, item, period = at
        if self.instead and self._touched(of):
            return None  # what is stated of the quantity itself says nothing of its substitute
        cells = self.books.cells(of.id)
        for definition in dict.fromkeys((self.books.meant(of, self.definition), None)):
            value, fact = cells.get((entity, item, str(period), definition), (None, None))
            if value is not None:
                return _step(of, at, "fact", value, fact=fact)
        return None

    def _worded(self, of: Quantity, at: Place) -> Step | None:
        if not isinstance(of, Rule) or of is self.stated:
            return None
        entity, item, period = at
        meant = self.books.meant(of, self.definition)
        wording = of.wording(period.end, self.books.places.code(entity), meant)
        if wording is None:
            return _step(of, at, "rule", None, note=say("{period}没有适用的规则表述", period=period))
        parts = tuple(
            replace(self.step(ref, (entity, item if ref.axis else None, period)), label=name)
            for name, ref in wording.inputs.items()
        )
        value = wording.number({part.label: wording.taken(part.label, item, part.value) for part in parts})
        parts = tuple(_taken(wording, part, item) for part in parts)
        undefined = value is None and all(part.value is not None for part in parts)
        return _step(
            of,
            at,
            "rule",
            value,
            formula=wording.formula(),
            cite=wording.cite,
            certainty=wording.certainty,
            note="除数为零或无定义，结果未知" if undefined else "",
            parts=parts,
        )

    def _over_time(self, of: Quantity, at: Place) -> Step | None:
        entity, item, period = at
        if of.over_time == "none" or period.kind not in FINER or entity not in self._finer(of, period.kind):
            return None
        parts = period.parts(FINER[period.kind])
        steps = [self.step(of, (entity, item, one)) for one in parts[-1 if of.over_time == "last" else 0 :]]
        return self._summed(of, at, "aggregate", steps, say("{n}个分期", n=len(steps)))

    @once
    def _finer(self, of: Quantity, kind: PeriodKind) -> frozenset[str]:
        """The entities for which a shorter period is stated, there or below."""
        shorter = KINDS[: KINDS.index(kind)]
        stated = {e for id in self._resting(of) for e, kind in self.books.kinds(id) if kind in shorter}
        return frozenset(stated | {a.id for id in stated for a in self.books.places.ancestors(id)})

    def _over_places(self, of: Quantity, at: Place) -> Step | None:
        entity, item, period = at
        if of.over_place != "sum":
            return None
        resting_on = self._resting(of)
        members = valid(self.books.members.children(resting_on, entity), period)
        # A residual is part of the whole only by its own figures; its difference would come from the whole.
        steps = [
            self._quantity(of, (m.id, item, period), by_difference=False)
            if m.residual
            else self.step(of, (m.id, item, period))
            for m in members
        ]
        if item in self.books.members.beside(resting_on):
            known = [pair for pair in zip(members, steps, strict=True) if pair[1].value is not None]
            members, steps = [one for one, _ in known], [step for _, step in known]
        return self._of_members(of, at, "aggregate", members, steps) if members else None

    def _residual(self, of: Quantity, at: Place) -> Step | None:
        entity, item, period = at
        here = self.books.places.get(entity)
        if of.over_place != "sum" or here is None or not here.residual or not here.contained_in:
            return None
        outside = valid(self.books.members.outside(here.contained_in), period)
        parts = [self.step(of, (id, item, period)) for id in (here.contained_in, *(e.id for e in outside))]
        values = [part.value for part in parts if part.value is not None]
        value = values[0] - sum(values[1:]) if len(values) == len(parts) else None
        return _step(of, at, "aggregate", value, formula="全域 − 各功能区", parts=tuple(parts))

    def _moment(self, of: Reference, moment: Moment, at: Place) -> Step:
        entity, item, period = at
        moved = moment.of(period, self.books.base_year)
        if moved is None:
            note = say("{period}没有{moment}", period=period, moment=moment)
            return _step(of, at, "missing", None, note=note)
        if moment is TARGET:
            targets = {cell[:3]: aim for cell, aim in self.books.target_cells(of.id).items()}
            value, fact = targets.get((entity, item, str(moved)), (None, None))
            return _step(of, (entity, item, moved), "target", value, fact=fact)
        return self.step(of, (entity, item, moved))

    def _linked(self, of: Linked, at: Place) -> Step:
        entity, item, period = at
        way = of.way(period)
        if way is None:
            note = say("{period}没有自{moment}起的增速", period=period, moment=of.since)
            return _step(of, at, "missing", None, note=note)
        steps = tuple(replace(self.step(of.of, (entity, item, one)), label=str(one)) for one in way)
        rates = [step.value for step in steps if step.value is not None]
        index = prod((1 + rate for rate in rates), start=1.0) if len(rates) == len(steps) else None
        said = say("以{moment}为1逐年连乘", moment=of.since)
        lacking = listed("、", (str(one) for one, step in zip(way, steps, strict=True) if step.value is None))
        made = _step(of, at, "total", index, formula=said, parts=steps)
        if lacking:
            made = replace(made, note=say("缺{years}的增速", years=lacking))
        return replace(made, quantity="", unit="1")  # an index of the rates, no longer a rate itself

    def _total(self, of: Total, at: Place) -> Step:
        entity, item, period = at
        members, resting_on = self.books.members, self._resting(of)
        if of.over == of.of.axis:
            steps = [
                replace(self.step(of.of, (entity, one, period)), label=one)
                for one in (*members.items(resting_on), *self._known_beside(of.of, resting_on, at))
            ]
            said = say("按{axis}合计", axis=_AXES.get(of.over, "分项"))
            return self._summed(of, at, "total", steps, said)
        if of.over == MONTHS and period.kind == "day":
            return _step(of, at, "missing", None, note="一天没有按月合计")
        if of.over == MONTHS:
            steps = [self.step(of.of, (entity, item, part)) for part in period.parts("month")]
            return self._summed(of, at, "total", steps, "按月合计")
        by_kind = of.over != CHILDREN
        found = members.descendants(entity, of.over) if by_kind else members.children(resting_on, entity)
        existing = valid(found, period)
        steps = [self.step(of.of, (m.id, item, period)) for m in existing]
        total = self._of_members(of, at, "total", existing, steps)
        if existing or not by_kind:
            return total
        owed = listed("；", filter(None, ("没有登记任何成员", self._owed(of, at, of.over))))
        return replace(total, note=owed)

    def _known_beside(self, of: Reference, resting_on: frozenset[str], at: Place) -> list[str]:
        """Items that no duty names, where they are known here: they count, and nobody is asked for them."""
        entity, _, period = at
        beside = self.books.members.beside(resting_on)
        return [item for item in beside if self.step(of, (entity, item, period)).value is not None]

    def _of_members(
        self, of: Reference, at: Place, kind: Kind, members: list[Entity], steps: list[Step]
    ) -> Step:
        called = [replace(step, label=m.name) for m, step in zip(members, steps, strict=True)]
        return self._summed(of, at, kind, called, say("{n}个成员合计", n=len(steps)))

    def _summed(self, of: Reference, at: Place, kind: Kind, steps: list[Step], said: str) -> Step:
        known = [step.value for step in steps if step.value is not None]
        value = sum(known) if steps and len(known) == len(steps) else None
        note = known_of(steps, self._called)
        return _step(of, at, kind, value, formula=said, note=note, parts=tuple(steps))

    def _called(self, step: Step) -> str:
        entity = self.books.places.get(step.entity)
        return listed(" ", filter(None, (entity or step.entity, step.item, step.period)))

    def _parameter(self, of: Parameter, at: Place) -> Step:
        entity, item, period = at
        code = self.books.places.code(entity)
        of = self.books.parameters.get(of.id).ruling(item, code)
        setting = of.at(period.end, item, code)
        if setting is None:
            said = "{item}{period}没有取值；请在参数表中补充，并写明依据"
            return _step(of, at, "parameter", None, note=say(said, item=item or "", period=period))
        since = say("自{since}起", since=setting.since) if setting.since.year > 1900 else ""
        return _step(
            of,
            at,
            "parameter",
            float(setting.value),
            cite=setting.cite,
            certainty=setting.certainty,
            note=listed(" ", filter(None, (since, setting.note))),
        )

    def _owed(self, of: Reference, at: Place, kind: str | None = None) -> str:
        """Who has to state a cell, or it of each entity of a kind, and by when; "" where no duty says so.

        A duty asks for its own kind of period and so for the longer ones it adds up to: a month of what is stated
        by years is owed by nobody.
        """
        entity, _, period = at
        owing = [
            say("{unit}应报《{form}》（{due}前）", unit=duty.by, form=duty, due=duty.due(period))
            for duty in self.books.members.duties(of.id, entity, kind)
            if KINDS.index(duty.every) <= KINDS.index(period.kind)
        ]
        return say("未填报：{owing}", owing=listed("；", owing)) if owing else ""


def known_of(steps: Sequence[Step], called: Callable[[Step], object]) -> Saying:
    """How many of the parts of a sum are known, and what the first that lack are called."""
    missing = [step for step in steps if step.value is None]
    note = say("应有{expected}项，已知{known}项", expected=len(steps), known=len(steps) - len(missing))
    if not missing:
        return note
    names = listed("、", dict.fromkeys(called(step) for step in missing[:5]))
    lacking = "{note}；缺：{names} 等" if len(missing) > 5 else "{note}；缺：{names}"
    return say(lacking, note=note, names=names)


def _taken(wording: Wording, part: Step, item: str | None) -> Step:
    """An input with a note where the formula takes it with fewer digits, as the text has it."""
    taken = wording.taken(part.label, item, part.value)
    if taken == part.value:
        return part
    said = say("按{cite}先修约为{value}", cite=wording.cite, value=f"{taken:.15g}")
    return replace(part, note=listed("；", filter(None, (part.note, said))))


def _step(of: Reference, at: Place, kind: Kind, value: float | None, **more: Any) -> Step:
    entity, item, period = at
    unit = item_unit(of, item)
    return Step(of.id, kind, of.id, entity, item, str(period), value, unit, of.title, **more)


_AXES = {"fuel": "能源品种", "pollutant": "污染物"}


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
