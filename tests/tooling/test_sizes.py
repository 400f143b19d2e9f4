"""What fits on a screen: functions of at most 40 lines, files below 400."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FUNCTION, FILE = 40, 400


def _files() -> Iterator[tuple[str, str]]:
    for path in sorted((CHECKOUT / "src").rglob("*.py")):
        yield str(path.relative_to(CHECKOUT)), path.read_text("utf-8")


def test_no_function_is_longer_than_a_screen() -> None:
    functions = (
        (name, one)
        for name, text in _files()
        for one in ast.walk(ast.parse(text))
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [
        f"{name}:{one.lineno} {one.name}"
        for name, one in functions
        if (one.end_lineno or 0) - one.lineno >= FUNCTION
    ]
    assert long == []


def test_no_file_is_longer_than_a_sitting() -> None:
    assert [name for name, text in _files() if len(text.splitlines()) >= FILE] == []
