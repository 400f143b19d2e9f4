"""The words of responsibility (cn/reading/duties.yaml), made ready for matching."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from duheng.model import data


@dataclass(frozen=True, slots=True)
class Words:
    """The tables of duties.yaml; `part_of` says what a role makes of its units (lead, cooperate ...)."""

    raw: dict[str, Any]
    part_of: dict[str, str]
    token: re.Pattern[str]
    label: re.Pattern[str]
    role: re.Pattern[str]
    sign: re.Pattern[str]
    organ: re.Pattern[str]
    group: re.Pattern[str]
    place: re.Pattern[str]
    level: re.Pattern[str]

    def part_of_label(self, said: str) -> str:
        """lead, responsible, cooperate, or skip where the label names no units."""
        label = said.rstrip("： ")
        return next((part for part, many in self.raw["labels"].items() if label in many), "skip")

    def role_name(self, chain: str) -> str:
        """A chain of roles without the words of manner: 按职责分工负责 is 负责."""
        said = [one for one in self.role.findall(chain) if one not in self.raw["roles"]["manner"]]
        return "".join(said) or "负责"

    def role_part(self, chain: str) -> str:
        """lead, cooperate or other."""
        parts = {self.part_of[one] for one in self.role.findall(chain)}
        return next((one for one in ("lead", "cooperate") if one in parts), "other")


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of the words, the longest first."""
    return "(?:" + "|".join(re.escape(one) for one in sorted(words, key=len, reverse=True)) + ")"


@lru_cache(maxsize=1)
def words() -> Words:
    """The tables as read once. Raises UnreadableSource where the data folder is missing."""
    raw: dict[str, Any] = data.read_yaml(data.root() / "reading" / "duties.yaml")
    part_of = {one: part for part, many in raw["roles"].items() for one in many}
    labels = any_of([one for many in raw["labels"].values() for one in many])
    role = any_of([one for many in raw["roles"].values() for one in many])
    token = re.compile(
        rf"(?P<label>{labels}(?: *：|(?<=单位|部门) )|{raw['other_label']})|(?P<open>{raw['open']})"
        rf"|(?P<once>{any_of([*raw['not_repeated'], *raw['from_here'], *raw['all_must']])})"
        rf"|(?P<role>{role}+)|(?P<joined>{any_of(raw['joined'])})|(?P<sign>[、，；。])"
    )
    places = any_of(raw["places"])
    return Words(
        raw, part_of, token, re.compile(f"{labels} *："), re.compile(role),
        re.compile(f"{labels} *：|{role}|{any_of(raw['not_repeated'])}"),
        re.compile(f".+{any_of(raw['suffixes'])}$"),
        re.compile(f".*{any_of(raw['collective'])}$"),
        re.compile(f"(?:各|有关|相关|各有关|各相关)?{places}"),
        re.compile(f"(?!{any_of(raw['own'])}){any_of(raw['levels'])}"),
    )  # fmt: skip
