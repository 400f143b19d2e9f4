"""Thresholds of the signs: data of cn/monitoring/watching.yaml, each with its citation."""

from __future__ import annotations

from functools import cache
from typing import Any

from duheng.model.data import read_yaml, root
from duheng.model.errors import UnknownName


@cache
def settings() -> dict[str, dict[str, Any]]:
    """Everything in the file, by name."""
    content: dict[str, dict[str, Any]] = read_yaml(root() / "monitoring" / "watching.yaml")
    return content


def rules() -> dict[str, dict[str, Any]]:
    """The signs by code: title, remedy, cite, certainty, who, sure, severity and figures."""
    return {code: one for code, one in settings().items() if "title" in one}


def of(code: str) -> dict[str, Any]:
    """The settings of one sign. Raises UnknownName."""
    if code not in settings():
        raise UnknownName(code, settings())
    return settings()[code]


def number(code: str, name: str) -> float:
    """A figure of a sign."""
    return float(of(code)[name])


def normal() -> list[str]:
    """The flags of good readings; one without a flag is taken as good."""
    return [str(flag) for flag in of("normal")["flags"]]
