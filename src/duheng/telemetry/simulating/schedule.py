"""What a device sends, and when: real-time, minute, hour and day values, states, logs, as the faults of time let it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .noise import DAY, HOUR, key
from .periods import Device

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # Beijing time, as all of HJ 212: without a zone
_Y2000 = 946_684_800
_LATE = {"2051": 2, "2061": 20, "2031": 45, "2041": 50}  # [s] after the end of the period
_LENGTH = {"2061": HOUR, "2031": DAY, "2041": DAY}
_DRIFT = 600  # [s] a day
_YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Upload:
    """A message. moment: when it is sent; time: its DataTime by the true clock; made: when it was made, as its QN says.

    All in [s]. again: the same bytes were sent before. serial: its place among what one request asked for, from 1.
    """

    moment: int
    cn: str
    time: int
    made: int
    again: bool = False
    serial: int = 0


def seconds(moment: datetime) -> int:
    """Of a Beijing time without zone."""
    return int((moment - EPOCH).total_seconds())


def stamp(moment: int) -> str:
    """14 digits."""
    return f"{EPOCH + timedelta(seconds=moment):%Y%m%d%H%M%S}"


def clock(device: Device, moment: int) -> int:
    """What the device's clock is ahead of the true one [s]."""
    ahead = device.ahead
    for one in device.injections:
        if not one.on(moment):
            continue
        if one.fault == "drift":
            ahead += (moment - one.first) * _DRIFT // DAY
        elif one.fault == "clock-reset":
            ahead -= (one.first - _Y2000) // DAY * DAY  # days: what it calls an hour stays one
        elif one.fault == "future":
            ahead += _YEAR
    return ahead


def lengths(device: Device) -> dict[str, int]:
    """Length of the period of each command that has one [s]."""
    return {"2051": device.minutes * 60, **_LENGTH}


def planned(device: Device, first: int, last: int) -> Iterator[Upload]:
    """What is due from `first` until before `last`, in order, without any fault."""
    for start in range(first // DAY * DAY, last, DAY):
        yield from sorted(
            _of_day(device, max(first, start), min(last, start + DAY)), key=lambda one: (one.moment, one.cn)
        )


def _of_day(device: Device, first: int, last: int) -> Iterator[Upload]:
    spread = key(device.mn, "spread") % 15  # not all devices of a city in one second
    for moment in range(-(-first // device.interval) * device.interval, last, device.interval):
        yield Upload(moment, "2011", moment, moment)
    kind = device.source.kind
    for cn, length in lengths(device).items():
        if cn == "2041" and kind.name != "power":
            continue
        wait = length + _LATE[cn] + spread
        for time in range(-(-(first - wait) // length) * length, last - wait, length):
            yield Upload(time + wait, cn, time, time + wait)
    if kind.name == "power":
        for moment in range(-(-first // HOUR) * HOUR, last, HOUR):
            yield Upload(moment, "2021", moment, moment)
    elif kind.name in ("water", "gas"):
        moment = first // DAY * DAY + 8 * HOUR
        if first <= moment + 30 + spread < last:
            yield Upload(moment + 30 + spread, "3020", moment, moment + 30 + spread)


def uploads(device: Device, first: int, last: int) -> Iterator[Upload]:
    """What is really sent, in order of sending: faults of time done."""
    waiting: list[tuple[int, int, Upload]] = []  # to be sent later, the next first
    held: list[Upload] = []
    back = [one for one in device.injections if one.fault == "back-fill"]
    end = max((one.last for one in back), default=last)
    number = 0
    for one in planned(device, first, last):
        if held and one.moment >= end:
            # A logger keeps means, not every moment; they come newest first.
            kept = [each for each in reversed(held) if each.cn != "2011"]
            for place, each in enumerate(kept):
                moment = end + place
                heapq.heappush(waiting, (moment, place, replace(each, moment=moment, made=moment)))
            held.clear()
        while waiting and waiting[0][0] <= one.moment:
            yield heapq.heappop(waiting)[2]
        if device.has("silence", one.moment):
            continue
        if any(injection.on(one.moment) for injection in back):
            held.append(one)
            continue
        yield one
        if device.has("duplicate", one.moment):
            yield replace(one, again=True)
        if device.has("replay", one.moment) and key(device.mn, one.moment) % 5 == 0:
            number += 1
            later = one.moment + 3 * HOUR
            heapq.heappush(waiting, (later, number, replace(one, moment=later, again=True)))
    while waiting and waiting[0][0] < last:
        yield heapq.heappop(waiting)[2]
