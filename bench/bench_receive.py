"""Receive, store with fdatasync, acknowledge: 1,000 connections on the same two cores; 10,000 that say nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import CHECKOUT, Figure
from bench.hj212_load import PASSWORD, identities

SECONDS = float(os.environ.get("DUHENG_BENCH_SECONDS", "60"))
RATE, CLOSED, LATENCY, IDLE, MEMORY = 30_000, 15_000, 500, 10_000, 400
PEER = "12,700-24,500/s, in memory without fsync (peers_speed.md 6)"


@dataclass
class Receiver:
    """A running `duheng receive`."""

    home: Path
    port: int
    process: subprocess.Popen[str]

    def state(self) -> dict[str, Any]:
        """What it last said of itself."""
        from duheng.telemetry.receiving import state

        return state.read(self.home)

    def processor(self) -> float:
        """Processor time so far [s]."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident [MB]."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver with an own home that knows the devices of the load."""
    from duheng.telemetry import devices

    with tempfile.TemporaryDirectory(prefix="duheng-receive-", dir=os.environ.get("DUHENG_HOME")) as folder:
        home = Path(folder)
        devices.save(home, (devices.Device(mn, password=PASSWORD) for mn in identities()))
        command = [sys.executable, "-m", "duheng", "receive", "--hj212", "0", "--host", "127.0.0.1"]
        environment = {**os.environ, "DUHENG_HOME": folder, "PYTHONPATH": str(CHECKOUT / "src")}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                yield Receiver(home, int(process.stdout.readline().split()[1]), process)
            finally:
                process.terminate()
                process.wait(30)


def load(port: int, **asked: Any) -> subprocess.Popen[str]:
    """The crowd, in a process of its own."""
    command = [sys.executable, "-m", "bench.hj212_load", str(port), json.dumps(asked)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def measured(**asked: Any) -> tuple[dict[str, float], dict[str, Any], float, int]:
    """Result of one load, state of the receiver after it, its processor time [s], frames in the segments."""
    from duheng.telemetry.segments import FRAME, read

    with receiving() as receiver:
        begun = receiver.processor()
        crowd = load(receiver.port, **asked)
        result = json.loads(crowd.communicate()[0])
        spent = receiver.processor() - begun
        receiver.process.terminate()
        receiver.process.wait(30)
        folder = receiver.home / "telemetry" / "segments"
        stored = sum(record.kind == FRAME and record.verdict < 128 for record in read(folder))
        return result, receiver.state(), spent, stored


def main() -> list[Figure]:
    """Open loop, closed loop, memory of idle connections."""
    return [*_open(), *_closed(), _idle()]


def _open() -> list[Figure]:
    result, state, spent, stored = measured(mode="open", rate=RATE, seconds=SECONDS)
    lost = result["sent"] - stored + result["expected"] - result["answers"]
    reached = result["sent"] / result["seconds"]
    store = state["store"]
    name = f"HJ 212 received and fsynced, open loop {RATE:,}/s for {SECONDS:.0f} s"
    return [
        Figure(f"{name}: frames/s until the last answer", reached, "/s", PEER, bound=f">= {RATE:,} offered"),
        Figure(f"{name}: lost", lost, "frames", bound="0", holds=lost == 0),
        Figure(
            f"{name}: p99 of the answers (p50 {result['p50']:.0f} ms, longest {result['longest']:.0f} ms)",
            result["p99"], "ms", bound=f"< {LATENCY} ms", holds=result["p99"] < LATENCY,
        ),
        Figure(f"{name}: frames an fsync", store["records"] / store["syncs"], "frames"),
        Figure(f"{name}: processor time of the receiver a frame", 1e6 * spent / result["sent"], "us"),
        Figure(f"{name}: processor time of the load a frame", 1e6 * result["processor"] / result["sent"], "us"),
        Figure(f"{name}: the load itself was behind at most", 1000 * result["behind"], "ms"),
    ]  # fmt: skip


def _closed() -> list[Figure]:
    result, state, spent, stored = measured(mode="closed", seconds=SECONDS / 3, answered=1.0)
    reached, store = result["answers"] / result["seconds"], state["store"]
    name = "HJ 212 received and fsynced, 1,000 connections wait for each answer"
    return [
        Figure(f"{name}: frames/s (p99 {result['p99']:.0f} ms)", reached, "/s", PEER, reached / 24_500,
               f">= {CLOSED:,}/s", reached >= CLOSED),
        Figure(f"{name}: lost", result["sent"] - stored, "frames", bound="0", holds=result["sent"] == stored),
        Figure(f"{name}: frames an fsync", store["records"] / store["syncs"], "frames"),
        Figure(f"{name}: processor time of the receiver a frame", 1e6 * spent / result["sent"], "us"),
    ]  # fmt: skip


def _idle() -> Figure:
    with receiving() as receiver:
        before = receiver.memory()
        crowd = load(receiver.port, mode="idle", connections=IDLE, frames=IDLE, answered=1.0)
        assert crowd.stdout is not None
        result = json.loads(crowd.stdout.readline())
        held = receiver.memory()
        crowd.communicate()
    assert result["answers"] == IDLE
    name = f"{IDLE:,} idle connections: memory of the receiver (before them {before:.0f} MB)"
    return Figure(name, held, "MB", bound=f"< {MEMORY} MB", holds=held < MEMORY)


if __name__ == "__main__":
    for figure in main():
        print(figure.name, figure.value, figure.unit, figure.holds)
