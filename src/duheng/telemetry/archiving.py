"""Everything received to readings, whoever asks: frames of HJ 212 and messages of meters go the same way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from duheng.telemetry.gathering import Gathered, gather
from duheng.telemetry.meters.rows import rows, sites


def archive(home: Path, told: Callable[[str], None] = lambda _: None) -> Gathered:
    """Turn all that has been received since the last time into readings. Raises DuhengError, OSError.

    Only this is to be called from outside: reading on without one of the kinds would pass over it for good.
    """
    return gather(home, rows(home), told, sites(home))
