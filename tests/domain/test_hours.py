"""Opening hours are read as people write them, and say whether a store is open."""

from datetime import datetime

import pytest

from domain.hours import read_hours, written_hours
from domain.refusals import OpeningHoursMalformed
from domain.rules.hours import is_open

MONDAY, SATURDAY, SUNDAY = 23, 28, 29
"""Of November 2026."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Mon-Fri 8-18:30, Sat 9-13", "Mon-Fri 08:00-18:30, Sat 09:00-13:00"),
        ("Mo–Fr 8-12 14-18.30; Sa 9-13", "Mon-Fri 08:00-12:00 14:00-18:30, Sat 09:00-13:00"),
        ("mon-fri: 8-12, 14-18", "Mon-Fri 08:00-12:00 14:00-18:00"),
        ("lundi, mercredi 8h-18h30", "Mon 08:00-18:30, Wed 08:00-18:30"),
        ("Méi-Mët 8-18, dim. 9h-12h", "Mon-Wed 08:00-18:00, Sun 09:00-12:00"),
        ("Sat-Mon 10-12", "Mon 10:00-12:00, Sat-Sun 10:00-12:00"),
        ("Fri 18-2, Sat 0-24", "Fri 18:00-02:00, Sat 00:00-24:00"),
        ("Di 8-12", "Tue 08:00-12:00"),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, written: str) -> None:
    spans = read_hours(text)
    assert written_hours(spans) == written
    assert read_hours(written) == spans


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8-12",
        "Mon",
        "Mon-Fri",
        "Xyz 8-12",
        "Mon 25-26",
        "Mon 8:60-9",
        "Mon 8",
        "Mon 8-12 Tue",
        "Mon 8-123",
        "Mon 1-2 3-4 5-6 7-8 9-10",
        "closed",
        "M 8-12",
    ],
)
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(OpeningHoursMalformed):
        read_hours(text)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(MONDAY, 7, 59), False),
        (at(MONDAY, 8), True),
        (at(MONDAY, 12), False),
        (at(MONDAY, 14), True),
        (at(SATURDAY, 23, 59), True),
        (at(SUNDAY, 1, 59), True),
        (at(SUNDAY, 2), False),
        (at(MONDAY, 1), False),
    ],
    ids=str,
)
def test_store_is_open_from_the_first_minute_to_before_the_last(moment: datetime, *, expected: bool) -> None:
    assert is_open(read_hours("Mon 8-12 14-18, Sat 20-2"), moment) is expected


def test_sunday_runs_into_monday_and_unsaid_hours_are_always_open() -> None:
    assert is_open(read_hours("Sun 20-2"), at(MONDAY, 1))
    assert is_open(None, at(SUNDAY, 3))
