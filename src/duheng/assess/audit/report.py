"""A suspicion as it reaches the person who can mend it: a reason, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from duheng.assess.audit.repeats import Run
from duheng.assess.audit.settings import PACKAGED, Thresholds, of
from duheng.assess.evidence import Cell
from duheng.model.findings import Finding
from duheng.model.saying import say

Known = float | None


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


def score_said(value: float, z: float) -> str:
    """A value with its score, in words."""
    return say("{value}，修正Z分数{z}", value=f"{value:g}", z=f"{z:.1f}")


def run_said(run: Run, value: float) -> tuple[str, str]:
    """A run of equal values and what was expected of it, in words."""
    return (
        say("连续{n}个{value}", n=run.length, value=f"{value:g}"),
        say("相同的不超过{n}个", n=run.expected),
    )
