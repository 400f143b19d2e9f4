"""Projects of reduction: their types, evidence, one tonne counted once, and the method of an emission amount.

What may be counted is decided by people on the evidence; this says what is missing, counted twice or impossible.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

import duheng.rules
from duheng.model.data import read_yaml, root
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding, Severity
from duheng.model.parameters import Local, Setting
from duheng.model.rule import Rule
from duheng.model.saying import listed, say

CAPACITY_TOLERANCE = "capacity_tolerance"
EXCLUSIVE_TYPES = "exclusive_project_types"
ESTIMATE = "测算"
AUDITED = "核定"


@dataclass(frozen=True)
class ProjectType:
    """A type of project: its pollutants and the rule that estimates it."""

    id: str
    title: str
    title_en: str
    pollutants: tuple[str, ...]
    rule: Rule

    @property
    def evidence_parameter(self) -> str:
        """The parameter that lists its evidence."""
        return f"evidence_{self.id.lower()}"

    def decided(self, on: date, local: Local | None = None) -> dict[str, Setting]:
        """Every document that its list of evidence speaks of on a day, with the setting that does; see `evidence`."""
        here = local or Local()
        return here.parameters.get(self.evidence_parameter).chosen(on, here.code)

    def evidence(self, on: date, local: Local | None = None) -> dict[str, Setting]:
        """The documents that its file must hold on a day, each with the setting that asks for it."""
        return {name: one for name, one in self.decided(on, local).items() if one.value}


@dataclass(frozen=True)
class Project:
    """A project as its file states it. id: its name where people read it.

    source: permit, plant or other name of what emits; year: of commissioning; reduction [t], base [t]: emission of
    the source in the accepted base, None where it is not known; in_base: whether the source belongs to the base.
    """

    id: str
    type: str
    source: str
    pollutant: str
    year: int
    reduction: float | None
    base: float | None = None
    in_base: bool = True
    evidence: tuple[str, ...] = ()
    owner: str | None = None


@cache
def _data() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(root() / "reduction" / "types.yaml")
    return content


@cache
def project_types() -> dict[str, ProjectType]:
    """Every type by id, from cn/reduction/types.yaml. Raises UnknownName for a rule there is not."""
    entries = _data()["types"]
    found = {}
    for id, entry in entries.items():
        if entry["rule"] not in duheng.rules.RULES:
            raise UnknownName(entry["rule"], duheng.rules.RULES)
        found[id] = ProjectType(
            id=id,
            title=entry["title"],
            title_en=entry["title_en"],
            pollutants=tuple(entry["pollutants"]),
            rule=duheng.rules.RULES[entry["rule"]],
        )
    return found


def project_type(text: str) -> ProjectType:
    """The type with this id or title. Raises UnknownName."""
    known = project_types()
    titled = {one.title: one for one in known.values()}
    if text not in known and text not in titled:
        raise UnknownName(text, [*known, *titled], "项目类型")
    return known.get(text) or titled[text]


def review(projects: Iterable[Project], local: Local | None = None) -> list[Finding]:
    """What stands in the way of counting each project: evidence, base, pollutant, size, and tonnes counted twice.

    Which evidence, and which types count a tonne twice, the parameters in use at the place say.
    """
    listed = list(projects)
    return [finding for one in listed for finding in _of_one(one, local)] + counted_twice(listed, local)


def _of_one(project: Project, local: Local | None) -> list[Finding]:
    kind = project_type(project.type)
    found = []
    if project.pollutant not in kind.pollutants:
        said = say("{title}不核算{pollutant}", title=kind, pollutant=project.pollutant)
        found.append(_finding("pollutant", project, said, listed("、", kind.pollutants), "请更正"))
    if not project.in_base:
        remedy = "未纳入基数的污染源不形成减排量，请核对基数清单"
        found.append(_finding("base", project, "污染源不在基数内", "在基数内", remedy))
    asked = kind.evidence(end_of(project.year), local)
    if missing := [one for one in asked if one not in project.evidence]:
        said = say("缺{documents}", documents=listed("、", missing))
        bases = listed("；", dict.fromkeys(asked[one].basis for one in missing))
        expected = say("证据齐全（{basis}）", basis=bases)
        found.append(_finding("evidence", project, said, expected, "请补交", "warning"))
    if project.reduction is None:
        found.append(_finding("unknown", project, "减排量未知", "填报", "未知的不按零计，请补报"))
    elif project.base is not None and project.reduction > project.base:
        numbers = {"value": f"{project.reduction:g}", "base": f"{project.base:g}"}
        said = say("减排量{value} t大于基数排放量{base} t", **numbers)
        found.append(_finding("above-base", project, said, "不大于基数排放量", "请核对"))
    return found


def capacity_check(
    project: Project, stated: float | None, formula: float | None, local: Local | None = None
) -> list[Finding]:
    """A finding where the capacity that the project's file states [t/a] is not what the formula of its type gives.

    How far they may differ is the parameter CAPACITY_TOLERANCE in the year of commissioning.
    """
    setting = (local or Local()).at(CAPACITY_TOLERANCE, end_of(project.year))
    if stated is None or formula is None or setting is None:
        return []
    if abs(stated - formula) <= float(setting.value) * abs(formula):
        return []
    said = say(
        "填报全年减排能力{stated} t，按公式为{formula} t", stated=f"{stated:g}", formula=f"{formula:.2f}"
    )
    share = f"{(setting.value * 100).normalize():f}"
    expected = say("应相差不超过{share}%（{basis}）", share=share, basis=setting.basis)
    return [_finding("capacity", project, said, expected, "请核对参数或填报值", "warning")]


def reverse_check(
    project: Project, days: Mapping[int, float], cancelled: Mapping[int, float | None]
) -> list[Finding]:
    """反核: a measure that stood still in a later year, and whose reduction nobody has cancelled.

    days: of operation by year; cancelled: reduction taken back by year [t], None or absent where nobody said.
    """
    found = []
    for year, running in sorted(days.items()):
        taken = cancelled.get(year)
        if year > project.year and running == 0 and not taken:
            said = say("{year}年运行0天，未扣减", year=year)
            found.append(
                _finding("stopped", project, said, "停运的减排量须扣减", "请核实运行情况，填报反核扣减量")
            )
    return found


def days_check(project: Project, days: Mapping[int, float], whole: Mapping[int, float]) -> list[Finding]:
    """Days of operation that the year cannot have. days, whole: of operation and of the whole year, by year."""
    found = []
    for year, running in sorted(days.items()):
        most = whole.get(year, 365 + calendar.isleap(year))
        if not 0 <= running <= most:
            said = say("{year}年运行{days}天", year=year, days=f"{running:g}")
            expected = say("0至{most}天", most=f"{most:g}")
            remedy = "请核对运行天数和全年天数；在此之前减排量未知"
            found.append(_finding("days", project, said, expected, remedy))
    return found


def end_of(year: int) -> date:
    """The day whose settings hold for a project of a year of commissioning."""
    return date(year, 12, 31)


def exclusive(first: Project, second: Project, local: Local | None = None) -> Setting | None:
    """The setting by which the types of two projects count one tonne at one source; of the later one's year."""
    pairs = (f"{first.type}与{second.type}", f"{second.type}与{first.type}")
    day = end_of(max(first.year, second.year))
    settings = ((local or Local()).at(EXCLUSIVE_TYPES, day, pair) for pair in pairs)
    return next((one for one in settings if one is not None and one.value), None)


def counted_twice(projects: Sequence[Project], local: Local | None = None) -> list[Finding]:
    """Pairs of projects that count the same tonne: the same source and pollutant, types of which only one counts.

    Two projects of one type and year at a source are questioned as well: they are one project, or one is a copy.
    """
    found = []
    for first, second in combinations(projects, 2):
        if (first.source, first.pollutant) != (second.source, second.pollutant):
            continue
        barred = exclusive(first, second, local)
        if barred or (first.type, first.year) == (second.type, second.year):
            names = {"other": first.id, "title": project_type(first.type), "source": second.source}
            said = say("与{other}（{title}）都算{source}的减排", **names)
            expected = say("一吨只算一次（{basis}）", basis=barred.basis) if barred else "一吨只算一次"
            found.append(_finding("twice", second, said, expected, "请只保留一个，或扣除重复部分"))
    return found


def _finding(
    code: str, project: Project, said: str, expected: str, remedy: str, severity: Severity = "error"
) -> Finding:
    place = listed(" ", (project.id, project.pollutant))
    return Finding(f"reduction-{code}", severity, place, said, expected, remedy, project.owner)


@dataclass(frozen=True)
class Counted:
    """The reduction that counts, whether it is audited or an estimate, and the difference audited less estimate."""

    value: float | None
    label: str
    difference: float | None


def counted(estimate: float | None, audited: float | None) -> Counted:
    """The audited figure wherever there is one, else the estimate, labelled so; unknown where there is neither."""
    if audited is None:
        return Counted(estimate, ESTIMATE, None)
    return Counted(audited, AUDITED, None if estimate is None else audited - estimate)


@dataclass(frozen=True)
class Amount:
    """An emission amount: the method that counts, its value, the values of the other methods that are stated."""

    method: str
    value: float
    others: Mapping[str, float]


@dataclass(frozen=True)
class Order:
    """The order in which the methods of an emission amount are preferred, and the text that says so."""

    methods: tuple[str, ...]
    cite: str
    certainty: str


def method_order(purpose: str = "permit") -> Order:
    """The order for a purpose: permit or tax, whose orders differ. Raises UnknownName for another purpose."""
    orders: Mapping[str, Any] = _data()["methods"]
    if purpose not in orders:
        raise UnknownName(purpose, orders)
    known = orders[purpose]
    return Order(tuple(known["order"]), known["cite"], known["certainty"])


def preferred(stated: Mapping[str, float | None], purpose: str = "permit") -> Amount | None:
    """The amount by the first method in the legal order that is stated; None where none is.

    purpose: as in `method_order`. Raises UnknownName for another method.
    """
    order = method_order(purpose).methods
    for name in stated:
        if name not in order:
            raise UnknownName(name, order)
    known = {name: value for name in order if (value := stated.get(name)) is not None}
    if not known:
        return None
    method = next(iter(known))
    return Amount(method, known[method], {name: value for name, value in known.items() if name != method})
