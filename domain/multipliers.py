"""When more is earned than usual, and how that is written: ``Mon-Fri 14:00-16:00 2``, ``Sat 2``, ``2026-12-24 3``."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from domain.hours import WEEKDAYS, checked_hours, read_hours, written_hours
from domain.merchant import Multiplier
from domain.refusals import MultiplierMalformed, MultipliersTooMany, OpeningHoursMalformed

ONE = 10
"""The factor 1, in tenths."""
FACTOR_TENTHS_MAX = 100
MULTIPLIERS_MAX = 20
_ALL_DAY = "00:00-24:00"
_LINE = re.compile(r"(?P<when>.*\S)\s+[x×*]?\s*(?P<factor>\d{1,2}(?:[.,]\d)?)\s*[x×]?", re.IGNORECASE)
_DATE = re.compile(
    r"(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4}))"
    r"(?![\d.:/-])(?P<times>.*)"
)


def checked_multipliers(multipliers: Sequence[Multiplier] | None) -> tuple[Multiplier, ...] | None:
    """Without duplicates, in the order in which they were given; None for none. Raises MultiplierMalformed,
    MultipliersTooMany."""
    kept = tuple(dict.fromkeys(multipliers or ()))
    if len(kept) > MULTIPLIERS_MAX:
        raise MultipliersTooMany(highest=MULTIPLIERS_MAX)
    return tuple(map(_checked, kept)) or None


def read_multiplier(line: str) -> Multiplier:
    """Reads days in any of the four languages or a date, then hours unless it is for all day, then the factor. Raises
    MultiplierMalformed."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise _malformed()
    on = _DATE.fullmatch(found["when"])
    try:
        day = _day(on) if on else None
        when = f"{WEEKDAYS[day.weekday()]} {on['times']}" if on and day else found["when"]
        spans = read_hours(when if re.search(r"\d", when) else f"{when} {_ALL_DAY}")
    except (OpeningHoursMalformed, ValueError) as error:
        raise _malformed() from error
    tenths = int(Decimal(found["factor"].replace(",", ".")) * ONE)
    return _checked(Multiplier(factor_tenths=tenths, spans=spans, day=day))


def written_multiplier(multiplier: Multiplier) -> str:
    """In the form that ``read_multiplier`` reads."""
    hours = written_hours(multiplier.spans)
    if all((each.opens_minute, each.closes_minute) == (0, 24 * 60) for each in multiplier.spans):
        hours = hours.replace(f" {_ALL_DAY}", "")
    if multiplier.day is not None:
        hours = re.sub("[A-Z][a-z]+", multiplier.day.isoformat(), hours)
    return f"{hours} {written_factor(multiplier.factor_tenths)}"


def written_factor(tenths: int) -> str:
    return f"{(Decimal(tenths) / ONE).normalize():f}"


def _checked(multiplier: Multiplier) -> Multiplier:
    is_on_day = multiplier.day is None or {each.weekday for each in multiplier.spans} == {
        multiplier.day.weekday()
    }
    if not ONE < multiplier.factor_tenths <= FACTOR_TENTHS_MAX or not is_on_day:
        raise _malformed()
    try:
        spans = checked_hours(multiplier.spans)
    except OpeningHoursMalformed as error:
        raise _malformed() from error
    return Multiplier(factor_tenths=multiplier.factor_tenths, spans=spans, day=multiplier.day)


def _day(found: re.Match[str]) -> date:
    """Raises ValueError."""
    names = ("y", "m", "d") if found["y"] else ("year", "month", "day")
    year, month, day = (int(found[name]) for name in names)
    return date(year, month, day)


def _malformed() -> MultiplierMalformed:
    return MultiplierMalformed(lowest=Decimal(ONE + 1) / ONE, highest=Decimal(FACTOR_TENTHS_MAX // ONE))
