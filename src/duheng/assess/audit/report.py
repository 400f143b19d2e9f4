"""A suspicion as it reaches the person who can mend it: a reason, never a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duheng.assess.audit.outliers import alarm_threshold, hampel, modified_z, outliers, window_threshold
from duheng.assess.audit.repeats import Run, replayed, stuck
from duheng.assess.audit.settings import PACKAGED, Thresholds, of
from duheng.assess.evidence import Cell
from duheng.model.findings import Finding
from duheng.model.saying import say

Known = float | None
_HALF = 12


@dataclass(frozen=True)
class Flag:
    """A finding with its measure and its evidence.

    statistic, tolerance: what was measured and what it exceeds, in the check's own terms; None where the finding says
    all. cells: the cells of the ledger it speaks of, the one in question first; () for what is not in the ledger.
    entities: whom it concerns (id) where no cell says so.
    """

    finding: Finding
    statistic: float | None = None
    tolerance: float | None = None
    cells: tuple[Cell, ...] = ()
    entities: tuple[str, ...] = ()

    @property
    def about(self) -> set[str]:
        """The entities it concerns."""
        return {cell.entity for cell in self.cells} | set(self.entities)


def flag(
    code: str,
    place: str,
    found: str,
    expected: str,
    statistic: float,
    tolerance: float,
    owner: str | None,
    cells: tuple[Cell, ...] = (),
    limits: Thresholds = PACKAGED,
) -> Flag:
    """A flag of one check; its title and remedy come from cn/audit/tests.yaml.

    What the place replaced among the check's thresholds, or nobody has verified, stands behind the tolerance.
    """
    about, basis = of(code), limits.basis(code)
    text = "{expected}（容许{tolerance}；{basis}）" if basis else "{expected}（容许{tolerance}）"
    told = {"basis": basis} if basis else {}
    expected = say(text, expected=expected, tolerance=f"{tolerance:g}", **told)
    found = say("{title}：{found}", title=about["title"], found=found)
    finding = Finding(f"audit-{code}", "warning", place, found, expected, about["remedy"], owner)
    return Flag(finding, statistic, tolerance, cells)


def audit_series(
    name: str,
    cells: Sequence[str],
    values: Sequence[Known],
    *,
    owner: str | None = None,
    span: int | None = None,
) -> list[Flag]:
    """The tests of one series on the values that are stated; missing ones are left out, never filled.

    No test for a change of level is among them: a clean series that grows would fail it.

    name: what the series is; cells: the place of each value ("B12", "2023-05"); span: points of a period that could
    be replayed (24 for hours), only for series without gaps.
    """
    if len(cells) != len(values):
        raise ValueError(f"{name}：{len(cells)}个位置，{len(values)}个数值")
    kept = [(cell, value) for cell, value in zip(cells, values, strict=True) if value is not None]
    places, known = [cell for cell, _ in kept], [value for _, value in kept]

    def raised(code: str, at: int, found: str, expected: str, statistic: float, tolerance: float) -> Flag:
        return flag(code, f"{name} {places[at]}", found, expected, statistic, tolerance, owner)

    flags = [*_outliers(known, raised), *_runs(known, raised)]
    if span and len(known) == len(values):
        flags += _replays(known, span, places, raised)
    return flags


def score_said(value: float, z: float) -> str:
    """A value with its score, in words."""
    return say("{value}，修正Z分数{z}", value=f"{value:g}", z=f"{z:.1f}")


def run_said(run: Run, value: float) -> tuple[str, str]:
    """A run of equal values and what was expected of it, in words."""
    return (
        say("连续{n}个{value}", n=run.length, value=f"{value:g}"),
        say("相同的不超过{n}个", n=run.expected),
    )


_Raise = Callable[[str, int, str, str, float, float], Flag]


def _outliers(known: Sequence[float], raised: _Raise) -> list[Flag]:
    limit, scores = alarm_threshold(len(known)), modified_z(known)
    found = []
    for at in outliers(known):
        z = scores[at] or 0.0
        found.append(raised("outlier", at, score_said(known[at], z), "与本序列其他数接近", z, limit))
    return found


def windowed(
    name: str, cells: Sequence[str], values: Sequence[float], owner: str | None = None
) -> list[Flag]:
    """The Hampel filter over a long series whose level moves: readings by the hour or the day."""
    limit = window_threshold(_HALF)
    return [
        flag("hampel", f"{name} {cells[at]}", f"{values[at]:g}", "与前后数值接近", values[at], limit, owner)
        for at in hampel(values, _HALF)
    ]


def _runs(known: Sequence[float], raised: _Raise) -> list[Flag]:
    return [
        raised("stuck", run.start, *run_said(run, known[run.start]), run.length, run.expected)
        for run in stuck(known)
    ]


def _replays(known: Sequence[float], span: int, places: Sequence[str], raised: _Raise) -> list[Flag]:
    return [
        raised(
            "replay", one.second[1],
            say("与{place}起的{n}个数几乎相同", place=places[one.first[1]], n=one.length), "每段各不相同",
            one.distance, one.tolerance,
        )
        for one in replayed(known, span)
    ]  # fmt: skip
