"""A rule: a computed quantity, written as a plain function whose defaults are what it depends on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .errors import DuhengError, RuleError
from .glossary import Quantity, all_quantities, item_unit, register
from .readings import Formulas, Measured, Numbers, Units
from .references import Reference
from .rounding import judge
from .units import parse_unit
from .verbs import Algebra, Term

Body = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Wording:
    """One wording of a rule: in force since a date, in a jurisdiction, for a definition.

    factor converts the body's result from the unit derived from the inputs to the declared unit. rounded: inputs that
    the text has rounded before the formula, with the decimals it keeps by unit; who reads the inputs in rounds them.
    """

    body: Body
    inputs: Mapping[str, Reference]
    cite: str
    factor: float
    since: date = date.min
    where: str = ""
    definition: str | None = None
    certainty: str = "verified"
    rounded: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The docstring: what it is, basis, boundary."""
        return inspect.getdoc(self.body) or ""

    def read(self, algebra: Algebra, values: Mapping[str, Any]) -> Any:
        """The body's result under one reading, before the unit factor."""
        result = self.body(**{name: Term(value, algebra) for name, value in values.items()})
        return result.value if isinstance(result, Term) else algebra.constant(result)

    def result(self, algebra: Algebra, values: Mapping[str, Any]) -> Any:
        """The body's result under one reading, in the rule's unit."""
        result = self.read(algebra, values)
        return result if self.factor == 1 else algebra.apply("*", result, algebra.constant(self.factor))

    def number(self, values: Mapping[str, float | None]) -> float | None:
        """The result as a number in the rule's unit; None is unknown."""
        number: float | None = self.result(Numbers(), values)
        return number

    def decimals(self, name: str, item: str | None) -> int | None:
        """The decimals to which the text has an input rounded first; None where it is taken as it is."""
        kept = self.rounded.get(name)
        return kept.get(item_unit(self.inputs[name], item)) if kept else None

    def taken(self, name: str, item: str | None, value: float | None) -> float | None:
        """An input as the formula takes it: rounded where the text has it so (GB/T 8170)."""
        decimals = self.decimals(name, item)
        judged = judge(value, decimals) if decimals is not None else None
        return value if judged is None else float(judged)

    def formula(self) -> str:
        """The body as text over its argument names."""
        text: str = self.read(Formulas(), {name: (name, 9) for name in self.inputs})[0]
        return text


@dataclass(frozen=True, eq=False)
class Rule(Quantity):
    """A computed quantity with its wordings; exactly one is in force for a place, date and definition (L5)."""

    wordings: list[Wording] = field(default_factory=list)

    def wording(self, on: date, code: str = "", definition: str | None = None) -> Wording | None:
        """The wording in force: for the definition, then most specific place, then latest date; or None."""
        fitting = [
            w
            for w in self.wordings
            if w.since <= on and code.startswith(w.where) and w.definition in (None, definition)
        ]
        return max(fitting, key=lambda w: (w.definition is not None, len(w.where), w.since), default=None)

    def number(self, **values: float | None) -> float | None:
        """The first wording's result as a number, given each argument by name in its declared unit."""
        return self.wordings[0].number(values)

    def amend(
        self,
        *,
        cite: str,
        since: date = date.min,
        where: str = "",
        definition: str | None = None,
        certainty: str = "verified",
        rounded: Mapping[str, Mapping[str, int]] | None = None,
    ) -> Callable[[Body], Rule]:
        """Add an amended wording of this rule. Raises RuleError, as `rule` does."""

        def add(body: Body) -> Rule:
            inputs, factor = _checked(body, self, cite)
            kept = rounded or {}
            if unknown := [name for name in kept if name not in inputs]:
                raise RuleError(f"{self.id}：rounded 中的 {'、'.join(unknown)} 不是参数；请改为参数名")
            if any((w.since, w.where, w.definition) == (since, where, definition) for w in self.wordings):
                raise RuleError(
                    f"{self.id}：{since} {where or '全国'} {definition or ''} 已有一种表述，不能有两种（L5）"
                )
            self.wordings.append(
                Wording(body, inputs, cite, factor, since, where, definition, certainty, kept)
            )
            return self

        return add

    def parts(self) -> Iterator[Reference]:
        """The inputs of all wordings."""
        return (reference for wording in self.wordings for reference in wording.inputs.values())


def rules() -> dict[str, Rule]:
    """Every rule loaded so far, by id (import duheng.rules to load them all)."""
    return {id: one for id, one in all_quantities().items() if isinstance(one, Rule)}


def rule(
    *,
    cite: str,
    since: date = date.min,
    where: str = "",
    definition: str | None = None,
    certainty: str = "verified",
    **about: Any,
) -> Callable[[Body], Rule]:
    """Make a rule of a function. Raises RuleError naming the rule and the remedy.

    about: the fields of Quantity but its id, which is the function's name; unit is the declared unit of the
    result, the factor from the inputs' units is derived. since, where, definition and certainty belong to this
    first wording; definitions are all it can be read under.
    """

    def make(body: Body) -> Rule:
        id = body.__name__
        known = rules().get(id)
        if known and known.wordings[0].body.__module__ != body.__module__:
            raise RuleError(f"{id}：已有同名规则，请换名或用 @{id}.amend 修订")
        made = Rule(id=id, **about)
        made.amend(cite=cite, since=since, where=where, definition=definition, certainty=certainty)(body)
        register(made)
        return made

    return make


def _checked(body: Body, of: Rule, cite: str) -> tuple[dict[str, Reference], float]:
    """The inputs of a body, and the factor from its unit to the declared one."""
    if not cite.strip():
        raise RuleError(f"{of.id}：没有依据；请在 cite 中写明文件与条款（L3）")
    inputs = {name: p.default for name, p in inspect.signature(body).parameters.items()}
    for name, reference in inputs.items():
        if not isinstance(reference, Reference):
            raise RuleError(f"{of.id}：参数 {name} 的默认值应为量、参数或 total(…)，实为 {reference!r}")
        if (own := reference.axis) not in (None, of.axis):
            raise RuleError(f"{of.id}：{name} 按 {own} 分项，本规则不分；请用 total(…, over={own!r})")
    return inputs, _factor(body, inputs, of)


def _factor(body: Body, inputs: Mapping[str, Reference], of: Rule) -> float:
    try:
        values = {name: Measured(parse_unit(ref.unit)) for name, ref in inputs.items()}
        result = Wording(body, inputs, "", 1).read(Units(), values)
        declared = parse_unit(of.unit)
    except DuhengError as trouble:
        raise RuleError(f"{of.id}：{trouble}") from trouble
    if result.number == 0:
        return 1.0
    if not result.unit.same_dimension(declared):
        raise RuleError(
            f"{of.id}：算出的单位是 {result.unit}，声明的是 {of.unit}，量纲不同；请核对输入或声明"
        )
    return float(result.unit.factor / declared.factor)


def leaves(reference: Reference) -> set[str]:
    """Ids of the quantities a reference rests on that sources state: the declared ones and published rules.

    What a published rule is computed from is needed only where nobody states it: it counts for the rule alone.
    """

    def published(one: Reference) -> bool:
        return isinstance(one, Quantity) and one.published

    def declared(one: Reference) -> bool:
        return isinstance(one, Quantity) and not isinstance(one, Rule)

    below = reference.below(lambda one: one is reference or not published(one))
    return {one.id for one in below if declared(one) or published(one)}


def rests_on(reference: Reference) -> frozenset[str]:
    """Ids of what must be stated for a reference: its leaves, or itself."""
    return frozenset(leaves(reference) | {reference.id})
