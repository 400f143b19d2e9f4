"""The devices of a scenario as the pages of monitoring show them: where they stand, their state, their rates."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import polars as pl

from duheng.assess.counties import places_of
from duheng.model.entities import Entity, Places
from duheng.model.plan import City
from duheng.telemetry import devices
from duheng.telemetry.devices import Device
from duheng.telemetry.hj212.codes import factors
from duheng.telemetry.watching.live import live, now
from duheng.telemetry.watching.rates import STOPPED, first_heard, rates
from duheng.telemetry.watching.registers import Limit, Registers
from duheng.telemetry.watching.registers import load as load_registers
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.taking import HOURS, MINUTES, current, take
from duheng.web import alarms, state
from duheng.web.page import Ask
from duheng.web.store import home
from duheng.web.words import SHANGHAI

# Present state of a device: word and light (1 red, 2 amber, 3 green, 0 grey).
STATES = {
    "over": ("超标", 1),
    "odd": ("异常", 2),
    "normal": ("正常", 3),
    "stopped": ("停运", 0),
    "silent": ("缺失", 0),
}
CAUSES = {
    "never": "近30天无数据",
    "line": "通信中断",
    "old": "只收到过去的数据",
    "empty": "有报文，无监测数据",
    "ahead": "只收到将来的数据，请校时",
    "flag": "数据标记异常",
    "alarm": "有未关闭的报警",
    "": "",
}
SIMULATED = "模拟"  # what the simulator calls its devices: made up, so they belong to the drill
RATES_FOR = 60.0  # [s] that worked-out rates are shown
RANKED_DAYS = 7
HISTORY = timedelta(days=2)  # older data say nothing of now: a daily value may be a day and a half old
KEPT_OPEN = timedelta(days=60)  # an alarm may have been opened so long before and still go on


@dataclass(frozen=True)
class Value:
    """The newest value of a factor: when, how much, its flag; limit: in force today; over: beyond it by the hour."""

    factor: str
    time: datetime
    value: float
    flag: str
    good: bool
    limit: Limit | None
    hour: float | None
    over: bool


@dataclass(frozen=True)
class Station:
    """A device now. unit: the enterprise it belongs to; county: or zone; heard: last arrival (Beijing), which says
    nothing of the time of its data (`newest`)."""

    device: Device
    entity: Entity | None
    unit: Entity | None
    county: Entity | None
    heard: datetime | None
    state: str
    cause: str
    values: Sequence[Value]
    alarms: int

    @property
    def mn(self) -> str:
        """Its MN."""
        return self.device.mn

    @property
    def title(self) -> str:
        """What it is called."""
        return self.device.title or self.device.mn

    @property
    def newest(self) -> datetime | None:
        """The latest time its data state; None without data."""
        return max((one.time for one in self.values), default=None)

    @property
    def word(self) -> str:
        """Its state in a word."""
        return STATES[self.state][0]

    @property
    def light(self) -> int:
        """Its state as a light."""
        return STATES[self.state][1]


@dataclass(frozen=True)
class Unit:
    """An enterprise in the ranking: rates of the last whole days, alarms that wait, hours over a limit."""

    entity: Entity | None
    name: str
    devices: int
    transmission: float | None
    validity: float | None
    effective: float | None
    over: int
    waiting: int


def scenarios(known: Iterable[Device], scenario: str = "") -> dict[str, str]:
    """The scenario each device belongs to, by MN; only those of one where it is named.

    Devices of the drill's places, and the simulator's, are of the drill: nothing made up is shown among real figures.
    """
    real, made_up = state.city("actual").places, state.city("drill").places
    found = {}
    for one in known:
        drilled = one.entity not in real and (one.entity in made_up or one.title.startswith(SIMULATED))
        found[one.mn] = "drill" if drilled else "actual"
    return {mn: own for mn, own in found.items() if scenario in ("", own)}


def registered(scenario: str) -> dict[str, Device]:
    """The devices of a scenario by MN."""
    known = devices.load(home()).by_mn
    mine = scenarios(known.values(), scenario)
    return {mn: one for mn, one in known.items() if mn in mine}


def device_href(ask: Ask, mn: str) -> str:
    """The address of a device's page."""
    return f"/monitor/device/{quote(mn, safe='')}{ask.selection.context()}"


def stations(ask: Ask) -> list[Station]:
    """All devices of the scenario as they are now, by county, enterprise and title."""
    scenario, present = ask.selection.scenario, live(home())
    known = registered(scenario)
    registers = load_registers(home())
    waiting = Counter(one.alarm.mn for one in alarms.standings(scenario, known, closed=False))
    newest, hourly = (_by_device(rows) for rows in (present.newest, present.hourly))
    where = Whereabouts(ask.city)
    found = []
    for mn, device in known.items():
        values = _values(newest.get(mn, []), hourly.get(mn, []), registers, mn)
        heard = present.heard.get(mn)
        key, cause = _judged(values, heard, present.ahead.get(mn), waiting[mn])
        entity = ask.city.places.get(device.entity)
        unit, county = where.of(device.entity)
        found.append(Station(device, entity, unit, county, heard, key, cause, values, waiting[mn]))
    order = [one.id for one in places_of(ask.city)]
    return sorted(found, key=lambda one: (_rank(order, one.county), one.device.entity, one.title))


def _rank(order: Sequence[str], county: Entity | None) -> int:
    return order.index(county.id) if county else len(order)


class Whereabouts:
    """For an entity the enterprise it is part of and its county or zone."""

    def __init__(self, city: City) -> None:
        self._places: Places = city.places
        self._counties = {one.id for one in places_of(city)}

    def of(self, id: str) -> tuple[Entity | None, Entity | None]:
        """Enterprise (or whatever stands right below a place) and county; None where unknown."""
        own = self._places.get(id)
        if own is None:
            return None, None
        chain = [own, *self._places.ancestors(id)]
        county = next((one for one in chain if one.id in self._counties), None)
        unit = next((one for one in chain if one.kind == "enterprise"), own)
        return unit, county


UNITS = {"1": "", "degC": "℃", "colour deg": "度"}  # of the code tables, as pages print them


def unit_of(factor: str) -> str:
    """The unit of a factor as printed, "" where it has none or none is known."""
    known = factors().get(factor)
    return UNITS.get(known.unit, known.unit) if known else ""


Row = tuple[str, str, str, datetime, float, bool, str | None, datetime]


def _by_device(rows: pl.DataFrame) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows.iter_rows():
        found[row[0]].append(row)
    return found


def _values(newest: Sequence[Row], hourly: Sequence[Row], registers: Registers, mn: str) -> list[Value]:
    today = now().date()
    limits = {one.factor: one for one in registers.limits if one.mn == mn and one.since <= today <= one.until}
    hours = {row[1]: row for row in hourly}
    found = []
    for _, factor, _, at, value, good, flag, _ in newest:
        limit, hour = limits.get(factor), hours.get(factor)
        over = bool(limit and hour and hour[5] and _outside(hour[4], limit))
        found.append(Value(factor, at, value, flag or "", good, limit, hour[4] if hour else None, over))
    return found


def _outside(value: float, limit: Limit) -> bool:
    return (limit.most is not None and value > limit.most) or (
        limit.least is not None and value < limit.least
    )


def _judged(
    values: Sequence[Value], heard: datetime | None, ahead: datetime | None, waiting: int
) -> tuple[str, str]:
    """State and its cause. ahead: when data of the future came last."""
    if heard is None:
        return "silent", "never"
    if now() - heard > timedelta(minutes=number("silent", "minutes")):
        return "silent", "line"
    if not values or now() - max(one.time for one in values) > HISTORY:
        if ahead is not None and now() - ahead <= HISTORY:
            return "silent", "ahead"
        return "silent", "old" if values else "empty"
    if any(one.over for one in values):
        return "over", ""
    if values and all(one.flag == STOPPED for one in values):
        return "stopped", ""
    if any(not one.good and one.flag != STOPPED for one in values):
        return "odd", "flag"
    return ("odd", "alarm") if waiting else ("normal", "")


_worked_out: dict[Path, tuple[float, date, pl.DataFrame]] = {}
_lock = threading.Lock()


def rates_now() -> pl.DataFrame:
    """Rates of all devices for the last seven days and today; columns as `rates.rates`. At most a minute old."""
    place, moment = home(), now()
    with _lock:
        known = _worked_out.get(place)
        if known and known[1] == moment.date() and time.monotonic() - known[0] < RATES_FOR:
            return known[2]
    first = moment.date() - timedelta(days=RANKED_DAYS)
    history = timedelta(days=number("transmission", "history_days"))
    rows = current(take(place, first - history, moment.date(), commands=(HOURS, MINUTES)))
    begun = first_heard(place, rows, first)
    found = rates(rows, devices.load(place).by_mn, first, moment.date(), moment, begun)
    with _lock:
        _worked_out[place] = (time.monotonic(), moment.date(), found)
    return found


def shares(found: pl.DataFrame, mns: Iterable[str]) -> dict[str, float | None]:
    """Rates of some devices together: sums over sums, never means of rates; None where nothing was due."""
    rows = found.filter(pl.col("mn").is_in(list(mns)), pl.col("expected").is_not_null())
    due, got, stopped, valid = (
        int(rows[name].sum()) for name in ("expected", "received", "stopped", "valid")
    )
    transmission = min(1.0, got / due) if due else None
    validity = valid / (got - stopped) if got > stopped else None
    both = transmission * validity if transmission is not None and validity is not None else None
    return {"transmission": transmission, "validity": validity, "effective": both}


def whole_days(found: pl.DataFrame) -> pl.DataFrame:
    """Only days that are over."""
    return found.filter(pl.col("day") < now().date())


def ranking(ask: Ask, known: Sequence[Station]) -> list[Unit]:
    """The enterprises, best effective rate first; those without data last."""
    found = whole_days(rates_now())
    since = datetime.combine(now().date() - timedelta(days=RANKED_DAYS), datetime.min.time())
    scenario, mns = ask.selection.scenario, [one.mn for one in known]
    recent = alarms.standings(scenario, mns, since=since.replace(tzinfo=SHANGHAI) - KEPT_OPEN)
    waiting_now = Counter(one.alarm.mn for one in alarms.standings(scenario, mns, closed=False))
    over_now = Counter(
        one.alarm.mn for one in recent if one.alarm.rule == "over_limit" and alarms.local(one.until) >= since
    )
    groups: dict[str, list[Station]] = defaultdict(list)
    for one in known:
        groups[one.unit.id if one.unit else one.device.entity or one.mn].append(one)
    units = []
    for mine in groups.values():
        own = [one.mn for one in mine]
        over = sum(over_now[mn] for mn in own)
        waiting = sum(waiting_now[mn] for mn in own)
        name = ask.words.name(mine[0].unit) if mine[0].unit else mine[0].device.entity or mine[0].title
        units.append(Unit(mine[0].unit, name, len(mine), **shares(found, own), over=over, waiting=waiting))
    return sorted(units, key=lambda one: (one.effective is None, -(one.effective or 0.0), one.over, one.name))


def county_light(known: Sequence[Station], rate: Mapping[str, float | None]) -> int:
    """The light of a county: red where an outlet is over its limit, amber below the rate asked for or where a device is
    silent or odd, green else; 0 without devices."""
    if not known:
        return 0
    if any(one.state == "over" for one in known):
        return 1
    effective = rate["effective"]
    low = effective is not None and effective < number("county", "effective")
    return 2 if low or any(one.state in ("silent", "odd") for one in known) else 3
