"""The store over one SQLite file."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from os.path import samestat
from pathlib import Path

from sqlalchemy import text

from domain import ports
from domain.delivery import ALWAYS_ON, ChannelKind
from domain.ports import Command, DatabaseUnavailable, InputT, Query, ResultT
from domain.steps import Trace, untraced
from storage.sqlite.backup import damage_in, write_copy
from storage.sqlite.checkpoints import Checkpoints
from storage.sqlite.engine import APPLICATION_ID, sync_engine
from storage.sqlite.files import remove_kept
from storage.sqlite.readers import Readers
from storage.sqlite.scans import open_scan
from storage.sqlite.wiping import wipe
from storage.sqlite.writer import Writer
from storage.store import StoreBase
from storage.tx import Tx

_TOUCH = text(f"PRAGMA application_id = {APPLICATION_ID}")
"""SQLite writes the number even if it is the same already."""


class SqliteDatabase(StoreBase):
    """Implements ``domain.ports.Store``. Made inside a running event loop, on a migrated database. ``aside`` is
    called in each thread that works beside all others, without the interpreter's lock."""

    glanced_at_once = 64
    """So many take some 2 ms of the event loop."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind] = ALWAYS_ON,
        trace: Trace = untraced,
        aside: Callable[[], object] = lambda: None,
    ) -> None:
        self._path = path
        self._opened = path.stat()
        self._write_engine = sync_engine(path)
        self._read_engine = sync_engine(path, read_only=True)
        super().__init__(partial(open_scan, path))
        parts = self._parts(clock, new_id, chance_below, channels_on, trace)
        self._checkpoints = Checkpoints(path, aside)
        self._writer = Writer(self._write_engine, parts, self._checkpoints.committed)
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

    async def prove_writable(self) -> None:
        """Also raises DatabaseUnavailable where the file was moved, removed or replaced: what is then written into
        the open file is lost with the process."""
        if not self._is_in_place():
            raise DatabaseUnavailable(
                f"{self._path} is no longer the file that was opened: somebody has moved, removed or replaced it. End"
                " the bot, put the file back or restore a copy, and start it again"
            )
        await self._writer.run(_touch)

    def hurry(self) -> None:
        self._writer.hurry()

    async def size_bytes(self) -> int:
        """With the WAL, which holds what was committed and is not in the main file yet."""
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    async def wipe(self, *, thoroughly: bool) -> bool:
        return await asyncio.to_thread(wipe, self._path, thoroughly=thoroughly)

    async def backup(self, path: Path) -> None:
        await asyncio.to_thread(write_copy, self._path, path)

    async def remove_kept(self, before: datetime) -> int:
        return await asyncio.to_thread(remove_kept, self._path, before)

    async def close(self) -> None:
        await self._writer.close()
        await asyncio.to_thread(self._checkpoints.close)
        self._readers.close()
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _is_in_place(self) -> bool:
        return self._path.exists() and samestat(self._path.stat(), self._opened)

    def _damaged_pages(self) -> Sequence[str]:
        return damage_in(self._path)


def _touch(tx: ports.Tx) -> None:
    assert isinstance(tx, Tx)
    tx.session.run(_TOUCH)
