"""The ledger: how fast facts come in durably, are verified, read and backed up; beside the barest chain in SQLite."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, seconds

if TYPE_CHECKING:
    from duheng.ledger import NewFact

BATCH, BATCHES = 1_000, 20
LARGE = 100_000
READ = 1_000_000
MEASURED_BEFORE = 62_900  # chained facts a second in commits of 1,000, on another machine (design/stack.md)


def bare_chain(folder: Path) -> float:
    """Facts a second of the least that can be called a chain: last hash, cell and value, in commits of 1,000."""
    plain = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    plain.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE fact (cell, value, hash)"
    )
    begin, link = time.perf_counter(), ""
    for batch in range(BATCHES):
        rows = []
        for n in range(BATCH):
            cell, value = f"fuel_use|E{batch}-{n}|2023", f"{n}"
            link = hashlib.sha256(f"{link}{cell}{value}".encode()).hexdigest()
            rows.append((cell, value, link))
        plain.execute("BEGIN IMMEDIATE")
        plain.executemany("INSERT INTO fact VALUES (?, ?, ?)", rows)
        plain.execute("COMMIT")
    spent = time.perf_counter() - begin
    plain.close()
    return BATCHES * BATCH / spent


def facts(count: int, first: int = 0) -> list[NewFact]:
    """Made-up facts of different cells: 4,000 entities, 25 years, as many quantities as it takes."""
    from duheng.ledger import NewFact

    return [
        NewFact(f"quantity_{n // 100_000}", f"E{n % 4000}", "原煤", f"{2000 + n // 4000 % 25}", "actual", None,
                Decimal(n) / 10, f"{n / 10} 吨", "reported", "quoted", f"表1!C{n}")
        for n in range(first, first + count)
    ]  # fmt: skip


def once(work: Callable[[], object]) -> float:
    """Seconds of one run: what is appended cannot be appended again."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> list[Figure]:
    """All of it on one SQLite ledger that grows to a million facts."""
    with tempfile.TemporaryDirectory(prefix="duheng-ledger-") as folder:
        home = Path(folder)
        os.environ.update({"DUHENG_HOME": folder, "DUHENG_DATABASE_URL": "", "DUHENG_ENV": "demo"})
        from duheng import ledger

        ledger.setup()
        return [*writing(home), *reading(home)]


def writing(home: Path) -> list[Figure]:
    """Small durable commits, a large import, the same import again."""
    from duheng import ledger

    source = ledger.NewSource("document", "能源平衡表.xlsx", digest="d1")
    small = [facts(BATCH, n * BATCH) for n in range(BATCHES)]
    bare = bare_chain(home)
    durable = BATCHES * BATCH / once(lambda: [ledger.append(one, source, "bench") for one in small])
    large = facts(LARGE, BATCHES * BATCH)
    first = once(lambda: ledger.append(large, source, "bench"))
    again = once(lambda: ledger.append(large, source, "bench"))
    return [
        Figure(
            f"facts appended in durable commits of {BATCH}",
            durable,
            "1/s",
            peer=f"bare three-column chain in SQLite, no index, no check: {bare:,.0f} (before: {MEASURED_BEFORE:,})",
            ratio=durable / bare,
        ),
        Figure(f"append of {LARGE} facts at once", first, "s"),
        Figure(f"the same {LARGE} facts again, all duplicates", again, "s"),
    ]


def reading(home: Path) -> list[Figure]:
    """Verification, first and later readings, as-of, backup, on a ledger filled up to a million facts."""
    from duheng import ledger

    source = ledger.NewSource("document", "全国.xlsx", digest="d2")
    there = ledger.head().seq
    ledger.append(facts(300_000 - there, there), source, "bench")
    verified = once(ledger.verify)
    for first in range(300_000, READ, LARGE):
        ledger.append(facts(LARGE, first), source, "bench")
    cold = once(lambda: ledger.read("actual"))
    # A limit not asked for before each time: the answer itself is remembered, too.
    limits = iter(range(READ - 1, 0, -1))
    uncached = seconds(lambda: ledger.read("actual", upto=next(limits)), repeat=3, warm=0)
    halves = iter(range(READ // 2, 0, -1))
    as_of = seconds(lambda: ledger.read("actual", upto=next(halves)), repeat=3, warm=0)
    kept = seconds(lambda: ledger.read("actual"))
    saved = once(lambda: ledger.backup(home / "backup.zip"))
    return [
        Figure("verify 300,000 facts", verified, "s", peer="2.7 s, measured before on another machine"),
        Figure(f"first reading of {READ} facts by a process", cold, "s"),
        Figure(f"effective facts among {READ}, read before", uncached, "s"),
        Figure(f"effective facts among {READ} as of half way", as_of, "s"),
        Figure("the same question again, nothing new in the ledger", kept * 1e3, "ms"),
        Figure(f"backup of {READ} facts", saved, "s"),
    ]
