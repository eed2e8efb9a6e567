"""A database for tests without an event loop: use cases run one after the other."""

import asyncio
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Update, update

from domain.history import CardHistory
from domain.ids import CardId, StoreId
from domain.invariants import Violation, check
from domain.ports import Command, Database, InputT, Query, ResultT, Tx
from storage import tables
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.engine import sync_engine
from storage.sqlite.migrate import altering, migrate
from tests.support.clock import MONDAY_MORNING, Chance, Clock, Ids
from tests.support.commands import changing, seeing
from tests.support.run import once


def lay_empty_database(path: Path) -> Path:
    """Writes an empty SQLite file at the present schema, unless there is a file already."""
    if not path.exists():
        path.write_bytes(_migrated())
    return path


@cache
def empty_database() -> sqlite3.Connection:
    """An empty database at the present schema, in memory, to be copied."""
    connection = sqlite3.connect(":memory:")
    with tempfile.TemporaryDirectory() as folder:
        path = lay_empty_database(Path(folder) / "stempel.db")
        with closing(sqlite3.connect(path)) as file:
            file.backup(connection)
    return connection


@cache
def _migrated() -> bytes:
    return once("migrated.db", _migrate)


def _migrate() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stempel.db"
        migrate(path, MONDAY_MORNING)
        return path.read_bytes()


class SyncDatabase(ABC):
    """Runs use cases; switches a card or a store off by hand, which no use case does; changes rows."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ids = Ids()
        self.chance = Chance()

    @abstractmethod
    def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT: ...

    @abstractmethod
    def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT: ...

    @abstractmethod
    def histories(self) -> list[CardHistory]: ...

    @abstractmethod
    def reopen(self) -> None:
        """Closes and opens the database, as a restart does."""

    @abstractmethod
    def close(self) -> None: ...

    def violations(self) -> list[Violation]:
        """What breaks an invariant. There must be a card to look at."""
        histories = self.histories()
        assert histories
        return [found for history in histories for found in check(history)]

    def switch_off_card(self, card_id: CardId) -> None:
        self.alter(update(tables.cards).where(tables.cards.c.card_id == card_id).values(active=0))

    def switch_off_store(self, store_id: StoreId) -> None:
        self.alter(update(tables.stores).where(tables.stores.c.store_id == store_id).values(active=0))

    def alter(self, statement: Update) -> None:
        """Runs a statement that must change at least one row."""
        assert do(self, lambda tx: cast(Any, tx).session.run(statement)) > 0


def do(database: SyncDatabase, what: Callable[[Tx], ResultT]) -> ResultT:
    """``do(database, lambda tx: tx.add_store(...))``."""
    return database.write(changing(what), None)


def look(database: SyncDatabase, at: Callable[[Tx], ResultT]) -> ResultT:
    return database.read(seeing(at), None)


Opener = Callable[[Clock, Ids, Chance], Database]
Edits = Callable[..., None]
"""Changes that no use case makes: ``edits("UPDATE cards SET active = ?", 0)``."""


def sqlite_at(path: Path) -> Opener:
    """Opens a file that has its schema already, as the bot does."""
    return lambda clock, ids, chance: SqliteDatabase(path, clock=clock, new_id=ids, chance_below=chance)


def edits_file(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(sql, values)


class Running(SyncDatabase):
    """Any database with its threads, on an event loop of its own that runs only while something is asked of it."""

    def __init__(self, clock: Clock, opener: Opener) -> None:
        super().__init__(clock)
        self._opener = opener
        self._runner = asyncio.Runner()
        self.run = self._runner.get_loop().run_until_complete
        self.store = self.run(self._open())

    def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        result: ResultT = self.run(self.store.write(usecase, command))
        return result

    def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        result: ResultT = self.run(self.store.read(usecase, query))
        return result

    def histories(self) -> list[CardHistory]:
        return self.run(self._histories())

    def reopen(self) -> None:
        self.run(self.store.close())
        self.store = self.run(self._open())

    def close(self) -> None:
        self.run(self.store.close())
        self._runner.close()

    async def _open(self) -> Database:
        return self._opener(self.clock, self.ids, self.chance)

    async def _histories(self) -> list[CardHistory]:
        return [history async for history in self.store.histories()]


def changes(path: Path, change: Callable[[Connection, str], None], revision: str) -> None:
    """Takes a file up or down to a revision."""
    path.touch()
    engine = sync_engine(path)
    with altering(engine) as connection:
        change(connection, revision)
    engine.dispose()


def rows(path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query, values).fetchall()
