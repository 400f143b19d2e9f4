"""Start the program and wait for its first page. Standard library only, for machines with nothing else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

PATIENCE = 600.0  # seconds; a cold `make run` installs two hundred megabytes first


class NeverServed(Exception):
    """The program ended, or showed no page in time; the text is what it printed."""


@dataclass(frozen=True)
class FirstPage:
    """address: of the page. seconds: from the start of the program to its last byte. text: the page."""

    address: str
    seconds: float
    text: str


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(address: str) -> str | None:
    """The page at `address`, past any proxy; None while nobody answers. HTTPError for an error page."""
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=60) as answer:
            return str(answer.read().decode())
    except HTTPError:
        raise
    except (URLError, ConnectionError, TimeoutError):
        return None


@contextmanager
def serving(
    command: Sequence[str | Path], port: int, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[FirstPage]:
    """Run `command` in `folder` until the first page of its server on `port` is there; stop it afterwards.

    NeverServed when it ends before, or shows nothing within PATIENCE.
    """
    log = folder / f"serving-{port}.log"
    begin = time.monotonic()
    with log.open("wb") as output:
        # A session of its own, so that whatever it starts can be stopped with it.
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        text = fetch(address)
        while text is None:
            if process.poll() is not None or time.monotonic() - begin > PATIENCE:
                raise NeverServed(f"{command}: {process.poll()}\n{log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.02)
            text = fetch(address)
        yield FirstPage(address, time.monotonic() - begin, text)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything in its session."""
    for how, wait in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            continue
