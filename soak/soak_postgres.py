"""kill -9 on PostgreSQL's writers and on the server itself: no acknowledged fact lost, no batch torn.

The server syncs as in operation. What this cannot show is a power cut: the pages the system holds outlive a process.
"""

from __future__ import annotations

import os
import tempfile
import time

from bench.figures import Figure
from soak.writers import PAIR, Trial, begin, end, writer
from tests.postgres import Server, durable_server, kill

ROUNDS = 80
CRASHES = 24


def environment(server: Server, folder: str) -> dict[str, str]:
    """The environment of a process that works on the server's ledger."""
    return {"DUHENG_DATABASE_URL": server.url, "DUHENG_HOME": folder, "DUHENG_ENV": "demo"}


def crash(server: Server, how: int) -> None:
    """End the server by turns: its first process, all of them, one connection's (the server then ends the others and
    recovers by itself), or by `pg_ctl stop -m immediate`; returns when it answers again.
    """
    processes = server.processes()
    way = ("first", "all", "connection", "immediate")[how % 4]
    if way == "connection":
        kill(processes[-1:])
        server.recover()
        return
    if way == "immediate":
        server.stop()
    else:
        kill(processes if way == "all" else processes[:1])
    server.start()


def kill_servers(trial: Trial, server: Server, told: dict[str, str], crashes: int) -> float:
    """Crash the server amid the work of two writers; seconds of the slowest way back to a whole ledger."""
    from django.db import connections

    slowest = 0.0
    for how in range(crashes):
        processes = [
            writer(told) for _ in range(PAIR)
        ]  # none ahead: it would lose its connection in this crash
        begin(processes, 1_000_000 + how)
        connections.close_all()
        at = time.monotonic()
        crash(server, how)
        trial.acknowledged += end(processes)
        trial.examine()
        slowest = max(slowest, time.monotonic() - at)
    return slowest


def main() -> list[Figure]:
    """One ledger on a server of its own: its writers killed, then the server."""
    with durable_server() as server, tempfile.TemporaryDirectory(prefix="duheng-kills-") as folder:
        told = environment(server, folder)
        os.environ.update(told)
        from duheng import ledger

        ledger.setup()
        writers, servers = Trial(), Trial()
        writers.kill_writers(told, ROUNDS)
        slowest = kill_servers(servers, server, told, CRASHES)
    return [
        *writers.figures(f"PostgreSQL, {ROUNDS * PAIR} x kill -9 of an appending process"),
        *servers.figures(f"PostgreSQL with fsync, server killed {CRASHES} times amid appends"),
        Figure("slowest crash of the server: restart, recovery and verification", slowest, "s"),
    ]
