"""The merchant's local day. Daylight saving is the time zone database's business, never a fixed 24 hours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()


def day_starts_at(day: date, timezone: str) -> datetime:
    """The instant at which a local date begins."""
    return datetime.combine(day, time(), ZoneInfo(timezone))


def next_day_starts_at(now: datetime, timezone: str) -> datetime:
    return day_starts_at(local_date(now, timezone) + timedelta(days=1), timezone)
