"""The quarterly return (环境保护税法 art. 18: reckoned by the month, declared by the quarter).

One row for each outlet, month and pollutant, taxed or not, so that the order among them can be checked. Amounts are
exact; each row is rounded to the fen and the total is the sum of the rows. Nothing unknown counts as zero: a row
without its amount has no tax, its outlet's order is unknown, and so is the return's total (L1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import IO

import duheng.rules.tax as rules
from duheng.engine.chain import Chain
from duheng.ingest.export import write_table
from duheng.ingest.reductions import preferred
from duheng.ingest.tax import rates
from duheng.ingest.tax.exact import Exact, decimal, money
from duheng.ingest.tax.flat import Flat, Unweighed, flat_rows, outside
from duheng.ingest.tax.grounds import Grounds
from duheng.ingest.tax.selection import ABOVE, chosen, group_of, item_of, least_size, settings
from duheng.model import Parameters, Rule
from duheng.model.findings import Finding, Severity
from duheng.model.glossary import Quantity, axis
from duheng.model.parameters import Local, Setting
from duheng.model.periods import Period, parse
from duheng.model.saying import Saying, listed, say

COLUMNS = (
    "月份", "排放口", "类别", "污染物", "计算方法", "其他方法", "计税依据", "计税数量", "单位", "污染当量值",
    "污染当量数", "计入", "单位税额（元）", "应缴比例", "应纳税额（元）",
)  # fmt: skip
_PARTS = {
    "air": (rules.air_equivalents, rules.air_payable_share, rules.air_tax),
    "water": (rules.water_equivalents, rules.water_payable_share, rules.water_tax),
    "special": (rules.special_equivalents, None, rules.special_tax),
}
_PRINTED = Decimal("0.0001")


@dataclass(frozen=True)
class Entry:
    """What is stated of one pollutant of an outlet in a month.

    medium: air, water or special; amount in kg (special: t, heads, beds; colour: t times its excess). generated is
    read where `penal`. concentration and limit (mg/m3, mg/L) and exceedances are needed only for a reduction.
    method: by which the amount was found, "" where it is not said; others: what later methods in the order of the
    law would give, shown and not taxed.
    """

    outlet: str
    month: str
    medium: str
    pollutant: str
    amount: Decimal | None
    generated: Decimal | None = None
    penal: bool = False
    concentration: Decimal | None = None
    limit: Decimal | None = None
    exceedances: int | None = None
    method: str = ""
    others: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class Row:
    """One row of the return; tax is None where unknown. unverified: title and item of values from memory below it."""

    entry: Entry
    month: Period
    item: str
    value: Fraction
    equivalents: Fraction | None
    counted: bool | None
    rate: Fraction
    share: Fraction
    tax: Decimal | None
    unverified: tuple[tuple[str, str], ...] = ()

    def numbers(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
        """Value of an equivalent, equivalents, rate and share due as decimals, to four digits where they do not end."""
        return _plain(self.value), _plain(self.equivalents), _plain(self.rate), _plain(self.share)

    def cells(self) -> tuple[object, ...]:
        """The row under COLUMNS; unknown cells are None."""
        entry, medium = self.entry, self.entry.medium
        amount = entry.generated if entry.penal else entry.amount
        counted = None if self.counted is None else "是" if self.counted else "否"
        unit = axis(f"tax_{medium}").find(self.item).unit
        value, equivalents, rate, share = self.numbers()
        rest = "；".join(f"{name} {value:f} {unit}" for name, value in entry.others) or None
        return (
            str(self.month), entry.outlet, settings()[group_of(medium, self.item)]["title"], self.item,
            entry.method or None, rest, "产生量" if entry.penal else "排放量", amount, unit, value, equivalents,
            counted, rate, share, self.tax,
        )  # fmt: skip


@dataclass(frozen=True)
class Return:
    """The return of a quarter: its rows in order of month and outlet, the total in 元, what is wrong with the input.

    others: the rows of solid waste, noise and neutral water, which have no equivalents. rates: the province's rates
    below the rows, each with its text.
    """

    quarter: Period
    rows: tuple[Row, ...]
    total: Decimal | None
    findings: tuple[Finding, ...]
    others: tuple[Flat, ...] = ()
    rates: tuple[str, ...] = ()

    @property
    def unverified(self) -> list[str]:
        """The values below the rows that nobody has held against the law."""
        items: dict[str, dict[str, None]] = defaultdict(dict)
        for title, item in (one for row in self.rows for one in row.unverified):
            items[title][item] = None
        return [f"{title} {'、'.join(of)}" for title, of in items.items()]

    def cells(self) -> list[tuple[object, ...]]:
        """All rows under COLUMNS."""
        return [*(row.cells() for row in self.rows), *(row.cells() for row in self.others)]


def quarterly_return(
    entries: Iterable[Entry],
    quarter: str,
    code: str,
    parameters: Parameters | None = None,
    others: Iterable[Unweighed] = (),
) -> Return:
    """The return of a quarter ("2024Q1") at a place, given what is stated of each outlet and month.

    Of several amounts of one pollutant by different methods the first in the order of the law is taxed.
    code: division code whose rates apply. Raises DuhengError where the place has no rate, UnknownName for an unknown
    pollutant, PeriodError for a month that is none. What lies outside the quarter or stands twice is a finding.
    """
    whole = parse(quarter)
    drawn = _Drawing(code, parameters or Parameters())
    findings: list[Finding] = []
    outlets: dict[tuple[Period, str], dict[tuple[str, str], Entry]] = {}
    for entry in by_method(entries):
        month, key = parse(entry.month), (entry.medium, item_of(entry.medium, entry.pollutant))
        if not _within(month, whole):
            findings.append(outside(_place(entry), entry.month, quarter))
        elif key in (stated := outlets.setdefault((month, entry.outlet), {})):
            same = _said(stated[key]) == _said(_usable(entry))
            findings.append(_twice(stated[key], entry, same))
            if not same:  # which of the two holds is for a person to say
                stated[key] = replace(stated[key], amount=None, generated=None)
        else:
            outlets[month, entry.outlet][key] = _usable(entry)
            findings += _of_entry(entry)
    rows = [row for key in sorted(outlets) for row in drawn.rows(key[0], outlets[key])]
    flat, odd = flat_rows(others, whole, code, parameters or Parameters())
    taxes = [*(row.tax for row in rows), *(row.tax for row in flat)]
    known = [tax for tax in taxes if tax is not None]
    total = sum(known, Decimal("0.00")) if len(known) == len(taxes) else None
    used = [(_PARTS[row.entry.medium][2], row.month) for row in rows]
    told = rates.told(used, code, parameters or Parameters())
    return Return(whole, tuple(rows), total, (*findings, *odd), flat, told)


def _within(month: Period, quarter: Period) -> bool:
    return month.kind == "month" and quarter.start <= month.start <= quarter.end


def by_method(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each amount that is stated by several methods: the first method in the order of 第十条 counts.

    What the other methods give stays in `others`. Entries without a method are left as they are.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for number, entry in enumerate(entries):
        item = item_of(entry.medium, entry.pollutant)
        key: tuple[object, ...] = (entry.outlet, entry.month, entry.medium, item)
        same = groups.setdefault(key, [])
        if any(one.method == entry.method or not one.method for one in same) or (same and not entry.method):
            groups[*key, number] = [entry]  # twice by one method: the return says so
        else:
            same.append(entry)
    return [_preferred(same) for same in groups.values()]


def _preferred(same: Sequence[Entry]) -> Entry:
    if len(same) == 1:
        return same[0]
    stated = {one.method: one for one in same}
    known = preferred({method: _number(one.amount) for method, one in stated.items()}, "tax")
    if known is None:
        return same[0]
    rest = tuple((name, amount) for name in known.others if (amount := stated[name].amount) is not None)
    return replace(stated[known.method], others=rest)


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


@dataclass(frozen=True)
class _Drawing:
    code: str
    parameters: Parameters

    def rows(self, month: Period, stated: dict[tuple[str, str], Entry]) -> list[Row]:
        """The rows of one outlet and month."""
        found = {key: self._equivalents(month, key, entry) for key, entry in stated.items()}
        unknown = {group_of(*key) for key, value in found.items() if value is None}
        taxed = chosen({key: value for key, value in found.items() if value is not None})
        return [
            self._row(month, key, entry, found[key], None if group_of(*key) in unknown else key in taxed)
            for key, entry in stated.items()
        ]

    def _equivalents(self, month: Period, key: tuple[str, str], entry: Entry) -> Fraction | None:
        size = self._size(month, key)
        if entry.amount is not None and size is not None and entry.amount <= size.value:  # 500 pigs are free
            return Fraction(0)
        return self._read(month, key, entry, _PARTS[key[0]][0], None)

    def _size(self, month: Period, key: tuple[str, str]) -> Setting | None:
        return least_size(*key, month.end, Local(self.parameters, self.code))

    def _unverified(self, month: Period, key: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        """What the row rests on and nobody has held against the law: the equivalent value, the least size."""
        of = _PARTS[key[0]][0].wordings[0].inputs["value"]
        known = (self.parameters.get(of.id).at(month.end, key[1], self.code), self._size(month, key))
        titles = (of.title, self.parameters.get(ABOVE).title)
        return tuple(
            (title, key[1])
            for title, one in zip(titles, known, strict=True)
            if one is not None and one.certainty == "memory"
        )

    def _row(
        self,
        month: Period,
        key: tuple[str, str],
        entry: Entry,
        equivalents: Fraction | None,
        counted: bool | None,
    ) -> Row:
        _, share_rule, tax_rule = _PARTS[key[0]]
        rate = Fraction(rates.rate(tax_rule, month, self.code, self.parameters).value)
        share = self._read(month, key, entry, share_rule, counted) if share_rule else Fraction(1)
        tax = Fraction(0) if counted is False else self._read(month, key, entry, tax_rule, counted)
        # What is known for certain to be outside the first three owes nothing; what may be inside is unknown.
        assert share is not None
        value = _reading(month, self.code, {}, self.parameters).read(
            _PARTS[key[0]][0].wordings[0].inputs["value"], month, key[1]
        )
        due = None if tax is None else money(tax)
        unsure = self._unverified(month, key)
        return Row(entry, month, key[1], value, equivalents, counted, rate, share, due, unsure)

    def _read(
        self, month: Period, key: tuple[str, str], entry: Entry, rule: Rule, counted: bool | None
    ) -> Fraction | None:
        values = _values(key[0], entry, counted)
        read: Fraction | None = _reading(month, self.code, values, self.parameters).read(rule, month, key[1])
        return read


def _reading(
    month: Period, code: str, values: dict[str, Fraction | None], parameters: Parameters | None = None
) -> Chain:
    def leaf(of: Quantity, item: str | None, period: Period) -> Fraction | None:
        return values[of.id]

    return Chain(Exact(), leaf, parameters=parameters or Parameters(), code=code)


def _values(medium: str, entry: Entry, counted: bool | None) -> dict[str, Fraction | None]:
    taken = None if counted is None else Fraction(int(counted))
    if medium == "special":
        return {"tax_special_amount": _fraction(entry.amount), "special_tax_counted": taken}
    # Of the two amounts only the one that is taxed need be stated in a return; the other plays no part.
    basis = _fraction(entry.generated if entry.penal else entry.amount)
    # A reduction is claimed by stating all of the three; without them the whole tax is due.
    claimed = None not in (entry.concentration, entry.limit, entry.exceedances)
    return {
        "tax_on_generated": Fraction(int(entry.penal)),
        f"{medium}_tax_emission": basis,
        f"{medium}_tax_generated": basis,
        f"{medium}_tax_counted": taken,
        f"{medium}_tax_concentration": _fraction(entry.concentration) if claimed else Fraction(1),
        f"{medium}_tax_limit": _fraction(entry.limit) if claimed else Fraction(1),
        f"{medium}_tax_exceedances": Fraction(entry.exceedances or 0),
    }


def _of_entry(entry: Entry) -> list[Finding]:
    found = []
    taken = entry.generated if entry.penal else entry.amount
    if taken is None:
        name = "产生量" if entry.penal else "排放量"
        said, expected = say("没有{name}", name=name), say("填报{name}", name=name)
        found.append(_odd(entry, said, expected, "缺的不按零计，本排放口当月税额未知，请补报"))
    elif taken < 0:
        found.append(_odd(entry, say("数量为{value}", value=taken), "应不小于0", "按未知计，请核对"))
    return [*found, *(_odd(entry, *trouble) for trouble in _grounds(entry).troubles())]


def _grounds(entry: Entry) -> Grounds:
    return Grounds(entry.concentration, entry.limit, entry.exceedances)


def _said(entry: Entry) -> tuple[object, ...]:
    """The amounts and grounds of an entry."""
    return entry.amount, entry.generated, entry.penal, entry.concentration, entry.limit, entry.exceedances


def _twice(first: Entry, second: Entry, same: bool) -> Finding:
    if same:
        return _odd(second, "同一污染物有两行", "一行", "先用前一行，请只留一行")
    one, other = (
        ("—" if (n := e.generated if e.penal else e.amount) is None else str(n)) for e in (first, second)
    )
    found = say("同一污染物有两行，所填不同：数量{one}、{other}", one=one, other=other)
    return _odd(second, found, "一行", "按未知计，请只留一行")


def _place(entry: Entry) -> Saying:
    return listed(" ", (entry.outlet, entry.month, entry.pollutant))


def _odd(entry: Entry, said: str, expected: str, remedy: str, severity: Severity = "error") -> Finding:
    return Finding("tax-entry", severity, _place(entry), said, expected, remedy)


def _usable(entry: Entry) -> Entry:
    """The entry with a negative amount as unknown and without impossible grounds, which are findings already."""
    amount, generated = (
        None if part is not None and part < 0 else part for part in (entry.amount, entry.generated)
    )
    usable = replace(entry, amount=amount, generated=generated)
    if _grounds(entry).impossible:
        return replace(usable, concentration=None, limit=None, exceedances=None)
    return usable


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _plain(value: Fraction | None) -> Decimal | None:
    """A fraction as the shortest decimal, to four digits where it does not end."""
    if value is None:
        return None
    denominator = value.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return (
        (Decimal(value.numerator) / value.denominator).normalize()
        if denominator == 1
        else decimal(value, _PRINTED)
    )


def write_return(
    drawn: Return, out: Path | IO[bytes], *, payer: str, scenario: str, format: str = "xlsx", place: str = ""
) -> int:
    """Write the return as a table, its total in the last row; returns the number of rows.

    place: whose rates they are.
    """
    used = "；".join(drawn.rates)
    rows = [*drawn.cells(), ("合计", *(None,) * (len(COLUMNS) - 2), drawn.total)]
    about = {
        "纳税人": payer,
        "税款所属期": str(drawn.quarter),
        "依据": "环境保护税法（2018修正）；环境保护税法实施条例",
        "适用税额": f"{place}：{used}" if place and used else used,
        "说明": "空格为未知，不是零；每行四舍五入到分，合计为各行之和",
    }
    if drawn.unverified:
        about["未核实的取值"] = "；".join(drawn.unverified)
    return write_table(
        rows, COLUMNS, out, title="环境保护税纳税申报计算表", scenario=scenario, format=format, about=about
    )
