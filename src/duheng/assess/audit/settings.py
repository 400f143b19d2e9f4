"""Checks of data quality (cn/audit/tests.yaml) and their thresholds: items of the parameter `audit_threshold`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any

from duheng.assess.books import Opened, day_of
from duheng.assess.parameters import changes_nothing
from duheng.model.data import read_yaml, root
from duheng.model.errors import UnknownName
from duheng.model.parameters import Local, Setting
from duheng.model.saying import listed

PARAMETER = "audit_threshold"
# Checks that no page and no command asks by.
UNASKED = ("hampel", "balance", "growth", "completeness", "daily_monthly")


@cache
def settings() -> dict[str, dict[str, Any]]:
    """Every check by its code: title, remedy and which items of the parameter its figures are."""
    content: dict[str, dict[str, Any]] = read_yaml(root() / "audit" / "tests.yaml")
    return content


def of(code: str) -> dict[str, Any]:
    """The settings of one check. Raises UnknownName."""
    if code not in settings():
        raise UnknownName(code, settings())
    return settings()[code]


def table(code: str) -> list[dict[str, Any]]:
    """What a check compares, a row each (`of`)."""
    rows: list[dict[str, Any]] = of(code)["of"]
    return rows


def items(code: str) -> tuple[str, ...]:
    """The items of the parameter that a check is judged by. Raises UnknownName."""
    about = of(code)
    own = (*about.get("figures", {}).values(), *about.get("calibrated", {}).values())
    return (*own, *(items(about["rests_on"]) if "rests_on" in about else ()))


def reach(item: str | None) -> str:
    """Why a replacement of an item of the parameter would change nothing, as a sentence; "" where it does."""
    return changes_nothing() if any(item in items(code) for code in UNASKED) else ""


@dataclass(frozen=True)
class Thresholds:
    """The thresholds in force at a place on a day; the packaged ones where nothing else is said."""

    local: Local = field(default_factory=Local)
    on: date = date.max

    @cached_property
    def _known(self) -> Mapping[str | None, Setting]:
        named = dict.fromkeys(one.item for one in self.local.parameters.get(PARAMETER).settings)
        found = {item: self.local.at(PARAMETER, self.on, item) for item in named}
        return {item: setting for item, setting in found.items() if setting is not None}

    def number(self, code: str, name: str) -> float:
        """A figure of a check. Raises UnknownName for a check that there is none of."""
        return float(self._known[of(code)["figures"][name]].value)

    def calibrated(self, code: str) -> list[tuple[int, float]]:
        """The thresholds of a check by length, shortest first."""
        return sorted(
            (length, float(self._known[item].value)) for length, item in of(code)["calibrated"].items()
        )

    def basis(self, code: str) -> str:
        """The texts of what the place replaced among the figures of a check, and of what nobody has verified."""
        return listed("；", dict.fromkeys(one.basis for one in self._told(code)))

    def _told(self, code: str) -> Iterator[Setting]:
        for item in items(code):
            one = self._known[item]
            if one.certainty == "memory" or (one.where and one.where == self.local.code):
                yield one


PACKAGED = Thresholds()


def thresholds(opened: Opened) -> Thresholds:
    """The thresholds of a city on the day its books are of."""
    if PARAMETER not in opened.memo:
        opened.memo[PARAMETER] = Thresholds(opened.local, day_of(opened.moment))
    found: Thresholds = opened.memo[PARAMETER]
    return found
