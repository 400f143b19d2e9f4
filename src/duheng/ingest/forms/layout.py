"""Form 205-1 as data: its columns, rows and relations (审核关系), each with its certainty."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from duheng.ingest.cells import plain
from duheng.model.data import read_yaml, root

_NUMBERING = re.compile(r"^(\d+[.、]|[(（][一二三四五六七八九十\d]+[)）])")
_LEAD = re.compile(r"^(其中|合计中)[:：]?")
_BRACKETS = re.compile(r"[(（\[][^()（）\[\]]*[)）\]]")


def told(text: str) -> str:
    """A title without what printing adds to it: numbering, 其中:, brackets, blanks."""
    bare = re.sub(r"[\s:：]", "", plain(text))
    for pattern in (_LEAD, _NUMBERING, _LEAD):
        bare = pattern.sub("", bare)
    return _BRACKETS.sub("", bare)


@dataclass(frozen=True)
class FuelRow:
    """A row of the form. part_of: code of the row it is a part of."""

    code: str
    title: str
    unit: str
    item: str
    part_of: str


@dataclass(frozen=True)
class Relation:
    """A check of each row: the sum of left (a minus before a column subtracts it) against that of right."""

    id: str
    title: str
    left: tuple[str, ...]
    relation: str
    right: tuple[str, ...]
    rest: str
    certainty: str


@dataclass(frozen=True)
class Form:
    """The whole form. columns: title or alias as `told` -> id; rows: by `told` title; codes: rows by their code."""

    settings: dict[str, Any]
    columns: dict[str, str]
    titles: dict[str, str]
    rows: dict[str, FuelRow]
    relations: tuple[Relation, ...]

    @property
    def name(self) -> str:
        """`205-1 能源购进、消费与库存`."""
        return f"{self.settings['number']} {self.settings['title']}"

    def by_code(self, code: str) -> FuelRow | None:
        """The row with this code, a leading nought or not."""
        return next((row for row in self.rows.values() if code and int(row.code) == _number(code)), None)


def _number(code: str) -> int:
    return int(code) if code.isdecimal() else -1


def _read(name: str) -> Iterator[dict[str, str]]:
    with (root() / "forms" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def form_205_1() -> Form:
    """The layout and relations of form 205-1."""
    settings: dict[str, Any] = read_yaml(root() / "forms" / "205-1.yaml")
    columns, titles = {}, {}
    for row in _read("205-1.columns.csv"):
        titles[row["id"]] = row["title"]
        for name in (row["title"], *filter(None, row["aliases"].split("|"))):
            columns[told(name)] = row["id"]
    rows = {
        told(row["title"]): FuelRow(
            row["code"], row["title"], row["unit"], row["item"], row["part_of"],
        )
        for row in _read("205-1.rows.csv")
    }  # fmt: skip
    relations = tuple(
        Relation(
            one["id"], one["title"], tuple(one["left"]), one["relation"], tuple(one["right"]), one.get("rest", ""),
            one["certainty"],
        )
        for one in settings["checks"]
    )  # fmt: skip
    return Form(settings, columns, titles, rows, relations)
