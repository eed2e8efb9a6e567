"""The cooldown: how long after one stamp the next may come."""

from datetime import timedelta

import pytest

from domain.refusals import CooldownActive
from tests.support.clock import Clock
from tests.support.shop import Town


@pytest.mark.parametrize(
    ("cooldown_minutes", "seconds_later", "accepted"),
    [
        pytest.param(0, 0, True, id="no cooldown, the same instant"),
        pytest.param(10, 0, False, id="the same instant"),
        pytest.param(10, 599, False, id="a second too early"),
        pytest.param(10, 600, True, id="when it ends"),
        pytest.param(10, 601, True, id="a second after"),
        pytest.param(1440, 86_399, False, id="a day, a second too early"),
        pytest.param(1440, 86_400, True, id="a day"),
        pytest.param(10, -3600, False, id="the clock went back an hour"),
    ],
)
def test_next_stamp_waits_for_the_end_of_the_cooldown(
    town: Town, clock: Clock, cooldown_minutes: int, seconds_later: int, accepted: bool
) -> None:
    shop = town.opens_shop(cooldown_minutes=cooldown_minutes)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    until = clock.now + timedelta(minutes=cooldown_minutes)
    shop.stamps(anna, lea)
    clock.passes(seconds=seconds_later)
    if accepted:
        assert shop.stamps(anna, lea).card.stamp_count == 2
    else:
        with pytest.raises(CooldownActive) as refused:
            shop.stamps(anna, lea)
        assert refused.value.until == until


def test_refused_stamp_does_not_prolong_the_cooldown(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=10)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.passes(minutes=9)
    with pytest.raises(CooldownActive):
        shop.stamps(anna, lea)
    clock.passes(minutes=1)
    assert shop.stamps(anna, lea).card.stamp_count == 2


def test_cooldown_is_each_cards_own(town: Town) -> None:
    shop = town.opens_shop(cooldown_minutes=10)
    anna, lea, marc = shop.hires("Anna"), shop.gives_card("Léa"), shop.gives_card("Marc")
    shop.stamps(anna, lea)
    assert shop.stamps(anna, marc).card.stamp_count == 1


def test_several_stamps_at_once_are_one_act_to_the_cooldown(town: Town) -> None:
    shop = town.opens_shop(cooldown_minutes=10)
    assert shop.stamps(shop.hires("Anna"), shop.gives_card(), 5).entry.stamps_delta == 5


def test_cooldown_holds_whoever_stamps_and_wherever(town: Town) -> None:
    shop = town.opens_shop(cooldown_minutes=10)
    other_store = shop.adds_store("Belval")
    anna, bob = shop.hires("Anna"), shop.hires("Bob", store_id=other_store)
    lea = shop.gives_card()
    shop.stamps(anna, lea)
    with pytest.raises(CooldownActive):
        shop.stamps(bob, lea)


def test_voided_stamp_starts_no_cooldown(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=10)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea).entry.entry_id
    clock.passes(minutes=1)
    assert shop.voids(anna, lea, entry=entry_id).card.next_stamp_at is None
    assert shop.stamps(anna, lea).card.stamp_count == 1


def test_after_a_void_the_cooldown_is_that_of_the_stamp_before(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=10)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.passes(minutes=10)
    entry_id = shop.stamps(anna, lea).entry.entry_id
    clock.passes(minutes=1)
    shop.voids(anna, lea, entry=entry_id)
    assert shop.stamps(anna, lea).card.stamp_count == 2


def test_partly_voided_act_keeps_its_cooldown(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=10)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    ends_at = clock.now + timedelta(minutes=10)
    shop.stamps(anna, lea, 3)
    clock.passes(minutes=1)
    assert shop.voids(anna, lea, count=2).card.next_stamp_at == ends_at


def test_present_terms_decide_over_a_stamp_given_under_earlier_ones(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    shop.changes_terms(cooldown_minutes=30)
    clock.passes(minutes=29)
    with pytest.raises(CooldownActive):
        shop.stamps(anna, lea)


def test_redeeming_neither_waits_for_the_cooldown_nor_starts_one(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(cooldown_minutes=10, stamps_target=2)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    ends_at = clock.now + timedelta(minutes=10)
    shop.stamps(anna, lea, 2)
    clock.passes(minutes=5)
    assert shop.redeems(anna, lea).card.next_stamp_at == ends_at
