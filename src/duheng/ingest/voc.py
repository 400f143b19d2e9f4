"""VOCs of an enterprise: coefficients of the schemes in use, and whether an inventory is plausible.

No text names the scheme for Sichuan: an administrator chooses one (gd2023 by default) and every value says whose it is.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from duheng.model.data import root
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding

DEFAULT_SCHEME = "gd2023"
_STACK_LOW, _STACK_HIGH = Decimal("0.5"), Decimal("1.5")  # 一厂一策 review: measured load against the balance
Known = Decimal | None


@dataclass(frozen=True)
class Efficiency:
    """A coefficient of a scheme: 收集 or 处理, type, condition, share (0 to 1), its citation and certainty."""

    scheme: str
    part: str
    type: str
    condition: str
    share: Decimal
    cite: str
    certainty: str


@cache
def efficiencies() -> tuple[Efficiency, ...]:
    """Every coefficient of cn/voc/efficiencies.csv."""
    with (root() / "voc" / "efficiencies.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Efficiency(
                scheme=row["scheme"],
                part=row["part"],
                type=row["type"],
                condition=row["condition"],
                share=Decimal(row["percent"]) / 100,
                cite=row["cite"],
                certainty=row["certainty"],
            )
            for row in csv.DictReader(file)
        )


def efficiency(part: str, type: str, condition: str = "", scheme: str = DEFAULT_SCHEME) -> Efficiency:
    """The coefficient of a type under a scheme. Raises UnknownName naming what the scheme has.

    Schemes are never mixed silently: a type that the scheme lacks is not looked up in another.
    """
    listed = [one for one in efficiencies() if (one.scheme, one.part) == (scheme, part)]
    if not listed:
        raise UnknownName(f"{scheme} {part}", [f"{one.scheme} {one.part}" for one in efficiencies()])
    for one in listed:
        if (one.type, one.condition) == (type, condition):
            return one
    raise UnknownName(
        f"{type} {condition}".strip(), [f"{one.type} {one.condition}".strip() for one in listed]
    )


def plausible(
    place: str, generated: Known, capture: Known, destruction: Known, stack: Known, owner: str | None = None
) -> list[Finding]:
    """What is odd in one source of an inventory; what is not stated is not checked.

    generated, stack: t a year, the latter measured before the treatment; capture, destruction: shares.
    """
    found = []
    for name, share in (("收集率", capture), ("处理效率", destruction)):
        if share is not None and not 0 <= share <= 1:
            found.append(
                Finding("voc-share", "error", place, f"{name}为{share:%}", "0到100 %之间", "请更正", owner)
            )
    if generated is not None and generated < 0:
        said = f"产生量为{generated} t，带走和回收的多于物料带入的"
        found.append(Finding("voc-balance", "error", place, said, "不小于0", "请核对溶剂平衡", owner))
    captured = None if generated is None or capture is None else generated * capture
    if captured and stack is not None and not _STACK_LOW <= stack / captured <= _STACK_HIGH:
        said = f"处理前实测{stack} t，按衡算收集{captured:.4f} t"
        expected = f"两者之比在{_STACK_LOW}到{_STACK_HIGH}之间"
        found.append(
            Finding("voc-stack", "warning", place, said, expected, "请核对收集率、风量和浓度", owner)
        )
    return found
