"""What an entry of the audit trail says, in words: the trail itself keeps short keys and ids, which never change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from duheng.assess.inbox import STATES, kinds
from duheng.ledger import AuditRecord
from duheng.model import glossary
from duheng.telemetry.watching.settings import rules
from duheng.web import roles
from duheng.web.page import Ask
from duheng.web.pages.handbook import CERTAINTY
from duheng.web.selection import SCENARIOS

# Key of a detail -> its title, in the order in which a page tells them. A key that is not listed is shown as written.
FIELDS: Mapping[str, str] = {
    "state": "状态",
    "definition": "口径",
    "item": "品种",
    "value": "数值",
    "stated": "填写的取值",
    "since": "自",
    "where": "适用地区",
    "certainty": "可信度",
    "cite": "依据",
    "code": "提示种类",
    "place": "位置",
    "found": "发现",
    "rule": "报警种类",
    "mn": "设备号",
    "factor": "因子",
    "title": "名称",
    "entity": "主体",
    "st": "系统编码",
    "any_password": "不核对设备密码",
    "file": "文件",
    "reading": "规划读入编号",
    "targets": "目标数",
    "tasks": "任务数",
    "doubts": "疑问数",
    "entries": "条目",
    "upto": "截至第几个决定",
    "instead_of": "取代的规划",
    "ready": "无误行数",
    "added": "新增数",
    "replaced": "替换数",
    "duplicates": "重复数",
    "waiting": "待改正行数",
    "ids": "编号",
    "proposal": "提出时的序号",
    "proposed_by": "提出人",
    "sent_by": "报送人",
    "reason": "原因",
    "name": "姓名",
    "city": "城市",
    "plan": "规划",
    "scenario": "情景",
    "size": "字节数",
    "facts": "事实条数",
    "digest": "文件摘要",
    "document": "规划文件摘要",
    "files": "规划版本摘要",
    "head": "账本链首",
}
HASHES = ("digest", "document", "files", "head")
_SHOWN = 16  # digits of a hash, as on the page of a plan's version


def in_words(ask: Ask, entry: AuditRecord) -> str:
    """The detail of an entry as a list of titles and values, "" for none; what is empty in it is left out."""
    told = _mapping(entry.detail)
    if told is None:
        return _role(ask, entry.detail)
    order = [*(key for key in FIELDS if key in told), *(key for key in told if key not in FIELDS)]
    words = ask.words
    said = [
        words(FIELDS.get(key, key)) + words("：") + _value(ask, key, told[key])
        for key in order
        if told[key] not in (None, "", [])
    ]
    return words("；").join(said)


def object_in_words(ask: Ask, entry: AuditRecord) -> str:
    """What an entry is about, by its title where the id is that of a parameter, target or kind of register."""
    id = entry.object
    if entry.action.endswith("-parameter") and id in (known := {one.id: one for one in ask.city.parameters}):
        return ask.words.title(known[id])
    if entry.action == "sign-definition":
        targets = [one for plan in ask.city.plans for one in plan.targets if one.id == id]
        return ask.words.title(targets[0]) if targets else id
    if entry.action == "register-projects" and id in glossary.kinds():
        return ask.words.title(glossary.kinds()[id])
    return id


def _mapping(detail: str) -> dict[str, Any] | None:
    """The detail as it was given, where it was a mapping."""
    try:
        told = json.loads(detail)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _role(ask: Ask, detail: str) -> str:
    """The title of a role; any other text as it stands."""
    return next((ask.words(role.title) for role in roles.ROLES if role.name == detail), detail)


def _value(ask: Ask, key: str, value: object) -> str:
    words = ask.words
    if isinstance(value, bool):
        return words("是" if value else "否")
    if isinstance(value, list):
        return words.join(map(str, value))
    text = str(value)
    if key in HASHES and len(text) > _SHOWN:
        return f"{text[:_SHOWN]}…"
    return _NAMED[key](ask, text) if key in _NAMED else text  # what a person wrote stays as it is


def _of(table: Mapping[str, str]) -> Callable[[Ask, str], str]:
    return lambda ask, text: ask.words(table.get(text, text))


def _definition(ask: Ask, text: str) -> str:
    known = glossary.definitions()
    return ask.words.title(known[text]) if text in known else text


def _rule(ask: Ask, text: str) -> str:
    known = rules()
    return ask.words(known[text]["title"]) if text in known else text


def _kind(ask: Ask, text: str) -> str:
    return ask.words(kinds().get(text, text))


def _plan(ask: Ask, text: str) -> str:
    plan = ask.city.plan(text)
    return ask.words.title(plan) if plan else text


def _place(ask: Ask, text: str) -> str:
    """A place by its id; the city by its folder's name or its division code too."""
    if text in (ask.city.id, ask.city.code):
        return ask.words.name(ask.city)
    found = ask.city.places.get(text)
    return ask.words.name(found) if found else text


_NAMED: Mapping[str, Callable[[Ask, str], str]] = {
    "state": _of(STATES),
    "item": _of({}),
    "scenario": _of(SCENARIOS),
    "certainty": _of(CERTAINTY),
    "definition": _definition,
    "rule": _rule,
    "code": _kind,
    "plan": _plan,
    "instead_of": _plan,
    "city": _place,
    "where": _place,
    "entity": _place,
}
