"""A conversion with every check that the product knows: the table's identities, efficiencies, a published table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import polars as pl

from duheng.ingest.balance.checking import check_balance, findings_of
from duheng.ingest.balance.conversion import METHODS, Converted, Method, convert_balance
from duheng.ingest.balance.discrepancy import Checked
from duheng.ingest.balance.factors import Factors
from duheng.ingest.balance.overall import check_overall, read_overall
from duheng.ingest.balance.published import against, efficiencies
from duheng.ingest.balance.reading import Balance, read_balance
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding


def method_named(text: str) -> Method:
    """The method of this name. Raises UnknownName."""
    for method in METHODS:
        if method == text:
            return method
    raise UnknownName(text, METHODS, "折算方法")


def convert_with_checks(
    physical: Balance, factors: Factors, method: Method = "calorific", published: Balance | None = None
) -> Converted:
    """The balance in standard coal with all findings: reading, factors, identities, efficiencies, comparison."""
    converted = convert_balance(physical, factors, method)
    checks = [*findings_of(check_balance(as_printed(physical))), *efficiencies(converted)]
    if published is not None:
        basis = converted if method == "calorific" else convert_balance(physical, factors)
        checks += [*published.findings, *against(basis, published)]
    return replace(converted, findings=(*converted.findings, *checks))


def checked_file(path: Path) -> tuple[Checked, list[Finding]]:
    """The checks of a balance or of an overall balance, and what could not be placed or read in the file.

    Raises UnreadableSource where it is neither.
    """
    overall = read_overall(path)
    if overall is not None:
        return check_overall(overall), list(overall.findings)
    balance = read_balance(path)
    return check_balance(as_printed(balance)), balance.findings


def as_printed(balance: Balance) -> Balance:
    """The balance in the units that the file prints, by which its identities are judged and its faults shown.

    Fuels of one subtotal that are printed in several units stay as they are: they are added to one another.
    """
    scales: dict[str, set[float]] = defaultdict(set)
    for one in balance.placed:
        scales[one.column.part_of or one.column.id].add(one.scale)
    printed = [
        (pl.col(one.column.id) / one.scale).alias(one.column.id)
        for one in balance.placed
        if one.scale != 1 and scales[one.column.part_of or one.column.id] == {one.scale}
    ]
    return replace(balance, frame=balance.frame.with_columns(printed))
