"""The pairs a person expects (comparisons.yaml) held against those the comparison makes; for tests and bench."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from duheng.reading.comparing import Comparison, Entry, Side, compare, side_of_reading
from duheng.reading.comparing.comparison import Pair
from duheng.reading.comparing.wording import canonical
from duheng.reading.reading import read

EXPECTED = Path(__file__).with_name("comparisons.yaml")


@dataclass(frozen=True)
class Score:
    """Pairs found that were expected, found, expected; verdicts right among the found; what was missed or too much."""

    right: int
    found: int
    expected: int
    verdicts: int
    missed: list[str]
    extra: list[str]

    @property
    def precision(self) -> float:
        """Share of the pairs made that were expected."""
        return self.right / self.found

    @property
    def recall(self) -> float:
        """Share of the expected pairs that were made."""
        return self.right / self.expected


def expected() -> list[dict[str, Any]]:
    """The documents and pairs as written down."""
    listed: list[dict[str, Any]] = yaml.safe_load(EXPECTED.read_text("utf-8"))
    return listed


@lru_cache(maxsize=64)
def side(path: Path) -> Side:
    """A document, read once."""
    return side_of_reading(read(path), path.stem)


def score(plans: Path, second: bool | None = None) -> Score:
    """The comparison of every pair of documents (of the first or second set only), held against what was expected."""
    right = found = wanted = verdicts = 0
    missed, extra = [], []
    for one in expected():
        if second is not None and bool(one.get("second")) is not second:
            continue
        made = compare(side(plans / f"{one['a']}.txt"), side(plans / f"{one['b']}.txt"))
        left = list(made.pairs)
        for said in one["pairs"]:
            hit = next((pair for pair in left if _fits(pair, said)), None)
            if hit is None:
                missed.append(f"{one['a']} / {one['b']}: {said[0]} {said[1]} {said[2]}")
                continue
            left.remove(hit)
            verdicts += hit.verdict.beside == said[6]
        found, wanted = found + len(made.pairs), wanted + len(one["pairs"])
        right += len(made.pairs) - len(left)
        extra += [f"{one['a']} / {one['b']}: {pair.match.a.target.indicator}" for pair in left]
    return Score(right, found, wanted, verdicts, missed, extra)


def _fits(pair: Pair, said: list[Any]) -> bool:
    return _is(pair.match.a, *said[:3]) and _is(pair.match.b, *said[3:6])


def _is(entry: Entry, indicator: str, value: float | None, deadline: int) -> bool:
    number = None if value is None else Decimal(str(value))
    named = canonical(indicator) in canonical(entry.target.indicator)
    return named and entry.target.value == number and entry.target.deadline == deadline


def made(plans: Path, a: str, b: str) -> Comparison:
    """The comparison of two documents by name."""
    return compare(side(plans / f"{a}.txt"), side(plans / f"{b}.txt"))
