"""What a check of a balance found: a row in the layout of the yearbook's own findings list, and a finding to read.

Region, identity, fuel, printed, recomputed, difference, comment, source, confidence, tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass

from duheng.model.findings import Finding, Severity

COLUMNS = (
    "province", "identity", "fuel", "printed", "recomputed", "difference", "comment", "source", "confidence",
    "tolerance",
)  # fmt: skip


@dataclass(frozen=True)
class Discrepancy:
    """A check that did not hold. region: the table; identity: the check; numbers in the column's own unit.

    certainty: of the limit that it is beyond; year: where the file has several; bound: what a cell must keep to where
    no other cell says what it should be.
    """

    region: str
    identity: str
    fuel: str
    printed: float | None
    recomputed: float | None
    comment: str
    tolerance: float | None
    severity: Severity
    source: str
    certainty: str = "verified"
    year: str = ""
    bound: str = ""

    @property
    def difference(self) -> float | None:
        """printed less recomputed."""
        if self.printed is None or self.recomputed is None:
            return None
        return self.printed - self.recomputed

    def cells(self) -> tuple[str | float | None, ...]:
        """The row of the findings list."""
        numbers = [_rounded(one) for one in (self.printed, self.recomputed, self.difference)]
        return (
            self.region, self.identity, self.fuel, *numbers, self.comment, self.source, "computed", self.tolerance,
        )  # fmt: skip

    def finding(self) -> Finding:
        """The same as a finding for the person at the screen."""
        cells = self.cells()
        expected = (
            f"{cells[4]}（差{cells[5]}，容差{self.tolerance}）"
            if cells[5] is not None
            else f"不超过{self.tolerance}"
        )
        expected = self.bound or expected
        return Finding(
            f"balance-{self.identity}", self.severity,
            " ".join(filter(None, (self.source, self.region, self.year, self.fuel))),
            f"{self.comment}：表中{_shown(cells[3])}", expected, "请与原表核对后改正",
        )  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """discrepancies: what does not hold. unchecked: identities that fail where some of their rows are absent.

    remarks: statistical differences that are large beside the supply, which is unusual and no error.
    """

    discrepancies: tuple[Discrepancy, ...]
    unchecked: tuple[Finding, ...]
    remarks: tuple[Discrepancy, ...]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _shown(value: object) -> str:
    return "空白" if value is None else str(value)
