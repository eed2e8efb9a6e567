"""A store is closed: what led there ends at once, and what customers hold stays."""

import pytest

from domain.ids import StoreId
from domain.merchant import Store
from domain.refusals import LastOpenStore, LinkUnknown, NotAllowed
from domain.staff import Actor, Role
from domain.usecases.change_fields import change_fields
from domain.usecases.choose_desk import ChooseStore, choose_store
from domain.usecases.keep_stores import AddStore, add_store
from domain.usecases.see_posters import SeePosters, see_posters
from domain.usecases.see_shop import see_shop
from domain.usecases.set_up import CreateStore
from domain.usecases.who_is import who_is
from tests.support.databases import look
from tests.support.shop import Shop, Town
from tests.support.terms import editing


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.fixture
def gare(shop: Shop) -> StoreId:
    """The first store of two."""
    shop.adds_store("Belval")
    return shop.store_id


def store(shop: Shop, store_id: StoreId) -> Store:
    return next(
        each for each in shop.database.read(see_shop, shop.merchant_id).stores if each.store_id == store_id
    )


def sets(shop: Shop, store_id: StoreId, by: Actor | None = None, *, active: bool) -> None:
    edit = editing(store(shop, store_id), by.staff_id if by else None, active=active)
    shop.database.write(change_fields, edit)


def posters(shop: Shop) -> list[StoreId]:
    query = SeePosters(account=shop.owner.account, merchant_id=shop.merchant_id)
    return [each.store_id for each in shop.database.read(see_posters, query).stores]


def test_nobody_joins_or_stamps_at_a_closed_store_and_what_was_there_stays(shop: Shop, gare: StoreId) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    sets(shop, gare, shop.owner, active=False)
    with pytest.raises(NotAllowed):
        shop.stamps(anna, lea)
    with pytest.raises(LinkUnknown):
        shop.joins("Bob")
    assert gare not in posters(shop)
    assert (shop.card(lea).stamp_count, len(shop.entries(lea))) == (1, 1)


def test_desks_chosen_there_end_and_are_not_taken_up_again(shop: Shop, gare: StoreId) -> None:
    till = shop.hires("Counter", Role.TERMINAL)
    at_gare = ChooseStore(account=shop.owner.account, merchant_id=shop.merchant_id, store_id=gare)
    shop.database.write(choose_store, at_gare)
    sets(shop, gare, active=False)
    sets(shop, gare, active=True)
    assert look(shop.database, lambda tx: tx.desk(till.account)) is None
    assert shop.database.read(who_is, shop.owner.account).desk is None


def test_only_the_links_of_who_would_work_nowhere_else_end(town: Town, shop: Shop, gare: StoreId) -> None:
    belval = next(each for each in posters(shop) if each != gare)
    here, there = shop.invites("Anna", store_id=gare), shop.invites("Bob", store_id=belval)
    manager = shop.invites("Mia", Role.MANAGER)
    sets(shop, gare, active=False)
    sets(shop, gare, active=True)
    with pytest.raises(LinkUnknown):
        shop.claims(here, town.somebody())
    for link in (there, manager):
        assert shop.claims(link, town.somebody())


def test_poster_of_a_store_opened_again_enrols_customers(shop: Shop, gare: StoreId) -> None:
    anna = shop.hires("Anna")
    sets(shop, gare, active=False)
    sets(shop, gare, active=True)
    assert gare in posters(shop)
    assert shop.stamps(anna, shop.gives_card("Bob")).card.stamp_count == 1


def test_last_open_store_stays_open(shop: Shop, gare: StoreId) -> None:
    [belval] = [each for each in posters(shop) if each != gare]
    sets(shop, belval, active=False)
    with pytest.raises(LastOpenStore):
        sets(shop, gare, active=False)
    assert store(shop, gare).active
    assert shop.joins("Bob")


def test_staff_close_no_store(shop: Shop, gare: StoreId) -> None:
    with pytest.raises(NotAllowed):
        sets(shop, gare, shop.hires("Anna"), active=False)
    assert store(shop, gare).active


def test_store_asked_for_again_is_added_once(town: Town, shop: Shop) -> None:
    new = CreateStore(
        merchant_id=shop.merchant_id, store_id=StoreId("new"), name="Rive", token_hash=town.new_hash()
    )
    for _ in range(2):
        added = shop.database.write(add_store, AddStore(account=shop.owner.account, store=new))
        assert added.name == "Rive"
    assert [each.name for each in shop.database.read(see_shop, shop.merchant_id).stores].count("Rive") == 1
    with pytest.raises(NotAllowed):
        shop.database.write(add_store, AddStore(account=shop.hires("Anna").account, store=new))
