"""Sites of construction land: contents of soil against the risk values, which are data and not yet checked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from duheng.engine import value
from duheng.model.entities import Entity
from duheng.model.glossary import axis, quantity
from duheng.model.rounding import judge, shown
from duheng.web import state
from duheng.web.boards import books, local, values
from duheng.web.page import Ask, Page
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table

SITE = "soil_site"
LIMITS = {
    "soil_screening_1": "筛选值 第一类",
    "soil_screening_2": "筛选值 第二类",
    "soil_intervention_1": "管制值 第一类",
    "soil_intervention_2": "管制值 第二类",
}
RATIOS = ("soil_screening_ratio", "soil_intervention_ratio")
UNCHECKED = (
    "风险筛选值、管制值凭记忆写下，没有原文在手，均未核实；"
    "使用前须对照 GB 36600-2018 原文，由管理员在“参数”页连同出处更换。"
)


def show(ask: Ask) -> Page:
    """The register of sites, what their soil holds, and the limits it is compared with."""
    words = ask.words
    sites = [one for one in ask.city.places if one.kind == SITE]
    tables = (_sites(ask, sites), _contents(ask, sites), _limits(ask))
    return Page(
        template="soil.html",
        title=words("土壤地块"),
        data={table.name: table.records() for table in tables},
        context={"note": words(UNCHECKED), "sites": sites},
        tables=tables,
        values=tuple(one for one in values(ask, RATIOS, "") if one.own),
    )


def _sites(ask: Ask, sites: list[Entity]) -> Table:
    words = ask.words
    names = {
        "land_use": "规划用途",
        "area": "面积（平方米）",
        "listed_on": "列入名录日期",
        "status": "状态",
        "released_on": "移出名录日期",
    }
    columns = [
        Column("site", words("地块"), width=22),
        Column("place", words("所在地"), width=14),
        *(Column(name, words(title), number=name == "area", width=16) for name, title in names.items()),
        Column("note", words("说明"), width=30),
    ]
    rows = []
    for site in sites:
        parent = ask.city.places.get(site.parent or "")
        said = [site.attributes.get(name) for name in (*names, "note")]
        rows.append(
            [
                Cell(words.name(site)),
                Cell(words.name(parent) if parent else "—"),
                *(Cell(words(f"{one}")) if one not in (None, "") else Cell("—") for one in said),
            ]
        )
    return Table(
        "sites", words("地块台账"), columns, rows, empty=words("台账中没有地块（registers/soil_site.csv）")
    )


def _contents(ask: Ask, sites: list[Entity]) -> Table:
    words, items = ask.words, axis("soil_item").items
    columns = [
        Column("site", words("地块"), width=22),
        Column("year", words("年份")),
        Column("class", words("用地类别"), width=14),
        *(
            Column(item, f"{words.title(one)}{words.bracketed(one.unit)}", width=16)
            for item, one in items.items()
        ),
    ]
    rows = [row for site in sites for row in _site_rows(ask, site)]
    note = words(
        "每格为含量与其对筛选值的倍数；大于1须进一步调查评估，超过管制值的另注明。未检测的写“未填报”。"
    )
    return Table(
        "contents",
        words("土壤含量（与筛选值之比）"),
        columns,
        rows,
        note=note,
        empty=words("没有地块调查数据"),
    )


def _site_rows(ask: Ask, site: Entity) -> list[list[Cell]]:
    facts = books(ask).books.facts.filter(
        (pl.col("entity") == site.id) & pl.col("quantity").is_in(["soil_concentration", "sensitive_land"])
    )
    words = ask.words
    rows = []
    for period in sorted(facts["period"].unique()):
        own = facts.filter(pl.col("period") == period)
        land = own.filter(pl.col("quantity") == "sensitive_land")["value"].to_list()
        said = words("第一类用地" if land[0] else "第二类用地") if land else words("未填报")
        contents = dict(own.filter(pl.col("item").is_not_null()).select("item", "value").iter_rows())
        rows.append(
            [
                Cell(words.name(site)),
                Cell(period),
                Cell(said, css="" if land else "missing"),
                *(_content(ask, site, period, item, contents.get(item)) for item in axis("soil_item").items),
            ]
        )
    return rows


def _content(ask: Ask, site: Entity, period: str, item: str, found: float | None) -> Cell:
    words, here = ask.words, books(ask).books
    if found is None:
        return Cell.missing(words("未填报"))
    text = f"{Decimal(shown(found, quantity('soil_concentration')) or '0').normalize():f}"
    times = [judge(value(quantity(id), here, site.id, period, item), 2) for id in RATIOS]
    said = text + (words.bracketed(str(times[0])) if times[0] is not None else "")
    if times[1] is not None and times[1] > 1:
        said += words("超管制值")
    return Cell(said, href=cell_address("why", ask, "soil_screening_ratio", site.id, period, item))


def _limits(ask: Ask) -> Table:
    words, on = ask.words, ask.selection.as_of or state.today()
    columns = [
        Column("item", words("项目"), width=18),
        *(Column(id, words(title), number=True, width=16) for id, title in LIMITS.items()),
        Column("cite", words("依据"), width=34),
    ]
    rows = [_limit_row(ask, item, on) for item in axis("soil_item").items]
    return Table("limits", words("限值（毫克每千克）"), columns, rows)


def _limit_row(ask: Ask, item: str, on: date) -> list[Cell]:
    words = ask.words
    found = [local(ask).at(id, on, item) for id in LIMITS]
    known = [one for one in found if one is not None]
    doubt = words.bracketed(words("未核实")) if any(one.certainty != "verified" for one in known) else ""
    return [
        Cell(words.title(axis("soil_item").items[item])),
        *(Cell(f"{one.value:f}", one.value) if one is not None else Cell("—") for one in found),
        Cell((words.cite(known[0].cite) if known else "—") + doubt),
    ]
