"""Duties of a plan: who must state what, for whom, how often, by when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from duheng.city import unknown
from duheng.city.fields import Group
from duheng.city.report import Report, brief
from duheng.model.entities import Places
from duheng.model.glossary import Quantity, all_quantities, axis, kinds
from duheng.model.plan import Duty
from duheng.model.rule import leaves

_ARTICLE = re.compile(r"（[一二三四五六七八九十]+）")
_LATEST = 36


def read_duty(entry: Group, places: Places, articles: Sequence[str], report: Report) -> Duty:
    """The duty of one entry; every trouble becomes a finding."""
    by = entry.text("by")
    known = units_of(places)
    if by and by not in known:
        report.unknown("unknown-unit-name", entry.place("by"), "部门（单位）", by, known)
    quantities = _quantities(entry, report)
    _members(entry, places, report)
    for number in _ARTICLE.findall(entry.text("cite")):
        if number not in articles:
            report.unknown("unknown-article", entry.place("cite"), "条款", number, articles)
    due = entry.get("due_months")
    if due is not None and not 0 <= due <= _LATEST:
        report.add(
            "due-months", entry.place("due_months"), f"是{due}", f"0至{_LATEST}之间的月数", "核对报送期限"
        )
    return Duty(
        id=entry.text("id"),
        title=entry.text("title"),
        title_en=entry.text("title_en"),
        quantities=quantities,
        by=by,
        every=entry.get("every") or "year",
        kind=entry.get("kind"),
        entity=entry.get("entity"),
        items=entry.get("items") or (),
        due_months=6 if due is None else due,
        cite=entry.text("cite"),
    )


def note_asked_twice(
    entries: Sequence[Group], duties: Sequence[Duty], places: Places, report: Report
) -> None:
    """A cell that two duties ask for has two units that owe it and two dates: each would wait for the other."""
    for n, (entry, duty) in enumerate(zip(entries, duties, strict=True)):
        for other in duties[:n]:
            if duty.every != other.every or not _asked(duty, places) & _asked(other, places):
                continue
            shared = [one.title for one in _shared(duty, other)]
            if not shared:
                continue
            found = f"“{brief('、'.join(shared))}”已由“{other.id}”要求报送（{other.by}）"
            expected = "同一对象、同一时期的数只由一张表报送"
            report.add("asked-twice", entry.place("quantities"), found, expected, "只留一处", "warning")


def _shared(one: Duty, other: Duty) -> list[Quantity]:
    """The quantities that both duties ask for, in an item of both where they have items."""
    apart = one.items and other.items and not set(one.items) & set(other.items)
    both = (all_quantities().get(name) for name in one.quantities if name in other.quantities)
    return [quantity for quantity in both if quantity and not (apart and quantity.axis)]


def _asked(duty: Duty, places: Places) -> set[str]:
    """Whom the duty asks about."""
    return {duty.entity} if duty.entity else {one.id for one in places if one.kind == duty.kind}


def asking(duties: Iterable[Duty], of: Quantity, item: str | None) -> list[Duty]:
    """The duties that ask for what a quantity rests on, and for the item where both are by the same items."""
    names = {of.id} | leaves(of)
    return [
        duty
        for duty in duties
        if any(
            not duty.items or item in (None, *duty.items) or all_quantities()[name].axis != of.axis
            for name in names.intersection(duty.quantities)
        )
    ]


def units_of(places: Places) -> list[str]:
    """What the departments may be called: names, aliases, ids, in their order."""
    found = [e for e in places if e.kind == "department"]
    return [*(e.name for e in found), *(alias for e in found for alias in e.aliases), *(e.id for e in found)]


def _quantities(entry: Group, report: Report) -> tuple[str, ...]:
    names: tuple[str, ...] = entry.get("quantities") or ()
    axes = set()
    for name in names:
        quantity = all_quantities().get(name)
        if quantity is None:
            unknown.quantity(report, entry.place("quantities"), name)
        else:
            axes.add(quantity.axis)
    if entry.get("quantities") == ():
        report.add("no-quantities", entry.place("quantities"), "是空的", "至少一个量", "写明须报送的量")
    items: tuple[str, ...] = entry.get("items") or ()
    if len(set(items)) < len(items):
        report.add("item", entry.place("items"), "有分项写了两次", "每个分项一次", "只留一处", "warning")
    if items and axes == {None}:
        report.add(
            "item",
            entry.place("items"),
            f"写了“{brief('、'.join(items))}”",
            "不写items（这些量不分项）",
            "删去items",
        )
    for axis_id in sorted(filter(None, axes)):
        for item in items:
            if item not in axis(axis_id).items:
                unknown.item(report, entry.place("items"), item, axis_id)
    return names


def _members(entry: Group, places: Places, report: Report) -> None:
    """Exactly one of kind and entity, and somebody who has to state."""
    kind, entity = entry.get("kind"), entry.get("entity")
    if (kind is None) == (entity is None):
        found = "kind和entity都没有写" if kind is None else "kind和entity都写了"
        report.add("duty-members", entry.place(), found, "写其中之一", "写明为哪一类实体或哪一个实体报送")
        return
    if entity is not None:
        if entity not in places:
            unknown.entity(report, entry.place("entity"), entity, places)
        return
    if kind not in kinds():
        unknown.kind(report, entry.place("kind"), kind)
    elif not any(e.kind == kind for e in places):
        title = kinds()[kind].title
        if (report.folder / "registers" / f"{kind}.csv").is_file():
            report.add(
                "register-empty",
                f"registers/{kind}.csv",
                f"{title}台账是空的，合计视为未知",
                "",
                "收集后填入",
                "notice",
            )
        else:
            report.add(
                "duty-without-member",
                entry.place("kind"),
                f"没有一个{title}须报送",
                "至少一个",
                "补充实体或改正kind",
            )
