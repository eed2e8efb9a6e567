"""What stands in the inbox once its work is done."""

import sqlite3
from contextlib import closing
from pathlib import Path

from domain.ids import UpdateId
from domain.plumbing.inbox import UpdateRef, finish_updates, receive_updates
from domain.update import ReceivedUpdate
from storage.sqlite.database import SqliteDatabase
from tests.support.async_shop import BOT


async def test_what_a_person_wrote_is_dropped_when_it_is_done(path: Path, sqlite: SqliteDatabase) -> None:
    updates = [
        ReceivedUpdate(bot_id=BOT, update_id=UpdateId(number), person_key=5, payload=f"update {number}")
        for number in (1, 2)
    ]
    await sqlite.write(receive_updates, updates)
    await sqlite.write(finish_updates, [UpdateRef(bot_id=BOT, update_id=UpdateId(1))])
    with closing(sqlite3.connect(path)) as file:
        kept = file.execute("SELECT update_id, payload FROM inbox ORDER BY update_id").fetchall()
    assert kept == [(1, None), (2, "update 2")]
