"""The findings inbox: what the checks found, for whom to mend, how far it has got; and one finding with its evidence.

What is merely unlikely is a question to the one who reported it, never a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duheng.assess.audit.report import Flag
from duheng.assess.audit.settings import PARAMETER, items, settings
from duheng.assess.findings import flags_over_ledger, quoted
from duheng.assess.inbox import STATES, WAITING, Case, cases, kinds
from duheng.assess.values import Value
from duheng.model.findings import Finding
from duheng.web import register_flags, roles
from duheng.web.access import Closed, confidential, findings_for
from duheng.web.boards import books, open_board, values
from duheng.web.counties import place_options
from duheng.web.errors import BadAddress, NotThere
from duheng.web.evidence import charts_of, lines, table_of
from duheng.web.page import Ask, Page
from duheng.web.tables import Cell, Column, Table

SEVERITIES = {"error": "错误", "warning": "警告", "notice": "提示"}
LEVELS = {"error": 1, "warning": 2, "notice": 3}
SHOWN = 400
NOBODY = "未定责任单位"


@dataclass(frozen=True)
class Chosen:
    """The filters in the address; "" = all. state: one of STATES, "" = whatever waits for somebody, or all."""

    unit: str
    county: str
    kind: str
    severity: str
    state: str

    def keeps(self, ask: Ask, one: Case) -> bool:
        """Whether a case passes all filters."""
        return (
            self.unit in ("", one.finding.owner or NOBODY)
            and self.kind in ("", one.finding.code)
            and self.severity in ("", one.finding.severity)
            and (self.state == "all" or one.state in ((self.state,) if self.state else WAITING))
            and (not self.county or self.county in _around(ask, one))
        )


def show(ask: Ask) -> Page:
    """All findings by who can mend them, the gravest first; what is only owed stands under duties."""
    words, chosen = ask.words, _chosen(ask)
    every = visible_cases(ask)
    kept = [one for one in every if chosen.keeps(ask, one)]
    groups: dict[str, list[Case]] = {}
    for one in kept:
        groups.setdefault(one.finding.owner or NOBODY, []).append(one)
    ordered = sorted(groups.items(), key=lambda group: (group[0] == NOBODY, -len(group[1])))
    counts = {state: sum(one.state == state for one in every) for state in STATES}
    return Page(
        template="findings.html",
        title=words("核查提示"),
        data={"findings": [as_json(ask, one) for one in kept]},
        context={
            "groups": [
                (_who(ask, unit), len(mine), _short(ask, _who(ask, unit), mine)) for unit, mine in ordered
            ],
            "counts": counts,
            "STATES": STATES,
            "SHOWN": SHOWN,
            "total": len(kept),
            "chosen": chosen,
            "choices": _choices(ask, every),
        },
        tables=(inbox_table(ask, words("核查提示"), kept),),
        values=_thresholds(ask, kept),
    )


def one(ask: Ask, id: str) -> Page:
    """One finding: what was measured against which tolerance, the series under it, and every word said about it."""
    found, words = case_of(ask, id), ask.words
    series = lines(ask, found)
    account = ask.user.is_authenticated
    spoken = [{"state": w.state, "reason": w.reason, "name": w.name, "at": w.at} for w in found.words]
    return Page(
        template="finding.html",
        title=words(found.finding.place),
        data={**as_json(ask, found), "words": spoken if account else []},
        context={
            "case": found,
            "kind": kinds().get(found.finding.code, ""),
            "level": LEVELS[found.finding.severity],
            "severity": SEVERITIES[found.finding.severity],
            "STATES": STATES,
            "series": series,
            "spoken": found.words if account else (),
            "may_ask": roles.may(ask.user, roles.ACCEPT_FACTS),
            "may_answer": roles.may(ask.user, roles.IMPORT_FACTS),
        },
        tables=tuple(table_of(ask, line) for line in series),
        charts=charts_of(ask, series),
        values=_thresholds(ask, [found]),
    )


def _thresholds(ask: Ask, found: Iterable[Case]) -> tuple[Value, ...]:
    """The thresholds that some findings of the data checks rest on."""
    codes = dict.fromkeys(one.finding.code.removeprefix("audit-") for one in found)
    resting = [(PARAMETER, item) for code in codes if code in settings() for item in items(code)]
    return values(ask, (), "", resting)


def case_of(ask: Ask, id: str) -> Case:
    """The finding of this number; NotThere where there is none that this reader may see."""
    found = next((one for one in visible_cases(ask) if one.id == id), None)
    if found is None:
        raise NotThere("没有这条核查提示：数据可能已更正，或需要登录查看。请从“核查提示”重新查找。")
    return found


def visible_cases(ask: Ask) -> list[Case]:
    """Every finding that this reader may see, the gravest first: without the permission none that quotes a figure
    closed to him."""
    here = books(ask)
    found = cases(here, _flags(ask))
    if not ask.sees_confidential:
        places = ask.city.places
        closed = Closed(places, here.moment)
        told = {id(one) for one in findings_for([one.finding for one in found], places, False)}
        found = [
            one
            for one in found
            if id(one.finding) in told
            and not any(confidential(places.get(id)) for id in one.flag.about)
            and not any(closed(step) for step in quoted(here, one.flag))
        ]
    order = list(SEVERITIES)
    return sorted(found, key=lambda one: order.index(one.finding.severity))


def _flags(ask: Ask) -> list[Flag]:
    of_targets = [Flag(one) for one in open_board(ask).findings if one.code != "not-reported"]
    return list(
        dict.fromkeys([*flags_over_ledger(books(ask)), *of_targets, *register_flags.flags(books(ask))])
    )


def _chosen(ask: Ask) -> Chosen:
    asked = ask.request.GET
    accepted = {"kind": kinds(), "severity": SEVERITIES, "state": {**STATES, "all": "全部"}}
    for name, known in accepted.items():
        if asked.get(name) and asked[name] not in known:
            raise BadAddress(name, asked[name], [f"{key}（{title}）" for key, title in known.items()])
    places = dict(place_options(ask))
    if ask.selection.county and ask.selection.county not in places:
        raise BadAddress("county", ask.selection.county, [f"{id}（{name}）" for id, name in places.items()])
    named = {name: asked.get(name, "") for name in accepted}
    return Chosen(unit=ask.selection.unit, county=ask.selection.county, **named)


def _choices(ask: Ask, every: Sequence[Case]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters: name in the address, title, what can be chosen; only what there is."""
    words = ask.words
    units = dict.fromkeys(one.finding.owner or NOBODY for one in every)
    known = kinds()
    codes = dict.fromkeys(one.finding.code for one in every)
    return [
        ("unit", words("责任单位"), [(unit, _who(ask, unit)) for unit in units]),
        ("county", words("县（区）"), place_options(ask)),
        ("kind", words("类别"), [(code, words(known.get(code, code))) for code in codes]),
        ("severity", words("程度"), [(name, words(title)) for name, title in SEVERITIES.items()]),
        (
            "state",
            words("状态"),
            [*((id, words(title)) for id, title in STATES.items()), ("all", words("含已排除的"))],
        ),
    ]


def _who(ask: Ask, unit: str) -> str:
    return ask.words(unit) if unit == NOBODY else ask.who([unit])


def _around(ask: Ask, one: Case) -> set[str]:
    """The entities of a case and all that contain them."""
    places, own = ask.city.places, one.flag.about
    return own | {above.id for id in own for above in places.ancestors(id)}


def _short(ask: Ask, unit: str, mine: Sequence[Case]) -> Table:
    """The beginning of one unit's findings, without the unit; it is the table's name to a screen reader."""
    whole = inbox_table(ask, unit, mine[:SHOWN])
    rows = [row[:-1] for row in whole.rows]
    return Table(whole.name, whole.title, whole.columns[:-1], rows, empty=whole.empty)


def as_json(ask: Ask, one: Case) -> dict[str, object]:
    """A finding with its standing and measure, as data."""
    told, flag = one.finding, one.flag
    return {
        "id": one.id,
        "code": told.code,
        "severity": told.severity,
        "place": told.place,
        "found": told.found,
        "expected": told.expected,
        "remedy": told.remedy,
        "owner": told.owner,
        "text": told.text,
        "state": one.state,
        "statistic": flag.statistic,
        "tolerance": flag.tolerance,
        "cells": [
            {"quantity": c.quantity, "entity": c.entity, "item": c.item, "period": c.period}
            for c in flag.cells
        ],
    }


def inbox_table(ask: Ask, title: str, every: Iterable[Case]) -> Table:
    """Findings with their standing; the place leads to the evidence."""
    words = ask.words
    every = list(every)
    plain = findings_table(ask, title, [one.finding for one in every])
    columns = [*plain.columns[:2], Column("state", words("状态"), width=14), *plain.columns[2:]]
    rows = []
    for case, row in zip(every, plain.rows, strict=True):
        place = Cell(row[1].text, href=f"/findings/{case.id}{ask.selection.context()}")
        rows.append([row[0], place, Cell(words(STATES[case.state])), *row[2:]])
    return Table("findings", title, columns, rows, empty=plain.empty)


def findings_table(ask: Ask, title: str, every: Iterable[Finding]) -> Table:
    """Findings as a table: severity, place, found, expected, remedy, owner."""
    words = ask.words
    columns = [
        Column("severity", words("程度"), width=8),
        Column("place", words("位置"), width=34),
        Column("found", words("发现"), width=44),
        Column("expected", words("应为"), width=34),
        Column("remedy", words("处理"), width=34),
        Column("owner", words("责任单位"), width=18),
    ]
    return Table("findings", title, columns, _rows(ask, every), empty=words("没有发现问题。"))


def _rows(ask: Ask, every: Iterable[Finding]) -> list[list[Cell]]:
    return [
        [
            Cell(
                ask.words(SEVERITIES[one.severity]),
                kind="" if one.severity == "notice" else "light",
                light=LEVELS[one.severity],
            ),
            *(Cell(ask.words(text or "—")) for text in (one.place, one.found, one.expected, one.remedy)),
            Cell(ask.words(one.owner or "—")),
        ]
        for one in every
    ]
