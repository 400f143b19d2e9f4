"""Constants set by a text: every dated value carries its own citation (L3)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .data import read_rows, read_yaml, root
from .errors import FolderError, UnitError, known
from .references import Reference
from .saying import say
from .units import parse_unit

CERTAINTIES = ("verified", "secondary", "memory", "derived")
# What reading a file of any content can end in; each becomes a trouble of that file.
_UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, csv.Error,
               yaml.YAMLError, UnitError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """A value in force from `since`, in the jurisdiction whose code starts with `where`, for one item."""

    since: date
    value: Decimal
    cite: str
    certainty: str = "verified"
    where: str = ""
    item: str | None = None
    note: str = ""

    @property
    def basis(self) -> str:
        """Its citation; where nobody has held the value against the text, it says so."""
        return say("{cite}，未核实", cite=self.cite) if self.certainty == "memory" else self.cite


@dataclass(frozen=True, eq=False)
class Parameter(Reference):
    """A named constant with its dated settings; unit is that of all its values.

    choices: of what is decided rather than measured, the words of each value it may have (须有, 不再要求).
    follows: id of the parameter that holds where a place has no setting of its own for an item, at any date; followed
    is that parameter.
    """

    id: str
    title: str
    unit: str
    title_en: str = ""
    axis: str | None = None
    settings: tuple[Setting, ...] = ()
    note: str = ""
    choices: Mapping[Decimal, str] = field(default_factory=dict)
    follows: str = ""
    followed: Parameter | None = None

    def parts(self) -> Iterable[Reference]:
        """The parameter it follows."""
        return (self.followed,) if self.followed else ()

    def ruling(self, item: str | None = None, code: str = "") -> Parameter:
        """The parameter whose settings hold for an item at a place: itself, or the one it follows.

        Never both, so that no series begins with the one and goes on with the other.
        """
        if self.followed is None or self._here(item, code):
            return self
        return self.followed.ruling(item, code)

    def at(self, on: date, item: str | None = None, code: str = "") -> Setting | None:
        """The setting in force on a day and at a place: most specific place, then latest date; or None."""
        found = [s for s in self.ruling(item, code)._here(item, code) if s.since <= on]
        return max(found, key=lambda s: (len(s.where), s.since), default=None)

    def _here(self, item: str | None, code: str) -> list[Setting]:
        return [s for s in self.settings if s.item in (None, item) and code.startswith(s.where)]

    def places(self) -> set[str]:
        """The jurisdictions that have settings; "" is the nation."""
        own = {s.where for s in self.settings}
        return own | self.followed.places() if self.followed else own

    def written(self, value: Decimal) -> str:
        """A value as people read it: its digits, or the word of a choice."""
        return self.choices.get(value) or f"{value:f}"

    def chosen(self, on: date, code: str = "") -> dict[str, Setting]:
        """Of a parameter with choices, each item with a setting in force: what was decided on it."""
        items = dict.fromkeys(s.item for s in self.settings if s.item is not None)
        return {item: found for item in items if (found := self.at(on, item, code)) is not None}

    def local(self) -> bool:
        """Whether any setting belongs to one jurisdiction only."""
        return any(self.places())


_KEYS = {field.name for field in fields(Parameter)} - {"id", "followed"}
_SETTING_KEYS = {field.name for field in fields(Setting)}


@dataclass(frozen=True)
class Parameters:
    """The parameters in use: the packaged ones, with a province's and a city's own settings added."""

    own: Mapping[str, Parameter] = field(default_factory=dict)

    def get(self, id: str) -> Parameter:
        """The parameter with this id. Raises UnknownName."""
        found = self.own.get(id) or parameter(id)
        return replace(found, followed=self.get(found.follows)) if found.follows and self.own else found

    def __iter__(self) -> Iterator[Parameter]:
        return (self.get(id) for id in sorted({*packaged(), *self.own}))


@dataclass(frozen=True)
class Local:
    """The parameters in use at one place: what a table read outside of the books is reckoned with.

    code: division code of the place; "" is the nation.
    """

    parameters: Parameters = field(default_factory=Parameters)
    code: str = ""

    def at(self, of: Parameter | str, on: date, item: str | None = None) -> Setting | None:
        """The setting in force on a day, or None. Raises UnknownName."""
        return self.parameters.get(of if isinstance(of, str) else of.id).at(on, item, self.code)

    def own(self, of: Parameter | str) -> list[Setting]:
        """The settings that belong to this place or to what is above it, but not to the nation."""
        found = self.parameters.get(of if isinstance(of, str) else of.id)
        return [one for one in found.settings if one.where and self.code.startswith(one.where)]


def parameter(id: str) -> Parameter:
    """The packaged parameter with this id. Raises UnknownName with the nearest known id."""
    return known(id, packaged(), "参数")


@cache
def packaged() -> dict[str, Parameter]:
    """All parameters below cn/parameters, by id. Raises FolderError with every trouble."""
    found = read_parameters(root() / "parameters")
    return {
        id: replace(one, followed=found[one.follows]) if one.follows else one for id, one in found.items()
    }


def read_parameters(folder: Path, onto: Mapping[str, Parameter] | None = None) -> dict[str, Parameter]:
    """Parameters of a folder by id; settings are added to those of the same id in `onto`."""
    troubles: list[str] = []
    found: dict[str, Parameter] = {}
    for path in sorted(folder.rglob("*.yaml")):
        try:
            read = _read_one(path)
        except _UNREADABLE as trouble:
            troubles.append(f"{path.name}：{_said(trouble)}")
            continue
        earlier = (onto or {}).get(read.id)
        if earlier is not None and (read.unit, read.axis) != (earlier.unit, earlier.axis):
            said, wanted = (f"unit {one.unit}、axis {one.axis or '无'}" for one in (read, earlier))
            troubles.append(f"{path.name}：{said}，应与随程序发布的一致，为 {wanted}；请换算取值")
            continue
        found[read.id] = replace(earlier, settings=(*earlier.settings, *read.settings)) if earlier else read
    troubles += [text for p in found.values() for text in _twice(p)]
    known = {**(onto or {}), **found}
    troubles += [
        f"{p.id}.yaml：follows“{p.follows}”应为另一个参数的编号"
        for p in found.values()
        if p.follows and (p.follows == p.id or p.follows not in known)
    ]
    if troubles:
        raise FolderError(troubles)
    return found


def _said(trouble: Exception) -> str:
    """What is wrong with a file, in Chinese: YAML, dates and the file system speak English of themselves."""
    if isinstance(trouble, KeyError):
        return f"缺少 {trouble}"
    ours = any("一" <= sign <= "鿿" for sign in str(trouble))
    return str(trouble) if ours else f"不能读取，请核对文件、编码（应为UTF-8）、缩进和日期（{trouble}）"


def _read_one(path: Path) -> Parameter:
    content: Any = read_yaml(path)
    if unknown := set(content) - _KEYS:
        raise ValueError(f"不认识的键 {sorted(unknown)}，可用 {sorted(_KEYS)}")
    parse_unit(content["unit"])
    rows = content["settings"]
    if isinstance(rows, str):
        if Path(rows).name != rows:
            raise ValueError(f"取值文件“{rows[:60]}”应与本文件在同一文件夹，只写文件名")
        rows = read_rows(path.parent / rows)
    settings = tuple(_setting({key: value for key, value in row.items() if value != ""}) for row in rows)
    choices = {Decimal(str(value)): str(word) for value, word in (content.get("choices") or {}).items()}
    if choices and (strange := [one.value for one in settings if one.value not in choices]):
        raise ValueError(f"取值 {strange[0]} 应为 {'、'.join(map(str, choices))} 之一（choices）")
    return Parameter(id=path.stem, **{**content, "settings": settings, "choices": choices})


def _setting(row: Mapping[str, Any]) -> Setting:
    if unknown := set(row) - _SETTING_KEYS:
        raise ValueError(f"不认识的键 {sorted(unknown)}，可用 {sorted(_SETTING_KEYS)}")
    said = {key: str(value).strip() for key, value in row.items() if value is not None}
    if not said.get("cite"):
        raise ValueError(f"取值 {row.get('value')} 没有依据（cite）")
    try:
        since, value = date.fromisoformat(said["since"]), Decimal(said["value"])
    except (ValueError, ArithmeticError):
        raise ValueError(f"since“{said['since']}”应为日期，value“{said['value']}”应为数") from None
    if not value.is_finite():
        raise ValueError(f"取值 {value} 不是有限的数")
    setting = Setting(**{**said, "since": since, "value": value})  # type: ignore[arg-type]
    if setting.certainty not in CERTAINTIES:
        raise ValueError(f"可信度 {setting.certainty!r} 应为 {'、'.join(CERTAINTIES)} 之一")
    return setting


def _twice(parameter: Parameter) -> Iterable[str]:
    counts = Counter((s.since, s.where, s.item) for s in parameter.settings)
    for (since, where, item), count in counts.items():
        if count > 1:
            yield f"{parameter.id}：{since} {where or '全国'} {item or ''} 有两个取值，请只留一个（L5）"
