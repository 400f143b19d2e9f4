"""The environmental protection tax return: what is taxed of each outlet and month, and how much."""

from duheng.ingest.tax.exact import Exact, money
from duheng.ingest.tax.flat import Flat, Neutral, Noise, Waste, amount_due
from duheng.ingest.tax.returns import COLUMNS, Entry, Return, Row, quarterly_return, write_return
from duheng.ingest.tax.selection import chosen, ph_item

__all__ = [
    "COLUMNS",
    "Entry",
    "Exact",
    "Flat",
    "Neutral",
    "Noise",
    "Return",
    "Row",
    "Waste",
    "amount_due",
    "chosen",
    "money",
    "ph_item",
    "quarterly_return",
    "write_return",
]
