"""What pages read: the city and its plans, with the definitions that officials signed.

`stamp()` changes whenever anything a page shows may change: a new fact, a signed decision, a word about a finding, a
register or a set of emission factors in the city's folder, a new day.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from duheng import __version__, ledger
from duheng.assess import inbox, parameters
from duheng.assess.books import default_plan
from duheng.assess.choices import ACTION, Choice
from duheng.assess.choices import choices as signed_choices
from duheng.city import changes, default_city_folder, load
from duheng.city.changes import Stamp
from duheng.ingest.drill.places import city_in, is_drill
from duheng.model.errors import FolderError
from duheng.model.plan import City, Plan
from duheng.model.saying import say
from duheng.web import plan_versions
from duheng.web.errors import BadAddress
from duheng.web.selection import Selection
from duheng.web.words import SHANGHAI, names_in

_good: dict[str, City] = {}
"""The city of each installation as it was read last without trouble."""


def city(scenario: str = "actual") -> City:
    """The city of this installation (DUHENG_CITY) as a scenario sees it: read once, and again after its registers were
    changed. Should they be out of order then, the pages go on with what was read before."""
    return _city(settings.DUHENG_CITY, scenario if is_drill(scenario) else "actual", registers())


def registers() -> Stamp:
    """What tells whether a register of the city's folder was changed."""
    return changes.stamp(_folder(settings.DUHENG_CITY) / "registers")


@lru_cache(maxsize=4)
def _folder(id: str) -> Path:
    return default_city_folder(id)


@lru_cache(maxsize=8)
def _city(id: str, scenario: str, files: Stamp) -> City:
    if is_drill(scenario):
        return city_in(_city(id, "actual", files), scenario)
    try:
        _good[id] = load(_folder(id))
    except FolderError:
        if id not in _good:
            raise
    return _good[id]


def names(lang: str) -> dict[str, str]:
    """What data call in this language: Chinese title or name -> English; {} in Chinese, which needs none."""
    return {} if lang == "zh" else _names(settings.DUHENG_CITY, registers())


@lru_cache(maxsize=2)
def _names(id: str, files: Stamp) -> dict[str, str]:
    return {**names_in(city("drill")), **names_in(city())}


def today() -> date:
    """The calendar day in Shanghai."""
    return datetime.now(SHANGHAI).date()


def stamp() -> tuple[object, ...]:
    """What kept pages depend on besides their address."""
    actions = (ACTION, inbox.ACTION, parameters.ACCEPT, plan_versions.ACTION)
    said = [entry.id for action in actions for entry in ledger.trail(limit=1, action=action)]
    head = ledger.head()
    factors = changes.stamp(_folder(settings.DUHENG_CITY) / "carbon")
    return (__version__, settings.DUHENG_CITY, head.seq, head.hash, *said, factors, registers(), today())


def city_of(selection: Selection) -> City:
    """The city a selection speaks of: with the saved version of a plan where one is chosen."""
    here = city(selection.scenario)
    if not selection.plan or here.plan(selection.plan):
        return here
    return plan_versions.city_with(city(), selection.scenario, selection.plan) or here


def plan_of(selection: Selection) -> Plan:
    """The chosen plan. BadAddress for an unknown id."""
    here = city_of(selection)
    if not selection.plan:
        return default_plan(here, selection.scenario)
    plan = here.plan(selection.plan)
    if plan is None:
        raise BadAddress(
            "plan",
            selection.plan,
            [say("{key}（{title}）", key=known.id, title=known) for known in here.plans]
            + [say("{key}（{title}）", key=one.plan, title=one.title) for one in plan_versions.choices()],
        )
    return plan


def decisions(plan: Plan, as_of: date | None = None) -> list[Choice]:
    """All definitions signed for the plan's targets by the end of that day (now where None), oldest first."""
    return signed_choices(city(), plan, as_of)


def choices(plan: Plan, as_of: date | None = None) -> dict[str, str]:
    """Target id -> the definition signed last."""
    return {one.target: one.definition for one in decisions(plan, as_of)}
