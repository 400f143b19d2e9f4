"""A whole chain of rules as one expression over the columns of a wide table, for Polars or Ibis.

Where each input is a column, no grid is needed: the rules of a chain are read into one another, and the engine
sees a single expression. What the columns are called is the caller's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any

from duheng.model.errors import RuleError
from duheng.model.glossary import Quantity
from duheng.model.parameters import Parameter, Parameters
from duheng.model.periods import Period
from duheng.model.references import At, Linked, Only, Reference, Total, Under
from duheng.model.rule import Rule
from duheng.model.verbs import Algebra

Leaf = Callable[[Quantity, str | None, Period], Any]


@dataclass(frozen=True)
class Chain:
    """Reads references into one expression.

    leaf: the column of a stated quantity for an item and a period; items: those of a total over items;
    code: division code whose law applies.
    """

    algebra: Algebra
    leaf: Leaf
    items: Sequence[str] = ()
    parameters: Parameters = field(default_factory=Parameters)
    code: str = ""
    definition: str | None = None
    base_year: int | None = None

    def read(self, of: Reference, period: Period, item: str | None = None) -> Any:
        """The expression of a reference. Raises RuleError for a total over places or months."""
        match of:
            case Rule() if not of.published:
                return self._rule(of, period, item)
            case Quantity():
                return self.leaf(of, item, period)
            case Parameter():
                setting = self.parameters.get(of.id).at(period.end, item if of.axis else None, self.code)
                if setting is None:
                    raise RuleError(f"{of.id}：{item or ''} {period} 没有取值")
                return self.algebra.constant(float(setting.value))
            case At():
                moved = of.moment.of(period, self.base_year)
                if moved is None:
                    raise RuleError(f"{period} 没有{of.moment.title}")
                return self.read(of.of, moved, item)
            case Under(of=inner, definition=meant):
                return replace(self, definition=meant).read(inner, period, item)
            case Linked():
                return self._linked(of, period, item)
            case Only(of=inner, item=one):
                return self.read(inner, period, one)
            case Total() if of.over == of.of.axis:
                parts = [self.read(of.of, period, one) for one in self.items]
                return reduce(partial(self.algebra.apply, "+"), parts)
        raise RuleError("宽表上只能按品种合计；按地区或月份合计请用 table")

    def _linked(self, of: Linked, period: Period, item: str | None) -> Any:
        """The rates from the moment on, linked."""
        way = of.way(period)
        if way is None:
            raise RuleError(f"{period} 没有自{of.since.title}起的增速")
        index = self.algebra.constant(1.0)
        for one in way:
            rate = self.read(of.of, one, item)
            factor = self.algebra.apply("+", self.algebra.constant(1.0), rate)
            index = self.algebra.apply("*", index, factor)
        return index

    def _rule(self, of: Rule, period: Period, item: str | None) -> Any:
        wording = of.wording(period.end, self.code, of.definition(self.definition))
        if wording is None:
            raise RuleError(f"{of.id}：{period} 没有适用的规则表述")
        values = {
            name: self.read(ref, period, item if ref.axis or isinstance(ref, Parameter) else None)
            for name, ref in wording.inputs.items()
        }
        return wording.result(self.algebra, values)
