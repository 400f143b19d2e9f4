"""Processes that append to a ledger, to be killed amid their work; and what is wrong with the ledger afterwards.

`python -m soak.writers` makes itself ready, reads `SEED BATCHES` from standard input, appends that many batches of
random size (0: without end) to the ledger of its environment, and prints a line for each only when `append` has
returned. Each writer is an interpreter of its own with a pipe of its own. A fork of one that has loaded everything
would start sooner, but Polars has threads by then: a fork copies the locks they hold and not the threads, so that a
child may wait for ever. Some writers are started ahead and stand by instead.
"""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from bench.figures import CHECKOUT, Figure

LARGEST_BATCH = 150
PATIENCE = 120.0  # seconds to the first acknowledgement; a crowded machine takes ten to load the program
LONGEST_WAIT = 0.3  # seconds from the first acknowledgement to the kill
STANDING_BY = 4
PAIR = 2  # writers that work side by side and are killed together


class Silent(Exception):
    """A writer acknowledged nothing and did not end: it stands still, which is a defect."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A batch whose append had returned: its last number, and the hash of that fact."""

    last: int
    hash: str


def write(seed: int, batches: int) -> None:
    """Append batches and acknowledge each on standard output. A batch is a source; a locator says `number/size`."""
    from duheng import ledger

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


def writer(environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """A writer on the ledger of an environment; it begins when it is told what to write."""
    return subprocess.Popen(
        [sys.executable, "-m", "soak.writers"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "src"), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the traces of writers whose server was killed
        text=True,
    )


@contextmanager
def standing_by(
    environment: Mapping[str, str], ahead: int = STANDING_BY
) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Yields a function that hands out a writer started earlier; those not handed out are ended."""
    waiting = deque(writer(environment) for _ in range(ahead))

    def take() -> subprocess.Popen[str]:
        waiting.append(writer(environment))
        return waiting.popleft()

    try:
        yield take
    finally:
        for process in waiting:
            process.kill()
            process.communicate()


def begin(processes: Sequence[subprocess.Popen[str]], seed: int) -> None:
    """Let writers write without end until one has acknowledged something, and a moment longer.

    Silent where none does.
    """
    for n, process in enumerate(processes):
        assert process.stdin is not None
        print(seed * len(processes) + n, 0, file=process.stdin, flush=True)
    pipes = [process.stdout for process in processes if process.stdout is not None]
    spoken, _, _ = select.select(pipes, [], [], PATIENCE)
    if not spoken:
        end(processes)
        raise Silent(f"no writer said anything in {PATIENCE:.0f} s")
    time.sleep(random.Random(seed).uniform(0, LONGEST_WAIT))


def end(processes: Sequence[subprocess.Popen[str]]) -> list[Acknowledged]:
    """kill -9 on writers, one right after the other; what they had acknowledged, to the end of their pipes."""
    for process in processes:
        process.kill()
    lines = [line for process in processes for line in process.communicate()[0].splitlines(keepends=True)]
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [Acknowledged(int(last), link) for last, link in whole]


def damage(acknowledged: Sequence[Acknowledged]) -> dict[str, int]:
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


@dataclass
class Trial:
    """Kills on the ledger of this process and its environment: what was acknowledged, the worst damage found."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    worst: dict[str, int] = field(default_factory=lambda: {"findings": 0, "lost": 0, "torn": 0})

    def kill_writers(self, environment: Mapping[str, str], rounds: int, pause: int = 25) -> None:
        """`PAIR` writers at once are killed in each round; the ledger is examined after every `pause` rounds."""
        with standing_by(environment) as take:
            for seed in range(rounds):
                processes = [take() for _ in range(PAIR)]
                begin(processes, seed)
                self.acknowledged += end(processes)
                if seed % pause == pause - 1 or seed == rounds - 1:
                    self.examine()

    def examine(self) -> None:
        """Keep the worst of what was found until now and what is found now."""
        now = damage(self.acknowledged)
        self.worst = {name: max(self.worst[name], now[name]) for name in self.worst}

    def figures(self, told: str) -> list[Figure]:
        """Losses, torn batches and findings, each of which must be none."""
        said = f"{told}, {len(self.acknowledged)} batches acknowledged"
        titles = {"lost": "batches lost", "torn": "batches torn", "findings": "findings of verify"}
        return [
            Figure(f"{said}: {title}", self.worst[name], "", bound="0", holds=self.worst[name] == 0)
            for name, title in titles.items()
        ]


def main() -> None:
    """Make ready, wait for the task, write."""
    from duheng import ledger

    ledger.setup()
    ledger.head()
    task = sys.stdin.readline().split()
    if task:
        write(*map(int, task))


if __name__ == "__main__":
    main()
