"""The environmental protection tax return: what is taxed of each outlet and month, and how much."""

from duheng.ingest.tax.exact import Exact, money
from duheng.ingest.tax.returns import COLUMNS, Entry, Return, amount_due, quarterly_return, write_return
from duheng.ingest.tax.selection import chosen, ph_item

__all__ = [
    "COLUMNS",
    "Entry",
    "Exact",
    "Return",
    "amount_due",
    "chosen",
    "money",
    "ph_item",
    "quarterly_return",
    "write_return",
]
