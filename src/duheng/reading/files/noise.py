"""Signs nobody printed: notes of pronunciation between characters, runs of @, advertising (`cn/reading/noise.yaml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from duheng.model import data


@dataclass(frozen=True, slots=True)
class Noise:
    """One kind of noise: its pattern; examples `before -> after` or sentences; sentences it must leave alone."""

    name: str
    pattern: re.Pattern[str]
    examples: list[str]
    untouched: list[str]


@cache
def kinds(group: str) -> list[Noise]:
    """The kinds of a group: `removed` from the text, or only `shown`."""
    said = data.read_yaml(data.root() / "reading" / "noise.yaml")[group]
    return [
        Noise(name, re.compile(one["pattern"]), list(one["examples"]), list(one["not"]))
        for name, one in said.items()
    ]


@cache
def _every(group: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one.pattern.pattern})" for one in kinds(group)))


def cleaned(line: str) -> tuple[str, list[tuple[int, str]]]:
    """The line without what is removed, and what was removed at which place of the clean line."""
    out: list[str] = []
    removed: list[tuple[int, str]] = []
    written = after = 0
    for found in _every("removed").finditer(line):
        out.append(line[after : found.start()])
        written += found.start() - after
        removed.append((written, found.group()))
        after = found.end()
    return ("".join(out) + line[after:] if removed else line), removed


def shown(text: str) -> list[tuple[int, int]]:
    """Places of what is noise by its words but stays in the text."""
    return [found.span() for found in _every("shown").finditer(text)]
