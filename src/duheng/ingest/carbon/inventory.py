"""From a physical balance to carbon dioxide by region, sector and fuel: `duheng carbon`.

The amount burnt in a sector is a signed sum of rows (cn/carbon/sectors.csv); the emission is the rule
`emission_by_factor` over columns. Blank stays blank, unknown makes the total of its fuel unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from duheng.engine.columns import over_polars
from duheng.ingest.balance.layout import row_named
from duheng.model import axis
from duheng.model.errors import PeriodError
from duheng.model.findings import Finding
from duheng.model.periods import parse
from duheng.model.units import ratio
from duheng.rules.carbon import emission_by_factor

from .balance import Balance
from .factor_file import Factor, FactorSet
from .factors import read_set, sets_with
from .layout import TOTAL, columns_for, sectors

UNIT = "MtCO2"
_DIGITS = 12


@dataclass(frozen=True)
class Inventory:
    """Emissions: key columns of the balance, sector, one column a fuel [MtCO2], process and scope1_total empty.

    In a cell, empty is: no such flow in the balance, or (with a finding) unknown.
    """

    table: pl.DataFrame
    findings: tuple[Finding, ...]

    def csv(self) -> str:
        """The table as CSV text."""
        return self.table.write_csv()

    @property
    def complete(self) -> bool:
        """Whether no value had to stay unknown."""
        return all(one.severity != "error" for one in self.findings)


def inventory(balance: Balance, factors: FactorSet) -> Inventory:
    """Carbon dioxide of every region and sector of a balance by one set of factors."""
    cells = _burnt(balance)
    emitted = _emitted(cells.join(_claims(factors), on=["sector", "fuel"], how="left"))
    own = _findings(balance, emitted, factors)
    findings = [*balance.findings, *factors.findings, *own, *balance.doubts]
    return Inventory(_printed(balance, factors, emitted), tuple(findings))


def inventory_by_set(balance: Balance, name: str, folder: Path | None = None) -> Inventory:
    """The inventory by a packaged set or a city's own, each year with the values in force at its end.

    Raises UnknownName for a set that does not exist.
    """
    parts: list[Inventory] = []
    for (stated,), here in balance.regions.group_by("_year", maintain_order=True):
        cells = balance.cells.filter(pl.col("_region").is_in(here["_region"].implode()))
        factors = read_set(name, _year(str(stated)), folder)
        part = replace(balance, regions=here, cells=cells, findings=(), doubts=())
        parts.append(inventory(part, factors))
    findings = (*balance.findings, *(one for part in parts for one in part.findings), *balance.doubts)
    return Inventory(pl.concat([part.table for part in parts]), tuple(dict.fromkeys(findings)))


def _year(stated: str) -> int | None:
    """The year that a balance states, None where it states none."""
    try:
        return parse(stated).year
    except PeriodError:
        return None


def _burnt(balance: Balance) -> pl.DataFrame:
    """region, sector, fuel, net [fuel's unit; the signed sum], burnt [never negative], absent rows, known.

    Where every row of a sector is blank nothing is burnt there: net is null and the cell is known.
    """
    terms = pl.DataFrame(
        [(s.name, row, float(sign)) for s in sectors() for sign, row in s.terms],
        schema={"sector": pl.String, "row": pl.String, "sign": pl.Float64},
        orient="row",
    )
    fuels = balance.cells.select(pl.col("fuel").unique(maintain_order=True))
    wanted = balance.regions.select("_region", "_place").join(terms, how="cross").join(fuels, how="cross")
    cells = wanted.join(balance.cells, on=["_region", "row", "fuel"], how="left", maintain_order="left")
    sums = cells.group_by("_region", "_place", "sector", "fuel", maintain_order=True).agg(
        net=(pl.col("sign") * pl.col("amount")).sum(),
        stated=pl.col("amount").is_not_null().any(),
        known=pl.col("known").fill_null(False).all(),
        absent=pl.col("row").filter(pl.col("known").is_null()),
    )
    single = pl.col("sector").is_in([s.name for s in sectors() if len(s.terms) == 1])
    net = pl.when("stated").then("net")
    # A difference below nought is rounding or a misprint of the table: nothing is burnt, and a finding says so.
    return sums.with_columns(
        net=net,
        burnt=pl.when(single).then(net).otherwise(pl.max_horizontal(net, pl.when("stated").then(0.0))),
        known=pl.col("known") & ~(single & (net < 0).fill_null(False)),
    )


def _claims(factors: FactorSet) -> pl.DataFrame:
    """sector, fuel, factor [tCO2 a unit of the fuel], lent (made for other sectors), certainty."""
    rows = [
        (sector.name, one.fuel, one.value, lent, one.certainty)
        for sector in sectors()
        for one, lent in serving(sector.name, factors.factors)
    ]
    names = {
        "sector": pl.String,
        "fuel": pl.String,
        "factor": pl.Float64,
        "lent": pl.Boolean,
        "certainty": pl.String,
    }
    return pl.DataFrame(rows, schema=names, orient="row")


def serving(sector: str, factors: Iterable[Factor]) -> list[tuple[Factor, bool]]:
    """The factors that serve a sector, each with whether it was made for others."""
    own = [one for one in factors if not one.sectors or sector in one.sectors]
    fuels = {one.fuel for one in own}
    lent = [one for one in factors if one.everywhere and one not in own and one.fuel not in fuels]
    return [*((one, False) for one in own), *((one, True) for one in lent)]


def _emitted(cells: pl.DataFrame) -> pl.DataFrame:
    """Adds co2 [MtCO2], nil (no such flow) and known, which now also asks for a factor."""
    size = float(ratio(emission_by_factor.unit, UNIT))
    co2 = over_polars(emission_by_factor, use=pl.col("burnt"), factor=pl.col("factor")) * size
    nil = pl.col("known") & pl.col("burnt").is_null()
    no_need = nil | (pl.col("known") & (pl.col("burnt") == 0))
    return cells.with_columns(
        nil=nil,
        read=pl.col("known"),
        known=pl.col("known") & (no_need | pl.col("factor").is_not_null()),
        co2=pl.when("known").then(pl.when(no_need & ~nil).then(0.0).otherwise(co2)),
    )


def _printed(balance: Balance, factors: FactorSet, cells: pl.DataFrame) -> pl.DataFrame:
    totals = cells.group_by("_region", "fuel", maintain_order=True).agg(
        co2=pl.when(pl.col("known").all() & ~pl.col("nil").all()).then(pl.col("co2").sum())
    )
    rows = pl.concat(
        [
            totals.select("_region", "fuel", "co2", sector=pl.lit(TOTAL), order=pl.lit(0, dtype=pl.Int64)),
            cells.select("_region", "fuel", "co2", "sector").with_columns(
                order=pl.col("sector").replace_strict(
                    {s.name: i for i, s in enumerate(sectors(), 1)}, return_dtype=pl.Int64
                )
            ),
        ],
        how="diagonal",
    ).with_columns(pl.col("co2").round_sig_figs(_DIGITS))
    fuels = columns_for(cells["fuel"].unique(maintain_order=True))
    wide = rows.pivot("fuel", index=["_region", "sector", "order"], values="co2")
    lacking = [pl.lit(None, dtype=pl.Float64).alias(fuel) for fuel in fuels if fuel not in wide.columns]
    wide = wide.with_columns(lacking).rename(fuels).sort("_region", "order")
    made = ["process", "scope1_total", "unit", "source", "confidence", "factors"]
    keys = [
        name
        for name in balance.regions.columns
        if name not in {"_region", "_place", "_year", "sector", *fuels.values(), *made}
    ]
    weakest = pl.col("certainty").drop_nulls().unique().sort()
    used = cells.filter(pl.col("co2").is_not_null()).group_by("_region").agg(confidence=weakest.str.join("|"))
    origin = pl.col("source") if "source" in balance.regions.columns else pl.lit(balance.name)
    regions = balance.regions.select("_region", *keys, source=origin).join(used, on="_region", how="left")
    return (
        regions.join(wide, on="_region", how="inner", maintain_order="left")
        .with_columns(
            process=pl.lit(None, dtype=pl.Float64),
            scope1_total=pl.lit(None, dtype=pl.Float64),
            unit=pl.lit(UNIT),
            factors=pl.lit(factors.title),
        )
        .select(*keys, "sector", *fuels.values(), *made)
    )


def _unverified(cells: pl.DataFrame, factors: FactorSet) -> list[Finding]:
    """The factors below some amount that nobody has held against their text."""
    doubtful = cells.filter(pl.col("certainty") == "memory", pl.col("co2").is_not_null())
    fuels = doubtful["fuel"].unique(maintain_order=True).to_list()
    found = f"因子未核实：{'、'.join(fuels)}"
    return [Finding("factor-unverified", "notice", factors.title, found, "", "请与原文核对")] if fuels else []


def _standing_in(cells: pl.DataFrame, factors: FactorSet) -> Iterator[Finding]:
    """The factors below some amount that rest on a value from elsewhere than the set's own guide."""
    used = set(cells.filter(pl.col("co2") != 0)["fuel"])
    for one in factors.factors:
        if one.stands_in and one.fuel in used:
            yield Finding(
                "factor-second-source", "notice", f"{factors.title} {one.fuel}",
                f"指南没有{one.fuel}的全部取值，代用（间接来源）：{'；'.join(one.stands_in)}",
                "当地统计或实测的低位发热量、含碳量", "如有，请用 --factors 给出并注明来源",
            )  # fmt: skip


def _findings(balance: Balance, cells: pl.DataFrame, factors: FactorSet) -> list[Finding]:
    return [
        *_missing_rows(balance, cells),
        *_negative(balance, cells),
        *_without_factor(balance, cells, factors),
        *_unverified(cells, factors),
        *_standing_in(cells, factors),
        *_lent(balance, cells),
    ]


def _missing_rows(balance: Balance, cells: pl.DataFrame) -> list[Finding]:
    rows = cells.filter(pl.col("absent").list.len() > 0).explode("absent", empty_as_null=True)
    by_row = rows.group_by("_place", "absent", maintain_order=True).agg(
        pl.col("sector").unique(maintain_order=True)
    )
    return [
        Finding(
            "row-missing", "error", f"{balance.name} {place}",
            f"没有{row_named(row)}一行，{_titles(names)}按未知",
            "能源平衡表的全部终端消费行和火力发电、供热行", "请补上该行，确无此项的整行留空",
        )
        for place, row, names in by_row.iter_rows()
    ]  # fmt: skip


def _negative(balance: Balance, cells: pl.DataFrame) -> list[Finding]:
    known = {sector.name: sector for sector in sectors()}
    negative = cells.filter(pl.col("net") < 0).select("_place", "sector", "fuel", "net")
    found = []
    for place, name, fuel, net in negative.iter_rows():
        alone = len(known[name].terms) == 1
        said = f"{known[name].rows} 为负（{net:.6g} {axis('fuel').items[fuel].unit}）"
        said += "，按未知" if alone else "，按没有燃烧计"
        where = f"{balance.name} {place} {fuel}"
        remedy = "请核对终端消费、原料和加工转换投入"
        found.append(Finding("use-negative", "error" if alone else "warning", where, said, "不小于0", remedy))
    return found


def _without_factor(balance: Balance, cells: pl.DataFrame, factors: FactorSet) -> list[Finding]:
    lacking = cells.filter(pl.col("read") & (pl.col("burnt") > 0) & pl.col("factor").is_null())
    by_fuel = lacking.group_by("fuel", maintain_order=True).agg(
        pl.col("sector").unique(maintain_order=True), pl.col("_place").n_unique()
    )
    return [
        Finding(
            "factor-missing", "error", f"{balance.name} {fuel}",
            f"{factors.title}没有可用于{_titles(names)}的因子，{places}个地区的排放按未知",
            "须列有该品种的因子", f"请换用列有该品种的因子集{_having(fuel)}，不要从另一套借用",
        )
        for fuel, names, places in by_fuel.iter_rows()
    ]  # fmt: skip


def _having(fuel: str) -> str:
    """The packaged sets that have a fuel, in brackets."""
    names = sets_with(fuel)
    return f"（{'、'.join(names)}）" if names else ""


def _lent(balance: Balance, cells: pl.DataFrame) -> list[Finding]:
    lent = cells.filter(pl.col("lent").fill_null(False) & (pl.col("burnt") > 0))
    by_fuel = lent.group_by("fuel", maintain_order=True).agg(
        pl.col("sector").unique(maintain_order=True), pl.col("_place").n_unique()
    )
    return [
        Finding(
            "factor-beyond-rows", "warning", f"{balance.name} {fuel}",
            f"因子列明的适用行不含{_titles(names)}，因其部门组为 all 而用于{places}个地区",
            "须有为该行确定的因子", "请确认可以通用",
        )
        for fuel, names, places in by_fuel.iter_rows()
    ]  # fmt: skip


def _titles(names: Iterable[str]) -> str:
    titles = {s.name: s.title.split("（")[0] for s in sectors()}
    names = list(names)
    if len(names) == len(titles):
        return "各部门"
    return "、".join(titles[name] for name in names)
