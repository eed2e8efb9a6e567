"""A shop that is closed tells its customers, lets nobody join, and a month later nothing of it is kept."""

from datetime import timedelta

import pytest

from domain.messages import MessageKind, ShopClosing
from domain.personal import Erasure
from domain.ports import Tx
from domain.refusals import NotAllowed, ShopCloses
from domain.staff import Role
from domain.usecases import close_shop as close_shop_module
from domain.usecases.close_shop import (
    CLOSES_AFTER,
    CloseShop,
    close_shop,
    end_shop,
    keep_shop,
    see_closing,
    shops_telling,
    shops_to_end,
    tell_more,
)
from domain.usecases.privacy import erase_again, erasures
from storage.personal import DELETE_SHOP
from tests.domain.test_privacy import driver_of, violations
from tests.support.clock import Clock
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(welcome_bonus=1)


def by_owner(shop: Shop) -> CloseShop:
    return CloseShop(merchant_id=shop.merchant_id, account=shop.owner.account)


def closes(shop: Shop) -> None:
    shop.database.write(close_shop, by_owner(shop))


def ends(town: Town) -> int:
    due = town.database.read(shops_to_end, None)
    for merchant_id in due:
        while town.database.write(end_shop, merchant_id):
            pass
    return len(due)


def rows_of(shop: Shop) -> int:
    driver, key = driver_of(shop.database), [shop.merchant_id]
    counts = (
        driver.execute(f"SELECT count(*) FROM {table.name} WHERE merchant_id = ?", key)
        for table in DELETE_SHOP
    )
    return sum(found.fetchone()[0] for found in counts)


def told(town: Town) -> list[tuple[int, bool]]:
    messages = town.messages(MessageKind.SHOP_CLOSING)
    return [
        (each.recipient.user_id, each.facts.closes_on is not None)
        for each in messages
        if isinstance(each.facts, ShopClosing)
    ]


def test_everybody_with_a_card_is_told_once_and_so_are_who_run_it(town: Town, shop: Shop) -> None:
    holders = [shop.gives_card(), shop.gives_card()]
    boss, sam = shop.hires("Boss", Role.MANAGER), shop.hires("Sam")
    closes(shop)
    closes(shop)
    expected = {*(each.account.user_id for each in holders), boss.account.user_id, shop.owner.account.user_id}
    assert sorted(told(town)) == sorted((user_id, True) for user_id in expected)
    assert sam.account.user_id not in expected


def told_more(shop: Shop) -> int:
    assert [*shop.database.read(shops_telling, None)] == [shop.merchant_id]
    return shop.database.write(tell_more, shop.merchant_id)


def test_many_customers_are_told_a_few_at_a_time(
    town: Town, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, whatever was killed in between; and who joined the team has been told as that."""
    monkeypatch.setattr(close_shop_module, "TOLD_AT_ONCE", 2)
    holders = {shop.gives_card().account.user_id for _ in range(5)}
    boss = shop.hires("Boss", Role.MANAGER)
    shop.joins(account=boss.account)
    closes(shop)
    owners = {shop.owner.account.user_id, boss.account.user_id}
    assert len(told(town)) == len(owners) + 2
    assert [told_more(shop) for _ in range(3)] == [2, 2, 0]
    assert sorted(told(town)) == sorted((user_id, True) for user_id in holders | owners)
    assert shop.database.read(shops_telling, None) == []
    assert shop.database.write(tell_more, shop.merchant_id) == 0


def test_what_is_told_to_the_others_is_how_it_stands_then(
    town: Town, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(close_shop_module, "TOLD_AT_ONCE", 1)
    first, second = (shop.gives_card().account.user_id for _ in range(2))
    closes(shop)
    shop.database.write(keep_shop, by_owner(shop))
    told_more(shop)
    heard = [each for each in told(town) if each[0] in (first, second)]
    assert heard == [(first, True), (first, False), (second, False)]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF])
def test_only_an_owner_closes_it(role: Role, shop: Shop) -> None:
    asked = CloseShop(merchant_id=shop.merchant_id, account=shop.hires("Sam", role).account)
    for refused in (close_shop, keep_shop):
        with pytest.raises(NotAllowed):
            shop.database.write(refused, asked)
    with pytest.raises(NotAllowed):
        shop.database.read(see_closing, asked)


def test_until_then_cards_work_and_nobody_joins(town: Town, shop: Shop) -> None:
    holder = shop.gives_card()
    closes(shop)
    shop.stamps(shop.owner, holder)
    with pytest.raises(ShopCloses):
        shop.joins()
    assert not shop.joins(account=holder.account).is_new


def test_it_can_be_taken_back_and_customers_are_told(town: Town, shop: Shop, clock: Clock) -> None:
    holder = shop.gives_card()
    closes(shop)
    shop.database.write(keep_shop, by_owner(shop))
    shop.database.write(keep_shop, by_owner(shop))
    assert [closing for user_id, closing in told(town) if user_id == holder.account.user_id] == [True, False]
    clock.passes(days=31)
    assert ends(town) == 0
    assert shop.joins().is_new


def test_when_its_time_has_come_nothing_is_kept_but_that_it_was_erased(
    town: Town, shop: Shop, clock: Clock
) -> None:
    other = town.opens_shop()
    left = other.gives_card()
    holder = shop.gives_card()
    shop.stamps(shop.owner, holder, 10)
    shop.redeems(shop.owner, holder)
    closes(shop)
    clock.passes(days=(CLOSES_AFTER - timedelta(minutes=1)).total_seconds() / 86400)
    assert ends(town) == 0
    assert not town.database.write(end_shop, shop.merchant_id)
    assert shop.card(holder).active
    clock.passes(minutes=2)
    assert ends(town) == 1
    assert rows_of(shop) == 0
    assert other.card(left).active
    assert violations(town.database) == []
    assert [(each.merchant_id, each.customer_id) for each in town.database.read(erasures, None)] == [
        (shop.merchant_id, "")
    ]


def test_a_copy_of_before_loses_the_shop_too(town: Town, shop: Shop, clock: Clock) -> None:
    shop.gives_card()
    closes(shop)
    clock.passes(days=31)

    class Undo(Exception): ...

    def end_and_think_again(*, tx: Tx, command: None) -> None:
        end_shop(tx=tx, command=shop.merchant_id)
        made.extend(tx.erasures())
        raise Undo

    made: list[Erasure] = []
    with pytest.raises(Undo):
        town.database.write(end_and_think_again, None)
    assert rows_of(shop) > 0
    assert town.database.write(erase_again, made) == 1
    assert rows_of(shop) == 0
