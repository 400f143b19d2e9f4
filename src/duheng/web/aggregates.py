"""Sums over enterprises that a reader without the permission may see: three or more of them, and nothing to subtract.

A place's sum is open where at least three members make it up. The sum of the whole is open unless the places that are
closed hold one or two members together: who subtracts the open places from it would find them. One whose figure is
unknown leaves its sums unknown (L1). As of a day gone by no sum is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from duheng.model.entities import Entity, Places
from duheng.web.access import LEAST_MEMBERS, gone_by
from duheng.web.page import Ask
from duheng.web.projects import county_of
from duheng.web.tables import Cell, Column, Table


@dataclass(frozen=True)
class Group:
    """The members of a place (None: of the whole) and their sum; closed: fewer than three, or open to subtraction.

    bearing: members whose figure is known and not nought, as only these hide one another.
    """

    place: Entity | None
    members: int
    unknown: int
    bearing: int
    value: Decimal | None
    closed: bool


def grouped(places: Places, values: Mapping[str, Decimal | None]) -> list[Group]:
    """The groups by county in the order of the places, the whole last. values: by member's id."""
    below: dict[str, list[Decimal | None]] = {}
    for member, value in values.items():
        entity = places.get(member)
        county = county_of(places, entity) if entity else None
        below.setdefault(county.id if county else "", []).append(value)
    found = [
        _group(places.get(id), below[id]) for id in sorted(below, key=[*(one.id for one in places), ""].index)
    ]
    whole = _group(None, list(values.values()))
    thin = sum(one.bearing for one in found if one.closed)
    return [*found, replace(whole, closed=whole.closed or 0 < thin < LEAST_MEMBERS)]


def _group(place: Entity | None, values: list[Decimal | None]) -> Group:
    known = [value for value in values if value is not None]
    bearing = sum(value != 0 for value in known)
    whole = sum(known, Decimal(0)) if len(known) == len(values) else None
    return Group(place, len(values), len(values) - len(known), bearing, whole, bearing < LEAST_MEMBERS)


def sums_table(
    ask: Ask,
    name: str,
    title: str,
    unit: str,
    values: Mapping[str, Decimal | None],
    address: Callable[[Group], str] = lambda group: "",
) -> Table:
    """The sums by county as this reader may see them. address: the reasons of a group's sum, "" where it has none."""
    words = ask.words
    columns = [
        Column("place", words("县（区）"), width=16),
        Column("members", words("户数"), number=True, width=8),
        Column("unknown", words("其中未知"), number=True, width=10),
        Column("value", f"{title}{words.bracketed(words.unit(unit))}", number=True, width=20),
    ]
    past = gone_by(ask.selection.as_of)
    rows = []
    for group in grouped(ask.city.places, values) if values else []:
        if (group.closed or past) and not ask.sees_confidential:
            value = Cell.missing(words("涉密未显示"))
        elif group.value is None:
            value = Cell.missing(words("未知"))
        else:
            value = Cell(f"{group.value:f}", group.value, href=address(group))
        rows.append(
            [
                Cell(words.name(group.place) if group.place else words("全市")),
                Cell(str(group.members), Decimal(group.members)),
                Cell(str(group.unknown), Decimal(group.unknown)),
                value,
            ]
        )
    note = words("不足三家的汇总、可由其他数相减得出的汇总、截至以前某日的汇总，不向未登录的读者显示。")
    return Table(name, title, columns, rows, note=note, empty=words("尚无数据。"))
