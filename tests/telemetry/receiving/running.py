"""A receiver in a process of its own, and devices that speak to it over real sockets."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duheng.telemetry import devices
from duheng.telemetry.devices import Device
from duheng.telemetry.hj212 import encoding
from duheng.telemetry.receiving import state
from duheng.telemetry.segments import FRAME, NOTE, Record, read

MN = "010000A8900016F000169DC0"
PATIENCE = 60.0  # [s]; the machine may be crowded
START = """
import json, sys
from pathlib import Path
from duheng.telemetry.receiving import serving
from duheng.telemetry.receiving.limits import Limits
given = json.loads(sys.argv[1])
if given.pop("plain", False):
    sys.modules["uvloop"] = None  # as if it were not installed
port, limits = given.pop("hj212", 0), Limits(**given.pop("limits", {}))
settings = serving.Settings(Path(given.pop("home")), "127.0.0.1", port, limits=limits, **given)
serving.run(settings, lambda ports: print(json.dumps(ports), flush=True))
"""


def frame(number: int = 0, mn: str = MN, **changed: str) -> bytes:
    """A frame of minute data that wants an answer; another number, another moment."""
    moment = f"20260101{number // 3600 % 24:02d}{number // 60 % 60:02d}{number % 60:02d}"
    header = {
        "QN": f"{moment}{number % 1000:03d}",
        "ST": "31",
        "CN": "2051",
        "PW": "123456",
        "MN": mn,
        "Flag": "5",
    }
    values = [("a21026-Avg", f"{number / 7:.3f}"), ("a21026-Flag", "N")]
    return encoding.frame(header | changed, [[("DataTime", moment)], values])


def until(true: Callable[[], object]) -> None:
    """Wait for it. AssertionError where it does not become true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@dataclass
class Receiver:
    """A running receiver."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    ports: dict[str, int] = field(default_factory=dict)

    def connect(self) -> socket.socket:
        """A device's line."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> None:
        """As the system stops it."""
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0

    def state(self) -> dict[str, Any]:
        """What it last said of itself."""
        until(lambda: state.read(self.home))
        return state.read(self.home)

    def records(self) -> list[Record]:
        """What is in its segments, notes aside."""
        return [record for record in read(self.home / "telemetry" / "segments") if record.kind != NOTE]

    def notes(self) -> list[dict[str, Any]]:
        """What it noted itself."""
        folder = self.home / "telemetry" / "segments"
        return [json.loads(record.payload) for record in read(folder) if record.kind == NOTE]

    def frames(self) -> list[bytes]:
        """The frames stored, with the line break the framer takes off."""
        return [r.payload + b"\r\n" for r in self.records() if r.kind == FRAME and r.verdict < 128]


@contextmanager
def receiving(home: Path, **settings: Any) -> Iterator[Receiver]:
    """Run it with one device known, or those of the file that is there; killed at the end if it still runs."""
    if not devices.path(home).exists():
        devices.save(home, [Device(MN, password="123456")])
    with started(home, START, json.dumps({"home": str(home), **settings})) as receiver:
        yield receiver


@contextmanager
def started(home: Path, program: str, *arguments: str) -> Iterator[Receiver]:
    """Run a program that serves and prints its ports; killed at the end if it still runs."""
    command = [sys.executable, "-c", program, *arguments]
    environment = {**os.environ, "DUHENG_HOME": str(home)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            ports = json.loads(process.stdout.readline())
            yield Receiver(home, ports.get("hj212", 0), process, ports)
        finally:
            process.kill()


def answers(line: socket.socket, count: int) -> list[bytes]:
    """The next answers on a line."""
    line.settimeout(PATIENCE)
    got = b""
    while got.count(b"\r\n") < count:
        more = line.recv(65536)
        assert more, f"the receiver hung up after {got!r}"
        got += more
    return got.split(b"\r\n")[:-1]


def hung_up(line: socket.socket) -> bool:
    """Whether the receiver ended this line; waits for it."""
    line.settimeout(PATIENCE)
    try:
        while line.recv(65536):
            pass
    except ConnectionError:
        pass
    return True
