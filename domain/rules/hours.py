"""Whether a store is open."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.hours import MINUTES_A_DAY, WEEKDAYS
from domain.merchant import Span


def opened_on(hours: Sequence[Span] | None, local_time: datetime) -> date:
    """The date to which a moment belongs: a span that ends after midnight belongs to the day on which it began."""
    minute, yesterday = local_time.hour * 60 + local_time.minute, (local_time.weekday() - 1) % len(WEEKDAYS)
    is_late = any(
        each.weekday == yesterday and minute < each.closes_minute - MINUTES_A_DAY for each in hours or ()
    )
    return local_time.date() - timedelta(days=is_late)


def is_open(hours: Sequence[Span] | None, local_time: datetime) -> bool:
    """Whether the store is open at a moment of its local time. Without hours it always is."""
    if hours is None:
        return True
    minute, today = local_time.hour * 60 + local_time.minute, local_time.weekday()
    yesterday = (today - 1) % len(WEEKDAYS)
    return any(
        (each.weekday == today and each.opens_minute <= minute < each.closes_minute)
        or (each.weekday == yesterday and minute < each.closes_minute - MINUTES_A_DAY)
        for each in hours
    )
