"""Whose law and whose factors apply to an entity of a plain table: its division code, by the name it goes under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from duheng.model import Entity, Parameter, Places, Rule
from duheng.model.data import read_rows, root
from duheng.model.parameters import Parameters
from duheng.model.plan import City

_DIVISIONS = ("province", "city", "county")
_ENDINGS = ("省", "市", "县", "州", "区", "旗", "盟")
_SITES = ("厂区", "园区", "矿区", "社区", "小区", "开发区", "高新区")


@dataclass(frozen=True)
class Home:
    """The city that a table is read in: its parameters, the codes of its divisions by name.

    code: of whatever does not say where it lies; "" is the nation.
    """

    parameters: Parameters = field(default_factory=Parameters)
    codes: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    name: str = ""


NATION = Home()


def home(city: City, rule: Rule, asked: bool) -> Home:
    """The home of a table of a rule; asked: the city was named, else it is only the program's default.

    What does not say where it lies is the named city's. Where none was named it is the nation's, unless the nation has
    no value of something that the rule reads (a tariff, a rate of tax): then it is the default city's, and told so.
    """
    divisions = [one for one in city.places if one.kind in _DIVISIONS]
    names = {name: city.places.code(one.id) for one in divisions for name in (one.name, *one.aliases)}
    code = city.code if asked or not _national(rule) else ""
    return Home(city.parameters, names, code, city.name)


def _national(rule: Rule) -> bool:
    """Whether the nation has a value of every parameter that a rule rests on."""
    read = (one for one in rule.below() if isinstance(one, Parameter))
    return all("" in one.places() for one in read)


class NamedPlaces(Places):
    """Places of a table: one that bears the name of a known division has its code, any other that of the home."""

    def __init__(self, entities: Iterable[Entity], home: Home = NATION) -> None:
        super().__init__(entities)
        self.home = home

    def code(self, id: str) -> str:
        """As of all places, else the code of the division of this name; that of the home where it names none."""
        return self._named(id) or (self.home.code if self.at_home(id) else "")

    def at_home(self, id: str) -> bool:
        """Whether nothing but the home says where the entity lies; a city or county nobody knows lies elsewhere."""
        return (
            bool(self.home.code)
            and not self._named(id)
            and (id.endswith(_SITES) or not id.endswith(_ENDINGS))
        )

    def _named(self, id: str) -> str:
        return super().code(id) or self.home.codes.get(id) or codes().get(id, "")


@cache
def codes() -> dict[str, str]:
    """Codes by name and alias: provinces, grid regions (name is code), divisions of packaged cities; of two, none."""
    found = {name: row["code"] for row in read_rows(root() / "areas.csv") for name in _names(row)}
    twice: set[str] = set()
    for path in sorted(root().glob("*/*/entities.csv")):
        for row in read_rows(path):
            for name in _names(row) if row["kind"] in _DIVISIONS else ():
                if not row["id"].startswith(found.setdefault(name, row["id"])):
                    twice.add(name)
    return {name: code for name, code in found.items() if name not in twice}


def _names(row: dict[str, str]) -> list[str]:
    return [name for name in (row["name"], *row["aliases"].split("|")) if name]
