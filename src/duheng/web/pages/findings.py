"""What the checks found: what somebody should look at, with what to do; and the handbook of rules."""

from __future__ import annotations

from collections.abc import Iterable

from duheng.assess.findings import over_ledger
from duheng.model.findings import Finding
from duheng.web.access import findings_for
from duheng.web.boards import books, open_board, rows_of
from duheng.web.page import Ask, Page
from duheng.web.tables import Cell, Column, Table

SEVERITIES = {"error": "错误", "warning": "警告", "notice": "提示"}
LEVELS = {"error": 1, "warning": 2, "notice": 3}
SHOWN = 400


def show(ask: Ask) -> Page:
    """All findings over the ledger and the targets, the gravest first; what is only owed stands under duties."""
    words = ask.words
    every = findings_for(_all(ask), ask.city.places, ask.sees_confidential)
    order = list(SEVERITIES)
    every.sort(key=lambda one: order.index(one.severity))
    counts = {name: sum(one.severity == name for one in every) for name in SEVERITIES}
    return Page(
        template="findings.html",
        title=words("核查提示"),
        data={"findings": [_as_json(one) for one in every]},
        context={
            "counts": counts,
            "SEVERITIES": SEVERITIES,
            "shown": min(len(every), SHOWN),
            "total": len(every),
            "short": findings_table(ask, words("核查提示"), every[:SHOWN]),
        },
        tables=(findings_table(ask, words("核查提示"), every),),
    )


def _all(ask: Ask) -> list[Finding]:
    made = open_board(ask)
    rows_of(ask, made)
    of_targets = [one for one in made.findings if one.code != "not-reported"]
    return list(dict.fromkeys([*over_ledger(books(ask)), *of_targets]))


def _as_json(one: Finding) -> dict[str, str | None]:
    return {
        "code": one.code,
        "severity": one.severity,
        "place": one.place,
        "found": one.found,
        "expected": one.expected,
        "remedy": one.remedy,
        "owner": one.owner,
        "text": one.text,
    }


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
