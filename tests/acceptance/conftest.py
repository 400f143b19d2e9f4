"""The program as it is typed: arguments in; exit code, standard output and standard error out.

* run    `run("board", "--json")`, without touching any ledger of its own accord
* home   DUHENG_HOME with Ziyang and its drill loaded: a copy of one made once, free to be written to
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

import duheng.settings
from duheng import cli
from tests.ledger.conftest import connected
from tests.prepared import prepared


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Both streams."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """Standard output read as JSON."""
        return json.loads(self.out)


Run = Callable[..., Said]


class _Stream(io.TextIOWrapper):
    """A standard stream: a pipe, or a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), "utf-8", write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        """What was written."""
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


def typed(*words: object, terminal: bool = False) -> Said:
    """Runs `duheng WORDS` in this process, through the program's own beginning and end.

    terminal: standard error is one; else both streams are pipes.
    """
    out, err, before = _Stream(False), _Stream(terminal), sys.argv
    sys.argv = ["duheng", *map(str, words)]
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            cli.main()
    finally:
        sys.argv = before
    said = Said(int(ended.value.code or 0), out.text(), err.text())
    assert "Traceback" not in said.all
    return said


@pytest.fixture(scope="session")
def run() -> Run:
    """The program."""
    return typed


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """The ledger's file after a first `duheng board`."""
    with django_db_blocker.unblock():
        return prepared(tmp_path_factory, "loaded", _after_a_board) / "duheng.sqlite3"


def _after_a_board(place: Path) -> None:
    with connected("", place):
        said = typed("board")
        assert (said.code, said.err) == (0, "")
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def _living(file: Path, place: Path, blocker: DjangoDbBlocker) -> Iterator[Path]:
    place.mkdir()
    shutil.copy(file, place / "duheng.sqlite3")
    with pytest.MonkeyPatch.context() as patch, blocker.unblock(), connected("", place):
        patch.setattr(duheng.settings, "DUHENG_HOME", place)
        yield place


@pytest.fixture
def home(loaded: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """A loaded DUHENG_HOME of this test's own."""
    with _living(loaded, tmp_path / "duheng-home", django_db_blocker) as place:
        yield place


@pytest.fixture(scope="module")
def shared_home(
    loaded: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    """A loaded DUHENG_HOME that the tests of a module only read."""
    with _living(loaded, tmp_path_factory.mktemp("shared") / "duheng-home", django_db_blocker) as place:
        yield place
