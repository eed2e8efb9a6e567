"""The readers: a connection that is lost is not asked again."""

import asyncio
from typing import Any

import pytest

from domain.ids import BotId
from domain.ports import DatabaseUnavailable, Tx
from storage.sqlite.database import SqliteDatabase
from storage.tx import Tx as SqliteTx
from tests.support.patience import PATIENCE_S


def closes_its_connection(*, tx: Tx, query: None) -> None:
    assert isinstance(tx, SqliteTx)
    tx.session._cursor.connection.close()  # type: ignore[attr-defined]
    tx.count_updates(BotId(1))


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


async def test_query_that_runs_out_of_an_iterator_leaves_nobody_waiting(sqlite: SqliteDatabase) -> None:
    def runs_out(*, tx: Tx, query: None) -> int:
        return next(iter(()))

    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(RuntimeError, match="ran out of an iterator"):
            await sqlite.read(runs_out, None)
