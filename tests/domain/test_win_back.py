"""Who stays away is told so once, after so many days on which they could have come."""

from datetime import date, timedelta

import pytest

from domain.ids import CustomerId
from domain.kinds import EntryKind
from domain.messages import MessageKind, WinBack
from domain.staff import Actor
from domain.usecases.bring_back import DueCustomers, SomeCustomers, merchants_by_day
from domain.usecases.close_shop import CloseShop, close_shop, keep_shop
from domain.usecases.marketing import answer
from domain.usecases.win_back import look_at_absences, perhaps_absent
from tests.support.clock import Clock, local
from tests.support.closures import closes
from tests.support.databases import do
from tests.support.shop import Holder, Shop, Town

ZONE = "Europe/Luxembourg"
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def shop(town: Town, clock: Clock) -> Shop:
    at(clock, 0)
    shop = town.opens_shop(win_back_days=30)
    shop.changes_merchant(marketing_monthly_max=2)
    return shop


@pytest.fixture
def anna(shop: Shop) -> Actor:
    return shop.hires("Anna")


@pytest.fixture
def lea(shop: Shop, anna: Actor) -> Holder:
    holder = shop.gives_card("Léa")
    allows(shop, holder)
    shop.stamps(anna, holder)
    return holder


def at(clock: Clock, days: int) -> None:
    """So many days after the first."""
    clock.is_at(local(ZONE, NEW_YEAR + timedelta(days=days), 10))


def allows(shop: Shop, holder: Holder, *, is_given: bool = True) -> None:
    _, customer, _ = shop.found(holder.card)
    do(shop.database, lambda tx: answer(tx, customer, is_given=is_given))


def morning(shop: Shop) -> int:
    if shop.merchant_id not in shop.database.read(merchants_by_day, None):
        return 0
    page = DueCustomers(merchant_id=shop.merchant_id, after=CustomerId(""), limit=100)
    found = shop.database.read(perhaps_absent, page)
    command = SomeCustomers(merchant_id=shop.merchant_id, customer_ids=found)
    return shop.database.write(look_at_absences, command)


def told_on(shop: Shop, clock: Clock, first: int, last: int) -> list[int]:
    """On which days somebody was told."""
    told = []
    for day in range(first, last + 1):
        at(clock, day)
        told += [day] * morning(shop)
    return told


def test_it_is_said_once_for_each_absence(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    assert told_on(shop, clock, 0, 50) == [30]
    shop.stamps(anna, lea)
    assert told_on(shop, clock, 50, 100) == [80]
    [message, _] = shop.town.messages(MessageKind.WIN_BACK)
    assert isinstance(message.facts, WinBack)
    assert (message.facts.count, message.facts.last_day) == (0, None)


def test_who_comes_is_not_missed(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    for day in (29, 58):
        assert told_on(shop, clock, day - 28, day) == []
        shop.stamps(anna, lea)


def test_what_was_taken_back_was_no_visit(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    at(clock, 20)
    slip = shop.stamps(anna, lea)
    shop.undoes(anna, lea, slip.entry.entry_id)
    assert told_on(shop, clock, 20, 40) == [30]


def test_bonus_comes_with_it_and_ends(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    shop.changes_terms(win_back_bonus=2)
    assert told_on(shop, clock, 29, 40) == [30]
    [_, bonus] = shop.entries(lea)
    assert (bonus.kind, bonus.stamps_delta) == (EntryKind.WIN_BACK_BONUS, 2)
    assert bonus.expires_at == local(ZONE, NEW_YEAR + timedelta(days=45), 0)
    [facts] = shop.town.facts(MessageKind.WIN_BACK)
    assert isinstance(facts, WinBack)
    assert facts.last_day == NEW_YEAR + timedelta(days=44)
    assert told_on(shop, clock, 41, 100) == []


def test_shop_that_closes_misses_nobody(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    at(clock, 29)
    shop.database.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    assert told_on(shop, clock, 30, 50) == []
    shop.database.write(keep_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    assert told_on(shop, clock, 51, 60) == [51]


def test_closed_days_are_no_absence(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    closes(shop, NEW_YEAR + timedelta(days=10), NEW_YEAR + timedelta(days=19))
    assert told_on(shop, clock, 0, 60) == [40]


def test_nobody_is_asked_to_a_closed_shop(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    at(clock, 28)
    closes(shop, NEW_YEAR + timedelta(days=30), NEW_YEAR + timedelta(days=33))
    assert told_on(shop, clock, 29, 60) == [34]


def test_only_who_allows_it(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    marc = shop.gives_card("Marc")
    allows(shop, lea, is_given=False)
    assert told_on(shop, clock, 0, 45) == []
    allows(shop, marc)
    assert told_on(shop, clock, 46, 50) == [46]


def test_visit_at_another_card_of_theirs_is_one(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    lunch = shop.gives_another_card(lea, shop.adds_program())
    at(clock, 25)
    shop.stamps(anna, lunch)
    assert told_on(shop, clock, 25, 60) == [55]


def test_month_without_room_is_waited_for(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    shop.changes_merchant(marketing_monthly_max=1)
    shop.changes_terms(win_back_days=14)
    assert told_on(shop, clock, 0, 20) == [14]
    shop.stamps(anna, lea)
    assert told_on(shop, clock, 20, 50) == [44]


def test_days_that_are_changed_hold_from_the_next_look(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock
) -> None:
    assert told_on(shop, clock, 0, 20) == []
    shop.changes_terms(win_back_days=60)
    assert told_on(shop, clock, 21, 50) == []
    shop.changes_terms(win_back_days=20)
    assert told_on(shop, clock, 51, 80) == [56]
