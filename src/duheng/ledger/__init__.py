"""The ledger: who said which number, when, and on what evidence. Append-only; each fact chained to the one before.

`setup()` first (commands and servers do); then `append`, `read`, `history`, `verify`, `backup` ...
"""

from duheng.ledger.archive import backup
from duheng.ledger.checking import verify
from duheng.ledger.heads import Head
from duheng.ledger.heads import current as head
from duheng.ledger.lookup import fact, history, source, sources
from duheng.ledger.reading import losers, read
from duheng.ledger.records import (
    CONFIDENCE_TITLES,
    KINDS,
    STATUS_TITLES,
    STATUSES,
    AuditRecord,
    FactRecord,
    NewFact,
    NewSource,
    Receipt,
    SourceRecord,
)
from duheng.ledger.restoring import restore
from duheng.ledger.start import demand, exists, setup
from duheng.ledger.trail import audit, trail
from duheng.ledger.writing import append, one_commit

__all__ = [
    "CONFIDENCE_TITLES",
    "KINDS",
    "STATUSES",
    "STATUS_TITLES",
    "AuditRecord",
    "FactRecord",
    "Head",
    "NewFact",
    "NewSource",
    "Receipt",
    "SourceRecord",
    "append",
    "audit",
    "backup",
    "demand",
    "exists",
    "fact",
    "head",
    "history",
    "losers",
    "one_commit",
    "read",
    "restore",
    "setup",
    "source",
    "sources",
    "trail",
    "verify",
]
