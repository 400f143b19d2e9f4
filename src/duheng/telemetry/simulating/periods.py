"""Values of minutes, hours and days out of the moments: lowest, mean, highest, amount, all from the same samples.

A sample stands for a minute. The mean of a concentration is weighted by the flow (HJ 212-2017 annex D), so that
flow x concentration is the amount on every level; an hour's amount is the sum of its printed parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .deceptions import reported
from .faults import Injection
from .noise import DAY, HOUR, Moments, Numbers
from .sources import CONCENTRATION, FLOW, NORMAL, Factor, Flags, Kind, Source

SAMPLE = 60  # [s]
# What the standard allows for real-time [s] and minute data [min] (HJ 212-2017 table 4).
INTERVALS = range(30, 3601)
MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
VOLUME_DECIMALS, MASS_DECIMALS = (
    3,
    6,
)  # two are printed in the standard; a small outlet's phosphorus needs more
_OXYGEN, _AIR = "a19001", 21.0
_SHARE = 0.75  # of normal samples for a normal mean of flue gas (HJ 212-2017 C.16)
_LESS = 0.7  # of its amount, where a device understates it


@dataclass(frozen=True)
class Device:
    """A source that sends. interval [s]: of real-time data; minutes: of a minute value; edition: 2017 or 2005.

    ahead: what its clock was set to be ahead of the true one [s].
    """

    source: Source
    injections: tuple[Injection, ...] = ()
    interval: int = 60
    minutes: int = 10
    edition: int = 2017
    ahead: int = 0
    # A day is reckoned at once and kept while it is being sent.
    kept: dict[tuple[str, int], Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def mn(self) -> str:
        """Its identity."""
        return self.source.mn

    def has(self, fault: str, moment: int) -> bool:
        """Whether a fault strikes now."""
        return any(one.fault == fault and one.on(moment) for one in self.injections)

    def faults(self) -> frozenset[str]:
        """Those that it ever has."""
        return frozenset(one.fault for one in self.injections)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of a factor in a period: printed numbers by suffix (Rtd, Min, ZsAvg, Cou ...), and the flag."""

    values: Mapping[str, str]
    flag: str


Row = dict[str, Cell]  # by factor
Made = TypeVar("Made")
_DAYS = 6  # kept of a device, of both sorts together


@dataclass
class _Level:
    """Factors over periods of one length. mass [kg] and volume are unrounded; amount is the sum of what was printed."""

    low: dict[str, Numbers]
    mean: dict[str, Numbers]
    high: dict[str, Numbers]
    volume: Numbers
    mass: dict[str, Numbers]
    amount: dict[str, Numbers]
    converted: dict[str, tuple[Numbers, Numbers]]  # lowest and highest at standard oxygen
    flags: Flags


class _Instants(NamedTuple):
    """Of one day, a value each `interval` seconds; converted: at standard oxygen."""

    values: Mapping[str, Numbers]
    converted: Mapping[str, Numbers]
    flags: Flags


def moment(device: Device, time: int) -> Row:
    """The real-time values at `time` [s], a multiple of the device's interval or not."""
    start = time // DAY * DAY
    place, aside = divmod(time - start, device.interval)
    if aside:
        found, place = _instants(device, np.array([time], dtype=np.int64)), 0
    else:
        times = np.arange(start, start + DAY, device.interval, dtype=np.int64)
        found = _kept(device, ("instants", start), lambda: _instants(device, times))
    row = Row()
    for factor in device.source.kind.factors:
        printed = {"Rtd": shown(found.values[factor.code][place], factor.decimals)}
        if factor.converted:
            printed["ZsRtd"] = shown(found.converted[factor.code][place], factor.decimals)
        row[factor.code] = Cell(printed, str(found.flags[place]))
    return row


def _instants(device: Device, times: Moments) -> _Instants:
    kind = device.source.kind
    values, flags = reported(device.source, device.injections, times)
    converted = {
        factor.code: _converted(kind, values[factor.code], values[_OXYGEN])
        for factor in kind.factors
        if factor.converted
    }
    return _Instants(values, converted, flags)


def _kept(device: Device, name: tuple[str, int], make: Callable[[], Made]) -> Made:
    found: Made
    if name in device.kept:
        found = device.kept[name]
        return found
    found = make()
    while len(device.kept) >= _DAYS:
        del device.kept[next(iter(device.kept))]
    device.kept[name] = found
    return found


def row(device: Device, length: int, time: int) -> Row:
    """The period of `length` [s] (of a minute value, 3600, 86400) that begins at `time`."""
    start = time // DAY * DAY
    levels = _kept(device, ("day", start), lambda: _day(device, start))
    level, place = levels[length], (time - start) // length
    kind, found = device.source.kind, Row()
    for factor in kind.factors:
        code, decimals = factor.code, factor.decimals
        mean = round(float(level.mean[code][place]), decimals)
        numbers = {"Min": level.low[code][place], "Avg": mean, "Max": level.high[code][place]}
        if factor.converted:
            low, high = (float(side[place]) for side in level.converted[code])
            oxygen = round(float(level.mean[_OXYGEN][place]), 2)
            whole = float(_converted(kind, np.float64(mean), np.float64(oxygen)))
            numbers |= {"ZsMin": min(low, whole), "ZsAvg": whole, "ZsMax": max(high, whole)}
        printed = {name: shown(number, decimals) for name, number in numbers.items()}
        if code in level.amount:
            less = _LESS if factor.role == CONCENTRATION and device.has("less-amount", time) else 1.0
            printed = {"Cou": shown(level.amount[code][place] * less, _amount_decimals(factor))} | printed
        found[code] = Cell(printed, str(level.flags[place]))
    return found


def _day(device: Device, start: int) -> Mapping[int, _Level]:
    """The periods of a day that begins at `start` [s], by their length [s]."""
    level, length = _samples(device, start), SAMPLE
    levels = {}
    for longer in (device.minutes * SAMPLE, HOUR, DAY):
        level, length = _longer(device.source.kind, level, longer // length), longer
        levels[longer] = level
    return levels


def _samples(device: Device, start: int) -> _Level:
    kind = device.source.kind
    times = np.arange(start, start + DAY, SAMPLE, dtype=np.int64)
    values, flags = reported(device.source, device.injections, times)
    flows = [factor.code for factor in kind.factors if factor.role == FLOW]
    volume = values[flows[0]] * (SAMPLE * kind.volume) if flows else np.zeros(len(times))
    mass = {
        factor.code: values[factor.code] * volume * kind.mass
        for factor in kind.factors
        if factor.role == CONCENTRATION and kind.mass
    }
    amount = {code: values[code] * (SAMPLE * kind.volume) for code in flows} | mass
    converted = {
        factor.code: _converted(kind, values[factor.code], values[_OXYGEN])
        for factor in kind.factors
        if factor.converted
    }
    pairs = {code: (found, found) for code, found in converted.items()}
    return _Level(values, values, values, volume, mass, amount, pairs, flags)


def _longer(kind: Kind, level: _Level, parts: int) -> _Level:
    """Periods of `parts` periods each."""

    def split(numbers: Numbers) -> Numbers:
        return numbers.reshape(-1, parts)

    volume = split(level.volume).sum(axis=1)
    mass = {code: split(found).sum(axis=1) for code, found in level.mass.items()}
    mean = {}
    for code, found in level.mean.items():
        plain = split(found).mean(axis=1)
        if code in mass:
            weighted = mass[code] / np.where(volume > 0, volume * kind.mass, 1.0)
            plain = np.where(volume > 0, weighted, plain)
        mean[code] = plain
    factors = {factor.code: factor for factor in kind.factors}
    return _Level(
        {code: split(found).min(axis=1) for code, found in level.low.items()},
        mean,
        {code: split(found).max(axis=1) for code, found in level.high.items()},
        volume,
        mass,
        {
            code: np.round(split(found).sum(axis=1), _amount_decimals(factors[code]))
            for code, found in level.amount.items()
        },
        {code: (split(a).min(axis=1), split(b).max(axis=1)) for code, (a, b) in level.converted.items()},
        np.array([_flag(kind, part) for part in level.flags.reshape(-1, parts)]),
    )


def _flag(kind: Kind, flags: Flags) -> str:
    """Of a period: water is abnormal with one abnormal part, gas below three quarters of normal ones (C.16 to C.18)."""
    normal = flags == NORMAL
    if normal.all() or (kind.st != "32" and normal.mean() >= _SHARE):
        return NORMAL
    found, counts = np.unique(flags[~normal], return_counts=True)
    return str(found[counts.argmax()])


def _converted(kind: Kind, values: Any, oxygen: Any) -> Any:
    """At the standard's oxygen (HJ 212-2017 annex D). Close to that of air it means nothing: left as it is."""
    assert kind.oxygen is not None
    usable = oxygen < _AIR - 0.5
    return np.where(usable, values * (_AIR - kind.oxygen) / np.where(usable, _AIR - oxygen, 1.0), values)


def _amount_decimals(factor: Factor) -> int:
    return MASS_DECIMALS if factor.role == CONCENTRATION else VOLUME_DECIMALS


def shown(number: float, decimals: int) -> str:
    """As a device prints it; zero without a sign."""
    text = f"{number:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text
