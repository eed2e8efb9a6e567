"""The store over one PostgreSQL database."""

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
from storage.postgres.backup import copy_database
from storage.postgres.engine import async_engine
from storage.postgres.readers import Readers
from storage.postgres.together import TOGETHER, Together
from storage.postgres.wiping import damage_in, size_of, wipe
from storage.postgres.writer import Writer
from storage.tx import Tx

_TOUCH = text("UPDATE alembic_version SET version_num = version_num")


class PostgresDatabase:
    """Implements ``domain.ports.Store``. Made inside a running event loop, on a migrated database."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind] = ALWAYS_ON,
        trace: Trace = untraced,
    ) -> None:
        self._url = url
        self._wakes: list[Callable[[], None]] = []
        self._told_of_failures: list[Callable[[str], None]] = []
        self._scan_engine = async_engine(url)
        self._writer = Writer(
            url,
            clock=clock,
            new_id=new_id,
            chance_below=chance_below,
            channels_on=channels_on,
            on_enqueued=self._wake,
            on_failure=self._tell_of_failure,
            trace=trace,
        )
        self._together = Together(
            url,
            self._writer,
            clock=clock,
            new_id=new_id,
            chance_below=chance_below,
            channels_on=channels_on,
            trace=trace,
        )
        self._readers = Readers(url, clock=clock, new_id=new_id, chance_below=chance_below)

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        put = self._together.put if usecase in TOGETHER else None
        result: ResultT = await self._writer.run(lambda tx: usecase(tx=tx, command=command), put)
        return result

    async def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        result: ResultT = await self._readers.run(lambda tx: usecase(tx=tx, query=query))
        return result

    async def glance(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        """In a thread all the same: the server may be far away."""
        return await self.read(usecase, query)

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
        found = await asyncio.to_thread(damage_in, self._url)
        return [*found, *[each async for each in streams.unreadable(self._scan_engine)]]

    async def size_bytes(self) -> int:
        return await asyncio.to_thread(size_of, self._url)

    async def wipe(self, *, thoroughly: bool) -> bool:
        return await asyncio.to_thread(wipe, self._url, thoroughly=thoroughly)

    async def backup(self, path: Path) -> None:
        await asyncio.to_thread(copy_database, self._url, path)

    async def close(self) -> None:
        await self._writer.close(self._together.close)
        await asyncio.to_thread(self._readers.close)
        await self._scan_engine.dispose()

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
