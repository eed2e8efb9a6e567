"""On which dates a birthday falls, and which of them bring a bonus (docs/decisions/0060)."""

from calendar import isleap, monthrange
from datetime import date, timedelta

from domain.coming_back import Birthday
from domain.refusals import BirthdayMalformed
from domain.rules.days import local_date

SAID_AHEAD = timedelta(days=7)
"""A birthday told with less time than this before it counts from the next year, so that nobody names tomorrow's date
just to get a gift."""
APART = timedelta(days=365)
"""The least time between the birthdays of two bonuses, whatever dates were told, and between two changes of the
date."""
LATE = timedelta(days=30)
"""How long after the birthday the bonus can still be given, because the bot was down or the monthly limit of
marketing messages was reached."""
_A_LEAP_YEAR = 2000
_DAY = timedelta(days=1)


def days_in(month: int) -> int:
    return monthrange(_A_LEAP_YEAR, month)[1]


def check_birthday(month: int, day: int) -> None:
    """Raises BirthdayMalformed."""
    if not (1 <= month <= 12 and 1 <= day <= days_in(month)):
        raise BirthdayMalformed


def birthday_in(year: int, month: int, day: int) -> date:
    """29 February becomes the 28th in years without it: in its month, and late for nobody."""
    if (month, day) == (2, 29) and not isleap(year):
        day = 28
    return date(year, month, day)


def next_birthday(month: int, day: int, after: date) -> date:
    """The first birthday after a date."""
    this_year = birthday_in(after.year, month, day)
    return this_year if this_year > after else birthday_in(after.year + 1, month, day)


def newest_birthday(month: int, day: int, today: date) -> date:
    """The latest birthday up to and including today."""
    this_year = birthday_in(today.year, month, day)
    return this_year if this_year <= today else birthday_in(today.year - 1, month, day)


def birthday_due(birthday: Birthday, timezone: str, today: date) -> date | None:
    """The birthday for which a bonus is due today, None where there is none."""
    if birthday.month_and_day is None or birthday.said_at is None:
        return None
    newest = newest_birthday(*birthday.month_and_day, today)
    return newest if _has_bonus(birthday, timezone, newest) and today - newest <= LATE else None


def next_bonus(birthday: Birthday, timezone: str, today: date) -> date | None:
    """The next birthday that brings a bonus, None where none was told."""
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
    """The date on which it is looked at again: tomorrow while a missed bonus can still be given, else the next
    birthday."""
    if birthday.month_and_day is None:
        return None
    tomorrow = today + _DAY
    if not is_given and birthday_due(birthday, timezone, tomorrow) is not None:
        return tomorrow
    return next_birthday(*birthday.month_and_day, today)
