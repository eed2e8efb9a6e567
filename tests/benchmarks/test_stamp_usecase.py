"""The reference of the benchmark does the same work: what it writes is what the use case writes."""

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.kit.clock import chance_below, new_id, system_clock
from storage.sqlite.database import SqliteDatabase
from tests.benchmarks.stamp_usecase import RawStamps, stamps_per_second
from tests.benchmarks.town import build_town
from tests.support.async_shop import violations
from tests.support.databases import lay_empty_database

OWN = {
    *("entry_id", "entry_no", "stamps_balance_after", "operation_key", "occurred_at"),
    *("message_id", "user_id", "address", "created_at", "due_at"),
}
"""What is each row's own, and whom the receipt is for: the reference does not look that up."""


def newest(path: Path, table: str, by: str) -> list[dict[str, Any]]:
    """The last two rows of a table, without what is each one's own."""
    with closing(sqlite3.connect(path)) as file:
        file.row_factory = sqlite3.Row
        rows = file.execute(f"SELECT * FROM {table} ORDER BY {by} DESC LIMIT 2").fetchall()
    return [{name: value for name, value in dict(row).items() if name not in OWN} for row in rows]


@pytest.mark.parametrize(
    ("table", "by"),
    [("entries", "occurred_at"), ("outbox", "created_at"), ("deliveries", "due_at")],
    ids=["entry", "receipt", "delivery"],
)
async def test_reference_writes_what_the_use_case_writes(table: str, by: str, tmp_path: Path) -> None:
    path, keys = lay_empty_database(tmp_path / "stempel.db"), count()
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await build_town(store, staff=1, customers=1)
    await stamps_per_second(store, town, 1, keys, stamps=1)
    raw = RawStamps(path, town)
    raw.stamps_per_second(keys, stamps=1)
    raw.close()
    of_reference, of_use_case = newest(path, table, by)
    assert of_reference == of_use_case
    assert await violations(store) == []
    await store.close()
