"""A rule: a computed quantity, written as a plain function whose defaults are what it depends on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .errors import DuhengError, RuleError
from .glossary import Adding, Quantity, register
from .parameters import Parameter
from .readings import Formulas, Measured, Numbers, Units
from .references import CHILDREN, MONTHS, At, Reference, Total, Under
from .units import parse_unit
from .verbs import Algebra, Term

Body = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Wording:
    """One wording of a rule: in force since a date, in a jurisdiction, for a definition.

    factor converts the body's result from the unit derived from the inputs to the declared unit.
    """

    body: Body
    inputs: Mapping[str, Reference]
    cite: str
    factor: float
    since: date = date.min
    where: str = ""
    definition: str | None = None
    certainty: str = "verified"

    @property
    def text(self) -> str:
        """The docstring: what it is, basis, boundary."""
        return inspect.getdoc(self.body) or ""

    def read(self, algebra: Algebra, values: Mapping[str, Any]) -> Any:
        """The body's result under one reading, before the unit factor."""
        result = self.body(**{name: Term(value, algebra) for name, value in values.items()})
        return result.value if isinstance(result, Term) else algebra.constant(result)

    def number(self, values: Mapping[str, float | None]) -> float | None:
        """The result as a number in the rule's unit; None is unknown."""
        result = self.read(Numbers(), values)
        return None if result is None else result * self.factor

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
    ) -> Callable[[Body], Rule]:
        """Add an amended wording of this rule. Raises RuleError, as `rule` does."""

        def add(body: Body) -> Rule:
            added = _worded(
                body, self, cite, since=since, where=where, definition=definition, certainty=certainty
            )
            if any((w.since, w.where, w.definition) == (since, where, definition) for w in self.wordings):
                raise RuleError(
                    f"{self.id}：{since} {where or '全国'} {definition or ''} 已有一种表述，不能有两种（L5）"
                )
            self.wordings.append(added)
            return self

        return add


_rules: dict[str, Rule] = {}


def rules() -> dict[str, Rule]:
    """Every rule loaded so far, by id (import duheng.rules to load them all)."""
    return dict(_rules)


def rule(
    *,
    unit: str,
    cite: str,
    title: str,
    title_en: str = "",
    axis: str | None = None,
    shown: str | None = None,
    decimals: int = 2,
    over_time: Adding = "none",
    over_place: Adding = "none",
    definitions: tuple[str, ...] = (),
    definition: str | None = None,
    since: date = date.min,
    where: str = "",
    certainty: str = "verified",
    note: str = "",
) -> Callable[[Body], Rule]:
    """Make a rule of a function. Raises RuleError naming the rule and the remedy.

    unit: declared unit of the result; the factor from the inputs' units is derived. since, where and
    definition belong to this first wording; definitions are all it can be read under.
    """

    def make(body: Body) -> Rule:
        id = body.__name__
        if id in _rules and _rules[id].wordings[0].body.__module__ != body.__module__:
            raise RuleError(f"{id}：已有同名规则，请换名或用 @{id}.amend 修订")
        made = Rule(
            id=id,
            title=title,
            unit=unit,
            title_en=title_en,
            axis=axis,
            over_time=over_time,
            over_place=over_place,
            decimals=decimals,
            shown=shown,
            definitions=definitions,
            note=note,
        )
        made.wordings.append(
            _worded(body, made, cite, since=since, where=where, definition=definition, certainty=certainty)
        )
        _rules[id] = made
        register(made)
        return made

    return make


def _worded(body: Body, of: Rule, cite: str, **force: Any) -> Wording:
    if not cite.strip():
        raise RuleError(f"{of.id}：没有依据；请在 cite 中写明文件与条款（L3）")
    inputs = {name: p.default for name, p in inspect.signature(body).parameters.items()}
    for name, reference in inputs.items():
        if not isinstance(reference, Reference):
            raise RuleError(f"{of.id}：参数 {name} 的默认值应为量、参数或 total(…)，实为 {reference!r}")
        if (own := axis_of(reference)) not in (None, of.axis):
            raise RuleError(f"{of.id}：{name} 按 {own} 分项，本规则不分；请用 total(…, over={own!r})")
    return Wording(body, inputs, cite, _factor(body, inputs, of), **force)


def _factor(body: Body, inputs: Mapping[str, Reference], of: Rule) -> float:
    try:
        values = {name: Measured(parse_unit(unit_of(ref))) for name, ref in inputs.items()}
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


def unit_of(reference: Reference) -> str:
    """Declared unit of what a reference gives."""
    match reference:
        case Quantity() | Parameter():
            return reference.unit
        case At() | Total() | Under():
            return unit_of(reference.of)
    raise RuleError(f"不认识的引用 {reference!r}")


def axis_of(reference: Reference) -> str | None:
    """Item axis of what a reference gives; None where it has none."""
    match reference:
        case Quantity() | Parameter():
            return reference.axis
        case At() | Under():
            return axis_of(reference.of)
        case Total():
            inner = axis_of(reference.of)
            return None if reference.over == inner else inner
    raise RuleError(f"不认识的引用 {reference!r}")


def parts(reference: Reference) -> Iterator[Reference]:
    """What a reference directly depends on."""
    if isinstance(reference, At | Total | Under):
        yield reference.of
    elif isinstance(reference, Rule):
        for wording in reference.wordings:
            yield from wording.inputs.values()


def below(reference: Reference) -> Iterator[Reference]:
    """Everything a reference depends on, itself first, each once; a rule may stand below its own wordings."""
    seen: dict[int, Reference] = {}
    waiting = [reference]
    while waiting:
        here = waiting.pop()
        if id(here) not in seen:
            seen[id(here)] = here
            yield here
            waiting.extend(parts(here))


def leaves(reference: Reference) -> set[str]:
    """Ids of the declared (not computed) quantities a reference rests on."""
    return {one.id for one in below(reference) if isinstance(one, Quantity) and not isinstance(one, Rule)}


def rests_on(reference: Reference) -> frozenset[str]:
    """Ids of what must be stated for a reference: its leaves, or itself where it is a quantity."""
    while isinstance(reference, At | Total | Under):
        reference = reference.of
    own = {reference.id} if isinstance(reference, Quantity) else set()
    return frozenset(leaves(reference) | own)


__all__ = [
    "CHILDREN",
    "MONTHS",
    "Rule",
    "Wording",
    "axis_of",
    "below",
    "leaves",
    "parts",
    "rests_on",
    "rule",
    "rules",
    "unit_of",
]
