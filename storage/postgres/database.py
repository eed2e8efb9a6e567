"""The store over one PostgreSQL database."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import text

from domain import ports
from domain.crew import ALONE, Crew
from domain.delivery import ALWAYS_ON, ChannelKind
from domain.ids import BotId
from domain.ports import Command, InputT, Query, ResultT
from domain.steps import Trace, untraced
from storage.postgres.backup import copy_database
from storage.postgres.engine import IS_WRITABLE
from storage.postgres.presence import Presence
from storage.postgres.readers import Readers
from storage.postgres.scans import open_scan
from storage.postgres.together import Together
from storage.postgres.together_tx import TOGETHER
from storage.postgres.wiping import damage_in, size_of, wipe
from storage.postgres.writer import Writer
from storage.store import StoreBase
from storage.tx import Tx

_TOUCH = text(IS_WRITABLE)


class PostgresDatabase(StoreBase):
    """Implements ``domain.ports.Store``. Made inside a running event loop, on a migrated database."""

    glanced_at_once = 8
    """Fewer than on SQLite: each glance is a trip to the server, and four threads make theirs side by side."""

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
        self._new_id = new_id
        self._presence: Presence | None = None
        super().__init__(partial(open_scan, url))
        parts = self._parts(clock, new_id, chance_below, channels_on, trace, self._crew)
        self._writer = Writer(url, parts)
        self._together = Together(url, self._writer, parts)
        self._readers = Readers(url, clock=clock, new_id=new_id, chance_below=chance_below, crew=self._crew)

    @asynccontextmanager
    async def joined(
        self, bot_id: BotId, seconds: Callable[[], float] = time.monotonic
    ) -> AsyncIterator[Presence]:
        """This process is at work beside others until the block ends. Raises AlreadyInUse and psycopg.Error."""
        presence = Presence(self._url, bot_id, self._new_id, seconds)
        async with presence.at_work():
            self._presence = presence
            try:
                yield presence
            finally:
                self._presence = None

    def _crew(self) -> Crew:
        return ALONE if self._presence is None else self._presence.crew

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        put = self._together.put if usecase in TOGETHER else None
        result: ResultT = await self._writer.run(lambda tx: usecase(tx=tx, command=command), put)
        return result

    async def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        result: ResultT = await self._readers.run(lambda tx: usecase(tx=tx, query=query))
        return result

    async def glance(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        """In a thread, like ``read``: the server may be far away."""
        return await self.read(usecase, query)

    async def prove_writable(self) -> None:
        await self._writer.run(_touch)

    def hurry(self) -> None:
        self._writer.hurry()

    async def size_bytes(self) -> int:
        return await asyncio.to_thread(size_of, self._url)

    async def wipe(self, *, thoroughly: bool) -> bool:
        return await asyncio.to_thread(wipe, self._url, thoroughly=thoroughly)

    async def backup(self, path: Path) -> None:
        await asyncio.to_thread(copy_database, self._url, path)

    async def remove_kept(self, before: datetime) -> int:  # noqa: ARG002 - nothing is left there
        return 0

    async def close(self) -> None:
        await self._writer.close(self._together.close)
        await asyncio.to_thread(self._readers.close)

    def _damaged_pages(self) -> Sequence[str]:
        return damage_in(self._url)


def _touch(tx: ports.Tx) -> None:
    assert isinstance(tx, Tx)
    tx.session.run(_TOUCH)
