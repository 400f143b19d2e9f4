"""Tolerances and thresholds of the data checks: data of cn/audit/tests.yaml, each with its citation."""

from __future__ import annotations

from functools import cache
from typing import Any

from duheng.model.data import read_yaml, root
from duheng.model.errors import UnknownName


@cache
def settings() -> dict[str, dict[str, Any]]:
    """Every check by its code: title, cite, certainty, remedy and its figures."""
    content: dict[str, dict[str, Any]] = read_yaml(root() / "audit" / "tests.yaml")
    return content


def of(code: str) -> dict[str, Any]:
    """The settings of one check. Raises UnknownName."""
    if code not in settings():
        raise UnknownName(code, settings())
    return settings()[code]


def number(code: str, name: str) -> float:
    """A figure of a check."""
    return float(of(code)[name])


def table(code: str, name: str) -> list[dict[str, Any]]:
    """A small table of a check."""
    rows: list[dict[str, Any]] = of(code)[name]
    return rows
