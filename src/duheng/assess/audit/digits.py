"""First and last digits: Benford's law and heaping. Both screen groups of figures and prove nothing of one firm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duheng.assess.audit.settings import PACKAGED, Thresholds

Number = float | int | Decimal
_BENFORD = tuple(math.log10(1 + 1 / digit) for digit in range(1, 10))


@dataclass(frozen=True)
class FirstDigits:
    """How first digits compare with Benford's law.

    counts of 1 to 9; chi2 (8 degrees of freedom); mad: mean absolute deviation of the shares; unfit: why the law
    does not apply to these figures, empty where it does; critical: chi2 that chance seldom exceeds.
    """

    counts: tuple[int, ...]
    chi2: float
    mad: float
    unfit: str
    critical: float

    @property
    def suspicious(self) -> bool:
        """Whether the law applies and is missed beyond chance (the 0.1 % point of chi2)."""
        return not self.unfit and self.chi2 > self.critical


def first_digits(values: Iterable[Number], limits: Thresholds = PACKAGED) -> FirstDigits:
    """First digits of the values other than nought, whatever their sign and size (2 ** 999 as well)."""
    used: list[Number] = [value if value > 0 else -value for value in values if value != 0]
    counts, critical = [0] * 9, limits.number("benford", "critical")
    for value in used:
        counts[int(_first(value)) - 1] += 1
    total = len(used)
    if not total:
        return FirstDigits((0,) * 9, 0.0, 0.0, "没有非零的数", critical)
    chi2 = math.fsum(
        (count - total * share) ** 2 / (total * share) for count, share in zip(counts, _BENFORD, strict=True)
    )
    mad = math.fsum(abs(c / total - share) for c, share in zip(counts, _BENFORD, strict=True)) / 9
    return FirstDigits(tuple(counts), chi2, mad, _unfit(used, limits), critical)


def _first(value: Number) -> str:
    text = str(value) if isinstance(value, int) else f"{Decimal(str(value)):e}"
    return text.lstrip("0.")[0]


def _unfit(used: Sequence[Number], limits: Thresholds) -> str:
    least, most = (limits.number("benford", name) for name in ("least_values", "least_decades"))
    if len(used) < least:
        return f"只有{len(used)}个数，少于{least:g}个"
    decades = _magnitude(max(used)) - _magnitude(min(used))
    if decades < most:
        return f"数值只跨{decades:.1f}个数量级，少于{most:g}个"
    return ""


def _magnitude(value: Number) -> float:
    return math.log10(value) if isinstance(value, int) else float(Decimal(str(value)).log10())


@dataclass(frozen=True)
class LastDigits:
    """How last digits compare with an even spread: counts of 0 to 9, chi2 (9 degrees of freedom).

    unfit, critical: as of `FirstDigits`.
    """

    counts: tuple[int, ...]
    chi2: float
    unfit: str
    critical: float

    @property
    def suspicious(self) -> bool:
        """Whether figures heap on some digits beyond chance (the 0.1 % point of chi2)."""
        return not self.unfit and self.chi2 > self.critical


def last_digits(stated: Iterable[str], limits: Thresholds = PACKAGED) -> LastDigits:
    """Last printed digits of figures as stated ("120.50" ends in 0): texts, since a float has lost its noughts."""
    digits = [text.strip()[-1] for text in stated if text.strip() and text.strip()[-1].isdigit()]
    counts = tuple(digits.count(str(digit)) for digit in range(10))
    even = len(digits) / 10
    chi2 = math.fsum((count - even) ** 2 / even for count in counts) if even else 0.0
    least = limits.number("heaping", "least_values")
    unfit = "" if len(digits) >= least else f"只有{len(digits)}个数，少于{least:g}个"
    return LastDigits(counts, chi2, unfit, limits.number("heaping", "critical"))
