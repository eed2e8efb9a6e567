"""The database that scenarios run over does what the one with threads and a file does."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Never

import pytest

from domain.history import CardHistory
from domain.ids import MerchantId, StoreId
from domain.merchant import ProgramKind, Store
from domain.ports import DatabaseUnavailable, Tx
from tests.support.clock import Clock
from tests.support.databases import Running, SyncDatabase, do, look, sqlite_at
from tests.support.nights import Nights
from tests.support.one_thread import OneThread
from tests.support.shop import Shop, Town
from tests.support.violations import BROKEN


@pytest.fixture(params=["one thread", "file"])
def database(request: pytest.FixtureRequest, path: Path, clock: Clock) -> Iterator[SyncDatabase]:
    database = OneThread(clock) if request.param == "one thread" else Running(clock, sqlite_at(path))
    yield database
    database.close()


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def add_store(tx: Tx, merchant_id: MerchantId, name: str = "new") -> None:
    tx.add_store(Store(merchant_id=merchant_id, store_id=StoreId(name), name=name, active=True))


def stores(shop: Shop) -> list[str]:
    return [store.name for store in look(shop.database, lambda tx: tx.stores_of(shop.merchant_id))]


def test_use_case_that_fails_half_way_leaves_no_trace(shop: Shop) -> None:
    def half(tx: Tx) -> Never:
        add_store(tx, shop.merchant_id)
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        do(shop.database, half)
    assert stores(shop) == ["Gare"]


def test_query_that_tries_to_change_something_is_refused_and_changes_nothing(shop: Shop) -> None:
    with pytest.raises(DatabaseUnavailable):
        look(shop.database, partial(add_store, merchant_id=shop.merchant_id))
    assert stores(shop) == ["Gare"]


def test_row_that_must_not_be_is_refused_in_the_words_of_the_database(shop: Shop) -> None:
    with pytest.raises(BROKEN, match="FOREIGN KEY"):
        do(shop.database, partial(add_store, merchant_id=MerchantId("none")))
    do(shop.database, partial(add_store, merchant_id=shop.merchant_id))
    assert stores(shop) == ["Gare", "new"]


def test_restart_keeps_what_was_answered(shop: Shop) -> None:
    holder = shop.gives_card()
    shop.stamps(shop.owner, holder, 3)
    shop.database.reopen()
    assert shop.card(holder).stamp_count == 3
    shop.stamps(shop.owner, holder)
    assert [len(history.entries) for history in shop.database.histories()] == [2]


def test_switches_move_what_they_name_and_nothing_else(shop: Shop) -> None:
    belval, (lea, marc) = shop.adds_store("Belval"), (shop.gives_card(), shop.gives_card("Marc"))
    shop.database.switch_off_store(belval)
    shop.database.switch_off_card(lea.card_id)
    found = look(shop.database, lambda tx: tx.stores_of(shop.merchant_id))
    assert {store.name: store.active for store in found} == {"Gare": True, "Belval": False}
    assert [shop.card(holder).active for holder in (lea, marc)] == [False, True]


def test_databases_beside_each_other_share_nothing(clock: Clock) -> None:
    first, second = Town(OneThread(clock)), Town(OneThread(clock))
    first.opens_shop().gives_card()
    assert second.database.histories() == []
    first.database.close()
    third = Town(OneThread(clock))
    assert third.database.histories() == []
    for town in (second, third):
        town.database.close()


def test_history_of_a_year_is_the_same_over_either(path: Path) -> None:
    assert _lives(OneThread) == _lives(lambda clock: Running(clock, sqlite_at(path)))


def _lives(opens: Callable[[Clock], SyncDatabase]) -> list[CardHistory]:
    clock = Clock()
    town = Town(opens(clock))
    shop, nights = town.opens_shop(kind=ProgramKind.HYBRID, welcome_bonus=5), Nights(town)
    lea, marc = shop.gives_card(), shop.gives_card("Marc")
    for _ in range(12):
        clock.passes(days=30)
        shop.stamps(shop.owner, lea, 2)
        shop.earns(shop.owner, marc, 900)
        nights.runs()
    shop.redeems(shop.owner, lea)
    shop.redeems_points(shop.owner, marc)
    found = town.database.histories()
    town.database.close()
    assert sum(len(history.entries) for history in found) == 28
    return found
