"""A plan file: read into model.Plan, with every trouble in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duheng.city import plan_keys as keys
from duheng.city import unknown
from duheng.city.duties import note_asked_twice, read_duty, units_of
from duheng.city.entities import ID
from duheng.city.fields import Group, group, groups, subgroups
from duheng.city.marks import read_yaml
from duheng.city.report import Report, brief
from duheng.model.entities import Places
from duheng.model.errors import PeriodError, UnitError
from duheng.model.glossary import Quantity, all_quantities, axis, definitions, item_unit
from duheng.model.periods import Period, of, parse
from duheng.model.plan import NOT_STATED, Article, Change, Plan, Target
from duheng.model.units import parse_unit, ratio


@dataclass(frozen=True)
class Context:
    """What the entries of one plan are checked against."""

    report: Report
    places: Places
    period: Period
    base_year: int
    articles: tuple[str, ...]


def read_plan(path: Path, places: Places, report: Report) -> Plan | None:
    """The plan of a file; None where it cannot be understood at all. Every trouble becomes a finding."""
    file = read_yaml(path, report)
    if file is None:
        return None
    head = group(file, (), keys.PLAN, report)
    if head is None:
        return None
    period = _period(head, report)
    base_year = _base_year(head, period, report)
    article_groups = groups(file, "articles", keys.ARTICLE, report)
    once(article_groups, "number", "条款", report)
    known = tuple(a.text("number") for a in article_groups)
    context = Context(report, places, period, base_year, known)
    target_groups = groups(file, "targets", keys.TARGET, report)
    duty_groups = groups(file, "duties", keys.DUTY, report)
    once(target_groups, "id", "目标", report)
    once(duty_groups, "id", "任务", report)
    duties = tuple(read_duty(g, places, known, report) for g in duty_groups)
    note_asked_twice(duty_groups, duties, places, report)
    return Plan(
        id=head.text("id"),
        title=head.text("title"),
        title_en=head.text("title_en"),
        number=head.text("number"),
        issuer=head.text("issuer"),
        date=head.get("date") or date.min,
        period=period,
        base_year=base_year,
        scenario=head.text("scenario", "actual"),
        note=head.text("note"),
        articles=tuple(_article(g, context) for g in article_groups),
        targets=tuple(_target(g, context) for g in target_groups),
        duties=duties,
    )


def _period(head: Group, report: Report) -> Period:
    text = head.text("period")
    try:
        return parse(text)
    except PeriodError as trouble:
        if text:
            report.add("period", head.place("period"), f"是“{brief(text)}”", "如2021-2025", str(trouble))
        return of("plan", head.get("date") or date(2021, 1, 1))


def _base_year(head: Group, period: Period, report: Report) -> int:
    year: int = head.get("base_year") or period.start.year - 1
    if not year < period.start.year:
        expected = f"早于规划期首年{period.start.year}"
        report.add("base-year", head.place("base_year"), f"是{year}", expected, "核对基期年份")
    return year


def once(found: Iterable[Group], key: str, what: str, report: Report) -> None:
    """A finding for every value of the key that an earlier group has too."""
    first: dict[str, str] = {}
    for entry in found:
        name = entry.text(key)
        if key == "id" and name and not ID.fullmatch(name):
            expected = "只含文字、数字和 _ - . 的编号（它是网址的一部分）"
            report.add("id", entry.place(key), f"{what}编号“{brief(name)}”", expected, "改正编号")
        if name in first:
            place = entry.place(key)
            report.add(
                "repeated-id",
                place,
                f"{what}“{brief(name)}”重复",
                f"唯一（前一处在{first[name]}）",
                "改用另一个编号",
            )
        elif name:
            first[name] = entry.place(key)


def departments(entry: Group, key: str, places: Places, report: Report) -> tuple[str, ...]:
    """Names of units as printed; a finding for each that is no department of entities.csv."""
    names: tuple[str, ...] = entry.get(key) or ()
    known = units_of(places)
    for name in names:
        if name not in known:
            report.unknown("unknown-unit-name", entry.place(key), "部门（单位）", name, known)
    if len(set(names)) < len(names):
        report.add(
            "repeated-unit-name", entry.place(key), "有单位写了两次", "每个单位一次", "只留一处", "warning"
        )
    return names


def _article(entry: Group, context: Context) -> Article:
    named = {
        key: departments(entry, key, context.places, context.report)
        for key in ("responsible_units", "lead_units", "inherited_units")
    }
    if strangers := set(named["lead_units"]) - set(named["responsible_units"]):
        context.report.add(
            "lead-unit",
            entry.place("lead_units"),
            f"牵头单位{'、'.join(sorted(strangers))}不在责任单位之中",
            "责任单位之一",
            "核对原文的责任单位",
        )
    return Article(
        number=entry.text("number"),
        title=entry.text("title"),
        title_en=entry.text("title_en"),
        section=entry.text("section"),
        measures=entry.text("measures"),
        measures_en=entry.text("measures_en"),
        **named,
    )


def _target(entry: Group, context: Context) -> Target:
    report, places = context.report, context.places
    if entry.text("article") and entry.text("article") not in context.articles:
        report.unknown(
            "unknown-article", entry.place("article"), "条款", entry.text("article"), context.articles
        )
    entity = entry.text("entity")
    if entity and entity not in places:
        unknown.entity(report, entry.place("entity"), entity, places)
    quantity = _quantity(entry, report)
    _number(entry, quantity, report)
    _times(entry, context)
    _definition(entry, quantity, report)
    span = entry.get("characters")
    if span and not 0 <= span[0] < span[1]:
        report.add(
            "characters",
            entry.place("characters"),
            f"是{list(span)}",
            "起小于止且不为负",
            "按原文重新数字符位置",
        )
    plain = ("id", "article", "title", "quantity", "entity")
    optional = ("item", "comparator", "scope", "hedge", "period", "definition", "set_by", "unit")
    return Target(
        **{key: entry.text(key) for key in plain},
        **{key: entry.get(key) for key in optional},
        title_en=entry.text("title_en"),
        note=entry.text("note"),
        direction=entry.get("direction") or "assigned",
        value=entry.get("value"),
        base=entry.get("base"),
        deadline=entry.get("deadline") or context.period.end.year,
        implied=bool(entry.get("implied")),
        units=departments(entry, "units", places, report) if entry.get("units") is not None else None,
        characters=span,
        changes=_changes(entry, report),
    )


def _changes(entry: Group, report: Report) -> tuple[Change, ...]:
    changes = [
        Change(since=g.get("since") or date.min, value=g.get("value"), document=g.text("document"))
        for g in subgroups(entry, "changes", keys.CHANGE, report)
    ]
    days = [change.since for change in changes]
    if days != sorted(set(days)):
        report.add(
            "changes",
            entry.place("changes"),
            "修订日期不是先后排列或有重复",
            "按日期先后",
            "调整各次修订的since",
        )
    return tuple(changes)


def _quantity(entry: Group, report: Report) -> Quantity | None:
    """The quantity, checked together with the item."""
    name, item = entry.text("quantity"), entry.get("item")
    quantity = all_quantities().get(name)
    if quantity is None:
        if name:
            unknown.quantity(report, entry.place("quantity"), name)
        return None
    if quantity.axis is None:
        if item is not None:
            report.add(
                "item",
                entry.place("item"),
                f"写了“{brief(item)}”",
                f"不分项（{quantity.title}没有分项）",
                "删去item",
            )
    elif item is None:
        report.add(
            "item",
            entry.place(),
            "没有item",
            f"{quantity.axis}中的一项（{quantity.title}按项统计）",
            "补上item",
        )
    elif item not in axis(quantity.axis).items:
        unknown.item(report, entry.place("item"), item, quantity.axis)
    return quantity


def _number(entry: Group, quantity: Quantity | None, report: Report) -> None:
    """Value, unit and direction must fit each other and the quantity."""
    direction, value, unit = entry.get("direction"), entry.get("value"), entry.get("unit")
    if direction == "assigned":
        if value is not None:
            report.add(
                "direction",
                entry.place("value"),
                f"是{value}",
                "null（由上级下达的目标没有数）",
                "改direction或删去数值",
            )
        if not entry.text("set_by"):
            report.add("set-by", entry.place(), "没有写由谁下达", "set_by", "补上set_by，如四川省")
        return
    if direction and value is None:
        report.add(
            "direction",
            entry.place("value"),
            f"没有数值，而方向是{direction}",
            "一个数",
            "补上数值；由上级下达的写assigned",
        )
    if value is not None and unit is None:
        report.add("unit", entry.place("unit"), "没有单位", "与数值同印的单位", '补上单位；无单位的写"1"')
    elif unit is not None:
        fits(unit, quantity, entry.get("item"), entry.place("unit"), report)
    if direction == "decrease" and unit == "%" and value is not None and not 0 < value < 100:
        report.add("value", entry.place("value"), f"下降{value}%", "大于0且小于100", "核对数值；降幅写正数")
    if direction == "complete" and value is not None and value <= 0:
        report.add("value", entry.place("value"), f"完成量是{value}", "大于0", "核对数值；减排量写正数")
    if direction == "zero_growth" and value:
        report.add("value", entry.place("value"), f"是{value}", "0（零增长）", "核对方向或数值")


def fits(unit: str, quantity: Quantity | None, item: Any, place: str, report: Report) -> bool:
    """Whether the unit exists and measures what the quantity measures; a finding where not."""
    try:
        parse_unit(unit)
    except UnitError as trouble:
        report.add("unknown-unit", place, f"单位“{brief(unit)}”无法识别", "单位表中的单位", str(trouble))
        return False
    if quantity is None:
        return True
    declared = item_unit(quantity, item)
    if "<" in declared:  # the unit is the item's, and there is no such item, as is said at its own place
        return True
    try:
        ratio(unit, declared)
    except UnitError:
        report.add(
            "unit-does-not-fit",
            place,
            f"单位“{brief(unit)}”与{quantity.title}不符",
            f"可换算为{quantity.printed_unit if declared == quantity.unit else declared}的单位",
            "核对单位，或核对所绑定的量",
        )
        return False
    return True


def _times(entry: Group, context: Context) -> None:
    report, period = context.report, context.period
    deadline, base = entry.get("deadline"), entry.get("base")
    if deadline is not None and not period.start.year <= deadline <= period.end.year:
        report.add(
            "deadline",
            entry.place("deadline"),
            f"是{deadline}",
            f"在规划期{period}之内",
            "核对期限，或核对规划期",
        )
    if base is not None and deadline is not None and not 1949 <= base < deadline:
        report.add("base", entry.place("base"), f"是{base}", f"早于期限{deadline}的年份", "核对比较的基期")


def _definition(entry: Group, quantity: Quantity | None, report: Report) -> None:
    name = entry.text("definition")
    if not name or name == NOT_STATED:
        return
    if name not in definitions():
        unknown.definition(report, entry.place("definition"), name)
    elif quantity and name not in quantity.definitions:
        known = "、".join(quantity.definitions) or "不分口径，不写definition"
        report.add(
            "definition", entry.place("definition"), f"{quantity.title}没有“{name}”口径", known, "核对口径"
        )
