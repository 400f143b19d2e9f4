"""What to know of a result over a plain table, though nothing is wrong with the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from duheng.ingest.plain_areas import NamedPlaces
from duheng.model import Parameter, Places, Quantity, Rule
from duheng.model.parameters import Parameters, Setting
from duheng.model.periods import Period, parse
from duheng.model.references import At, Linked, Only, Reference, Under
from duheng.model.rule import Wording

ESTIMATE = "测算"
SAID = {"verified": "已核对", "secondary": "转引", "memory": "未核实", "derived": "推算"}


@dataclass(frozen=True)
class Used:
    """Something that a result is worked out with: a rule in one wording, or a parameter (of one item where named).

    at: the periods and division codes for which it is.
    """

    of: Rule | Parameter
    at: frozenset[tuple[Period, str]]
    wording: Wording | None = None
    item: str | None = None


def used(
    rule: Rule,
    facts: pl.DataFrame,
    places: Places,
    definition: str | None = None,
    base_year: int | None = None,
    parameters: Parameters | None = None,
) -> list[Used]:
    """The rules and parameters that a rule over a table is worked out with, below what no column of it states."""
    cells = facts.select("entity", "period").unique(maintain_order=True).rows()
    at = frozenset((parse(text), places.code(entity)) for entity, text in cells)
    given = frozenset(facts["quantity"].unique())
    search = _Search(given, base_year, parameters or Parameters())
    return [*dict.fromkeys(search.below(rule, _Place(at, definition)))]


@dataclass(frozen=True)
class _Place:
    """Where a reference is read: periods and codes, definition, item, and the rules that led there."""

    at: frozenset[tuple[Period, str]]
    definition: str | None
    item: str | None = None
    path: frozenset[tuple[str, str | None]] = frozenset()


@dataclass
class _Search:
    given: frozenset[str]
    base_year: int | None
    parameters: Parameters
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def below(self, of: Reference, place: _Place) -> Iterator[Used]:
        mark = (id(of), place.at, place.definition, place.item)
        if mark in self.seen:
            return
        self.seen.add(mark)
        if isinstance(of, Parameter):
            yield Used(self.parameters.get(of.id), place.at, item=place.item)
        elif isinstance(of, Rule):
            if of.id not in self.given:
                yield from self._rule(of, place)
        elif not isinstance(of, Quantity):
            for part in of.parts():
                yield from self.below(part, self._moved(of, place))

    def _rule(self, of: Rule, place: _Place) -> Iterator[Used]:
        definition = of.definition(place.definition)
        if (of.id, definition) in place.path:
            return  # a rule that goes back to itself, as a chain does year by year
        here = replace(place, path=place.path | {(of.id, definition)})
        worded: dict[Wording, set[tuple[Period, str]]] = defaultdict(set)
        for period, code in place.at:
            if (wording := of.wording(period.end, code, definition)) is not None:
                worded[wording].add((period, code))
        for wording, at in worded.items():
            yield Used(of, frozenset(at), wording)
            for reference in wording.inputs.values():
                yield from self.below(reference, replace(here, at=frozenset(at)))

    def _moved(self, of: Reference, place: _Place) -> _Place:
        """Where what a reference looks up is read: at its moment, under its definition, for its item."""
        if isinstance(of, At):
            moved = ((of.moment.of(period, self.base_year), code) for period, code in place.at)
            return replace(
                place, at=frozenset((period, code) for period, code in moved if period is not None)
            )
        if isinstance(of, Linked):
            on_the_way = ((of.way(period) or (), code) for period, code in place.at)
            return replace(place, at=frozenset((period, code) for way, code in on_the_way for period in way))
        if isinstance(of, Under):
            return replace(place, definition=of.definition)
        return replace(place, item=of.item) if isinstance(of, Only) else place


def unverified(found: list[Used], facts: pl.DataFrame) -> Iterator[str]:
    """A notice of each parameter in use whose values nobody has held against the text, with their citation."""
    unsure: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for one, setting in _settings(found, facts):
        if setting.certainty == "memory":
            unsure[one.title, setting.cite][setting.item or ""] = None
    for (title, cite), items in unsure.items():
        named = "、".join(filter(None, items))
        yield f"提示：{title}{f'（{named}）' if named else ''}取值未核实，依据：{cite}；请与原文核对"


def unread(rule: Rule, found: list[Used]) -> Iterator[str]:
    """A notice of each rule in use that is from memory or quoted at second hand, with its citation.

    The rule itself is left to `estimated` where its title calls it an estimate.
    """
    for one in found:
        if one.wording is None or one.wording.certainty not in ("memory", "secondary"):
            continue
        if one.of is not rule or ESTIMATE not in rule.title:
            said = "未核实" if one.wording.certainty == "memory" else "转引，未见原文"
            yield f"提示：规则{one.of.title}（{one.of.id}）{said}，依据：{one.wording.cite}"


def _settings(found: list[Used], facts: pl.DataFrame) -> Iterator[tuple[Parameter, Setting]]:
    """The settings in force of the parameters in use, in order of the table's items."""
    items = [*facts["item"].drop_nulls().unique(maintain_order=True)]
    for one in found:
        if isinstance(one.of, Parameter):
            for item in (items if one.of.axis else [None]) if one.item is None else [one.item]:
                for period, code in sorted(one.at, key=lambda at: (str(at[0]), at[1])):
                    of = one.of.ruling(item, code)
                    if (setting := of.at(period.end, item, code)) is not None:
                        yield of, setting


def estimated(rule: Rule, found: list[Used]) -> Iterator[str]:
    """A notice of a result that its title calls an estimate: by which text, and how sure that is."""
    if ESTIMATE not in rule.title:
        return
    for one in (known.wording for known in found if known.of is rule):
        if one is not None:
            certainty = f"{SAID[one.certainty]}（{one.certainty}）"
            yield f"提示：结果为测算值，不是核定值：{rule.title}，依据：{one.cite}，可信度：{certainty}"


_FEW = 5


def rounded_first(found: list[Used], facts: pl.DataFrame, places: Places) -> Iterator[str]:
    """A notice of each rule in use whose text has an input rounded first, where a value of the table loses digits."""
    for one in found:
        if one.wording is not None and (lost := [*_losing(one, one.wording, facts, places)]):
            said = f"输入先按GB/T 8170修约再计算（{one.wording.cite}）"
            yield f"提示：{one.of.title}：{said}：{_few(lost).strip()}"


def _losing(one: Used, wording: Wording, facts: pl.DataFrame, places: Places) -> Iterator[str]:
    """The values of a table that a wording in use takes with fewer digits than they have."""
    for name in wording.rounded:
        stated = facts.filter(pl.col("quantity") == wording.inputs[name].id)
        for entity, item, period, value in stated.select("entity", "item", "period", "value").iter_rows():
            taken = wording.taken(name, item, value)
            if taken != value and (parse(period), places.code(entity)) in one.at:
                yield f"{entity} {item or ''} {period} {value:.15g}修约为{taken:.15g}"


def borrowed(found: list[Used], facts: pl.DataFrame, places: Places) -> Iterator[str]:
    """A notice where a value of another area or of an earlier year stands in for the one of the place and year."""
    cells = facts.select("entity", "period").unique(maintain_order=True).rows()
    items = [*facts["item"].drop_nulls().unique(maintain_order=True)]
    named = (one for known in found if isinstance(known.of, Parameter) for one in known.of.below())
    for one in dict.fromkeys(one for one in named if isinstance(one, Parameter)):
        if not (one.local() or _yearly(one)):
            continue
        lost: list[str] = []
        national: list[str] = []
        earlier: dict[int, list[str]] = defaultdict(list)
        for entity, text in cells:
            period, code = parse(text), places.code(entity)
            for item in items if one.axis else [None]:
                setting = one.at(period.end, item, code)
                if setting is None or one.ruling(item, code) is not one:
                    continue
                if one.local() and not setting.where:
                    (national if code else lost).append(f"{entity} {text}" if code else entity)
                if _yearly(one) and setting.since.year < period.year:
                    earlier[setting.since.year].append(f"{entity} {text}")
        if lost:
            remedy = "请把对象写成省、市、县名或行政区划代码"
            yield f"提示：{one.title}：{_few(lost)}没有认出所在地区，用的是全国值；{remedy}"
        if national:
            yield f"提示：{one.title}：{_few(national)}没有本地取值，用的是全国值"
        for year, names in earlier.items():
            yield f"提示：{one.title}：{_few(names)}用的是{year}年的取值，当年的没有收录，属暂用"


def at_home(found: list[Used], facts: pl.DataFrame, places: NamedPlaces) -> Iterator[str]:
    """A notice of what does not say where it lies, and so has the values of the city that the table is read in."""
    cells = facts.select("entity", "period").unique(maintain_order=True).rows()
    days = {entity: parse(text).end for entity, text in cells if places.at_home(entity)}
    read = {one.of for one in found if isinstance(one.of, Parameter)}
    code = places.home.code
    settings = [one for of in read for one in of.settings if one.where and code.startswith(one.where)]
    lost = [entity for entity, day in days.items() if any(one.since <= day for one in settings)]
    if lost:
        remedy = "在别处的，请把对象写成省、市、县名或行政区划代码，或用 --city 指定城市"
        yield f"提示：{_few(lost)}没有认出所在地区，按{places.home.name}（{code}）取值；{remedy}"


def _yearly(of: Parameter) -> bool:
    """Whether its values are published for each year: those of the nation begin three years on end."""
    years = {
        one.since.year for one in of.settings if not one.where and (one.since.month, one.since.day) == (1, 1)
    }
    return any({year, year + 1, year + 2} <= years for year in years)


def _few(names: list[str]) -> str:
    once = [*dict.fromkeys(names)]
    return "、".join(once[:_FEW]) + (f" 等{len(once)}项" if len(once) > _FEW else " ")
