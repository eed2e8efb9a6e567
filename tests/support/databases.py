"""A database as scenarios see it: use cases run one after the other, without a word about event loops.

Whoever adds a store opens it with ``Running``, and every scenario runs over it as well.
"""

import asyncio
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

from domain.history import CardHistory
from domain.ids import CardId, StoreId
from domain.ports import Command, Database, InputT, Query, ResultT, Tx
from storage.sqlite.migrate import migrate
from tests.support.clock import MONDAY_MORNING, Chance, Clock, Ids
from tests.support.memory import MemoryStore


def lay_empty_database(path: Path) -> Path:
    """Puts a SQLite file at the present schema there; one that is there already stays."""
    if not path.exists():
        path.write_bytes(_migrated())
    return path


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stempel.db"
        migrate(path, MONDAY_MORNING)
        return path.read_bytes()


class SyncDatabase(Protocol):
    """The two switches are levers that no use case moves yet."""

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT: ...
    def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT: ...
    def histories(self) -> list[CardHistory]: ...
    def switch_off_card(self, card_id: CardId) -> None: ...
    def switch_off_store(self, store_id: StoreId) -> None: ...
    def reopen(self) -> None:
        """As after a restart."""

    def close(self) -> None: ...


def do(database: SyncDatabase, what: Callable[[Tx], ResultT]) -> ResultT:
    """Any change, without a use case of its own: ``do(database, lambda tx: tx.add_store(...))``."""

    def usecase(*, tx: Tx, command: None) -> ResultT:
        return what(tx)

    return database.write(usecase, None)


def look(database: SyncDatabase, at: Callable[[Tx], ResultT]) -> ResultT:
    """Whatever is only read."""

    def usecase(*, tx: Tx, query: None) -> ResultT:
        return at(tx)

    return database.read(usecase, None)


class InMemory:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ids = Ids()
        self._store = MemoryStore(clock=clock, new_id=self.ids, chance_below=Chance())

    def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        return self._store.write_now(usecase, command)

    def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        return self._store.read_now(usecase, query)

    def histories(self) -> list[CardHistory]:
        return self._store.histories_now()

    def switch_off_card(self, card_id: CardId) -> None:
        self._store.switch_off_card(card_id)

    def switch_off_store(self, store_id: StoreId) -> None:
        self._store.switch_off_store(store_id)

    def reopen(self) -> None:
        """There is nothing to reopen."""

    def close(self) -> None:
        """There is nothing to give back."""


class Running:
    """Any store, on an event loop of its own that runs only while something is asked of it."""

    def __init__(self, clock: Clock, open_database: Callable[[Clock, Ids, Chance], Database]) -> None:
        self.clock = clock
        self.ids = Ids()
        self._chance = Chance()
        self._open_store = open_database
        self._runner = asyncio.Runner()
        self._run = self._runner.get_loop().run_until_complete
        self._store: Database = self._run(self._open())

    def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        result: ResultT = self._run(self._write(usecase, command))
        return result

    def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        result: ResultT = self._run(self._read(usecase, query))
        return result

    def histories(self) -> list[CardHistory]:
        found: list[CardHistory] = self._run(self._histories())
        return found

    def reopen(self) -> None:
        self._run(self._store.close())
        self._store = self._run(self._open())

    def close(self) -> None:
        self._run(self._store.close())
        self._runner.close()

    async def _open(self) -> Database:
        return self._open_store(self.clock, self.ids, self._chance)

    async def _write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        return await self._store.write(usecase, command)

    async def _read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        return await self._store.read(usecase, query)

    async def _histories(self) -> list[CardHistory]:
        return [history async for history in self._store.histories()]
