"""What the writer of a file puts off until the end of its group, and that nobody can tell."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, Text, bindparam, exists, func, insert, literal_column, select, text

from domain.acts import Asked, RedeemReward, Stamp, TakeBack
from domain.card import empty_card
from domain.ids import CardId, CardNumber, CustomerId, MerchantId, OperationKey, ProgramId
from domain.ports import Command, Database, DatabaseUnavailable, Tx
from domain.refusals import CooldownActive, DailyLimitReached, OperationKeyReused, Refusal
from domain.staff import PinSession
from domain.usecases.posting import Posted
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from storage import inbox, ledger, outbox, rows, tables
from storage.callers import MustRunAgain
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.engine import sync_engine
from storage.sqlite.session import SqliteSession, compiled_for
from storage.sqlite.tx import SqliteTx
from storage.unawaited import UNAWAITED
from tests.support.async_shop import Counter, do, opens_counter, violations
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import lay_empty_database, sqlite_at
from tests.support.gate import all_are_asked, held_writer

pytestmark = pytest.mark.usefixtures("patient")


async def in_a_group(
    store: Database, asked: Sequence[tuple[Command[Any, Posted], Asked[Any]]]
) -> list[Posted | BaseException]:
    """Has them carried out in one transaction, in this order."""
    async with held_writer(store) as gate:
        tasks = [asyncio.create_task(store.write(*each)) for each in asked]
        await all_are_asked()
        gate.opens()
        return await asyncio.gather(*tasks, return_exceptions=True)


def some_act(draw: random.Random, counter: Counter, number: int) -> tuple[Command[Any, Posted], Asked[Any]]:
    """An act on one of the cards, now and then with the key of an earlier one."""
    card = draw.choice(counter.cards)
    key = OperationKey(f"{draw.randrange(number + 1) if draw.random() < 0.2 else number}")
    match draw.choice(["stamp", "stamp", "stamp", "redeem", "take back", "take stamps back"]):
        case "stamp":
            return stamp_card, counter.asks(Stamp(card=card, count=draw.randint(1, 4), key=key))
        case "redeem":
            return redeem_reward, counter.asks(RedeemReward(card=card, key=key))
        case "take back":
            return void_act, counter.asks(TakeBack(card=card, key=key))
        case _:
            return void_act, counter.asks(TakeBack(card=card, key=key, count=draw.randint(1, 3)))


@pytest.mark.parametrize("seed", range(6))
async def test_group_comes_to_the_same_as_its_commands_one_by_one(
    tmp_path: Path, clock: Clock, seed: int
) -> None:
    found = []
    for name in ("together", "one by one"):
        path = lay_empty_database(tmp_path / f"{name}.db")
        store = sqlite_at(path)(clock, Ids(), Chance())
        counter = await opens_counter(store, cards=3, stamps_target=5)
        draw = random.Random(seed)
        asked = [some_act(draw, counter, number) for number in range(40)]
        if name == "together":
            told = await in_a_group(store, asked)
        else:
            told = [each for act in asked for each in await in_a_group(store, [act])]
        cards = [(await counter.history(card)).card for card in counter.cards]
        said = [(each.replayed, each.card) if isinstance(each, Posted) else type(each) for each in told]
        found.append((said, cards))
        assert await violations(store) == []
        await store.close()
    together, one_by_one = found
    assert together == one_by_one
    assert len({type(each) for each in together[0]}) > 1


async def test_file_that_is_closed_after_a_stamp_is_whole_without_a_journal(path: Path, clock: Clock) -> None:
    store = sqlite_at(path)(clock, Ids(), Chance())
    counter = await opens_counter(store)
    await store.write(stamp_card, counter.stamping("last"))
    await store.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_stamps_of_one_card_in_a_group_count_on(sqlite: SqliteDatabase) -> None:
    counter = await opens_counter(sqlite, cards=2)
    cards = [counter.cards[number % 3 % 2] for number in range(12)]
    asked = [(stamp_card, counter.stamping(f"{number}", card)) for number, card in enumerate(cards)]
    done = await in_a_group(sqlite, asked)
    counts = [each.card.stamp_count for each in done if isinstance(each, Posted)]
    assert counts == [1, 1, 2, 3, 2, 4, 5, 3, 6, 7, 4, 8]
    assert await violations(sqlite) == []


@pytest.mark.parametrize(
    ("limit", "refusal"),
    [("cooldown_minutes", CooldownActive), ("max_daily_stamps", DailyLimitReached)],
)
async def test_limits_are_checked_against_those_before_in_the_group(
    sqlite: SqliteDatabase, limit: str, refusal: type[Refusal]
) -> None:
    terms: dict[str, Any] = {limit: 1}
    counter = await opens_counter(sqlite, **terms)
    found = await in_a_group(sqlite, [(stamp_card, counter.stamping(f"{number}")) for number in range(4)])
    assert [type(each) for each in found] == [Posted, refusal, refusal, refusal]


async def test_key_that_is_used_twice_in_a_group_has_one_effect(sqlite: SqliteDatabase) -> None:
    """The second is answered as the first was, though a new one would come too soon."""
    counter = await opens_counter(sqlite, cards=2, cooldown_minutes=5)
    again, other = counter.stamping("again"), counter.stamping("again", counter.cards[1])
    first, second, third = await in_a_group(sqlite, [(stamp_card, each) for each in (again, again, other)])
    assert isinstance(first, Posted)
    assert isinstance(second, Posted)
    assert (first.replayed, second.replayed, type(third)) == (False, True, OperationKeyReused)
    assert await counter.stamp_count() == 1


@pytest.mark.parametrize("cooldown_minutes", [0, 5], ids=["may be given again", "would come too soon"])
async def test_key_of_an_earlier_group_has_no_second_effect_and_the_others_theirs(
    sqlite: SqliteDatabase, cooldown_minutes: int
) -> None:
    counter = await opens_counter(sqlite, cards=3, cooldown_minutes=cooldown_minutes)
    again, reused = counter.stamping("again"), counter.stamping("again", counter.cards[1])
    await sqlite.write(stamp_card, again)
    asked = [
        counter.stamping("one", counter.cards[1]),
        again,
        reused,
        counter.stamping("two", counter.cards[2]),
    ]
    found = await in_a_group(sqlite, [(stamp_card, each) for each in asked])
    replayed = [each.replayed if isinstance(each, Posted) else type(each) for each in found]
    assert replayed == [False, True, OperationKeyReused, False]
    assert [await counter.stamp_count(card) for card in counter.cards] == [1, 1, 1]
    assert await violations(sqlite) == []


async def test_pin_that_holds_for_longer_is_known_to_the_next_act(
    sqlite: SqliteDatabase, clock: Clock
) -> None:
    counter = await opens_counter(sqlite)
    paul = counter.paul
    later = clock() + timedelta(minutes=5)

    def types_and_stamps(tx: Tx) -> datetime | None:
        staff = tx.counter(paul, None).staff
        assert staff is not None
        tx.save_pin_session(staff, paul.account, PinSession(verified_at=clock()))
        tx.save_pin_window(staff, paul.account, later)
        return tx.counter(paul, counter.lea).pin_session.verified_at

    assert await do(sqlite, types_and_stamps) == later


async def test_what_cannot_be_written_in_the_end_takes_back_only_its_own_command(
    sqlite: SqliteDatabase,
) -> None:
    """The number of a message is larger than a column holds, which only its statement notices."""
    counter = await opens_counter(sqlite, cards=4)
    asked = [(stamp_card, counter.stamping(f"{number}", card)) for number, card in enumerate(counter.cards)]
    asked[1] = stamp_card, replace(asked[1][1], origin=replace(counter.origin, message_id=2**70))
    results = await in_a_group(sqlite, asked)
    assert [type(each) for each in results] == [Posted, OverflowError, Posted, Posted]
    assert [await counter.stamp_count(card) for card in counter.cards] == [1, 0, 1, 1]
    assert await violations(sqlite) == []


async def test_disk_that_is_full_in_the_end_takes_back_the_whole_group_and_tells_all(
    sqlite: SqliteDatabase,
) -> None:
    """Of commands that all ran well nothing is there; asked again by the same keys, each has its effect once."""
    counter = await opens_counter(sqlite, cards=8)

    async def all_at_once(number: int) -> list[Posted | BaseException]:
        asked = [counter.stamping(f"{number} {card}", card) for card in counter.cards]
        return await asyncio.gather(
            *(sqlite.write(stamp_card, each) for each in asked), return_exceptions=True
        )

    def pages_max(tx: Tx, count: int) -> None:
        assert isinstance(tx, SqliteTx)
        tx.session.one(text(f"PRAGMA max_page_count={count}"))

    await do(sqlite, lambda tx: pages_max(tx, 1))
    done, told = 0, await all_at_once(0)
    while all(isinstance(each, Posted) for each in told):
        done, told = done + 1, await all_at_once(done + 1)
    carried_out = [isinstance(each, Posted) for each in told]
    assert {type(each) for each in told} <= {Posted, DatabaseUnavailable}
    assert [await counter.stamp_count(card) for card in counter.cards] == [
        done + each for each in carried_out
    ]
    await do(sqlite, lambda tx: pages_max(tx, 1_000_000))
    again = await all_at_once(done)
    assert [each.replayed for each in again if isinstance(each, Posted)] == carried_out
    assert await violations(sqlite) == []


@pytest.fixture
async def session(path: Path, clock: Clock) -> AsyncIterator[SqliteSession]:
    """In the middle of a transaction of the writer, where there is a shop."""
    store = sqlite_at(path)(clock, Ids(), Chance())
    await opens_counter(store)
    await store.close()
    engine = sync_engine(path)
    with closing(engine.connect()) as connection:
        found = SqliteSession(connection)
        found.driver.execute("BEGIN IMMEDIATE")
        found.begins(defers=True)
        yield found
    engine.dispose()


TO_LEA = {"merchant_id": "m", "message_id": "1", "bot_id": 42}
MESSAGE = {**TO_LEA, "user_id": 7, "kind": "receipt", "facts": "{}", "created_at": 0}
DELIVERY = {
    **TO_LEA,
    "channel": "telegram",
    "address": "7",
    "is_marketing": 0,
    "due_at": 0,
    "attempts": 0,
    "is_unreported": 0,
}
UPDATE = {
    "bot_id": 42,
    "update_id": 1,
    "person_key": 7,
    "payload": "",
    "attempts": 0,
    "received_at": 0,
    **dict.fromkeys(("done_at", "failed_at", "error", "reported_at", "owner")),
}
ADD_DELIVERY = insert(tables.deliveries).values({name: bindparam(name) for name in DELIVERY})


def test_statement_that_is_deferred_writes_nothing_yet(session: SqliteSession) -> None:
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    assert (session.has_written, session.driver.total_changes) == (True, 0)
    session.deferred.flush()
    assert session.driver.total_changes == 1


def test_who_reads_a_table_sees_what_was_deferred_in_it(session: SqliteSession) -> None:
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    assert session.one(select(func.count()).select_from(tables.outbox)) == (1,)


def test_who_reads_a_table_in_a_part_of_a_statement_sees_what_was_deferred_in_it(
    session: SqliteSession,
) -> None:
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    another = tables.outbox.alias("another")
    found = select(literal_column("1", Integer)).where(exists(select(another.c.message_id)))
    assert session.one(found) == (1,)


def test_row_is_there_for_what_refers_to_it(session: SqliteSession) -> None:
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    assert session.run(ADD_DELIVERY, DELIVERY) == 1


def test_row_that_one_statement_writes_after_the_other_is_left_as_the_last_wrote_it(
    session: SqliteSession,
) -> None:
    row = rows.card_row(
        empty_card(
            merchant_id=MerchantId("m"),
            card_id=CardId("m card 0000"),
            customer_id=CustomerId(""),
            program_id=ProgramId(""),
            number=CardNumber(""),
            now=Clock()(),
        )
    )
    for number, statement in enumerate((ledger.UPDATE_BALANCES, ledger.UPDATE_HELD, ledger.UPDATE_BALANCES)):
        session.run(statement, row, carried_price_minor=number)
    assert session.one(select(tables.cards.c.carried_price_minor)) == (2,)


def test_statement_that_is_not_deferred_comes_after_one_that_is(session: SqliteSession) -> None:
    session.run(inbox.INSERT_UPDATE, UPDATE)
    session.run(inbox.UPDATE_DONE, bot_id=42, update_id=1, done_at=5)
    session.run(inbox.UPDATE_FAILED, bot_id=42, update_id=1, failed_at=6, error="late")
    session.deferred.flush()
    row = session.one(select(tables.inbox.c.done_at, tables.inbox.c.failed_at, tables.inbox.c.attempts))
    assert row == (5, 6, 1)


def test_what_has_nothing_to_do_with_it_does_not_end_the_wait(session: SqliteSession) -> None:
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    session.run(inbox.INSERT_UPDATE, UPDATE)
    assert session.driver.total_changes == 1


def test_nothing_is_deferred_from_one_transaction_to_the_next(session: SqliteSession) -> None:
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    session.driver.execute("ROLLBACK")
    session.driver.execute("BEGIN IMMEDIATE")
    session.begins()
    session.deferred.flush()
    assert session.run(outbox.INSERT_MESSAGE, MESSAGE) == 1
    assert session.driver.total_changes == 1


SHOP = select(tables.merchants.c.name).where(tables.merchants.c.merchant_id == bindparam("key", type_=Text()))


def test_what_was_presumed_is_looked_at_in_the_end(session: SqliteSession) -> None:
    assert session.presumes_none(SHOP, key="nobody's")
    session.confirm()
    assert session.presumes_none(SHOP, key="m")
    with pytest.raises(MustRunAgain):
        session.confirm()
    session.confirm()


def test_what_was_presumed_first_is_looked_at_before_more_is(session: SqliteSession) -> None:
    session.presumes_none(SHOP, key="m")
    with pytest.raises(MustRunAgain):
        session.presumes_none(SHOP, key="nobody's")


def test_what_was_presumed_is_looked_for_in_what_is_deferred(session: SqliteSession) -> None:
    session.presumes_none(select(tables.outbox.c.message_id))
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    with pytest.raises(MustRunAgain):
        session.confirm()


def test_row_that_is_added_shows_what_was_presumed_of_its_key_alone(session: SqliteSession) -> None:
    session.presumes_none(SHOP, key="m")
    session.adds("another")
    with pytest.raises(MustRunAgain):
        session.confirm()
    session.presumes_none(SHOP, key="m")
    session.adds("m")
    session.confirm()


def test_nothing_is_presumed_where_each_command_runs_apart(session: SqliteSession) -> None:
    session.begins()
    assert not session.presumes_none(SHOP, key="nobody's")


def test_deferred_statement_that_fails_has_all_run_again(session: SqliteSession) -> None:
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    session.run(outbox.INSERT_MESSAGE, MESSAGE)
    with pytest.raises(MustRunAgain):
        session.deferred.flush()


def test_every_deferred_statement_has_the_parameters_by_which_it_is_asked_for() -> None:
    for statement, asked_by in UNAWAITED.items():
        assert {*asked_by} <= {*compiled_for[statement].names}
