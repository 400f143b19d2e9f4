"""Reduction projects: the ledger by status against the plan's targets, and each project's own page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from duheng.assess.books import day_of
from duheng.assess.values import Value
from duheng.ingest.reductions import CAPACITY_TOLERANCE, EXCLUSIVE_TYPES, project_types
from duheng.model.glossary import axis
from duheng.model.plan import Target
from duheng.model.rounding import judge
from duheng.web.boards import books, unread, values
from duheng.web.counties import place_options
from duheng.web.errors import BadAddress
from duheng.web.page import Ask, Page
from duheng.web.pages.findings import findings_table
from duheng.web.projects import CARRIED, FIRST, STATUS, Line, Sums, lines, sums
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table

LIGHTS = {"confirmed": 3, "submitted": 2, "planned": 0}
ORDER = ("submitted", "planned", "confirmed")  # first what somebody has to act on
TARGET = "key_project_reduction"
DIGITS = 2


def show(ask: Ask) -> Page:
    """Totals against the targets, then every project and pollutant, the filters in the address."""
    words, here = ask.words, books(ask)
    years = range(ask.plan.period.start.year, ask.plan.period.end.year + 1)
    every = sorted(lines(here), key=lambda line: ORDER.index(line.status))
    chosen = _filters(ask, every)
    shown = [line for line in every if _fits(line, chosen)]
    totals = [(one, sums(every, one.item or "", years)) for one in _targets(ask)]
    found = [finding for line in shown for finding in line.findings]
    counts = {status: sum(line.status == status for line in every) for status in STATUS}
    return Page(
        template="projects.html",
        title=words("减排项目"),
        data={
            "totals": [_total_json(target, one) for target, one in totals],
            "projects": [_as_json(line, years) for line in shown],
            "findings": [finding.text for finding in found],
        },
        context={
            "counts": [(words(STATUS[status]), LIGHTS[status], counts[status]) for status in STATUS],
            "total": len(every),
            "shown": len(shown),
            "chosen": chosen,
            "options": _options(ask, every),
            "owed_by": owed_by(ask),
            "years": years,
            "year": min(max(day_of(ask.selection.as_of).year - 1, years[0]), years[-1]),
            "findings": findings_table(ask, words("核查提示"), found),
        },
        tables=(
            _totals_table(ask, totals, years, every),
            _lines_table(ask, shown, years),
            findings_table(ask, words("核查提示"), found),
        ),
        values=decisions(ask, shown),
        unread=unread(ask, rules_of(shown), ""),
    )


def rules_of(found: Iterable[Line]) -> list[str]:
    """The rules by which some projects are estimated."""
    types = dict.fromkeys(line.type.rule.id for line in found if line.type is not None)
    return [FIRST, CARRIED, *types] if types else []


def decisions(ask: Ask, found: Iterable[Line]) -> tuple[Value, ...]:
    """What the city itself decided on evidence, exclusive types and tolerance, in the years of some projects."""
    asked: dict[int, dict[str, None]] = {}
    for line in found:
        if line.year is not None:
            of = asked.setdefault(line.year, dict.fromkeys((CAPACITY_TOLERANCE, EXCLUSIVE_TYPES)))
            of |= {line.type.evidence_parameter: None} if line.type else {}
    told = (values(ask, (), str(year), list(asked[year])) for year in sorted(asked))
    return tuple(dict.fromkeys(one for several in told for one in several if one.own))


def evidence_certainty(line: Line) -> str | None:
    """How sure the list of evidence of a project is: as its least certain document; None without a list."""
    known = {one.certainty for one in line.decided.values()}
    return next((one for one in ("memory", "derived", "secondary", "verified") if one in known), None)


def owed_by(ask: Ask) -> list[str]:
    """Who owes the projects: the units of the duties that ask for them."""
    return list(dict.fromkeys(duty.by for duty in ask.plan.duties if "project_reduction" in duty.quantities))


# --- filters ----------------------------------------------------------------------------------------------------------


def _options(ask: Ask, every: Sequence[Line]) -> dict[str, list[tuple[str, str]]]:
    """What each filter may be: (value in the address, what is printed)."""
    words = ask.words
    pollutants = axis("pollutant").items
    used = dict.fromkeys(line.pollutant for line in every)
    types = {line.type.id: line.type for line in every if line.type}
    return {
        "status": [(status, words(title)) for status, title in STATUS.items()],
        "type": [(id, f"{id} {words.title(one)}") for id, one in project_types().items() if id in types],
        "pollutant": [(item, words.title(pollutants[item])) for item in used if item in pollutants],
        "county": [(id, words(name)) for id, name in place_options(ask)],
    }


def _filters(ask: Ask, every: Sequence[Line]) -> dict[str, str]:
    """The filters of the address; BadAddress for a value that none of them may have."""
    found = {}
    for name, options in _options(ask, every).items():
        asked = ask.request.GET.get(name, "").strip()[:40]
        if asked and asked not in dict(options):
            raise BadAddress(name, asked, [value for value, _ in options])
        found[name] = asked
    return found


def _fits(line: Line, chosen: Mapping[str, str]) -> bool:
    own = {
        "status": line.status,
        "type": line.type.id if line.type else "",
        "pollutant": line.pollutant,
        "county": line.county.id if line.county else "",
    }
    return all(own[name] == asked for name, asked in chosen.items() if asked)


# --- totals -----------------------------------------------------------------------------------------------------------


def _targets(ask: Ask) -> list[Target]:
    day = day_of(ask.selection.as_of)
    return [one.on(day) for one in ask.plan.targets if one.quantity == TARGET and one.item]


def _totals_table(
    ask: Ask, totals: Sequence[tuple[Target, Sums]], years: range, every: Sequence[Line]
) -> Table:
    words = ask.words
    columns = [
        Column("pollutant", words("污染物"), width=16),
        Column("target", words("目标（吨）"), number=True),
        Column("confirmed", words("已核定（吨）"), number=True),
        Column("submitted", words("待核定（吨）"), number=True),
        Column("planned", words("计划（吨）"), number=True),
        Column("gap", words("尚缺（吨）"), number=True),
        Column("after", words("待核定和计划全部落实后尚缺（吨）"), number=True, width=20),
        Column("note", words("说明"), width=36),
    ]
    rows = [_total_row(ask, target, one, empty=not every) for target, one in totals]
    outside = sum(not line.falls(years) for line in every)
    note = words(
        "{start}—{end}年各年之和。已核定的以核定值为准；待核定为测算值，不作核定；一吨只在一栏、只算一次。",
        start=years[0], end=years[-1],
    )  # fmt: skip
    if outside:
        note += words("另有 {n} 项归属方案期以外，不在此列。", n=outside)
    return Table(
        "totals", words("对照方案目标"), columns, rows, note=note, empty=words("方案没有减排量目标。")
    )


def _total_row(ask: Ask, target: Target, one: Sums, *, empty: bool) -> list[Cell]:
    words = ask.words
    item = axis("pollutant").items[one.pollutant]
    missing = Cell.missing(words("未填报"))
    gap, after = _gaps(target, one)
    aim = Cell("—") if target.value is None else Cell(f"{target.value:f}", target.value)
    confirmed = _tonnes(one.confirmed) if one.confirmed is not None else missing
    rest = [missing, missing] if empty else [_part(ask, one, name) for name in ("submitted", "planned")]
    return [
        Cell(words.title(item), href=f"/target/{target.id}{ask.selection.context()}"),
        aim,
        confirmed,
        *rest,
        missing if gap is None else _tonnes(gap),
        missing if after is None or empty else _tonnes(after),
        Cell(_note(ask, one, met=gap == 0)),
    ]


def _part(ask: Ask, one: Sums, status: str) -> Cell:
    """What is known of it; where nothing is, that is not nought."""
    known: float = getattr(one, status)
    return Cell.missing(ask.words("未知")) if one.unknown[status] and not known else _tonnes(known)


def _gaps(target: Target, one: Sums) -> tuple[float | None, float | None]:
    """What is lacking to the target now, and once everything submitted and planned has come true; not below 0."""
    if target.value is None or one.confirmed is None:
        return None, None
    gap = float(target.value) - one.confirmed
    return max(gap, 0.0), max(gap - one.submitted - one.planned, 0.0)


def _note(ask: Ask, one: Sums, *, met: bool) -> str:
    words = ask.words
    said = [words("已达到目标")] if met else []
    if one.unknown["submitted"]:
        said.append(words("{n} 项待核定的测算值未知，未计入", n=one.unknown["submitted"]))
    if one.unknown["planned"]:
        said.append(words("{n} 项计划的减排量未知，未计入", n=one.unknown["planned"]))
    if one.barred:
        said.append(words("{n} 项重复计算或不在基数内，未计入", n=one.barred))
    return words("；").join(said) or "—"


def _tonnes(value: float | None) -> Cell:
    judged = judge(value, DIGITS)
    return Cell("—") if judged is None else Cell(f"{judged:f}", judged)


def _total_json(target: Target, one: Sums) -> dict[str, object]:
    gap, after = _gaps(target, one)
    return {
        "target": target.id,
        "pollutant": one.pollutant,
        "value": target.value,
        "confirmed": judge(one.confirmed, DIGITS),
        "submitted": judge(one.submitted, DIGITS),
        "planned": judge(one.planned, DIGITS),
        "gap": judge(gap, DIGITS),
        "gap_after": judge(after, DIGITS),
        "unknown": dict(one.unknown),
        "not_counted": one.barred,
    }


# --- the ledger -------------------------------------------------------------------------------------------------------


def _lines_table(ask: Ask, shown: Sequence[Line], years: range) -> Table:
    words = ask.words
    columns = [
        Column("project", words("项目"), width=30),
        Column("type", words("类型"), width=26),
        Column("county", words("县（区）"), width=12),
        Column("pollutant", words("污染物"), width=12),
        Column("status", words("状态"), width=10),
        Column("year", words("归属年份"), width=8),
        Column("estimate", words("测算（吨）"), number=True),
        Column("confirmed", words("核定（吨）"), number=True),
        Column("difference", words("核定减测算"), number=True),
        Column("evidence", words("佐证材料"), width=10),
        Column("findings", words("提示"), number=True, width=8),
    ]
    rows = [_row(ask, line, years) for line in shown]
    note = words("测算按各类型的质量守恒公式，官方系数和上限待核；核定值总是优先，测算值并列显示。")
    if any(one.certainty == "memory" for line in shown for one in line.decided.values()):
        note += words("佐证清单未核实。")
    return Table(
        "projects", words("减排项目台账"), columns, rows, note=note, empty=words("没有符合条件的项目。")
    )


def _row(ask: Ask, line: Line, years: range) -> list[Cell]:
    words = ask.words
    own = f"/project/{line.project.id}{ask.selection.context()}"
    kind = line.type
    asked = len(line.asked)
    estimate = line.estimate(years)
    shown = _linked(ask, line, "", estimate, line.estimated, years)
    if estimate is None and line.status != "planned":
        shown = _capacity(ask, line)
    elif line.status == "planned" and line.planned is not None:
        shown = Cell(words("计划 {value}", value=_tonnes(line.planned).text))
    confirmed = line.confirmed(years)
    return [
        Cell(words.name(line.project), href=own),
        Cell(f"{kind.id} {words.title(kind)}" if kind else words("未写明"), css="" if kind else "missing"),
        Cell(words.name(line.county) if line.county else "—"),
        Cell(words.title(axis("pollutant").items[line.pollutant])),
        Cell(words(STATUS[line.status]), kind="light", light=LIGHTS[line.status]),
        Cell(str(line.year or "—")),
        shown,
        _linked(ask, line, "project_reduction", confirmed, line.audited, years),
        _tonnes(line.difference(years)),
        Cell(f"{asked - len(line.lacking)}/{asked}" if kind else "—", href=own if line.lacking else ""),
        Cell(str(len(line.findings)) if line.findings else "—"),
    ]


def _capacity(ask: Ask, line: Line) -> Cell:
    """What a full year gives, while its attribution to years is not known yet."""
    if line.formula is None or line.type is None:
        return Cell.missing(ask.words("未知"))
    rule = line.type.rule
    item = line.pollutant if rule.axis else None
    href = cell_address("why", ask, rule.id, line.project.id, str(line.year), item)
    return Cell(ask.words("全年 {value}", value=_tonnes(line.formula).text), href=href)


def _linked(
    ask: Ask, line: Line, of: str, value: float | None, by_year: Mapping[int, float], years: range
) -> Cell:
    """A number with its reasons; one that adds several years up leads to the project's page, year by year.

    of: the quantity; "" for the estimate, whose rule depends on the year.
    """
    cell = _tonnes(value)
    known = [year for year in by_year if year in years and by_year[year]]
    if cell.value is None or not known:
        return cell
    href = f"/project/{line.project.id}{ask.selection.context()}"
    if len(known) == 1:
        of = of or (FIRST if known[0] == line.year else CARRIED)
        href = cell_address("why", ask, of, line.project.id, str(known[0]), line.pollutant)
    return Cell(cell.text, cell.value, href=href)


def _as_json(line: Line, years: range) -> dict[str, object]:
    def told(value: float | None) -> Decimal | None:
        return judge(value, DIGITS)

    return {
        "id": line.project.id,
        "name": line.project.name,
        "type": line.type.id if line.type else None,
        "county": line.county.id if line.county else None,
        "pollutant": line.pollutant,
        "status": line.status,
        "year": line.year,
        "estimate": told(line.estimate(years)),
        "estimate_by_year": {str(year): told(value) for year, value in line.estimated.items()},
        "confirmed": told(line.confirmed(years)),
        "confirmed_by_year": {str(year): told(value) for year, value in line.audited.items()},
        "difference": told(line.difference(years)),
        "planned": told(line.planned),
        "evidence_lacking": list(line.lacking),
        "evidence_certainty": evidence_certainty(line),
        "findings": [finding.code for finding in line.findings],
    }
