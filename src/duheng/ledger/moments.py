"""Moments of the ledger: UTC, to the microsecond, as text that sorts."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def text_of(moment: datetime) -> str:
    """`2026-01-31T08:00:00.000000Z`; a moment without a zone is taken as Asia/Shanghai."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=LOCAL)
    # strftime does not pad years before 1000, and would break the order of the texts.
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment_of(text: str) -> datetime:
    """The moment that `text_of` wrote, in UTC."""
    return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)


def until(as_of: date | datetime) -> datetime:
    """The last moment that counts: a date means the end of that day in Asia/Shanghai."""
    if isinstance(as_of, datetime):
        return as_of if as_of.tzinfo is not None else as_of.replace(tzinfo=LOCAL)
    return datetime.combine(as_of + timedelta(days=1), time(), LOCAL) - timedelta(microseconds=1)


def now() -> datetime:
    """The clock, in UTC."""
    return datetime.now(UTC)
