"""When a store is open, week by week, and how that is written."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from domain.merchant import Span
from domain.refusals import OpeningHoursMalformed

MINUTES_A_DAY = 24 * 60
SPANS_A_DAY_MAX = 4
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""As ``written_hours`` writes them, Monday first."""
_NAMES: Sequence[Sequence[str]] = (
    ("monday", "montag", "lundi", "méindeg", "meindeg"),
    ("tuesday", "dienstag", "mardi", "dënschdeg", "denschdeg"),
    ("wednesday", "mittwoch", "mercredi", "mëttwoch", "mettwoch"),
    ("thursday", "donnerstag", "jeudi", "donneschdeg"),
    ("friday", "freitag", "vendredi", "freideg"),
    ("saturday", "samstag", "samedi", "samschdeg"),
    ("sunday", "sonntag", "dimanche", "sonndeg"),
)
"""Any beginning of a name is read; where it fits two days, the earlier day is meant."""
_TIME = r"\d{1,2}(?:[:.h]\d{2}|h)?"
_TOKEN = re.compile(
    r"(?P<day>[^\W\d_]{2,})\.?(?:\s*[-–]\s*(?P<last>[^\W\d_]{2,})\.?)?"
    rf"|(?P<opens>{_TIME})\s*[-–]\s*(?P<closes>{_TIME})(?!\d)"
    r"|[\s,;:+&]+"
)


def checked_hours(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans sorted, without duplicates. Raises OpeningHoursMalformed."""
    kept = tuple(sorted(set(spans)))
    fits = all(
        0 <= each.weekday < len(WEEKDAYS)
        and 0 <= each.opens_minute < MINUTES_A_DAY
        and each.opens_minute < each.closes_minute <= each.opens_minute + MINUTES_A_DAY
        for each in kept
    )
    days = [each.weekday for each in kept]
    if not kept or not fits or max(map(days.count, days)) > SPANS_A_DAY_MAX:
        raise OpeningHoursMalformed
    return kept


def read_hours(text: str) -> tuple[Span, ...]:
    """``Mon-Fri 8-12, 14-18:30, Sat 9-13``; days in any of the four languages. Raises OpeningHoursMalformed."""
    days: list[int] = []
    spans: list[Span] = []
    is_timed, position = True, 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise OpeningHoursMalformed
        position = token.end()
        if token["day"]:
            days = [*([] if is_timed else days), *_days(token["day"], token["last"] or token["day"])]
            is_timed = False
        elif token["opens"]:
            spans += _spans(days, token["opens"], token["closes"])
            is_timed = True
    if not is_timed:
        raise OpeningHoursMalformed
    return checked_hours(spans)


def written_hours(spans: Sequence[Span]) -> str:
    """Consecutive days with the same times are written as one range."""
    by_day = [(day, " ".join(_times(spans, day))) for day in range(len(WEEKDAYS))]
    parts = []
    for times, group in groupby(by_day, key=lambda each: each[1]):
        days = [WEEKDAYS[day] for day, _ in group]
        if times:
            parts.append(f"{days[0]}-{days[-1]} {times}" if len(days) > 1 else f"{days[0]} {times}")
    return ", ".join(parts)


def _times(spans: Sequence[Span], day: int) -> Iterator[str]:
    for each in spans:
        if each.weekday == day:
            closes = each.closes_minute - (MINUTES_A_DAY if each.closes_minute > MINUTES_A_DAY else 0)
            yield f"{_time(each.opens_minute)}-{_time(closes)}"


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _spans(days: Sequence[int], opens: str, closes: str) -> Iterator[Span]:
    opens_minute, closes_minute = _minute(opens), _minute(closes)
    if not days:
        raise OpeningHoursMalformed
    if closes_minute <= opens_minute:
        closes_minute += MINUTES_A_DAY
    for day in days:
        yield Span(weekday=day, opens_minute=opens_minute, closes_minute=closes_minute)


def _minute(time: str) -> int:
    hour, _, minute = re.sub(r"[.h]", ":", time).partition(":")
    if int(minute or 0) > 59 or int(hour) * 60 + int(minute or 0) > MINUTES_A_DAY:
        raise OpeningHoursMalformed
    return int(hour) * 60 + int(minute or 0)


def _days(first: str, last: str) -> list[int]:
    """All days from ``first`` to ``last``, across Sunday where ``last`` comes earlier in the week."""
    start, end = _weekday(first), _weekday(last)
    return [(start + later) % len(WEEKDAYS) for later in range((end - start) % len(WEEKDAYS) + 1)]


def _weekday(name: str) -> int:
    for day, names in enumerate(_NAMES):
        if any(each.startswith(name.casefold()) for each in names):
            return day
    raise OpeningHoursMalformed
