"""The program as it really serves: rubbish of 200 MB, many readers, a second start."""

from __future__ import annotations

import http.client
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.web.conftest import serving

PIECE = b"x" * 1_000_000
PIECES = 200


def asked(address: str, method: str = "GET", path: str = "/", **more: object) -> tuple[int, bytes]:
    """Status and content of one request on a connection of its own."""
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)) as line:
        line.request(method, path, **more)  # type: ignore[arg-type]
        answer = line.getresponse()
        return answer.status, answer.read()


def rubbish() -> Iterator[bytes]:
    for _ in range(PIECES):
        yield PIECE


def memory(pid: int) -> int:
    """Kilobytes that the process and its children hold now."""
    held = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(pid) in (said["Pid"].strip(), said["PPid"].strip()):
            held += int(said.get("VmRSS", "0 kB").split()[0])
    return held


def test_two_hundred_megabytes_of_rubbish_are_refused_without_being_held(
    drill_home: Path, tmp_path: Path
) -> None:
    shutil.copy(drill_home / "duheng.sqlite3", tmp_path / "duheng.sqlite3")
    with serving(tmp_path) as (address, running):
        asked(address)
        before = memory(running.pid)
        length = {"Content-Length": str(PIECES * len(PIECE))}
        status, page = asked(address, "POST", "/import", body=rubbish(), headers=length)
        assert status == 413
        assert "40 MB" in page.decode()
        assert memory(running.pid) - before < 150_000
    assert not (tmp_path / "uploads").exists()


def test_many_readers_see_the_same_page(live: str) -> None:
    seen: list[bytes] = []

    def read() -> None:
        seen.append(asked(live, path="/?scenario=drill")[1])

    readers = [threading.Thread(target=read) for _ in range(20)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert len(seen) == 20
    assert len(set(seen)) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_supported(live: str, method: str) -> None:
    assert asked(live, method, "/board", body=b"")[0] in (403, 405)


def test_the_program_says_that_it_is_well(live: str) -> None:
    assert asked(live, path="/health")[1].startswith(b"ok ")
