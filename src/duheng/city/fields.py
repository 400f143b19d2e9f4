"""The keys of a plan: which exist, which must be there, of which type; each wrong one is a finding."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from duheng.city.marks import Marked
from duheng.city.report import Report, brief

Type = Literal["text", "number", "integer", "date", "yesno", "texts", "span", "groups"]
_SAID: dict[Type, str] = {
    "text": "文字",
    "number": "数字",
    "integer": "整数",
    "date": "日期（如2023-01-29）",
    "yesno": "true或false",
    "texts": "文字的列表（如[甲, 乙]）",
    "span": "[起, 止]两个整数",
    "groups": "若干组键与值（每组以 - 开头）",
}


@dataclass(frozen=True)
class Key:
    """A key: its type, whether it must be there, whether `null` may stand for "none", and known words."""

    type: Type
    required: bool = False
    nullable: bool = True
    known: Sequence[str] = ()


@dataclass(frozen=True)
class Group:
    """A mapping of a marked file that was checked against its keys; wrong values read as absent."""

    file: Marked
    path: tuple[str | int, ...]
    values: Mapping[str, Any]

    def get(self, key: str) -> Any:
        """The value, None where absent or wrong."""
        return self.values.get(key)

    def text(self, key: str, default: str = "") -> str:
        """The text, the default where absent."""
        value = self.values.get(key)
        return default if value is None else str(value)

    def place(self, key: str | None = None) -> str:
        """File, line and key."""
        return self.file.place(*self.path, *([key] if key is not None else []))


def group(file: Marked, path: tuple[str | int, ...], keys: Mapping[str, Key], report: Report) -> Group | None:
    """The mapping at a path, each key checked; None with a finding where there is no mapping."""
    data: Any = file.data
    for step in path:
        data = data[step]
    if not isinstance(data, dict):
        report.add("type", file.place(*path), f"是“{brief(data)}”", "键与值", "参照其他条目逐项写明")
        return None
    values = {}
    for name, value in data.items():
        if name not in keys:
            report.unknown("unknown-key", file.place(*path, name), "键", name, keys)
            continue
        values[name] = _checked(file, (*path, name), keys[name], value, report)
    for name, key in keys.items():
        if key.required and name not in data:
            report.add("missing-key", file.place(*path), f"缺少键“{name}”", _SAID[key.type], f"补上{name}")
    return Group(file, path, values)


def groups(file: Marked, name: str, keys: Mapping[str, Key], report: Report) -> list[Group]:
    """The checked members of a top-level list."""
    return subgroups(Group(file, (), file.data), name, keys, report)


def subgroups(of: Group, name: str, keys: Mapping[str, Key], report: Report) -> list[Group]:
    """The checked members of a list below a group."""
    members = of.values.get(name)
    if not isinstance(members, list):
        return []
    found = (group(of.file, (*of.path, name, n), keys, report) for n in range(len(members)))
    return [member for member in found if member is not None]


def _checked(file: Marked, path: tuple[str | int, ...], key: Key, value: Any, report: Report) -> Any:
    place = file.place(*path)
    if value is None:
        if key.required and not key.nullable:
            report.add("empty-value", place, "没有值", _SAID[key.type], "补上内容")
        return None
    read = _read(key.type, value)
    if read is None:
        report.add("type", place, f"是“{brief(value)}”", _SAID[key.type], "改正该值")
    elif key.known and read not in key.known:
        report.unknown("unknown-word", place, "取值", value, key.known)
        return None
    return read


def _read(type: Type, value: Any) -> Any:
    """The value as its type, None where it is not of it."""
    if isinstance(value, bool):
        return value if type == "yesno" else None
    match type:
        case "text":
            return (
                str(value)
                if isinstance(value, str | int | Decimal | datetime.date) and str(value).strip()
                else None
            )
        case "number":
            return Decimal(value) if isinstance(value, int | Decimal) else None
        case "integer":
            return value if isinstance(value, int) else None
        case "date":
            return value if isinstance(value, datetime.date) else None
        case "texts":
            return tuple(str(v) for v in value) if _texts(value) else None
        case "span":
            whole = isinstance(value, list) and len(value) == 2 and all(type_is_integer(v) for v in value)
            return (value[0], value[1]) if whole else None
        case "groups":
            return value if isinstance(value, list) else None
        case _:
            return None


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str | int) and str(v).strip() for v in value)


def type_is_integer(value: object) -> bool:
    """Whether it is a whole number and no yes-or-no."""
    return isinstance(value, int) and not isinstance(value, bool)


def number(text: str) -> Decimal | None:
    """A number as printed in a list (no thousands separators, no unit); None where it is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    # Decimal reads `1_000` and `NaN` too, which nobody prints.
    return value if value.is_finite() and "_" not in text and abs(value.adjusted()) < 30 else None


def day(text: str) -> datetime.date | None:
    """A date written 2023-01-29; None where it is none."""
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
