"""Scenarios over a real file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from domain.ids import CardId, StoreId
from domain.ports import Database
from storage.sqlite.database import SqliteDatabase
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import Running


class OnSqlite(Running):
    """The file at ``path``, which has its schema already."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        super().__init__(clock, self._store_at)

    def switch_off_card(self, card_id: CardId) -> None:
        self._execute("UPDATE cards SET active = 0 WHERE card_id = ?", card_id)

    def switch_off_store(self, store_id: StoreId) -> None:
        self._execute("UPDATE stores SET active = 0 WHERE store_id = ?", store_id)

    def _store_at(self, clock: Clock, ids: Ids, chance: Chance) -> Database:
        return SqliteDatabase(self._path, clock=clock, new_id=ids, chance_below=chance)

    def _execute(self, sql: str, *parameters: str) -> None:
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute(sql, parameters)
