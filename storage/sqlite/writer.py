"""The one writer: a thread that commits the commands of many callers together.

Every group is one BEGIN IMMEDIATE .. COMMIT, and nobody is answered before the commit: if it fails, all of the group
fail. A refusal comes before anything is written, so it leaves nothing behind. If a command fails after it has
written, the group is rolled back and run again with a SAVEPOINT around each command, so that it takes back only
itself (docs/decisions/0003). Whatever goes wrong, the thread goes on: with it ended, nobody would ever be answered.

Who waits while another process holds the database, or the disk takes nothing, is told with those before them.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from domain import ports
from domain.delivery import ChannelKind
from domain.steps import Step, Trace
from storage.callers import Job
from storage.sqlite.engine import HASTE_TIMEOUT_MS, is_outage
from storage.sqlite.session import SqliteSession
from storage.tx import Tx

logger = logging.getLogger(__name__)

GROUP_SIZE_MAX = 64
GROUP_TIME_MAX_S = 0.020
STANDS_STILL_S = 4.5
"""A disk that takes longer to answer stands still. A thread that waits for it cannot be told to stop; whoever waits
for the thread is, and as when the answer to a commit is lost, what was asked for may still be done."""


class MustRunAgain(Exception):
    """A command failed after it had written, and no savepoint holds what was before it."""


@dataclass(slots=True)
class Group:
    """The jobs of one transaction."""

    jobs: list[Job] = field(default_factory=list)
    enqueued: int = 0
    is_last: bool = False
    is_lost: bool = False


class Writer:
    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind],
        on_enqueued: Callable[[], None],
        on_failure: Callable[[], None],
        trace: Trace,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._new_id = new_id
        self._chance_below = chance_below
        self._channels_on = channels_on
        self._on_enqueued = on_enqueued
        self._on_failure = on_failure
        self._trace = trace
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._is_closed = False
        self._is_in_haste = False
        self._connection: Connection | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def run(self, usecase: Callable[[ports.Tx], Any]) -> Any:
        """Raises what the use case raises, and DatabaseUnavailable when its group could not be committed, or not in
        time: what was not begun by then never is."""
        if self._is_closed:
            raise ports.DatabaseUnavailable("the database is closed")
        future: asyncio.Future[Any] = self._loop.create_future()
        job = Job(usecase, future)
        self._jobs.put(job)
        try:
            async with asyncio.timeout(STANDS_STILL_S) as patience:
                return await future
        except TimeoutError as error:
            if not patience.expired():
                raise
            job.is_given_up = True
            raise ports.DatabaseUnavailable("the disk does not answer") from error

    def hurry(self) -> None:
        self._is_in_haste = True

    async def close(self) -> None:
        """Finishes what was asked for and ends the thread."""
        self._is_closed = True
        self._jobs.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = Group([job])
            try:
                session, tx = self._session()
                self._commit(session, tx, group)
            except Exception as error:
                self._lose(group, error)
            self._answer(group)
            if group.is_last:
                break
        if self._connection is not None:
            self._connection.close()

    def _session(self) -> tuple[SqliteSession, Tx]:
        """On the connection, which is opened anew after one that was lost."""
        if self._connection is None:
            self._connection = self._engine.connect()
            session = SqliteSession(self._connection)
            self._opened = (session, Tx(session, self._new_id, self._chance_below, self._channels_on))
        return self._opened

    def _lose(self, group: Group, error: Exception) -> None:
        """What nobody foresaw, or a connection that cannot even take back: nothing of it is used again."""
        logger.exception("the writer of the database goes on with another connection")
        group.is_lost = True
        self._tell_unavailable(group, error)
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None

    def _commit(self, session: SqliteSession, tx: Tx, group: Group) -> None:
        """Leaves every job of the group with its result or its error."""
        driver = session.driver
        try:
            try:
                self._run_together(session, tx, group)
            except MustRunAgain:
                driver.execute("ROLLBACK")
                self._run_apart(driver, tx, group)
            driver.execute("COMMIT")
        except sqlite3.Error as error:
            self._fail(driver, group, error)
        else:
            self._trace(Step.GROUP_COMMITTED)

    def _run_together(self, session: SqliteSession, tx: Tx, group: Group) -> None:
        """Runs the first job and whatever waits behind it. Raises MustRunAgain, and sqlite3.Error for what ails the
        disk rather than a command."""
        self._begin(session.driver, group)
        ends_at = time.monotonic() + GROUP_TIME_MAX_S
        self._run(session, tx, group.jobs[0], group)
        while len(group.jobs) < GROUP_SIZE_MAX and time.monotonic() < ends_at and self._takes_another(group):
            self._run(session, tx, group.jobs[-1], group)

    def _begin(self, driver: sqlite3.Connection, group: Group) -> None:
        """Takes the lock. Raises sqlite3.Error, with all who have come meanwhile in the group."""
        if self._is_in_haste:
            driver.execute(f"PRAGMA busy_timeout={HASTE_TIMEOUT_MS}")
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            while is_outage(error) and self._takes_another(group):
                pass
            raise

    def _takes_another(self, group: Group) -> bool:
        """Whether somebody waited."""
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return False
        if job is None:
            group.is_last = True
            return False
        group.jobs.append(job)
        return True

    def _run(self, session: SqliteSession, tx: Tx, job: Job, group: Group) -> None:
        if job.is_given_up:
            return
        session.has_written = False
        try:
            job.result = job.run(tx.begin(self._clock()))
        except Exception as error:
            if is_outage(error):
                raise
            if session.has_written:
                raise MustRunAgain from error
            job.error = error
        else:
            group.enqueued += tx.enqueued
        self._trace(Step.COMMAND_RUN)

    def _run_apart(self, driver: sqlite3.Connection, tx: Tx, group: Group) -> None:
        """Runs each job again in a savepoint of its own. Raises sqlite3.Error when the transaction is gone."""
        group.enqueued = 0
        driver.execute("BEGIN IMMEDIATE")
        for job in group.jobs:
            if job.is_given_up:
                continue
            job.result = job.error = None
            driver.execute("SAVEPOINT job")
            try:
                job.result = job.run(tx.begin(self._clock()))
                group.enqueued += tx.enqueued
            except Exception as error:
                if is_outage(error):
                    raise
                job.error = error
                if not driver.in_transaction:
                    raise sqlite3.OperationalError("the transaction was given up") from error
                driver.execute("ROLLBACK TO job")
            driver.execute("RELEASE job")

    def _fail(self, driver: sqlite3.Connection, group: Group, error: sqlite3.Error) -> None:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        logger.error("a group of %d commands could not be committed: %s", len(group.jobs), error)
        self._tell_unavailable(group, error)

    def _tell_unavailable(self, group: Group, error: Exception) -> None:
        group.enqueued = 0
        for job in group.jobs:
            job.error = ports.DatabaseUnavailable(str(error))
            job.error.__cause__ = error

    def _answer(self, group: Group) -> None:
        try:
            self._loop.call_soon_threadsafe(self._resolve, group)
        except RuntimeError:
            logger.warning("the event loop ended before %d callers were answered", len(group.jobs))

    def _resolve(self, group: Group) -> None:
        for job in group.jobs:
            job.resolve()
        if group.enqueued:
            self._on_enqueued()
        if group.is_lost:
            self._on_failure()
