"""A reading written as a city's folder: city.yaml, entities.csv and plan.yaml, with the bindings still to be confirmed.

What cannot stand in a plan yet (no quantity of the glossary is near, a deadline beyond the period) is kept beside it
in unbound.yaml with the reason, never left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from duheng.model import data
from duheng.model.errors import DuhengError
from duheng.model.glossary import all_quantities
from duheng.model.plan import NOT_STATED
from duheng.reading.binding import Binding, bind, yearly
from duheng.reading.departments import Department, match, merged
from duheng.reading.normal import plain
from duheng.reading.outline import Heading
from duheng.reading.reading import Reading
from duheng.reading.records import Target

_UNKNOWN_CODE = "999900"
# What the plan file has no word for is said with the nearest it has; the printed word stays in `comparator`.
_DIRECTIONS = {"decrease_to": "at_most", "increase_to": "reach", "maintain": "reach"}
_UNSAID = ("increase", "multiply")
# 完成市下达任务, 控制在省定指标内: whose number it is.
_SETTER = re.compile(
    "(国家|上级|自治区|[省市州盟县区])(?:级|里|人民政府|政府)?(?:下达|确定|考核|分解|核定|激励|规定|要求|定)"
)
_OFFICES = ("办公厅", "办公室", "人民政府")
_ENTITIES = (
    "id", "name", "name_en", "kind", "parent", "statistical_parent", "residual", "since", "until", "aliases",
    "source", "confidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A folder written: how many targets stand in the plan, how many beside it, how many articles."""

    folder: Path
    targets: int
    unbound: int
    articles: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What people said of a reading beyond its records.

    city: {"id", "name", "code"} whose plan it is. plan: its id. bindings: of each target, null: none.
    """

    city: Mapping[str, str]
    plan: str
    bindings: Sequence[Binding | None]


def write_folder(reading: Reading, folder: Path, reviewed: Reviewed | None = None) -> Written:
    """Write the folder. Raises DuhengError where it is not empty, or the document does not say what a plan needs."""
    known = reading.outline
    missing = [
        name for name, said in (("标题", known.title), ("发文日期", known.date), ("规划期", known.period)) if not said
    ]  # fmt: skip
    if missing:
        raise DuhengError(f"文件没有写明{'、'.join(missing)}，不能写成规划文件夹。请补在文件开头后再读。")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DuhengError(f"文件夹“{folder}”已有内容，没有改动它。请换一个位置，或先移走原有内容。")
    city = dict(reviewed.city) if reviewed else _city(known.issuer)
    plan, unbound = _Plan(reading, city["id"], reviewed).whole()
    folder.mkdir(parents=True, exist_ok=True)
    _yaml(folder / "city.yaml", city)
    (folder / "entities.csv").write_text(_entities(city, plan["articles"], known.number or ""), "utf-8")
    _yaml(folder / "plan.yaml", plan)
    if unbound:
        _yaml(folder / "unbound.yaml", unbound)
    return Written(folder, len(plan["targets"]), len(unbound), len(plan["articles"]))


def _yaml(path: Path, said: Any) -> None:
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1000), "utf-8")


def _city(issuer: str | None) -> dict[str, str]:
    """The issuing city; its code where a packaged city has that name, else one to be replaced."""
    name = issuer or "本市"
    for office in _OFFICES:
        name = name.removesuffix(office)
    for path in sorted(data.root().glob("*/*/city.yaml")):
        said = data.read_yaml(path)
        if said.get("name") == name:
            return {"id": said["id"], "name": name, "code": said["code"]}
    return {"id": _UNKNOWN_CODE, "name": name, "code": _UNKNOWN_CODE[:4]}


def _entities(city: dict[str, str], articles: list[dict[str, Any]], source: str) -> str:
    """The province, the city, and every unit the document names, as printed."""
    id = city["id"]
    units = dict.fromkeys(
        unit for one in articles for key in ("responsible_units", "inherited_units") for unit in one[key]
    )
    rows = [
        {"id": f"{id[:2]}0000", "name": "所属省", "kind": "province"},
        {"id": id, "name": city["name"], "kind": "city", "parent": f"{id[:2]}0000"},
        *_department_rows(id, list(units)),
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, _ENTITIES, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({"source": source, "confidence": "quoted", **one} for one in rows)
    return out.getvalue()


def _department_rows(city: str, units: list[str]) -> list[dict[str, str]]:
    """The units as departments: those of the packaged city they mean, the others as printed (`derived`)."""
    known = _known_departments(city)
    found = match(units, known)
    printed: dict[str, Department] = {}
    for name, one in found.items():
        if one is not None:
            held = printed.get(one.id, one)
            more = () if name in (held.name, *held.aliases) else (name,)
            printed[one.id] = replace(held, aliases=(*held.aliases, *more))
    rest = merged(name for name, one in found.items() if one is None)
    last = max((int(one.id.rpartition("D")[2] or 0) for one in known), default=0)
    rows = [_department(city, one, "quoted") for one in printed.values()]
    for number, one in enumerate(rest, last + 1):
        rows.append(
            _department(city, replace(one, id=f"{city}D{number:03}"), "derived" if known else "quoted")
        )
    return rows


def _department(city: str, one: Department, confidence: str) -> dict[str, str]:
    return {
        "id": one.id, "name": one.name, "name_en": one.name_en, "kind": "department", "parent": city,
        "aliases": "|".join(one.aliases), "confidence": confidence,
    }  # fmt: skip


def _known_departments(city: str) -> list[Department]:
    """The departments of the packaged city, none where it is not packaged."""
    path = data.root() / city[:2] / city[:4] / "entities.csv"
    rows = data.read_rows(path) if path.is_file() else []
    return [
        Department(row["id"], row["name"], row["name_en"], tuple(filter(None, row["aliases"].split("|"))))
        for row in rows
        if row["kind"] == "department"
    ]


class _Plan:
    def __init__(self, reading: Reading, city: str, reviewed: Reviewed | None) -> None:
        self.reading = reading
        self.city = city
        self.reviewed = reviewed
        self.articles: dict[str, dict[str, Any]] = {}

    def whole(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The plan file, and the targets that cannot stand in it with the reason."""
        known = self.reading.outline
        period = known.period or (0, 0)
        targets: list[dict[str, Any]] = []
        unbound: list[dict[str, Any]] = []
        for place, target in enumerate(self.reading.targets):
            found = self.reviewed.bindings[place] if self.reviewed else bind(target)
            entry, why = self._target(target, period, found)
            if entry is not None:
                targets.append({"id": f"t{len(targets) + 1:03}", **entry})
            else:
                unbound.append({"reason": why, **target.as_json()})
        self._tasks()
        years = Counter(one.change_from or 0 for one in self.reading.targets)
        earlier = [year for year, _ in years.most_common() if 0 < year < period[0]]
        plan = {
            "id": self.reviewed.plan if self.reviewed else f"{self.city}-{period[0]}",
            "title": "".join((known.title or "").split()),
            "number": known.number or "未写明",
            "issuer": known.issuer or "未写明",
            "date": date.fromisoformat(known.date or ""),
            "period": f"{period[0]}-{period[1]}",
            "base_year": earlier[0] if earlier else period[0] - 1,
            "articles": list(self.articles.values()),
            "targets": targets,
            "duties": [],
        }
        return plan, unbound

    def _target(
        self, target: Target, period: tuple[int, int], found: Binding | None
    ) -> tuple[dict[str, Any] | None, str]:
        if not target.owed or target.direction in _UNSAID:
            return None, "规划文件不记这一类（常设要求、资金安排、增长多少）"
        deadline = target.deadline or period[1]
        if not period[0] <= deadline <= period[1]:
            return None, f"期限{deadline}年不在规划期{period[0]}-{period[1]}之内"
        if found is None:
            return None, ("核对人定为不绑定任何量" if self.reviewed else "量的目录中没有名称和单位相近的量")
        if target.direction != "assigned" and target.value is None:
            return None, "没有数值"
        if self.reviewed is None and yearly(target) and target.direction == "decrease":
            return None, f"原文是{target.period}下降多少，不是到{deadline}年共下降多少；请核对后人工补录"
        entry = self._entry(target, deadline, found)
        return {
            key: value for key, value in entry.items() if value is not None or key in ("value", "unit")
        }, ""

    def _entry(self, target: Target, deadline: int, found: Binding) -> dict[str, Any]:
        """The target as the plan file says it; null where it says nothing."""
        bound = all_quantities()[found.quantity]
        said = f"绑定待核：按名称相近取“{bound.title}”，可信度{found.confidence}"
        if self.reviewed:
            said = f"绑定已核：{bound.title}"
        direction = _DIRECTIONS.get(target.direction, target.direction)
        assigned = direction == "assigned"
        return {
            "article": self._article(self._heading(target.start)),
            "title": target.indicator,
            "quantity": found.quantity,
            "item": found.item,
            "entity": self.city,
            "direction": direction,
            "value": None if assigned else target.as_json()["value"],
            "unit": None if assigned else plain(target.unit or "1"),
            "comparator": target.comparator,
            "scope": target.scope,
            "base": target.change_from,
            "deadline": deadline,
            "hedge": target.hedge,
            "period": target.period,
            "implied": target.implied,
            "definition": NOT_STATED if bound.definitions else None,
            "set_by": _setter(target.comparator) if assigned else None,
            "characters": [target.start, target.end],
            "note": "；".join([said, *_doubtful(target)]),
        }

    def _heading(self, place: int) -> Heading | None:
        """The article over a place, else its section."""
        return self.reading.outline.article_at(place)

    def _article(self, heading: Heading | None) -> str:
        """Number of the article, entered on first use."""
        number = self.reading.outline.article_number(heading)
        title = (heading.title or heading.number) if heading else number
        section = heading.section if heading else ""
        if number not in self.articles:
            self.articles[number] = {
                "number": number, "title": title, "section": section,
                "responsible_units": [], "lead_units": [], "inherited_units": [],
            }  # fmt: skip
        return number

    def _tasks(self) -> None:
        """Who is responsible; tasks of one article are put together."""
        for task in self.reading.tasks:
            article = self.articles[self._article(self._heading(task.start))]
            if self.reviewed and task.title:
                article["title"] = task.title
            for unit in (*task.responsible_units, *task.lead_units, *task.cooperating_units):
                _once(article["responsible_units"], unit)
            for unit in task.lead_units:
                _once(article["lead_units"], unit)
            for unit in task.inherited_units:
                _once(article["inherited_units"], unit)


def _setter(said: str | None) -> str:
    """Who sets a number that another paper holds, as far as the text says."""
    found = _SETTER.search(plain(said or ""))
    return found[1] if found else "上级"


def _doubtful(target: Target) -> list[str]:
    """What of a target the plan file has no place for, to be looked at beside it."""
    said = target.as_json()
    return [
        *([] if target.deadline else ["原文未写期限，按规划期末年"]),
        *(
            [f"原文是区间{said['value']}～{said['value_max']}{target.unit or ''}，此处只记前一个数，请核对"]
            if target.value_max is not None
            else []
        ),
    ]


def _once(units: list[str], unit: str) -> None:
    if unit not in units:
        units.append(unit)
