"""A bonus with an end of its own beside what the program ends: what is spent first, what expires, who hears of it."""

from datetime import date, datetime, timedelta

import pytest

from domain.expiry import ExpiryKind, Unit
from domain.kinds import EntryKind
from domain.merchant import PointReward, ProgramKind
from domain.messages import MessageKind
from domain.rules.lots import lots_of
from domain.staff import Actor
from domain.usecases.my_balances import Expiring, my_balances
from domain.usecases.my_cards import MyCards
from tests.support.clock import Clock, local
from tests.support.closures import closes
from tests.support.nights import Nights, assert_hints_are_not_late, gives_bonus, next_of
from tests.support.shop import Holder, Shop, Town, count_of, shortfall_of

ZONE = "Europe/Luxembourg"
START = local(ZONE, date(2026, 1, 10))
POINTS, STAMPS = Unit.POINTS, Unit.STAMPS
NEVER, INACTIVITY, LOT = ExpiryKind


def opens(town: Town, clock: Clock, kind: ExpiryKind, months: int = 12) -> tuple[Shop, Actor, Holder]:
    clock.is_at(START)
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID,
        expiry_kind=kind,
        expiry_months=months,
        stamps_target=2,
        point_rewards=tuple(PointReward(cost=cost, name=f"For {cost}") for cost in (10, 15)),
    )
    return shop, shop.hires("Anna"), shop.gives_card()


def left(shop: Shop, holder: Holder, unit: Unit = POINTS) -> list[int]:
    """What is left of each award, oldest first."""
    return [lot.left for lot in lots_of(unit, shop.history(holder)).all]


def midnight_after(day: date) -> datetime:
    return local(ZONE, day + timedelta(days=1), 0)


def is_sound(town: Town) -> bool:
    return town.database.violations() == []


# What is spent first


@pytest.mark.parametrize(
    ("kind", "months", "days", "rest"),
    [
        pytest.param(NEVER, 12, 14, [10, 2], id="the bonus, where nothing else ends"),
        pytest.param(LOT, 12, 14, [10, 2], id="the bonus of 14 days before points of a year"),
        pytest.param(LOT, 1, 14, [10, 2], id="and before those of the month after"),
        pytest.param(LOT, 1, 60, [0, 12], id="points of a month before a bonus of 60 days"),
        pytest.param(INACTIVITY, 1, 14, [10, 2], id="what a visit keeps alive comes last"),
        pytest.param(INACTIVITY, 1, 60, [0, 12], id="unless it is over sooner even so"),
    ],
)
def test_what_expires_first_is_spent_first(
    town: Town, clock: Clock, kind: ExpiryKind, months: int, days: int, rest: list[int]
) -> None:
    shop, anna, lea = opens(town, clock, kind, months)
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, lea, POINTS, 12, days)
    shop.redeems_points(anna, lea)
    assert left(shop, lea) == rest
    assert is_sound(town)


def test_of_equal_ends_the_older_award_is_spent_first(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, NEVER)
    for days in (9, 7, 7):
        gives_bonus(shop, lea, POINTS, 6, days)
    shop.redeems_points(anna, lea)
    assert left(shop, lea) == [6, 0, 2]


def test_what_was_spent_once_stays_spent_of_the_same_award(town: Town, clock: Clock) -> None:
    """New terms do not reach back to a redemption that was made under others."""
    shop, anna, lea = opens(town, clock, NEVER)
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, lea, POINTS, 12, 60)
    shop.redeems_points(anna, lea)
    for kind in (LOT, NEVER):
        shop.changes_terms(expiry_kind=kind, expiry_months=1)
        assert left(shop, lea) == [10, 2]


def test_void_of_an_award_takes_it_and_then_what_expires_first(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, LOT)
    first = shop.earns(anna, lea, 1000).entry.entry_id
    shop.redeems_points(anna, lea)
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, lea, POINTS, 4, 14)
    void = shop.voids(shop.owner, lea, entry=first, reason="a slip")
    assert (left(shop, lea), count_of(void), shortfall_of(void)) == ([0, 4, 0], 10, 0)


def test_void_of_a_number_of_stamps_leaves_a_bonus_for_last(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, NEVER)
    shop.stamps(anna, lea, 2)
    gives_bonus(shop, lea, STAMPS, 2, 14)
    shop.stamps(anna, lea, 1)
    shop.voids(anna, lea, count=2)
    assert left(shop, lea, STAMPS) == [1, 2, 0]


def test_correction_takes_what_expires_first(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, LOT)
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, lea, POINTS, 4, 14)
    shop.adjusts(shop.owner, lea, -6)
    assert left(shop, lea) == [8, 0]


# What expires


@pytest.mark.parametrize("kind", [NEVER, LOT, INACTIVITY])
def test_end_of_a_bonus_takes_nothing_else(town: Town, clock: Clock, kind: ExpiryKind) -> None:
    shop, anna, lea = opens(town, clock, kind)
    shop.earns(anna, lea, 1000)
    bonus = gives_bonus(shop, lea, POINTS, 5, 14)
    shop.earns(anna, lea, 1000)
    nights = Nights(town)
    nights.runs()
    nights.runs_until(midnight_after(date(2026, 1, 24)) - timedelta(microseconds=1))
    assert shop.card(lea).points_balance == 25
    clock.is_at(midnight_after(date(2026, 1, 24)))
    nights.looks()
    [told] = nights.expired()
    entry = shop.entries(lea)[-1]
    assert (told.count, told.balance, left(shop, lea)) == (5, 20, [10, 0, 10])
    assert (entry.kind, entry.related_entry_id) == (EntryKind.POINTS_EXPIRED, bonus)
    assert shop.card(lea).has_dated is False
    assert_hints_are_not_late(shop, lea)
    assert is_sound(town)


def test_end_of_a_bonus_that_was_spent_says_nothing(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, NEVER)
    gives_bonus(shop, lea, POINTS, 10, 14)
    shop.redeems_points(anna, lea)
    nights = Nights(town)
    nights.passes(days=20)
    assert (nights.expired(), shop.card(lea).expiry_look_at) == ([], None)


def test_birthday_bonus_keeps_a_balance_alive(town: Town, clock: Clock) -> None:
    """It must not: neither when it is given nor when it ends."""
    shop, anna, lea = opens(town, clock, INACTIVITY, 2)
    shop.earns(anna, lea, 1000)
    day = date(2026, 3, 10)
    clock.is_at(local(ZONE, date(2026, 2, 1)))
    gives_bonus(shop, lea, POINTS, 5, 14)
    Nights(town).runs_until(local(ZONE, date(2026, 2, 20)))
    assert shop.card(lea).points_balance == 10
    period = next_of(shop, lea, POINTS)
    assert period is not None
    assert (period.expires_at, period.count) == (midnight_after(day), 10)
    Nights(town).runs_until(midnight_after(day))
    assert shop.card(lea).points_balance == 0
    assert is_sound(town)


def test_bonus_does_not_lend_its_months_to_what_is_given_after_it(town: Town, clock: Clock) -> None:
    """But for the bonus nothing was left of what had begun before."""
    shop, anna, lea = opens(town, clock, INACTIVITY, 2)
    earned = shop.earns(anna, lea, 1000).entry.entry_id
    gives_bonus(shop, lea, POINTS, 5, 30)
    shop.voids(anna, lea, entry=earned)
    clock.is_at(local(ZONE, date(2026, 1, 20)))
    gives_bonus(shop, lea, POINTS, 7)
    Nights(town).passes(days=30)
    period = next_of(shop, lea, POINTS)
    assert period is not None
    assert (period.expires_at, period.count) == (midnight_after(date(2026, 3, 20)), 7)


def test_both_expire_on_one_day_together(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, LOT, 1)
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, lea, POINTS, 5, 49)
    nights = Nights(town)
    nights.runs_until(midnight_after(date(2026, 2, 28)) - timedelta(days=14))
    clock.is_at(midnight_after(date(2026, 2, 28)))
    nights.looks()
    [told] = nights.expired()
    assert (told.count, shop.card(lea).points_balance) == (15, 0)
    assert is_sound(town)


# Who hears of it


def test_bonus_of_two_weeks_is_warned_of_by_the_message_that_gives_it(town: Town, clock: Clock) -> None:
    shop, _, lea = opens(town, clock, NEVER)
    gives_bonus(shop, lea, POINTS, 5, 14)
    nights = Nights(town)
    assert nights.passes(days=20).warned == 0
    assert shop.card(lea).points_balance == 0
    assert is_sound(town)


def test_bonus_of_two_months_is_warned_of_as_everything_else(town: Town, clock: Clock) -> None:
    shop, _, lea = opens(town, clock, INACTIVITY)
    gives_bonus(shop, lea, POINTS, 5, 60)
    end = midnight_after(date(2026, 3, 11))
    nights = Nights(town)
    nights.runs_until(end - timedelta(days=14, microseconds=1))
    clock.is_at(end - timedelta(days=14))
    nights.looks()
    [told] = nights.warnings()
    assert (told.count, told.kind, told.last_day) == (5, LOT, date(2026, 3, 11))
    nights.delivers()
    clock.is_at(end)
    assert nights.looks().expired == 1
    assert is_sound(town)


@pytest.mark.parametrize(
    ("hours_late", "left_over"),
    [pytest.param(6, 0, id="in time"), pytest.param(50, 5, id="two days late, so two days more")],
)
def test_bonus_lasts_as_many_days_as_it_was_given_for_once_its_message_arrived(
    town: Town, clock: Clock, hours_late: int, left_over: int
) -> None:
    shop, _, lea = opens(town, clock, NEVER)
    gives_bonus(shop, lea, POINTS, 5, 7)
    nights = Nights(town)
    clock.passes(hours=hours_late)
    nights.delivers()
    clock.is_at(midnight_after(date(2026, 1, 17)))
    nights.looks()
    assert shop.card(lea).points_balance == left_over
    clock.passes(days=3)
    nights.looks()
    assert shop.card(lea).points_balance == 0
    assert is_sound(town)


def test_bonus_whose_message_was_given_up_is_warned_of_again(town: Town, clock: Clock) -> None:
    shop, _, lea = opens(town, clock, NEVER)
    gives_bonus(shop, lea, POINTS, 5, 7)
    nights = Nights(town)
    nights.gives_up(MessageKind.WELCOME_BONUS)
    clock.passes(days=1)
    assert nights.looks().warned == 1
    nights.delivers()
    clock.is_at(midnight_after(date(2026, 1, 17)))
    nights.looks()
    assert shop.card(lea).points_balance == 5
    clock.passes(days=1)
    nights.looks()
    assert shop.card(lea).points_balance == 0
    assert is_sound(town)


def test_what_the_program_ends_is_warned_of_though_a_bonus_ends_before(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, LOT, 1)
    shop.earns(anna, lea, 1000)
    end = midnight_after(date(2026, 2, 28))
    nights = Nights(town)
    clock.is_at(end - timedelta(days=16))
    nights.runs()
    gives_bonus(shop, lea, POINTS, 5, 14)
    nights.delivers()
    clock.is_at(end - timedelta(days=14))
    nights.looks()
    [told] = nights.warnings()
    assert (told.count, told.last_day) == (10, date(2026, 2, 28))


def test_customer_sees_what_expires_soonest(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, INACTIVITY)
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, lea, POINTS, 5, 14)
    [balance] = town.database.read(my_balances, MyCards(account=lea.account))
    assert balance.expiring == (Expiring(unit=POINTS, kind=LOT, count=5, last_day=date(2026, 1, 24)),)
    assert balance.is_soon


def test_closed_days_move_the_end_of_a_bonus(town: Town, clock: Clock) -> None:
    shop, _, lea = opens(town, clock, NEVER)
    gives_bonus(shop, lea, POINTS, 5, 7)
    closes(shop, date(2026, 1, 12), date(2026, 1, 16))
    period = next_of(shop, lea, POINTS)
    assert period is not None
    assert period.expires_at == midnight_after(date(2026, 1, 22))
    nights = Nights(town)
    nights.spreads()
    nights.passes(days=12)
    assert shop.card(lea).points_balance == 5
    nights.passes(days=10)
    assert shop.card(lea).points_balance == 0
    assert is_sound(town)


# What comes back, and what comes together


def test_voided_redemption_gives_the_bonus_back_until_its_own_end(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, LOT)
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, lea, POINTS, 5, 14)
    Nights(town).runs()
    first = shop.redeems_points(anna, lea).entry.entry_id
    assert left(shop, lea) == [5, 0]
    shop.voids(anna, lea, entry=first)
    assert left(shop, lea) == [10, 5]
    period = next_of(shop, lea, POINTS)
    assert period is not None
    assert (period.expires_at, period.count) == (midnight_after(date(2026, 1, 24)), 5)
    second = shop.redeems_points(anna, lea).entry.entry_id
    clock.is_at(midnight_after(date(2026, 1, 24)))
    void = shop.voids(shop.owner, lea, entry=second, reason="not wanted")
    assert (count_of(void), shortfall_of(void), left(shop, lea)) == (5, 5, [10, 0])
    assert is_sound(town)


def test_bonus_given_back_to_a_card_that_knew_of_none_is_looked_at(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, NEVER)
    gives_bonus(shop, lea, POINTS, 10, 14)
    redeemed = shop.redeems_points(anna, lea).entry.entry_id
    assert shop.card(lea).has_dated is False
    shop.voids(anna, lea, entry=redeemed)
    assert shop.card(lea).points_expire_at == midnight_after(date(2026, 1, 24))
    assert_hints_are_not_late(shop, lea)


def test_merge_keeps_the_end_of_a_bonus(town: Town, clock: Clock) -> None:
    shop, anna, lea = opens(town, clock, NEVER)
    other = shop.gives_card("Lea again")
    shop.earns(anna, lea, 1000)
    gives_bonus(shop, other, POINTS, 5, 14)
    nights = Nights(town)
    nights.runs()
    shop.merges(shop.owner, lea, other)
    assert shop.card(lea).points_expire_at == midnight_after(date(2026, 1, 24))
    clock.is_at(midnight_after(date(2026, 1, 24)))
    nights.looks()
    assert (shop.card(lea).points_balance, left(shop, lea)) == (10, [10, 0])
    assert is_sound(town)


def test_earning_leaves_the_end_of_a_bonus_where_it_is(town: Town, clock: Clock) -> None:
    for kind in (NEVER, LOT, INACTIVITY):
        shop, anna, lea = opens(town, clock, kind)
        gives_bonus(shop, lea, POINTS, 5, 14)
        shop.earns(anna, lea, 1000)
        card = shop.card(lea)
        assert (card.points_expire_at, card.has_dated) == (midnight_after(date(2026, 1, 24)), True)
        assert_hints_are_not_late(shop, lea)
