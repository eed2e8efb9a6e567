"""Ranges of days, by name and as people type them."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from enum import StrEnum

from domain.closures import read_days
from domain.refusals import ClosureMalformed, DatesMalformed, TooManyDays
from domain.report import DateRange
from domain.rules.days import month_end

DAYS_MAX = 366
YEARS = range(1970, 3000)
"""A year outside is a typing error. The range also stays clear of the ends of the calendar, which have no day before
or after them."""
_DAY = timedelta(days=1)
_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"|(?P<day>[0-9]{1,2})[./](?P<month>[0-9]{1,2})[./](?P<year>[0-9]{4}|[0-9]{2})(?![0-9])"
)


class NamedRange(StrEnum):
    """Ranges with a name. Weeks begin on Monday."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"


def _week(of: date) -> DateRange:
    monday = of - timedelta(days=of.weekday())
    return DateRange(monday, monday + 6 * _DAY)


def _month(of: date) -> DateRange:
    return DateRange(of.replace(day=1), month_end(of))


_SPANS: Mapping[NamedRange, Callable[[date], DateRange]] = {
    NamedRange.TODAY: lambda today: DateRange(today, today),
    NamedRange.YESTERDAY: lambda today: DateRange(today - _DAY, today - _DAY),
    NamedRange.THIS_WEEK: _week,
    NamedRange.LAST_WEEK: lambda today: _week(today - 7 * _DAY),
    NamedRange.THIS_MONTH: _month,
    NamedRange.LAST_MONTH: lambda today: _month(today.replace(day=1) - _DAY),
}


def dates_of(span: NamedRange, today: date) -> DateRange:
    """The range without days in the future."""
    dates = _SPANS[span](today)
    return DateRange(dates.first, min(dates.last, today))


def parse_dates(text: str) -> DateRange:
    """One date, or the first and the last: 2026-11-22, 22.11.2026 or 22/11/26.

    Raises DatesMalformed, TooManyDays.
    """
    found_dates = [_date(found) for found in _DATE.finditer(text)]
    if not 1 <= len(found_dates) <= 2 or re.search(r"[0-9]", _DATE.sub("", text)):
        raise DatesMalformed
    return checked_dates(DateRange(min(found_dates), max(found_dates)))


def recent_dates(text: str, today: date) -> DateRange:
    """As ``parse_dates``; months may have names, and without a year the latest such days are meant.

    Raises DatesMalformed, TooManyDays.
    """
    with suppress(DatesMalformed):
        return parse_dates(text)
    try:
        return checked_dates(read_days(text, today - timedelta(days=364)))
    except ClosureMalformed as error:
        raise DatesMalformed from error


def day_in(text: str) -> date | None:
    """The date, if the whole text is one, else None. Raises DatesMalformed."""
    found = _DATE.fullmatch(text)
    return _date(found) if found else None


def checked_dates(dates: DateRange) -> DateRange:
    """The range, which may also come from a button. Raises DatesMalformed where the last day is before the first or a
    year is not in YEARS, TooManyDays."""
    if dates.last < dates.first:
        raise DatesMalformed
    _check_years(dates.first, dates.last)
    if dates.last - dates.first >= DAYS_MAX * _DAY:
        raise TooManyDays(days_max=DAYS_MAX)
    return dates


def _date(found: re.Match[str]) -> date:
    """Raises DatesMalformed for a date that does not exist or whose year is not in YEARS."""
    year, month, day = found["y"] or found["year"], found["m"] or found["month"], found["d"] or found["day"]
    century = 2000 if len(year) == 2 else 0
    try:
        typed = date(century + int(year), int(month), int(day))
    except ValueError as error:
        raise DatesMalformed from error
    _check_years(typed)
    return typed


def _check_years(*days: date) -> None:
    """Raises DatesMalformed for a year that is not in YEARS."""
    if any(day.year not in YEARS for day in days):
        raise DatesMalformed
