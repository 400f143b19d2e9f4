"""A suspicion as it reaches the person who can mend it: a reason, never a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duheng.assess.audit.changes import pettitt
from duheng.assess.audit.outliers import alarm_threshold, hampel, modified_z, outliers, window_threshold
from duheng.assess.audit.repeats import replayed, stuck
from duheng.assess.audit.settings import number, of
from duheng.model.findings import Finding

Known = float | None
_HALF = 12


@dataclass(frozen=True)
class Flag:
    """A finding with its measure: the statistic and the tolerance that it exceeds, in the check's own terms."""

    finding: Finding
    statistic: float
    tolerance: float


def flag(
    code: str, place: str, found: str, expected: str, statistic: float, tolerance: float, owner: str | None
) -> Flag:
    """A flag of one check; its title and remedy come from cn/audit/tests.yaml."""
    about = of(code)
    said = f"{expected}（容许{tolerance:g}）"
    finding = Finding(
        f"audit-{code}", "warning", place, f"{about['title']}：{found}", said, about["remedy"], owner
    )
    return Flag(finding, statistic, tolerance)


def audit_series(
    name: str,
    cells: Sequence[str],
    values: Sequence[Known],
    *,
    owner: str | None = None,
    span: int | None = None,
) -> list[Flag]:
    """All tests of one series on the values that are stated; missing ones are left out, never filled.

    name: what the series is; cells: the place of each value ("B12", "2023-05"); span: points of a period that could
    be replayed (24 for hours), only for series without gaps.
    """
    if len(cells) != len(values):
        raise ValueError(f"{name}：{len(cells)}个位置，{len(values)}个数值")
    kept = [(cell, value) for cell, value in zip(cells, values, strict=True) if value is not None]
    places, known = [cell for cell, _ in kept], [value for _, value in kept]

    def raised(code: str, at: int, found: str, expected: str, statistic: float, tolerance: float) -> Flag:
        return flag(code, f"{name} {places[at]}", found, expected, statistic, tolerance, owner)

    flags = [*_outliers(known, raised), *_runs(known, raised), *_changes(known, raised)]
    if span and len(known) == len(values):
        flags += _replays(known, span, places, raised)
    return flags


_Raise = Callable[[str, int, str, str, float, float], Flag]


def _outliers(known: Sequence[float], raised: _Raise) -> list[Flag]:
    limit, scores = alarm_threshold(len(known)), modified_z(known)
    found = []
    for at in outliers(known):
        z = scores[at] or 0.0
        found.append(
            raised("outlier", at, f"{known[at]:g}，修正Z分数{z:.1f}", "与本序列其他数接近", z, limit)
        )
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
        raised(
            "stuck", run.start, f"连续{run.length}个{known[run.start]:g}", f"相同的不超过{run.expected}个", run.length,
            run.expected,
        )
        for run in stuck(known)
    ]  # fmt: skip


def _changes(known: Sequence[float], raised: _Raise) -> list[Flag]:
    change = pettitt(known)
    if change is None or not change.suspicious:
        return []
    found = f"此后均值由{change.before_mean:.6g}变为{change.after_mean:.6g}（p={change.p:.2g}）"
    return [raised("pettitt", change.after, found, "前后水平一致", change.p, number("pettitt", "p"))]


def _replays(known: Sequence[float], span: int, places: Sequence[str], raised: _Raise) -> list[Flag]:
    return [
        raised(
            "replay", one.second[1], f"与{places[one.first[1]]}起的{one.length}个数几乎相同", "每段各不相同",
            one.distance, one.tolerance,
        )
        for one in replayed(known, span)
    ]  # fmt: skip
