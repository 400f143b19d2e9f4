"""The official warning light: which path a value is held against, and which level its gap earns.

Paths, thresholds, words, colours and consequences are data (cn/warning/*.yaml); numbers of a level do not
mean the same severity in every text, so `light` (1 worst) is written beside each level. Everything here
works on declared digits (L7) and in Decimal: (3.0 - 2.7) / 3.0 is exactly ten per cent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from duheng.model.data import root
from duheng.model.errors import FolderError, UnknownName

Light = Literal[1, 2, 3]
PathKind = Literal["geometric", "time_share", "deadline", "always"]
MEASURES = ("gap", "gap_ratio", "completion", "actual", "otherwise")
COMPARATORS = ("at_most", "below", "at_least", "above")
_LEVEL_KEYS = {"light", "label", "words", "colour", "colour_name", "measure", "comparator", "threshold"}
_RULE_KEYS = {"id", "title", "title_en", "since", "order", "cite", "certainty", "note", "levels"}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a warning rule: the first whose condition holds is the level.

    measure: gap (path less actual, printed unit), gap_ratio (gap over path), completion (actual over path),
    actual, or otherwise (always holds). light: 1 worst, 3 best, whatever the label's own number says.
    """

    light: Light
    label: str
    words: str
    colour: str
    colour_name: str
    measure: str
    comparator: str = "at_most"
    threshold: Decimal = Decimal(0)
    consequence: str = ""

    def holds(self, actual: Decimal, path: Decimal, sign: int) -> bool:
        """Whether a value earns this level; sign is 1 where more is better, -1 where less is."""
        if self.measure == "otherwise":
            return True
        measured = _measure(self.measure, actual, path, sign)
        limit = Fraction(self.threshold)
        if measured is None:
            return False
        if self.comparator == "at_most":
            return measured <= limit
        if self.comparator == "below":
            return measured < limit
        return measured >= limit if self.comparator == "at_least" else measured > limit


@dataclass(frozen=True, slots=True)
class WarningRule:
    """A published warning rule with its levels in the order they are tried."""

    id: str
    title: str
    since: date
    cite: str
    certainty: str
    levels: tuple[Level, ...]
    title_en: str = ""
    order: str = ""
    note: str = ""

    def level(self, actual: Decimal, path: Decimal, sign: int = 1) -> Level | None:
        """The level a value earns against its path, both as judged; None where the rule names none."""
        return next((level for level in self.levels if level.holds(actual, path, sign)), None)

    def of(self, light: int | None) -> Level | None:
        """The level shown by a light (its words, colour and consequence), or None."""
        return next((level for level in self.levels if level.light == light), None)


@dataclass(frozen=True, slots=True)
class RequiredPath:
    """How much of a target is required while its plan runs, for one class of targets."""

    kind: PathKind
    title: str
    cite: str
    certainty: str
    shares: tuple[Decimal, ...] = ()

    def share(self, elapsed: int, years: int) -> Decimal | None:
        """Share of the target required after some of the plan's years [1]; None where none is laid down."""
        if elapsed <= 0 or len(self.shares) != years or elapsed > years:
            return None
        return self.shares[elapsed - 1]


@dataclass(frozen=True, slots=True)
class Paths:
    """Required path of each class of targets (decline, amount, level, limit), and the default levels."""

    default_levels: str
    gap_decimals: int
    paths: dict[str, RequiredPath] = field(default_factory=dict)
    annual_title: str = ""
    annual_cite: str = ""
    annual_quantities: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two statements of one thing may differ before a check speaks."""

    title: str
    tolerance: Decimal
    cite: str
    certainty: str


def _measure(measure: str, actual: Decimal, path: Decimal, sign: int) -> Fraction | None:
    gap = sign * (Fraction(path) - Fraction(actual))
    if measure == "gap":
        return gap
    if measure == "actual":
        return Fraction(actual)
    if not path:
        return None
    return gap / abs(Fraction(path)) if measure == "gap_ratio" else Fraction(actual) / Fraction(path)


def gap_share(actual: Decimal, path: Decimal, sign: int = 1) -> Fraction | None:
    """Gap as a share of the path [1]; None where the path is zero (division by zero is unknown)."""
    return _measure("gap_ratio", actual, path, sign)


@cache
def warning_rules() -> dict[str, WarningRule]:
    """All warning rules of cn/warning by id. Raises FolderError with every trouble."""
    found: dict[str, WarningRule] = {}
    troubles: list[str] = []
    for path in sorted(folder().glob("*.yaml")):
        content = _read(path)
        if "levels" not in content:
            continue
        try:
            rule = _rule(content)
        except (KeyError, TypeError, ValueError, ArithmeticError) as trouble:
            troubles.append(f"{path.name}：{trouble}")
            continue
        found[rule.id] = rule
    if troubles:
        raise FolderError(troubles)
    return found


def warning_rule(id: str | None = None) -> WarningRule:
    """The warning rule with this id (the default one where None). Raises UnknownName."""
    wanted = required_paths().default_levels if id is None else id
    known = warning_rules()
    if wanted not in known:
        raise UnknownName(wanted, known)
    return known[wanted]


@cache
def required_paths() -> Paths:
    """Required paths as laid down in cn/warning/paths.yaml."""
    content = _read(folder() / "paths.yaml")
    paths = {
        name: RequiredPath(
            kind=cast(PathKind, one["kind"]),
            title=one["title"],
            cite=one["cite"],
            certainty=one["certainty"],
            shares=tuple(Decimal(str(share)) for share in one.get("shares", ())),
        )
        for name, one in content["paths"].items()
    }
    annual = content["annual"]
    return Paths(
        default_levels=content["default_levels"],
        gap_decimals=int(content["gap_decimals"]),
        paths=paths,
        annual_title=annual["title"],
        annual_cite=annual["cite"],
        annual_quantities=dict(annual["quantities"]),
    )


@cache
def tolerances() -> dict[str, Tolerance]:
    """Tolerances of the checks over a ledger, as laid down in cn/warning/checks.yaml."""
    return {
        name: Tolerance(one["title"], Decimal(str(one["tolerance"])), one["cite"], one["certainty"])
        for name, one in _read(folder() / "checks.yaml")["checks"].items()
    }


def folder() -> Path:
    """Folder of the packaged warning data."""
    return Path(root()) / "warning"


def _read(path: Path) -> dict[str, Any]:
    return cast(dict[str, Any], yaml.safe_load(path.read_text("utf-8")))


def _rule(content: dict[str, Any]) -> WarningRule:
    if unknown := set(content) - _RULE_KEYS:
        raise ValueError(f"不认识的键 {sorted(unknown)}，可用 {sorted(_RULE_KEYS)}")
    if not str(content["cite"]).strip():
        raise ValueError("没有依据（cite），请注明出处")
    return WarningRule(
        id=content["id"],
        title=content["title"],
        title_en=content.get("title_en", ""),
        since=content["since"],
        order=content.get("order", ""),
        cite=content["cite"],
        certainty=content["certainty"],
        note=content.get("note", ""),
        levels=tuple(_level(one) for one in content["levels"]),
    )


def _level(one: dict[str, Any]) -> Level:
    if unknown := set(one) - _LEVEL_KEYS - {"consequence"}:
        raise ValueError(f"等级中不认识的键 {sorted(unknown)}")
    if one["measure"] not in MEASURES:
        raise ValueError(f"度量 {one['measure']!r} 应为 {'、'.join(MEASURES)} 之一")
    if one.get("comparator", "at_most") not in COMPARATORS:
        raise ValueError(f"比较 {one['comparator']!r} 应为 {'、'.join(COMPARATORS)} 之一")
    if one["light"] not in (1, 2, 3):
        raise ValueError(f"灯 {one['light']!r} 应为 1（最重）、2、3 之一")
    return Level(
        light=one["light"],
        label=one["label"],
        words=one["words"],
        colour=one["colour"],
        colour_name=one["colour_name"],
        measure=one["measure"],
        comparator=one.get("comparator", "at_most"),
        threshold=Decimal(str(one.get("threshold", 0))),
        consequence=one.get("consequence", ""),
    )
