"""A converted balance beside a published one: every cell that differs is a finding, neither is repaired.

And the efficiency of each transformation, which shows a wrong factor or a slipped decimal point at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Efficiency:
    """What a transformation gives of what it is fed, beside the settings between which that usually lies."""

    share: float
    low: Setting
    high: Setting

    @property
    def usual(self) -> bool:
        """Whether it lies between them."""
        return float(self.low.value) <= self.share <= float(self.high.value)

    @property
    def limit(self) -> Setting:
        """The one that it is nearer to."""
        return self.low if self.share < float(self.low.value) else self.high


def efficiency(
    item: str, cells: Iterable[float | None], local: Local | None = None, on: date = date.max
) -> Efficiency | None:
    """The efficiency of a transformation; None where a cell is unknown (NaN), nothing comes out, or no range is set.

    item: of the axis of transformations; cells: its row in standard coal, inputs negative, None where nothing flows.
    """
    low, high = (
        (local or Local()).at(f"transformation_efficiency_{one}", on, item) for one in ("low", "high")
    )
    known = [cell for cell in cells if cell is not None]
    out, put_in = sum(cell for cell in known if cell > 0), -sum(cell for cell in known if cell < 0)
    if low is None or high is None or any(cell != cell for cell in known) or out == 0:
        return None
    share = transformation_efficiency.number(out=out, put_in=put_in)
    return None if share is None else Efficiency(share, low, high)


def efficiencies(converted: Converted, local: Local | None = None, on: date = date.max) -> list[Finding]:
    """Findings for transformations whose efficiency is out of the usual range; only where all of it is known.

    local: the parameters in use at a place, where the table is one of a ledger.
    """
    if converted.method != METHODS[1]:
        return []
    known = layout()
    found: list[Finding] = []
    fuels = [id for id in converted.frame.columns if id in known.columns and known.columns[id].fuel]
    for row, item in known.settings["efficiency"].items():
        whole = ~pl.col("line").is_in(converted.of.unplaced)
        rows = converted.frame.filter(pl.col("row") == row, whole).select("table", *fuels)
        for number, *cells in rows.rows():
            made = efficiency(item, cells, local, on)
            if made is not None and not made.usual:
                found.append(_unusual(converted.of, number, row, made))
    return found


def _unusual(balance: Balance, table: int, row: str, made: Efficiency) -> Finding:
    return Finding(
        "efficiency-unusual", "warning" if made.share > 1 else "notice",
        f"{balance.name} {balance.tables[table].name} {layout().rows[row].title}",
        f"加工转换效率{made.share:.1%}",
        f"常见{made.low.value:.0%}～{made.high.value:.0%}（{made.low.basis}）", "请核对投入、产出和系数",
    )  # fmt: skip
