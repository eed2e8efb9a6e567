"""The merchant's local day. Its length comes from the time zone database and is never a fixed 24 hours."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FAR_AHEAD = timedelta(days=7)
"""A time on a card that lies further ahead than this was written by a wrong clock; it blocks nothing."""


@lru_cache(maxsize=256)
def local_date(now: datetime, timezone: str) -> date:
    """Cached, because one act asks for the date of its moment many times."""
    return now.astimezone(ZoneInfo(timezone)).date()


def local_hour(moment: datetime, timezone: str) -> int:
    return moment.astimezone(ZoneInfo(timezone)).hour


def day_starts_at(day: date, timezone: str) -> datetime:
    """The instant at which a local date begins, in UTC: local times cannot be compared around a change of the
    clocks."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def day_ends_at(day: date, timezone: str) -> datetime:
    """The instant at which a local date is over, in UTC."""
    return day_starts_at(day + timedelta(days=1), timezone)


def last_day_before(instant: datetime, timezone: str) -> date:
    """The last local date that is over at an instant."""
    return local_date(instant, timezone) - timedelta(days=1)


def at_hour(day: date, hour: int, timezone: str) -> datetime:
    """The instant of a full hour on a local date, in UTC.

    An hour that daylight saving skips is the hour after it; of an hour that comes twice it is the first.
    """
    return datetime.combine(day, time(hour), ZoneInfo(timezone)).astimezone(UTC)
