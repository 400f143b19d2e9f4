"""kill -9 on processes that append to SQLite, hundreds of times: no acknowledged fact lost, no batch torn."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bench.figures import Figure
from soak.writers import PAIR, Trial

ROUNDS = 100


def main() -> list[Figure]:
    """One SQLite ledger, two writers at a time, examined after every 25th round and at the end."""
    with tempfile.TemporaryDirectory(prefix="duheng-kills-") as folder:
        environment = {"DUHENG_HOME": folder, "DUHENG_DATABASE_URL": "", "DUHENG_ENV": "demo"}
        os.environ.update(environment)
        from duheng import ledger

        ledger.setup()
        trial = Trial()
        trial.kill_writers(environment, ROUNDS)
        size = (Path(folder) / "duheng.sqlite3").stat().st_size / 1e6
        facts = ledger.head().seq
    return [
        *trial.figures(f"SQLite, {ROUNDS * PAIR} x kill -9 of an appending process"),
        Figure(f"size of the ledger's file with {facts:,} facts", size, "MB"),
    ]
