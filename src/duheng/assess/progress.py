"""How far a target is: its measure, the path it must keep to, its progress.

Two official formulas exist and are not mixed: while a plan runs, a cumulative decline progresses by
logarithms; the final result of a closed plan is linear. The formulas are rules (duheng.rules.progress); this
module says which one a target takes, and judges every number by the digits it prints (L7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from duheng.assess.warning import RequiredPath
from duheng.model.errors import DefinitionMismatch, UnitError
from duheng.model.glossary import Quantity, definitions, item_unit
from duheng.model.plan import NOT_STATED, Plan, Target
from duheng.model.rounding import judge
from duheng.model.saying import say
from duheng.model.units import convert, parse_unit, ratio
from duheng.rules.progress import (
    even_annual_rate,
    linear_progress,
    log_progress,
    path_decline,
    required_annual_rate,
)

Measure = Literal["decline", "amount", "level", "limit", "assigned"]

_MEASURES: dict[str, Measure] = {
    "complete": "amount",
    "reach": "level",
    "at_least": "level",
    "at_most": "limit",
    "zero_growth": "limit",
    "assigned": "assigned",
}
PERCENT, ONE = "%", "1"
_EXACT = 12  # digits of a progress: all that is meant, without the noise of binary numbers


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a plan stands: years since its base year, of how many, and whether the last one is over.

    elapsed is counted by the period of the value, not by the calendar: a value of 2023 stands at 3 of 5
    whenever it becomes known. final: the value is that of the deadline's period. closed: final, and the
    deadline's last day had passed on the day of judgement.
    """

    elapsed: int
    years: int
    final: bool
    closed: bool


def measure_of(target: Target) -> Measure:
    """Class of a target: cumulative decline, amount or count, level to be reached, limit, or assigned."""
    if target.direction != "decrease":
        return _MEASURES[target.direction]
    # "Fall by 14.5 %" compounds from year to year; "fall by 100 t" is an amount like any other.
    return "decline" if target.unit and parse_unit(target.unit).dimensionless else "amount"


def base_year(plan: Plan, target: Target) -> int:
    """The year a target is reckoned from: its own where it states one, else the plan's."""
    return plan.base_year if target.base is None else target.base


def common_base(targets: Iterable[Target]) -> int | None:
    """The base year that all of these targets state; None where they state none or several."""
    stated = {one.base for one in targets}
    return stated.pop() if len(stated) == 1 else None


def base_years(plan: Plan) -> list[int]:
    """The years that the plan and its targets are reckoned from, the first one first."""
    return sorted({plan.base_year, *(base_year(plan, target) for target in plan.targets)})


def clock(plan: Plan, target: Target, year: int, as_of: date) -> Clock:
    """Where the plan stands for a value of that year."""
    base = base_year(plan, target)
    final = year == target.deadline
    return Clock(year - base, target.deadline - base, final, final and as_of > date(target.deadline, 12, 31))


def printed_unit(target: Target, quantity: Quantity) -> str:
    """Unit in which the target's numbers are printed: its own, else the quantity's."""
    return target.unit or (quantity.shown or item_unit(quantity, target.item))


def printed(value: float | None, quantity: Quantity, item: str | None, unit: str) -> Decimal | None:
    """A stored value as judged: in the printed unit, half-even on the quantity's decimals; None is unknown.

    Raises UnitError where the units' dimensions differ.
    """
    if value is None:
        return None
    share = ratio(item_unit(quantity, item), unit)
    return judge(value * share.numerator / share.denominator, quantity.decimals)


def fraction(value: Decimal, unit: str | None) -> float:
    """A value of a ratio's unit as a plain fraction: 14.5 % is 0.145."""
    return float(convert(value, unit or ONE, ONE))


def unit_trouble(target: Target, quantity: Quantity) -> str | None:
    """Why the target's unit does not fit its quantity, or None."""
    try:
        ratio(item_unit(quantity, target.item), printed_unit(target, quantity))
    except UnitError as trouble:
        return str(trouble)
    return None


def required(
    measure: Measure, goal: Decimal, at: Clock, path: RequiredPath, decimals: int, unit: str
) -> Decimal | None:
    """What the path asks at this moment, as judged, in the printed unit; None where nothing is laid down."""
    if at.final:
        return goal
    if path.kind == "geometric" and 0 < at.elapsed < at.years:
        due = path_decline.number(target=fraction(goal, unit), years=at.years, elapsed=at.elapsed)
        return from_fraction(due, unit, decimals)
    if path.kind == "time_share":
        share = path.share(at.elapsed, at.years)
        return None if share is None else judge(share * goal, decimals)
    return goal if path.kind == "always" else None


def from_fraction(value: float | None, unit: str, decimals: int) -> Decimal | None:
    """A fraction in the printed unit, as judged."""
    if value is None:
        return None
    share = ratio(ONE, unit)
    return judge(value * share.numerator / share.denominator, decimals)


def progress(measure: Measure, actual: Decimal, goal: Decimal, unit: str, at: Clock) -> float | None:
    """Progress as a fraction [1]; None where it is undefined.

    Cumulative decline: logarithmic, linear once closed. Amounts, counts and levels: linear. Limits: 1 or 0.
    """
    if measure == "limit":
        return 1.0 if actual <= goal else 0.0
    if measure == "decline" and not at.closed:
        done = log_progress.number(actual=fraction(actual, unit), target=fraction(goal, unit))
    else:
        done = linear_progress.number(actual=float(actual), target=float(goal))
    exact = judge(done, _EXACT)
    return None if exact is None else float(exact)


def annual_task(goal: Decimal, unit: str, years: int, decimals: int) -> Decimal | None:
    """The even yearly decline that makes up a cumulative target, as judged, in the printed unit."""
    return from_fraction(even_annual_rate.number(target=fraction(goal, unit), years=years), unit, decimals)


def annual_decline(now: Decimal, last: Decimal, unit: str, decimals: int) -> Decimal | None:
    """The year's own decline between two cumulative ones, as judged: (1 - last)(1 - year) = 1 - now."""
    year = required_annual_rate.number(
        actual=fraction(last, unit), target=fraction(now, unit), years=1, elapsed=0
    )
    return from_fraction(year, unit, decimals)


def required_rate(actual: Decimal, goal: Decimal, unit: str, at: Clock, decimals: int) -> Decimal | None:
    """The even yearly decline with which the rest still reaches the target; None once the years are over."""
    if at.elapsed >= at.years:
        return None
    rate = required_annual_rate.number(
        actual=fraction(actual, unit), target=fraction(goal, unit), years=at.years, elapsed=at.elapsed
    )
    return from_fraction(rate, unit, decimals)


def comparable(have: str | None, asked: str | None) -> None:
    """Refuse to compare across accounting definitions (L8). Raises DefinitionMismatch naming both.

    None means that the quantity has no definitions; `not-stated` agrees with none until an official chooses.
    """
    if asked is None or have == asked:
        return
    known = definitions()
    titles = [known[id].title if id in known else id for id in (have or NOT_STATED, asked)]
    raise DefinitionMismatch(
        say(
            "数据口径为“{have}”，应按口径“{asked}”比较，口径不同不能比较。请按该口径填报。",
            have=titles[0],
            asked=titles[1],
        )
    )
