"""The readers: a connection that is lost is not asked again."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.ids import BotId, MerchantId
from domain.ports import DatabaseUnavailable, Tx
from storage.sqlite.database import SqliteDatabase
from storage.tx import Tx as SqliteTx
from tests.support.clock import Chance, Clock, Ids
from tests.support.patience import PATIENCE_S


def closes_its_connection(*, tx: Tx, query: None) -> None:
    assert isinstance(tx, SqliteTx)
    tx.session._cursor.connection.close()  # type: ignore[attr-defined]
    tx.count_updates(BotId(1))


def files_beside(path: Path) -> Sequence[Path]:
    return [*path.parent.iterdir()]


def now(*, tx: Tx, query: None) -> object:
    return tx.now


@pytest.mark.parametrize("way", ["read", "glance"])
async def test_read_after_one_that_lost_its_connection_has_another(sqlite: SqliteDatabase, way: str) -> None:
    read: Any = getattr(sqlite, way)
    for _ in range(4):
        with pytest.raises(DatabaseUnavailable):
            await read(closes_its_connection, None)
        moments = await asyncio.gather(*(read(now, None) for _ in range(4)))
        assert None not in moments


async def test_nobody_makes_another_file_where_the_database_was_moved_away(path: Path, clock: Clock) -> None:
    """It would have what was written last and is still beside it, and nothing else: a copy of that would be called
    well made."""
    store = SqliteDatabase(path, clock=clock, new_id=Ids(), chance_below=Chance())
    try:
        await store.glance(now, None)
        shutil.move(path, path.with_name("aside.db"))
        with pytest.raises(DatabaseUnavailable):
            await store.glance(closes_its_connection, None)
        with pytest.raises(DatabaseUnavailable, match="unable to open database file"):
            await store.glance(now, None)
        with pytest.raises(DatabaseUnavailable, match="unable to open database file"):
            async for _ in store.cards_held(MerchantId("m")):
                pass
        assert not await store.wipe(thoroughly=True)
        with pytest.raises(OSError, match="unable to open database file"):
            await store.backup(path.with_name("copy.db"))
    finally:
        await store.close()
    assert path not in files_beside(path)


async def test_query_that_runs_out_of_an_iterator_leaves_nobody_waiting(sqlite: SqliteDatabase) -> None:
    def runs_out(*, tx: Tx, query: None) -> int:
        return next(iter(()))

    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(RuntimeError, match="ran out of an iterator"):
            await sqlite.read(runs_out, None)
