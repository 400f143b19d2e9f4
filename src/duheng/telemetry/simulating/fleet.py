"""An order made into devices, meters and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from duheng.model.errors import DuhengError

from .counters import ELECTRICITY, Meter, rolling, used
from .deceptions import concerned
from .faults import METER, Injection, fault, stretch, struck
from .noise import DAY, key, share
from .periods import INTERVALS, MINUTES, Device
from .sources import KINDS, Source


@dataclass(frozen=True, slots=True)
class Order:
    """How many of each kind (water, gas, air, power, meter), from when until when [s], and with which faults.

    faults: name and the share of the devices it can strike that have it. interval [s], minutes: of real-time and
    minute values. edition: 2017 or 2005.
    """

    counts: Mapping[str, int]
    first: int
    last: int
    seed: int = 1
    faults: Sequence[tuple[str, float]] = ()
    interval: int = 60
    minutes: int = 10
    edition: int = 2017


@dataclass(frozen=True, slots=True)
class Fleet:
    """What was ordered. injections: every fault at every device: the truth that watching has to find."""

    order: Order
    devices: Sequence[Device]
    meters: Sequence[Meter]
    injections: Sequence[Injection] = field(default=())


def fleet(order: Order) -> Fleet:
    """The devices of an order. Raises UnknownName, DuhengError for an order that cannot be."""
    _check(order)
    sources = [_source(order, kind, number) for kind in KINDS for number in range(order.counts.get(kind, 0))]
    meters = [_meter(order, number) for number in range(order.counts.get("meter", 0))]
    injections: list[Injection] = []
    for name, part in order.faults:
        wanted = fault(name)
        by_mn = {source.mn: source for source in sources if source.kind.name in wanted.kinds}
        mns = [meter.mn for meter in meters] if wanted.kinds == METER else list(by_mn)
        for mn in struck(order.seed, wanted, part, mns):
            first, last = stretch(order.seed, wanted, mn, (order.first, order.last))
            factors = concerned(by_mn[mn], name) if mn in by_mn else ()
            injections.append(Injection(name, mn, first, last, factors))
    devices = [
        Device(source, _of(injections, source.mn), order.interval, order.minutes, order.edition)
        for source in sources
    ]
    return Fleet(order, devices, [_struck(order, meter, injections) for meter in meters], injections)


def _check(order: Order) -> None:
    if order.last <= order.first:
        raise DuhengError("模拟的结束时间不晚于开始时间。请核对--from和--to。")
    if order.interval not in INTERVALS:
        raise DuhengError(f"实时数据间隔{order.interval}秒，应为30至3600秒（HJ 212-2017表4）。")
    if order.minutes not in MINUTES:
        raise DuhengError(
            f"分钟数据间隔{order.minutes}分钟，应能整除一小时且不超过30分钟（HJ 212-2017表4）。"
        )
    for name, part in order.faults:
        kinds = fault(name).kinds
        if not any(order.counts.get(kind, 0) for kind in kinds):
            raise DuhengError(
                f"故障{name}只能加在{'、'.join(kinds)}上，而没有模拟这类设备。请增加设备或去掉该故障。"
            )
        if not 0 < part <= 1:
            raise DuhengError(f"故障{name}的份额是{part:g}，应大于0、不超过1。")


def _of(injections: Sequence[Injection], mn: str) -> tuple[Injection, ...]:
    return tuple(one for one in injections if one.mn == mn)


def _source(order: Order, kind: str, number: int) -> Source:
    own = key(order.seed, kind, number)
    mn = f"D0{own % 10**12:012d}" if order.edition == 2005 else f"D0000212{own:016X}"
    place = "空气站" if kind == "air" else "企业"
    # Outlet, chimney, switchboard and meters of one number stand at one site and follow one production.
    site = key(order.seed, "air" if kind == "air" else "site", number)
    name = f"模拟{place}{number + 1:04d}"
    return Source(
        KINDS[kind], mn, f"{name}{KINDS[kind].title}", name, f"{'A' if kind == 'air' else 'S'}{number + 1:04d}",
        f"{own % 900_000 + 100_000}", site,
    )  # fmt: skip


def _meter(order: Order, number: int) -> Meter:
    seed = key(order.seed, "meter", number)
    meter = Meter(
        f"91512000SIM{number + 1:06d}X", ELECTRICITY, f"模拟企业{number + 1:04d}总电表", f"模拟企业{number + 1:04d}",
        f"S{number + 1:04d}", seed, mean=100 + 900 * share(seed, "mean"), offset=0.0,
        counter=number % 4 != 3,
    )  # fmt: skip
    return replace(meter, offset=1000 + 50_000 * share(seed, "offset") - used(meter, order.first - DAY))


def _struck(order: Order, meter: Meter, injections: Sequence[Injection]) -> Meter:
    own = _of(injections, meter.mn)
    names = {one.fault for one in own}
    if names & {"roll-over", "replacement"}:
        meter = replace(meter, counter=True)
    meter = replace(meter, injections=own)
    return rolling(meter, (order.first, order.last)) if "roll-over" in names else meter
