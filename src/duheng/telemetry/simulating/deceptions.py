"""Faults of the values: what a device reports in place of what is. Each keeps what follows from it coherent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from .faults import Injection
from .noise import DAY, HOUR, Moments, Numbers, key, rough
from .sources import CONCENTRATION, FLOW, PRODUCTION, TREATMENT, Factor, Flags, Series, Source, truth

MATCHED = {"water": ("w01018", "w21003"), "gas": ("a21026", "a21002")}  # they rise and fall together
_OXYGEN = "a19001"
_AIR = 21.0  # oxygen in air, as the formula of conversion has it [%]


def reported(source: Source, injections: tuple[Injection, ...], moments: Moments) -> tuple[Series, Flags]:
    """What the device says of these moments."""
    values, flags = truth(source, moments)
    for one in injections:
        inside = (moments >= one.first) & (moments < one.last)
        if one.fault in _VALUES and inside.any():
            part = {code: found[inside] for code, found in values.items()}
            said = _VALUES[one.fault](source, one, moments[inside], part)
            for code, changed in said.items():
                values[code] = values[code].copy()
                values[code][inside] = changed
        if sign := _FLAGS.get(one.fault):
            flags = np.where(inside, sign, flags)
    return values, flags


def concerned(source: Source, fault: str) -> tuple[str, ...]:
    """The factors that a fault of values or flags changes at a device."""
    polluting = tuple(factor.code for factor in source.kind.factors if factor.role == CONCENTRATION)
    if fault == "untreated":
        return (TREATMENT,)
    if fault == "stuck":
        factors = source.kind.factors
        return (polluting[0],) if polluting else (factors[key(source.seed, "stuck") % 6].code,)
    if fault == "unit":
        return (polluting[1],)
    if fault == "contrary":
        return (MATCHED[source.kind.name][0],)
    if fault == "dilution":
        other = [factor.code for factor in source.kind.factors if factor.role == FLOW]
        return (*polluting, _OXYGEN) if source.kind.name == "gas" else (*polluting, *other)
    if fault in _FLAGS or fault == "copied-day":
        return tuple(factor.code for factor in source.kind.factors)
    return polluting if fault in _VALUES or fault == "less-amount" else ()


@lru_cache(maxsize=512)
def _mean(source: Source, code: str, first: int, last: int) -> float:
    grid = np.arange(first, max(last, first + HOUR), HOUR, dtype=np.int64)
    return float(truth(source, grid)[0][code].mean())


def _limited(source: Source, codes: tuple[str, ...]) -> list[Factor]:
    return [source.factors[code] for code in codes if source.factors[code].limit is not None]


def _thinned(source: Source, values: Series, factor: Factor) -> Numbers | float:
    """From the value at standard oxygen, to which the limit applies, to the value as measured."""
    if not factor.converted or source.kind.oxygen is None:
        return 1.0
    return (_AIR - values[_OXYGEN]) / (_AIR - source.kind.oxygen)


def _constant(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    return {code: np.full(len(moments), _mean(source, code, one.first, one.last)) for code in one.factors}


def _stuck(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    before, _ = truth(source, np.array([one.first - 60], dtype=np.int64))
    return {code: np.full(len(moments), before[code][0]) for code in one.factors}


def _high(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    """Above the limit, as it would be without treatment."""
    return {
        factor.code: (factor.limit or 0.0)
        * (values[factor.code] / _mean(source, factor.code, one.first, one.last) * 0.35 + 1.1)
        * _thinned(source, values, factor)
        for factor in _limited(source, one.factors)
    }


def _capped(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    high = _high(source, one, moments, values)
    capped = {}
    for factor in _limited(source, one.factors):
        edge = 0.955 + 0.02 * rough(key(source.seed, "cap", factor.code), moments)
        capped[factor.code] = np.minimum(
            high[factor.code], edge * (factor.limit or 0.0) * _thinned(source, values, factor)
        )
    return capped


def _dilution(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    if source.kind.name == "water":
        flow = source.kind.factors[0].code
        return {code: values[code] * 1.7 if code == flow else values[code] / 1.7 for code in one.factors}
    oxygen = np.minimum(20.6, values[_OXYGEN] + 0.8 * (_AIR - values[_OXYGEN]))
    ratio = (_AIR - oxygen) / (_AIR - values[_OXYGEN])
    return {code: oxygen if code == _OXYGEN else values[code] * ratio for code in one.factors}


def _contrary(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    """Mirrored at its mean: it falls when its fellow rises."""
    code, fellow = MATCHED[source.kind.name]
    own, other = _mean(source, code, one.first, one.last), _mean(source, fellow, one.first, one.last)
    return {code: np.maximum(0.05 * own, own * (2.0 - values[fellow] / other))}


def _smoothed(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    means = {code: _mean(source, code, one.first, one.last) for code in one.factors}
    return {code: mean + 0.03 * (values[code] - mean) for code, mean in means.items()}


def _copied(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    before, _ = truth(source, one.first - DAY + (moments - one.first) % DAY)
    return {code: before[code] for code in one.factors}


def _zero(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    return {code: np.zeros(len(moments)) for code in one.factors}


def _negative(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    return {code: -0.1 * np.abs(values[code]) - 0.01 for code in one.factors}


def _thousandfold(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    return {code: values[code] * 1000.0 for code in one.factors}


def _untreated(source: Source, one: Injection, moments: Moments, values: Series) -> Series:
    return {TREATMENT: np.where(values[PRODUCTION] > 0, 1.5, values[TREATMENT])}


Deception = Callable[[Source, Injection, Moments, Series], Series]
_VALUES: Mapping[str, Deception] = {
    "constant": _constant, "stuck": _stuck, "over-limit": _high, "capped": _capped, "dilution": _dilution,
    "contrary": _contrary, "smoothed": _smoothed, "copied-day": _copied, "zero": _zero, "negative": _negative,
    "unit": _thousandfold, "untreated": _untreated,
}  # fmt: skip
_FLAGS = {"device-fault": "D", "over-range": "T"}
