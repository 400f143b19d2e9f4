"""Alarms: a sign of watching with what people did about it, from its opening to its closing with a reason.

    open ── acknowledge ──► acknowledged ── close ──► closed
      └─ escalate (by time, while nobody acknowledges)    └── the sign goes on: a new alarm

Everything is only added to: the alarm, each word about it, and an entry of the ledger's audit trail for a person's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from duheng import ledger
from duheng.model.errors import DuhengError
from duheng.model.saying import Saying, listed, say
from duheng.telemetry.devices import Device
from duheng.telemetry.watching.settings import of
from duheng.telemetry.watching.signs import Sign, factor_title
from duheng.web.models import Alarm, AlarmWord
from duheng.web.words import SHANGHAI

STATES = {"open": "待确认", "acknowledged": "已确认，处理中", "closed": "已关闭"}
WAITING = ("open", "acknowledged")
# A person's word: the state it leads to, and from which states.
WORDS = {
    "acknowledge": ("acknowledged", ("open",)),
    "note": ("acknowledged", ("acknowledged",)),
    "close": ("closed", ("acknowledged",)),
}
CLOSINGS = {"mended": "已修复", "reduced": "已整改达标", "true": "情况属实，已另案处理", "false": "误报"}
SAID = {"goes-on": "仍在持续", "escalate": "升级", "acknowledge": "确认", "note": "记事", "close": "关闭"}
LEAST_REASON, LONGEST_REASON = 4, 1000
_CONTINUED = timedelta(hours=6)  # by which a period must have grown before it is noted


@dataclass(frozen=True)
class Standing:
    """An alarm with its words: state; until: the end of its period as last seen; level: steps of escalation taken."""

    alarm: Alarm
    words: Sequence[AlarmWord] = field(default_factory=tuple)

    @property
    def state(self) -> str:
        """One of STATES."""
        reached = [WORDS[one.word][0] for one in self.words if one.word in WORDS]
        return reached[-1] if reached else "open"

    @property
    def until(self) -> datetime:
        """The end of the period as last seen."""
        return max([self.alarm.end, *(one.until for one in self.words if one.until)])

    @property
    def raised_to(self) -> str:
        """To whom it has gone up, the first in line while it has not."""
        raised = [one.reason for one in self.words if one.word == "escalate"]
        return raised[-1] if raised else str(steps()[0]["to"])

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed."""
        return self.words[-1].at if self.state == "closed" else None

    def may_follow(self, word: str) -> bool:
        """Whether this word of a person can be said now."""
        return self.state in WORDS[word][1]

    @property
    def title(self) -> str:
        """What kind of sign it is."""
        return str(of(self.alarm.rule)["title"])

    @property
    def place(self) -> Saying:
        """Device and factor."""
        return listed(" ", (self.alarm.device, factor_title(self.alarm.factor)))


def steps() -> list[dict[str, object]]:
    """The steps of escalation: hours since the opening, to whom."""
    found: list[dict[str, object]] = of("escalation")["steps"]
    return found


def standings(
    scenario: str,
    mns: Iterable[str] | None = None,
    *,
    closed: bool = True,
    since: datetime | None = None,
) -> list[Standing]:
    """The alarms of a scenario, newest first; of some devices where they are named.

    closed: those that are closed as well. since: only those opened from then on.
    """
    asked = Alarm.objects.filter(scenario=scenario)
    if not closed:
        asked = asked.exclude(words__word="close")
    if since is not None:
        asked = asked.filter(opened_at__gte=since)
    if mns is not None:
        asked = asked.filter(mn__in=list(mns))
    return [_standing(one) for one in asked.prefetch_related("words")]


def waiting(scenario: str, mns: Iterable[str]) -> list[Standing]:
    """The alarms of some devices that wait for somebody, the gravest first, then the newest."""
    order = ("error", "warning", "notice")
    return sorted(
        standings(scenario, mns, closed=False),
        key=lambda one: (order.index(of(one.alarm.rule)["severity"]), -one.alarm.id),
    )


def closed_number(scenario: str) -> int:
    """How many are closed."""
    return Alarm.objects.filter(scenario=scenario, words__word="close").count()


def standing(scenario: str, number: int) -> Standing | None:
    """One alarm."""
    found = Alarm.objects.filter(scenario=scenario, id=number).prefetch_related("words").first()
    return _standing(found) if found else None


def _standing(alarm: Alarm) -> Standing:
    return Standing(alarm, tuple(sorted(alarm.words.all(), key=lambda one: one.step)))


def take_in(signs: Iterable[Sign], devices: Mapping[str, Device], scenario_of: Mapping[str, str]) -> int:
    """Open an alarm for each sign that none stands for yet; note where one goes on. Returns how many were opened.

    scenario_of: by MN; devices without one open none.
    """
    opened = 0
    for sign in signs:
        if sign.mn in scenario_of and sign.mn in devices:
            opened += _taken(sign, devices[sign.mn], scenario_of[sign.mn])
    return opened


def _taken(sign: Sign, device: Device, scenario: str) -> bool:
    start, end = (at.replace(tzinfo=SHANGHAI) for at in (sign.start, sign.end))
    with transaction.atomic():
        same = Alarm.objects.filter(scenario=scenario, mn=sign.mn, rule=sign.rule, factor=sign.factor)
        for known in (_standing(one) for one in same.prefetch_related("words").order_by("-start")[:20]):
            if known.closed_at is None and start <= known.until:
                if end > known.until + _CONTINUED:
                    _add(known, "goes-on", until=end)
                return False
            if known.closed_at is not None and start < known.until:
                if end <= max(known.until, known.closed_at):
                    return False  # what was closed covers it
                start = max(start, known.until)
        try:
            with transaction.atomic():
                Alarm.objects.create(
                    scenario=scenario, rule=sign.rule, mn=sign.mn, factor=sign.factor,
                    device=device.title or sign.mn, entity=device.entity, start=start, end=end,
                    found=kept(sign.found), expected=kept(sign.expected), opened_at=timezone.now(),
                )  # fmt: skip
        except IntegrityError:  # another process was faster
            return False
    return True


def escalate(now: datetime) -> int:
    """Raise what nobody has acknowledged in time, one word a step; how many were raised."""
    raised = 0
    for one in map(_standing, Alarm.objects.exclude(words__word__in=list(WORDS)).prefetch_related("words")):
        done = [word.reason for word in one.words if word.word == "escalate"]
        place = len(one.words)
        for step in steps()[1:]:
            due = one.alarm.opened_at + timedelta(hours=float(str(step["hours"])))
            if now >= due and step["to"] not in done:
                place += 1
                _add(one, "escalate", reason=str(step["to"]), step=place)
                done.append(str(step["to"]))
                raised += 1
    return raised


def _add(known: Standing, word: str, *, step: int = 0, **said: object) -> None:
    step = step or len(known.words) + 1
    try:
        with transaction.atomic():
            AlarmWord.objects.create(alarm=known.alarm, step=step, word=word, at=timezone.now(), **said)
    except IntegrityError:
        return  # somebody spoke at this moment: said again at the next look


def say_word(known: Standing, word: str, reason: str, *, by: str, name: str) -> None:
    """Add a person's word, with its entry in the audit trail. DuhengError where it cannot follow any more."""
    if known.state == "open" and not known.may_follow(word):
        raise DuhengError("这条报警还没有人确认，没有作记录。请先确认，再记事或关闭。")
    if not known.may_follow(word):
        raise DuhengError("这条报警的状态已改变，没有再作记录。请刷新后重试。")
    detail = {"rule": known.alarm.rule, "mn": known.alarm.mn, "factor": known.alarm.factor, "reason": reason}
    try:
        with transaction.atomic():
            AlarmWord.objects.create(
                alarm=known.alarm, step=len(known.words) + 1, word=word, reason=reason, by=by, name=name,
                at=timezone.now(),
            )  # fmt: skip
            ledger.audit(by, f"alarm-{word}", str(known.alarm.id), detail)
    except IntegrityError as raced:
        raise DuhengError("这条报警的状态已改变，没有再作记录。请刷新后重试。") from raced


def local(at: datetime) -> datetime:
    """A moment in Beijing without zone, as readings have it."""
    return at.astimezone(SHANGHAI).replace(tzinfo=None)


def kept(text: object) -> str:
    """A saying as JSON, so that it can be said in another language later."""
    return json.dumps(_parts(text), ensure_ascii=False)


def _parts(text: object) -> object:
    if isinstance(text, Saying):
        if text.parts:
            return {"between": text.template, "parts": [_parts(one) for one in text.parts]}
        return {"say": text.template, "values": {name: _parts(one) for name, one in text.values.items()}}
    return str(text)


def said(text: str) -> str:
    """What `kept` kept."""
    return _made(json.loads(text))


def _made(what: object) -> str:
    if isinstance(what, dict):
        if "between" in what:
            return listed(what["between"], [_made(one) for one in what["parts"]])
        return say(what["say"], **{name: _made(one) for name, one in what["values"].items()})
    return str(what)
