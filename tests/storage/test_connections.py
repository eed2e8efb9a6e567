"""How the file is opened: what is committed stays, and nobody waits for who reads."""

from sqlalchemy import text

from domain.ids import MerchantId
from domain.ports import Tx
from domain.usecases.stamp_card import stamp_card
from storage.sqlite.database import SqliteDatabase
from storage.tx import Tx as SqliteTx
from tests.support.async_shop import do, look, opens_counter
from tests.support.gate import held_writer

FULL = 2
"""https://www.sqlite.org/pragma.html#pragma_synchronous"""


def entry_count(tx: Tx) -> int:

    assert isinstance(tx, SqliteTx)
    row = tx.session.one(text("SELECT count(*) FROM entries"))
    assert row is not None
    return int(row[0])


async def test_commit_returns_only_when_it_outlasts_a_loss_of_power(sqlite: SqliteDatabase) -> None:
    def synchronous(tx: Tx) -> object:
        assert isinstance(tx, SqliteTx)
        return tx.session.one(text("PRAGMA synchronous"))

    assert await do(sqlite, synchronous) == (FULL,)


async def test_long_read_holds_up_no_commit_and_goes_on_with_what_was_there_when_it_began(
    sqlite: SqliteDatabase,
) -> None:
    counter = await opens_counter(sqlite)
    for number in range(3):
        await sqlite.write(stamp_card, counter.stamping(f"before {number}"))
    lines = sqlite.ledger(MerchantId("m"), None)
    await anext(lines)
    await sqlite.write(stamp_card, counter.stamping("meanwhile"))
    assert len([line async for line in lines]) == 2
    assert await counter.stamp_count() == 4


async def test_read_goes_past_an_open_transaction_and_sees_what_was_committed_before(
    sqlite: SqliteDatabase,
) -> None:
    counter = await opens_counter(sqlite)
    command = counter.stamping("not yet committed")
    async with held_writer(sqlite, before=lambda tx: stamp_card(tx=tx, command=command)):
        assert await look(sqlite, entry_count) == 0
    assert await look(sqlite, entry_count) == 1
