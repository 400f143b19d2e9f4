"""Units named in a document, matched to the departments of a city under their other names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from duheng.model import data
from duheng.reading.normal import plain

_LEVEL = re.compile("(?:国家|省|自治区|市|自治州|州|盟|区|县|旗)(?!场|政公用|容|域|级)")
_SUFFIX = re.compile(r"（[^（）]*）$")


@cache
def table() -> dict[str, Any]:
    """cn/reading/departments.yaml, read once."""
    loaded: dict[str, Any] = data.read_yaml(data.root() / "reading" / "departments.yaml")
    return loaded


@cache
def _first() -> dict[str, str]:
    """Each name with the first of its group."""
    return {plain(name): plain(group[0]) for group in table()["alike"] for name in group}


@dataclass(frozen=True, slots=True)
class Department:
    """A department of a city's folder, or a unit only the document names (`id` is "")."""

    id: str
    name: str
    name_en: str = ""
    aliases: tuple[str, ...] = ()


def alike(one: str, other: str) -> bool:
    """Whether two names mean one organ: 市发展改革委 and 市发改委; a level said by one only is taken as the same."""
    (level, core), (other_level, other_core) = _parted(one), _parted(other)
    return core == other_core and (level == other_level or "" in (level, other_level))


def match(names: Iterable[str], known: Sequence[Department]) -> dict[str, Department | None]:
    """Each name with the department it means, null where there is none; an exact name goes before a like one."""
    by_name = {plain(name): one for one in known for name in (*one.aliases, one.name)}
    found: dict[str, Department | None] = {}
    for name in names:
        like = (one for one in known if any(alike(name, each) for each in (one.name, *one.aliases)))
        found[name] = by_name.get(plain(name)) or next(like, None)
    return found


def merged(names: Iterable[str]) -> list[Department]:
    """The units of a document no list of departments is at hand for: each once, under its first name."""
    found: list[Department] = []
    for name in names:
        at = next((at for at, one in enumerate(found) if alike(one.name, name)), None)
        if at is None:
            found.append(Department("", name))
        elif name != found[at].name and name not in found[at].aliases:
            found[at] = Department("", found[at].name, "", (*found[at].aliases, name))
    return found


def _parted(name: str) -> tuple[str, str]:
    """The level (市, 省; "" where none) and the organ: 某县住建局 is 县, 住房和城乡建设局."""
    said = "".join(plain(name).split())
    if said in _first():
        return "", _first()[said]
    bare = _SUFFIX.sub("", said)
    for level in _LEVEL.finditer(bare, 0, 8):
        core = bare[level.end() :]
        if core in _first() or level.start() == 0:
            place = bare[: level.start()]
            return place + level.group(), _first().get(core, core)
    return "", _first().get(bare, bare)
