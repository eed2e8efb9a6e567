"""The merchant's local day, over both changes of the clocks and in several time zones."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.refusals import DailyLimitReached
from domain.rules.days import day_starts_at, local_date
from tests.support.clock import Clock, local
from tests.support.shop import Town

SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
LUXEMBOURG = "Europe/Luxembourg"


@pytest.mark.parametrize(
    ("moment", "timezone", "day"),
    [
        ("2026-06-15T21:59:59", "Europe/Luxembourg", "2026-06-15"),
        ("2026-06-15T22:00:00", "Europe/Luxembourg", "2026-06-16"),
        ("2026-01-15T22:59:59", "Europe/Luxembourg", "2026-01-15"),
        ("2026-01-15T23:00:00", "Europe/Luxembourg", "2026-01-16"),
        ("2026-01-15T23:59:59", "Europe/London", "2026-01-15"),
        ("2026-06-16T03:59:59", "America/New_York", "2026-06-15"),
        ("2026-06-15T18:14:59", "Asia/Kathmandu", "2026-06-15"),
        ("2026-06-15T18:15:00", "Asia/Kathmandu", "2026-06-16"),
        ("2026-06-15T11:59:59", "Pacific/Auckland", "2026-06-15"),
        ("2026-06-15T12:00:00", "Pacific/Auckland", "2026-06-16"),
        ("2026-06-15T10:59:59", "Pacific/Pago_Pago", "2026-06-14"),
    ],
)
def test_local_date_is_that_on_the_merchants_wall(moment: str, timezone: str, day: str) -> None:
    assert local_date(datetime.fromisoformat(moment).replace(tzinfo=UTC), timezone) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "timezone", "hours"),
    [
        pytest.param(date(2026, 6, 15), LUXEMBOURG, 24, id="an ordinary day"),
        pytest.param(SPRING, LUXEMBOURG, 23, id="clocks go forward"),
        pytest.param(AUTUMN, LUXEMBOURG, 25, id="clocks go back"),
        pytest.param(date(2026, 3, 8), "America/New_York", 23, id="forward in New York"),
        pytest.param(date(2026, 11, 1), "America/New_York", 25, id="back in New York"),
        pytest.param(date(2026, 10, 4), "Australia/Lord_Howe", 23.5, id="forward by half an hour"),
        pytest.param(date(2026, 4, 5), "Australia/Lord_Howe", 24.5, id="back by half an hour"),
        pytest.param(date(2025, 4, 25), "Africa/Cairo", 23, id="a day that has no midnight"),
        pytest.param(date(2025, 11, 2), "America/Havana", 25, id="a day that has two midnights"),
        pytest.param(date(2026, 6, 15), "Asia/Tokyo", 24, id="clocks never change"),
    ],
)
def test_days_are_as_long_as_their_time_zone_says(day: date, timezone: str, hours: float) -> None:
    starts_at, ends_at = day_starts_at(day, timezone), day_starts_at(day + timedelta(days=1), timezone)
    assert ends_at - starts_at == timedelta(hours=hours)
    assert local_date(starts_at, timezone) == day
    assert local_date(starts_at - timedelta(microseconds=1), timezone) < day
    assert local_date(ends_at - timedelta(microseconds=1), timezone) == day
    assert local_date(ends_at, timezone) > day


@pytest.mark.parametrize(
    ("day", "timezone", "starts_at"),
    [
        pytest.param(date(2026, 6, 16), LUXEMBOURG, datetime(2026, 6, 15, 22, tzinfo=UTC), id="summer"),
        pytest.param(date(2026, 1, 16), LUXEMBOURG, datetime(2026, 1, 15, 23, tzinfo=UTC), id="winter"),
        pytest.param(
            date(2025, 4, 25), "Africa/Cairo", datetime(2025, 4, 24, 22, tzinfo=UTC), id="no midnight"
        ),
        pytest.param(
            date(2025, 11, 2), "America/Havana", datetime(2025, 11, 2, 4, tzinfo=UTC), id="two midnights"
        ),
        pytest.param(
            date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), id="a day left out"
        ),
        pytest.param(
            date(2011, 12, 31), "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC), id="and the next"
        ),
    ],
)
def test_day_starts_at_one_instant_in_utc(day: date, timezone: str, starts_at: datetime) -> None:
    """An instant, not a time of the zone: Python never holds a time around a change equal to one in UTC."""
    assert day_starts_at(day, timezone) == starts_at
    assert day_starts_at(day, timezone).tzinfo is UTC


@pytest.mark.parametrize("day", [SPRING, AUTUMN], ids=["clocks go forward", "clocks go back"])
def test_limit_holds_for_the_whole_day_on_which_clocks_change(town: Town, clock: Clock, day: date) -> None:
    shop = town.opens_shop(max_daily_stamps=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, day, 0, 0))
    shop.stamps(anna, lea)
    clock.is_at(local(LUXEMBOURG, day, 2, 30, fold=1))
    shop.stamps(anna, lea)
    clock.is_at(local(LUXEMBOURG, day, 23, 59, 59))
    with pytest.raises(DailyLimitReached) as refused:
        shop.stamps(anna, lea)
    assert refused.value.resets_at == clock.now + timedelta(seconds=1)
    clock.passes(seconds=1)
    assert shop.stamps(anna, lea).card.stamps_today == 1


def test_hour_that_comes_twice_is_one_day_and_no_short_cut_through_the_cooldown(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop(cooldown_minutes=60, max_daily_stamps=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, AUTUMN, 2, 30))
    shop.stamps(anna, lea)
    clock.is_at(local(LUXEMBOURG, AUTUMN, 2, 30, fold=1))
    assert shop.stamps(anna, lea).card.stamps_left_today == 0


def test_entry_bears_the_merchants_date_not_the_servers(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(timezone="Pacific/Auckland")
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(datetime(2026, 6, 15, 12, tzinfo=UTC))
    shop.stamps(anna, lea)
    assert shop.entries(lea)[0].local_date == date(2026, 6, 16)
