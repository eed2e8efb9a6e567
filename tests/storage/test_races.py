"""Many at once: of what there is one of, one is given; of what there are five of, five; and nothing is lost."""

import asyncio
from collections import Counter as Tally
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest

from domain.delivery import ChannelKind
from domain.ids import CardId, TokenHash
from domain.plumbing.outbox import LeaseDeliveries, lease_deliveries
from domain.ports import Database
from domain.refusals import CooldownActive, DailyLimitReached, EntryAlreadyVoided, NotEnoughStamps
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.posting import Posted
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from tests.support.async_shop import BOT, opens_counter, outcomes, violations


@pytest.mark.parametrize("rewards", [1, 3])
async def test_of_200_redemptions_at_once_as_many_succeed_as_there_are_rewards(
    store: Database, rewards: int
) -> None:
    counter = await opens_counter(store)
    await counter.stamps(10 * rewards)
    done, refused = await outcomes(
        store.write(redeem_reward, counter.redeeming(f"key {number}")) for number in range(200)
    )
    assert len(done) == rewards
    assert {type(refusal) for refusal in refused} == {NotEnoughStamps}
    assert await counter.stamp_count() == 0
    assert await violations(store) == []


async def test_of_32_stamps_at_once_the_daily_limit_lets_5_through(store: Database) -> None:
    counter = await opens_counter(store, max_daily_stamps=5)
    done, refused = await outcomes(
        store.write(stamp_card, counter.stamping(f"key {number}")) for number in range(32)
    )
    assert len(done) == 5
    assert {type(refusal) for refusal in refused} == {DailyLimitReached}
    assert await counter.stamp_count() == 5


async def test_of_32_stamps_at_once_the_cooldown_lets_1_through(store: Database) -> None:
    counter = await opens_counter(store, cooldown_minutes=1)
    done, refused = await outcomes(
        store.write(stamp_card, counter.stamping(f"key {number}")) for number in range(32)
    )
    assert len(done) == 1
    assert {type(refusal) for refusal in refused} == {CooldownActive}


async def test_same_key_50_times_at_once_has_one_effect_and_50_equal_outcomes(store: Database) -> None:
    counter = await opens_counter(store)
    done, refused = await outcomes(store.write(stamp_card, counter.stamping("same")) for _ in range(50))
    assert refused == []
    assert Tally(outcome.replayed for outcome in done) == {False: 1, True: 49}
    assert len({replace(outcome, replayed=False) for outcome in done}) == 1
    assert await counter.stamp_count() == 1
    assert len((await counter.history()).entries) == 1


async def test_of_50_voids_of_one_entry_at_once_one_succeeds(store: Database) -> None:
    counter = await opens_counter(store)
    await counter.stamps(5)
    wrong = (await store.write(stamp_card, counter.stamping("wrong"))).entry.entry_id
    done, refused = await outcomes(
        store.write(void_act, counter.voiding(f"key {number}", entry=wrong)) for number in range(50)
    )
    assert len(done) == 1
    assert {type(refusal) for refusal in refused} == {EntryAlreadyVoided}
    assert await counter.stamp_count() == 5


async def test_stamps_voids_and_redemptions_at_once_add_up(store: Database) -> None:
    counter = await opens_counter(store, cards=5, stamps_target=3)
    await counter.stamps(20)
    asked: list[Coroutine[Any, Any, Posted]] = []
    for number in range(150):
        card = counter.cards[number % 5]
        asked.append(store.write(stamp_card, counter.stamping(f"s {number}", card)))
        asked.append(store.write(redeem_reward, counter.redeeming(f"r {number}", card)))
    asked += [store.write(void_act, counter.voiding(f"v {n}", count=1 + n % 3)) for n in range(20)]
    done, refused = await outcomes(asked)
    assert len(done) + len(refused) == 320
    total = 20 + sum(outcome.entry.stamps_delta for outcome in done)
    assert sum([await counter.stamp_count(card) for card in counter.cards]) == total
    assert await violations(store) == []


async def test_who_joins_50_times_at_once_has_one_card(store: Database) -> None:
    counter = await opens_counter(store, cards=0)

    def joining(number: int) -> JoinStore:
        return JoinStore(
            account=counter.paul.account,
            name="Léa",
            merchant_id=counter.paul.merchant_id,
            store_id=counter.paul.store_id,
            card_id=CardId(f"card {number}"),
            card_token_hash=TokenHash(f"code {number}"),
            account_hash="",
        )

    done, _ = await outcomes(store.write(join_store, joining(number)) for number in range(50))
    assert Tally(joined.is_new for joined in done) == {True: 1, False: 49}
    assert len({joined.held.state.card_id for joined in done}) == 1


async def test_no_message_is_leased_to_two_dispatchers(store: Database) -> None:
    counter = await opens_counter(store)
    await counter.stamps(100)
    await asyncio.gather(
        *(store.write(stamp_card, counter.stamping(f"key {number}")) for number in range(60))
    )
    leased = await asyncio.gather(
        *(
            store.write(
                lease_deliveries,
                LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder=f"{number}", limit=7),
            )
            for number in range(20)
        )
    )
    ids = [one.message_id for some in leased for one in some]
    assert len(ids) == len(set(ids)) > 60


async def test_cards_of_two_merchants_do_not_wait_for_each_others_rules(store: Database) -> None:
    first = await opens_counter(store, max_daily_stamps=5)
    second = await opens_counter(store, name="n", max_daily_stamps=7)
    asked = [store.write(stamp_card, first.stamping(f"key {number}")) for number in range(10)]
    asked += [store.write(stamp_card, second.stamping(f"key {number}")) for number in range(10)]
    await outcomes(asked)
    assert (await first.stamp_count(), await second.stamp_count()) == (5, 7)
