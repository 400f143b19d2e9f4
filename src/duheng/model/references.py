"""What a rule may depend on: a quantity, a parameter, another moment of it, a total of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .periods import Period


class Reference:
    """Base of everything that may stand as a default argument of a rule."""

    id: str
    title: str
    unit: str
    axis: str | None

    def parts(self) -> Iterable[Reference]:
        """What it directly depends on."""
        return ()

    def below(self, through: Callable[[Reference], bool] = lambda _: True) -> Iterator[Reference]:
        """Everything it depends on, itself first, each once; a rule may stand below its own wordings.

        through: whether what a reference depends on is reached through it.
        """
        seen: dict[int, Reference] = {}
        waiting = [self]
        while waiting:
            here = waiting.pop()
            if id(here) not in seen:
                seen[id(here)] = here
                yield here
                waiting.extend(here.parts() if through(here) else ())

    def __matmul__(self, moment: Moment) -> At:
        return At(self, moment)

    def under(self, definition: str) -> Under:
        """The same under one accounting definition (口径), whichever the rule itself is read under."""
        return Under(self, definition)


@dataclass(frozen=True, eq=False)
class Moment:
    """Another time at which a quantity is looked up: base year, last year, the plan's target."""

    id: str
    title: str
    title_en: str
    _move: Callable[[Period, int | None], Period | None]

    def of(self, period: Period, base_year: int | None = None) -> Period | None:
        """The period looked up from this one; None where there is none, as for a whole plan."""
        return None if period.kind == "plan" else self._move(period, base_year)


def _to_base_year(period: Period, base_year: int | None) -> Period | None:
    # A five-year plan's base is the last year of the plan before it: 2020 for 2021-2025.
    year = base_year if base_year is not None else period.year - (period.year - 1) % 5 - 1
    return period.shift_years(year - period.year)


def _to_last_year(period: Period, base_year: int | None) -> Period | None:
    return period.shift_years(-1)


def _to_plan_end(period: Period, base_year: int | None) -> Period | None:
    return period.shift_years((5 - period.year % 5) % 5)


BASE_YEAR = Moment("base_year", "基期", "base year", _to_base_year)
LAST_YEAR = Moment("last_year", "上年同期", "last year", _to_last_year)
TARGET = Moment("target", "规划目标", "target", _to_plan_end)


def in_year(year: int) -> Moment:
    """The same period of one year, whatever the plan: what a price base (2020年价格) is reckoned from."""
    title = f"{year}年"
    return Moment(f"year_{year}", title, str(year), lambda period, _: period.shift_years(year - period.year))


@dataclass(frozen=True, eq=False)
class Derived(Reference):
    """A reference to another one; id, title, unit and axis are those of what it looks up."""

    of: Reference

    def __post_init__(self) -> None:
        for name in ("id", "title", "unit", "axis"):
            object.__setattr__(self, name, getattr(self.of, name))

    def parts(self) -> Iterable[Reference]:
        return (self.of,)


@dataclass(frozen=True, eq=False)
class At(Derived):
    """A reference looked up at another moment."""

    moment: Moment


@dataclass(frozen=True, eq=False)
class Under(Derived):
    """A reference read under an accounting definition of its own (L8)."""

    definition: str


@dataclass(frozen=True, eq=False)
class Linked(Derived):
    """Yearly growth rates linked into an index: 1 at the moment `since`, the product of (1 + rate) after it.

    Unknown before that moment, and where one rate on the way is (L1).
    """

    since: Moment

    def way(self, period: Period) -> list[Period] | None:
        """The periods whose rates are linked, oldest first; None before `since`, and for a whole plan."""
        start = self.since.of(period)
        if start is None or period.year < start.year:
            return None
        return [start.shift_years(n) for n in range(1, period.year - start.year + 1)]


def linked(of: Reference, since: Moment) -> Linked:
    """Yearly growth rates (over the same period of the year before) linked into an index, 1 at `since`."""
    return Linked(of, since)


@dataclass(frozen=True, eq=False)
class Only(Derived):
    """One item of a reference, as a reference without items: the electricity among the fuels."""

    item: str
    unit: str

    def __post_init__(self) -> None:
        for name in ("id", "title"):
            object.__setattr__(self, name, getattr(self.of, name))
        object.__setattr__(self, "axis", None)


CHILDREN = "children"
MONTHS = "months"


@dataclass(frozen=True, eq=False)
class Total(Derived):
    """The sum of a reference over its items, the entity's children, a kind of descendants, or months.

    over: an axis name, CHILDREN, MONTHS, or the name of an entity kind.
    """

    over: str

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.over == self.of.axis:
            object.__setattr__(self, "axis", None)


def total(of: Reference, over: str) -> Total:
    """Sum over items, child entities, a kind of entities or months; unknown unless every member is (L1)."""
    return Total(of, over)
