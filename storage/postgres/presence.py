"""Which processes are at work on the database, and when one counts as dead.

Each process has a row in ``instances``, beats there every second, and holds a lock in its session. A process without
a row is dead: anybody may take over what it had. A process that leaves deletes its row. The others delete the row of
one that they have watched for long without a new beat: a few seconds if its session, which ends with the process, is
gone as well; longer if the session is there, because the process or its network stands still. Each measures by its
own clock; no two clocks are compared.

A process that has not beaten for a moment begins nothing until it has (``is_sure``). One whose row is gone lets go of
all that it had and joins again under another id (docs/decisions/0071).
"""

import asyncio
import logging
import os
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import psycopg

from domain.crew import Crew, Mate, Peers
from domain.ids import BotId
from domain.quick import dataclass
from storage.base import said_of
from storage.instances import CHANNEL
from storage.postgres.engine import arguments, where
from storage.postgres.instance import BOTS, AlreadyInUse

logger = logging.getLogger(__name__)

BEATS_EVERY_S = 1.0
SURE_FOR_S = 2.0
"""How long a process is sure after a beat: for less than others wait before they take it for dead."""
GONE_AFTER_S = 3.0
"""A process is dead after so long without a beat and without its session: it may be reconnecting until then."""
STILL_AFTER_S = 15.0
"""A process is dead after so long without a beat while its session is there."""
CONNECTS_AGAIN_S = 0.5
SESSIONS = 1398886478
"""The first number of the locks that show whose session is there."""

_JOIN = """
    INSERT INTO instances (instance_id, bot_id, rank, name, beat, session_key, is_leaving)
    SELECT %s, %s, COALESCE(MAX(rank), 0) + 1, %s, 0, %s, 0 FROM instances
"""
_BEAT = "UPDATE instances SET beat = beat + 1 WHERE instance_id = %s"
_LOOK = """
    SELECT instance_id, bot_id, rank, name, is_leaving, beat, EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND classid = %s AND objid = session_key::bigint AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    FROM instances ORDER BY rank
"""
_BURY = "DELETE FROM instances WHERE instance_id = %s AND beat = %s"
_LEAVE = "UPDATE instances SET is_leaving = 1 WHERE instance_id = %s"
_FORGET = "DELETE FROM instances WHERE instance_id = %s"
_CALL_ALL = f"SELECT pg_notify('{CHANNEL}', '')"


@dataclass(frozen=True, slots=True)
class _Pulse:
    """The last beat of another process, and since when it has been the last, by our clock."""

    beat: int
    since_s: float


class Presence(Peers):
    """This process among the others. ``new_id`` makes its id each time that it joins; the clock ``seconds`` never
    goes back."""

    def __init__(
        self,
        url: str,
        bot_id: BotId,
        new_id: Callable[[], str],
        seconds: Callable[[], float],
    ) -> None:
        self._url = url
        self._bot_id = bot_id
        self._new_id = new_id
        self._seconds = seconds
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._me = ""
        self._crew = Crew()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._pulses: dict[str, _Pulse] = {}
        self._beaten_at_s = float("-inf")
        self._is_leaving = False
        self._calls: list[Callable[[], None]] = []
        self._tellings: list[Callable[[], None]] = []

    @property
    def crew(self) -> Crew:
        return self._crew

    def is_sure(self) -> bool:
        return self._seconds() - self._beaten_at_s < SURE_FOR_S

    def on_called(self, call: Callable[[], None]) -> None:
        self._calls.append(call)

    def on_lost(self, tell: Callable[[], None]) -> None:
        self._tellings.append(tell)

    async def leave(self) -> None:
        self._is_leaving = True
        self._sees(self._crew.mates)
        await self._says_apart(_LEAVE)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """This process is at work until the block ends. Raises AlreadyInUse and psycopg.Error."""
        try:
            await self._connect()
            await self._join()
            await self._beat()
            self._beats()
            try:
                yield
            finally:
                self._beating.cancel()
                await asyncio.wait([self._beating])
                await self._says_apart(_FORGET)
        finally:
            await self._disconnect()

    def _beats(self) -> None:
        self._beating = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Beats for ever: whatever happens to the connection, another is made."""
        while True:
            try:
                if self._connection is None:
                    await self._connect()
                await self._beat()
                await self._listen()
            except (psycopg.Error, AlreadyInUse) as error:
                logger.warning("the others on this database are not seen: %s", said_of(error))
                await self._disconnect()
                await asyncio.sleep(CONNECTS_AGAIN_S)
            except Exception:
                logger.exception("the others on this database are not seen")
                await self._disconnect()
                await asyncio.sleep(CONNECTS_AGAIN_S)

    async def _listen(self) -> None:
        """Passes on calls to this process, until the next beat is due or a process came or left."""
        async with aclosing(self._opened().notifies(timeout=BEATS_EVERY_S)) as notices:
            async for notice in notices:
                if not notice.payload:
                    return
                if notice.payload == self._me:
                    self._tell(self._calls)

    async def _connect(self) -> None:
        """Connects, and forgets the beats seen: none counts as dead for a time in which we did not watch. Raises
        AlreadyInUse."""
        given = arguments(self._url, {"idle_session_timeout": 0})
        self._connection = await psycopg.AsyncConnection.connect(**given, autocommit=True)
        self._pulses.clear()
        [may] = await self._one(f"SELECT pg_try_advisory_lock_shared({BOTS})")
        if not may:
            raise AlreadyInUse(
                f"{where(self._url)} is being migrated, restored, moved into or distributed, or gets another key."
            )
        await self._say(f"LISTEN {CHANNEL}")
        if self._me:
            await self._hold_session()

    async def _join(self) -> None:
        self._me = self._new_id()
        await self._hold_session()
        connection = self._opened()
        async with connection.transaction():
            await self._say("LOCK TABLE instances IN SHARE ROW EXCLUSIVE MODE")
            await self._say(_JOIN, self._me, self._bot_id, self._name, _session_key(self._me))
            if self._is_leaving:
                await self._say(_LEAVE, self._me)
        await self._say(_CALL_ALL)

    async def _hold_session(self) -> None:
        await self._say("SELECT pg_advisory_lock(%s, %s)", SESSIONS, _session_key(self._me))

    async def _beat(self) -> None:
        asked_at_s = self._seconds()
        if await self._say(_BEAT, self._me) == 0:
            logger.warning("others took this process for dead; it joins again")
            self._tell(self._tellings)
            await self._join()
        cursor = await self._opened().execute(_LOOK.encode(), (SESSIONS,))
        found = [(_mate(row), row[-2], row[-1]) for row in await cursor.fetchall()]
        if await self._bury([each for each in found if each[0].instance_id != self._me]):
            await self._say(_CALL_ALL)
        self._sees(
            [mate for mate, *_ in found if mate.instance_id in self._pulses or mate.instance_id == self._me]
        )
        self._beaten_at_s = asked_at_s

    async def _bury(self, others: Sequence[tuple[Mate, int, bool]]) -> int:
        """Deletes the rows of those that have not beaten for too long; returns how many."""
        now, buried = self._seconds(), 0
        before, self._pulses = self._pulses, {}
        for mate, beat, has_session in others:
            pulse = before.get(mate.instance_id)
            if pulse is None or pulse.beat != beat:
                pulse = _Pulse(beat, now)
            if now - pulse.since_s < (STILL_AFTER_S if has_session else GONE_AFTER_S):
                self._pulses[mate.instance_id] = pulse
            elif await self._say(_BURY, mate.instance_id, beat):
                logger.warning("%s is dead: others take over what it had", mate.name)
                buried += 1
        return buried

    def _sees(self, mates: Sequence[Mate]) -> None:
        known = [
            replace(mate, is_leaving=True) if self._is_leaving and mate.instance_id == self._me else mate
            for mate in mates
        ]
        if known != self._crew.mates or self._me != self._crew.me:
            self._crew = Crew(self._me, known)
            self._tell(self._calls)

    def _tell(self, whom: Sequence[Callable[[], None]]) -> None:
        for tell in whom:
            tell()

    async def _says_apart(self, what: str) -> None:
        """Executes a statement on a connection of its own, because the other listens. If the database cannot be
        reached, the other processes find out by themselves."""
        with suppress(psycopg.Error):
            apart = await psycopg.AsyncConnection.connect(**arguments(self._url), autocommit=True)
            async with apart:
                await apart.execute(what.encode(), (self._me,))
                await apart.execute(_CALL_ALL.encode())

    async def _say(self, what: str, *values: object) -> int:
        cursor = await self._opened().execute(what.encode(), values or None)
        return cursor.rowcount

    async def _one(self, what: str) -> Sequence[Any]:
        cursor = await self._opened().execute(what.encode())
        return await cursor.fetchone() or (None,)

    def _opened(self) -> psycopg.AsyncConnection[Any]:
        assert self._connection is not None
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                await connection.close()


def _mate(row: Sequence[Any]) -> Mate:
    instance_id, bot_id, rank, name, is_leaving, *_ = row
    return Mate(instance_id=instance_id, bot_id=bot_id, rank=rank, name=name, is_leaving=bool(is_leaving))


def _session_key(instance_id: str) -> int:
    return zlib.crc32(instance_id.encode()) & 0x7FFF_FFFF
