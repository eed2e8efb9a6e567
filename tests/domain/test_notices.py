"""What was announced and is not so any more says so, once, where it was announced."""

from datetime import date, timedelta

import pytest

from domain.expiry import ExpiryKind
from domain.merchant import InterimReward, PointReward, ProgramKind
from domain.messages import Fate, MessageKind, NoticeOver
from domain.staff import Role
from tests.support.clock import Clock, local
from tests.support.nights import Nights
from tests.support.shop import Town

ZONE = "Europe/Luxembourg"


def over(town: Town, kind: MessageKind = MessageKind.NOTICE_OVER) -> list[tuple[str, Fate]]:
    """For each: what kind of message it replaces, and why."""
    kinds = {each.message_id: each.kind for each in town.messages()}
    told = [each.facts for each in town.messages(kind)]
    return [(kinds[each.replaces].value, each.fate) for each in told if isinstance(each, NoticeOver)]


def test_ready_reward_is_over_once_it_was_redeemed_and_only_then(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 4)
    shop.stamps(anna, lea, 2)
    assert len(town.messages(MessageKind.REWARD_READY)) == 2
    shop.redeems(anna, lea)
    assert over(town) == []
    shop.redeems(anna, lea)
    assert over(town) == [("reward_ready", Fate.REDEEMED)] * 2
    shop.stamps(anna, lea, 3)
    shop.redeems(anna, lea)
    assert over(town) == [("reward_ready", Fate.REDEEMED)] * 3


def test_ready_reward_is_over_once_the_stamp_that_made_it_is_taken_back(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea, tom = shop.hires("Anna"), shop.gives_card(), shop.gives_card()
    shop.stamps(anna, tom, 3)
    full = shop.stamps(anna, lea, 3)
    shop.undoes(anna, lea, full.entry.entry_id)
    assert over(town) == [("reward_ready", Fate.GONE)]


def test_points_that_are_spent_on_one_reward_are_not_enough_for_another(town: Town) -> None:
    rewards = (PointReward(cost=5, name="A cookie"), PointReward(cost=10, name="A cake"))
    shop = town.opens_shop(kind=ProgramKind.POINTS, point_rewards=rewards)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea, 600)
    shop.earns(anna, lea, 600)
    shop.redeems_points(anna, lea, 0)
    assert over(town) == [("reward_ready", Fate.GONE)]
    shop.redeems_points(anna, lea, 0)
    assert over(town) == [("reward_ready", Fate.GONE), ("reward_ready", Fate.REDEEMED)]


def test_reward_on_the_way_is_over_by_itself(town: Town) -> None:
    interim = (InterimReward(stamps=2, name="A cookie"),)
    shop = town.opens_shop(stamps_target=3, interim_rewards=interim)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    shop.stamps(anna, lea, 1)
    shop.hands_out(anna, lea)
    assert over(town) == [("reward_ready", Fate.REDEEMED)]


@pytest.mark.parametrize("days_before", [10, -3])
def test_warning_is_over_once_the_customer_came_by(town: Town, clock: Clock, days_before: int) -> None:
    nights = Nights(town)
    clock.is_at(local(ZONE, date(2026, 1, 10)))
    shop = town.opens_shop(kind=ProgramKind.POINTS, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea)
    clock.is_at(local(ZONE, date(2026, 2, 11), 0) - timedelta(days=days_before))
    nights.looks()
    shop.earns(anna, lea)
    assert over(town) == [("points_expiring", Fate.STAYS)]
    clock.passes(days=1)
    shop.earns(anna, lea)
    assert len(over(town)) == 1


def test_what_has_expired_as_it_was_said_is_no_news(town: Town, clock: Clock) -> None:
    nights = Nights(town)
    clock.is_at(local(ZONE, date(2026, 1, 10)))
    shop = town.opens_shop(kind=ProgramKind.POINTS, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.earns(anna, lea)
    clock.is_at(local(ZONE, date(2026, 2, 11), 0) - timedelta(days=14))
    nights.looks()
    nights.delivers()
    clock.passes(days=15)
    assert nights.looks().expired == 1
    shop.earns(anna, lea)
    assert over(town) == []


def test_alarm_about_wrong_pins_is_over_for_all_once_one_manager_has_seen_to_it(town: Town) -> None:
    shop = town.opens_shop(require_staff_pin=True)
    mia, _, sam = (
        shop.hires("Mia", role=Role.MANAGER),
        shop.hires("Lou", role=Role.MANAGER),
        shop.hires("Sam"),
    )
    shop.chooses_pin(sam)
    for _ in range(5):
        shop.types_wrong_pin(sam)
    alarms = town.messages(MessageKind.STAFF_ALERT)
    assert len(alarms) == 3
    shop.resets_pin(mia, sam)
    told = town.messages(MessageKind.ALARM_OVER)
    assert {each.recipient for each in told} == {each.recipient for each in alarms}
    assert over(town, MessageKind.ALARM_OVER) == [("staff_alert", Fate.PIN_RESET)] * 3
    shop.resets_pin(mia, sam)
    assert len(town.messages(MessageKind.ALARM_OVER)) == 3
