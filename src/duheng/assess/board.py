"""The board: every target of a plan with its value, progress, light, units and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from duheng.assess.books import Opened, day_of, opened
from duheng.assess.choices import chosen as chosen_definitions
from duheng.assess.status import TargetStatus, status
from duheng.assess.warning import WarningRule, warning_rule
from duheng.model.findings import Finding
from duheng.model.plan import City, Plan, Target


@dataclass(frozen=True, slots=True)
class Board:
    """All targets of a plan, in the order of the document, as of a day and in one scenario."""

    city: City
    plan: Plan
    as_of: date
    scenario: str
    rule: WarningRule
    targets: tuple[TargetStatus, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all targets, each once."""
        return tuple(dict.fromkeys(finding for one in self.targets for finding in one.findings))

    def target(self, id: str) -> TargetStatus | None:
        """The status of the target with this id, or None."""
        return next((one for one in self.targets if one.target.id == id), None)

    def lights(self) -> dict[int | None, int]:
        """How many targets show each light; None: not judged."""
        return {light: sum(one.light == light for one in self.targets) for light in (1, 2, 3, None)}

    def as_json(self) -> dict[str, Any]:
        """The board as plain data: numbers in the printed unit, null where nothing is known."""
        return {
            "city": self.city.id,
            "plan": self.plan.id,
            "as_of": self.as_of.isoformat(),
            "scenario": self.scenario,
            "targets": [_as_json(one) for one in self.targets],
        }


def board(
    city: City,
    plan: Plan,
    scenario: str = "actual",
    as_of: date | datetime | None = None,
    *,
    definition_choices: Mapping[str, str] | None = None,
    rule: str | None = None,
) -> Board:
    """The board of a plan as the ledger stood at the end of a day (now where None).

    definition_choices: target id -> accounting definition; those that officials signed where None. rule: id of the
    warning rule, the default one where None. Raises UnknownName for an unknown rule.
    """
    books, day, chosen = opened(city, plan, scenario, as_of), day_of(as_of), warning_rule(rule)
    choices = chosen_definitions(city, plan, as_of) if definition_choices is None else definition_choices
    found = tuple(_status(books, target, day, chosen, choices.get(target.id)) for target in plan.targets)
    return Board(city, plan, day, scenario, chosen, found)


def _status(books: Opened, target: Target, day: date, rule: WarningRule, choice: str | None) -> TargetStatus:
    """Where a target stands, worked out once for these books: most pages ask for the whole board."""
    key = ("status", target, day, rule, choice)
    if key not in books.memo:
        books.memo[key] = status(books, target, day, rule, choice)
    found: TargetStatus = books.memo[key]
    return found


def _as_json(one: TargetStatus) -> dict[str, Any]:
    target = one.target
    return {
        "id": target.id,
        "article": target.article,
        "title": target.title,
        "target": number(target.value),
        "unit": target.unit or (one.unit if one.latest is not None else None),
        "deadline": target.deadline,
        "latest": number(one.latest),
        "period": one.period,
        "progress": one.progress,
        "light": one.light,
        "source": one.source,
        "units": list(one.units),
        "owed_by": list(one.owed_by),
        "unknown_because": one.cause or None,
        "yardstick": one.yardstick,
        "gap": number(one.gap),
        "path": number(one.path),
        "since": one.since,
        "definition": one.asked or target.definition,
        "read_under": one.definition,
        "direction": target.direction,
        "comparator": target.comparator,
        "note": one.note,
        "inherited_units": list(one.inherited_units),
        "title_en": target.title_en,
        "evidence_date": one.evidence.newest.isoformat() if one.evidence.newest else None,
        "unverified": one.unverified,
        "unverified_parameters": list(one.evidence.doubtful),
        "unverified_rules": list(one.evidence.unread),
        **_lists(one),
    }


def _lists(one: TargetStatus) -> dict[str, Any]:
    findings = [
        finding.text for finding in one.findings if finding.code != "not-reported"
    ]  # these are `owed`
    return {
        "owed": [owed.text for owed in one.owed],
        "findings": findings,
        "trend": [
            {"period": point.period, "actual": number(point.actual), "path": number(point.path)}
            for point in one.trend
        ],
    }


def number(value: Decimal | None) -> int | float | None:
    """A judged number for JSON: whole numbers without a point, others with the digits they have."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
