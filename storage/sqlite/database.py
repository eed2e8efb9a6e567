"""The store over one SQLite file."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import text

from domain import ports
from domain.card import Card, Customer
from domain.delivery import ALWAYS_ON, ChannelKind
from domain.entry import Entry
from domain.history import CardHistory, CardLine, LedgerLine
from domain.ids import CardNumber, MerchantId
from domain.ports import Command, InputT, Query, ResultT
from domain.steps import Trace, untraced
from storage import streams
from storage.sqlite.backup import copy_database, damage_in
from storage.sqlite.engine import async_engine, sync_engine
from storage.sqlite.readers import Readers
from storage.sqlite.wiping import wipe
from storage.sqlite.writer import Writer
from storage.tx import Tx

_TOUCH = text("PRAGMA user_version = 0")
"""Is written even where it is 0 already; nothing reads it."""


class SqliteDatabase:
    """Implements ``domain.ports.Store``. Made inside a running event loop, on a migrated database."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind] = ALWAYS_ON,
        trace: Trace = untraced,
    ) -> None:
        self._path = path
        self._wakes: list[Callable[[], None]] = []
        self._told_of_failures: list[Callable[[str], None]] = []
        self._write_engine = sync_engine(path)
        self._read_engine = sync_engine(path, read_only=True)
        self._scan_engine = async_engine(path)
        self._writer = Writer(
            self._write_engine,
            clock=clock,
            new_id=new_id,
            chance_below=chance_below,
            channels_on=channels_on,
            on_enqueued=self._wake,
            on_failure=self._tell_of_failure,
            trace=trace,
        )
        self._readers = Readers(self._read_engine, clock=clock, new_id=new_id, chance_below=chance_below)

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        result: ResultT = await self._writer.run(lambda tx: usecase(tx=tx, command=command))
        return result

    async def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        result: ResultT = await self._readers.run(lambda tx: usecase(tx=tx, query=query))
        return result

    async def glance(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        result: ResultT = self._readers.look(lambda tx: usecase(tx=tx, query=query))
        return result

    def on_enqueued(self, wake: Callable[[], None]) -> None:
        self._wakes.append(wake)

    def on_failure(self, tell: Callable[[str], None]) -> None:
        self._told_of_failures.append(tell)

    async def prove_writable(self) -> None:
        await self._writer.run(_touch)

    def hurry(self) -> None:
        self._writer.hurry()

    def ledger(self, merchant_id: MerchantId, number: CardNumber | None) -> AsyncIterator[LedgerLine]:
        return streams.ledger(self._scan_engine, merchant_id, number)

    def cards(self, merchant_id: MerchantId) -> AsyncIterator[CardLine]:
        return streams.cards(self._scan_engine, merchant_id)

    def entries_by_card(
        self, merchant_id: MerchantId, since: date, until: date
    ) -> AsyncIterator[Sequence[Entry]]:
        return streams.entries_by_card(self._scan_engine, merchant_id, since, until)

    def entries_in_order(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Entry, CardNumber]]]:
        return streams.entries_in_order(self._scan_engine, merchant_id)

    def cards_held(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Card, Customer]]]:
        return streams.cards_held(self._scan_engine, merchant_id)

    def histories(self) -> AsyncIterator[CardHistory]:
        return streams.histories(self._scan_engine)

    async def damage(self) -> Sequence[str]:
        found = await asyncio.to_thread(damage_in, self._path)
        return [*found, *[each async for each in streams.unreadable(self._scan_engine)]]

    async def size_bytes(self) -> int:
        """With what was committed and is not in the main file yet."""
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    async def wipe(self, *, thoroughly: bool) -> bool:
        return await asyncio.to_thread(wipe, self._path, thoroughly=thoroughly)

    async def backup(self, path: Path) -> None:
        await asyncio.to_thread(copy_database, self._path, path)

    async def close(self) -> None:
        await self._writer.close()
        self._readers.close()
        await self._scan_engine.dispose()
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _wake(self) -> None:
        """Each by itself: one that fails keeps no other from being called."""
        for wake in self._wakes:
            asyncio.get_running_loop().call_soon(wake)

    def _tell_of_failure(self) -> None:
        for tell in self._told_of_failures:
            tell("writer of the database")


def _touch(tx: ports.Tx) -> None:
    assert isinstance(tx, Tx)
    tx.session.run(_TOUCH)
