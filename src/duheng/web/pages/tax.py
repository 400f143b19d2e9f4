"""The environmental protection tax by quarter: sums by county for everybody, each return for those who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote

from duheng.ingest.tax import Return, Row
from duheng.ingest.tax.flat import Flat
from duheng.ingest.tax.selection import ABOVE, group_of, settings
from duheng.model.entities import Entity
from duheng.model.glossary import axis
from duheng.model.saying import say
from duheng.web.aggregates import sums_table
from duheng.web.boards import books, unread, values
from duheng.web.cells import amount
from duheng.web.errors import NotAllowed, NotThere
from duheng.web.page import Ask, Page
from duheng.web.pages.findings import findings_table
from duheng.web.pages.voc import CLOSED, chosen
from duheng.web.projects import county_of
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table
from duheng.web.taxes import OUTLET, drawn, payers, quarters

# What a return is reckoned with; each in exact fractions (duheng.ingest.tax).
RULES = ("air_tax", "water_tax", "special_tax", "waste_tax", "noise_tax")


def show(ask: Ask) -> Page:
    """Tax by county in a quarter; with the permission each payer."""
    words, here = ask.words, books(ask)
    known = quarters(here)
    quarter = chosen(ask, "quarter", known)
    returns = [(one, drawn(here, one, quarter)) for one in payers(here)] if quarter else []
    totals = {one.id: made.total for one, made in returns}
    tables = [sums_table(ask, "counties", words("应纳税额"), "元", totals)]
    if ask.sees_confidential and returns:
        tables.append(_payers(ask, returns, quarter))
    return Page(
        template="tax.html",
        title=words("环境保护税"),
        data={"quarter": quarter, **{table.name: table.records() for table in tables}},
        context={"quarters": known, "quarter": quarter, "payers": len(returns)},
        tables=tuple(tables),
        values=values(ask, RULES, quarter, [ABOVE]) if quarter else (),
        unread=unread(ask, RULES, quarter) if quarter else (),
    )


def _payers(ask: Ask, returns: Sequence[tuple[Entity, Return]], quarter: str) -> Table:
    words = ask.words
    columns = [
        Column("payer", words("纳税人"), width=24),
        Column("county", words("县（区）"), width=12),
        Column("rows", words("申报行数"), number=True),
        Column("reduced", words("其中减征"), number=True),
        Column("penal", words("其中按产生量"), number=True),
        Column("total", words("应纳税额（元）"), number=True, width=18),
        Column("findings", words("提示"), number=True),
    ]
    rows = []
    for payer, made in returns:
        county = county_of(ask.city.places, payer)
        query = ask.selection.context()
        href = f"/tax/{payer.id}{query}{'&' if query else '?'}quarter={quote(quarter)}"
        reduced = sum(row.share < 1 and bool(row.counted) for row in made.rows)
        rows.append(
            [
                Cell(words.name(payer), href=href),
                Cell(words.name(county) if county else "—"),
                Cell(str(len(made.cells()))),
                Cell(str(reduced)),
                Cell(str(sum(row.entry.penal for row in made.rows))),
                replace(amount(ask, made.total), href=href),
                Cell(str(len(made.findings)), href=href) if made.findings else Cell("—"),
            ]
        )
    return Table("payers", words("各纳税人"), columns, rows, empty=words("尚无数据。"))


def payer(ask: Ask, id: str) -> Page:
    """A payer's return of a quarter: every row, taxed or not, with the order among them and what is missing."""
    if not ask.sees_confidential:
        raise NotAllowed(CLOSED)
    words, here = ask.words, books(ask)
    found = next((one for one in payers(here) if one.id == id), None)
    if found is None:
        raise NotThere(say("没有编号为“{id}”的纳税人。请从“环境保护税”页选择。", id=id[:40]))
    known = quarters(here)
    quarter = chosen(ask, "quarter", known)
    made = drawn(here, found, quarter)
    table = _return(ask, made)
    # Whose outlet it is answers for it, where a finding names nobody.
    owned = [one if one.owner else replace(one, owner=found.name) for one in made.findings]
    told = findings_table(ask, words("核查提示"), owned)
    return Page(
        template="tax_payer.html",
        title=words.name(found),
        data={
            "payer": id,
            "quarter": quarter,
            "total": made.total,
            "rows": table.records(),
            "findings": [one.text for one in owned],
        },
        context={
            "quarters": known,
            "quarter": quarter,
            "total": amount(ask, made.total),
            "findings": told,
        },
        tables=(table, told),
        values=values(ask, RULES, quarter, [ABOVE]),
        unread=unread(ask, RULES, quarter),
    )


def _return(ask: Ask, made: Return) -> Table:
    words = ask.words
    columns = [
        Column("month", words("月份"), width=10),
        Column("outlet", words("排放口"), width=20),
        Column("group", words("类别"), width=16),
        Column("pollutant", words("污染物"), width=18),
        Column("basis", words("计税依据"), width=10),
        Column("amount", words("计税数量"), number=True),
        Column("unit", words("单位"), width=8),
        Column("value", words("污染当量值"), number=True),
        Column("equivalents", words("污染当量数"), number=True),
        Column("counted", words("计入"), width=8),
        Column("rate", words("单位税额（元）"), number=True),
        Column("share", words("应缴比例"), number=True),
        Column("tax", words("应纳税额（元）"), number=True),
    ]
    outlets = {one.name: one.id for one in ask.city.places if one.kind in (OUTLET, "enterprise")}
    rows = [_row(ask, row, outlets.get(row.entry.outlet, "")) for row in made.rows]
    rows += [_flat(ask, row) for row in made.others]
    if rows:
        blank = [Cell("") for _ in range(len(columns) - 2)]
        rows.append([Cell(words("合计")), *blank, amount(ask, made.total)])
    note = words(
        "每行四舍五入到分，合计为各行之和；正好低30%或50%的不算“低于”，不减征（环境保护税法第十三条）。空缺为未知，不是零。"
    )
    return Table("return", words("纳税申报计算表"), columns, rows, note=note, empty=words("尚无数据。"))


def _row(ask: Ask, row: Row, outlet: str) -> list[Cell]:
    words, entry = ask.words, row.entry
    month, medium = str(row.month), entry.medium
    weight = entry.generated if entry.penal else entry.amount
    basis = f"{medium}_tax_{'generated' if entry.penal else 'emission'}"
    stated = "tax_special_amount" if medium == "special" else basis

    def why(of: str) -> str:
        return cell_address("why", ask, of, outlet, month, row.item) if outlet else ""

    counted = Cell.missing(words("未知"))
    if row.counted is not None:
        counted = Cell(words("是" if row.counted else "否"))
    share = "" if medium == "special" or row.share == 1 else why(f"{medium}_payable_share")
    value, equivalents, rate, due = row.numbers()
    return [
        Cell(month),
        Cell(entry.outlet),
        Cell(words(settings()[group_of(medium, row.item)]["title"])),
        Cell(words.title(axis(f"tax_{medium}").items[row.item])),
        Cell(words("产生量" if entry.penal else "排放量")),
        _plain(ask, weight, why(stated)),
        Cell(words.unit(axis(f"tax_{medium}").items[row.item].unit)),
        _plain(ask, value),
        _plain(ask, equivalents, why(f"{medium}_equivalents")),
        counted,
        _plain(ask, rate),
        _plain(ask, due, share),
        amount(ask, row.tax),
    ]


def _plain(ask: Ask, value: Decimal | None, href: str = "") -> Cell:
    if value is None:
        return Cell.missing(ask.words("未填报"))
    plain = value.normalize()
    return Cell(f"{plain:f}", plain, href=href)


def _flat(ask: Ask, row: Flat) -> list[Cell]:
    words = ask.words
    dash = Cell("—")
    return [
        Cell(str(row.month)), Cell(row.place), Cell(words(row.title)), Cell(words(row.item)), Cell(words(row.basis)),
        _plain(ask, row.amount), Cell(words.unit(row.unit)), dash, dash,
        Cell(words("是" if row.counted else "否")), dash, dash,
        amount(ask, row.tax),
    ]  # fmt: skip
