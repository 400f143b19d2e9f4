"""What results rest on and a reader must know of: parameter values replaced or not verified, rules not verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from duheng.assess.books import Opened
from duheng.model.glossary import item_unit, quantity
from duheng.model.parameters import Parameter, Setting
from duheng.model.rule import Rule, Wording
from duheng.model.saying import listed

# A parameter with all its items, or with one of them.
Reference = str | tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Value:
    """A value in force at a place and day.

    own: the city's own, replaced or of its folder; where not, nobody has held it against its text.
    """

    parameter: Parameter
    setting: Setting
    own: bool

    @property
    def name(self) -> str:
        """The parameter's title and the item."""
        return listed(" ", filter(None, (self.parameter.title, self.setting.item)))

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return item_unit(self.parameter, self.setting.item)

    @property
    def number(self) -> str:
        """The value as digits, or the word of a choice."""
        return self.parameter.choices.get(self.setting.value) or f"{self.setting.value.normalize():f}"

    @property
    def text(self) -> str:
        """One line: what the value is, since when, by which text and, where it was replaced, by whom."""
        unit = "" if self.unit == "1" else self.unit
        stated = f"{self.name} {self.number} {unit}".strip()
        since = self.setting.since.isoformat()
        return f"{stated}，自{since}起（{self.setting.cite}）{self.setting.note}"

    def as_json(self) -> dict[str, object]:
        """The same as data."""
        setting = self.setting
        return {
            "parameter": self.parameter.id,
            "item": setting.item,
            "value": self.number,
            "unit": self.unit,
            "since": setting.since.isoformat(),
            "cite": setting.cite,
            "certainty": setting.certainty,
            "replaced": self.own,
            "note": str(setting.note),
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """A rule below some results in a wording from memory: nobody has held it against its text."""

    rule: Rule
    wording: Wording

    def as_json(self) -> dict[str, object]:
        """The same as data."""
        return {"rule": self.rule.id, "cite": self.wording.cite, "certainty": self.wording.certainty}


def unread(quantities: Iterable[str], on: date, code: str = "") -> tuple[Unread, ...]:
    """The rules from memory that some quantities are worked out by on a day, at a place of this division code."""
    below = (one for id in quantities for one in quantity(id).below())
    found: dict[Wording, Unread] = {}
    for rule in (one for one in below if isinstance(one, Rule)):
        for definition in (None, *rule.definitions):
            wording = rule.wording(on, code, definition)
            if wording is not None and wording.certainty == "memory":
                found.setdefault(wording, Unread(rule, wording))
    return tuple(found.values())


def in_use(
    opened: Opened, quantities: Iterable[str], on: date, beside: Iterable[Reference] = ()
) -> list[Value]:
    """The values below some quantities that were replaced or are from memory, replaced ones first.

    on: the day whose values count. beside: parameters that are read outside of the rules. Of a parameter named without
    its item what is from memory counts only for the items that the books hold figures of.
    """
    key = ("values", tuple(quantities), on, tuple(beside))
    if key not in opened.memo:
        found = dict.fromkeys(_known(opened, (*_below(key[1]), *key[3]), on))
        opened.memo[key] = sorted(found, key=lambda one: not one.own)
    values: list[Value] = opened.memo[key]
    return values


def _below(quantities: Iterable[str]) -> list[str]:
    below = (one for id in quantities for one in quantity(id).below())
    return list(dict.fromkeys(one.id for one in below if isinstance(one, Parameter)))


def _known(opened: Opened, references: Iterable[Reference], on: date) -> Iterator[Value]:
    held = frozenset(opened.books.facts["item"].drop_nulls().unique())
    for one in dict.fromkeys(references):
        id, named = (one, None) if isinstance(one, str) else (one[0], one[1:])
        of = opened.books.parameters.get(id)
        for item in named or dict.fromkeys(setting.item for setting in of.settings):
            setting = opened.local.at(of, on, item)
            if setting is None:
                continue
            own = setting.where == opened.city.code
            if own or (setting.certainty == "memory" and (named or item is None or item in held)):
                yield Value(of, setting, own)
