"""How the file is opened: what is committed stays, and nobody waits for who reads."""

from pathlib import Path

import pytest
from sqlalchemy import text

from domain.ports import DatabaseUnavailable, Tx
from domain.usecases.stamp_card import stamp_card
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.engine import BUSY_TIMEOUT_MS
from storage.sqlite.scans import open_scan
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


async def test_scan_is_set_up_as_a_reader_is(path: Path) -> None:
    asked = {"query_only": 1, "synchronous": FULL, "busy_timeout": BUSY_TIMEOUT_MS, "foreign_keys": 1}
    async with open_scan(path) as scan:
        found = {name: await scan.all(text(f"PRAGMA {name}")) for name in asked}
        with pytest.raises(DatabaseUnavailable, match="readonly"):
            await scan.all(text("DELETE FROM entries"))
    assert found == {name: [(value,)] for name, value in asked.items()}


async def test_read_goes_past_an_open_transaction_and_sees_what_was_committed_before(
    sqlite: SqliteDatabase,
) -> None:
    counter = await opens_counter(sqlite)
    command = counter.stamping("not yet committed")
    async with held_writer(sqlite, before=lambda tx: stamp_card(tx=tx, command=command)):
        assert await look(sqlite, entry_count) == 0
    assert await look(sqlite, entry_count) == 1
