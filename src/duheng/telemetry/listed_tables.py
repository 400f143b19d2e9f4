"""Cells of the tables people keep beside the readings (points, limits ...): UTF-8 or GBK, as Excel saves them."""

from __future__ import annotations

import math
import re
from datetime import datetime
from pathlib import Path

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")


def text_of(file: Path) -> str:
    """The text of a table, empty where there is none. Raises OSError, ValueError (in Chinese) for another encoding."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{file.name}：不是UTF-8或GBK的文字，应另存为CSV（UTF-8）")


def amount(name: str, text: str) -> float:
    """A decimal. Raises ValueError, in Chinese, for anything else."""
    value = float(text) if text.isascii() and _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise ValueError(f"{name} 为“{text}”，应为数")
    return value


def moment(name: str, text: str) -> datetime:
    """A date or a time, as 2026-01-31 or 2026-01-31 08:00. Raises ValueError, in Chinese, for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError(f"{name} 为“{text}”，应如2026-01-31或2026-01-31 08:00")
    return found
