"""A PostgreSQL server of the tests' own: own data folder, own free port, gone afterwards.

* server()         its URL: quick, without fsync; its data live for one test run
* durable_server() one that syncs as it does in operation, to be killed and started again

The server of the distribution (apt-get install postgresql) is used as a program only; a cluster that may
already run on this machine is neither used nor touched.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

USER = "duheng"
READY_WITHIN = 60.0  # seconds; a loaded machine of two cores starts it in about one
ATTEMPTS = 5
HASTY = ("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off")
DURABLE = ("-c fsync=on", "-c synchronous_commit=on", "-c full_page_writes=on")


class NoPostgres(Exception):
    """PostgreSQL is not installed or did not start."""


def programs() -> Path:
    """Folder with `initdb` and `postgres`: that of the newest version the distribution installed.

    NoPostgres where there is none.
    """
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not folders:
        raise NoPostgres("PostgreSQL is not installed: run `make test`, or `apt-get install postgresql`")
    return folders[-1].parent


def unprivileged() -> dict[str, object]:
    """Keywords for `subprocess` that give up root, as which PostgreSQL refuses to run; empty for others."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    # PG* variables of the person's shell would reach into another cluster.
    environment = {key: text for key, text in os.environ.items() if not key.startswith("PG")} | {
        "LC_ALL": "C"
    }
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command, cwd=folder, env=environment, capture_output=True, text=True, **unprivileged()
    )


@dataclass
class Server:
    """A cluster of its own in `folder`, on a port that it keeps over its restarts; settings: options of the server.

    The role is the superuser of that cluster, so that test databases can be created beside `duheng`.
    """

    folder: Path
    settings: tuple[str, ...]
    port: int = 0

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The URL of its database `duheng`."""
        return f"postgres://{USER}@127.0.0.1:{self.port}/duheng"

    def create(self) -> None:
        """An empty data folder, owned by whoever will run the server, and a running server with the database."""
        who = unprivileged()
        if who:
            os.chown(self.folder, int(str(who["user"])), int(str(who["group"])))
        role = ("--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C")
        self._run("initdb", "--pgdata", self.data, *role, "--no-sync")
        for attempt in range(ATTEMPTS):  # another process may take the port first
            self.port = free_port()
            try:
                self._launch()
                break
            except NoPostgres:
                if attempt == ATTEMPTS - 1:
                    raise
                time.sleep(0.2)
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "duheng")

    def start(self) -> None:
        """Start again, as its supervisor would: until the processes that a kill left behind are gone it refuses."""
        until = time.monotonic() + READY_WITHIN
        while True:
            try:
                return self._launch()
            except NoPostgres:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def recover(self) -> None:
        """Wait until it answers again, after it has lost a connection's process and ended all others for it."""
        until = time.monotonic() + READY_WITHIN
        while True:
            try:
                return self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port))
            except NoPostgres:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """At once, without a last checkpoint: the next start recovers from the log of what was committed."""
        with suppress(NoPostgres):
            self._run("pg_ctl", "stop", "--pgdata", self.data, "--mode", "immediate")

    def processes(self) -> list[int]:
        """The first process of the server, then its children: one for each connection, and its own."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        listed = Path(f"/proc/{first}/task/{first}/children").read_text()
        return [first, *map(int, listed.split())]

    def _launch(self) -> None:
        options = (f"-p {self.port}", "-c listen_addresses=127.0.0.1", f"-c unix_socket_directories={self.folder}",
                   "-c max_connections=60", *self.settings)  # fmt: skip
        wait = ("--wait", f"--timeout={READY_WITHIN:.0f}", "--pgdata", self.data)
        self._run(
            "pg_ctl", "start", *wait, "--log", self.folder / "server.log", "--options", " ".join(options)
        )

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = _call([programs() / program, *arguments], self.folder)
        if done.returncode != 0:
            log = self.folder / "server.log"
            said = log.read_text(errors="replace") if log.exists() else ""
            raise NoPostgres(f"{program} failed in {self.folder}:\n{done.stdout}{done.stderr}{said[-2000:]}")


def kill(processes: list[int]) -> None:
    """kill -9, one after the other."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@contextmanager
def _running(settings: tuple[str, ...]) -> Iterator[Server]:
    # Not pytest's own folder: that one is closed to the account the server runs under.
    folder = Path(tempfile.mkdtemp(prefix="duheng-postgres-"))
    cluster = Server(folder, settings)
    try:
        cluster.create()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """A running PostgreSQL server; yields the URL of its empty database `duheng`."""
    with _running(HASTY) as cluster:
        yield cluster.url


@contextmanager
def durable_server() -> Iterator[Server]:
    """A running server that syncs every commit before it acknowledges it; yields the server itself."""
    with _running(DURABLE) as cluster:
        yield cluster
