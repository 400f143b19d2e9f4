"""A physical energy balance as an inventory needs it: amounts by region, row and fuel.

The file is read by duheng.ingest.balance (rows, columns, units). A blank cell of a row that is there means that
no such flow exists, as in the printed tables; a row that is not there, or a cell that cannot be read, is
unknown (L1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from duheng.ingest.balance.checking import check_balance
from duheng.ingest.balance.layout import layout, plain
from duheng.ingest.balance.reading import Balance as Sheet
from duheng.ingest.balance.reading import physical
from duheng.ingest.balance.reading import read_balance as read_sheet
from duheng.ingest.balance.report import as_printed
from duheng.model import axis
from duheng.model.errors import UnreadableSource
from duheng.model.findings import Finding
from duheng.model.units import parse_unit, ratio

from .layout import NOT_BURNT


@dataclass(frozen=True)
class Balance:
    """A balance as read.

    regions: _region (index), _place (its name, for a finding), _year, then key and passing columns as text.
    cells: _region, row, fuel, amount [the fuel's own unit: t, 万m3], known (false: the cell cannot be used).
    findings: what could not be placed or read; doubts: what does not add up.
    """

    name: str
    regions: pl.DataFrame
    cells: pl.DataFrame
    findings: tuple[Finding, ...]
    doubts: tuple[Finding, ...] = ()


def read_balance(path: Path) -> Balance:
    """Read a balance from .csv or .xlsx. Raises UnreadableSource where it has no header, rows or fuels."""
    sheet = read_sheet(path)
    doubts = tuple(_not_closing(sheet))
    usable, coal = physical(sheet)
    return Balance(sheet.name, _regions(sheet), _cells(usable), (*sheet.findings, *coal), doubts)


def _not_closing(sheet: Sheet) -> Iterator[Finding]:
    """What does not add up in the balance, as warnings: the inventory is made of the printed cells all the same."""
    for one in check_balance(as_printed(sheet)).discrepancies:
        if one.severity == "error":
            yield replace(one.finding(), severity="warning")


def _regions(sheet: Sheet) -> pl.DataFrame:
    """One row a region and year; a column goes with it where all rows of every region say the same."""
    settings = layout().settings
    rows = {plain(name) for name in (*settings["code"], *settings["label"])}
    placed = {one.place for one in sheet.placed}
    others = [
        i for i, head in enumerate(sheet.header) if head and i not in placed and plain(head) not in rows
    ]
    of = sheet.frame["table"].to_list()
    first: dict[int, list[str]] = {}
    for table, line in zip(of, sheet.lines, strict=True):
        first.setdefault(table, line)
    passing = [
        i
        for i in others
        if all(line[i] == first[table][i] for table, line in zip(of, sheet.lines, strict=True))
    ]
    columns = {sheet.header[i]: [first[table][i] for table in first] for i in passing}
    tables = [sheet.tables[table] for table in first]
    return pl.DataFrame(
        {
            "_region": pl.Series(list(first), dtype=pl.Int64),
            "_place": pl.Series([one.name for one in tables], dtype=pl.String),
            "_year": pl.Series([one.year for one in tables], dtype=pl.String),
            **{name: pl.Series(texts, dtype=pl.String) for name, texts in columns.items()},
        }
    )


def _cells(sheet: Sheet) -> pl.DataFrame:
    fuels = {
        one.column.id: one.column
        for one in sheet.placed
        if one.column.fuel and one.column.item not in NOT_BURNT
    }
    if not fuels:
        raise UnreadableSource(f"{sheet.name}：没有一列是可燃烧的品种；列名如 raw_coal 或 原煤(万吨)")
    own = {
        id: float(ratio(parse_unit(column.unit), parse_unit(axis("fuel").items[column.item].unit)))
        for id, column in fuels.items()
    }
    frame = sheet.frame.filter(pl.col("row") != "").with_columns(
        _twice=pl.struct("table", "row").is_duplicated()
    )
    return (
        frame.unpivot(list(fuels), index=["table", "row", "_twice"], variable_name="id", value_name="value")
        .with_columns(
            _region=pl.col("table"),
            fuel=pl.col("id").replace_strict({id: column.item for id, column in fuels.items()}),
            amount=pl.col("value").fill_nan(None) * pl.col("id").replace_strict(own, return_dtype=pl.Float64),
            known=~(pl.col("value").is_nan().fill_null(False) | pl.col("_twice")),
        )
        .unique(["_region", "row", "fuel"], keep="first", maintain_order=True)
        .select("_region", "row", "fuel", "amount", "known")
    )
