"""Rows that a total needs and a table has not: a row that is absent is unknown, which a blank one is not (L1)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from duheng.ingest.balance.layout import row_named
from duheng.ingest.balance.reading import Balance
from duheng.model.findings import Finding

USES = ("F", "L", "T")  # of which the total consumption is made


def there(*rows: str) -> pl.Expr:
    """Whether all of these rows are in a table, read within its group."""
    return pl.all_horizontal((pl.col("row") == row).any() for row in rows)


def consumption_unknown(balance: Balance) -> Iterator[Finding]:
    """The tables that ask for the total consumption and lack a row of which it is made."""
    listed = balance.frame.group_by("table", maintain_order=True).agg(pl.col("row").unique())
    for number, rows in listed.rows():
        lacking = [row for row in USES if row not in rows]
        if "C" in rows and lacking:
            yield Finding(
                "consumption-unknown", "error", f"{balance.name} {balance.tables[number].name} 行C",
                f"没有{'、'.join(map(row_named, lacking))}行，合计列的消费量合计按未知",
                "、".join(map(row_named, USES)), "请补上该行，确无此项的整行留空",
            )  # fmt: skip
