"""What an indicator is called, in one form for all its wordings (cn/reading/comparing.yaml)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from duheng.model import data
from duheng.reading.normal import plain

TABLE = "reading/comparing.yaml"
# 企（事）业单位: a sign in brackets within a word belongs to it.
_BRACKETED = re.compile(r"（(?![\u4e00-\u9fff]）[\u4e00-\u9fff])[^（）]*）|〔[^〔〕]*〕")
_BLANK = re.compile(r"[\s、，；：“”‘’《》]+")
_LEAST_NAME = 4  # signs that must be left of a name once its scope is taken out
_ROUNDS = 4  # a synonym may make another one: 能源消耗强度, 单位GDP + 能耗


@cache
def table() -> dict[str, Any]:
    """The whole table of words, as written."""
    loaded: dict[str, Any] = data.read_yaml(data.root() / TABLE)
    return loaded


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern that takes the longest wording, and what each wording is taken for."""
    said = {wording: group[0] for group in table()["same"] for wording in group}
    said |= dict.fromkeys(table()["dropped"], "")
    return re.compile("|".join(re.escape(one) for one in sorted(said, key=len, reverse=True))), said


def bare(said: str) -> str:
    """Without brackets and punctuation, as it is matched."""
    return _BLANK.sub("", _BRACKETED.sub("", plain(said)))


@cache
def canonical(indicator: str) -> str:
    """The name without brackets and punctuation, each wording replaced by the first of its kind."""
    name = bare(indicator)
    pattern, said = _synonyms()
    for _ in range(_ROUNDS):
        before, name = name, pattern.sub(lambda found: said[found[0]], name)
        if name == before:
            break
    return name


@cache
def measured(name: str) -> str:
    """The measure a name in that form ends in, the longest; "" where it is none that is known."""
    words = table()
    known = (*words["more"], *words["less"], *words["measures"])
    return max((one for one in known if name.endswith(one)), key=len, default="")


@cache
def named(indicator: str, scope: str | None, place: str | None) -> tuple[str, str]:
    """(name, whom it is asked of): both in one form, the territory taken out of both.

    A scope that stands at the head of the name is taken out of it, so that 公共机构人均水耗 is 人均用水量 of 公共机构.
    """
    of = _without_territory(bare(scope or ""), place)
    name = _without_territory(bare(indicator), place)
    if of and name.startswith(of) and len(name) - len(of) >= _LEAST_NAME:
        name = name.removeprefix(of)
    return canonical(name), of.removeprefix("的")


def _without_territory(said: str, place: str | None) -> str:
    for word in (*table()["territories"], *filter(None, (place,))):
        if said.startswith(word):
            return said.removeprefix(word)
    return said
