"""Moments of the ledger: UTC, to the microsecond, as text that sorts."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def text_of(moment: datetime) -> str:
    """`2026-01-31T08:00:00.000000Z`; a moment without a zone is taken as Asia/Shanghai."""
    # Not strftime: it does not pad years before 1000, which would break the order of the texts.
    return until(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment_of(text: str) -> datetime:
    """The moment that `text_of` wrote, in UTC."""
    return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)


def until(as_of: date | datetime) -> datetime:
    """The last moment that counts, in UTC: a date means the end of that day in Asia/Shanghai."""
    if isinstance(as_of, datetime):
        return (as_of if as_of.tzinfo is not None else as_of.replace(tzinfo=LOCAL)).astimezone(UTC)
    midnight = datetime.combine(as_of + timedelta(days=1), time(), LOCAL)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def now() -> datetime:
    """The clock, in UTC."""
    return datetime.now(UTC)
