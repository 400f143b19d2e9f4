"""Reduction projects as pages show them: each project and pollutant with its estimate, audit, evidence and findings.

The audited figure counts wherever there is one; the estimate stands beside it, never in its place. What is only
estimated or planned is summed apart, so that nobody takes it for done (plan section 二).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from duheng.assess.books import Opened, day_of
from duheng.ingest.reductions import (
    Project,
    ProjectType,
    capacity_check,
    counted_twice,
    days_check,
    end_of,
    project_type,
    reverse_check,
    review,
)
from duheng.model.entities import Entity, Places
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding
from duheng.model.parameters import Setting
from duheng.model.saying import listed, say

KIND = "reduction_project"
AUDITED, PLANNED, STATED = "project_reduction", "planned_reduction", "annual_reduction"
FIRST, CARRIED = "first_year_estimate", "carried_estimate"
EVIDENCE = "project_evidence"
STATUS = {"confirmed": "已核定", "submitted": "待核定", "planned": "计划"}
# What stands in the way of counting an estimate at all; whatever the province audited, it has decided.
_BARRING = ("reduction-twice", "reduction-base", "reduction-pollutant", "reduction-above-base")
_YES, _NO = (True, "yes"), (False, "no")
Figures = Mapping[tuple[str, str | None, int], float]


@dataclass(frozen=True)
class Line:
    """A project and one of its pollutants. Figures [t] by year; formula and stated: capacity of a full year.

    documents: whether each is there; decided: by document the setting that says whether it must be.
    """

    project: Entity
    type: ProjectType | None
    pollutant: str
    county: Entity | None
    year: int | None
    formula: float | None
    stated: float | None
    planned: float | None
    base: float | None
    estimated: Mapping[int, float]
    audited: Mapping[int, float]
    documents: Mapping[str, bool]
    decided: Mapping[str, Setting] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def status(self) -> str:
        """confirmed: an audited figure is there; submitted: reckoned and not yet audited; planned: neither."""
        if self.audited:
            return "confirmed"
        return "planned" if self.formula is None and self.stated is None else "submitted"

    @property
    def lacking(self) -> tuple[str, ...]:
        """Documents that the type asks for and nobody has filed."""
        return tuple(one for one in self.asked if not self.documents.get(one))

    @property
    def asked(self) -> tuple[str, ...]:
        """Documents that the type asks for."""
        return tuple(name for name, setting in self.decided.items() if setting.value)

    @property
    def barred(self) -> bool:
        """Whether its estimate may not be counted: a tonne counted twice, a source outside the base and the like."""
        return any(finding.code in _BARRING for finding in self.findings)

    def falls(self, years: range) -> bool:
        """Whether it belongs to the years: commissioned in one of them, or audited for one."""
        return self.year is None or self.year in years or any(year in years for year in self.audited)

    def confirmed(self, years: range) -> float | None:
        """What was audited over the years; None where nothing was."""
        known = [value for year, value in self.audited.items() if year in years]
        return sum(known) if known else None

    def estimate(self, years: range) -> float | None:
        """What the estimate gives over the years; None where it is unknown."""
        known = [value for year, value in self.estimated.items() if year in years]
        return sum(known) if known else None

    def difference(self, years: range) -> float | None:
        """Audited less estimated, over the years for which both are known."""
        both = [year for year in self.audited if year in years and year in self.estimated]
        return sum(self.audited[year] - self.estimated[year] for year in both) if both else None

    def waiting(self, years: range) -> float | None:
        """The part of the estimate that nobody has audited yet; None where there is none or it may not count."""
        known = [v for year, v in self.estimated.items() if year in years and year not in self.audited]
        return sum(known) if known and not self.barred else None


def lines(opened: Opened) -> list[Line]:
    """Every project and pollutant of the register, in its order."""
    key = ("reduction-projects",)
    if key not in opened.memo:
        opened.memo[key] = _reviewed(opened, _lines(opened))
    found: list[Line] = opened.memo[key]
    return found


def figures(opened: Opened, of: str) -> Figures:
    """Known yearly values of a quantity for the projects, by project, item and year [declared unit]."""
    key = ("project-figures", of)
    if key not in opened.memo:
        known = [one.id for one in opened.city.places if one.kind == KIND]
        frame = opened.table(of).filter(
            pl.col("entity").is_in(known),
            pl.col("value").is_not_null(),
            pl.col("period").str.len_chars() == 4,
        )
        items = frame["item"].to_list() if "item" in frame.columns else [None] * frame.height
        rows = zip(frame["entity"], items, frame["period"], frame["value"], strict=True)
        opened.memo[key] = {(entity, item, int(period)): value for entity, item, period, value in rows}
    found: Figures = opened.memo[key]
    return found


def _lines(opened: Opened) -> list[Line]:
    documents = _documents(opened)
    found = []
    for project in opened.city.places:
        if project.kind == KIND:
            kind = type_of(project)
            for pollutant in _pollutants(opened, project, kind):
                found.append(_line(opened, project, kind, pollutant, documents.get(project.id, {})))
    return found


def type_of(project: Entity) -> ProjectType | None:
    """The type that the register names by id or title; None where it names none that is known."""
    try:
        return project_type(str(project.attributes.get("project_type") or ""))
    except UnknownName:
        return None


def _pollutants(opened: Opened, project: Entity, kind: ProjectType | None) -> Sequence[str]:
    """Those for which anything but nought is stated; else those of the type."""
    stated = {
        item
        for of in (AUDITED, STATED, PLANNED)
        for (entity, item, _), value in _of(opened, of, project.id).items()
        if value and item
    }
    usual = kind.pollutants if kind else ()
    return [*(one for one in usual if one in stated), *sorted(stated - set(usual))] or list(usual)


def _of(opened: Opened, of: str, project: str) -> Figures:
    key = ("project-figures-of", of)
    if key not in opened.memo:
        grouped: dict[str, dict[tuple[str, str | None, int], float]] = {}
        for cell, value in figures(opened, of).items():
            grouped.setdefault(cell[0], {})[cell] = value
        opened.memo[key] = grouped
    found: dict[str, Figures] = opened.memo[key]
    return found.get(project, {})


def _years(opened: Opened, of: str, project: str, pollutant: str) -> dict[int, float]:
    return {year: v for (_, item, year), v in sorted(_of(opened, of, project).items()) if item == pollutant}


def _line(
    opened: Opened, project: Entity, kind: ProjectType | None, pollutant: str, documents: Mapping[str, bool]
) -> Line:
    year = year_of(project)
    at = (project.id, pollutant, year or 0)
    stated = figures(opened, STATED).get(at)
    base = _years(opened, "base_emission", project.id, pollutant)
    return Line(
        project=project,
        type=kind,
        pollutant=pollutant,
        county=county_of(opened.city.places, project),
        year=year,
        formula=_formula(opened, project, kind, pollutant, year),
        stated=stated,
        planned=next(iter(_years(opened, PLANNED, project.id, pollutant).values()), None),
        base=next(iter(base.values()), None),
        estimated=_estimated(opened, project.id, pollutant, year),
        audited=_years(opened, AUDITED, project.id, pollutant),
        documents=documents,
        decided=kind.decided(end_of(year or day_of(opened.moment).year), opened.local) if kind else {},
    )


def _estimated(opened: Opened, project: str, pollutant: str, year: int | None) -> dict[int, float]:
    """By the first year's rule in the year of commissioning, by that of carry-over in the one after."""
    found = {}
    for of, at in ((FIRST, year or 0), (CARRIED, (year or 0) + 1)):
        value = figures(opened, of).get((project, pollutant, at))
        if value is not None:
            found[at] = value
    return found


def year_of(project: Entity) -> int | None:
    """The year of commissioning: of the register's date, else from which the project exists."""
    day = project.attributes.get("commissioned_on") or project.since
    return day.year if isinstance(day, date) else None


def county_of(places: Places, entity: Entity) -> Entity | None:
    """The nearest county or zone in which something lies."""
    chain = [entity, *places.ancestors(entity.id)]
    above = [places.get(one.parent) for one in chain if one.parent]
    return next((one for one in (*above, *chain) if one and one.kind in ("county", "zone")), None)


def _formula(
    opened: Opened, project: Entity, kind: ProjectType | None, pollutant: str, year: int | None
) -> float | None:
    if kind is None or year is None:
        return None
    item = pollutant if kind.rule.axis else None
    return figures(opened, kind.rule.id).get((project.id, item, year))


def _documents(opened: Opened) -> dict[str, dict[str, bool]]:
    """Whether each document of a project is there, as stated last; absent: nobody said."""
    found: dict[str, dict[str, bool]] = {}
    for (entity, item, _), value in sorted(figures(opened, EVIDENCE).items(), key=lambda one: one[0][2]):
        found.setdefault(entity, {})[str(item)] = value >= 1
    return found


# --- review -----------------------------------------------------------------------------------------------------------


def _reviewed(opened: Opened, found: list[Line]) -> list[Line]:
    projects = [_project(line) for line in found]
    known = [one for one in projects if one is not None]
    twice = counted_twice(known, opened.local)
    reviewed = []
    for line, project in zip(found, projects, strict=True):
        told = (
            [_unknown_type(line)]
            if project is None
            else [*review([project], opened.local), *_own(opened, line, project)]
        )
        told += [one for one in twice if project is not None and one.place == _place(project)]
        reviewed.append(replace(line, findings=tuple(told)))
    return reviewed


def _place(project: Project) -> str:
    return listed(" ", (project.id, project.pollutant))


def _own(opened: Opened, line: Line, project: Project) -> list[Finding]:
    """The stated capacity against the formula, impossible days, and 反核: what stood still after its first year."""
    days, whole = (
        {year: v for (_, _, year), v in _of(opened, name, line.project.id).items()}
        for name in ("operating_days", "year_days")
    )
    taken = _years(opened, "cancelled_reduction", line.project.id, line.pollutant)
    return [
        *capacity_check(project, line.stated, line.formula, opened.local),
        *days_check(project, days, whole),
        *reverse_check(project, days, taken),
    ]


def _project(line: Line) -> Project | None:
    if line.type is None or line.year is None:
        return None
    attributes = line.project.attributes
    source = attributes.get("plant") or attributes.get("permit") or line.project.id
    known = line.stated if line.stated is not None else line.formula
    return Project(
        id=line.project.name,
        type=line.type.id,
        source=str(source),
        pollutant=line.pollutant,
        year=line.year,
        reduction=line.planned if known is None else known,
        base=line.base,
        in_base=attributes.get("in_base") not in _NO,
        evidence=tuple(one for one, there in line.documents.items() if there),
        owner=str(attributes.get("owner") or "") or None,
    )


def _unknown_type(line: Line) -> Finding:
    place = listed(" ", (line.project, line.pollutant))
    stated = line.project.attributes.get("project_type")
    found = say("项目类型“{name}”", name=stated) if stated else "没有项目类型或投运日期"
    remedy = "请在名录中填写类型编号（如 W3）和投运日期"
    return Finding("reduction-type", "error", place, found, "类型表中的一种", remedy)


# --- totals -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sums:
    """One pollutant over the years of a plan [t]; unknown: lines whose share is not known, by status.

    confirmed is None where nothing was audited: that is not nought.
    """

    pollutant: str
    confirmed: float | None
    submitted: float
    planned: float
    unknown: Mapping[str, int]
    barred: int


def sums(found: Iterable[Line], pollutant: str, years: range) -> Sums:
    """What is confirmed, submitted and planned of a pollutant; each tonne in one of the three only."""
    own = [line for line in found if line.pollutant == pollutant and line.falls(years)]
    parts = dict.fromkeys(STATUS, 0.0)
    unknown = dict.fromkeys(STATUS, 0)
    for line in own:
        parts["confirmed"] += line.confirmed(years) or 0.0
        if line.barred:
            continue
        parts["submitted"] += line.waiting(years) or 0.0
        if line.status == "submitted" and line.waiting(years) is None:
            unknown["submitted"] += 1
        if line.status == "planned":
            parts["planned"] += line.planned or 0.0
            unknown["planned"] += line.planned is None
    barred = sum(line.barred and line.status != "confirmed" for line in own)
    audited = any(line.confirmed(years) is not None for line in own)
    return Sums(
        pollutant,
        parts["confirmed"] if audited else None,
        parts["submitted"],
        parts["planned"],
        unknown,
        barred,
    )
