"""Who writes alone: a thread that commits the commands of many callers together, while nobody else writes.

It holds a lock that every other writer of every process takes too, so that what a command reads stays as it is until
the commit: the use cases are written for that (docs/decisions/0067). Nobody is answered before the commit; what
failed before it and may pass is run again, and a commit whose answer was lost is not: the operation's key makes it
safe for the caller to ask again.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from domain import ports
from domain.delivery import ChannelKind
from domain.steps import Step, Trace
from storage.callers import Job
from storage.postgres.engine import (
    HASTE_TIMEOUT_MS,
    WRITES_ALONE,
    connect,
    is_conflict,
    is_outage,
    said_of,
    say,
)
from storage.postgres.session import PostgresSession
from storage.tx import Tx

logger = logging.getLogger(__name__)

GROUP_SIZE_MAX = 64
GROUP_TIME_MAX_S = 0.020
STANDS_STILL_S = 4.5
"""A server that takes longer to answer stands still; what was asked for may still be done."""
TRIES = 3


class MustRunAgain(Exception):
    """A command failed after it had written, and no savepoint holds what was before it."""


@dataclass(slots=True)
class Group:
    """The jobs of one transaction. ``is_committing`` from when its end can no longer be known for certain."""

    jobs: list[Job] = field(default_factory=list)
    enqueued: int = 0
    is_last: bool = False
    is_lost: bool = False
    is_committing: bool = False


class Writer:
    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind],
        on_enqueued: Callable[[], None],
        on_failure: Callable[[], None],
        trace: Trace,
    ) -> None:
        self._url = url
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
        self._session: PostgresSession | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def run(self, usecase: Callable[[ports.Tx], Any], put: Callable[[Job], None] | None = None) -> Any:
        """``put`` gives the job to somebody else. Raises what the use case raises, and DatabaseUnavailable when its
        group could not be committed, or not in time: what was not begun by then never is."""
        if self._is_closed:
            raise ports.DatabaseUnavailable("the database is closed")
        future: asyncio.Future[Any] = self._loop.create_future()
        job = Job(usecase, future)
        (put or self.put)(job)
        try:
            async with asyncio.timeout(STANDS_STILL_S) as patience:
                return await future
        except TimeoutError as error:
            if not patience.expired():
                raise
            job.is_given_up = True
            raise ports.DatabaseUnavailable("the database does not answer") from error

    def put(self, job: Job) -> None:
        self._jobs.put(job)

    def answer(self, jobs: Sequence[Job], enqueued: int) -> None:
        """Whoever else has carried them out."""
        self._answer(Group([*jobs], enqueued))

    def fail(self, jobs: Sequence[Job], error: Exception) -> None:
        group = Group([*jobs])
        self._tell_unavailable(group, error)
        self._answer(group)

    def hurry(self) -> None:
        self._is_in_haste = True

    async def close(self, first: Callable[[], None] = lambda: None) -> None:
        """Finishes what was asked for, ``first`` who may still hand something over, and ends the thread."""
        self._is_closed = True
        await self._loop.run_in_executor(None, first)
        self._jobs.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = Group([job])
            try:
                self._commit(group)
            except Exception as error:
                self._lose(group, error)
            self._answer(group)
            if group.is_last:
                break
        self._drop_connection()

    def _lose(self, group: Group, error: Exception) -> None:
        """What nobody foresaw: nothing of the connection is used again."""
        logger.exception("the writer of the database goes on with another connection")
        group.is_lost = True
        self._tell_unavailable(group, error)
        self._drop_connection()

    def _drop_connection(self) -> None:
        if self._session is not None:
            self._session.driver.close()
            self._session = None

    def _commit(self, group: Group) -> None:
        """Leaves every job of the group with its result or its error."""
        for tries_left in reversed(range(TRIES)):
            try:
                self._try(group)
            except psycopg.Error as error:
                was_lost = self._takes_back()
                may_pass = was_lost or is_conflict(error)
                if tries_left and may_pass and not group.is_committing:
                    continue
                logger.error(
                    "a group of %d commands could not be committed: %s", len(group.jobs), said_of(error)
                )
                self._tell_unavailable(group, error)
            else:
                self._trace(Step.GROUP_COMMITTED)
            return

    def _try(self, group: Group) -> None:
        """Raises psycopg.Error for what ails the database rather than a command."""
        session = self._opened(group)
        tx = Tx(session, self._new_id, self._chance_below, self._channels_on)
        self._begin(session, group)
        try:
            self._run_together(session, tx, group)
        except MustRunAgain:
            say(session.driver, "ROLLBACK")
            self._begin(session, group)
            self._run_apart(session, tx, group)
        if session.driver.info.transaction_status != TransactionStatus.INTRANS:
            raise psycopg.InternalError("the transaction was given up")
        group.is_committing = True
        say(session.driver, "COMMIT")

    def _takes_back(self) -> bool:
        """What the transaction did; whether its connection was lost."""
        if self._session is None:
            return False
        driver = self._session.driver
        try:
            if not driver.broken:
                say(driver, "ROLLBACK")
        except psycopg.Error as error:
            logger.warning("the connection to the database was lost: %s", said_of(error))
        if driver.broken:
            self._drop_connection()
            return True
        return False

    def _opened(self, group: Group) -> PostgresSession:
        if self._session is None:
            try:
                self._session = PostgresSession(connect(self._url))
            except psycopg.Error:
                self._take_all(group)
                raise
        return self._session

    def _begin(self, session: PostgresSession, group: Group) -> None:
        """Takes the lock. Raises psycopg.Error, with all who have come meanwhile in the group."""
        if self._is_in_haste:
            say(session.driver, f"SET lock_timeout = {HASTE_TIMEOUT_MS}")
        try:
            say(session.driver, WRITES_ALONE)
        except psycopg.Error as error:
            if is_outage(error):
                self._take_all(group)
            raise

    def _run_together(self, session: PostgresSession, tx: Tx, group: Group) -> None:
        """Runs the jobs there are and whatever waits behind them. Raises MustRunAgain."""
        group.enqueued = 0
        for job in group.jobs:
            self._run(session, tx, job, group)
        ends_at = time.monotonic() + GROUP_TIME_MAX_S
        while len(group.jobs) < GROUP_SIZE_MAX and time.monotonic() < ends_at and self._takes_another(group):
            self._run(session, tx, group.jobs[-1], group)

    def _take_all(self, group: Group) -> None:
        while self._takes_another(group):
            pass

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

    def _run(self, session: PostgresSession, tx: Tx, job: Job, group: Group) -> None:
        if job.is_given_up:
            return
        session.has_written = False
        job.result = job.error = None
        try:
            job.result = job.run(tx.begin(self._clock()))
        except Exception as error:
            if is_outage(error) or is_conflict(error):
                raise
            if session.has_written or isinstance(error, psycopg.Error):
                raise MustRunAgain from error
            job.error = error
        else:
            group.enqueued += tx.enqueued
        self._trace(Step.COMMAND_RUN)

    def _run_apart(self, session: PostgresSession, tx: Tx, group: Group) -> None:
        """Runs each job again in a savepoint of its own."""
        group.enqueued = 0
        for job in group.jobs:
            if job.is_given_up:
                continue
            job.result = job.error = None
            say(session.driver, "SAVEPOINT job")
            try:
                job.result = job.run(tx.begin(self._clock()))
                group.enqueued += tx.enqueued
            except Exception as error:
                if is_outage(error) or is_conflict(error):
                    raise
                job.error = error
                say(session.driver, "ROLLBACK TO job")
            say(session.driver, "RELEASE job")

    def _tell_unavailable(self, group: Group, error: Exception) -> None:
        group.enqueued = 0
        for job in group.jobs:
            job.error = ports.DatabaseUnavailable(said_of(error))
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
