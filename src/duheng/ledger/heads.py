"""The newest link of each chain: in the database, where writers lock it, and in a file outside of it.

A chain alone cannot show that its end was cut off. The row `ledger_head` shows it to whoever cuts carelessly; the file
`DUHENG_HOME/heads/<ledger>.json` to whoever can write to the database but not to the disk of the server. The file
is written after the commit, so after a crash it may lag behind the database; it is never ahead of it.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from duheng.model.errors import DuhengError

FACT, AUDIT = "fact", "audit"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of a chain (fact | audit) of a ledger: number and hash, 0 and empty at the start."""

    chain: str
    ledger: str
    seq: int
    hash: str


def current(chain: str = FACT) -> Head:
    """The head of a chain as the database has it."""
    return _head(chain, "")


def locked(chain: str) -> Head:
    """The head of a chain, locked until the transaction ends: one writer at a time.

    SQLite needs no word for it: its transactions take the write lock at BEGIN (settings: IMMEDIATE).
    """
    return _head(chain, " FOR UPDATE" if connection.vendor == "postgresql" else "")


def _head(chain: str, lock: str) -> Head:
    query = "SELECT chain, ledger, seq, hash FROM ledger_head WHERE chain = %s"
    with connection.cursor() as cursor:
        cursor.execute(query + lock, [chain])
        row = cursor.fetchone()
    if row is None:
        raise DuhengError(
            f"账本缺少链首记录（{chain}）：数据库不完整。请查明何人何时改动了数据库，并从备份恢复（duheng restore）。"
        )
    return Head(*row)


def advance(head: Head, seq: int, link: str) -> None:
    """Move a locked head to its new last row, and note it outside once the transaction has committed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET seq = %s, hash = %s WHERE chain = %s", [seq, link, head.chain])
    # robust: the facts are committed by then, so a full disk must not turn the append into a failure. What the database
    # has by then is noted: of many appends in one transaction the first note says all.
    transaction.on_commit(lambda: note(current(head.chain)), robust=True)


def file_of(ledger: str) -> Path:
    """The file that notes the heads of a ledger outside of its database."""
    return Path(settings.DUHENG_HOME) / "heads" / f"{ledger}.json"


def noted(ledger: str) -> dict[str, Head]:
    """What the file says, by chain; empty where there is no file. DuhengError where it is unreadable."""
    try:
        content = json.loads(file_of(ledger).read_text(encoding="utf-8"))
        return {chain: Head(chain, ledger, int(seq), str(link)) for chain, (seq, link) in content.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as trouble:
        raise DuhengError(f"链首文件{file_of(ledger)}无法读取：{trouble}。") from trouble


def note(head: Head, rewrite: bool = False) -> None:
    """Write a head into the file; an older one than is noted already only where `rewrite` (after a restore)."""
    file = file_of(head.ledger)
    file.parent.mkdir(parents=True, exist_ok=True)
    with _alone(file):
        known = noted(head.ledger)
        # Two writers may come here in the wrong order: the file then keeps the newer head.
        if not rewrite and head.chain in known and known[head.chain].seq >= head.seq:
            return
        known[head.chain] = head
        # One name for all: what a killed writer left half written is written over by the next one.
        fresh = file.with_name(f".{file.name}.new")
        with fresh.open("w", encoding="utf-8") as new:
            json.dump({chain: [one.seq, one.hash] for chain, one in sorted(known.items())}, new)
            new.flush()
            os.fsync(new.fileno())
        fresh.replace(file)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Reading what is noted and writing it anew belong together; the lock of a killed process is free at once."""
    with file.with_name(f".{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
