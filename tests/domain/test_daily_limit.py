"""The daily limit: stamps that stand, by the merchant's local day."""

from datetime import UTC, date, datetime

import pytest

from domain.refusals import DailyLimitReached
from tests.support.clock import Clock, local
from tests.support.shop import Town, shortfall_of

LUXEMBOURG = "Europe/Luxembourg"
DAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("limit", "given", "wanted", "accepted"),
    [
        (5, 0, 5, True),
        (5, 0, 6, False),
        (5, 4, 1, True),
        (5, 4, 2, False),
        (5, 5, 1, False),
        (1, 0, 1, True),
        (1, 1, 1, False),
        (None, 20, 20, True),
    ],
)
def test_limit_counts_the_stamps_asked_for(
    town: Town, limit: int | None, given: int, wanted: int, accepted: bool
) -> None:
    shop = town.opens_shop(max_daily_stamps=limit)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    if given:
        shop.stamps(anna, lea, given)
    if accepted:
        assert shop.stamps(anna, lea, wanted).card.stamps_today == given + wanted
    else:
        with pytest.raises(DailyLimitReached) as refused:
            shop.stamps(anna, lea, wanted)
        assert refused.value.limit == limit
        assert shop.card(lea).stamp_count == given


def test_limit_is_each_cards_own_and_counts_all_stores_together(town: Town) -> None:
    shop = town.opens_shop(max_daily_stamps=2)
    belval = shop.adds_store("Belval")
    anna, bob = shop.hires("Anna"), shop.hires("Bob", store_id=belval)
    lea, marc = shop.gives_card("Léa"), shop.gives_card("Marc")
    shop.stamps(anna, lea)
    shop.stamps(bob, lea)
    with pytest.raises(DailyLimitReached):
        shop.stamps(anna, lea)
    assert shop.stamps(anna, marc).card.stamps_left_today == 1


def test_voided_stamps_make_room_again(town: Town) -> None:
    shop = town.opens_shop(max_daily_stamps=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    first = shop.stamps(anna, lea, 2).entry.entry_id
    shop.stamps(anna, lea)
    assert shop.voids(anna, lea, entry=first).card.stamps_left_today == 2
    shop.stamps(anna, lea, 2)
    with pytest.raises(DailyLimitReached):
        shop.stamps(anna, lea)


def test_voided_number_makes_room_for_that_number(town: Town) -> None:
    shop = town.opens_shop(max_daily_stamps=5)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    shop.stamps(anna, lea, 2)
    assert shop.voids(anna, lea, count=3).card.stamps_left_today == 3


def test_redeemed_stamps_still_count_for_today(town: Town) -> None:
    shop = town.opens_shop(max_daily_stamps=3, stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    assert shop.redeems(anna, lea).card.stamps_left_today == 0
    with pytest.raises(DailyLimitReached):
        shop.stamps(anna, lea)


def test_stamp_whose_reward_was_spent_makes_room_when_voided(town: Town) -> None:
    shop = town.opens_shop(max_daily_stamps=3, stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 3).entry.entry_id
    shop.redeems(anna, lea)
    voided = shop.voids(anna, lea, entry=entry_id)
    assert (shortfall_of(voided), voided.card.stamps_left_today) == (3, 3)


@pytest.mark.parametrize(
    ("timezone", "resets_at"),
    [
        ("Europe/Luxembourg", datetime(2026, 6, 15, 22, tzinfo=UTC)),
        ("UTC", datetime(2026, 6, 16, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 6, 16, 4, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 6, 15, 18, 15, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 6, 15, 12, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 6, 15, 10, tzinfo=UTC)),
    ],
)
def test_limit_resets_at_the_merchants_midnight(
    town: Town, clock: Clock, timezone: str, resets_at: datetime
) -> None:
    shop = town.opens_shop(timezone=timezone, max_daily_stamps=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    with pytest.raises(DailyLimitReached) as refused:
        shop.stamps(anna, lea)
    assert refused.value.resets_at == resets_at
    clock.is_at(resets_at)
    clock.passes(seconds=-1)
    with pytest.raises(DailyLimitReached):
        shop.stamps(anna, lea)
    clock.passes(seconds=1)
    assert shop.stamps(anna, lea).card.stamps_today == 1


def test_voiding_todays_stamps_brings_yesterdays_no_closer(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, DAY, 23, 55))
    shop.stamps(anna, lea, 2)
    clock.passes(minutes=10)
    entry_id = shop.stamps(anna, lea, 3).entry.entry_id
    assert shop.voids(anna, lea, entry=entry_id).card.stamps_left_today == 3


def test_void_after_midnight_makes_no_room_today(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, DAY, 23, 55))
    entry_id = shop.stamps(anna, lea, 3).entry.entry_id
    clock.passes(minutes=10)
    shop.stamps(anna, lea, 2)
    assert shop.voids(anna, lea, entry=entry_id).card.stamps_left_today == 1


def test_clock_that_goes_back_over_midnight_opens_no_second_day(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, DAY, 23, 59))
    shop.stamps(anna, lea, 2)
    clock.passes(minutes=2)
    shop.stamps(anna, lea, 2)
    clock.passes(minutes=-2)
    with pytest.raises(DailyLimitReached):
        shop.stamps(anna, lea)


def test_limit_told_after_the_clock_went_back_is_that_of_the_cards_day(town: Town, clock: Clock) -> None:
    """The stamps are the 16th's, so they stand in the way until the 17th."""
    shop = town.opens_shop(max_daily_stamps=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, date(2026, 6, 16), 0, 1))
    shop.stamps(anna, lea, 2)
    clock.is_at(local(LUXEMBOURG, date(2026, 6, 15), 12))
    free_at = local(LUXEMBOURG, date(2026, 6, 17), 0)
    with pytest.raises(DailyLimitReached) as refused:
        shop.stamps(anna, lea)
    assert refused.value.resets_at == free_at
    clock.is_at(free_at)
    assert shop.stamps(anna, lea).card.stamps_today == 1


def test_smaller_limit_holds_from_the_change_on(town: Town) -> None:
    shop = town.opens_shop(max_daily_stamps=5)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 4)
    shop.changes_terms(max_daily_stamps=3)
    with pytest.raises(DailyLimitReached):
        shop.stamps(anna, lea)


def test_cooldown_is_told_before_the_daily_limit_and_both_are_waited_for(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=30, max_daily_stamps=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    clock.is_at(local(LUXEMBOURG, DAY, 23, 50))
    assert shop.stamps(anna, lea).card.next_stamp_at == local(LUXEMBOURG, date(2026, 6, 16), 0, 20)
    clock.is_at(local(LUXEMBOURG, DAY, 12))
    marc = shop.gives_card("Marc")
    assert shop.stamps(anna, marc).card.next_stamp_at == local(LUXEMBOURG, date(2026, 6, 16), 0)
