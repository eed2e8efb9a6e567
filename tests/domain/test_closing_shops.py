"""A shop that is closed tells its customers, lets nobody join, and a month later nothing of it is kept."""

from datetime import timedelta

import pytest

from domain.expiry import Unit
from domain.ids import CustomerId
from domain.messages import MessageKind, ShopClosing
from domain.personal import Erasure
from domain.ports import Tx
from domain.refusals import NotAllowed, ShopCloses, ShopHasEnded
from domain.rules.closing import closes_on
from domain.rules.days import day_starts_at, local_date
from domain.staff import Role
from domain.usecases import close_shop as close_shop_module
from domain.usecases.bring_back import DueCustomers
from domain.usecases.bring_friend import my_invitations
from domain.usecases.close_shop import (
    CLOSES_AFTER,
    CloseShop,
    close_shop,
    dismiss_team,
    end_shop,
    keep_shop,
    see_closing,
    shops_telling,
    shops_to_end,
    tell_more,
)
from domain.usecases.duties import Duties
from domain.usecases.letters import Tools, letter_for
from domain.usecases.marketing import answer
from domain.usecases.my_cards import MyCards
from domain.usecases.privacy import erase_again
from domain.usecases.remove_staff import take_off
from domain.usecases.see_posters import SeePosters, see_posters
from domain.usecases.win_back import perhaps_absent
from storage.personal import DELETE_SHOP
from tests.domain.test_privacy import driver_of
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.shop import Shop, Town, delivery_of


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(welcome_bonus=1)


def by_owner(shop: Shop) -> CloseShop:
    return CloseShop(merchant_id=shop.merchant_id, account=shop.owner.account)


def closes(shop: Shop) -> None:
    shop.database.write(close_shop, by_owner(shop))


def test_log_of_changes_tells_who_closed_and_reopened_the_shop(shop: Shop) -> None:
    closes(shop)
    shop.database.write(keep_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    found = look(shop.database, lambda tx: tx.changes_of(shop.merchant_id, 10))
    assert [(each.field, each.before, each.after, each.staff_id) for each in reversed(found)] == [
        ("closing", "", "2026-07-15", shop.owner.staff_id),
        ("closing", "2026-07-15", "", None),
    ]


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


def test_everybody_with_a_card_is_told_once_and_so_is_the_team(town: Town, shop: Shop) -> None:
    """Customers ask at the counter."""
    holders = [shop.gives_card(), shop.gives_card()]
    team = [shop.hires("Boss", Role.MANAGER), shop.hires("Sam"), shop.hires("Till", Role.TERMINAL)]
    shop.gives_card("Sam", team[1].account)
    shop.invites("Late")
    gone = shop.staff(shop.hires("Gone"))
    do(shop.database, lambda tx: take_off(tx, gone))
    closes(shop)
    closes(shop)
    expected = [*(each.account.user_id for each in holders), *(each.account.user_id for each in team)]
    assert sorted(told(town)) == sorted((user_id, True) for user_id in expected)


def test_the_team_is_told_by_whom_and_who_can_do_what(town: Town, shop: Shop) -> None:
    """Who closes it reads it where they do so."""
    boss, heir, sam = shop.hires("Boss", Role.MANAGER), shop.hires("Heir", Role.OWNER), shop.hires("Sam")
    holder = shop.gives_card()
    closes(shop)
    shop.database.write(keep_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    heard = [(each.recipient.user_id, each.facts) for each in town.messages(MessageKind.SHOP_CLOSING)]
    by = {
        user_id: [
            (facts.is_of_team, facts.by)
            for who, facts in heard
            if who == user_id and isinstance(facts, ShopClosing)
        ]
        for user_id in (each.account.user_id for each in (boss, heir, sam, shop.owner, holder))
    }
    closed, kept = (True, "Paul"), (True, None)
    assert by == {
        boss.account.user_id: [closed, kept],
        heir.account.user_id: [closed, kept],
        sam.account.user_id: [closed, kept],
        shop.owner.account.user_id: [kept],
        holder.account.user_id: [(False, None), (False, None)],
    }


def test_nothing_leads_anybody_to_a_shop_that_closes(town: Town, clock: Clock) -> None:
    """No poster, no friend, no offer and no question about offers."""
    shop = town.opens_shop(referral_bonus=3, win_back_days=14)
    shop.changes_merchant(marketing_monthly_max=4)
    holder = shop.gives_card()
    _, customer, _ = shop.found(holder.card)
    do(shop.database, lambda tx: answer(tx, customer, is_given=True))
    fresh = shop.gives_card()
    invited = MyCards(account=holder.account)
    posters = SeePosters(account=shop.owner.account, merchant_id=shop.merchant_id)
    due = DueCustomers(merchant_id=shop.merchant_id, after=CustomerId(""), limit=10)
    clock.passes(days=15)
    assert len(shop.database.read(perhaps_absent, due)) == 1
    assert len(shop.database.read(my_invitations, invited)) == 1
    assert shop.database.read(see_posters, posters).merchant.closes_at is None
    closes(shop)
    shop.stamps(shop.owner, fresh)
    assert shop.database.read(my_invitations, invited) == []
    assert shop.database.read(perhaps_absent, due) == ()
    assert town.messages(MessageKind.MARKETING_ASKED) == []
    with pytest.raises(ShopCloses):
        shop.database.read(see_posters, posters)


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
    owners = {boss.account.user_id}
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


def test_what_has_ended_is_kept_no_more_by_anybody(town: Town, shop: Shop, clock: Clock) -> None:
    """Its team may be gone already, and some of its rows."""
    by_operator = CloseShop(merchant_id=shop.merchant_id, account=None)
    closes(shop)
    clock.passes(days=CLOSES_AFTER.days + 1)
    for command in (by_owner(shop), by_operator):
        with pytest.raises(ShopHasEnded):
            shop.database.write(keep_shop, command)
    assert town.database.write(dismiss_team, shop.merchant_id) == 1
    with pytest.raises(ShopHasEnded):
        shop.database.write(keep_shop, by_operator)
    assert ends(town) == 1


def test_when_its_time_has_come_nothing_is_kept_but_that_it_was_erased(
    town: Town, shop: Shop, clock: Clock
) -> None:
    other = town.opens_shop()
    left = other.gives_card()
    holder = shop.gives_card()
    shop.stamps(shop.owner, holder, 10)
    shop.redeems(shop.owner, holder)
    closes(shop)
    clock.passes(days=CLOSES_AFTER.days)
    assert ends(town) == 0
    assert not town.database.write(end_shop, shop.merchant_id)
    assert shop.card(holder).active
    clock.passes(days=1)
    assert ends(town) == 1
    assert rows_of(shop) == 0
    assert other.card(left).active
    assert town.database.violations() == []
    [erasure] = look(town.database, lambda tx: tx.unwiped_erasures())
    assert (erasure.merchant_id, erasure.customer_id) == (shop.merchant_id, "")


def test_last_day_that_customers_are_told_lasts_until_it_is_over(
    town: Town, shop: Shop, clock: Clock
) -> None:
    """It ended at the hour at which the owner had closed it: who came in the evening found their card gone."""
    closes(shop)
    merchant = shop.merchant()
    last_day = closes_on(merchant)
    assert last_day == local_date(clock() + CLOSES_AFTER, merchant.timezone)
    over = day_starts_at(last_day + timedelta(days=1), merchant.timezone)
    clock.passes(seconds=(over - clock()).total_seconds() - 5)
    assert look(shop.database, lambda tx: shops_to_end(tx=tx, query=None)) == []
    clock.passes(seconds=5)
    assert look(shop.database, lambda tx: shops_to_end(tx=tx, query=None)) == [shop.merchant_id]


def test_team_is_told_once_that_it_has_ended_and_works_there_no_more(
    town: Town, shop: Shop, clock: Clock
) -> None:
    other, sam = town.opens_shop(), shop.hires("Sam")
    both = other.hires("Both", account=shop.hires("Both").account)
    holder = shop.gives_card("Sam", sam.account)
    shop.invites("Late")
    closes(shop)
    clock.passes(days=29)
    assert town.database.write(dismiss_team, shop.merchant_id) == 0
    shop.stamps(shop.owner, holder)
    clock.passes(days=2)
    assert [town.database.write(dismiss_team, shop.merchant_id) for _ in range(3)] == [3, 0, 0]
    messages = town.messages(MessageKind.SHOP_ENDED)
    assert sorted(each.recipient.user_id for each in messages) == sorted(
        who.account.user_id for who in (shop.owner, sam, both)
    )
    with pytest.raises(NotAllowed):
        shop.stamps(shop.owner, holder)
    assert other.stamps(both, other.gives_card()).entry.stamps_delta == 1
    tools = {
        each.recipient.user_id: town.database.read(letter_for, delivery_of(each)).tools for each in messages
    }
    assert tools == {
        shop.owner.account.user_id: Tools(duties=Duties(), has_card=False),
        sam.account.user_id: Tools(duties=Duties(), has_card=True),
        both.account.user_id: Tools(duties=Duties((Role.STAFF,), frozenset({Unit.STAMPS})), has_card=False),
    }


def test_a_copy_of_before_loses_the_shop_too(town: Town, shop: Shop, clock: Clock) -> None:
    shop.gives_card()
    closes(shop)
    clock.passes(days=31)

    class Undo(Exception): ...

    def end_and_think_again(*, tx: Tx, command: None) -> None:
        end_shop(tx=tx, command=shop.merchant_id)
        made.extend(tx.unwiped_erasures())
        raise Undo

    made: list[Erasure] = []
    with pytest.raises(Undo):
        town.database.write(end_and_think_again, None)
    assert rows_of(shop) > 0
    assert town.database.write(erase_again, made) == 1
    assert rows_of(shop) == 0
