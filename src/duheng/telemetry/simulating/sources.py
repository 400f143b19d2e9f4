"""What stands at an outlet, a chimney, an air station or a switchboard, and what it measures at any moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .noise import DAY, HOUR, Moments, Numbers, daily, key, share, smooth, wandering

Flags = npt.NDArray[np.str_]
Series = dict[str, Numbers]  # value of each factor at each moment

STATE, FLOW, CONCENTRATION = "state", "flow", "concentration"
NORMAL, STOPPED, MAINTAINED = "N", "F", "M"
_STOP_EVERY, _STOP = 14 * DAY, 6 * HOUR
_CARE_EVERY, _CARE = 7 * DAY, HOUR


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor that a device measures.

    role: STATE; FLOW (its amount is a volume or an energy); CONCENTRATION (its amount is a mass, by the flow).
    limit: permitted value in its unit; None without one. converted: whether it is brought to standard oxygen.
    """

    code: str
    decimals: int
    role: str = STATE
    limit: float | None = None
    converted: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of device. seconds: factor from flow to amount in a second. oxygen: standard content [%], None without."""

    name: str
    title: str
    st: str
    factors: tuple[Factor, ...]
    volume: float = 0.0  # amount of flow in a second, per unit of flow
    mass: float = 0.0  # kg for each unit of concentration times volume
    oxygen: float | None = None


# Units as the code tables print them (cn/hj212/factors.csv): L/s and mg/L; m3/s and mg/m3.
WATER = Kind(
    "water", "废水排口", "32",
    (
        Factor("w00000", 2, FLOW),
        Factor("w01018", 2, CONCENTRATION, 50.0),
        Factor("w21003", 3, CONCENTRATION, 5.0),
        Factor("w21011", 3, CONCENTRATION, 0.5),
        Factor("w21001", 2, CONCENTRATION, 15.0),
        Factor("w01001", 2),
        Factor("w01010", 1),
    ),
    volume=1e-3, mass=1e-3,
)  # fmt: skip
GAS = Kind(
    "gas", "烟气排口", "31",
    (
        Factor("a00000", 3, FLOW),
        Factor("a34013", 2, CONCENTRATION, 10.0, True),
        Factor("a21026", 2, CONCENTRATION, 35.0, True),
        Factor("a21002", 2, CONCENTRATION, 50.0, True),
        Factor("a19001", 2),
        Factor("a01011", 2),
        Factor("a01012", 1),
        Factor("a01013", 3),
        Factor("a01014", 2),
    ),
    volume=1.0, mass=1e-6, oxygen=6.0,
)  # fmt: skip
AIR = Kind(
    "air", "空气站", "22",
    (
        Factor("a34004", 1), Factor("a34002", 1), Factor("a21026", 1), Factor("a21004", 1), Factor("a21005", 3),
        Factor("a05024", 1), Factor("a01001", 1), Factor("a01002", 1), Factor("a01006", 2), Factor("a01007", 1),
        Factor("a01008", 0),
    ),
)  # fmt: skip
# ST=80 is an extension of the provinces and its codes differ; these two are ours. Power [kW], amount [kWh].
PRODUCTION, TREATMENT = "ep0101", "ep0201"
POWER = Kind(
    "power", "用电监控", "80", (Factor(PRODUCTION, 2, FLOW), Factor(TREATMENT, 2, FLOW)), volume=1.0 / HOUR
)
KINDS = {kind.name: kind for kind in (WATER, GAS, AIR, POWER)}


@dataclass(frozen=True, slots=True)
class Source:
    """A device. seed: of its series; the same for the outlet and the power monitor of one site."""

    kind: Kind
    mn: str
    title: str
    entity: str
    site: str
    password: str
    seed: int

    @property
    def factors(self) -> Mapping[str, Factor]:
        """Its factors by code."""
        return {factor.code: factor for factor in self.kind.factors}


def truth(source: Source, moments: Moments) -> tuple[Series, Flags]:
    """What really is at these moments, and the flag of each: running, stopped, under maintenance."""
    running = ~_within(source.seed, "stop", moments, _STOP_EVERY, _STOP)
    care = _within(key(source.seed, source.mn), "care", moments, _CARE_EVERY, _CARE)
    values = _MADE[source.kind.name](source.seed, moments, running)
    if source.kind in (AIR, POWER):
        running = np.ones_like(
            running
        )  # a station without production, a meter that measures the stop as well
    flags = np.where(~running, STOPPED, np.where(care, MAINTAINED, NORMAL))
    return values, flags


def _within(seed: int, what: str, moments: Moments, every: int, length: int) -> npt.NDArray[np.bool_]:
    """Whether a stretch that begins at a full hour once in each period is on."""
    cycle = moments // every
    starts = np.empty_like(moments)
    for one in np.unique(cycle):
        hours = (every - length) // HOUR
        starts[cycle == one] = one * every + int(share(seed, what, int(one)) * hours) * HOUR
    return (moments >= starts) & (moments < starts + length)


def _size(seed: int, what: str, low: float, high: float) -> float:
    return low + (high - low) * share(seed, "size", what)


def _load(seed: int, moments: Moments) -> Numbers:
    """Production relative to its mean, the same for everything at a site."""
    return np.asarray(
        1.0 + 0.18 * daily(moments, _size(seed, "crest", 9, 16)) + 0.2 * wandering(key(seed, "load"), moments)
    )


def _water(seed: int, moments: Moments, running: npt.NDArray[np.bool_]) -> Series:
    load = _load(seed, moments)
    strength = wandering(
        key(seed, "strength"), moments
    )  # of the sewage: all pollutants rise and fall with it

    def level(code: str, low: float, high: float) -> Numbers:
        own = wandering(key(seed, code), moments)
        return _size(seed, code, low, high) * (1.0 + 0.25 * (load - 1.0) + 0.3 * strength + 0.12 * own)

    return {
        "w00000": _size(seed, "flow", 8, 120) * load * running,
        "w01018": level("w01018", 18, 30),
        "w21003": level("w21003", 0.8, 2.2),
        "w21011": level("w21011", 0.15, 0.28),
        "w21001": level("w21001", 6, 9.5),
        "w01001": 7.2 + 0.4 * wandering(key(seed, "ph"), moments),
        "w01010": 18
        + 6 * _season(moments)
        + 0.8 * daily(moments, 15)
        + 0.4 * wandering(key(seed, "t"), moments),
    }


def _gas(seed: int, moments: Moments, running: npt.NDArray[np.bool_]) -> Series:
    load = _load(seed, moments)
    oxygen = _size(seed, "oxygen", 6.5, 9.5) - 2.0 * (load - 1.0) + 0.5 * wandering(key(seed, "o2"), moments)
    thinned = (
        (21.0 - oxygen) / (21.0 - GAS.oxygen) if GAS.oxygen else 1.0
    )  # air drawn in thins every pollutant

    def level(code: str, low: float, high: float) -> Numbers:
        own = wandering(key(seed, code), moments)
        return _size(seed, code, low, high) * (1.0 + 0.25 * (load - 1.0) + 0.3 * own) * thinned * running

    heat = _size(seed, "heat", 55, 110) * (0.8 + 0.2 * load) + 2 * wandering(key(seed, "t"), moments)
    speed = _size(seed, "speed", 7, 14) * load * running
    pressure = -0.25 + 0.15 * wandering(key(seed, "p"), moments)
    humidity = _size(seed, "wet", 8, 13) + 1.5 * wandering(key(seed, "wet"), moments)
    # HJ 212-2017 annex D: standard dry flow from section, speed, temperature, pressure and humidity.
    flow = _size(seed, "section", 2, 14) * speed * 273.0 / (273.0 + heat)
    flow = flow * (101.325 + pressure) / 101.325 * (1.0 - humidity / 100.0)
    return {
        "a00000": flow,
        "a34013": level("a34013", 2.5, 5.5),
        "a21026": level("a21026", 9, 19),
        "a21002": level("a21002", 20, 32),
        "a19001": np.where(running, oxygen, 20.8),
        "a01011": speed,
        "a01012": np.where(running, heat, 35.0),
        "a01013": np.where(running, pressure, 0.0),
        "a01014": np.where(running, humidity, 3.0),
    }


def _air(seed: int, moments: Moments, running: npt.NDArray[np.bool_]) -> Series:
    still = smooth(key(seed, "still"), moments, DAY)  # weather without wind: everything gathers

    def level(what: str, low: float, high: float, crest: float, wave: float) -> Numbers:
        own = 0.12 * wandering(key(seed, what), moments)
        return _size(seed, what, low, high) * (1.0 + 0.45 * still + wave * daily(moments, crest) + own)

    fine = level("fine", 25, 45, 8, 0.15)
    heat = 16 + 9 * _season(moments) + 4 * daily(moments, 15) + wandering(key(seed, "t"), moments)
    return {
        "a34004": fine,
        "a34002": fine * (1.5 + 0.1 * smooth(key(seed, "coarse"), moments, 6 * HOUR)),
        "a21026": level("so2", 5, 10, 10, 0.1),
        "a21004": level("no2", 18, 34, 20, 0.2),
        "a21005": level("co", 0.5, 0.8, 8, 0.15),
        "a05024": np.maximum(4.0, 60 + 25 * _season(moments) + 40 * daily(moments, 15) + 15 * still),
        "a01001": heat,
        "a01002": 72 - 12 * daily(moments, 15) + 8 * still,
        "a01006": 97.0 + 0.5 * smooth(key(seed, "pa"), moments, DAY),
        "a01007": np.maximum(0.2, 2.0 - 1.2 * still + 0.4 * wandering(key(seed, "wind"), moments)),
        "a01008": np.mod(180 + 170 * smooth(key(seed, "from"), moments, 5 * HOUR), 360),
    }


def _power(seed: int, moments: Moments, running: npt.NDArray[np.bool_]) -> Series:
    load = _load(seed, moments)
    production = _size(seed, "kw", 300, 1500) * load
    treatment = 0.12 * production + 8.0 + wandering(key(seed, "fan"), moments)
    return {PRODUCTION: np.where(running, production, 6.0), TREATMENT: np.where(running, treatment, 1.5)}


def _season(moments: Moments) -> Numbers:
    return np.asarray(-np.cos(((moments / DAY) % 365.25 - 20.0) * (2.0 * np.pi / 365.25)))


_MADE: Mapping[str, Callable[[int, Moments, npt.NDArray[np.bool_]], Series]] = {
    "water": _water, "gas": _gas, "air": _air, "power": _power,
}  # fmt: skip
