"""Energy meters: counters that only grow, at any moment the same, with what can happen to a meter."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from .faults import Injection
from .noise import DAY, HOUR, key, share

_WAVES = ((DAY, 0.30), (7 * DAY, 0.15), (DAY / 2, 0.12), (5.3 * HOUR, 0.10), (2.1 * HOUR, 0.08))
_ORIGIN = 1_577_808_000  # 2020-01-01 [s]
DECIMALS = 2
ROLLS_AT = 100_000.0
ELECTRICITY = "0000000001330000"  # whole unit, consumption, 电力 (cn/monitoring/energy_codes.csv)


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter. code: of what it measures (16 digits); mean: amount in an hour; offset: what it showed in 2020.

    minutes: between two readings; counter: whether it sends what it shows, else the amount of each interval.
    """

    enterprise: str
    code: str
    title: str
    entity: str
    site: str
    seed: int
    mean: float
    offset: float
    unit: str = "kWh"
    minutes: int = 15
    counter: bool = True
    rolls_at: float | None = None
    injections: tuple[Injection, ...] = field(default=())

    @property
    def mn(self) -> str:
        """The name of its real-time series among the readings."""
        return f"{self.enterprise}-{self.code}-0"

    def has(self, fault: str, moment: int) -> bool:
        """Whether a fault strikes now."""
        return any(one.fault == fault and one.on(moment) for one in self.injections)


@dataclass(frozen=True, slots=True)
class Replacement:
    """A meter was replaced at `moment` [s]; the old one showed `final`, the new one `initial`."""

    mn: str
    code: str
    moment: int
    final: float
    initial: float


@dataclass(frozen=True, slots=True)
class Reading:
    """moment: of a counter's reading, or start of the interval [s]; sent [s]: when it is uploaded.

    value: printed. late: handed in later. wrong: was corrected afterwards.
    """

    meter: Meter
    moment: int
    value: str
    sent: int
    late: bool = False
    wrong: bool = False


def used(meter: Meter, moment: int) -> float:
    """What has been used since 2020: always growing, with days and weeks."""
    since = moment - _ORIGIN
    total = float(since)
    for number, (length, weight) in enumerate(_WAVES):
        turn = 2.0 * math.pi
        phase = turn * share(meter.seed, "phase", number)
        # The weights' sum is below one: the slope stays above zero.
        total += weight * length / turn * math.sin(turn * since / length + phase)
    return meter.mean * total / HOUR


def rolling(meter: Meter, span: tuple[int, int]) -> Meter:
    """The meter, made to roll over in the middle of the run."""
    middle = (span[0] + span[1]) // 2
    return replace(meter, rolls_at=ROLLS_AT, offset=ROLLS_AT - used(meter, middle))


def replacement(meter: Meter) -> Replacement | None:
    """When it is replaced, None where it is not."""
    for one in meter.injections:
        if one.fault == "replacement":
            moment = (one.first + one.last) // 2 // HOUR * HOUR + 420
            final = round(_shown(meter, moment), DECIMALS)
            return Replacement(
                meter.mn, meter.code, moment, final, round(10 * share(meter.seed, "new"), DECIMALS)
            )
    return None


def shown(meter: Meter, moment: int) -> float:
    """What the meter shows."""
    new = replacement(meter)
    if new is None or moment < new.moment:
        return _shown(meter, moment)
    return new.initial + used(meter, moment) - used(meter, new.moment)


def _shown(meter: Meter, moment: int) -> float:
    count = meter.offset + used(meter, moment)
    return count % meter.rolls_at if meter.rolls_at else count


def readings(meter: Meter, first: int, last: int) -> list[Reading]:
    """What it hands in from `first` until before `last`, in order of sending."""
    step = meter.minutes * 60
    found: list[Reading] = []
    for moment in range(-(-first // step) * step, last, step):
        value, start = _value(meter, moment, step), moment if meter.counter else moment - step
        sent = moment + 5 + key(meter.mn, "spread") % 20
        one = Reading(meter, start, f"{value:.{DECIMALS}f}", sent)
        if meter.has("meter-silence", moment):
            continue
        if meter.has("meter-late", moment):
            back = max(each.last for each in meter.injections if each.fault == "meter-late")
            found.append(replace(one, sent=back + 60, late=True))
        elif meter.has("meter-correction", moment) and moment % HOUR == step:
            wrong = f"{value + 0.2 * meter.mean * meter.minutes / 60:.{DECIMALS}f}"
            found += [replace(one, value=wrong, wrong=True), replace(one, sent=sent + 2 * HOUR, late=True)]
        else:
            found.append(one)
            if meter.has("meter-repeat", moment):
                found.append(one)
    return sorted((one for one in found if one.sent < last), key=lambda one: one.sent)


def _value(meter: Meter, moment: int, step: int) -> float:
    if meter.counter:
        return shown(meter, moment)
    # The difference of what is printed: the amounts add up to the counter.
    return round(used(meter, moment), DECIMALS) - round(used(meter, moment - step), DECIMALS)
