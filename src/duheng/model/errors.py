"""The exceptions of Duheng; bad data is not among them (that is a `Finding`, law L10).

* DuhengError
  - RuleError           a rule is written wrongly: units, `if`, two wordings in force, no citation
  - UnknownName         no such quantity, entity, parameter, definition ...
  - UnitError           a unit that is not in the table, or two units of different dimension
  - PeriodError         a text that names no period, or a period without the asked parts
  - UnreadableSource    a file is not what it claims to be
  - DefinitionMismatch  figures of different accounting definition (口径) were compared (L8)
  - FolderError         a folder of data has troubles; carries all of them

Every message is Chinese, for the person at the screen: what was found, what was expected, the remedy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from duheng.model.saying import listed, say

if TYPE_CHECKING:
    from duheng.model.findings import Finding

Named = TypeVar("Named")


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known names most like `name`, best first; empty where none is near."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name, names, count, cutoff=0.6)
    if not near and name:
        # Chinese names are short: half the characters in common is near enough to be worth showing.
        near = difflib.get_close_matches(name, names, count, cutoff=0.4)
    return near


_FEW = 12


class DuhengError(Exception):
    """Anything Duheng refuses to do; the message can be shown to the user as it is."""


class RuleError(DuhengError):
    """A rule is written wrongly."""


class UnknownName(DuhengError):
    """No such quantity, entity, parameter or other named thing.

    name: what was asked for; known: the names there are, from which the nearest are offered; what: the Chinese
    word for what they name, where the reader cannot know it.
    """

    def __init__(self, name: str, known: Iterable[str] = (), what: str = "") -> None:
        self.name = name
        names = list(known)
        self.near = nearest(name, names)
        if self.near:
            hint: str = say(
                "；是否指{names}？", names=listed("、", (say("“{name}”", name=one) for one in self.near))
            )
        else:
            few = 0 < len(names) <= _FEW
            hint = say("；可用的有：{names}", names=listed("、", names)) if few else "。请核对名称。"
        super().__init__(say("没有名为“{name}”的{what}{hint}", name=name, what=what or "定义", hint=hint))


def known(name: str, among: Mapping[str, Named], what: str = "") -> Named:
    """What has this name. Raises UnknownName with the nearest names there are."""
    if name not in among:
        raise UnknownName(name, among, what)
    return among[name]


class UnitError(DuhengError):
    """A unit that is not in the table, or two units of different dimension."""


class PeriodError(DuhengError):
    """A text that names no period, or a period that lacks what is asked of it."""


class UnreadableSource(DuhengError):
    """A file is not what it claims to be, or is not there."""


class DefinitionMismatch(DuhengError):
    """Figures of different accounting definition (口径) were compared or added (law L8)."""


class FolderError(DuhengError):
    """A folder of data has troubles; `troubles` holds every one of them (findings, or sentences)."""

    def __init__(self, troubles: Sequence[Finding | str]) -> None:
        self.troubles = tuple(troubles)
        lines = "\n".join(f"  {trouble}" for trouble in self.troubles)
        super().__init__(f"数据文件夹有{len(self.troubles)}处问题：\n{lines}")
