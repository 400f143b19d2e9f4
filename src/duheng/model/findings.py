"""A finding: what a check found wrong with data, in words for the person who can mend it (laws L10, L12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "notice"]

_STOPS = "。；，、："


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, where, what was expected instead, and what to do.

    code: stable short name of the check (`unit-unknown`), the same in every language.
    severity: error (the value cannot be used), warning (it is used, somebody should look), notice.
    place: file, sheet and cell, or quantity, entity and period.
    found, expected, remedy: Chinese phrases without a full stop; expected and remedy may be empty.
    owner: the unit that can mend it, where it is known.
    """

    code: str
    severity: Severity
    place: str
    found: str
    expected: str
    remedy: str
    owner: str | None = None

    def __post_init__(self) -> None:
        if self.severity not in ("error", "warning", "notice"):
            raise ValueError(f"severity {self.severity!r} is none of error, warning, notice")
        if not (self.code and self.place and self.found):
            raise ValueError("a finding needs a code, a place and what was found")

    @property
    def text(self) -> str:
        """One Chinese sentence: `place：found，应为expected。请owner remedy。`"""
        return f"{self._judgement()}。{self._request()}"

    def __str__(self) -> str:
        return self.text

    def _judgement(self) -> str:
        found = f"{_phrase(self.place)}：{_phrase(self.found)}"
        expected = _phrase(self.expected)
        if not expected:
            return found
        # `应`, `须` ... already say that it is an expectation: "应为应不小于0" would be no Chinese.
        joint = "" if expected.startswith(("应", "须", "需", "不得", "不应", "只能")) else "应为"
        return f"{found}，{joint}{expected}"

    def _request(self) -> str:
        remedy = _phrase(self.remedy)
        if self.owner:
            return f"请{self.owner}{remedy.removeprefix('请') or '核实'}。"
        return remedy if remedy.endswith("？") or not remedy else f"{remedy}。"


def _phrase(text: str) -> str:
    """On one line and without a stop at its end, as it stands within a sentence."""
    return " ".join(text.split()).rstrip(_STOPS)
