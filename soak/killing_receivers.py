"""Devices that send again what was not answered, and a receiver that is killed over and over."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from duheng.telemetry import devices
from duheng.telemetry.hj212 import encoding
from duheng.telemetry.segments import DAMAGED, FRAME, read

DEVICES = 8
PATIENCE = 60.0  # [s] for a start; the machine may be crowded
START = """
import json, sys
from pathlib import Path
from duheng.telemetry.receiving import serving
settings = serving.Settings(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
serving.run(settings, lambda ports: print(json.dumps(ports), flush=True))
"""


@dataclass
class Sender:
    """One device: its frames in order, each sent again until it is answered."""

    mn: str
    number: int = 0
    answered: set[bytes] = field(default_factory=set)

    def frame(self) -> bytes:
        """The frame whose turn it is."""
        day, rest = divmod(self.number, 86_400)
        moment = f"202601{day + 1:02d}{rest // 3600:02d}{rest // 60 % 60:02d}{rest % 60:02d}"
        header = {"QN": f"{moment}000", "ST": "31", "CN": "2011", "PW": "123456", "MN": self.mn, "Flag": "5"}
        return encoding.frame(header, [[("DataTime", moment)], [("a21026-Rtd", f"{self.number / 3:.2f}")]])

    def speak(self, port: int, stop: threading.Event) -> None:
        """Send until the line breaks: several at once, as after an outage."""
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as line:
                while not stop.is_set():
                    self._exchange(line)
        except OSError:
            return

    def _exchange(self, line: socket.socket) -> None:
        begun, frames = self.number, []
        for self.number in range(begun, begun + 5):
            frames.append(self.frame())
        self.number = begun
        line.sendall(b"".join(frames))
        got = b""
        for frame in frames:
            while b"\r\n" not in got:
                more = line.recv(4096)
                if not more:
                    raise ConnectionError
                got += more
            answer, _, got = got.partition(b"\r\n")
            if frame[6:26] not in answer:
                raise AssertionError(f"{answer!r} does not answer {frame!r}")
            self.answered.add(frame[:-2])
            self.number += 1


@dataclass
class Trial:
    """A home, its devices, and what came of the kills."""

    home: Path
    chance: random.Random
    senders: list[Sender] = field(
        default_factory=lambda: [Sender(f"{212 + one:024X}") for one in range(DEVICES)]
    )
    kills: int = 0

    def prepare(self) -> None:
        """Register the devices."""
        devices.save(self.home, (devices.Device(one.mn, password="123456") for one in self.senders))

    def kill_once(self) -> None:
        """Start, let the devices send for a moment, kill -9."""
        command = [sys.executable, "-c", START, str(self.home), "0"]
        environment = {**os.environ, "DUHENG_HOME": str(self.home)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            port = int(json.loads(process.stdout.readline())["hj212"])
            stop = threading.Event()
            threads = [threading.Thread(target=one.speak, args=(port, stop)) for one in self.senders]
            for thread in threads:
                thread.start()
            time.sleep(self.chance.uniform(0.0, 0.4))
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
        self.kills += 1

    def examine(self) -> tuple[int, int, int, int]:
        """Frames answered; of them those not in the segments; damaged records; frames stored more than once."""
        answered = set().union(*(one.answered for one in self.senders))
        stored: Counter[bytes] = Counter()
        damaged = 0
        for record in read(self.home / "telemetry" / "segments"):
            damaged += record.kind == DAMAGED
            if record.kind == FRAME:
                stored[record.payload] += 1
        repeated = sum(count > 1 for count in stored.values())
        return len(answered), len(answered - set(stored)), damaged, repeated
