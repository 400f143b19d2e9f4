"""Two folders that tell of the same plans: where do they differ in what was printed?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from duheng.city.entities import read_places
from duheng.city.plans import read_plan
from duheng.city.report import Report, brief
from duheng.model.findings import Finding
from duheng.model.plan import Article, Plan, Target
from duheng.reading.comparing.pairing import pair
from duheng.reading.comparing.sides import entries_of_plan

FIELDS = {
    "article": "条款",
    "value": "数值",
    "unit": "单位",
    "direction": "方向",
    "comparator": "限定词",
    "base": "基期",
    "deadline": "期限",
    "scope": "范围",
}
"""What is compared of a target. Ids, character spans and bindings are the folder's own business."""

UNIT_SETS = {"responsible_units": "责任单位", "lead_units": "牵头单位", "inherited_units": "沿用的责任单位"}


def compare(folder: Path, against: Path) -> list[Finding]:
    """Differences of the targets and the responsible units in `folder` from those in `against`.

    Plans are matched by document number, articles by number, targets as `duheng compare` matches them. What
    keeps a plan of either folder from being read is a finding too. A drill's plan was never printed: a folder
    without it lacks nothing.
    """
    report = Report(folder)
    ours, theirs = _plans(folder, report), _plans(against, report)
    for _, other in theirs:
        match = _same(other, ours, alone=len(ours) == len(theirs) == 1)
        if match is None and other.scenario == "drill":
            continue
        if match is None:
            report.add(
                "plan-missing",
                folder.name,
                f"没有{other.number}（{brief(other.title)}）",
                "有该规划",
                "补上该规划",
            )
            continue
        _articles(match[0], match[1], other, report)
        _targets(match[0], match[1], other, report)
    for name, plan in ours:
        if theirs and _same(plan, theirs, alone=len(ours) == len(theirs) == 1) is None:
            report.add(
                "plan-extra",
                name,
                f"多出{plan.number}（{brief(plan.title)}）",
                "没有该规划",
                "核对是否应有该规划",
            )
    return report.findings


def _plans(folder: Path, report: Report) -> list[tuple[str, Plan]]:
    own = Report(folder)
    places = read_places(folder, own)
    found = []
    for path in sorted(folder.glob("plan*.yaml")):
        unread = Report(folder)
        plan = read_plan(path, places, unread)
        if plan is None:
            report.findings += unread.findings
        else:
            found.append((path.name, plan))
    if not found and not report.findings:
        report.add("file-missing", str(folder), "没有可读的规划", "至少一个plan*.yaml", "核对文件夹路径")
    return found


def _same(plan: Plan, among: Sequence[tuple[str, Plan]], *, alone: bool) -> tuple[str, Plan] | None:
    for key in ("number", "id", "title"):
        for name, other in among:
            if getattr(other, key) == getattr(plan, key):
                return name, other
    return among[0] if alone and among else None


def _articles(name: str, plan: Plan, other: Plan, report: Report) -> None:
    numbers = [article.number for article in other.articles]
    for article in plan.articles:
        if article.number not in numbers:
            report.add(
                "article-extra", f"{name} {article.number}", "多出该条款", "没有该条款", "核对原文的条款编号"
            )
    for expected in other.articles:
        found = plan.article(expected.number)
        if found is None:
            report.add(
                "article-missing",
                f"{name} {expected.number}",
                "没有该条款",
                f"有“{expected.title}”",
                "补上该条款",
            )
        else:
            _units(name, found, expected, report)


def _units(name: str, found: Article, expected: Article, report: Report) -> None:
    for key, title in UNIT_SETS.items():
        ours, theirs = set(getattr(found, key)), set(getattr(expected, key))
        if ours == theirs:
            continue
        said = [f"多{'、'.join(sorted(ours - theirs))}"] if ours - theirs else []
        said += [f"少{'、'.join(sorted(theirs - ours))}"] if theirs - ours else []
        report.add(
            f"differs-{key}",
            f"{name} {found.number} {key}",
            f"{title}{'，'.join(said)}",
            "、".join(getattr(expected, key)) or "没有",
            "核对原文的责任单位",
        )


def _targets(name: str, plan: Plan, other: Plan, report: Report) -> None:
    ours, theirs = entries_of_plan(plan), entries_of_plan(other)
    printed = {id(entry): target for of, entries in ((plan, ours), (other, theirs))
               for entry, target in zip(entries, of.targets, strict=True)}  # fmt: skip
    found, groups, _, missing = pair(ours, theirs)
    expected = {id(one.a): printed[id(one.b)] for one in found}
    unclear = {id(one): len(group.b) for group in groups for one in group.a}
    for entry, target in zip(ours, plan.targets, strict=True):
        place = f"{name} {target.article} “{brief(target.title)}”（{target.id}）"
        if id(entry) in unclear:
            report.add(
                "target-unclear", place, "分不清是哪一个目标", f"{unclear[id(entry)]}个候选之一", "核对原文"
            )
        elif id(entry) in expected:
            _fields(place, target, expected[id(entry)], report)
        else:
            report.add("target-extra", place, "多出该目标", "没有该目标", "核对原文")
    for entry in missing:
        target = printed[id(entry)]
        said = f"{target.article} {target.title} {_said(target.value)}{target.unit or ''}"
        report.add("target-missing", f"{name} targets", "缺少一个目标", said, "补上该目标")


def _fields(place: str, target: Target, expected: Target, report: Report) -> None:
    for key, title in FIELDS.items():
        ours, theirs = getattr(target, key), getattr(expected, key)
        if ours != theirs:
            report.add(
                f"differs-{key}", f"{place} {key}", f"{title}是{_said(ours)}", _said(theirs), "核对原文"
            )


def _said(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "null" if value is None else f"“{value}”" if isinstance(value, str) else str(value)
