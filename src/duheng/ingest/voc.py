"""VOCs of an enterprise: coefficients of the schemes in use, and whether an inventory is plausible.

No text names the scheme for Sichuan: each source's register names one (gd2023 by default), and every value says whose
it is. A scheme is a parameter for collection and one for treatment (cn/parameters/voc), replaced like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duheng.model.errors import UnknownName
from duheng.model.findings import Finding
from duheng.model.glossary import axis
from duheng.model.parameters import Local, Parameter, Setting
from duheng.model.saying import say

DEFAULT_SCHEME = "gd2023"
PARTS = {"收集": "voc_collection", "处理": "voc_treatment"}
Known = Decimal | None


@dataclass(frozen=True)
class Coefficient:
    """A share (0 to 1) that a scheme gives for one way of collecting or treating, with its text."""

    parameter: Parameter
    setting: Setting

    @property
    def share(self) -> Decimal:
        """The share itself."""
        return self.setting.value


def coefficient(
    part: str, said: str, on: date, scheme: str = DEFAULT_SCHEME, local: Local | None = None
) -> Coefficient:
    """The coefficient in force on a day of what an inventory names, `类型` or `类型 条件`. Raises UnknownName.

    part: one of PARTS. Schemes are never mixed silently: what the scheme lacks is not looked up in another.
    """
    here = local or Local()
    of = here.parameters.get(f"{PARTS[part]}_{scheme}")
    item = axis(PARTS[part]).find(said).title
    setting = here.at(of, on, item)
    if setting is None:
        raise UnknownName(said, dict.fromkeys(one.item for one in of.settings if one.item), of.title)
    return Coefficient(of, setting)


def above_scheme(
    place: str, part: str, stated: Known, known: Coefficient | None, owner: str | None = None
) -> list[Finding]:
    """A finding where an inventory claims more than the coefficient of the scheme it names, without measuring it."""
    if stated is None or known is None or stated <= known.share:
        return []
    said = say("{part}率{stated}，{scheme}为{share}", part=part, stated=f"{stated:.1%}", scheme=known.parameter,
               share=f"{known.share:.1%}")  # fmt: skip
    expected = say("不高于所选方案的系数（{basis}）", basis=known.setting.basis)
    remedy = "请附实测报告，或按系数取值"
    return [Finding("voc-coefficient", "warning", place, said, expected, remedy, owner)]


def plausible(
    place: str,
    generated: Known,
    capture: Known,
    destruction: Known,
    stack: Known,
    owner: str | None = None,
    *,
    on: date = date.max,
    local: Local | None = None,
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
    if captured and stack is not None:
        found += _against_balance(place, stack, captured, _bounds(local or Local(), on), owner)
    return found


def _bounds(local: Local, on: date) -> tuple[Setting, Setting]:
    low, high = (local.at(of, on) for of in ("stack_ratio_low", "stack_ratio_high"))
    if low is None or high is None:
        raise UnknownName(on.isoformat(), ["stack_ratio_low", "stack_ratio_high"], "取值")
    return low, high


def _against_balance(
    place: str, stack: Decimal, captured: Decimal, bounds: tuple[Setting, Setting], owner: str | None
) -> list[Finding]:
    low, high = bounds
    if low.value <= stack / captured <= high.value:
        return []
    numbers = {"stack": f"{stack:.4f}", "captured": f"{captured:.4f}"}
    said = say("处理前实测{stack} t，按衡算收集{captured} t", **numbers)
    expected = say("两者之比在{low}到{high}之间（{basis}）", low=low.value, high=high.value, basis=low.basis)
    return [Finding("voc-stack", "warning", place, said, expected, "请核对收集率、风量和浓度", owner)]
