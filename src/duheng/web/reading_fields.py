"""The fields of an entry as a person types them: read, checked against the glossary, refused in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from duheng.model.errors import UnitError, UnknownName
from duheng.model.glossary import all_quantities, axis, item_unit
from duheng.model.saying import listed, say
from duheng.model.units import ratio
from duheng.reading.normal import plain
from duheng.web.readings import HEAD, HEADS, TARGET, TASK

DIRECTIONS = {
    "decrease": "下降", "increase": "提高", "decrease_to": "降至", "increase_to": "提高到", "reach": "达到",
    "maintain": "保持", "at_least": "不低于", "at_most": "不超过", "complete": "完成",
    "zero_growth": "零增长", "multiply": "增至数倍", "assigned": "完成下达指标",
}  # fmt: skip
KINDS = {
    "": "目标", "binding": "约束性", "expected": "预期性", "requirement": "常设要求", "allocation": "资金安排",
}  # fmt: skip
TARGET_TEXTS = (
    "indicator",
    "scope",
    "unit",
    "comparator",
    "period",
    "hedge",
    "base_unit",
    "condition",
)
UNIT_LISTS = ("responsible_units", "lead_units", "cooperating_units", "inherited_units")
NUMBERS = ("value", "value_max", "base_value")
YEARS = ("change_from", "deadline")
FIELDS = {
    "indicator": "指标", "scope": "范围", "direction": "方向", "value": "数值", "value_max": "数值上限（区间）",
    "unit": "单位", "comparator": "界限词", "change_from": "比较基年", "deadline": "期限（年）", "period": "时段",
    "hedge": "力度词", "kind": "类别", "base_value": "基期数值", "base_unit": "基期单位", "condition": "条件",
    "table": "来自表格", "implied": "数值由文字表示（全部、零）", "number": "编号", "title": "标题",
    "section": "所在部分",
    "responsible_units": "责任单位", "lead_units": "牵头单位", "cooperating_units": "配合单位",
    "inherited_units": "下同不再列出的单位", "open_list": "单位以“等”结尾", "issuer": "发文机关",
    "date": "发文日期", "period_of": "规划期", "quantity": "绑定的量", "item": "分项",
}  # fmt: skip
LONGEST = 400
_PERIOD = re.compile(r"((?:19|20)\d{2})\D{1,3}((?:19|20)\d{2})\D?")
_SEPARATORS = re.compile(r"[、\n\r；;]+")


class Typed:
    """What was typed, with the troubles found while it is read."""

    def __init__(self, form: Mapping[str, str]):
        self.form = form
        self.troubles: list[str] = []

    def text(self, name: str) -> str | None:
        """A text, null where nothing is typed."""
        return self.form.get(name, "").strip()[:LONGEST] or None

    def number(self, name: str) -> int | float | None:
        """A number, null where nothing is typed."""
        typed = self.text(name)
        if typed is None:
            return None
        try:
            found = Decimal(plain(typed))
            if not found.is_finite() or abs(found) > Decimal(10) ** 15:
                raise InvalidOperation
        except InvalidOperation:
            self.troubles.append(say("{field}“{text}”不是数。", field=FIELDS[name], text=typed[:40]))
            return None
        return int(found) if found == found.to_integral_value() else float(found)

    def year(self, name: str) -> int | None:
        """A year, null where nothing is typed."""
        found = self.number(name)
        if found is None:
            return None
        if not isinstance(found, int) or not 1949 <= found <= 2100:
            self.troubles.append(
                say("{field}“{text}”应为年份，如2025。", field=FIELDS[name], text=self.form[name][:40])
            )
            return None
        return found

    def chosen(self, name: str, known: Mapping[str, str]) -> str | None:
        """One of the known values."""
        typed = self.form.get(name, "").strip()
        if typed not in known:
            self.troubles.append(say("请选择{field}。", field=FIELDS[name]))
        return typed or None

    def units(self, name: str) -> list[str]:
        """Names of units, each once, divided by 、 or lines."""
        parts = _SEPARATORS.split(self.form.get(name, ""))
        return list(dict.fromkeys(one.strip()[:60] for one in parts if one.strip()))


def typed(kind: str, form: Mapping[str, str], before: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields of an entry after a form, and what is wrong with them; place and quote stay as they were."""
    read = {TARGET: _target, TASK: _task, HEAD: _head}[kind]
    said = Typed(form)
    return {**before, **read(said)}, said.troubles


def _target(said: Typed) -> dict[str, Any]:
    found: dict[str, Any] = {name: said.text(name) for name in TARGET_TEXTS}
    found |= {name: said.number(name) for name in NUMBERS}
    found |= {name: said.year(name) for name in YEARS}
    found |= {
        "direction": said.chosen("direction", DIRECTIONS),
        "kind": said.chosen("kind", KINDS),
        "implied": said.form.get("implied") == "yes",
        "table": said.form.get("table") == "yes",
    }
    if not found["indicator"]:
        said.troubles.append(say("请写明{field}。", field=FIELDS["indicator"]))
    if found["value"] is None and found["direction"] not in ("assigned", None) and not said.text("value"):
        said.troubles.append(say("没有数值。上级下达、文中没有数的，方向请选“完成下达指标”。"))
    return found | _bound(said, found)


def _bound(said: Typed, target: Mapping[str, Any]) -> dict[str, Any]:
    """The chosen quantity and item; none is a choice as well."""
    none = {"quantity": None, "item": None, "confidence": None}
    asked = said.text("quantity")
    if asked is None:
        return none
    known = all_quantities()
    id = asked if asked in known else asked.split()[-1].strip("（）()")
    if id not in known:
        named = [one.id for one in known.values() if one.title == asked]
        if len(named) != 1:
            said.troubles.append(
                say("没有名为“{text}”的量。请从列表中选择，或留空表示不绑定。", text=asked[:60])
            )
            return none
        id = named[0]
    item = _item(said, known[id].axis, known[id].title)
    unit = target["unit"]
    if unit and target["direction"] != "assigned" and not said.troubles:
        _check_unit(said, unit, id, item)
    return {"quantity": id, "item": item, "confidence": None}


def _item(said: Typed, of: str | None, title: str) -> str | None:
    asked = said.text("item")
    if of is None:
        if asked:
            said.troubles.append(say("“{title}”不分项，分项请留空。", title=title))
        return None
    names = axis(of).items
    try:
        return axis(of).find(asked or "").title
    except UnknownName:
        some = listed("、", list(names)[:12])
        said.troubles.append(say("“{title}”按项统计，分项请填：{listed}。", title=title, listed=some))
        return None


def _check_unit(said: Typed, unit: str, id: str, item: str | None) -> None:
    declared = item_unit(all_quantities()[id], item)
    try:
        ratio(plain(unit), declared)
    except UnitError:
        text = "单位“{unit}”不能换算为“{title}”的单位{declared}。请改单位，或换一个量。"
        title = all_quantities()[id].title
        said.troubles.append(say(text, unit=unit[:40], title=title, declared=declared))


def _task(said: Typed) -> dict[str, Any]:
    found: dict[str, Any] = {name: said.text(name) or "" for name in ("number", "title", "section")}
    found |= {name: said.units(name) for name in UNIT_LISTS}
    found["open_list"] = said.form.get("open_list") == "yes"
    if not found["title"] and not found["number"]:
        said.troubles.append(say("请写明{field}。", field=FIELDS["title"]))
    return found


def _head(said: Typed) -> dict[str, Any]:
    found = {name: said.text(name) for name in HEADS}
    if found["date"]:
        try:
            date.fromisoformat(found["date"])
        except ValueError:
            said.troubles.append(say("发文日期“{text}”应写成 2025-01-01。", text=found["date"][:40]))
    if found["period"]:
        years = _PERIOD.fullmatch(found["period"])
        if years is None or int(years[1]) > int(years[2]):
            said.troubles.append(say("规划期“{text}”应写成 2021-2025。", text=found["period"][:40]))
        else:
            found["period"] = f"{years[1]}-{years[2]}"
    return found
