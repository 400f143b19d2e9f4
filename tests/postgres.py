"""A PostgreSQL server of the tests' own: own data folder, own free port, gone afterwards.

The server of the distribution (apt-get install postgresql) is used as a program only; a cluster that may
already run on this machine is neither used nor touched.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "duheng"
READY_WITHIN = 60.0  # seconds; a loaded machine of two cores starts it in about one
ATTEMPTS = 5


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


def _create(folder: Path) -> Path:
    """An empty data folder, owned by whoever will run the server."""
    who = unprivileged()
    if who:
        os.chown(folder, int(str(who["user"])), int(str(who["group"])))
    data = folder / "data"
    # fsync is off here and below: this data lives for one test run.
    made = _call(
        [
            programs() / "initdb",
            *("--pgdata", data),
            *("--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ],
        folder,
    )
    if made.returncode != 0:
        raise NoPostgres(f"initdb failed in {data}:\n{made.stderr}")
    return data


def _start(folder: Path, data: Path) -> int:
    """Start the server on a free port and return the port; another process may be quicker, so try again."""
    log = ""
    for _ in range(ATTEMPTS):
        port = free_port()
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
        )
        started = _call(
            [
                programs() / "pg_ctl",
                *("start", "--wait", f"--timeout={READY_WITHIN:.0f}", "--pgdata", data),
                *("--log", folder / "server.log", "--options", options),
            ],
            folder,
        )
        if started.returncode == 0:
            return port
        log = (folder / "server.log").read_text() if (folder / "server.log").exists() else started.stderr
        time.sleep(0.2)
    raise NoPostgres(f"PostgreSQL did not start:\n{log[-2000:]}")


@contextmanager
def server() -> Iterator[str]:
    """A running PostgreSQL server; yields the URL of its empty database `duheng`.

    The role is the superuser of that cluster, so that test databases can be created beside it.
    """
    # Not pytest's own folder: that one is closed to the account the server runs under.
    folder = Path(tempfile.mkdtemp(prefix="duheng-postgres-"))
    try:
        data = _create(folder)
        port = _start(folder, data)
        try:
            made = _call(
                [programs() / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "duheng"], folder
            )
            if made.returncode != 0:
                raise NoPostgres(f"createdb failed:\n{made.stderr}")
            yield f"postgres://{USER}@127.0.0.1:{port}/duheng"
        finally:
            _call([programs() / "pg_ctl", "stop", "--pgdata", data, "--mode", "immediate"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
