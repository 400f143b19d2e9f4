"""A conversion with every check that the product knows: the table's identities, efficiencies, a published table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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
    raise UnknownName(text, METHODS)


def convert_with_checks(
    physical: Balance, factors: Factors, method: Method = "calorific", published: Balance | None = None
) -> Converted:
    """The balance in standard coal with all findings: reading, factors, identities, efficiencies, comparison."""
    converted = convert_balance(physical, factors, method)
    checks = [*findings_of(check_balance(physical)), *efficiencies(converted)]
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
    return check_balance(balance), balance.findings
