"""Kill -9 on a process that appends, hundreds of times: no acknowledged fact lost, no batch torn, chain whole.

`python -m soak.soak_ledger SEED BATCHES` appends batches of random size to the ledger of its environment and prints a
line for each only when `append` has returned. `python -m soak.soak_ledger nursery` does the same, without end, in a
fork for each seed that it reads: the start of the interpreter would take longer than a life that is to be cut short.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path

from bench.figures import CHECKOUT, Figure

KILLS = 300
LARGEST_BATCH = 150
PATIENCE = 60.0  # seconds to the first acknowledgement
LONGEST_WAIT = 0.12  # seconds from the first acknowledgement to the kill


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A batch whose append had returned: its last number, and the hash of that fact."""

    last: int
    hash: str


def write(seed: int, batches: int) -> None:
    """Append batches and acknowledge each on standard output. A batch is a source; a locator says `number/size`."""
    from duheng import ledger

    ledger.setup()
    chance = random.Random(seed)
    for number in count():
        if batches and number == batches:
            return
        size = chance.randint(1, LARGEST_BATCH)
        facts = [
            ledger.NewFact("fuel_use", f"{seed}-{number}-{n}", "原煤", "2023", "actual", None, Decimal(n), f"{n} 吨",
                           "reported", "quoted", f"{n}/{size}")
            for n in range(size)
        ]  # fmt: skip
        receipt = ledger.append(facts, ledger.NewSource("document", f"{seed}-{number}"), "soak")
        (fact,) = ledger.history("fuel_use", facts[-1].entity, "原煤", "2023", "actual", None)
        print(receipt.last_seq, fact.id, flush=True)


def nursery() -> None:
    """For each seed on standard input a writer of its own; says who it is, and when it has died."""
    from duheng import ledger

    ledger.setup()
    from django.db import connections

    connections.close_all()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            print(os.getpid(), flush=True)
            write(int(line), 0)
        os.waitpid(child, 0)
        print("dead", flush=True)


def writer(environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    """This module as a process on the ledger of an environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "soak.soak_ledger", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "src"), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def killer(environment: Mapping[str, str]) -> Iterator[Callable[[int], list[Acknowledged]]]:
    """Yields a function that starts a writer, kills it amid its work and returns what it had acknowledged."""
    process = writer(environment, "nursery")
    given, said = process.stdin, process.stdout
    assert given is not None
    assert said is not None

    def strike(seed: int) -> list[Acknowledged]:
        print(seed, file=given, flush=True)
        child = int(said.readline())
        # A writer that says nothing at all is killed too: the run reports fewer batches instead of standing still.
        patience = threading.Timer(PATIENCE, os.kill, (child, signal.SIGKILL))
        patience.start()
        lines = [said.readline()]
        patience.cancel()
        if lines == ["dead\n"]:
            return []
        time.sleep(random.Random(seed).uniform(0, LONGEST_WAIT))
        os.kill(child, signal.SIGKILL)
        while (line := said.readline()) and not line.endswith("dead\n"):  # a cut-off line may stand before it
            lines.append(line)
        return [Acknowledged(int(last), link) for last, link in map(str.split, lines)]

    try:
        yield strike
    finally:
        process.communicate()


def damage(acknowledged: list[Acknowledged]) -> dict[str, int]:
    """What is wrong with the ledger of this process: findings, acknowledged batches lost, batches torn."""
    import polars as pl

    from duheng import ledger

    facts = ledger.read("actual")
    links = dict(facts.select("seq", "fact").rows())
    size = pl.col("locator").str.split("/").list.last().cast(pl.Int64).first()
    torn = facts.group_by("source").agg(there=pl.len(), size=size).filter(pl.col("there") != pl.col("size"))
    return {
        "findings": len(ledger.verify()),
        "lost": sum(links.get(one.last) != one.hash for one in acknowledged),
        "torn": torn.height,
    }


def main() -> list[Figure]:
    """Hundreds of kills on one SQLite ledger, examined after every 25th and at the end."""
    with tempfile.TemporaryDirectory(prefix="duheng-kills-") as folder:
        environment = {"DUHENG_HOME": folder, "DUHENG_DATABASE_URL": "", "DUHENG_ENV": "demo"}
        os.environ.update(environment)
        acknowledged: list[Acknowledged] = []
        worst = {"findings": 0, "lost": 0, "torn": 0}
        from duheng import ledger

        ledger.setup()
        with killer(environment) as strike:
            for kill in range(KILLS):
                acknowledged += strike(kill)
                if kill % 25 == 24 or kill == KILLS - 1:
                    now = damage(acknowledged)
                    worst = {name: max(worst[name], now[name]) for name in worst}
        size = (Path(folder) / "duheng.sqlite3").stat().st_size / 1e6
        facts = ledger.head().seq
    told = f"{KILLS} x kill -9 of an appending process, {len(acknowledged)} batches acknowledged"
    return [
        Figure(f"{told}: batches lost", worst["lost"], "", bound="0", holds=worst["lost"] == 0),
        Figure(f"{told}: batches torn", worst["torn"], "", bound="0", holds=worst["torn"] == 0),
        Figure(f"{told}: findings of verify", worst["findings"], "", bound="0", holds=worst["findings"] == 0),
        Figure(f"size of the ledger's file with {facts} facts", size, "MB"),
    ]


if __name__ == "__main__":
    if sys.argv[1] == "nursery":
        nursery()
    else:
        write(int(sys.argv[1]), int(sys.argv[2]))
