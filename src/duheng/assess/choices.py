"""Accounting definitions (口径) that officials chose and signed for targets whose plan names none (L8).

A choice is an entry of the ledger's audit trail: append-only, chained, backed up and verified with the rest.
The latest one counts; the earlier ones stay, so a board as of an earlier day is read under the choice of that day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from duheng import ledger
from duheng.assess.books import end_of_day
from duheng.model.plan import City, Plan

ACTION = "sign-definition"


@dataclass(frozen=True, slots=True)
class Choice:
    """A definition chosen for a target, why, by whom and when."""

    number: int
    target: str
    definition: str
    reason: str
    signed_by: str
    signed_name: str
    signed_at: datetime


def sign(
    city: City, plan: Plan, target: str, definition: str, reason: str, *, signed_by: str, signed_name: str
) -> None:
    """Append a choice to the trail."""
    detail = {
        "city": city.id,
        "plan": plan.id,
        "definition": definition,
        "reason": reason,
        "name": signed_name,
    }
    ledger.audit(signed_by, ACTION, target, detail)


def choices(city: City, plan: Plan, as_of: date | datetime | None = None) -> list[Choice]:
    """All choices for the plan's targets made by the end of that day (now where None), oldest first."""
    moment = end_of_day(as_of)
    found = []
    for entry in reversed(ledger.trail(limit=None, action=ACTION)):
        detail = json.loads(entry.detail)
        if (detail.get("city"), detail.get("plan")) != (city.id, plan.id) or (moment and entry.at > moment):
            continue
        found.append(
            Choice(
                entry.seq,
                entry.object,
                detail["definition"],
                detail["reason"],
                entry.actor,
                detail["name"],
                entry.at,
            )
        )
    return found


def chosen(city: City, plan: Plan, as_of: date | datetime | None = None) -> dict[str, str]:
    """Target id -> the definition signed last."""
    return {choice.target: choice.definition for choice in choices(city, plan, as_of)}
