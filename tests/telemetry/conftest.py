"""A home of telemetry, meters that truly use 100 kWh an hour, and what they send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from duheng import ledger
from duheng.telemetry.readings.layout import SCHEMA
from tests.ledger.conftest import connected

DAY = datetime(2026, 1, 5)
LISTED = "mn,factor,kind,entity,item,unit,every,most,rolls_at,since,until,owner,formula,counted\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty DUHENG_HOME."""
    return tmp_path


@pytest.fixture
def books(home: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """An empty ledger in the home."""
    with django_db_blocker.unblock(), connected("", home):
        ledger.setup()
        yield home
        connections["default"].close()


def at(clock: str) -> datetime:
    """A time of the day; `-0:10` lies before it."""
    hour, minute = clock.removeprefix("-").split(":")
    passed = timedelta(hours=int(hour), minutes=int(minute))
    return DAY - passed if clock.startswith("-") else DAY + passed


def rows(listed: Iterable[dict[str, object]]) -> pl.DataFrame:
    """Readings of the shared schema; what is not given is null."""
    full = [
        {**dict.fromkeys(SCHEMA), "segment": "2026-01-05/000000-0001", "offset": n, **row}
        for n, row in enumerate(listed)
    ]
    return pl.DataFrame(full, schema=SCHEMA)


def counted(
    readings: Sequence[tuple[datetime, float]], came: datetime | None = None, mn: str = "M1"
) -> pl.DataFrame:
    """Readings of a counter, arrived when they were taken or all at `came`."""
    return rows(
        {"mn": mn, "cn": "counter", "time": time, "factor": "E", "rtd": value, "arrival": came or time}
        for time, value in readings
    )


def steady() -> list[tuple[datetime, float]]:
    """The readings of the meter of the cases."""
    quarters = [(DAY + timedelta(minutes=15 * n), 1000 + 25.0 * n) for n in range(44)]
    return [(DAY - timedelta(minutes=10), 1000.0), *quarters]
