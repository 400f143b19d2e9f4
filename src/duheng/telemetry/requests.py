"""Requests to devices as files: DUHENG_HOME/telemetry/requests/ID.json, and beside each ID.result.json.

Whoever wants something from a device writes a file; `duheng receive`, which holds the device's line, takes it from
there. A result is written when the request is taken up and again when it ends.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from duheng.model.errors import DuhengError

from .hj212.dialogue import troubles

SECRET = "NewPW"  # noqa: S105  # a field's name; its value is in no result
RESULT = ".result.json"


@dataclass(frozen=True, slots=True)
class Request:
    """mn: the device; code: the command; values: CP fields in order; who, why: for the record."""

    mn: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    who: str = ""
    why: str = ""

    @property
    def shown(self) -> dict[str, str]:
        """The values as they may be kept."""
        return {name: "***" if name in (SECRET, "PW") else value for name, value in self.values.items()}


def folder(home: Path) -> Path:
    """Where the requests of a DUHENG_HOME stand."""
    return home / "telemetry" / "requests"


def ask(home: Path, request: Request) -> str:
    """Put a request; its id. Raises DuhengError for one that must not be sent, OSError."""
    if wrong := troubles(request.code, request.values):
        raise DuhengError("；".join(wrong) + "。请改正后重来。")
    id = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}-{secrets.token_hex(3)}"
    _replace(folder(home) / f"{id}.json", asdict(request))
    return id


def waiting(home: Path) -> dict[str, Path]:
    """The requests not yet ended, by id, oldest first."""
    return {path.stem: path for path in sorted(folder(home).glob("*.json")) if not path.name.endswith(RESULT)}


def read(path: Path) -> Request:
    """A request of a file. Raises ValueError for one that is none, OSError."""
    given = json.loads(path.read_text(encoding="utf-8"))
    names = ("mn", "code", "who", "why")
    if not isinstance(given, dict) or not all(isinstance(given.get(name, ""), str) for name in names):
        raise ValueError("应为带mn、code、values的JSON对象")
    values = given.get("values", {})
    if not isinstance(values, dict) or not all(
        isinstance(one, str) for pair in values.items() for one in pair
    ):
        raise ValueError("values应为文字到文字的对象")
    return Request(
        given.get("mn", ""), given.get("code", ""), values, given.get("who", ""), given.get("why", "")
    )


def result(home: Path, id: str) -> dict[str, Any] | None:
    """What became of a request so far, None where nothing yet. Raises OSError."""
    try:
        found: dict[str, Any] = json.loads((folder(home) / f"{id}{RESULT}").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def answer(home: Path, id: str, said: Mapping[str, Any], ended: bool) -> None:
    """Write the result; the request itself goes away once it has ended. Raises OSError."""
    _replace(folder(home) / f"{id}{RESULT}", said)
    if ended:
        (folder(home) / f"{id}.json").unlink(missing_ok=True)


def forget(home: Path, before: date) -> list[date]:
    """Remove the results of requests put before a day (UTC); the days of those removed. Raises OSError."""
    gone: set[date] = set()
    for path in sorted(folder(home).glob(f"*{RESULT}")):
        day = datetime.strptime(path.name[:8], "%Y%m%d").date()  # noqa: DTZ007  # an id begins with its day
        if day < before and not (folder(home) / path.name.replace(RESULT, ".json")).exists():
            path.unlink()
            gone.add(day)
    return sorted(gone)


def _replace(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    new.replace(path)
