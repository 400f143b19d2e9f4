"""A converted balance beside a published one: every cell that differs is a finding, neither is repaired.

And the efficiency of each transformation, which shows a wrong factor or a slipped decimal point at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from duheng.ingest.balance.conversion import METHODS, Converted
from duheng.ingest.balance.layout import layout
from duheng.ingest.balance.reading import Balance
from duheng.model.findings import Finding
from duheng.model.parameters import Local, Setting
from duheng.rules.balance import transformation_efficiency

_KEYS = ("line", "table", "row")


def against(converted: Converted, published: Balance) -> list[Finding]:
    """Findings where a published table [10^4 tce] prints another number than follows from quantity and factor.

    The tables of both files are matched by region and year; a cell that only one of them prints is compared with
    nothing. A subtotal or total that differs only because one of its fuels does says so.
    """
    tables = {(table.region, table.year): number for number, table in enumerate(converted.of.tables)}
    pairs = {
        number: tables[table.region, table.year]
        for number, table in enumerate(published.tables)
        if (table.region, table.year) in tables
    }
    if not pairs:
        return [Finding(
            "published-unmatched", "error", published.name, f"没有一张表与{converted.of.name}的地区、年份相同",
            "同一地区、同一年份的标准煤表", "请核对文件",
        )]  # fmt: skip
    theirs = published.frame.filter(pl.col("table").is_in(list(pairs)), pl.col("row") != "").with_columns(
        pl.col("table").replace_strict(pairs, return_dtype=pl.Int64)
    )
    columns = [id for id in published.columns() if id in converted.frame.columns]
    both = theirs.select(*_KEYS, *columns).join(
        converted.frame.select("table", "row", *columns), on=["table", "row"], suffix=" made"
    )
    return [
        finding for row in both.iter_rows(named=True) for finding in _row(row, columns, converted, published)
    ]


def _row(row: dict[str, Any], columns: list[str], converted: Converted, published: Balance) -> list[Finding]:
    known = layout()
    allowed = known.settings["published"]
    wrong: list[str] = []
    found: list[Finding] = []
    for id in sorted(columns, key=lambda one: not known.columns[one].fuel):
        printed, made = row[id], row[f"{id} made"]
        if printed is None or made is None or made != made:
            continue
        difference = printed - made
        if abs(difference) <= max(allowed["least"], allowed["share"] * abs(made)):
            continue
        found.append(_finding(str(row["row"]), id, printed, made, wrong, published, int(row["line"])))
        wrong.append(id)
    return found


def _finding(
    row: str, id: str, printed: float, made: float, wrong: list[str], published: Balance, line: int
) -> Finding:
    known = layout()
    parts = [one for one in wrong if known.columns[one].fuel]
    follows = bool(parts) and not known.columns[id].fuel
    why = "，随" + "、".join(known.columns[one].title for one in parts) + "而来" if follows else ""
    opposite = "（符号相反）" if abs(printed + made) <= known.settings["published"]["least"] else ""
    return Finding(
        "published-total-differs" if follows else "published-differs",
        "warning" if follows else "error",
        f"{published.place(line)}（行{row} {known.rows[row].title}）{known.columns[id].title}（{id}）",
        f"印作{printed:g}{opposite}",
        f"{made:.4f}（实物量乘系数，差{printed - made:.4f}万tce{why}）",
        "请与原表核对；两个数都未改动",
    )


def efficiencies(converted: Converted) -> list[Finding]:
    """Findings for transformations whose efficiency is out of the usual range; only where all of it is known."""
    if converted.method != METHODS[1]:
        return []
    known = layout()
    found: list[Finding] = []
    fuels = [id for id in converted.frame.columns if id in known.columns and known.columns[id].fuel]
    for row, item in known.settings["efficiency"].items():
        low, high = (
            Local().at(f"transformation_efficiency_{one}", date.max, item) for one in ("low", "high")
        )
        if low is None or high is None:
            continue
        rows = converted.frame.filter(pl.col("row") == row).select("table", *fuels)
        for number, *cells in rows.rows():
            known_cells = [cell for cell in cells if cell is not None]
            out = sum(cell for cell in known_cells if cell > 0)
            put_in = -sum(cell for cell in known_cells if cell < 0)
            share = transformation_efficiency.number(out=out, put_in=put_in)
            if any(cell != cell for cell in known_cells) or share is None or out == 0:
                continue
            if not float(low.value) <= share <= float(high.value):
                found.append(_unusual(converted.of, number, row, share, low, high))
    return found


def _unusual(balance: Balance, table: int, row: str, share: float, low: Setting, high: Setting) -> Finding:
    return Finding(
        "efficiency-unusual", "warning" if share > 1 else "notice",
        f"{balance.name} {balance.tables[table].name} {layout().rows[row].title}", f"加工转换效率{share:.1%}",
        f"常见{low.value:.0%}～{high.value:.0%}（{low.basis}）", "请核对投入、产出和系数",
    )  # fmt: skip
