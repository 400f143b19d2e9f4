"""The alarms: what waits, what was done, by whom; one alarm with its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from duheng.model.errors import DuhengError
from duheng.telemetry.watching.settings import of, rules
from duheng.telemetry.watching.signs import SURE, WHO
from duheng.web import alarms, roles
from duheng.web.alarms import CLOSINGS, SAID, STATES, WAITING, Standing
from duheng.web.errors import BadAddress, NotThere
from duheng.web.page import Ask, Page
from duheng.web.tables import Cell, Column, Table
from duheng.web.words import SHANGHAI

LIGHTS = {"error": 1, "warning": 2, "notice": 3}
SEVERITIES = {"error": "严重", "warning": "一般", "notice": "提示"}
SHOWN = 500


def show(ask: Ask) -> Page:
    """All alarms of the scenario, those that wait first."""
    roles.demand(ask.user, roles.SEE_CONFIDENTIAL)
    words, asked = ask.words, ask.request.GET
    state, rule = asked.get("state", ""), asked.get("rule", "")
    if state and state not in (*STATES, "all"):
        raise BadAddress("state", state, [f"{key}（{title}）" for key, title in STATES.items()])
    if rule and rule not in rules():
        raise BadAddress("rule", rule, [f"{key}（{one['title']}）" for key, one in rules().items()])
    every = alarms.standings(ask.selection.scenario, closed=state in ("closed", "all"))
    counts = Counter(one.state for one in every)
    counts["closed"] = alarms.closed_number(ask.selection.scenario)
    kept = [
        one
        for one in every
        if (state == "all" or one.state in ((state,) if state else WAITING)) and rule in ("", one.alarm.rule)
    ]
    table = alarm_table(ask, kept)
    return Page(
        "alarms.html",
        words("监测报警"),
        {"alarms": [as_json(ask, one) for one in kept]},
        {
            "counts": counts,
            "STATES": STATES,
            "rules": {key: one["title"] for key, one in rules().items()},
            "asked": asked,
            "short": replace(table, rows=table.rows[:SHOWN]),
            "total": len(kept),
            "SHOWN": SHOWN,
            "steps": alarms.steps(),
        },
        tables=(table,),
    )


def one(ask: Ask, number: str) -> Page | HttpResponse:
    """One alarm; who has the permission acknowledges, notes, closes it."""
    roles.demand(ask.user, roles.SEE_CONFIDENTIAL)
    words = ask.words
    found = (
        alarms.standing(ask.selection.scenario, int(number))
        if number.isdecimal() and len(number) < 18
        else None
    )
    if found is None:
        raise NotThere("没有这条报警。请从“监测报警”重新查找。")
    if ask.request.method == "POST":
        _say(ask, found)
        return HttpResponseRedirect(f"/monitor/alarms/{number}{ask.selection.context()}")
    about = of(found.alarm.rule)
    table = words_table(ask, found)
    return Page(
        "alarm.html",
        words("{title}：{place}", title=words(found.title), place=words(found.place)),
        {**as_json(ask, found), "words": table.records()},
        {
            "one": found,
            "alarm": found.alarm,
            "about": about,
            "found": words(alarms.said(found.alarm.found)),
            "expected": words(alarms.said(found.alarm.expected)),
            "state": STATES[found.state],
            "severity": SEVERITIES[about["severity"]],
            "level": LIGHTS[about["severity"]],
            "sure": SURE[about["sure"]],
            "who": WHO[about["who"]],
            "CLOSINGS": CLOSINGS,
            "may_handle": roles.may(ask.user, roles.HANDLE_ALARMS),
        },
        tables=(table,),
    )


def _say(ask: Ask, found: Standing) -> None:
    roles.demand(ask.user, roles.HANDLE_ALARMS)
    words, sent = ask.words, ask.request.POST
    word, reason = sent.get("word", ""), sent.get("reason", "").strip()[: alarms.LONGEST_REASON]
    if word not in alarms.WORDS:
        raise BadAddress("word", word, list(alarms.WORDS))
    if word == "close":
        closing = sent.get("closing", "")
        if closing not in CLOSINGS:
            messages.error(ask.request, words("请选择关闭的原因。"))
            return
        reason = f"{CLOSINGS[closing]}：{reason}"
    if (
        word != "acknowledge"
        and len(reason.partition("：")[2] if word == "close" else reason) < alarms.LEAST_REASON
    ):
        messages.error(ask.request, words("请写明理由，对方才知道依据。"))
        return
    name = ask.user.get_full_name() or ask.user.get_username()
    try:
        alarms.say_word(found, word, reason, by=ask.user.get_username(), name=name)
    except DuhengError as refused:
        messages.error(ask.request, words(str(refused)))
        return
    messages.success(ask.request, words("已记录；记录不能修改或删除。"))


def as_json(ask: Ask, one: Standing) -> dict[str, object]:
    """An alarm as data."""
    known = one.alarm
    return {
        "id": known.id,
        "state": one.state,
        "rule": known.rule,
        "mn": known.mn,
        "device": known.device,
        "entity": known.entity,
        "factor": known.factor,
        "start": alarms.local(known.start),
        "until": alarms.local(one.until),
        "found": alarms.said(known.found),
        "expected": alarms.said(known.expected),
        "sure": of(known.rule)["sure"],
        "opened_at": known.opened_at.astimezone(SHANGHAI),
        "raised_to": one.raised_to,
    }


def alarm_table(ask: Ask, kept: Sequence[Standing]) -> Table:
    """Alarms with their state; the place leads to the alarm."""
    words = ask.words
    columns = [
        Column("severity", words("程度"), width=8),
        Column("place", words("设备"), width=30),
        Column("rule", words("类别"), width=20),
        Column("found", words("发现"), width=40),
        Column("since", words("起"), width=16),
        Column("until", words("止"), width=16),
        Column("state", words("状态"), width=14),
        Column("to", words("现由谁处理"), width=20),
    ]
    rows = []
    for one in kept:
        severity = of(one.alarm.rule)["severity"]
        rows.append(
            [
                Cell(words(SEVERITIES[severity]), kind="light", light=LIGHTS[severity]),
                Cell(words(one.place), href=f"/monitor/alarms/{one.alarm.id}{ask.selection.context()}"),
                Cell(words(one.title)),
                Cell(words(alarms.said(one.alarm.found))),
                Cell(f"{alarms.local(one.alarm.start):%Y-%m-%d %H:%M}"),
                Cell(f"{alarms.local(one.until):%Y-%m-%d %H:%M}"),
                Cell(words(STATES[one.state])),
                Cell(words(one.raised_to) if one.state == "open" else "—"),
            ]
        )
    return Table("alarms", words("监测报警"), columns, rows, empty=words("没有报警。"))


def words_table(ask: Ask, one: Standing) -> Table:
    """What happened to an alarm, oldest first."""
    words = ask.words
    columns = [
        Column("at", words("时间"), width=18),
        Column("word", words("经过"), width=14),
        Column("reason", words("内容"), width=50),
        Column("by", words("操作人"), width=20),
    ]
    opened = [
        Cell(words.moment(one.alarm.opened_at)),
        Cell(words("发出报警")),
        Cell("—"),
        Cell(words("程序")),
    ]
    rows = [opened]
    for word in one.words:
        said = f"{alarms.local(word.until):%Y-%m-%d %H:%M}" if word.until else words(word.reason)
        rows.append(
            [
                Cell(words.moment(word.at)),
                Cell(words(SAID[word.word])),
                Cell(said or "—"),
                Cell(word.name or words("程序")),
            ]
        )
    return Table("words", words("处理经过"), columns, rows)
