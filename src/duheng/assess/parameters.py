"""Parameter settings that a city replaces: proposed with their citation, accepted by a second person, never undone.

A setting is proposed, accepted or returned by an entry of the ledger's audit trail: append-only, chained, backed up,
the same for shell and page. Accepted it belongs to the city (its division code) and stands before the packaged one of
the nation; books as of an earlier moment keep the value of that moment. The first word on a proposal counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from zoneinfo import ZoneInfo

from duheng import ledger
from duheng.ledger.records import AuditRecord
from duheng.model.errors import DuhengError, UnitError
from duheng.model.glossary import all_quantities, axis, item_unit, quantity
from duheng.model.parameters import CERTAINTIES, Parameter, Parameters, Setting
from duheng.model.plan import City, Plan, Target
from duheng.model.rule import Rule
from duheng.model.saying import listed, say
from duheng.model.units import convert

PROPOSE, ACCEPT, RETURN = "propose-parameter", "accept-parameter", "return-parameter"
WAITING, ACCEPTED, RETURNED = "waiting", "accepted", "returned"
SETTLED = "这条取值已处理过，没有再作改动。"
LEAST_CITE = 4
# Read by nothing that stands on a ledger, so that a replacement changes none of its numbers; said on the page.
COMMANDS_ONLY = {"balance_coal_factor": "duheng balance"}
UNREAD = (
    "air_limit_class1", "fossil_power_factor", "power_footprint_factor",
    "valid_hours_day", "valid_hours_eight", "valid_windows_day",
)  # fmt: skip
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A setting somebody proposed, and what became of it.

    number: of its entry in the trail. stated: the value as written, with its unit; setting.value is in the parameter's.
    settled_*: who accepted or returned it, when and why.
    """

    number: int
    parameter: str
    setting: Setting
    stated: str
    by: str
    name: str
    at: datetime
    standing: str = WAITING
    settled_by: str = ""
    settled_name: str = ""
    settled_at: datetime | None = None
    reason: str = ""


def propose(
    city: City,
    scenario: str,
    of: Parameter,
    written: Mapping[str, str],
    *,
    by: str,
    name: str,
) -> int:
    """Append a proposal to the trail and return its number. Raises DuhengError naming what is wrong.

    written: item, value, unit, since, cite, certainty, as typed in.
    """
    setting, stated = _read(city, of, written)
    detail = {
        "city": city.id,
        "scenario": scenario,
        "item": setting.item,
        "since": setting.since.isoformat(),
        "where": setting.where,
        "value": f"{setting.value:f}",
        "stated": stated,
        "cite": setting.cite,
        "certainty": setting.certainty,
        "name": name,
    }
    return ledger.audit(by, PROPOSE, of.id, detail)


def settle(
    city: City, scenario: str, number: int, word: str, *, by: str, name: str, reason: str = ""
) -> Proposal:
    """Accept or return a proposal that waits; by another person than proposed it. Raises DuhengError."""
    found = next((one for one in proposals(city, scenario) if one.number == number), None)
    if found is None:
        raise DuhengError("没有这条待核准的取值。")
    if found.standing != WAITING:
        raise DuhengError(SETTLED)
    if found.by == by:
        raise DuhengError("自己提出的取值须由另一人核准。")
    detail = {"city": city.id, "scenario": scenario, "proposal": number, "name": name, "reason": reason}
    detail |= {"item": found.setting.item, "stated": found.stated, "proposed_by": found.by}
    with ledger.one_commit():
        said = ledger.audit(by, {ACCEPTED: ACCEPT, RETURNED: RETURN}[word], found.parameter, detail)
        # The trail is locked from our entry on: whoever settled it between our look and our word came first.
        if _words(city, scenario, None)[number][1].seq != said:
            raise DuhengError(SETTLED)
    return found


def proposals(city: City, scenario: str = "actual", moment: datetime | None = None) -> list[Proposal]:
    """All proposals of the city made by a moment (now where None), newest first, as they stood at that moment."""
    words = _words(city, scenario, moment)
    found = []
    for entry, detail in _entries(PROPOSE, city, scenario, moment):
        one = _proposal(entry, detail)
        if entry.seq in words:
            standing, word, told = words[entry.seq]
            one = replace(
                one,
                standing=standing,
                settled_by=word.actor,
                settled_name=told["name"],
                settled_at=word.at,
                reason=told.get("reason", ""),
            )
        found.append(one)
    return found


def _words(
    city: City, scenario: str, moment: datetime | None
) -> dict[int, tuple[str, AuditRecord, Mapping[str, str]]]:
    """By number of a proposal the first word on it: what it led to, its entry and detail."""
    words: dict[int, tuple[str, AuditRecord, Mapping[str, str]]] = {}
    for action, standing in ((ACCEPT, ACCEPTED), (RETURN, RETURNED)):
        for entry, detail in _entries(action, city, scenario, moment):
            number = int(detail["proposal"])
            if number not in words or entry.seq < words[number][1].seq:
                words[number] = (standing, entry, detail)
    return words


def newest() -> str:
    """Hash of the newest acceptance in the trail: whatever was worked out before it may be out of date.

    A number would be the same in a ledger restored to an earlier state.
    """
    return next((entry.id for entry in ledger.trail(limit=1, action=ACCEPT)), "")


def in_force(city: City, scenario: str = "actual", moment: datetime | None = None) -> Parameters:
    """The city's parameters with the settings accepted by a moment (now where None) in their places."""
    own = dict(city.parameters.own)
    accepted = [one for one in proposals(city, scenario, moment) if one.standing == ACCEPTED]
    for one in sorted(accepted, key=lambda one: one.settled_at or one.at):
        known = own.get(one.parameter) or city.parameters.get(one.parameter)
        setting = replace(one.setting, note=_note(one))
        key = (setting.since, setting.where, setting.item)
        kept = [old for old in known.settings if (old.since, old.where, old.item) != key]
        own[one.parameter] = replace(known, settings=(*kept, setting))
    return Parameters(own) if accepted else city.parameters


def uses(of: Parameter, plan: Plan) -> tuple[list[Rule], list[Target]]:
    """The rules that read a parameter themselves, and the targets of the plan that rest on it."""
    rules = readers().get(of.id, [])
    known = {one.id for one in rules}
    resting = []
    for target in plan.targets:
        below = {one.id for one in quantity(target.quantity).below()}
        if known & below:
            resting.append(target)
    return rules, resting


def reach(id: str) -> str:
    """Why a replacement of a parameter would change nothing, as a sentence; "" where it does."""
    return changes_nothing(COMMANDS_ONLY.get(id, "")) if id in (*COMMANDS_ONLY, *UNREAD) else ""


def changes_nothing(command: str = "") -> str:
    """What is said of a value that only a command without a ledger reads; without one, that nothing does."""
    if not command:
        return "没有规则、页面或命令使用它，只供查阅；更换取值不改变任何数。"
    text = "只用于不连账本的命令（{command}）；更换取值不改变任何页面和账本中的数。"
    return say(text, command=command)


@cache
def readers() -> dict[str, list[Rule]]:
    """By id of a parameter the rules that read it themselves, or one that follows it."""
    found: dict[str, list[Rule]] = {}
    for rule in all_quantities().values():
        if isinstance(rule, Rule):
            read = (one for part in rule.parts() if isinstance(part, Parameter) for one in part.below())
            for id in {one.id for one in read}:
                found.setdefault(id, []).append(rule)
    return found


def _note(one: Proposal) -> str:
    text = "{proposer}提出、{accepter}核准于{day}，原文{stated}"
    day = one.settled_at.astimezone(_ZONE).date().isoformat() if one.settled_at else ""
    return say(text, proposer=one.name, accepter=one.settled_name, day=day, stated=one.stated)


def _entries(
    action: str, city: City, scenario: str, moment: datetime | None
) -> Iterator[tuple[AuditRecord, Mapping[str, str]]]:
    for entry in ledger.trail(limit=None, action=action):
        detail = json.loads(entry.detail)
        if (detail["city"], detail["scenario"]) == (city.id, scenario) and (not moment or entry.at <= moment):
            yield entry, detail


def _proposal(entry: AuditRecord, detail: Mapping[str, str]) -> Proposal:
    setting = Setting(
        since=date.fromisoformat(detail["since"]),
        value=Decimal(detail["value"]),
        cite=detail["cite"],
        certainty=detail["certainty"],
        where=detail["where"],
        item=detail["item"],
    )
    return Proposal(entry.seq, entry.object, setting, detail["stated"], entry.actor, detail["name"], entry.at)


def _read(city: City, of: Parameter, written: Mapping[str, str]) -> tuple[Setting, str]:
    """The setting as typed in, and the value with its unit. Raises DuhengError with everything that is wrong."""
    said = {name: text.strip() for name, text in written.items()}
    troubles: list[str] = []
    with _collected(troubles):
        item = _item(of, said.get("item", ""))
        stored, stated = _value(of, item, said.get("value", ""), said.get("unit", ""))
    with _collected(troubles):
        since = _since(said.get("since", ""))
    if len(said.get("cite", "")) < LEAST_CITE:
        troubles.append("请写明依据：文件、文号和条款，或检测报告。")
    if said.get("certainty") not in CERTAINTIES:
        troubles.append("请选择可信程度。")
    if troubles:
        raise DuhengError(listed("", troubles))
    return Setting(since, stored, said["cite"][:400], said["certainty"], city.code, item), stated


@contextmanager
def _collected(troubles: list[str]) -> Iterator[None]:
    """Notes what is wrong and goes on: who typed a form hears everything at once."""
    try:
        yield
    except DuhengError as trouble:
        troubles.append(trouble.args[0])


def _since(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        said = "起始日期“{text}”应写成 2025-01-01。"
        raise DuhengError(say(said, text=text[:40])) from None


def _value(of: Parameter, item: str | None, text: str, unit: str) -> tuple[Decimal, str]:
    """The value in the parameter's unit, and as stated: a number with its unit or the word of a choice."""
    if of.choices:
        known = {**{word: value for value, word in of.choices.items()}, **{f"{v}": v for v in of.choices}}
        if text not in known:
            words = listed("、", of.choices.values())
            raise DuhengError(say("取值“{text}”应为{words}之一。", text=text[:40], words=words))
        return known[text], of.written(known[text])
    declared = item_unit(of, item)
    try:
        value = Decimal(text)
        if not value.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise DuhengError(say("取值“{text}”不是数。请填数字。", text=text[:40])) from None
    unit = unit or declared
    try:
        return convert(value, unit, declared), f"{value:f} {unit}"
    except UnitError as trouble:
        template = "单位“{unit}”不能换算为{declared}：{trouble}"
        raise DuhengError(say(template, unit=unit[:40], declared=declared, trouble=trouble)) from trouble


def _item(of: Parameter, text: str) -> str | None:
    if of.axis is None:
        return None
    if not text:
        raise DuhengError("请选择项目。")
    return axis(of.axis).find(text).title
