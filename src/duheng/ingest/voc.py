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
from duheng.model.saying import say

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


def coefficient(part: str, said: str, scheme: str = DEFAULT_SCHEME) -> Efficiency:
    """The coefficient that an inventory names in one text, `类型` or `类型 条件`. Raises UnknownName."""
    listed = [one for one in efficiencies() if (one.scheme, one.part) == (scheme, part)]
    for one in listed:
        if said == f"{one.type} {one.condition}".strip():
            return one
    alike = [one for one in listed if one.type == said]
    if len(alike) == 1:
        return alike[0]
    raise UnknownName(said, [f"{one.type} {one.condition}".strip() for one in listed], f"{scheme}{part}方式")


def above_scheme(
    place: str, part: str, stated: Known, known: Efficiency | None, owner: str | None = None
) -> list[Finding]:
    """A finding where an inventory claims more than the coefficient of the scheme it names, without measuring it."""
    if stated is None or known is None or stated <= known.share:
        return []
    said = say("{part}率{stated}，{scheme}系数为{share}", part=part, stated=f"{stated:.1%}", scheme=known.scheme,
               share=f"{known.share:.1%}")  # fmt: skip
    remedy = "请附实测报告，或按系数取值"
    return [Finding("voc-coefficient", "warning", place, said, "不高于所选方案的系数", remedy, owner)]


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
                Finding(
                    "voc-share",
                    "error",
                    place,
                    say("{name}为{share}", name=name, share=f"{share:%}"),
                    "0到100%之间",
                    "请更正",
                    owner,
                )
            )
    if generated is not None and generated < 0:
        said = say("产生量为{value} t，带走和回收的多于物料带入的", value=f"{generated:f}")
        found.append(Finding("voc-balance", "error", place, said, "不小于0", "请核对溶剂平衡", owner))
    captured = None if generated is None or capture is None else generated * capture
    if captured and stack is not None and not _STACK_LOW <= stack / captured <= _STACK_HIGH:
        numbers = {"stack": f"{stack:.4f}", "captured": f"{captured:.4f}"}
        said = say("处理前实测{stack} t，按衡算收集{captured} t", **numbers)
        expected = say("两者之比在{low}到{high}之间", low=_STACK_LOW, high=_STACK_HIGH)
        found.append(
            Finding("voc-stack", "warning", place, said, expected, "请核对收集率、风量和浓度", owner)
        )
    return found
