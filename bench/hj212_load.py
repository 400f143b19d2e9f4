"""A crowd of HJ 212 devices in one process: frames made beforehand, sent at a fixed rate or one after each answer.

    python -m bench.hj212_load PORT '{"mode": "open", "rate": 30000, "seconds": 60, ...}'

It prints one line of JSON. Latency is counted from the moment a frame was due, not from when it got its turn.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field

from bench.figures import percentile
from duheng.telemetry.hj212 import encoding

DEVICES = 10_000
PASSWORD = "123456"
WATER = (
    ("w01001", 6, 9, 2), ("w01018", 5, 120, 2), ("w21003", 0.05, 15, 3),
    ("w21011", 0.01, 2, 3), ("w21001", 1, 40, 2), ("w00000", 5, 400, 2),
)  # fmt: skip
GAS = (
    ("a21026", 1, 100, 2), ("a21002", 5, 150, 2), ("a34013", 0.5, 30, 2), ("a19001", 3, 19, 2),
    ("a01011", 2, 20, 2), ("a01012", 40, 180, 1), ("a01013", -0.5, 0.5, 3), ("a01014", 2, 20, 2),
    ("a24088", 0.2, 60, 3), ("a00000", 1000, 90000, 1),
)  # fmt: skip
FLAGS = "N" * 96 + "DMTC"
PATIENCE = 300.0  # [s] for the last answers; a crowded machine falls far behind


@dataclass
class Load:
    """mode: open (at `rate` a second), closed (each connection waits for its answer), idle (one frame each)."""

    mode: str
    connections: int = 1000
    rate: int = 30_000
    seconds: float = 60.0
    frames: int = 60_000
    answered: float = 0.5  # share of the frames that ask for an answer


@dataclass
class Result:
    """sent, expected, answers: frames, those that ask for an answer, answers. Latencies in [ms].

    behind: how late a frame was sent at most [s]; processor: time of the load itself while it sent [s].
    """

    sent: int = 0
    expected: int = 0
    answers: int = 0
    seconds: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    behind: float = 0.0
    processor: float = 0.0


def identities() -> list[str]:
    """MNs of the devices."""
    chance = random.Random(212)
    return [f"{chance.getrandbits(96):024X}" for _ in range(DEVICES)]


def workload(count: int, answered: float, seed: int = 212) -> list[tuple[bytes, bool]]:
    """Frames, half of water in real time and half of flue gas by the minute, and whether each wants an answer.

    The mix of `../shared/hj212/gen_frames.py`, made by our own encoder.
    """
    chance, known = random.Random(seed), identities()
    return [_frame(number, chance, known, answered) for number in range(count)]


def _frame(number: int, chance: random.Random, known: list[str], answered: float) -> tuple[bytes, bool]:
    wanted = chance.random() < answered
    moment = f"202601{1 + number // 86400 % 28:02d}{number // 3600 % 24:02d}{number // 60 % 60:02d}{number % 60:02d}"
    header = {"QN": f"{moment}{number % 1000:03d}", "PW": PASSWORD, "MN": chance.choice(known)}
    header["Flag"] = "5" if wanted else "4"
    if number % 2:
        parts = [[("DataTime", moment[:12] + "00")]] + [_averaged(chance, *factor) for factor in GAS]
        return encoding.frame(header | {"ST": "31", "CN": "2051"}, parts), wanted
    parts = [[("DataTime", moment)]] + [_instant(chance, moment, *factor) for factor in WATER]
    return encoding.frame(header | {"ST": "32", "CN": "2011"}, parts), wanted


def _averaged(
    chance: random.Random, code: str, low: float, high: float, digits: int
) -> list[tuple[str, str]]:
    mean = low + (high - low) * chance.random()
    apart = abs(mean) * 0.1
    values = (("Cou", mean * 0.6), ("Min", mean - apart), ("Avg", mean), ("Max", mean + apart))
    return [*((f"{code}-{name}", f"{value:.{digits}f}") for name, value in values), _flag(chance, code)]


def _instant(
    chance: random.Random, at: str, code: str, low: float, high: float, digits: int
) -> list[tuple[str, str]]:
    value = f"{low + (high - low) * chance.random():.{digits}f}"
    return [(f"{code}-SampleTime", at), (f"{code}-Rtd", value), _flag(chance, code)]


def _flag(chance: random.Random, code: str) -> tuple[str, str]:
    return f"{code}-Flag", chance.choice(FLAGS)


@dataclass(slots=True)
class Line:
    """One connection. due: when the frames not yet answered were due; rest: what the socket has not taken."""

    socket: socket.socket
    due: deque[float] = field(default_factory=deque)
    rest: bytes = b""

    def send(self, data: bytes) -> None:
        """Hand over to the system what it takes now."""
        data = self.rest + data if self.rest else data
        try:
            self.rest = data[self.socket.send(data) :]
        except BlockingIOError:
            self.rest = data


class Crowd:
    """All connections and what they measured."""

    def __init__(self, port: int, load: Load) -> None:
        self.load, self.result = load, Result()
        self.times: list[float] = []
        self.spent = time.process_time()
        self.poll = select.epoll()
        self.lines: list[Line] = []
        self.by_number: dict[int, Line] = {}
        for _ in range(load.connections):
            one = socket.create_connection(("127.0.0.1", port), timeout=30)
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = Line(one)
            self.lines.append(line)
            self.by_number[one.fileno()] = line
            self.poll.register(one.fileno(), select.EPOLLIN)

    def send(self, line: Line, frame: bytes, wanted: bool, due: float) -> None:
        """One frame that was due at this moment."""
        line.send(frame)
        self.result.sent += 1
        if wanted:
            self.result.expected += 1
            line.due.append(due)

    def hear(self, wait: float) -> list[Line]:
        """The lines whose answers came; takes up what a socket did not take before."""
        heard = []
        for number, _ in self.poll.poll(wait, 4096):
            line = self.by_number[number]
            count = line.socket.recv(65536).count(b"\n")
            now = time.perf_counter()
            for _ in range(count):
                self.times.append(now - line.due.popleft())
            self.result.answers += count
            if count:
                heard.append(line)
        return heard

    def flush(self) -> None:
        """Offer what is left over again."""
        for line in self.lines:
            if line.rest:
                line.send(b"")

    def end(self, begun: float) -> Result:
        """Wait for the last answers."""
        result = self.result
        until = time.perf_counter() + PATIENCE
        while (result.answers < result.expected or any(line.rest for line in self.lines)) and (
            time.perf_counter() < until
        ):
            self.hear(0.05)
            self.flush()
        result.seconds = time.perf_counter() - begun
        result.processor = time.process_time() - self.spent
        if self.times:
            result.p50, result.p99 = (1000 * percentile(self.times, share) for share in (0.5, 0.99))
            result.longest = 1000 * max(self.times)
        return result


def at_rate(crowd: Crowd, frames: list[tuple[bytes, bool]]) -> Result:
    """Every frame at its moment, whatever has been answered."""
    load, sent = crowd.load, 0
    total = int(load.rate * load.seconds)
    begun = time.perf_counter()
    while sent < total:
        now = time.perf_counter()
        due = min(total, int((now - begun) * load.rate))
        crowd.result.behind = max(crowd.result.behind, (due - sent) / load.rate)
        for number in range(sent, min(due, sent + 500)):
            frame, wanted = frames[number % len(frames)]
            crowd.send(crowd.lines[number % load.connections], frame, wanted, begun + number / load.rate)
        sent = max(sent, min(due, sent + 500))
        crowd.hear(0.0 if sent < due else 0.001)
        crowd.flush()
    return crowd.end(begun)


def one_by_one(crowd: Crowd, frames: list[tuple[bytes, bool]]) -> Result:
    """Each connection sends its next frame when the last was answered."""
    wanted = [frame for frame, answered in frames if answered]
    begun, number = time.perf_counter(), 0
    for line in crowd.lines:
        crowd.send(line, wanted[number % len(wanted)], True, time.perf_counter())
        number += 1
    while time.perf_counter() - begun < crowd.load.seconds:
        for line in crowd.hear(0.05):
            crowd.send(line, wanted[number % len(wanted)], True, time.perf_counter())
            number += 1
        crowd.flush()
    return crowd.end(begun)


def idle(crowd: Crowd, frames: list[tuple[bytes, bool]]) -> Result:
    """One frame each, then silence until standard input ends."""
    begun = time.perf_counter()
    for line, (frame, wanted) in zip(crowd.lines, frames, strict=False):
        crowd.send(line, frame, wanted, time.perf_counter())
    return crowd.end(begun)


def main() -> None:
    """Run one load against a port and print the result."""
    port, load = int(sys.argv[1]), Load(**json.loads(sys.argv[2]))
    frames = workload(load.frames, load.answered)
    crowd = Crowd(port, load)
    run = {"open": at_rate, "closed": one_by_one, "idle": idle}[load.mode]
    print(json.dumps(asdict(run(crowd, frames))), flush=True)
    if load.mode == "idle":
        sys.stdin.read()


if __name__ == "__main__":
    main()
