"""How a store's day has gone so far."""

from datetime import date

import pytest

from domain.merchant import ProgramKind
from domain.refusals import NotAllowed
from domain.staff import Actor, Role
from domain.usecases.store_today import SeeToday, Tally, Today, store_today
from tests.support.clock import Clock, local
from tests.support.shop import Town

NOTHING = Tally(stamps=0, cards=0, rewards=0, voids=0, stamps_voided=0)


def today(town: Town, actor: Actor) -> Today:
    return town.database.read(store_today, SeeToday(actor=actor))


def test_new_day_has_nothing(town: Town) -> None:
    shop = town.opens_shop()
    anna = shop.hires("Anna")
    assert today(town, anna) == Today(
        store_name="Gare", has_stamps=True, has_points=False, store=NOTHING, own=NOTHING
    )


def test_acts_are_counted_for_the_store_and_for_who_did_them(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, bob = shop.hires("Anna"), shop.hires("Bob")
    lea, marc = shop.gives_card("Léa"), shop.gives_card("Marc")
    shop.stamps(anna, lea, 4)
    shop.stamps(anna, marc)
    shop.stamps(bob, marc, 2)
    shop.redeems(bob, lea)
    shop.voids(bob, marc, count=1)
    found = today(town, anna)
    assert found.own == Tally(stamps=5, cards=2, rewards=0, voids=0, stamps_voided=0)
    assert found.store == Tally(stamps=7, cards=2, rewards=1, voids=1, stamps_voided=1)
    assert today(town, bob).own == Tally(stamps=2, cards=1, rewards=1, voids=1, stamps_voided=1)


def test_voided_stamps_are_counted_as_wanted_whether_or_not_they_were_left(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 3).entry.entry_id
    shop.redeems(anna, lea)
    shop.voids(anna, lea, entry=entry_id)
    assert today(town, anna).own == Tally(stamps=3, cards=1, rewards=1, voids=1, stamps_voided=3)


def test_void_of_a_redemption_is_a_void_of_no_stamps(town: Town) -> None:
    shop = town.opens_shop(stamps_target=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 3)
    shop.undoes(anna, lea, shop.redeems(anna, lea).entry.entry_id)
    assert today(town, anna).own == Tally(stamps=3, cards=1, rewards=1, voids=1, stamps_voided=0)


def test_only_this_store_and_only_today(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    belval = shop.adds_store("Belval")
    anna, bob = shop.hires("Anna"), shop.hires("Bob", store_id=belval)
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card()
    clock.is_at(local("Europe/Luxembourg", date(2026, 6, 15), 23, 59))
    shop.stamps(anna, lea)
    clock.passes(minutes=1)
    shop.stamps(anna, lea, 2)
    shop.stamps(bob, lea, 3)
    assert (today(town, mia).store.stamps, today(town, bob).store.stamps) == (2, 3)


def test_another_merchants_day_is_not_shown(town: Town) -> None:
    shop, other = town.opens_shop(), town.opens_shop()
    actor = other.actor(shop.owner.staff_id, shop.owner.account)
    with pytest.raises(NotAllowed):
        today(town, actor)


def test_points_are_counted_where_they_are_given(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    shop.earns(anna, lea, 6000)
    shop.redeems_points(anna, lea)
    mistake = shop.earns(anna, lea, 500)
    shop.undoes(anna, lea, mistake.entry.entry_id)
    found = today(town, anna)
    assert (found.has_stamps, found.has_points) == (False, True)
    assert found.own == Tally(stamps=0, points=65, cards=1, rewards=1, voids=1, stamps_voided=0)
