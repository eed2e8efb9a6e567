"""What every store promises the shell: whole transactions, honest answers, and no trace of what was refused."""

import asyncio
from functools import partial
from typing import Never

import pytest

from domain.ids import MerchantId, StoreId
from domain.merchant import Store
from domain.ports import Database, DatabaseUnavailable, Tx
from domain.refusals import NotEnoughStamps
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.set_up import merchant_name
from domain.usecases.stamp_card import stamp_card
from tests.support.async_shop import BOT, Counter, do, look, opens_counter, violations
from tests.support.clock import Clock
from tests.support.patience import PATIENCE_S


def add_store(tx: Tx, name: str) -> None:
    tx.add_store(Store(merchant_id=MerchantId("m"), store_id=StoreId(name), name=name, active=True))


async def store_names(store: Database) -> list[str]:
    found = await look(store, lambda tx: tx.stores_of(MerchantId("m")))
    return [each.name for each in found]


@pytest.fixture
async def counter(store: Database) -> Counter:
    return await opens_counter(store)


async def test_write_answers_with_what_the_use_case_returns(store: Database) -> None:
    assert await do(store, lambda tx: tx.now) == await look(store, lambda tx: tx.now)


async def test_read_sees_what_was_answered_before(counter: Counter) -> None:
    for number in range(20):
        await do(counter.store, partial(add_store, name=f"store {number:02d}"))
        assert (await store_names(counter.store))[-1] == f"store {number:02d}"


async def test_glance_sees_what_read_sees(counter: Counter) -> None:
    merchant_id = MerchantId("m")
    assert await counter.store.glance(merchant_name, merchant_id) == "Café Knätsch"
    assert await counter.store.glance(merchant_name, MerchantId("none")) is None
    assert await counter.store.read(merchant_name, merchant_id) == "Café Knätsch"


async def test_refusal_comes_with_its_facts_and_leaves_no_trace(counter: Counter) -> None:
    await counter.stamps(3)
    with pytest.raises(NotEnoughStamps) as refused:
        await counter.store.write(redeem_reward, counter.redeeming("key"))
    assert (refused.value.have, refused.value.need) == (3, 10)
    assert len((await counter.history()).entries) == 1
    assert await violations(counter.store) == []


async def test_use_case_that_fails_half_way_leaves_no_trace(counter: Counter) -> None:
    def half(tx: Tx) -> Never:
        add_store(tx, "half")
        raise ZeroDivisionError("a bug")

    before = await store_names(counter.store)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        await do(counter.store, half)
    assert await store_names(counter.store) == before
    await do(counter.store, lambda tx: add_store(tx, "whole"))
    assert "whole" in await store_names(counter.store)


async def test_query_that_tries_to_change_something_is_refused_and_changes_nothing(counter: Counter) -> None:
    before = await store_names(counter.store)
    with pytest.raises(DatabaseUnavailable):
        await look(counter.store, lambda tx: add_store(tx, "sly"))

    def sly(*, tx: Tx, query: None) -> None:
        add_store(tx, "sly")

    with pytest.raises(DatabaseUnavailable):
        await counter.store.glance(sly, None)
    assert await store_names(counter.store) == before


async def test_error_of_a_query_is_its_own_and_the_next_query_works(counter: Counter) -> None:
    def bug(tx: Tx) -> Never:
        tx.merchant(MerchantId("m"))
        raise ZeroDivisionError

    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            await look(counter.store, bug)
    assert await counter.store.read(merchant_name, MerchantId("m")) == "Café Knätsch"


async def test_outbox_is_woken_after_what_put_messages_there_and_only_then(counter: Counter) -> None:
    store, woken = counter.store, []
    loop = asyncio.get_running_loop()
    store.on_enqueued(lambda: woken.append(asyncio.get_running_loop() is loop))
    store.on_enqueued(lambda: woken.append(True))
    with pytest.raises(NotEnoughStamps):
        await store.write(redeem_reward, counter.redeeming("one"))
    await do(store, lambda tx: add_store(tx, "no message"))
    await look(store, lambda tx: tx.now)
    await asyncio.sleep(0)
    assert woken == []
    await store.write(stamp_card, counter.stamping("two"))
    await asyncio.sleep(0)
    assert woken == [True, True]
    assert await look(store, lambda tx: tx.count_deliveries(BOT)) == (1, 0)
    await store.write(stamp_card, counter.stamping("two"))
    await asyncio.sleep(0)
    assert woken == [True, True], "what came again puts nothing there"


async def test_moment_of_a_transaction_stands_still(store: Database, clock: Clock) -> None:
    def twice(tx: Tx) -> bool:
        first = tx.now
        clock.passes(hours=1)
        return first == tx.now

    assert await do(store, twice)
    assert await look(store, twice)


async def test_closed_store_says_so(counter: Counter) -> None:
    await counter.store.close()
    for asked in (
        counter.store.write(stamp_card, counter.stamping("late")),
        counter.store.read(merchant_name, MerchantId("m")),
        counter.store.glance(merchant_name, MerchantId("m")),
    ):
        with pytest.raises(DatabaseUnavailable):
            await asyncio.wait_for(asked, timeout=PATIENCE_S)
