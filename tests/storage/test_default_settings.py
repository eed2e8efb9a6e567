"""Why the store is as it is: SQLAlchemy over aiosqlite, as it comes, lets everybody through at once."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.refusals import NotEnoughStamps
from domain.usecases.redeem_reward import redeem_reward
from storage.sqlite.database import SqliteDatabase
from storage.tables import cards
from tests.support.async_shop import opens_counter, outcomes

AT_ONCE = 4
TARGET = 10


@dataclass
class Till:
    """Reads the balance, compares, and takes the stamps: three statements in what looks like a transaction."""

    engine: AsyncEngine
    has_read: asyncio.Barrier

    async def redeems(self, card_id: str) -> bool:
        async with self.engine.connect() as connection, connection.begin():
            statement = select(cards.c.stamp_count).where(cards.c.card_id == card_id)
            have = (await connection.execute(statement)).scalar_one()
            await self.has_read.wait()
            if have < TARGET:
                return False
            taken = update(cards).where(cards.c.card_id == card_id).values(stamp_count=have - TARGET)
            await connection.execute(taken)
            return True


async def test_default_settings_lose_the_race(path: Path, sqlite: SqliteDatabase) -> None:
    """The driver begins a transaction only before the first change, so that all have read one balance by then."""
    counter = await opens_counter(sqlite, stamps_target=TARGET)
    await counter.stamps(TARGET)
    engine = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)))
    till = Till(engine, asyncio.Barrier(AT_ONCE))
    succeeded = await asyncio.gather(*(till.redeems(counter.lea.value) for _ in range(AT_ONCE)))
    await engine.dispose()
    assert succeeded == [True] * AT_ONCE, "all were given the one reward"


async def test_this_store_gives_one_reward_once(sqlite: SqliteDatabase) -> None:
    counter = await opens_counter(sqlite, stamps_target=TARGET)
    await counter.stamps(TARGET)
    done, refused = await outcomes(
        sqlite.write(redeem_reward, counter.redeeming(f"{number}")) for number in range(AT_ONCE)
    )
    assert len(done) == 1
    assert {type(refusal) for refusal in refused} == {NotEnoughStamps}
