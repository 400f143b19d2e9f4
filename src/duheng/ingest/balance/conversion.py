"""A physical balance in standard coal: every fuel, the subtotals, and the total by both methods.

Calorific (电热当量): electricity and heat at their calorific value. Equivalent (发电煤耗): at the standard coal that
the table's own thermal power and heating plants spent for them, so that their two rows cancel and stay empty.
The arithmetic is that of the rules, read over whole columns. 10^4 tce throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from math import isnan
from typing import Any, Literal

import polars as pl

from duheng.engine.columns import over_polars
from duheng.ingest.balance.factors import ANY, Factors
from duheng.ingest.balance.lacking import USES, consumption_unknown, there
from duheng.ingest.balance.layout import CALORIFIC_TOTAL, EQUIVALENT_TOTAL, Column, Layout, layout
from duheng.ingest.balance.reading import NAN, Balance, physical
from duheng.model import Rule
from duheng.model.findings import Finding
from duheng.rules.balance import balance_energy_use, electricity_equal_value, fuel_total_use, heat_equal_value
from duheng.rules.energy import fuel_energy

Method = Literal["equivalent", "calorific"]
METHODS: tuple[Method, ...] = ("equivalent", "calorific")
POWER, HEAT = "electricity", "heat"
THERMAL_POWER, HEAT_SUPPLY = "T1", "T2"
_UNPLACED = (
    "unplaced"  # what no fuel could be found for, as one more fuel: an unknown amount where there is any
)
_FIRST = pl.struct("table", "row").is_first_distinct() & (pl.col("row") != "")


@dataclass(frozen=True)
class Converted:
    """A balance in standard coal. frame: line, table, row, the two totals, the file's columns [10^4 tce].

    equal: for each table the equal-value factors of electricity and heat (NaN unknown).
    """

    of: Balance
    method: Method
    factors: Factors
    frame: pl.DataFrame
    equal: list[dict[str, float]]
    findings: tuple[Finding, ...]

    @property
    def sources(self) -> str:
        """The factors used, named: the set and what the second source gave for this balance."""
        used = (id for id in self.of.columns() if (self.of.frame[id].fill_null(0.0) != 0).any())
        return self.factors.named(used)


def convert_balance(balance: Balance, factors: Factors, method: Method = "calorific") -> Converted:
    """The balance in standard coal; what has no factor stays unknown, with a finding, and so do its totals."""
    known = layout()
    findings = [*balance.findings, *factors.findings]
    balance, coal = physical(balance)
    findings += coal
    present = [known.columns[id] for id in balance.columns()]
    fuels = [column for column in present if column.fuel]
    frame = balance.frame.select("line", "table", "row")
    for column in fuels:
        values = _fuel(balance, column, factors, known, findings)
        frame = frame.with_columns(values.alias(column.id))
    unplaced = pl.when(pl.col("line").is_in(balance.unplaced)).then(NAN).alias(_UNPLACED)
    frame = frame.with_columns(unplaced)
    equal = [_equal_of(number, frame, balance, factors) for number in range(len(balance.tables))]
    findings += _unknown_values(frame, balance, equal)
    frame = _totals(frame, balance, fuels, equal).drop(_UNPLACED)
    frame = _subtotals(frame, balance, present, known, findings)
    frame = _consumption(frame, [c for c in frame.columns if c in _SUMS or not _is_fuel(c, known)])
    findings += consumption_unknown(balance)
    frame = frame.with_columns(
        pl.when(pl.col("row").is_in([THERMAL_POWER, HEAT_SUPPLY])).then(None).otherwise(pl.col(EQUIVALENT_TOTAL))
        .alias(EQUIVALENT_TOTAL)
    )  # fmt: skip
    if method == "equivalent":
        frame = _revalued(frame, balance, equal)
    return Converted(balance, method, factors, frame, equal, tuple(findings))


_SUMS = (EQUIVALENT_TOTAL, CALORIFIC_TOTAL)


def _is_fuel(id: str, known: Layout) -> bool:
    return id in ("line", "table", "row") or known.columns[id].fuel


# --- one fuel ---------------------------------------------------------------------------------------------------


def _fuel(
    balance: Balance, column: Column, factors: Factors, known: Layout, findings: list[Finding]
) -> pl.Series:
    """A fuel's column in standard coal; NaN where a cell cannot be converted."""
    use = balance.frame[column.id]
    by_row = factors.by_row(column.id)
    if ((use != 0) & use.is_not_null()).any():
        findings += _about_factor(balance, column, factors, by_row)
    if set(by_row) <= {ANY}:
        factor = pl.lit(by_row.get(ANY, NAN))
        return balance.frame.select(_in_standard_coal(pl.col(column.id), factor)).to_series()
    return _flow_specific(balance, column, by_row, factors, known, findings)


def _in_standard_coal(use: pl.Expr, factor: pl.Expr) -> pl.Expr:
    """Cells times their factor; nought of a fuel is nought whatever its factor."""
    return pl.when(use == 0).then(0.0).otherwise(over_polars(fuel_energy, use=use, factor=factor))


def _about_factor(
    balance: Balance, column: Column, factors: Factors, by_row: Mapping[str, float]
) -> Iterator[Finding]:
    """That a fuel in use has no factor, or that its factor is not of the named set but of the second source."""
    where = f"{balance.name} {column.title}（{column.id}）"
    if column.id in factors.second:
        yield Finding(
            "factor-second-source", "notice", where,
            f"{factors.title}没有{column.title}的单一数值，按{factors.second_title}{by_row[ANY]:g}"
            f"万tce/{column.unit}折算（间接来源）",
            "实测热值或当年年鉴的系数", "如有，请用 --factors 给出并注明来源",
        )  # fmt: skip
    elif not by_row:
        yield Finding(
            "factor-missing", "error", where,
            factors.missing.get(column.id) or f"{factors.title}没有{column.title}的系数",
            f"{column.title}折标准煤系数（万tce/{column.unit}）",
            "请用 --factors 给出并注明来源；未猜测，该列和含有它的合计空着",
        )  # fmt: skip


def factor_row(row: str, by_row: Mapping[str, float], known: Layout) -> float | None:
    """The factor of a row: its own, that of the row it belongs to, of all rows; the difference is final use."""
    code = "F" if row == "D" and "D" not in by_row else row
    while code:
        if code in by_row:
            return by_row[code]
        code = known.rows[code].part_of if code in known.rows else ""
    return by_row.get(ANY)


def _flow_specific(
    balance: Balance,
    column: Column,
    by_row: Mapping[str, float],
    factors: Factors,
    known: Layout,
    findings: list[Finding],
) -> pl.Series:
    """A fuel whose factor differs by flow: the parts are converted each, the heads added up from them."""
    summed = [head for head in ("S", "T", "C") if head not in by_row]
    lookup = {row: factor_row(row, by_row, known) for row in {*known.rows, ""} if row not in summed}
    factor = pl.col("row").replace_strict(lookup, default=None, return_dtype=pl.Float64).fill_null(NAN)
    frame = balance.frame.select(
        "line", "table", "row", pl.col(column.id).alias("use"),
        _in_standard_coal(pl.col(column.id), factor).alias("tce"),
    )  # fmt: skip
    lacking = frame.filter(pl.col("tce").is_nan() & pl.col("use").is_not_nan() & ~pl.col("row").is_in(summed))
    if lacking.height:
        rows = "、".join(lacking["row"].unique(maintain_order=True).to_list())
        findings.append(Finding(
            "factor-missing", "error", f"{balance.name} {column.title}（{column.id}）行{rows}",
            f"{factors.title}没有{column.title}在这些行的系数", "分行给出的系数应包括表中有数的各行",
            "请补充这些行的系数；这些格和含有它们的合计空着",
        ))  # fmt: skip
    return _with_heads(frame, summed, known)


def _with_heads(frame: pl.DataFrame, summed: list[str], known: Layout) -> pl.Series:
    """The converted column with its heads S, T, C made of their parts, table by table."""
    first = frame.filter(_FIRST, pl.col("tce").is_not_null())
    inputs = [row.code for row in known.rows.values() if row.role == "input"]
    signed = pl.when(pl.col("row").is_in(inputs)).then(-pl.col("tce").abs()).otherwise(pl.col("tce"))
    for head in ("S", "T"):
        if head in summed:
            parts = [row.code for row in known.rows.values() if row.part_of == head and row.role != "of"]
            sums = first.filter(pl.col("row").is_in(parts)).group_by("table").agg(signed.sum().alias("head"))
            frame = _put(frame, head, sums)
    if "C" in summed:
        frame = _put(frame, "C", _fuel_uses(frame.filter(_FIRST), known))
    return frame.sort("line")["tce"]


def _put(frame: pl.DataFrame, row: str, sums: pl.DataFrame) -> pl.DataFrame:
    """The frame with `tce` of one row taken from sums[table, head], where the cell is not blank."""
    joined = frame.join(sums, on="table", how="left", maintain_order="left")
    here = (pl.col("row") == row) & pl.col("use").is_not_null()
    return joined.with_columns(pl.when(here).then(pl.col("head")).otherwise(pl.col("tce")).alias("tce")).drop(
        "head"
    )


def _fuel_uses(frame: pl.DataFrame, known: Layout) -> pl.DataFrame:
    """[table, head]: a fuel's total use by rule: final use, losses, inputs to transformation."""
    transformations = [row.code for row in known.rows.values() if row.part_of == "T"]
    signed = [row for row in transformations if known.signed(row)]
    tce, row = pl.col("tce"), pl.col("row")
    put_in = pl.when(row.is_in(signed)).then(tce.abs()).when(tce < 0).then(-tce).when(tce.is_nan()).then(NAN)
    sums = frame.group_by("table").agg(
        tce.filter(row == "F").sum().alias("final"),
        tce.filter(row == "L").sum().alias("lost"),
        put_in.filter(row.is_in(transformations)).sum().alias("put_in"),
        there("F", "L").alias("there"),
    )
    use = over_polars(fuel_total_use, final=pl.col("final"), lost=pl.col("lost"), put_in=pl.col("put_in"))
    return sums.select("table", pl.when("there").then(use).otherwise(NAN).alias("head"))


_MADE = ((HEAT, HEAT_SUPPLY, heat_equal_value), (POWER, THERMAL_POWER, electricity_equal_value))


# --- equal values, totals, subtotals ----------------------------------------------------------------------------


def _equal_of(number: int, frame: pl.DataFrame, balance: Balance, factors: Factors) -> dict[str, float]:
    """A table's equal-value factors: those of the file, else its own thermal power and heat supply."""
    made: dict[str, float] = dict(factors.equal)
    rows = {}
    for row in (THERMAL_POWER, HEAT_SUPPLY):
        here = (pl.col("table") == number) & (pl.col("row") == row)
        power, heat = (_cell(balance.frame, here, id) for id in (POWER, HEAT))
        rows[row] = (-_spent(frame, here), power, heat)
    unstated = [one for one in _MADE if one[0] not in factors.equal]
    # Heat that thermal power consumes is valued as heat, and the other way round: both settle within few rounds.
    for number_of_round in range(30):
        for id, row, rule in unstated:
            made[id] = _rate(rule, id, rows[row], made if number_of_round else {})
    return made


def _unknown_values(
    frame: pl.DataFrame, balance: Balance, equal: list[dict[str, float]]
) -> Iterator[Finding]:
    """A finding for electricity and for heat, with the tables that use it and do not show its equal value."""
    for id, title, row in ((POWER, "电力", "火力发电"), (HEAT, "热力", "供热")):
        used = (
            frame.filter(pl.col(id).is_not_null() & (pl.col(id) != 0))["table"].unique().to_list()
            if id in frame.columns
            else []
        )
        tables = [balance.tables[number].name for number in sorted(used) if isnan(equal[number][id])]
        if tables:
            yield Finding(
                "equal-value-unknown", "error", f"{balance.name} {'、'.join(tables)}",
                f"{title}的等价系数未知：{row}行的投入、产出不全，或其品种没有系数",
                f"本表的{row}行，或系数文件中的“{title}（等价）”一行", "请补充；按发电煤耗计算的合计空着",
            )  # fmt: skip


def _rate(
    rule: Rule, id: str, row: tuple[float, float | None, float | None], made: Mapping[str, float]
) -> float:
    """Fuel spent for a unit made; other secondary energy used or made beside it is set off at its equal value."""
    spent, power, heat = row
    out, beside, other = (power, heat, HEAT) if id == POWER else (heat, power, POWER)
    if not out or out <= 0:
        return NAN
    if beside:
        spent -= beside * made.get(other, 0.0)
    spent_on, made_of = list(rule.wordings[0].inputs)
    # Both in 10^4 units: the factor comes out in 10^4 tce for the column's own unit by the rule itself.
    scale = {POWER: 1e4, HEAT: 1e4}[id]
    value = rule.number(**{spent_on: spent * 1e4, made_of: out * scale})
    return NAN if value is None else value


def _spent(frame: pl.DataFrame, here: pl.Expr) -> float:
    """Net standard coal of a transformation row without its electricity and heat; NaN where it states no fuel."""
    fuels = [id for id in frame.columns if id not in ("line", "table", "row", POWER, HEAT)]
    rows = frame.filter(here).select(fuels).rows()
    stated = [cell for cell in rows[0] if cell is not None] if rows else []
    return float(sum(stated)) if stated else NAN


def _cell(frame: pl.DataFrame, here: pl.Expr, id: str) -> float | None:
    found = frame.filter(here)[id] if id in frame.columns else pl.Series([], dtype=pl.Float64)
    return found[0] if len(found) else None


def _sum(columns: list[str]) -> pl.Expr:
    """Sum of columns, blank where all are blank; an unknown part makes it unknown."""
    parts = [pl.col(id).fill_null(0.0) for id in columns]
    total = reduce(lambda left, right: left + right, parts, pl.lit(0.0))
    return pl.when(pl.any_horizontal(pl.col(id).is_not_null() for id in columns)).then(total)


def _equal(id: str, equal: list[dict[str, float]]) -> pl.Expr:
    values = {number: one.get(id, NAN) for number, one in enumerate(equal)}
    return pl.col("table").replace_strict(values, return_dtype=pl.Float64)


def _totals(
    frame: pl.DataFrame, balance: Balance, fuels: list[Column], equal: list[dict[str, float]]
) -> pl.DataFrame:
    """The frame with both totals over the fuels."""
    ids = [column.id for column in fuels]
    valued: list[pl.Series] = []
    for id in (POWER, HEAT):
        if id in ids:
            value = _in_standard_coal(pl.col(id), _equal(id, equal))
            valued.append(balance.frame.select(value.alias(f"{id} equal")).to_series())
    others = [id for id in ids if id not in (POWER, HEAT)]
    wide = frame.with_columns(valued)
    return wide.with_columns(
        _sum([*ids, _UNPLACED]).alias(CALORIFIC_TOTAL),
        _sum([*others, _UNPLACED, *(one.name for one in valued)]).alias(EQUIVALENT_TOTAL),
    ).drop([one.name for one in valued])


def _revalued(frame: pl.DataFrame, balance: Balance, equal: list[dict[str, float]]) -> pl.DataFrame:
    """Electricity and heat columns at equal value."""
    for id in (POWER, HEAT):
        if id in frame.columns:
            value = _in_standard_coal(pl.col(id), _equal(id, equal))
            frame = frame.with_columns(balance.frame.select(value.alias(id)).to_series())
    return frame


def _subtotals(
    frame: pl.DataFrame, balance: Balance, present: list[Column], known: Layout, findings: list[Finding]
) -> pl.DataFrame:
    """The frame with the file's subtotal columns, added up from their fuels."""
    for column in present:
        if column.fuel or column.id in _SUMS:
            continue
        parts = [id for id in known.parts(column.id) if id in frame.columns]
        whole = balance.frame[column.id]
        if parts:
            frame = frame.with_columns(_sum(parts).alias(column.id))
        else:
            frame = frame.with_columns(pl.lit(None, pl.Float64).alias(column.id))
        lost = frame.with_columns(whole.alias("whole")).filter(
            pl.col(column.id).is_null() & (pl.col("whole") != 0) & pl.col("whole").is_not_null()
        )
        if lost.height:
            frame = _unknown_where_lost(frame, column.id, lost["line"].to_list())
            findings.append(_only_whole(balance, column, lost))
    return frame


def _unknown_where_lost(frame: pl.DataFrame, id: str, lines: list[int]) -> pl.DataFrame:
    here = pl.col("line").is_in(lines)
    return frame.with_columns(
        pl.when(here).then(NAN).otherwise(pl.col(one)).alias(one) for one in (id, *_SUMS)
    )


def _only_whole(balance: Balance, column: Column, lost: pl.DataFrame) -> Finding:
    tables = "、".join(balance.tables[number].name for number in lost["table"].unique(maintain_order=True))
    rows = "、".join(lost["row"].unique(maintain_order=True).to_list())
    return Finding(
        "parts-missing", "error", f"{balance.name} {tables} {column.title}行{rows}", "只有合计，没有分品种",
        "分品种的数", "请补充分品种；合计不能折算，这些行的合计空着",
    )  # fmt: skip


def _consumption(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Row C of totals and subtotals by rule: final use and losses less the net output of transformation."""
    first = frame.filter(_FIRST)
    cells: dict[str, Any] = {}
    for id in columns:
        of = {row: pl.col(id).filter(pl.col("row") == row).sum() for row in ("F", "L", "T")}
        some = pl.col(id).filter(pl.col("row").is_in(["F", "L", "T"])).is_not_null().any()
        use = over_polars(balance_energy_use, final=of["F"], lost=of["L"], transformed=of["T"])
        known = pl.when(there(*USES)).then(use).otherwise(NAN)
        cells[id] = pl.when(some).then(known).alias(f"{id} C")
    sums = first.group_by("table").agg(cells.values())
    joined = frame.join(sums, on="table", how="left", maintain_order="left")
    here = pl.col("row") == "C"
    return joined.with_columns(
        pl.when(here).then(pl.col(f"{id} C")).otherwise(pl.col(id)).alias(id) for id in columns
    ).drop([f"{id} C" for id in columns])
