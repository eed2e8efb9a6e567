"""The one writer: a thread that commits the commands of many callers together.

Every group is one BEGIN IMMEDIATE .. COMMIT. Each command runs in its own SAVEPOINT, so that a refusal rolls back
only itself, and nobody is answered before the commit: if it fails, all of the group fail (docs/decisions/0003).
"""

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from domain import ports
from domain.steps import Step, Trace
from storage.engine import driver_connection
from storage.statements import Session
from storage.tx import Tx

logger = logging.getLogger(__name__)

GROUP_SIZE_MAX = 64
GROUP_TIME_MAX_S = 0.020


@dataclass(slots=True)
class Job:
    """One caller's command. Exactly one of ``result`` and ``error`` is set when it has run."""

    run: Callable[[ports.Tx], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def resolve(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


@dataclass(slots=True)
class Group:
    jobs: list[Job] = field(default_factory=list)
    enqueued: int = 0


class Writer:
    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        on_enqueued: Callable[[], None],
        trace: Trace,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._new_id = new_id
        self._chance_below = chance_below
        self._on_enqueued = on_enqueued
        self._trace = trace
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def run(self, usecase: Callable[[ports.Tx], Any]) -> Any:
        future: asyncio.Future[Any] = self._loop.create_future()
        self._jobs.put(Job(usecase, future))
        return await future

    async def close(self) -> None:
        """Finishes what was asked for and ends the thread."""
        self._jobs.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    def _work(self) -> None:
        with self._engine.connect() as connection:
            driver = driver_connection(connection)
            session = Session(driver.cursor(), connection.dialect)
            tx = Tx(session, self._new_id, self._chance_below)
            while (job := self._jobs.get()) is not None:
                group, is_last = self._commit_group(driver, tx, job)
                self._answer(group)
                if is_last:
                    break

    def _commit_group(self, driver: sqlite3.Connection, tx: Tx, first: Job) -> tuple[Group, bool]:
        group = Group()
        job: Job | None = first
        try:
            driver.execute("BEGIN IMMEDIATE")
            ends_at = time.monotonic() + GROUP_TIME_MAX_S
            while job is not None:
                group.jobs.append(job)
                self._run_job(driver, tx, job, group)
                if len(group.jobs) == GROUP_SIZE_MAX or time.monotonic() >= ends_at:
                    break
                job = self._jobs.get_nowait()
        except queue.Empty:
            pass
        except sqlite3.Error as error:
            return self._fail_group(driver, group, first, error), False
        try:
            driver.execute("COMMIT")
        except sqlite3.Error as error:
            return self._fail_group(driver, group, first, error), job is None
        self._trace(Step.GROUP_COMMITTED)
        return group, job is None

    def _run_job(self, driver: sqlite3.Connection, tx: Tx, job: Job, group: Group) -> None:
        """Raises sqlite3.Error only when the whole transaction is gone, as after a full disk."""
        driver.execute("SAVEPOINT job")
        try:
            job.result = job.run(tx.begin(self._clock()))
            self._trace(Step.COMMAND_RUN)
        except Exception as error:  # a refusal, or a bug that is the caller's to hear of
            job.error = error
            if not driver.in_transaction:
                raise sqlite3.OperationalError("the transaction was rolled back") from error
            driver.execute("ROLLBACK TO job")
        else:
            group.enqueued += tx.enqueued
        driver.execute("RELEASE job")

    def _fail_group(
        self, driver: sqlite3.Connection, group: Group, first: Job, error: sqlite3.Error
    ) -> Group:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        logger.error("a group of %d commands could not be committed: %s", len(group.jobs) or 1, error)
        failed = Group(group.jobs or [first])
        for job in failed.jobs:
            job.error = ports.StoreUnavailable(str(error))
            job.error.__cause__ = error
        return failed

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
