"""Many units of a ledger looked at together: series alike, heaping digits, first digits, online beside reported."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

from duheng import ledger
from duheng.assess.audit.digits import first_digits, last_digits
from duheng.assess.audit.repeats import duplicated
from duheng.assess.audit.report import Flag, flag
from duheng.assess.audit.series import YEAR, Series, raised
from duheng.assess.audit.settings import table, thresholds
from duheng.assess.books import Opened
from duheng.assess.evidence import Cell
from duheng.model.glossary import all_quantities
from duheng.model.periods import parse
from duheng.model.saying import listed, say
from duheng.model.units import ratio

_NUMBER = re.compile(r"[\d.,]+")
_LEAST_DIGITS = 3  # the last of three digits and more falls evenly where figures are measured


def alike(opened: Opened, series: Sequence[Series]) -> Iterator[Flag]:
    """Two units of one kind whose twelve months of a year nearly coincide."""
    groups: dict[tuple[str, str | None, str, int], dict[str, tuple[Series, tuple[float, ...]]]] = defaultdict(
        dict
    )
    for one in series:
        entity = opened.city.places.get(one.cell.entity)
        for year in sorted({int(period[:4]) for period in one.periods}) if entity else ():
            months = one.year(year)
            if entity is not None and len(months) == YEAR:
                groups[one.cell.quantity, one.cell.item, entity.kind, year][entity.id] = (one, months)
    for (_, _, _, year), members in groups.items():
        for copy in duplicated({id: months for id, (_, months) in members.items()}, thresholds(opened)):
            first, second = (members[id][0] for id in (copy.second[0], copy.first[0]))
            cells = (
                first.at(first.periods.index(f"{year}-01")),
                second.at(second.periods.index(f"{year}-01")),
            )
            other = opened.city.places.get(second.cell.entity)
            found = say(
                "{year}年各月与{other}几乎相同（相对差{share}）",
                year=year,
                other=other,
                share=f"{copy.distance:.3f}",
            )
            yield raised(
                opened, "duplicate", cells, found, "各单位的数各不相同", copy.distance, copy.tolerance
            )


def heaping(opened: Opened) -> Iterator[Flag]:
    """Units whose printed months heap on some last digits, where there are enough of them."""
    months = opened.books.facts.filter(
        pl.col("period").str.contains(r"^\d{4}-\d{2}$"), pl.col("stated") != ""
    )
    by_unit = months.sort("period").group_by("entity", "quantity", "item", maintain_order=True)
    for entity, quantity, item, stated, period in by_unit.agg("stated", pl.col("period").last()).iter_rows():
        digits = [match.group().rstrip(".,") for text in stated if (match := _NUMBER.search(text))]
        printed = [one for one in digits if len(re.sub(r"\D", "", one).lstrip("0")) >= _LEAST_DIGITS]
        told = last_digits(printed, thresholds(opened))
        if told.suspicious:
            cell = Cell(quantity, entity, item, period, None)
            most = max(range(10), key=lambda digit: told.counts[digit])
            found = say(
                "{n}个数中有{count}个末位是{digit}", n=sum(told.counts), count=told.counts[most], digit=most
            )
            yield raised(opened, "heaping", (cell,), found, "末位数字大致均匀", told.chi2, told.critical)


def leading(opened: Opened) -> Iterator[Flag]:
    """First digits of a year's figures of many units, one figure a unit: months of one unit begin alike."""
    kinds = {place.id: place.kind for place in opened.city.places}
    groups: dict[tuple[str, str | None, str], dict[str, float]] = defaultdict(dict)
    for quantity, item, entity, period, value in opened.books.facts.select(
        "quantity", "item", "entity", "period", "value"
    ).iter_rows():
        if kinds.get(entity) not in (None, "city", "county", "zone", "residual") and value is not None:
            known = groups[quantity, item, period[:4]]
            known[entity] = known.get(entity, 0.0) + value
    for (quantity, item, year), values in groups.items():
        told = first_digits(values.values(), thresholds(opened))
        if told.suspicious and quantity in all_quantities():
            place = listed(" ", filter(None, (opened.city, all_quantities()[quantity], item, parse(year))))
            found = say(
                "{n}个单位的首位数字偏离本福特律（平均偏差{mad}）", n=len(values), mad=f"{told.mad:.3f}"
            )
            cell = Cell(quantity, opened.city.id, item, year, None)
            limits = thresholds(opened)
            yield flag(
                "benford", place, found, "接近本福特律", told.chi2, told.critical, None, (cell,), limits
            )


def online(opened: Opened) -> Iterator[Flag]:
    """Reported figures beside the measured ones that outrank them or stand beside them, where they differ too much."""
    yield from _beside(opened)
    lost = ledger.losers(opened.scenario, as_of=opened.moment).filter(
        pl.col("status") == "reported", pl.col("winner_status") == "measured"
    )
    for row in lost.iter_rows(named=True):
        cell = Cell(row["quantity"], row["entity"], row["item"], row["period"], row["definition"])
        yield from _apart(opened, float(row["value"]), float(row["winner_value"]), (cell,))


def _beside(opened: Opened) -> Iterator[Flag]:
    """Months that the roll-up of readings states beside what the unit reports under another name."""
    facts = opened.books.facts.select("quantity", "entity", "item", "period", "definition", "value")
    wanted = {row["figure"] for row in table("online")}
    measured = facts.filter(pl.col("quantity").is_in(list(wanted)))
    if measured.is_empty():
        return
    stated = {tuple(row[:4]): row for row in facts.iter_rows()}
    for row in table("online"):
        factor = _same_unit(row["figure"], row["against"])
        for _, entity, item, period, definition, value in measured.filter(
            pl.col("quantity") == row["figure"]
        ).iter_rows():
            named = row.get("items", {}).get(item, item)
            reported = stated.get((row["against"], entity, named, period))
            if reported is not None:
                cells = (
                    Cell(row["against"], entity, named, period, reported[4]),
                    Cell(row["figure"], entity, item, period, definition),
                )
                yield from _apart(opened, reported[5], value * factor, cells)


def _same_unit(figure: str, against: str) -> float:
    """What a figure is multiplied with to stand in the unit of the other; both measure an item in the item's unit."""
    units = [all_quantities()[name].unit for name in (figure, against)]
    return 1.0 if units[0] == units[1] else float(ratio(*units))


def _apart(opened: Opened, said: float, measured: float, cells: tuple[Cell, ...]) -> Iterator[Flag]:
    tolerance = thresholds(opened).number("online", "tolerance")
    if abs(said - measured) <= tolerance * abs(measured):
        return
    share = (said - measured) / abs(measured) if measured else float("inf")
    found = say(
        "填报{said}，监测{measured}，差{share}",
        said=f"{said:g}",
        measured=f"{measured:g}",
        share=f"{share:+.1%}",
    )
    yield raised(opened, "online", cells, found, "两者相符", abs(share), tolerance)


def grid(opened: Opened) -> Iterator[Flag]:
    """Electricity of the balance, used and lost, beside what the grid company states for the same place and year."""
    facts = opened.books.facts.filter(pl.col("quantity") == "electricity_use")
    if facts.is_empty():
        return
    tolerance, stated = thresholds(opened).number("grid", "tolerance"), set(facts["entity"])
    used, lost = (opened.table(of).filter(pl.col("item") == "电力") for of in ("fuel_final_use", "fuel_loss"))
    sides = opened.table("electricity_use").join(used, on=["entity", "period"], suffix="_used")
    for row in sides.join(lost, on=["entity", "period"], suffix="_lost").iter_rows(named=True):
        told, parts = row["value"], (row["value_used"], row["value_lost"])
        if row["entity"] not in stated or not told or None in parts or len(row["period"]) != len("2023"):
            continue
        balance = sum(parts)
        if abs(balance - told) <= tolerance * told:
            continue
        cells = tuple(
            Cell(of, row["entity"], item, row["period"], None)
            for of, item in (("fuel_final_use", "电力"), ("electricity_use", None))
        )
        found = say(
            "平衡表用电与损失{balance} 万kWh，电网企业{told} 万kWh，差{share}",
            balance=f"{balance:.10g}",
            told=f"{told:.10g}",
            share=f"{balance / told - 1:+.1%}",
        )
        yield raised(opened, "grid", cells, found, "两者相符", abs(balance / told - 1), tolerance)


def closing(opened: Opened) -> Iterator[Flag]:
    """Balances of a fuel kept in the ledger whose supply and uses leave more than the usual difference."""
    if opened.books.facts.filter(pl.col("quantity") == "fuel_supply").is_empty():
        return
    most = thresholds(opened).number("closing", "most")
    gaps = opened.table("fuel_balance_difference").filter(pl.col("value").is_not_null())
    supply = {
        (e, i, p): v
        for e, i, p, v in opened.table("fuel_supply").select("entity", "item", "period", "value").iter_rows()
    }
    for entity, item, period, gap in gaps.select("entity", "item", "period", "value").iter_rows():
        base = abs(supply.get((entity, item, period)) or 0.0)
        if abs(gap) > most * base:
            cell = Cell("fuel_supply", entity, item, period, None)
            share = abs(gap) / base if base else float("inf")
            found = say("平衡差额{gap}，占可供量{share}", gap=f"{gap:.6g}", share=f"{share:.1%}")
            yield raised(opened, "closing", (cell,), found, "平衡差额接近零", share, most)
