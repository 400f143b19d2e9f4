"""What pages read: the city and its plans, with the definitions that officials signed.

`stamp()` changes whenever anything a page shows may change: a new fact, a signed decision, a word about a finding, a
file of emission factors in the city's folder, a new day.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.conf import settings

from duheng import __version__, ledger
from duheng.assess import inbox, parameters
from duheng.assess.books import default_plan
from duheng.assess.choices import ACTION, Choice
from duheng.assess.choices import choices as signed_choices
from duheng.city import default_city_folder, load
from duheng.ingest.carbon.own_sets import stamp as factor_files
from duheng.ingest.drill.places import city_in, is_drill
from duheng.model.plan import City, Plan
from duheng.model.saying import say
from duheng.web import plan_versions
from duheng.web.errors import BadAddress
from duheng.web.selection import Selection
from duheng.web.words import SHANGHAI, names_in


@lru_cache(maxsize=4)
def city(scenario: str = "actual") -> City:
    """The city of this installation (DUHENG_CITY) as a scenario sees it, read once."""
    if not is_drill(scenario):
        return load(default_city_folder(settings.DUHENG_CITY))
    return city_in(city(), scenario)


@lru_cache(maxsize=2)
def names(lang: str) -> dict[str, str]:
    """What data call in this language: Chinese title or name -> English; {} in Chinese, which needs none."""
    return {} if lang == "zh" else {**names_in(city("drill")), **names_in(city())}


def today() -> date:
    """The calendar day in Shanghai."""
    return datetime.now(SHANGHAI).date()


def stamp() -> tuple[object, ...]:
    """What kept pages depend on besides their address."""
    actions = (ACTION, inbox.ACTION, parameters.ACCEPT, plan_versions.ACTION)
    said = [entry.id for action in actions for entry in ledger.trail(limit=1, action=action)]
    head = ledger.head()
    factors = factor_files(city().folder)
    return (__version__, settings.DUHENG_CITY, head.seq, head.hash, *said, factors, today())


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
