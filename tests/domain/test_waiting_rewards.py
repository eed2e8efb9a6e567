"""A reward that is ready waits for so many days: who is told, what expires, and what nobody loses by it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.expiry import ExpiryKind, Unit
from domain.fields import FIELDS, Target
from domain.kinds import EntryKind
from domain.merchant import InterimReward, ProgramKind
from domain.messages import MessageKind, Receipt, RewardExpired, RewardExpiring, RewardReady
from domain.rules.closures import calendar_of
from domain.rules.expiry import reckoned
from domain.rules.interim import interim_ready
from domain.rules.rewards import progress
from domain.staff import Actor
from domain.usecases.card_state import card_state
from domain.usecases.close_shop import CLOSES_AFTER, CloseShop, close_shop, keep_shop
from tests.support.clock import Clock, local
from tests.support.closures import closes
from tests.support.nights import Nights, gives_bonus, held
from tests.support.shop import Holder, Shop, Town

ZONE = "Europe/Luxembourg"
START = date(2026, 1, 10)
DAYS = 30


def day(number: int) -> date:
    return START + timedelta(days=number)


def after(number: int) -> datetime:
    """When that day is over."""
    return local(ZONE, day(number + 1), 0)


class Cafe:
    def __init__(self, town: Town, clock: Clock, **terms: Any) -> None:
        clock.is_at(local(ZONE, START, 10))
        self.town, self.clock, self.nights = town, clock, Nights(town)
        usual = {"stamps_target": 10, "reward": "Coffee", "reward_valid_days": DAYS}
        self.shop: Shop = town.opens_shop(timezone=ZONE, **usual | terms)
        self.anna: Actor = self.shop.hires("Anna")
        self.lea: Holder = self.shop.gives_card()

    def stamps(self, count: int) -> str:
        return self.shop.stamps(self.anna, self.lea, count).entry.entry_id

    def is_at(self, number: int) -> None:
        """By then each night was as ever; at ten in the morning."""
        self.nights.spreads()
        self.nights.runs_until(local(ZONE, day(number), 10))

    @property
    def balance(self) -> int:
        return self.shop.card(self.lea).stamp_count

    @property
    def until(self) -> date | None:
        """What the card says."""
        found = held(self.shop, self.lea)
        state = card_state(
            merchant=found.merchant,
            card=found.card,
            customer=found.customer,
            program=found.program,
            now=self.clock.now,
        )
        return state.reward_until

    def told(self) -> list[RewardExpiring]:
        return [
            each for each in self.town.facts(MessageKind.REWARD_EXPIRING) if isinstance(each, RewardExpiring)
        ]

    def expiries(self) -> list[tuple[date, int]]:
        """On which day how many stamps went."""
        return [
            (entry.local_date, -entry.stamps_delta)
            for entry in self.shop.history(self.lea)
            if entry.kind is EntryKind.REWARD_EXPIRED
        ]

    def is_sound(self) -> bool:
        return self.town.database.violations() == []


@pytest.fixture
def cafe(town: Town, clock: Clock) -> Cafe:
    return Cafe(town, clock)


def test_nobody_waits_in_vain_unless_the_shop_says_so(town: Town, clock: Clock) -> None:
    assert FIELDS[Target.PROGRAM]["reward_valid_days"].default is None
    cafe = Cafe(town, clock, reward_valid_days=None)
    cafe.stamps(10)
    cafe.is_at(400)
    assert (cafe.balance, cafe.until, cafe.shop.card(cafe.lea).expiry_look_at) == (10, None, None)


def test_reward_waits_no_longer_than_a_shop_that_closes(cafe: Cafe) -> None:
    command = CloseShop(merchant_id=cafe.shop.merchant_id, account=None)
    cafe.is_at(3)
    cafe.town.database.write(close_shop, command)
    cafe.is_at(5)
    cafe.stamps(10)
    assert cafe.until == day(3) + CLOSES_AFTER
    cafe.town.database.write(keep_shop, command)
    assert cafe.until == day(35)


def test_reward_is_warned_of_and_then_its_stamps_are_gone(cafe: Cafe) -> None:
    cafe.stamps(9)
    cafe.is_at(3)
    cafe.stamps(4)
    assert cafe.until == day(33)
    [ready] = [each for each in cafe.town.facts(MessageKind.REWARD_READY) if isinstance(each, RewardReady)]
    [*_, receipt] = [each for each in cafe.town.facts(MessageKind.RECEIPT) if isinstance(each, Receipt)]
    assert (ready.reward_until, receipt.reward_until) == (day(33), day(33))
    cafe.is_at(19)
    cafe.clock.is_at(after(33) - timedelta(days=14))
    cafe.nights.looks()
    [warning] = cafe.told()
    assert (warning.reward, warning.count, warning.last_day) == ("Coffee", 10, day(33))
    cafe.is_at(33)
    assert cafe.balance == 13
    cafe.is_at(34)
    assert (cafe.balance, cafe.expiries()) == (3, [(day(34), 10)])
    assert cafe.shop.card(cafe.lea).reward_ends_at is None
    assert cafe.is_sound()


def test_who_lost_it_is_told_what_and_what_is_left(cafe: Cafe) -> None:
    cafe.stamps(12)
    cafe.is_at(30)
    cafe.clock.passes(days=1)
    cafe.nights.looks()
    [told] = cafe.town.facts(MessageKind.REWARD_EXPIRED)
    assert isinstance(told, RewardExpired)
    assert (told.reward, told.count, told.balance) == ("Coffee", 10, 2)


def test_who_was_not_told_loses_nothing(cafe: Cafe) -> None:
    cafe.stamps(10)
    cafe.clock.is_at(after(60))
    cafe.nights.looks()
    assert cafe.balance == 10
    assert cafe.until == day(74)
    cafe.nights.delivers()
    cafe.is_at(74)
    assert cafe.balance == 10
    cafe.is_at(75)
    assert cafe.balance == 0
    assert cafe.is_sound()


def test_next_reward_has_a_time_and_a_warning_of_its_own(cafe: Cafe) -> None:
    """Both were ready on one day; one is handed in after the warning."""
    cafe.stamps(20)
    cafe.is_at(25)
    cafe.shop.redeems(cafe.anna, cafe.lea)
    cafe.nights.looks()
    assert (len(cafe.told()), cafe.balance) == (1, 10)
    cafe.is_at(38)
    assert cafe.balance == 10
    cafe.is_at(40)
    assert (cafe.balance, len(cafe.expiries())) == (0, 1)
    assert cafe.is_sound()


def test_of_several_the_oldest_goes_first_and_the_next_two_weeks_later(cafe: Cafe) -> None:
    cafe.stamps(20)
    cafe.stamps(3)
    cafe.is_at(80)
    assert cafe.balance == 3
    [first, second] = cafe.expiries()
    assert (first, second) == ((day(31), 10), (day(45), 10))
    assert cafe.is_sound()


def test_reward_that_is_handed_in_ends_nothing(cafe: Cafe) -> None:
    cafe.stamps(14)
    cafe.is_at(20)
    cafe.shop.redeems(cafe.anna, cafe.lea)
    assert (cafe.until, cafe.shop.card(cafe.lea).expiry_look_at) == (None, None)
    cafe.is_at(60)
    assert cafe.balance == 4


def test_stamps_that_are_taken_back_move_it(cafe: Cafe) -> None:
    cafe.stamps(8)
    last = cafe.stamps(2)
    cafe.is_at(5)
    cafe.shop.voids(cafe.shop.owner, cafe.lea, entry=last, reason="a slip")
    assert cafe.until is None
    cafe.is_at(40)
    assert cafe.balance == 8
    cafe.stamps(3)
    assert cafe.until == day(70)
    cafe.is_at(42)
    cafe.stamps(1)
    [second] = [e.entry_id for e in cafe.shop.entries(cafe.lea) if e.stamps_delta == 8]
    cafe.shop.voids(cafe.shop.owner, cafe.lea, entry=second, reason="a slip")
    assert cafe.until is None
    assert cafe.is_sound()


def test_undo_of_a_redemption_brings_back_the_day_it_had(cafe: Cafe) -> None:
    cafe.stamps(10)
    cafe.is_at(20)
    redeemed = cafe.shop.redeems(cafe.anna, cafe.lea).entry.entry_id
    assert cafe.until is None
    cafe.shop.undoes(cafe.anna, cafe.lea, redeemed)
    assert cafe.until == day(30)
    cafe.is_at(31)
    assert cafe.balance == 0
    assert cafe.is_sound()


def test_redemption_of_the_same_stamps_may_still_be_taken_back(cafe: Cafe) -> None:
    """Of twenty at once one reward was had and taken back after the other had expired."""
    cafe.stamps(20)
    redeemed = cafe.shop.redeems(cafe.anna, cafe.lea).entry.entry_id
    cafe.is_at(31)
    assert cafe.balance == 0
    cafe.shop.voids(cafe.shop.owner, cafe.lea, entry=redeemed, reason="not wanted")
    assert cafe.balance == 10
    assert cafe.is_sound()


# What was promised


@pytest.mark.parametrize(
    ("before", "changes", "gone_on"),
    [
        pytest.param(None, [(5, 30)], None, id="was promised for ever"),
        pytest.param(60, [(5, 30)], 61, id="a shorter time is not for what is ready"),
        pytest.param(30, [(5, 60)], 61, id="a longer one is, at once"),
        pytest.param(30, [(5, 60), (6, 30)], 61, id="and for good"),
        pytest.param(30, [(5, None), (20, 30)], None, id="for ever is for ever"),
        pytest.param(90, [(5, 60), (6, 30)], 91, id="twice shorter"),
        pytest.param(30, [(5, None)], None, id="switched off"),
    ],
)
def test_reward_keeps_the_time_it_was_promised(
    town: Town, clock: Clock, before: int | None, changes: list[tuple[int, int | None]], gone_on: int | None
) -> None:
    cafe = Cafe(town, clock, reward_valid_days=before)
    cafe.stamps(10)
    for number, days in changes:
        cafe.is_at(number)
        cafe.shop.changes_terms(reward_valid_days=days)
    cafe.is_at(120)
    assert cafe.expiries() == ([(day(gone_on), 10)] if gone_on else [])
    assert cafe.is_sound()


def test_card_that_is_full_later_has_the_time_of_then(town: Town, clock: Clock) -> None:
    cafe = Cafe(town, clock, reward_valid_days=None)
    cafe.stamps(9)
    cafe.is_at(5)
    cafe.shop.changes_terms(reward_valid_days=30)
    cafe.is_at(10)
    cafe.stamps(1)
    assert cafe.until == day(40)


def test_other_rewards_wait_behind_one_that_waits_for_ever(town: Town, clock: Clock) -> None:
    cafe = Cafe(town, clock, reward_valid_days=None)
    cafe.stamps(10)
    cafe.is_at(5)
    cafe.shop.changes_terms(reward_valid_days=30)
    cafe.stamps(10)
    assert cafe.shop.card(cafe.lea).reward_ends_at is None
    cafe.is_at(100)
    cafe.shop.redeems(cafe.anna, cafe.lea)
    cafe.is_at(101)
    assert (cafe.balance, cafe.until) == (10, day(113))
    assert cafe.is_sound()


def test_fewer_stamps_make_a_reward_ready_from_then_on(cafe: Cafe) -> None:
    cafe.stamps(8)
    cafe.is_at(50)
    cafe.shop.changes_terms(stamps_target=8)
    cafe.is_at(51)
    assert cafe.until == day(80)


def test_earlier_terms_say_how_many_stamps_and_which_reward(cafe: Cafe) -> None:
    cafe.stamps(10)
    cafe.is_at(1)
    cafe.shop.changes_terms(stamps_target=12, reward="Cake")
    cafe.is_at(2)
    cafe.stamps(12)
    assert cafe.until == day(30)
    cafe.is_at(31)
    assert (cafe.balance, cafe.expiries()) == (12, [(day(31), 10)])
    pile = progress(cafe.shop.card(cafe.lea), cafe.shop.program())
    assert (pile.rewards_available, pile.cost, pile.reward) == (1, 12, "Cake")
    assert cafe.is_sound()


def test_pause_ends_nothing_and_begins_anew(cafe: Cafe) -> None:
    cafe.stamps(10)
    cafe.is_at(20)
    cafe.shop.changes_terms(active=False)
    cafe.is_at(60)
    cafe.shop.changes_terms(active=True)
    cafe.is_at(61)
    assert (cafe.balance, cafe.until) == (10, day(90))
    assert cafe.is_sound()


def test_closed_days_do_not_count(cafe: Cafe) -> None:
    cafe.stamps(10)
    closes(cafe.shop, day(10), day(16))
    cafe.is_at(1)
    assert cafe.until == day(37)


# Beside all else


def test_two_cards_that_become_one_give_it_its_time_from_then(cafe: Cafe) -> None:
    other = cafe.shop.gives_card("Lea again")
    cafe.stamps(6)
    cafe.shop.stamps(cafe.anna, other, 6)
    cafe.is_at(40)
    cafe.shop.merges(cafe.shop.owner, cafe.lea, other)
    assert cafe.until == day(70)
    cafe.is_at(71)
    assert (cafe.balance, cafe.expiries()) == (2, [(day(71), 10)])
    assert cafe.is_sound()


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        pytest.param(0, ["Cookie"], id="nobody asked"),
        pytest.param(1, ["Cookie"], id="its own was had"),
        pytest.param(2, [], id="both were had"),
    ],
)
def test_what_was_on_the_way_goes_with_its_card(
    town: Town, clock: Clock, taken: int, left: list[str]
) -> None:
    """Fifteen stamps: a coffee, its cookie, and the cookie of the card after it, which stays."""
    cafe = Cafe(town, clock, interim_rewards=(InterimReward(stamps=5, name="Cookie"),))
    cafe.stamps(15)
    for _ in range(taken):
        cafe.shop.hands_out(cafe.anna, cafe.lea)
    cafe.is_at(31)
    found = interim_ready(cafe.shop.card(cafe.lea), cafe.shop.program())
    assert [each.name for each in found] == left
    assert cafe.is_sound()


def test_cookie_does_not_stop_the_clock_of_the_coffee(town: Town, clock: Clock) -> None:
    cafe = Cafe(town, clock, interim_rewards=(InterimReward(stamps=5, name="Cookie"),))
    cafe.stamps(10)
    cafe.is_at(3)
    cafe.shop.hands_out(cafe.anna, cafe.lea)
    assert cafe.until == day(30)


def test_expiry_of_a_reward_is_no_visit_and_ends_no_months(town: Town, clock: Clock) -> None:
    cafe = Cafe(town, clock, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=2)
    cafe.stamps(13)
    end = cafe.shop.card(cafe.lea).stamps_expire_at
    cafe.is_at(40)
    card = cafe.shop.card(cafe.lea)
    assert (card.stamp_count, card.stamps_expire_at) == (3, end)
    cafe.is_at(62)
    assert cafe.balance == 0
    assert cafe.is_sound()


def test_both_may_end_on_one_day(town: Town, clock: Clock) -> None:
    """The months take all, and nothing is left of the reward."""
    cafe = Cafe(
        town, clock, reward_valid_days=49, expiry_kind=ExpiryKind.LOT, expiry_months=1, stamps_target=5
    )
    cafe.stamps(7)
    assert cafe.until == date(2026, 2, 28)
    cafe.is_at(51)
    assert (cafe.balance, cafe.expiries()) == (0, [])
    assert cafe.is_sound()


def test_points_have_no_such_end(town: Town, clock: Clock) -> None:
    cafe = Cafe(town, clock, kind=ProgramKind.HYBRID)
    cafe.shop.earns(cafe.anna, cafe.lea, 200_00)
    cafe.is_at(100)
    assert cafe.shop.card(cafe.lea).points_balance == 200


def test_bonus_with_an_end_of_its_own_goes_with_the_reward_and_what_lasts_stays(cafe: Cafe) -> None:
    cafe.stamps(10)
    gives_bonus(cafe.shop, cafe.lea, Unit.STAMPS, 2, 60)
    assert cafe.until == day(30)
    cafe.is_at(31)
    assert (cafe.balance, cafe.shop.card(cafe.lea).has_dated) == (2, False)
    cafe.is_at(100)
    assert cafe.balance == 2
    assert cafe.is_sound()


@pytest.mark.parametrize("kind", ExpiryKind)
def test_what_a_stamp_notes_is_what_its_entries_say(town: Town, clock: Clock, kind: ExpiryKind) -> None:
    """It reads none of them."""
    cafe = Cafe(town, clock, expiry_kind=kind, expiry_months=2)
    for _ in range(4):
        cafe.stamps(6)
        found = held(cafe.shop, cafe.lea)
        calendar = calendar_of(found.merchant, found.customer)
        entries = cafe.shop.history(cafe.lea)
        anew = reckoned(found.card, entries, found.program, calendar)
        assert replace(found.card, expiry_look_at=None) == replace(anew, expiry_look_at=None)
        if anew.expiry_look_at is not None:
            assert found.card.expiry_look_at is not None
            assert found.card.expiry_look_at <= anew.expiry_look_at
        cafe.clock.passes(days=1)
