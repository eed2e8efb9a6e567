"""Ranges of days, by name and as they are typed."""

from datetime import date

import pytest

from domain.refusals import DatesMalformed
from domain.report import DateRange
from domain.rules.date_ranges import NamedRange, checked_dates, dates_of, parse_dates, recent_dates

SUNDAY = date(2026, 3, 1)


def days(first: str, last: str) -> DateRange:
    return DateRange(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("span", "dates"),
    [
        (NamedRange.TODAY, days("2026-03-01", "2026-03-01")),
        (NamedRange.YESTERDAY, days("2026-02-28", "2026-02-28")),
        (NamedRange.THIS_WEEK, days("2026-02-23", "2026-03-01")),
        (NamedRange.LAST_WEEK, days("2026-02-16", "2026-02-22")),
        (NamedRange.THIS_MONTH, days("2026-03-01", "2026-03-01")),
        (NamedRange.LAST_MONTH, days("2026-02-01", "2026-02-28")),
    ],
)
def test_named_range_ends_today_or_when_it_is_over(span: NamedRange, dates: DateRange) -> None:
    assert dates_of(span, SUNDAY) == dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2026-11-22", days("2026-11-22", "2026-11-22")),
        ("1.11.2026 – 15.11.2026", days("2026-11-01", "2026-11-15")),
        ("du 01/11/26 au 15/11/26", days("2026-11-01", "2026-11-15")),
        ("2026-11-01 2026-11-15", days("2026-11-01", "2026-11-15")),
        ("15.11.2026-1.11.2026", days("2026-11-01", "2026-11-15")),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, dates: DateRange) -> None:
    assert parse_dates(text) == dates


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("1.3.", days("2026-03-01", "2026-03-01")),
        ("2.3.", days("2025-03-02", "2025-03-02")),
        ("1.2. - 15.2.", days("2026-02-01", "2026-02-15")),
        ("24.12.–2.1.", days("2025-12-24", "2026-01-02")),
        ("du 3 au 9 février", days("2026-02-03", "2026-02-09")),
        ("1.11.2024 – 15.11.2024", days("2024-11-01", "2024-11-15")),
    ],
)
def test_dates_without_a_year_are_the_latest(text: str, dates: DateRange) -> None:
    assert recent_dates(text, SUNDAY) == dates


@pytest.mark.parametrize("text", ["", "last Monday", "31.2.", "1.1.1 5"])
def test_what_is_no_recent_range_is_refused(text: str) -> None:
    with pytest.raises(DatesMalformed):
        recent_dates(text, SUNDAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "last week",
        "31.2.2026",
        "1.11.",
        "1.1.2026 2.1.2026 3.1.2026",
        "1.1.2026 5",
        "1.1.20260",
        "31.12.9999",
        "0001-01-01",
    ],
)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(DatesMalformed):
        parse_dates(text)


@pytest.mark.parametrize(
    "dates",
    [
        days("9999-12-31", "9999-12-31"),
        days("0001-01-01", "0001-01-01"),
        days("2026-03-02", "2026-03-01"),
    ],
)
def test_what_a_button_says_is_refused_too(dates: DateRange) -> None:
    with pytest.raises(DatesMalformed):
        checked_dates(dates)
