"""Two plans, target by target: what both ask, which asks more, what only one of them has."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duheng.reading.comparing.judging import Beside, Verdict, judge
from duheng.reading.comparing.pairing import Candidates, Match, pair
from duheng.reading.comparing.sides import Entry, Side

PRINTED = {
    "indicator": "指标", "scope": "范围", "direction": "方向", "value": "数值", "value_max": "上限", "unit": "单位",
    "comparator": "限定词", "change_from": "基年", "deadline": "期限", "hedge": "力度",
}  # fmt: skip
"""What of a target is compared as printed, beside its number: field -> title."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One indicator in both plans, the verdict on it, and the fields printed otherwise."""

    match: Match
    verdict: Verdict
    changed: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Both targets, why they are taken for one indicator, and the verdict in words."""
        verdict = self.verdict
        return {
            "a": self.match.a.as_json(), "b": self.match.b.as_json(),
            "why": self.match.sameness.why, "confidence": self.match.sameness.confidence,
            "beside": verdict.beside, "reason": verdict.reason,
            "b_value_in_unit_of_a": _number(verdict.b_value), "b_value_max_in_unit_of_a": _number(verdict.b_value_max),
            "changed": list(self.changed),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side. versions: they are two versions of one plan, so that what only one has was added or
    removed; else it is missing in the other."""

    a: Side
    b: Side
    versions: bool
    pairs: list[Pair]
    candidates: list[Candidates]
    only_a: list[Entry]
    only_b: list[Entry]

    @property
    def same(self) -> bool:
        """Whether nothing differs; of two versions, not even a printed word."""
        alike = all(
            one.verdict.beside == "same" and not (self.versions and one.changed) for one in self.pairs
        )
        return alike and not (self.candidates or self.only_a or self.only_b)

    def having(self, beside: Beside) -> list[Pair]:
        """The pairs of one verdict."""
        return [one for one in self.pairs if one.verdict.beside == beside]

    def as_json(self) -> dict[str, Any]:
        """The whole comparison; `beside` says what a is beside b."""
        return {
            "a": self.a.as_json(), "b": self.b.as_json(), "versions": self.versions, "same": self.same,
            "pairs": [one.as_json() for one in self.pairs],
            "candidates": [
                {"a": [each.as_json() for each in one.a], "b": [each.as_json() for each in one.b]}
                for one in self.candidates
            ],
            "only_a": [one.as_json() for one in self.only_a],
            "only_b": [one.as_json() for one in self.only_b],
        }  # fmt: skip


def compare(a: Side, b: Side) -> Comparison:
    """Every target of both, in a pair, among several candidates, or as one that only this plan has."""
    versions = bool(a.number and a.number == b.number) or (a.title == b.title and a.place == b.place)
    pairs, candidates, only_a, only_b = pair(a.entries, b.entries)
    judged = [
        Pair(
            one,
            judge(one.a, one.b, same_place=versions or _same_place(one.a.territory, one.b.territory)),
            _changed(one, versions),
        )
        for one in pairs
    ]
    return Comparison(a, b, versions, judged, candidates, only_a, only_b)


def _same_place(one: str | None, other: str | None) -> bool | None:
    """重庆市黔江区 and 黔江区 are one place; where a document names none, nothing is known."""
    if not one or not other:
        return None
    return one.endswith(other) or other.endswith(one)


def _changed(match: Match, versions: bool) -> tuple[str, ...]:
    a, b = match.a.target, match.b.target
    said = tuple(name for name in PRINTED if getattr(a, name) != getattr(b, name))
    moved = versions and match.a.article != match.b.article
    return (*said, "article") if moved else said


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
