"""On which dates a birthday falls, and for which of them there is a bonus (docs/decisions/0060)."""

from calendar import isleap, monthrange
from datetime import date, timedelta

from domain.coming_back import Birthday
from domain.refusals import BirthdayMalformed
from domain.rules.days import local_date

SAID_AHEAD = timedelta(days=7)
"""Whoever says it later than this has it the year after: today's date is nobody's birthday only because of a gift."""
APART = timedelta(days=365)
"""Between the birthdays of two bonuses, whatever date was said meanwhile, and between two changes of it."""
LATE = timedelta(days=30)
"""For so long it is made up for: the bot was down, or the month has no room for one more message."""
_A_LEAP_YEAR = 2000
_DAY = timedelta(days=1)


def days_in(month: int) -> int:
    return monthrange(_A_LEAP_YEAR, month)[1]


def check_birthday(month: int, day: int) -> None:
    """Raises BirthdayMalformed."""
    if not (1 <= month <= 12 and 1 <= day <= days_in(month)):
        raise BirthdayMalformed


def birthday_in(year: int, month: int, day: int) -> date:
    """The 29th of February on the 28th in years without one: in its month, and late for nobody."""
    if (month, day) == (2, 29) and not isleap(year):
        day = 28
    return date(year, month, day)


def next_birthday(month: int, day: int, after: date) -> date:
    """The first after a date."""
    this_year = birthday_in(after.year, month, day)
    return this_year if this_year > after else birthday_in(after.year + 1, month, day)


def newest_birthday(month: int, day: int, today: date) -> date:
    """The last that has been, today's among them."""
    this_year = birthday_in(today.year, month, day)
    return this_year if this_year <= today else birthday_in(today.year - 1, month, day)


def birthday_due(birthday: Birthday, timezone: str, today: date) -> date | None:
    """The birthday for which there is a bonus today, None where there is none."""
    if birthday.month_and_day is None or birthday.said_at is None:
        return None
    newest = newest_birthday(*birthday.month_and_day, today)
    return newest if _has_bonus(birthday, timezone, newest) and today - newest <= LATE else None


def next_bonus(birthday: Birthday, timezone: str, today: date) -> date | None:
    """The next birthday for which there is a bonus."""
    if birthday.month_and_day is None:
        return None
    on = next_birthday(*birthday.month_and_day, today)
    while not _has_bonus(birthday, timezone, on):
        on = next_birthday(*birthday.month_and_day, on)
    return on


def _has_bonus(birthday: Birthday, timezone: str, on: date) -> bool:
    was_said_in_time = (
        birthday.said_at is not None and local_date(birthday.said_at, timezone) + SAID_AHEAD <= on
    )
    return was_said_in_time and (birthday.given_for is None or on - birthday.given_for >= APART)


def next_look(birthday: Birthday, timezone: str, today: date, *, is_given: bool) -> date | None:
    """When it is looked at again: tomorrow while it can still be made up for, else on the next birthday."""
    if birthday.month_and_day is None:
        return None
    tomorrow = today + _DAY
    if not is_given and birthday_due(birthday, timezone, tomorrow) is not None:
        return tomorrow
    return next_birthday(*birthday.month_and_day, today)
