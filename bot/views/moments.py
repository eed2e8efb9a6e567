"""When something becomes possible, in words relative to today."""

from datetime import datetime, timedelta

from bot.texts import Texts
from domain.rules.days import day_starts_at, local_date


def since(t: Texts, moment: datetime, timezone: str, now: datetime | None) -> str:
    """ "from 18:33", "tomorrow from 7:00"; with the date on a later day, or where ``now`` is None."""
    today = None if now is None else local_date(now, timezone)
    day = local_date(moment, timezone)
    if today == day:
        return t("from {time}", time=t.time(moment, timezone))
    if today is None or today + timedelta(days=1) != day:
        return t("from {date}", date=t.moment(moment, timezone))
    if moment == day_starts_at(day, timezone):
        return t("tomorrow")
    return t("tomorrow from {time}", time=t.time(moment, timezone))
