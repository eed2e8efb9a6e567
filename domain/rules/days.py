"""The merchant's local day. Daylight saving is the time zone database's business, never a fixed 24 hours."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def local_date(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()


def day_starts_at(day: date, timezone: str) -> datetime:
    """The instant at which a local date begins, in UTC: times of a zone do not compare well around its changes."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)
