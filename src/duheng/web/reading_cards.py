"""How an entry of a reading stands on the review page: its line, its fields, its units, its proposed quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duheng.model.entities import Places
from duheng.model.glossary import all_quantities, axes, axis
from duheng.reading.departments import Department, match
from duheng.web.page import Ask
from duheng.web.reading_fields import DIRECTIONS, FIELDS, KINDS, UNIT_LISTS
from duheng.web.readings import DOUBT, HEAD, TARGET, TASK, Entry, Review

STANDING = {"open": "未定", "accepted": "已接受", "edited": "已改", "rejected": "不要"}


@dataclass(frozen=True)
class Unit:
    """A unit as printed; known: the department of the city it is, "" for one the city's list does not have."""

    name: str
    known: str


@dataclass(frozen=True)
class Card:
    """An entry as it is shown. lines: label and text; units: label and names; line: of the text, from 1."""

    entry: Entry
    title: str
    line: int
    lines: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, tuple[Unit, ...]], ...] = ()
    bound: str = ""
    percent: str = ""
    doubts: tuple[tuple[str, str], ...] = ()
    remedy: str = ""


def cards(ask: Ask, review: Review) -> dict[str, Card]:
    """The card of every entry, by its id."""
    lines = _Lines(review.kept.text)
    return {id: card(ask, review, one, lines) for id, one in review.entries.items()}


class _Lines:
    """Which line of the text a place stands in."""

    def __init__(self, text: str):
        self.text = text
        self._known: dict[int, int] = {}

    def of(self, place: int) -> int:
        if place not in self._known:
            self._known[place] = self.text.count("\n", 0, place) + 1
        return self._known[place]


def card(ask: Ask, review: Review, one: Entry, lines: _Lines | None = None) -> Card:
    """The card of one entry."""
    lines = lines or _Lines(review.kept.text)
    said = one.fields
    doubts = tuple((id, str(review.entries[id].fields["message"])) for id in one.doubts)
    line = lines.of(said["start"]) if one.kind != HEAD else 1
    if one.kind == TARGET:
        bound, percent = _bound(ask, said)
        return Card(one, _demand(ask, said), line, _details(ask, said), (), bound, percent, doubts)
    if one.kind == TASK:
        title = f"{said['number']}{said['title']}" or ask.words("未写标题")
        return Card(one, title, line, units=_units(ask, said), doubts=doubts)
    if one.kind == DOUBT:
        return Card(one, str(said["message"]), line, remedy=ask.words(said["remedy"]))
    told = tuple(
        (ask.words(FIELDS["period_of" if key == "period" else key]), said[key] or "") for key in said
    )
    return Card(one, said["title"] or ask.words("没有认出标题"), line, told)


def _demand(ask: Ask, said: Mapping[str, Any]) -> str:
    """The target in one line: 单位地区生产总值能耗 下降14.5%."""
    value = "" if said["value"] is None else f"{said['value']}"
    if said["value_max"] is not None:
        value += f"～{said['value_max']}"
    way = ask.words(DIRECTIONS.get(said["direction"] or "", said["direction"] or ""))
    return f"{said['indicator']} {way} {value}{said['unit'] or ''}".strip()


def _details(ask: Ask, said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    words = ask.words
    shown = []
    for name in (
        "scope",
        "deadline",
        "change_from",
        "comparator",
        "hedge",
        "period",
        "condition",
        "base_value",
    ):
        value = said.get(name)
        if value not in (None, ""):
            unit = said.get("base_unit") or "" if name == "base_value" else ""
            shown.append((words(FIELDS[name]), f"{value}{unit}"))
    if said.get("table"):
        shown.append((words(FIELDS["table"]), words("是")))
    if said.get("kind"):
        shown.append((words(FIELDS["kind"]), words(KINDS.get(said["kind"], said["kind"]))))
    return tuple(shown)


def _bound(ask: Ask, said: Mapping[str, Any]) -> tuple[str, str]:
    id = said.get("quantity")
    known = all_quantities().get(id) if id else None
    if known is None:
        return "", ""
    item = f"{ask.words(said['item'])} " if said.get("item") else ""
    sure = said.get("confidence")
    return f"{item}{ask.words.title(known)}", "" if sure is None else f"{sure:.0%}"


def _units(ask: Ask, said: Mapping[str, Any]) -> tuple[tuple[str, tuple[Unit, ...]], ...]:
    found = []
    for name in ("lead_units", "responsible_units", "cooperating_units", "inherited_units"):
        units = said.get(name) or ()
        if name == "responsible_units":
            units = [one for one in units if one not in (said.get("lead_units") or ())]
        if units:
            label = ask.words(FIELDS[name])
            meant = departments(ask.city.places, units)
            found.append((label, tuple(Unit(one, meant[one]) for one in units)))
    return tuple(found)


def departments(places: Places, names: Sequence[str]) -> dict[str, str]:
    """Each name with the city's own name of the department it means; "" where its list has none."""
    known = [
        Department(one.id, one.name, one.name_en, one.aliases) for one in places if one.kind == "department"
    ]
    return {name: one.name if one else "" for name, one in match(names, known).items()}


def filled(one: Entry) -> dict[str, str]:
    """The fields of an entry as a form shows them."""
    return {name: _shown(name, value) for name, value in one.fields.items()}


def _shown(name: str, value: Any) -> str:
    if name == "quantity" and value in all_quantities():
        return f"{all_quantities()[value].title} {value}"
    if name in UNIT_LISTS:
        return "、".join(value or ())
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def quantity_names() -> list[str]:
    """Every quantity of the glossary as the list of a field offers it: title and id."""
    return sorted(f"{one.title} {one.id}" for one in all_quantities().values())


def item_names() -> list[str]:
    """Every item of every axis."""
    return sorted({item for id in axes() for item in axis(id).items})
