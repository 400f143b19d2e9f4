"""Every identity of the balance of a place and year: which fuels hold, which do not, which cannot be checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from duheng.assess.evidence import Cell as Place
from duheng.assess.evidence import reasons
from duheng.assess.flows import on_the_basis
from duheng.assess.values import Reference
from duheng.city.bases import coal_bases
from duheng.ingest.balance.checking import GAPS, check_balance, tolerance_of
from duheng.ingest.balance.discrepancy import Checked, Discrepancy
from duheng.ingest.balance.layout import CALORIFIC_TOTAL, layout
from duheng.ingest.balance.published import efficiency
from duheng.ingest.balance.reading import NAN, Balance
from duheng.model.glossary import item_unit, quantity
from duheng.model.periods import parse
from duheng.model.rounding import judge
from duheng.model.units import ratio
from duheng.web.balances import BalanceBook
from duheng.web.boards import books
from duheng.web.page import Ask
from duheng.web.tables import Cell, Column, Table

_DIGITS = 6


@dataclass(frozen=True)
class Verdict:
    """An identity and its fuels by column id: held, broken (with the discrepancy), unknown."""

    id: str
    title: str
    held: tuple[str, ...]
    broken: tuple[Discrepancy, ...]
    unknown: tuple[str, ...]

    @property
    def state(self) -> str:
        """The word for it; what holds of no fuel was not checked, even where there is no fuel at all (L1)."""
        if self.broken:
            return "不成立"
        if not self.held:
            return "未核对"
        return "部分核对" if self.unknown else "成立"


def verdicts(book: BalanceBook) -> list[Verdict]:
    """The identities of the layout, total use, subtotals and signs, and what must agree with other figures."""
    sheet = book.sheet()
    checked = check_balance(sheet, book.opened.local, parse(book.where.period).end)
    known = layout()
    columns = [column.id for column in book.columns]
    found = [
        _verdict(one.id, one.title, (one.printed, *one.plus, *one.minus), sheet, checked, columns)
        for one in known.identities
    ]
    checks = known.settings["checks"]
    rows = [row.code for row in known.rows.values() if row.part_of == "T"]
    found.append(
        _verdict("C", checks["consumption"]["title"], ("C", "F", "L", "T", *rows), sheet, checked, columns)
    )
    others = [one for one in (*checked.discrepancies, *checked.remarks) if one.identity not in _ids(found)]
    others += _efficiencies(book)
    if others:
        found.append(Verdict("other", "合计列、符号、平衡差额和加工转换效率的大小", (), tuple(others), ()))
    return [*found, *_against_other_figures(book)]


def limits() -> tuple[Reference, ...]:
    """The parameters beside which the checks hold sizes and efficiencies."""
    items = layout().settings["efficiency"].values()
    return (*GAPS, *((f"transformation_efficiency_{one}", item) for item in items for one in ("low", "high")))


def _efficiencies(book: BalanceBook) -> Iterator[Discrepancy]:
    """Transformations that give unusually much or little of what they are fed, at calorific values; none where unknown.

    Of a table of the ledger a blank is unknown and not no flow (L1).
    """
    basis = next(iter(coal_bases().values()))
    same = book.basis == basis.id
    coal = book if same else BalanceBook(book.ask, book.where, basis.id, on_the_basis(books(book.ask), basis))
    place, items = book.where.place.name, layout().settings["efficiency"]
    for row in book.rows:
        if row.row.code not in items:
            continue
        amounts = [coal.coal(row, column).value for column in book.columns if column.fuel]
        cells = [NAN if value is None else value for value in amounts]
        made = efficiency(items[row.row.code], cells, book.opened.local, parse(book.where.period).end)
        if made is not None and not made.usual:
            yield Discrepancy(
                place, f"efficiency_{row.row.code}", CALORIFIC_TOTAL, made.share, float(made.limit.value),
                f"加工转换效率{made.share:.1%}（{made.limit.basis}）", 0.0, "warning", place, made.limit.certainty,
            )  # fmt: skip


def _ids(found: Iterable[Verdict]) -> set[str]:
    return {one.id for one in found}


def _verdict(
    id: str, title: str, rows: tuple[str, ...], sheet: Balance, checked: Checked, columns: list[str]
) -> Verdict:
    broken = tuple(one for one in checked.discrepancies if one.identity == id)
    wrong = {one.fuel for one in broken}
    here = sheet.frame.filter(pl.col("row").is_in(list(rows)))
    unknown = [column for column in columns if here[column].is_nan().any()]
    held = [column for column in columns if column not in wrong and column not in unknown]
    return Verdict(id, title, tuple(held), broken, tuple(unknown))


def _against_other_figures(book: BalanceBook) -> Iterator[Verdict]:
    """The use stated by fuel is the net use of the table; an opening stock is last year's closing stock."""
    year = str(book.where.year - 1)
    yield _pairs(
        book, "use", "分品种消费量与平衡表一致", "fuel_use", "apparent_fuel_use", 1, book.where.period
    )
    yield _pairs(
        book,
        "stock",
        "年初库存量等于上年年末库存量",
        "supply_opening_stock",
        "supply_closing_stock",
        -1,
        year,
    )


def _pairs(book: BalanceBook, id: str, title: str, left: str, right: str, sign: int, period: str) -> Verdict:
    """Two figures of each fuel that must be equal; right is read in `period` and with `sign`."""
    held, broken, unknown = [], [], []
    place, sheet = book.where.place.id, book.sheet()
    tolerance = tolerance_of(sheet.tables[0], 1)
    for column in book.columns:
        if not column.fuel:
            continue
        steps = (
            reasons(book.opened, Place(left, place, column.item, book.where.period)),
            reasons(book.opened, Place(right, place, column.item, period)),
        )
        share = float(ratio(item_unit(quantity(left), column.item), column.unit))
        if any(
            step.value is None or (not book.ask.sees_confidential and book.closed(step)) for step in steps
        ):
            unknown.append(column.id)
            continue
        stated, other = ((step.value or 0.0) * share for step in steps)
        if abs(stated - sign * other) <= tolerance:
            held.append(column.id)
            continue
        broken.append(
            Discrepancy(sheet.tables[0].name, id, column.id, stated, sign * other, title, tolerance, "warning",
                        sheet.name)
        )  # fmt: skip
    return Verdict(id, title, tuple(held), tuple(broken), tuple(unknown))


def checks_table(ask: Ask, found: list[Verdict]) -> Table:
    """The identities, one a row, with the fuels that hold, fail or cannot be checked."""
    words = ask.words
    columns = [
        Column("check", words("核对关系"), width=44),
        Column("state", words("结果"), width=12),
        Column("broken", words("不成立"), width=40),
        Column("unknown", words("缺数未核对"), width=40),
    ]
    rows = []
    for one in found:
        level = {"不成立": 1, "成立": 3}.get(one.state, 2)
        rows.append(
            [
                Cell(words(one.title)),
                Cell(words(one.state), kind="light", light=level),
                Cell(words.join(dict.fromkeys(titles(ask, (d.fuel for d in one.broken)))) or "—"),
                Cell(words.join(titles(ask, one.unknown)) or "—"),
            ]
        )
    return Table("checks", words("核对关系"), columns, rows)


def broken_table(ask: Ask, found: list[Verdict]) -> Table:
    """What does not hold: the number in the table, what it should be, the difference and what was allowed."""
    words = ask.words
    columns = [
        Column("check", words("核对关系"), width=44),
        Column("fuel", words("品种"), width=14),
        Column("printed", words("表中"), number=True),
        Column("expected", words("应为"), number=True),
        Column("difference", words("差"), number=True),
        Column("tolerance", words("容差"), number=True),
        Column("remedy", words("处理"), width=34),
    ]
    rows = [
        [
            Cell(_title(ask, verdict, one)),
            *map(Cell, titles(ask, [one.fuel])),
            *(_cell(value) for value in (one.printed, one.recomputed, one.difference, one.tolerance)),
            Cell(words("请与原表核对后改正")),
        ]
        for verdict in found
        for one in verdict.broken
    ]
    return Table("findings", words("不成立的核对关系"), columns, rows, empty=words("没有发现问题。"))


def _title(ask: Ask, verdict: Verdict, one: Discrepancy) -> str:
    if verdict.id != "other":
        return ask.words(verdict.title)
    known = layout()
    checks = known.settings["checks"]
    if one.identity == "D_share":
        doubt = ask.words.bracketed(ask.words("未核实")) if one.certainty == "memory" else ""
        return ask.words(checks["gap"]["title"]) + doubt
    row = ask.words(known.rows[one.identity.rpartition("_")[2]].title)
    if one.identity.startswith("efficiency"):
        doubt = ask.words.bracketed(ask.words("未核实")) if one.certainty == "memory" else ""
        return f"{row}{ask.words('：')}{ask.words('加工转换效率')}{doubt}"
    title = "符号与表式相反" if one.identity.startswith("sign") else checks["subtotal"]["title"]
    return f"{row}{ask.words('：')}{ask.words(title)}"


def titles(ask: Ask, ids: Iterable[str]) -> list[str]:
    """Titles of columns in the reader's language."""
    known = layout().columns
    return [ask.words(known[id].item or known[id].title) for id in ids]


def _cell(value: float | None) -> Cell:
    number = judge(value, _DIGITS)
    if number is None:
        return Cell("—")
    number = number.normalize()
    return Cell(f"{number:f}", number)


def as_json(found: list[Verdict]) -> list[dict[str, object]]:
    """The verdicts as plain data."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "held": list(one.held),
            "unknown": list(one.unknown),
            "broken": [
                {
                    "fuel": d.fuel,
                    "printed": d.printed,
                    "expected": d.recomputed,
                    "difference": d.difference,
                    "tolerance": d.tolerance,
                }
                for d in one.broken
            ],
        }
        for one in found
    ]
