"""Devices of the drill: the simulator's, at made-up enterprises, with limits, facilities, history and a last hour.

The history is written as readings; the last hour goes through the receiver's own judgement into the segments, as if
it had been sent, with some of everything that goes wrong, so that every page has something to show.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from duheng.model.entities import Entity, Places
from duheng.telemetry import devices
from duheng.telemetry.readings.writing import write
from duheng.telemetry.receiving.admission import Admission
from duheng.telemetry.receiving.session import Session
from duheng.telemetry.segments import AlreadyOpen, Writer, packed
from duheng.telemetry.simulating import periods
from duheng.telemetry.simulating.fleet import Fleet, Order, fleet
from duheng.telemetry.simulating.manifest import frames
from duheng.telemetry.simulating.points import registered
from duheng.telemetry.simulating.readings import table
from duheng.telemetry.simulating.schedule import seconds
from duheng.telemetry.simulating.sources import PRODUCTION, TREATMENT
from duheng.telemetry.watching.registers import Facility, Limit, Registers, load, save

SEED = 145
COUNTS = {"water": 6, "gas": 5, "power": 5}
FAULTS = (("over-limit", 0.2), ("stuck", 0.15), ("untreated", 0.3), ("silence", 0.1), ("device-fault", 0.1),
          ("copied-day", 0.1), ("min-over-avg", 0.1))  # fmt: skip
# On the line in the last hour: refused with their reasons, and one that nobody has registered.
ON_THE_LINE = (("bad-crc", 0.15), ("duplicate", 0.15), ("unregistered", 0.1), ("garbage", 0.1))
MINUTES = 30  # of a minute value; a drill needs no more
RUNNING = (60.0, 5.0)  # [kW] above which the simulator's production and treatment are running
PH = ("w01001", 6.0, 9.0)
BASIS = "模拟限值"


@dataclass(frozen=True)
class Laid:
    """devices, readings: laid out; frames: put into the segments, None where a receiver holds them."""

    devices: int
    readings: int
    frames: int | None


def lay_out(home: Path, places: Places, now: datetime, days: int = 14) -> Laid:
    """Register the devices of the drill and give them their past. now: Beijing. Raises DuhengError, OSError.

    places: of the drill. Doing it again on the same day adds what came since and changes nothing that was.
    """
    # Faults strike in the middle of a run: it goes on for as long as half its past, so that some strike now.
    today = datetime.combine(now.date(), datetime.min.time())
    first, last = today - timedelta(days=days), today + timedelta(days=days / 2)
    order = Order(COUNTS, seconds(first), seconds(last), SEED, FAULTS, minutes=MINUTES)
    made = _placed(fleet(order), [one for one in places if one.kind == "enterprise"])
    devices.add_all(home, registered(made))
    _register(home, made)
    past = table(replace(made, order=replace(order, last=seconds(now))))
    write(home, past, {one.mn: one.source.site for one in made.devices})
    try:
        sent = _last_hour(home, made, seconds(now.replace(microsecond=0)))
    except AlreadyOpen:
        sent = None
    return Laid(len(made.devices), past.height, sent)


def _placed(made: Fleet, enterprises: Sequence[Entity]) -> Fleet:
    """The fleet with its sites at enterprises of the drill, one each, in the order of both."""
    sites = {site: n for n, site in enumerate(sorted({one.source.site for one in made.devices}))}

    def moved(one: periods.Device) -> periods.Device:
        place = enterprises[sites[one.source.site] * 7 % len(enterprises)]
        title = f"模拟 {place.name}{one.source.kind.title}"
        return replace(one, source=replace(one.source, entity=place.id, title=title), kept={})

    return replace(made, devices=[moved(one) for one in made.devices])


def _register(home: Path, made: Fleet) -> None:
    known, mns = load(home), {one.mn for one in made.devices}
    own = registers_of(made)
    limits = [one for one in known.limits if one.mn not in mns]
    facilities = [one for one in known.facilities if one.production[0] not in mns]
    save(home, [*limits, *own.limits], [*facilities, *own.facilities])


def registers_of(made: Fleet) -> Registers:
    """Limits and facilities of simulated devices."""
    sources = [one.source for one in made.devices]
    limits = [
        Limit(one.mn, factor.code, None, factor.limit, BASIS)
        for one in sources
        for factor in one.kind.factors
        if factor.limit is not None
    ]
    limits += [Limit(one.mn, PH[0], PH[1], PH[2], BASIS) for one in sources if PH[0] in one.factors]
    on, treated = RUNNING
    facilities = [
        Facility(f"{one.title}", one.entity, (one.mn, PRODUCTION, on), (one.mn, TREATMENT, treated))
        for one in sources
        if PRODUCTION in one.factors
    ]
    return Registers(limits, facilities)


def _last_hour(home: Path, made: Fleet, last: int) -> int:
    """The last hour on the line, judged as the receiver does; how many records it made."""
    first = last - 3600
    on_the_line = {
        one.mn: one for one in fleet(replace(made.order, first=first, last=last, faults=ON_THE_LINE)).devices
    }
    devices_now: list[periods.Device] = []
    for own in made.devices:
        extra = on_the_line[own.mn]
        if "unregistered" in extra.faults():  # somebody knocks under another identity
            devices_now.append(_stranger(extra))
            extra = replace(extra, injections=())
        devices_now.append(replace(own, injections=(*own.injections, *extra.injections), kept={}))
    line = replace(made, order=replace(made.order, first=first, last=last), devices=devices_now)
    clock = _Clock(first)
    admission = Admission(devices.load(home), clock)
    records: list[bytes] = []
    for device, upload, sent in frames(line, {}):
        clock.at = float(upload.moment)
        session = Session(admission, "192.0.2.10")
        at = int((upload.moment - 8 * 3600) * 1e6)
        for piece in (*session.feed(sent.raw), *session.silent()):
            peer = f"192.0.2.10:{40000 + sum(device.mn.encode()) % 9999}".encode()
            records.append(packed(piece.kind, piece.verdict, at, peer, piece.payload))
    _put(home, records)
    return len(records)


def _stranger(one: periods.Device) -> periods.Device:
    mn = "F" + one.mn[1:]
    return replace(one, source=replace(one.source, mn=mn), injections=(), kept={})


@dataclass
class _Clock:
    """The moment that the line believes in; seconds of Beijing time as the simulator counts them."""

    at: float

    def __call__(self) -> float:
        return self.at - 8 * 3600


def _put(home: Path, records: Iterable[bytes]) -> None:
    done = threading.Event()
    with closing(Writer(home / "telemetry" / "segments")) as writer:
        writer.put(list(records), done.set)
        done.wait(60)
