"""Rows of the return without equivalents or an order among them.

Solid waste and noise are taxed by the tonne or the month; of neutral water nothing is due, and the return says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import duheng.rules.tax as rules
from duheng.engine.chain import Chain
from duheng.ingest.plain_cells import asked_whole
from duheng.ingest.tax.exact import Exact, money
from duheng.ingest.tax.selection import settings
from duheng.model import Parameters, Rule
from duheng.model.findings import Finding
from duheng.model.glossary import axis
from duheng.model.periods import Period, parse
from duheng.model.saying import listed, say


@dataclass(frozen=True)
class Waste:
    """Solid waste of a place in a month [t]: generated, stored, disposed of, used as the standards ask."""

    place: str
    month: str
    waste: str
    generated: Decimal | None
    stored: Decimal | None
    disposed: Decimal | None
    used: Decimal | None


@dataclass(frozen=True)
class Noise:
    """Noise of a site in a month, by day or by night: the highest exceedance [dB].

    far: two places over 100 m of boundary exceed; short: fewer than 15 days of the month did.
    """

    place: str
    month: str
    time: str
    exceedance: Decimal | None
    far: bool = False
    short: bool = False


@dataclass(frozen=True)
class Neutral:
    """Water of an outlet in a month whose pH lies in no taxed band; amount [t] as stated."""

    place: str
    month: str
    ph: Decimal
    amount: Decimal | None


Unweighed = Waste | Noise | Neutral


@dataclass(frozen=True)
class Flat:
    """A row of the return that is taxed without equivalents, or not at all; tax is None where it is unknown.

    basis: what is taxed, or why nothing is. counted: whether anything is.
    """

    month: Period
    place: str
    title: str
    item: str
    amount: Decimal | None
    unit: str
    tax: Decimal | None
    basis: str = "应税量"
    counted: bool = True

    def cells(self) -> tuple[object, ...]:
        """The row under the return's COLUMNS; what does not apply is empty."""
        return (
            str(self.month), self.place, self.title, self.item, None, None, self.basis, self.amount, self.unit,
            None, None, "是" if self.counted else "否", None, None, self.tax,
        )  # fmt: skip


def flat_rows(
    entries: Iterable[Unweighed], quarter: Period, code: str, parameters: Parameters | None = None
) -> tuple[tuple[Flat, ...], list[Finding]]:
    """The rows without equivalents in a quarter at a place (division code), and what is wrong with the input."""
    rows: list[Flat] = []
    findings: list[Finding] = []
    for entry, twice in _once(entries):
        month = parse(entry.month)
        place = listed(" ", (entry.place, entry.month, _kind(entry)))
        if twice is not None:
            findings.append(_repeated(place, differs=twice))
        if month.kind != "month" or not quarter.start <= month.start <= quarter.end:
            findings.append(outside(place, entry.month, str(quarter)))
            continue
        row = _row(entry, month, code, parameters)
        rows.append(row)
        if twice:
            rows[-1] = replace(row, amount=None, tax=None)
        elif row.amount is not None and row.amount < 0 and isinstance(entry, Waste):
            findings.append(_overdrawn(place, row.amount))
        elif isinstance(entry, Noise) and _uneven(entry):
            findings.append(_not_whole(place, entry))
        elif row.tax is None:
            remedy = "缺的不按零计，这一行税额未知，请补报"
            findings.append(Finding("tax-entry", "error", place, "数量不全", "各项都填，没有的填0", remedy))
    return tuple(sorted(rows, key=lambda row: (row.month, row.place))), findings


def _kind(entry: Unweighed) -> str:
    """What an entry is about, beside its place and month."""
    if isinstance(entry, Waste):
        return entry.waste
    return entry.time if isinstance(entry, Noise) else f"pH {entry.ph:f}"


def _row(entry: Unweighed, month: Period, code: str, parameters: Parameters | None) -> Flat:
    if isinstance(entry, Waste):
        return _waste(entry, month, code, parameters)
    if isinstance(entry, Noise):
        return _noise(entry, month, code, parameters)
    title = settings()["water-other"]["title"]
    return Flat(
        month,
        entry.place,
        title,
        _kind(entry),
        entry.amount,
        "t",
        Decimal("0.00"),
        "pH 6至9不征税",
        counted=False,
    )


def _once(entries: Iterable[Unweighed]) -> Iterator[tuple[Unweighed, bool | None]]:
    """The first entry of each place, month and kind; None where it is the only one, else whether another differs."""
    groups: dict[tuple[object, ...], list[Unweighed]] = {}
    for entry in entries:
        key = (type(entry), entry.place, str(parse(entry.month)), _kind(entry))
        groups.setdefault(key, []).append(entry)
    for first, *others in groups.values():
        yield first, any(one != first for one in others) if others else None


def _repeated(place: str, differs: bool) -> Finding:
    """The finding about a place, month and kind that stands in more than one row: none is taxed twice."""
    remedy = "按未知计，请只留一行" if differs else "先用前一行，请只留一行"
    found = "同一固体废物、噪声或pH有几行，所填不同" if differs else "同一固体废物、噪声或pH有几行"
    return Finding("tax-entry", "error", place, found, "一行", remedy)


def outside(place: str, month: str, quarter: str) -> Finding:
    """The finding about a row of another quarter."""
    said = say("月份{month}", month=month)
    expected = say("{quarter}内的月份", quarter=quarter)
    return Finding("tax-entry", "error", place, said, expected, "不计入本次申报，请核对月份")


def _overdrawn(place: str, amount: Decimal) -> Finding:
    """The finding about more waste gone than came up: not a nought, as nobody can tell which number is wrong."""
    said = say("产生量减去贮存、处置、综合利用量为{amount}吨", amount=amount)
    remedy = "往月贮存的不计入本月，这一行税额未知，请核对"
    return Finding("tax-balance", "error", place, said, "不小于0", remedy)


def _uneven(entry: Noise) -> bool:
    """Whether an exceedance has decimals: rounded first, it may lie a step lower."""
    return entry.exceedance is not None and entry.exceedance != entry.exceedance.to_integral_value()


def _not_whole(place: str, entry: Noise) -> Finding:
    found = say("超标{value}分贝", value=entry.exceedance)
    return Finding("tax-noise", "error", place, found, *asked_whole(entry.exceedance or Decimal(0)))


def _waste(entry: Waste, month: Period, code: str, parameters: Parameters | None) -> Flat:
    item = axis("tax_waste").find(entry.waste).title
    parts = (entry.generated, entry.stored, entry.disposed, entry.used)
    names = ("tax_waste_generated", "tax_waste_stored", "tax_waste_disposed", "tax_waste_used")
    tax = amount_due(
        rules.waste_tax, dict(zip(names, parts, strict=True)), entry.month, code, item, parameters
    )
    net = None
    if entry.generated is not None and None not in parts:
        net = entry.generated - sum((part for part in parts[1:] if part is not None), Decimal(0))
    return Flat(month, entry.place, "固体废物", item, net, "t", tax)


def _noise(entry: Noise, month: Period, code: str, parameters: Parameters | None) -> Flat:
    values = {
        "noise_exceedance": None if _uneven(entry) else entry.exceedance,
        "noise_far_places": Decimal(entry.far),
        "noise_short_month": Decimal(entry.short),
    }
    tax = amount_due(rules.noise_tax, values, entry.month, code, None, parameters)
    return Flat(month, entry.place, "工业噪声", entry.time, entry.exceedance, "dB", tax)


def amount_due(
    rule: Rule,
    values: Mapping[str, Decimal | None],
    month: str,
    code: str,
    item: str | None = None,
    parameters: Parameters | None = None,
) -> Decimal | None:
    """The tax of one rule to the fen, exactly, from its stated quantities by id: solid waste, noise, credits.

    A quantity that is not given, or given as None, is unknown, and then so is the tax.
    """
    known = {id: None if value is None else Fraction(value) for id, value in values.items()}
    chain = Chain(
        Exact(), lambda of, item, period: known.get(of.id), parameters=parameters or Parameters(), code=code
    )
    due: Fraction | None = chain.read(rule, parse(month), item)
    return None if due is None else money(due)
