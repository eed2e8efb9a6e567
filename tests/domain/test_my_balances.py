"""What is on a customer's cards and what of it expires next; what a new card starts with."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from domain.expiry import ExpiryKind, Unit
from domain.merchant import ProgramKind
from domain.messages import Message, MessageKind, RewardReady, WelcomeBonus
from domain.ports import Tx
from domain.rules.days import local_date
from domain.usecases.close_shop import CloseShop, close_shop, keep_shop
from domain.usecases.expire_balances import LookAtCards, look_at_cards
from domain.usecases.join_store import join_store
from domain.usecases.my_balances import Balance, Expiring, my_balances
from domain.usecases.my_cards import MyCards
from tests.support.clock import Clock
from tests.support.databases import do
from tests.support.shop import Holder, Shop, Town, delivery_of

ZONE = "Europe/Luxembourg"


def earns(shop: Shop, holder: Holder, amount_minor: int) -> None:
    shop.earns(shop.owner, holder, amount_minor)


def night(shop: Shop, holder: Holder) -> None:
    """The job looks at the card, and what it has to say arrives."""
    command = LookAtCards(merchant_id=shop.merchant_id, card_ids=[holder.card_id])
    shop.database.write(look_at_cards, command)
    for message in shop.town.messages():
        do(shop.database, partial(_arrives, message=message))


def _arrives(tx: Tx, message: Message) -> None:
    tx.delivery_made(delivery_of(message), "1")


def balances(town: Town, holder: Holder) -> list[Balance]:
    return list(town.database.read(my_balances, MyCards(account=holder.account)))


def expiring(town: Town, holder: Holder) -> tuple[Expiring, ...]:
    [balance] = balances(town, holder)
    return balance.expiring


# What expires


def test_nothing_is_said_to_expire_where_nothing_does(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    lea = shop.gives_card()
    earns(shop, lea, 1000)
    assert expiring(town, lea) == ()


@pytest.mark.parametrize("kind", [ExpiryKind.INACTIVITY, ExpiryKind.LOT])
def test_empty_card_has_nothing_to_expire(town: Town, kind: ExpiryKind) -> None:
    shop = town.opens_shop(kind=ProgramKind.HYBRID, expiry_kind=kind, expiry_months=3)
    assert expiring(town, shop.gives_card()) == ()


def test_by_inactivity_all_expires_so_many_months_after_the_last_visit(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(kind=ProgramKind.HYBRID, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=3)
    lea = shop.gives_card()
    shop.stamps(shop.owner, lea, 3)
    clock.passes(days=10)
    earns(shop, lea, 1000)
    assert expiring(town, lea) == tuple(
        Expiring(unit=unit, kind=ExpiryKind.INACTIVITY, count=count, last_day=date(2026, 9, 25))
        for unit, count in ((Unit.STAMPS, 3), (Unit.POINTS, 10))
    )


def test_what_would_expire_after_a_shop_has_closed_is_not_told(town: Town, clock: Clock) -> None:
    """The card says until when the shop is open."""
    shop = town.opens_shop(kind=ProgramKind.HYBRID, expiry_kind=ExpiryKind.LOT, expiry_months=3)
    lea = shop.gives_card()
    earns(shop, lea, 1000)
    clock.passes(days=80)
    shop.stamps(shop.owner, lea)
    shop.database.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    assert [each.unit for each in expiring(town, lea)] == [Unit.POINTS]
    shop.database.write(keep_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    assert [each.unit for each in expiring(town, lea)] == [Unit.POINTS, Unit.STAMPS]


def test_by_lot_what_expires_first_is_told_first_with_its_own_count(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(kind=ProgramKind.HYBRID, expiry_kind=ExpiryKind.LOT, expiry_months=3)
    lea = shop.gives_card()
    earns(shop, lea, 1000)
    clock.is_at(datetime(2026, 7, 1, 9, 0, tzinfo=UTC))
    earns(shop, lea, 2000)
    shop.stamps(shop.owner, lea, 3)
    told = [(each.unit, each.count, each.last_day) for each in expiring(town, lea)]
    assert told == [(Unit.POINTS, 10, date(2026, 9, 30)), (Unit.STAMPS, 3, date(2026, 10, 31))]


def test_day_that_is_told_is_one_on_which_all_is_still_there(town: Town, clock: Clock) -> None:
    """However late the warning was: nothing expires before the day that the customer read is over."""
    shop = town.opens_shop(kind=ProgramKind.POINTS, expiry_kind=ExpiryKind.LOT, expiry_months=1)
    lea = shop.gives_card()
    earns(shop, lea, 1000)
    clock.is_at(datetime(2026, 8, 20, 9, 0, tzinfo=UTC))
    [unwarned] = expiring(town, lea)
    assert unwarned.last_day > local_date(clock.now, ZONE)
    night(shop, lea)
    [warned] = expiring(town, lea)
    assert warned.last_day == unwarned.last_day
    while shop.card(lea).points_balance:
        assert local_date(clock.now, ZONE) <= warned.last_day + timedelta(days=2)
        clock.passes(hours=1)
        night(shop, lea)
    assert local_date(clock.now, ZONE) > warned.last_day


def test_card_of_which_something_expires_soon_comes_first(town: Town, clock: Clock) -> None:
    hasty = town.opens_shop(
        name="Hasty", kind=ProgramKind.POINTS, expiry_kind=ExpiryKind.LOT, expiry_months=2
    )
    patient = town.opens_shop(name="Patient")
    lea = hasty.gives_card()
    earns(hasty, lea, 1000)
    clock.passes(days=1)
    patient.gives_card(account=lea.account)
    assert [each.held.state.merchant_name for each in balances(town, lea)] == ["Patient", "Hasty"]
    clock.is_at(datetime(2026, 8, 10, 9, 0, tzinfo=UTC))
    told = [(each.held.state.merchant_name, each.is_soon) for each in balances(town, lea)]
    assert told == [("Hasty", True), ("Patient", False)]


# What a card starts with


@pytest.mark.parametrize(
    ("kind", "stamps", "points"),
    [(ProgramKind.STAMPS, 2, 0), (ProgramKind.POINTS, 0, 2), (ProgramKind.HYBRID, 0, 2)],
)
def test_new_card_shows_its_welcome_bonus_at_once(
    town: Town, kind: ProgramKind, stamps: int, points: int
) -> None:
    shop = town.opens_shop(kind=kind, welcome_bonus=2)
    state = shop.joins().held.state
    assert (state.stamp_count, state.points_balance) == (stamps, points)


def test_welcome_bonus_is_told_and_given_once(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS, welcome_bonus=20)
    command = shop.joining("Léa", town.somebody())
    for _ in range(2):
        assert town.database.write(join_store, command).held.state.points_balance == 20
    [told] = town.facts(MessageKind.WELCOME_BONUS)
    assert isinstance(told, WelcomeBonus)
    assert (told.unit, told.count) == (Unit.POINTS, 20)


@pytest.mark.parametrize(
    ("kind", "bonus", "reward", "unit"),
    [
        (ProgramKind.POINTS, 50, "An espresso", Unit.POINTS),
        (ProgramKind.POINTS, 120, "A cake", Unit.POINTS),
        (ProgramKind.STAMPS, 10, "A coffee", Unit.STAMPS),
    ],
)
def test_reward_that_the_welcome_bonus_reaches_is_announced_after_it(
    town: Town, kind: ProgramKind, bonus: int, reward: str, unit: Unit
) -> None:
    shop = town.opens_shop(kind=kind, welcome_bonus=bonus)
    shop.joins()
    assert [message.kind for message in town.messages()] == [
        MessageKind.WELCOME_BONUS,
        MessageKind.REWARD_READY,
    ]
    [ready] = town.facts(MessageKind.REWARD_READY)
    assert isinstance(ready, RewardReady)
    assert (ready.reward, ready.unit) == (reward, unit)


def test_welcome_bonus_that_reaches_no_reward_announces_none(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS, welcome_bonus=49)
    shop.joins()
    assert town.facts(MessageKind.REWARD_READY) == []


def test_announced_reward_says_whether_it_is_for_stamps_or_for_points(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.HYBRID)
    lea = shop.gives_card()
    shop.stamps(shop.owner, lea, 10)
    earns(shop, lea, 10_000)
    told = town.facts(MessageKind.REWARD_READY)
    assert [(each.reward, each.unit) for each in told if isinstance(each, RewardReady)] == [
        ("A coffee", Unit.STAMPS),
        ("A cake", Unit.POINTS),
    ]
