"""The tables of the page of waters."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from duheng.engine import value
from duheng.ingest.water import PH
from duheng.model.entities import Entity
from duheng.model.glossary import axis, quantity
from duheng.model.rounding import judge, shown
from duheng.rules.water import CLASSES, black_odour_elimination_rate, good_section_rate
from duheng.web.boards import books
from duheng.web.page import Ask
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table
from duheng.web.water_figures import (
    BODY,
    INDICATORS,
    Reading,
    Sample,
    Water,
    all_items,
    excesses,
    latest_sample,
    target_level,
)

DEGREES = ("不黑臭", "轻度黑臭", "重度黑臭")
NO_SOURCE = "限值和评价办法的条号待核（GB 3838-2002、环办〔2011〕22号原文不在手）。"


def missing(ask: Ask) -> Cell:
    """A cell for what nobody stated."""
    return Cell.missing(ask.words("未填报"))


def class_cell(ask: Ask, section: Entity, period: str, found: Reading | None) -> Cell:
    """A class with the address of what made it: the reasons of the item that decides, or the section's page."""
    if found is None:
        return missing(ask)
    return Cell(ask.words(found.title), Decimal(found.level), href=_why(ask, section, period, found))


def _why(ask: Ask, section: Entity, period: str, found: Reading) -> str:
    item = found.worst[0]
    if len(period) == len("2025"):
        return f"/water/{section.id}{ask.query(year=period)}"
    if item == PH:
        return cell_address("why", ask, "water_ph_class", section.id, period)
    return cell_address("why", ask, "water_item_class", section.id, period, item)


def items_said(ask: Ask, items: Sequence[str]) -> str:
    """Items by title in the reader's language."""
    known = axis("water_item").items
    return ask.words.join(ask.words.title(known[item]) if item in known else item for item in items)


def sections_table(ask: Ask, water: Water, name: str, title: str, sections: Sequence[Entity]) -> Table:
    """Sections in one month: class, what decides it, the class asked for, what exceeds class III."""
    words = ask.words
    columns = [
        Column("section", words("断面（水源地）"), width=24),
        Column("body", words("河流（水库）"), width=14),
        Column("type", words("断面类别"), width=16),
        Column("class", words("{period} 类别", period=water.month)),
        Column("worst", words("定类项目"), width=26),
        Column("target", words("考核目标")),
        Column("met", words("达标")),
        Column("excess", words("超Ⅲ类项目（倍数）"), width=26),
        Column("items", words("参评项目")),
        Column("note", words("说明"), width=30),
    ]
    rows = [_section(ask, water, one) for one in sections]
    note = words(
        "单因子评价：断面的类别是其最差项目的类别；应评价{n}项，未报的项目不当作合格，只说明少评了几项。",
        n=all_items(),
    )
    return Table(name, title, columns, rows, note=note + words(NO_SOURCE), empty=words("台账中没有断面"))


def _section(ask: Ask, water: Water, section: Entity) -> list[Cell]:
    words, found = ask.words, water.of(section, water.month)
    target = target_level(section)
    over = excesses(water, section, water.month)[:3]
    return [
        Cell(words.name(section), href=f"/water/{section.id}{ask.query(year=str(water.year))}"),
        Cell(str(section.attributes.get("water_body") or "—")),
        Cell(words(str(section.attributes.get("section_type") or "—"))),
        class_cell(ask, section, water.month, found),
        Cell(items_said(ask, found.worst) if found else "—"),
        Cell(words(CLASSES[target - 1])) if target else Cell("—"),
        _met(ask, found, target),
        Cell(words.join(f"{items_said(ask, [item])} {judge(times, 2)}" for item, times in over) or "—"),
        Cell(f"{found.items}/{all_items()}" if found else "—"),
        Cell(_note(ask, section)),
    ]


def _met(ask: Ask, found: Reading | None, target: int | None) -> Cell:
    if found is None:
        return missing(ask)
    if target is None:
        return Cell("—")
    return Cell(ask.words("达标" if found.level <= target else "超标"))


def _note(ask: Ask, section: Entity) -> str:
    doubt = ask.words("名称未核实") if section.confidence == "memory" else ""
    return ask.words("；").join(filter(None, (doubt, ask.words(str(section.attributes.get("note") or "")))))


def year_table(ask: Ask, water: Water) -> Table:
    """Every section through the months of the year, and the class of the means of its months."""
    words = ask.words
    months = [f"{water.year}-{n:02}" for n in range(1, 13)]
    columns = [
        Column("section", words("断面（水源地）"), width=24),
        *(Column(month, month[5:], width=8) for month in months),
        Column("year", words("各月平均"), width=12),
        Column("count", words("有数据的月"), number=True, width=10),
    ]
    rows = []
    for one in water.sections:
        whole = water.of(one, str(water.year))
        rows.append(
            [
                Cell(words.name(one), href=f"/water/{one.id}{ask.query(year=str(water.year))}"),
                *(class_cell(ask, one, month, water.of(one, month)) for month in months),
                class_cell(ask, one, str(water.year), whole),
                Cell(str(whole.months if whole else 0), Decimal(whole.months if whole else 0)),
            ]
        )
    note = words("各月平均按已报各月浓度的算术平均评价；月份不足的年份只作参考。")
    return Table("year", words("{year}年各月类别", year=water.year), columns, rows, note=note)


def rates_table(ask: Ask, water: Water) -> Table:
    """Share of sections in class III or better, by type, of the month and of the year's means."""
    words = ask.words
    columns = [
        Column("type", words("断面类别"), width=16),
        Column("month", words("{period} 优良率", period=water.month), number=True),
        Column("month_count", words("优良/参评/台账"), width=16),
        Column("year", words("{year}年 优良率", year=water.year), number=True),
        Column("year_count", words("优良/参评/台账"), width=16),
    ]
    rivers = water.rivers()
    types = list(dict.fromkeys(str(one.attributes.get("section_type") or "") for one in rivers))
    groups = [
        ("全部断面", rivers),
        *(
            (name, [one for one in rivers if str(one.attributes.get("section_type") or "") == name])
            for name in types
            if name
        ),
    ]
    rows = []
    for name, own in groups:
        cells = [Cell(words(name))]
        for period in (water.month, str(water.year)):
            good, known = water.counts(period, own)
            rate = good_section_rate.number(good=good, sections=known) if known else None
            text = f"{judge(rate * 100, 1)}%" if rate is not None else ""
            cells += [Cell(text) if text else missing(ask), Cell(f"{good}/{known}/{len(own)}")]
        rows.append(cells)
    note = words("不含饮用水水源；没有数据的断面不进分母，“台账”是登记的断面数。")
    return Table("rates", words("断面优良率（Ⅰ～Ⅲ类）"), columns, rows, note=note)


def bodies(ask: Ask) -> list[tuple[Entity, Sample | None]]:
    """The black-odour bodies with their latest samples."""
    return [(one, latest_sample(ask, one)) for one in ask.city.places if one.kind == BODY]


def bodies_table(ask: Ask, found: Sequence[tuple[Entity, Sample | None]]) -> Table:
    """Black-odour bodies: the four criteria of the latest sample, their degree, elimination."""
    words = ask.words
    columns = [
        Column("body", words("黑臭水体"), width=20),
        Column("listed", words("列入时程度")),
        Column("eliminated", words("评估消除日期"), width=14),
        Column("sampled", words("最近监测"), width=12),
        *(Column(name, _indicator(ask, name), number=True, width=14) for name in INDICATORS),
        Column("degree", words("最近一次程度"), width=14),
        Column("note", words("说明"), width=34),
    ]
    rows = [_body(ask, body, sample) for body, sample in found]
    note = words(
        "四项指标任一项达到轻度即为黑臭：透明度不大于25厘米（水深不足25厘米时取水深的40%）、"
        "溶解氧不大于2.0、氧化还原电位不大于50、氨氮不小于8.0；小于10厘米、小于0.2、小于−200、大于15为重度。"
        "（城市黑臭水体整治工作指南，2015，转引）"
    )
    return Table("bodies", words("黑臭水体"), columns, rows, note=note, empty=words("台账中没有黑臭水体"))


def _indicator(ask: Ask, name: str) -> str:
    bound = quantity(name)
    return ask.words.title(bound) + ask.words.bracketed(ask.words.unit(bound.printed_unit))


def _body(ask: Ask, body: Entity, sample: Sample | None) -> list[Cell]:
    words = ask.words
    gone = body.attributes.get("eliminated_on")
    cells = [
        Cell(words.name(body)),
        Cell(words(str(body.attributes.get("listed_degree") or "—"))),
        Cell(str(gone) if gone else words("未消除")),
    ]
    if sample is None:
        return [*cells, *[missing(ask)] * (len(INDICATORS) + 2), Cell("")]
    for name in INDICATORS:
        text = shown(sample.values.get(name), quantity(name))
        address = cell_address("history", ask, name, body.id, sample.day)
        cells.append(missing(ask) if text is None else Cell(text, Decimal(text), href=address))
    cells.insert(3, Cell(sample.day))
    why = cell_address("why", ask, "black_odour_degree", body.id, sample.day)
    degree = (
        Cell(words(DEGREES[sample.degree]), href=why)
        if sample.degree is not None
        else Cell(words("未知"), href=why)
    )
    back = gone is not None and bool(sample.degree)
    return [*cells, degree, Cell(words("已评估消除，最近监测又达到黑臭标准，请核查") if back else "")]


def elimination(ask: Ask, found: Sequence[tuple[Entity, Sample | None]]) -> str:
    """The share of the listed bodies that were judged eliminated, with both numbers; "" where none is listed."""
    gone = sum(one.attributes.get("eliminated_on") is not None for one, _ in found)
    rate = black_odour_elimination_rate.number(eliminated=gone, listed=len(found)) if found else None
    return "" if rate is None else f"{judge(rate * 100, 1)}%（{gone}/{len(found)}）"


PUBLISHED = ("surface_water_good_share", "drinking_water_intake")


def published_table(ask: Ask) -> Table:
    """What was published of the city's waters, with the address of its reasons."""
    words = ask.words
    columns = [
        Column("quantity", words("指标"), width=40),
        Column("period", words("时期")),
        Column("value", words("填报（公布）值"), number=True),
        Column("unit", words("单位")),
    ]
    opened = books(ask)
    rows = []
    for id in PUBLISHED:
        bound = quantity(id)
        for period in sorted(set(opened.books.facts.filter(quantity=id, entity=ask.city.id)["period"])):
            text = shown(value(bound, opened.books, ask.city.id, period), bound)
            href = cell_address("why", ask, id, ask.city.id, period)
            rows.append(
                [
                    Cell(words.title(bound)),
                    Cell(period),
                    Cell(text or "", href=href),
                    Cell(words.unit(bound.printed_unit)),
                ]
            )
    return Table("published", words("填报（公布）的数"), columns, rows)
