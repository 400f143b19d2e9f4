"""Why results over a plain table are empty: what is wanting behind each, where it belongs and what to do.

What a finding of the table has already told (a missing column, a cell that is no number) is not told again. What
lies outside of the table - a base year that it does not list, a division by nought - is no fault of it: a notice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from duheng.engine import Step
from duheng.engine.explain import Explanation
from duheng.ingest.plain_table import Sheet
from duheng.model import Rule, all_quantities
from duheng.model.errors import nearest
from duheng.model.findings import Finding
from duheng.model.parameters import Parameter
from duheng.model.periods import parse

FEW = 20
LOOKED_AT = 200  # a table may be empty in a hundred thousand rows
Cell = tuple[str, str, str]  # entity, item, period
Empty = tuple[int, Cell]  # line of the table, and the cell whose result is empty


@dataclass(frozen=True)
class Reasons:
    """What stands behind the empty results of a rule over a table.

    given: ids of the columns that are inputs; stated: line by column and cell; told: findings so far; filled: what
    stands in the columns that the table lacks (an entity, a period) and so is no name to show.
    """

    rule: Rule
    sheet: Sheet
    explanation: Explanation
    given: Collection[str]
    stated: dict[tuple[str, str, str | None, str], int]
    told: Sequence[Finding]
    filled: Collection[str] = ()
    periods: frozenset[str] = field(default_factory=frozenset)

    def findings(self, empty: Sequence[Empty]) -> Iterator[Finding]:
        """A finding of each empty result: a warning where the table is to be mended; at most FEW and a count."""
        found = [one for line, cell in empty[:LOOKED_AT] if (one := self._finding(line, cell))]
        beyond = max(0, len(empty) - LOOKED_AT)
        for severity in ("warning", "notice"):
            some = [one for one in found if one.severity == severity]
            yield from some[:FEW]
            if some and (more := max(0, len(some) - FEW) + beyond):
                count = f"另有{more}个结果为空"
                yield Finding("table.empty", some[0].severity, self.sheet.name, count, "", "不再逐条列出")
                beyond = 0

    def _finding(self, line: int, cell: Cell) -> Finding | None:
        entity, item, period = cell
        top = self.explanation.step(self.rule, (entity, item or None, parse(period)))
        wanting = [one for one in dict.fromkeys(self._wanting(top)) if not self._is_told(one)]
        if not wanting:
            return None
        mend = [one for one in wanting if self._is_fault(one)]
        first = (mend or wanting)[0]
        names = "、".join(dict.fromkeys(self._said(one) for one in (mend or wanting)[:3]))
        more = f" 等{len(mend or wanting)}项" if len(mend or wanting) > 3 else ""
        place = f"{self.sheet.name} 第{line}行 {self.rule.id}"
        found = f"结果为空：{names}{more}"
        return Finding("table.empty", "warning" if mend else "notice", place, found, "", self._remedy(first))

    def _wanting(self, step: Step) -> Iterator[Step]:
        """The lowest unknown steps; a column that the table has speaks for what is below it and not stated."""
        below = [part for part in step.parts if part.value is None]
        if not below or (step.quantity in self.given and not self._states_below(step)):
            yield step
        for part in below if step.quantity not in self.given or self._states_below(step) else ():
            yield from self._wanting(part)

    def _states_below(self, step: Step) -> bool:
        return any(one.quantity in self.given for part in step.parts for one in part.walk()
                   if one.quantity != step.quantity)  # fmt: skip

    def _is_told(self, step: Step) -> bool:
        if any(one.code == "table.item" and one.found == step.item for one in self.told):
            return True
        if step.kind == "parameter" or self._is_undefined(step):
            return False
        if "period" not in self.sheet.header and step.period not in self.periods:
            return True
        if step.quantity not in self.given:
            return any(one.code == "table.column" for one in self.told)
        heads = tuple(
            f"{self.sheet.name} 第{line}行 {name}"
            for line, name in ((self._line(step), step.quantity), (2, step.quantity))
        )
        return any(one.place == heads[0] or (one.code == "table.unit" and one.place == heads[1])
                   for one in self.told)  # fmt: skip

    def _is_fault(self, step: Step) -> bool:
        """Whether the table or a parameter is to be mended: what is wanting lies at a time that the table lists."""
        return step.period in self.periods and (
            not self._is_undefined(step) or self._overdrawn(step) is not None
        )

    @staticmethod
    def _is_undefined(step: Step) -> bool:
        return step.kind == "rule" and all(part.value is not None for part in step.parts)

    @staticmethod
    def _overdrawn(step: Step) -> Step | None:
        """Of an undefined step, the computed amount that came out below nought: its balance does not close."""
        below = (one for one in step.parts if one.value is not None and one.value < 0)
        amounts = ((one, all_quantities().get(one.quantity)) for one in below)
        return next((one for one, of in amounts if isinstance(of, Rule) and of.over_place == "sum"
                     and not of.signed), None)  # fmt: skip

    def _out_of_force(self, step: Step) -> bool:
        of, code = all_quantities().get(step.quantity), self.explanation.books.places.code(step.entity)
        if not isinstance(of, Rule):
            return False
        return of.wording(parse(step.period).end, code, of.definition(self.explanation.definition)) is None

    def _line(self, step: Step) -> int | None:
        return self.stated.get((step.quantity, step.entity, step.item, step.period))

    def _said(self, step: Step) -> str:
        at = " ".join(
            one for one in (step.entity, step.item or "", step.period) if one not in ("", *self.filled)
        )
        if below := self._is_undefined(step) and self._overdrawn(step):
            return f"{at} 的{below.text}（{below.quantity}）为{below.value:.15g}，收支不平".strip()
        if self._is_undefined(step):
            return f"{at} {step.text}（{step.quantity}）{step.note or '没有定义'}".strip()
        name = f"{step.text}（{step.quantity}）"
        return (
            f"{at} 的{name}{'没有取值' if step.kind == 'parameter' else '没有值'}" if at else f"{name}没有值"
        )

    def _remedy(self, step: Step) -> str:
        if self._is_undefined(step) and self._overdrawn(step):
            return "应不小于0；请核对各项输入，在此之前按未知处理"
        if self._is_undefined(step) and self._out_of_force(step):
            return "请核对时期；规则没有施行的日子没有结果"
        if self._is_undefined(step):
            return "请核对除数等输入；无法定义的结果留空"
        if step.kind == "parameter":
            if self._parameters[step.quantity].local() and not self.explanation.books.places.code(
                step.entity
            ):
                return "请把对象写成行政区划代码，或已收录的省、市、县名，取值按地区"
            return f"请在参数表中补充，并写明依据{self._neighbours(step)}"
        if step.period not in self.periods:
            return f"表中没有 {step.period} 的行；要算出这一格，请加上"
        if line := self._line(step):
            return f"请补上第{line}行 {step.quantity} 这一格；确为0的才填0"
        return f"请加上这一行，并填 {step.quantity}；确为0的才填0"

    def _neighbours(self, step: Step) -> str:
        """Items of like name that the parameter does know: of a natural gas, those of the standard."""
        if step.item is None:
            return ""
        items = sorted({one.item for one in self._parameters[step.quantity].settings if one.item})
        alike = [one for one in items if step.item in one] or nearest(step.item, items)
        return f"；有取值的相近品种：{'、'.join(alike)}" if alike else ""

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        known = self.explanation.books.parameters
        return {one.id: known.get(one.id) for one in self.rule.below() if isinstance(one, Parameter)}
