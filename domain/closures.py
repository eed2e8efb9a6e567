"""Days on which a shop, or one of its stores, is closed, and how they are typed."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.ids import FieldName
from domain.merchant import Closure
from domain.refusals import ClosureMalformed, ClosureOutOfReach, ClosureTooLong
from domain.report import DateRange

CLOSURES = FieldName("closures")
"""The field name of closures in the log of changes."""
CLOSURES_MAX = 60
"""Of one merchant, withdrawn ones included: all of them are loaded with the merchant."""
DAYS_MAX = 190
DAYS_BACK_MAX = 31
DAYS_AHEAD_MAX = 550
_DAY = timedelta(days=1)
_MONTHS: Sequence[str] = (
    "january januar janvier jan",
    "february februar février fevrier feber feb",
    "march märz maerz mars mäerz",
    "april avril abrëll abrell",
    "may mai mee",
    "june juni juin",
    "july juli juillet",
    "august août aout",
    "september septembre",
    "october oktober octobre",
    "november novembre",
    "december dezember décembre decembre",
)
"""Three letters of a name are enough; where they fit two months, the earlier month is meant."""
_FILLERS = frozenset(
    {"from", "to", "until", "till", "vom", "von", "bis", "vun", "vum", "du", "au", "le", "den", "the"}
)
_TOKEN = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"
    r"|(?P<day>\d{1,2})(?:er|st|nd|rd|th)?"
    r"(?:\s*[./]\s*(?P<month>\d{1,2})(?!\d)|\.?\s*(?P<name>(?!bis|vom|von|vun|den|the|from|till)[^\W\d_]{3,}))?"
    r"(?:\.?[\s/]*(?P<year>(?<=[\s./])(?:20\d\d|\d\d)(?![\d./])))?\.?"
    r"|(?P<word>[^\W\d_]+)|[\s,–—-]+"
)


def written(closure: Closure | None) -> str:
    """The dates of a closure as the log of changes has them."""
    return f"{closure.first}/{closure.last}" if closure else ""


def dates_written(text: str) -> DateRange | None:
    """Reads back what ``written`` wrote."""
    first, _, last = text.partition("/")
    return DateRange(date.fromisoformat(first), date.fromisoformat(last)) if first else None


def checked_closure(dates: DateRange, today: date, known_first: date) -> DateRange:
    """The dates, if they are allowed. ``known_first`` is the first day that the closure has had so far, which may be
    long over. Raises ClosureMalformed where the last day is before the first, ClosureTooLong, ClosureOutOfReach."""
    if dates.last < dates.first:
        raise ClosureMalformed
    if dates.last - dates.first >= DAYS_MAX * _DAY:
        raise ClosureTooLong(days_max=DAYS_MAX)
    earliest = min(today - DAYS_BACK_MAX * _DAY, known_first)
    if not earliest <= dates.first <= today + DAYS_AHEAD_MAX * _DAY:
        raise ClosureOutOfReach(days_back_max=DAYS_BACK_MAX, days_ahead_max=DAYS_AHEAD_MAX)
    return dates


def read_closure(text: str, today: date) -> DateRange:
    """As ``read_days``; without a year the next such dates are meant, at most DAYS_BACK_MAX days back."""
    return read_days(text, today - DAYS_BACK_MAX * _DAY)


def read_days(text: str, since: date) -> DateRange:
    """Reads ``24.12.–2.1.``, ``24/12/2026 - 2/1/2027``, ``24.–27. Dezember`` or one day. Without a year the first
    such dates from ``since`` on are meant.

    Raises ClosureMalformed.
    """
    found = list(_typed(text))
    if not 1 <= len(found) <= 2:
        raise ClosureMalformed
    (day, month, year), (last_day, last_month, last_year) = found[0], found[-1]
    if last_month is None:
        raise ClosureMalformed
    if month is None:
        month, year = last_month, year or last_year
    if year is None and last_year is not None:
        last = _date(last_year, last_month, last_day)
        year = last_year if (month, day) <= (last_month, last_day) else last_year - 1
        return DateRange(_date(year, month, day), last)
    first = _next(since, month, day) if year is None else _date(year, month, day)
    last = _next(first, last_month, last_day) if last_year is None else _date(last_year, last_month, last_day)
    return DateRange(first, last)


_Typed = tuple[int, int | None, int | None]
"""Day, month, year."""


def _typed(text: str) -> Iterator[_Typed]:
    """Raises ClosureMalformed."""
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (token["word"] and token["word"].casefold() not in _FILLERS):
            raise ClosureMalformed
        position = token.end()
        if token["y"]:
            yield int(token["d"]), int(token["m"]), int(token["y"])
        elif token["day"]:
            year = int(token["year"]) if token["year"] else None
            month = (
                _month(token["name"]) if token["name"] else int(token["month"]) if token["month"] else None
            )
            yield int(token["day"]), month, year + 2000 if year is not None and year < 100 else year


def _month(name: str) -> int:
    for month, names in enumerate(_MONTHS, start=1):
        if any(each.startswith(name.casefold()) for each in names.split()):
            return month
    raise ClosureMalformed


def _next(since: date, month: int, day: int) -> date:
    """The first such date on ``since`` or later; the next 29 February may be some years away."""
    for year in range(since.year, since.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= since:
            return found
    raise ClosureMalformed


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ClosureMalformed from error
