"""The program as it is typed: arguments in; exit code, standard output and standard error out."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from duheng import cli


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


class _Stream(io.TextIOWrapper):
    """A standard stream that is a pipe."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", write_through=True)

    def text(self) -> str:
        """What was written."""
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


def typed(*words: object) -> Said:
    """Runs `duheng WORDS` in this process, through the program's own beginning and end."""
    out, err, before = _Stream(), _Stream(), sys.argv
    sys.argv = ["duheng", *map(str, words)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            with pytest.raises(SystemExit) as ended:
                cli.main()
    finally:
        sys.argv = before
    said = Said(int(ended.value.code or 0), out.text(), err.text())
    assert "Traceback" not in said.all
    return said


@pytest.fixture
def run() -> Callable[..., Said]:
    """The program."""
    return typed
