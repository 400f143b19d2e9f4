"""Forms as data (cn/forms): their columns, rows and relations (审核关系), each with its certainty; one Form for all.

A .yaml file describes one form, or several under `forms` that share what stands beside. Columns and rows are lists in
.csv files; a column `form` in them says whose they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from duheng.ingest.cells import plain
from duheng.ingest.forms.formula import names
from duheng.ingest.forms.schema import verify
from duheng.model.data import read_rows, read_yaml, root
from duheng.model.errors import UnknownName
from duheng.model.findings import Severity

NUMBERS = frozenset({"amount", "money", "number", "signed", "percent", "whole", "exact"})
DATES = frozenset({"start", "end", "span"})
_NUMBERING = re.compile(r"^(\d+[.、]|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十\d]+[)）])")
_LEAD = re.compile(r"^(其中|合计中)[:：]?")
_BRACKETS = re.compile(r"[(（\[][^()（）\[\]]*[)）\]]")


@lru_cache(maxsize=8192)
def told(text: str) -> str:
    """A title without what printing adds to it: numbering, 其中:, brackets, blanks."""
    return _BRACKETS.sub("", whole(text))


@lru_cache(maxsize=8192)
def whole(text: str) -> str:
    """The same with what stands in its brackets."""
    bare = re.sub(r"[\s:：]", "", plain(text))
    for pattern in (_LEAD, _NUMBERING, _LEAD):
        bare = pattern.sub("", bare)
    return bare


@dataclass(frozen=True)
class Column:
    """A column. unit: of its figures where it is not that of their row, "*" for any; least, most: their bounds.

    kind: key, code, unit, text, yesno, credit_code, passed (not read); start, end or span (from month to month); or a
    kind of number: amount (in the unit of its row), money, whole, percent, exact (has no rounding), signed (may be
    below nought), number.
    """

    id: str
    title: str
    kind: str
    unit: str
    least: float | None
    most: float | None


@dataclass(frozen=True)
class FormRow:
    """A row of the form. part_of: code of the row it is a part of.

    unit: the form's own; units: all that may be printed, of any dimension. item, quantity: of its figure in the ledger.
    cost_of: title of the row whose cost it states. choices: what may be filled in where it is no number.
    """

    code: str
    title: str
    unit: str = ""
    item: str = ""
    part_of: str = ""
    quantity: str = ""
    cost_of: str = ""
    choices: tuple[str, ...] = ()
    remark: str = ""
    certainty: str = "memory"
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """A check of each row. left, right: columns to be added (a minus before one subtracts it), or a formula.

    rows: codes or titles of the rows that it holds for, all but totals where none is named. rest: what a difference
    that the relation allows should be. scales: factors of units under which it holds too, `scaled` says so.
    exact: its figures are counts. share: it is about a share. severity: where it is not what the certainty makes it.
    """

    id: str
    title: str
    left: tuple[str, ...] | str
    relation: str
    right: tuple[str, ...] | str
    certainty: str
    rest: str = ""
    rows: tuple[str, ...] = ()
    scales: tuple[float, ...] = ()
    scaled: str = ""
    exact: bool = False
    share: bool = False
    severity: Severity | None = None

    def weight(self, certainty: str) -> Severity:
        """How a mismatch weighs: an error only where the relation was read. certainty: of its setting in force."""
        return self.severity or ("warning" if certainty == "memory" else "error")


@dataclass(frozen=True)
class Form:
    """The whole form. columns: title or alias as `told` or `whole` -> id; rows: by `told` title."""

    settings: Mapping[str, Any]
    columns: Mapping[str, str]
    kinds: Mapping[str, Column]
    rows: Mapping[str, FormRow]
    aliases: Mapping[str, FormRow]
    relations: tuple[Relation, ...]

    @property
    def name(self) -> str:
        """`205-1 能源购进、消费与库存`."""
        return f"{self.settings['number']} {self.settings['title']}"

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the columns by their ids."""
        return {id: one.title for id, one in self.kinds.items()}

    @cached_property
    def key(self) -> str:
        """The column that names the rows."""
        return next(id for id, one in self.kinds.items() if one.kind == "key")

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """The columns of numbers."""
        return tuple(id for id, one in self.kinds.items() if one.kind in NUMBERS)

    def listed(self, group: str) -> tuple[Mapping[str, Any], ...]:
        """The checks of a group that is not about each row: factors, totals, overall, steady."""
        found = self.settings.get(group, ())
        return (found,) if isinstance(found, Mapping) else tuple(found)

    def column(self, text: str) -> str | None:
        """The column of this heading."""
        return self.columns.get(whole(text)) or self.columns.get(told(text))

    def row(self, text: str) -> FormRow | None:
        """The row of this title or alias."""
        return self.aliases.get(whole(text)) or self.aliases.get(told(text))

    def by_code(self, code: str) -> FormRow | None:
        """The row with this code, a leading nought or not; `1702/1802` is 1702 with its cost."""
        first = code.partition("/")[0].strip()
        return next((row for row in self.rows.values() if row.code and int(row.code) == _number(first)), None)


def _number(code: str) -> int:
    return int(code) if code.isdecimal() else -1


@cache
def forms() -> tuple[Form, ...]:
    """Every form of cn/forms that is read. Raises RuleError for a description with what no form has."""
    found: list[Form] = []
    for path in sorted((root() / "forms").glob("*.yaml")):
        content: dict[str, Any] = read_yaml(path)
        shared = {key: value for key, value in content.items() if key != "forms"}
        found += [_form(path, {**shared, **one}) for one in content.get("forms", [{}])]
    return tuple(found)


def form(number: str) -> Form:
    """The form with this number, `205-1`. Raises UnknownName."""
    for one in forms():
        if one.settings["number"] == number:
            return one
    raise UnknownName(number, [one.settings["number"] for one in forms()], "统计表")


def _form(path: Path, settings: dict[str, Any]) -> Form:
    number, stem = str(settings["number"]), path.stem
    listed = list(_of(path.with_name(settings.get("columns", f"{stem}.columns.csv")), number))
    kinds = {
        row["id"]: Column(
            row["id"],
            row["title"],
            row["kind"],
            row.get("unit", ""),
            _bound(row, "least"),
            _bound(row, "most"),
        )
        for row in listed
    }
    verify(settings, {id: one.kind for id, one in kinds.items()})
    columns = _index((row["id"], (row["title"], *_split(row["aliases"]))) for row in listed)
    rows: dict[str, FormRow] = {}
    aliases: list[tuple[FormRow, tuple[str, ...]]] = []
    for row in _of(path.with_name(settings["rows"]), number) if "rows" in settings else ():
        made = rows[told(row["title"])] = _row(row)
        aliases.append((made, (row["title"], *_split(row.get("aliases", "")))))
    relations = tuple(_relation(one) for one in settings.get("checks", []))
    return Form(settings, columns, kinds, rows, _index(aliases), relations)


def _of(path: Path, number: str) -> Iterator[dict[str, str]]:
    return (row for row in read_rows(path) if row.get("form", number) in (number, ""))


def _split(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))


def _bound(row: Mapping[str, str], name: str) -> float | None:
    return float(row[name]) if row.get(name) else None


def _index(things: Iterable[tuple[Any, Iterable[str]]]) -> dict[str, Any]:
    """Things by their names as printed and, where it is the name of one thing only, without the brackets."""
    full: dict[str, Any] = {}
    short: dict[str, list[Any]] = {}
    for thing, texts in things:
        for text in texts:
            full.setdefault(whole(text), thing)
            if thing not in short.setdefault(told(text), []):
                short[told(text)].append(thing)
    return {**{name: found[0] for name, found in short.items() if len(found) == 1}, **full}


def _row(row: Mapping[str, str]) -> FormRow:
    units = _split(row["unit"])
    return FormRow(
        row["code"], row["title"], units[0] if units else "", row["item"], row.get("part_of", ""),
        row.get("quantity", ""), row.get("cost_of", ""),
        _split(row.get("choices", "")), row.get("remark", ""), row["certainty"], units,
    )  # fmt: skip


def _side(side: Any) -> tuple[str, ...] | str:
    if isinstance(side, str):
        names(side)
        return side
    return tuple(side)


def _relation(one: Mapping[str, Any]) -> Relation:
    return Relation(
        one["id"], one["title"], _side(one["left"]), one["relation"], _side(one["right"]), one["certainty"],
        one.get("rest", ""), tuple(one.get("rows", ())), tuple(one.get("scales", ())), one.get("scaled", ""),
        one.get("exact", False), one.get("share", False), one.get("severity"),
    )  # fmt: skip
