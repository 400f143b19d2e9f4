"""Projects of reduction: their types, evidence, one tonne counted once, and the method of an emission amount.

What may be counted is decided by people on the evidence; this says what is missing, counted twice or impossible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import duheng.rules
from duheng.model.data import read_yaml, root
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding, Severity
from duheng.model.rule import Rule

ESTIMATE = "测算"
AUDITED = "核定"


@dataclass(frozen=True)
class ProjectType:
    """A type of project: its pollutants, the rule that estimates it, its evidence, the types it excludes."""

    id: str
    title: str
    title_en: str
    pollutants: tuple[str, ...]
    rule: Rule
    evidence: tuple[str, ...]
    excludes: tuple[str, ...]


@dataclass(frozen=True)
class Project:
    """A project as its file states it.

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
    """Every type by id, from cn/reduction/types.yaml. Raises UnknownName for a rule or excluded type there is not."""
    entries = _data()["types"]
    found = {}
    for id, entry in entries.items():
        if entry["rule"] not in duheng.rules.RULES:
            raise UnknownName(entry["rule"], duheng.rules.RULES)
        for other in entry["excludes"]:
            if other not in entries:
                raise UnknownName(other, entries)
        found[id] = ProjectType(
            id=id,
            title=entry["title"],
            title_en=entry["title_en"],
            pollutants=tuple(entry["pollutants"]),
            rule=duheng.rules.RULES[entry["rule"]],
            evidence=tuple(entry["evidence"]),
            excludes=tuple(entry["excludes"]),
        )
    return found


def project_type(id: str) -> ProjectType:
    """The type with this id. Raises UnknownName."""
    if id not in project_types():
        raise UnknownName(id, project_types())
    return project_types()[id]


def review(projects: Iterable[Project]) -> list[Finding]:
    """What stands in the way of counting each project: evidence, base, pollutant, size, and tonnes counted twice."""
    listed = list(projects)
    return [finding for one in listed for finding in _of_one(one)] + counted_twice(listed)


def _of_one(project: Project) -> list[Finding]:
    kind = project_type(project.type)
    place = f"{project.id} {project.pollutant}"
    found = []
    if project.pollutant not in kind.pollutants:
        allowed = "、".join(kind.pollutants)
        found.append(
            _finding("pollutant", place, f"{kind.title}不核算{project.pollutant}", allowed, "请更正", project)
        )
    if not project.in_base:
        remedy = "未纳入基数的污染源不形成减排量，请核对基数清单"
        found.append(_finding("base", place, "污染源不在基数内", "在基数内", remedy, project))
    if missing := [one for one in kind.evidence if one not in project.evidence]:
        said = f"缺{'、'.join(missing)}"
        found.append(_finding("evidence", place, said, "证据齐全", "请补交", project, "warning"))
    if project.reduction is None:
        found.append(_finding("unknown", place, "减排量未知", "填报", "未知的不按零计，请补报", project))
    elif project.base is not None and project.reduction > project.base:
        said = f"减排量{project.reduction:g} t大于基数排放量{project.base:g} t"
        found.append(_finding("above-base", place, said, "不大于基数排放量", "请核对", project))
    return found


def counted_twice(projects: Sequence[Project]) -> list[Finding]:
    """Pairs of projects that count the same tonne: the same source and pollutant, types that exclude each other.

    Two projects of one type and year at a source are questioned as well: they are one project, or one is a copy.
    """
    found = []
    for first, second in combinations(projects, 2):
        if (first.source, first.pollutant) != (second.source, second.pollutant):
            continue
        excluded = second.type in project_type(first.type).excludes
        excluded |= first.type in project_type(second.type).excludes
        if excluded or (first.type, first.year) == (second.type, second.year):
            place = f"{second.id} {second.pollutant}"
            said = f"与{first.id}（{project_type(first.type).title}）都算{second.source}的减排"
            found.append(
                _finding("twice", place, said, "一吨只算一次", "请只保留一个，或扣除重复部分", second)
            )
    return found


def _finding(
    code: str,
    place: str,
    said: str,
    expected: str,
    remedy: str,
    project: Project,
    severity: Severity = "error",
) -> Finding:
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


def preferred(stated: Mapping[str, float | None], purpose: str = "permit") -> Amount | None:
    """The amount by the first method in the legal order that is stated; None where none is.

    purpose: permit or tax, whose orders differ (cn/reduction/types.yaml). Raises UnknownName for another method.
    """
    orders: Mapping[str, Any] = _data()["methods"]
    if purpose not in orders:
        raise UnknownName(purpose, orders)
    order: Collection[str] = orders[purpose]["order"]
    for name in stated:
        if name not in order:
            raise UnknownName(name, order)
    known = {name: value for name in order if (value := stated.get(name)) is not None}
    if not known:
        return None
    method = next(iter(known))
    return Amount(method, known[method], {name: value for name, value in known.items() if name != method})
