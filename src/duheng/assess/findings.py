"""Findings over a ledger and over a plan's targets: what somebody should look at, in Chinese (L10, L12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from duheng import ledger
from duheng.assess.audit.groups import alike, closing, grid, heaping, leading, online
from duheng.assess.audit.pairs import compared
from duheng.assess.audit.report import Flag
from duheng.assess.audit.series import monthly, placed, within
from duheng.assess.audit.yearly import moved
from duheng.assess.books import Opened
from duheng.assess.evidence import Cell, owner, reasons
from duheng.assess.flows import POWER_AND_HEAT
from duheng.assess.judging import with_unit
from duheng.assess.owed import Owed
from duheng.assess.warning import Tolerance, tolerances
from duheng.engine import Books, Explanation, Step, table
from duheng.model.findings import Finding, Severity
from duheng.model.glossary import Quantity, all_quantities, definitions, item_unit, quantity
from duheng.model.periods import parse
from duheng.model.plan import Target
from duheng.model.rounding import shown
from duheng.model.rule import Rule, rests_on
from duheng.model.saying import listed, say

_REGIONS = ("city", "county", "zone", "residual", "town")


def of_target(
    target: Target,
    owing: Sequence[Owed],
    unit_trouble: str | None = None,
    mismatch: str | None = None,
    gaps: Sequence[int] = (),
) -> tuple[Finding, ...]:
    """What is wrong with the data of one target: unit, definition, years a sum lacks, statements owed."""
    found: list[Finding] = []
    if unit_trouble:
        found.append(
            Finding("target-unit", "error", target.title, unit_trouble, "", "请核对计划中目标的单位")
        )
    if mismatch:
        remedy = "请按目标口径填报，或由主管部门重新选定口径并签字"
        found.append(Finding("definition-mismatch", "error", target.title, mismatch, "", remedy))
    if gaps:
        lacking = listed("、", (say("{year}年", year=year) for year in gaps))
        said = say("缺{lacking}的数据，累计数未知", lacking=lacking)
        found.append(Finding("year-missing", "error", target.title, said, "规划期内逐年都有数据", "请补报"))
    return (*found, *(_not_reported(one) for one in owing))


def _not_reported(one: Owed) -> Finding:
    return Finding(
        "not-reported",
        "warning",
        one.what,
        "未填报",
        say("应于{due}前报送", due=one.due),
        say("填报《{form}》", form=one.duty),
        one.unit,
    )


def over_ledger(opened: Opened) -> tuple[Finding, ...]:
    """All findings over the facts of a scenario as of the opening's moment, most severe kinds first."""
    return tuple(flag.finding for flag in flags_over_ledger(opened))


def flags_over_ledger(opened: Opened) -> tuple[Flag, ...]:
    """The same with measure, tolerance and the cells each speaks of: what is wrong first, what is unlikely last."""
    if "flags" not in opened.memo:
        opened.memo["flags"] = (
            *foreign_definitions(opened),
            *unnamed_price_bases(opened),
            *power_at_calorific_value(opened),
            *counties_against_city(opened),
            *stated_against_computed(opened),
            *suspicions(opened),
            *outranked(opened),
        )
    found: tuple[Flag, ...] = opened.memo["flags"]
    return found


def suspicions(opened: Opened) -> tuple[Flag, ...]:
    """What is merely unlikely: each series against itself, the next figure and its peers. Reasons, not verdicts."""
    series = monthly(opened)
    return (
        *closing(opened),
        *online(opened),
        *grid(opened),
        *moved(opened),
        *(flag for one in series for flag in within(opened, one)),
        *alike(opened, series),
        *compared(opened, series),
        *heaping(opened),
        *leading(opened),
    )


def outranked(opened: Opened) -> tuple[Flag, ...]:
    """Facts known but outranked by one of higher status (L2: the losers stay visible)."""
    lost = ledger.losers(opened.scenario, as_of=opened.moment)
    stated = dict(opened.books.facts.select("fact", "stated").iter_rows())
    found = []
    for row in lost.iter_rows(named=True):
        status, winner = ledger.STATUS_TITLES.get(row["status"], row["status"]), stated.get(row["winner"], "")
        better = ledger.STATUS_TITLES.get(row["winner_status"], row["winner_status"])
        said = say(
            "{status}值{stated}未被采用，现采用{better}值{winner}（核定优于监测，监测优于填报，填报优于估算）",
            status=status,
            stated=row["stated"] or row["value"],
            better=better,
            winner=winner or row["winner_value"],
        )
        cell = _cell(row)
        by, remedy = owner(opened, cell.quantity, cell.entity, parse(cell.period)), "核对两个数值为何不同"
        finding = Finding("outranked", "notice", placed(opened, cell), said, "", remedy, by)
        found.append(Flag(finding, cells=(cell,)))
    return tuple(found)


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(row["quantity"], row["entity"], row["item"], row["period"], row["definition"])


def foreign_definitions(opened: Opened) -> tuple[Flag, ...]:
    """Facts under a definition (口径) their quantity is not declared to have.

    Where the quantity has definitions no rule reads such a fact (error); where it has none the fact is read as
    if it named none (warning).
    """
    known, titles = all_quantities(), definitions()
    facts = ledger.read(opened.scenario, as_of=opened.moment).filter(pl.col("definition").is_not_null())
    found = []
    for row in facts.iter_rows(named=True):
        bound = known.get(row["quantity"])
        if bound is None or row["definition"] in bound.definitions:
            continue
        title = titles[row["definition"]].title if row["definition"] in titles else row["definition"]
        allowed = listed("、", (titles[one] for one in bound.definitions if one in titles)) or "不注明口径"
        said = say("口径“{name}”，未被采用" if bound.definitions else "口径“{name}”", name=title)
        severity: Severity = "error" if bound.definitions else "warning"
        cell = _cell(row)
        by = owner(opened, cell.quantity, cell.entity, parse(cell.period))
        finding = Finding(
            "definition-foreign", severity, placed(opened, cell), said, allowed, "请核对口径", by
        )
        found.append(Flag(finding, cells=(cell,)))
    return tuple(found)


def unnamed_price_bases(opened: Opened) -> tuple[Flag, ...]:
    """Figures at constant prices that name no price base, where the city's plans have more than one.

    Each plan reads them as if they were at the prices of its own base year, which cannot hold for both.
    """
    plans = [plan for plan in opened.city.plans if plan.scenario in ("actual", opened.scenario)]
    if len({plan.base_year for plan in plans}) < 2:
        return ()
    priced = [id for id, one in all_quantities().items() if one.priced]
    bare = opened.books.facts.filter(pl.col("quantity").is_in(priced), pl.col("definition").is_null())
    found = []
    for (id,), rows in bare.partition_by("quantity", as_dict=True, maintain_order=True).items():
        said = say("{n}个数未注明价格基期，各方案都当作本规划基年的价格", n=rows.height)
        expected = say("{n}个规划基年各用各的价格", n=len({plan.base_year for plan in plans}))
        remedy = "请按所属基期重新报送，并在“口径”列写明"
        finding = Finding("price-base", "warning", all_quantities()[id].title, said, expected, remedy)
        found.append(Flag(finding, cells=tuple(_cell(row) for row in rows.iter_rows(named=True))))
    return tuple(found)


def power_at_calorific_value(opened: Opened) -> tuple[Flag, ...]:
    """Power and heat for which a region has entered no equal value: energy made of them is no published total.

    Enterprises and institutions are at calorific value anyhow.
    """
    of, places = opened.books.parameters.get("equal_value_factor"), opened.city.places
    regions = [one.id for one in places if one.kind in _REGIONS]
    used = opened.books.facts.filter(
        pl.col("quantity") == "fuel_use",
        pl.col("item").is_in(POWER_AND_HEAT),
        pl.col("entity").is_in(regions),
    )
    found = []
    for (item,), rows in used.partition_by("item", as_dict=True, maintain_order=True).items():
        cells = [_cell(row) for row in rows.iter_rows(named=True)]
        plain = tuple(cell for cell in cells if of.ruling(cell.item, places.code(cell.entity)).id != of.id)
        if not plain:
            continue
        said = say("{n}个数按当量值折标准煤，本地没有载入{item}的等价系数", n=len(plain), item=item)
        expected = "公布的能源消费总量和单位地区生产总值能耗按等价值，两者不能相比"
        remedy = say("请在“参数”中载入各年的“{parameter}”（{id}）", parameter=of, id=of.id)
        place = say("{city} {item}", city=opened.city.name, item=item)
        finding = Finding("power-calorific", "warning", place, said, expected, remedy)
        found.append(Flag(finding, cells=plain))
    return tuple(found)


def stated_against_computed(opened: Opened) -> tuple[Flag, ...]:
    """Stated values of computed quantities that differ from what their inputs give, beyond the tolerance."""
    known = all_quantities()
    stated = opened.books.facts.filter(
        pl.col("quantity").is_in([id for id, one in known.items() if isinstance(one, Rule)])
    )
    tolerance = tolerances()["stated_vs_computed"]
    found: list[Flag] = []
    for (id, definition), rows in stated.partition_by(
        "quantity", "definition", as_dict=True, maintain_order=True
    ).items():
        bound = known[str(id)]
        without = _without(opened, pl.col("quantity") != bound.id)
        own = None if definition is None else str(definition)
        found += _differing(
            opened, bound, rows, _computed(bound, without, own), "stated-computed", "按规则计算值", tolerance
        )
    return tuple(found)


def counties_against_city(opened: Opened) -> tuple[Flag, ...]:
    """Stated values of the city that differ from the sum of its expected members, beyond the tolerance.

    Only where every county is known: a sum without one of them says nothing of the whole (L1).
    """
    known, whole = all_quantities(), opened.city.id
    counties = [one.id for one in opened.city.places.children(whole) if one.kind == "county"]
    stated = opened.books.facts.filter(pl.col("entity") == whole)
    found: list[Flag] = []
    groups = stated.partition_by("quantity", "definition", as_dict=True, maintain_order=True)
    summed = {id: one for (id, _) in groups if (one := known.get(str(id))) and _summed(one)}
    # A quantity that is no rule rests on itself alone, so that all of them are read from the same books.
    plain = [id for id, one in summed.items() if not isinstance(one, Rule)]
    without_plain = _without(opened, _elsewhere(plain, whole))
    for (id, definition), rows in groups.items():
        if id not in summed:
            continue
        bound, without = summed[id], without_plain
        if isinstance(bound, Rule):  # of a published rule the whole's own inputs too
            without = _without(opened, _elsewhere(rests_on(bound), whole))
        values = _computed(bound, without, None if definition is None else str(definition))
        whole_sums = {
            (entity, item, period): value
            for (entity, item, period), value in values.items()
            if all((county, item, period) in values for county in counties)
        }
        tolerance = tolerances()["counties_vs_city"]
        found += _differing(opened, bound, rows, whole_sums, "members-whole", "各成员之和", tolerance)
    return tuple(found)


def quoted(opened: Opened, flag: Flag) -> Iterator[Step]:
    """The figures that a finding quotes, with their reasons: of its cells, and the computed one beside a stated."""
    for cell in flag.cells:
        yield reasons(opened, cell)
        bound = quantity(cell.quantity)
        if flag.finding.code == "stated-computed":
            without = _without(opened, pl.col("quantity") != bound.id)
        elif flag.finding.code == "members-whole":
            without = _without(opened, _elsewhere(rests_on(bound), cell.entity))
        else:
            continue
        yield Explanation(without, cell.definition).step(bound, (cell.entity, cell.item, parse(cell.period)))


def _summed(of: Quantity) -> bool:
    """Whether a whole's stated value should be the sum of its members'."""
    return of.over_place == "sum" and (not isinstance(of, Rule) or of.published)


def _elsewhere(of: Iterable[str], whole: str) -> pl.Expr:
    """Facts of other quantities, or of another place than the whole."""
    return ~pl.col("quantity").is_in(list(of)) | (pl.col("entity") != whole)


def _without(opened: Opened, kept: pl.Expr) -> Books:
    books = opened.books
    return Books(
        books.facts.filter(kept),
        books.places,
        books.parameters,
        # The city's own duty would await its statement instead of adding its members up.
        duties=tuple(duty for duty in books.duties if duty.entity != opened.city.id),
        base_year=books.base_year,
        targets=books.targets,
        definitions=books.definitions,
    )


def _computed(
    bound: Quantity, books: Books, definition: str | None
) -> dict[tuple[str, str | None, str], float]:
    frame = table(bound, books, definition).filter(pl.col("value").is_not_null())
    if "item" not in frame.columns:
        frame = frame.with_columns(item=pl.lit(None, pl.String))
    return {
        (entity, item, period): value
        for entity, item, period, value in frame.select("entity", "item", "period", "value").iter_rows()
    }


def _differing(
    opened: Opened,
    bound: Quantity,
    rows: pl.DataFrame,
    computed: dict[tuple[str, str | None, str], float],
    code: str,
    said: str,
    tolerance: Tolerance,
) -> Iterator[Flag]:
    for row in rows.iter_rows(named=True):
        other = computed.get((row["entity"], row["item"], row["period"]))
        stated = row["value"]
        if other is None or stated is None or _within(stated, other, tolerance.tolerance):
            continue
        unit = item_unit(bound, row["item"]) if "<" in bound.unit else bound.printed_unit
        digits = [f"{one:g}" if "<" in bound.unit else shown(one, bound) for one in (stated, other)]
        found = say(
            "填报{stated}，{said}{other}",
            stated=with_unit(digits[0] or "", unit),
            said=said,
            other=with_unit(digits[1] or "", unit),
        )
        if other:
            found = say(
                "{found}，差{share}%", found=found, share=f"{abs(stated - other) / abs(other) * 100:.2f}"
            )
        cell = _cell(row)
        expected = say("应相差不超过{share}%", share=f"{(tolerance.tolerance * 100).normalize():f}")
        by = owner(opened, cell.quantity, cell.entity, parse(cell.period)) or _reporter(opened, bound, cell)
        finding = Finding(code, "warning", placed(opened, cell), found, expected, "核对填报值与其组成", by)
        share = abs(stated - other) / abs(other) if other else None
        yield Flag(finding, share, float(tolerance.tolerance), (cell,))


def _reporter(opened: Opened, bound: Quantity, cell: Cell) -> str | None:
    """Who answers for a whole that no duty names: who owes its parts, where that is one unit, else the whole itself."""
    rests = rests_on(bound)
    units = {duty.by for duty in opened.books.duties if rests & set(duty.quantities)}
    if len(units) == 1:
        return units.pop()
    entity = opened.city.places.get(cell.entity)
    return entity.name if entity is not None else None


def _within(stated: float, other: float, tolerance: Decimal) -> bool:
    return abs(stated - other) <= float(tolerance) * abs(other)
