"""The callers that wait for a transaction, and how the commands of many callers become one transaction.

No caller is answered before the commit; if it fails, all commands of the group fail. A refusal comes before anything
is written, so it leaves nothing behind. If a command fails after it has written, the group is rolled back and run
again with a SAVEPOINT around each command, so that only the failing one is undone (docs/decisions/0003). Whatever
goes wrong, the thread goes on: without it, nobody would ever be answered.
"""

import asyncio
import logging
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol

from domain import ports
from domain.crew import Crew
from domain.delivery import ChannelKind
from domain.quick import dataclass
from domain.steps import Step, Trace
from storage.base import said_of
from storage.tx import Tx

logger = logging.getLogger(__name__)

GROUP_SIZE_MAX = 64
GROUP_TIME_MAX_S = 0.020
QUIET_ROUNDS = 4
"""Rounds of the event loop without a new job, after which the gathered jobs are handed to the thread."""
GATHERED_FOR_S = 0.020
"""How long jobs are gathered at most, while more come."""
STANDS_STILL_S = 4.5
"""A database that takes longer to answer is taken to stand still. The thread that waits for it cannot be stopped, but
the callers that wait for the thread are told; as when the answer to a commit is lost, their commands may still be
carried out."""


@dataclass(slots=True)
class Job:
    """One caller's command. ``error`` is set if it has failed, else ``result`` once it has run. It ``is_given_up`` at
    ``given_up_at`` by the event loop's clock: its caller was told then that the database stands still."""

    run: Callable[[ports.Tx], Any]
    future: asyncio.Future[Any]
    given_up_at: float
    result: Any = None
    error: BaseException | None = None
    is_given_up: bool = False

    def resolve(self) -> None:
        if self.future.done():
            return
        if isinstance(self.error, StopIteration):
            self.future.set_exception(RuntimeError("a use case ran out of an iterator"))
        elif self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class MustRunAgain(Exception):
    """A command failed after it had written, or so that the transaction cannot go on, and it has no savepoint; a
    deferred statement failed, and nobody knows whose it was; or what a command presumed is not so."""


@dataclass(slots=True)
class Group:
    """The jobs of one transaction. ``is_committing`` from when an error leaves open whether it was committed."""

    jobs: list[Job] = field(default_factory=list)
    enqueued: int = 0
    is_last: bool = False
    is_lost: bool = False
    is_committing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What transactions are made of, and what is called in the event loop when one has enqueued messages or the
    writer has failed."""

    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    chance_below: Callable[[int], int]
    channels_on: Collection[ChannelKind]
    on_enqueued: Callable[[], None]
    on_failure: Callable[[], None]
    trace: Trace
    crew: Callable[[], Crew]


class Marked(Protocol):
    """A session that says whether anything was written. The writer resets ``has_written``."""

    has_written: bool


class GroupWriter(ABC):
    """A thread that commits the commands of many callers together."""

    silence: str
    """What the error says to a caller who has waited too long."""
    spoils: tuple[type[Exception], ...] = ()
    """Errors after which a transaction cannot go on, even if nothing was written."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.clock
        self._trace = parts.trace
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._gathered: list[Job] = []
        self._gathered_until = 0.0
        self._open: deque[Job] = deque()
        self._is_watched = False
        self._is_closed = False
        self._is_in_haste = False
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def run(self, usecase: Callable[[ports.Tx], Any], put: Callable[[Job], None] | None = None) -> Any:
        """Runs the use case in the thread, or where ``put`` takes the job. Raises what the use case raises, and
        DatabaseUnavailable when its group was not committed, or not in time: if it has not begun by then, it never
        runs."""
        if self._is_closed:
            raise ports.DatabaseUnavailable("the database is closed")
        future: asyncio.Future[Any] = self._loop.create_future()
        job = Job(usecase, future, self._loop.time() + STANDS_STILL_S)
        (put or self._gather)(job)
        self._look_after(job)
        return await future

    def _look_after(self, job: Job) -> None:
        """One timer serves all jobs: the one that has waited longest is given up first."""
        self._forget_answered()
        self._open.append(job)
        if not self._is_watched:
            self._is_watched = True
            self._loop.call_at(job.given_up_at, self._give_up)

    def _forget_answered(self) -> None:
        while self._open and self._open[0].future.done():
            self._open.popleft()

    def _give_up(self) -> None:
        """Gives up the jobs whose time is over, and sets the timer for the next one."""
        while self._open and self._open[0].given_up_at <= self._loop.time():
            job = self._open.popleft()
            if not job.future.done():
                job.is_given_up = True
                job.future.set_exception(ports.DatabaseUnavailable(self.silence))
        self._forget_answered()
        self._is_watched = bool(self._open)
        if self._open:
            self._loop.call_at(self._open[0].given_up_at, self._give_up)

    def put(self, job: Job) -> None:
        self._jobs.put(job)

    def _gather(self, job: Job) -> None:
        """Collects jobs that come within a few rounds of the event loop, so that they share a commit: the thread
        would begin with the first one alone. If no other comes, the rounds end at once (docs/decisions/0078)."""
        self._gathered.append(job)
        if len(self._gathered) == 1:
            self._gathered_until = time.monotonic() + GATHERED_FOR_S
            self._loop.call_soon(self._look_round, 1, 0)

    def _look_round(self, seen: int, quiet: int) -> None:
        """Runs once in each round, until the rounds bring no more jobs."""
        found = len(self._gathered)
        quiet = quiet + 1 if found == seen else 0
        if quiet < QUIET_ROUNDS and found < GROUP_SIZE_MAX and time.monotonic() < self._gathered_until:
            self._loop.call_soon(self._look_round, found, quiet)
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        for job in gathered:
            self._jobs.put(job)

    def hurry(self) -> None:
        self._is_in_haste = True

    async def close(self, first: Callable[[], None] = lambda: None) -> None:
        """Finishes what was asked for and ends the thread. ``first`` runs before: it ends what may still put jobs."""
        self._is_closed = True
        self._hand_over()
        await self._loop.run_in_executor(None, first)
        self._jobs.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    @abstractmethod
    def _commit(self, group: Group) -> None:
        """Carries out the group's jobs and gives each its result or its error."""

    @abstractmethod
    def _say(self, what: str) -> None:
        """Executes BEGIN, SAVEPOINT, ROLLBACK or the like."""

    @abstractmethod
    def _ails_database(self, error: Exception) -> bool:
        """Whether the error is about the database rather than about a command."""

    @abstractmethod
    def _drop_connection(self) -> None:
        """Drops the connection, if there is one; the next is opened when it is needed."""

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
        """Fails the group after an error that nobody foresaw, or a ROLLBACK that failed; drops the connection."""
        logger.exception("the writer of the database goes on with another connection")
        group.is_lost = True
        self._tell_unavailable(group, error)
        self._drop_connection()

    def _run_together(self, session: Marked, tx: Tx, group: Group) -> None:
        """Runs the jobs of the group, and takes in and runs those that wait. Raises MustRunAgain, and errors that are
        about the database."""
        group.enqueued = 0
        ends_at = time.monotonic() + GROUP_TIME_MAX_S
        for job in group.jobs:
            self._run(session, tx, job, group)
        while len(group.jobs) < GROUP_SIZE_MAX and time.monotonic() < ends_at and self._takes_another(group):
            self._run(session, tx, group.jobs[-1], group)

    def _run(self, session: Marked, tx: Tx, job: Job, group: Group) -> None:
        if job.is_given_up:
            return
        session.has_written = False
        job.result = job.error = None
        try:
            job.result = job.run(tx.begin(self._clock()))
            tx.confirm()
        except MustRunAgain:
            raise
        except Exception as error:
            if self._ails_database(error):
                raise
            if session.has_written or isinstance(error, self.spoils):
                raise MustRunAgain from error
            tx.confirm()
            job.error = error
        else:
            group.enqueued += tx.enqueued
        self._trace(Step.COMMAND_RUN)

    def _run_apart(self, tx: Tx, group: Group) -> None:
        """Runs each job again in a savepoint of its own. Where an error has ended the transaction, the savepoint is
        gone too, and going back to it fails. Raises errors that are about the database."""
        group.enqueued = 0
        for job in group.jobs:
            if job.is_given_up:
                continue
            job.result = job.error = None
            self._say("SAVEPOINT job")
            try:
                job.result = job.run(tx.begin(self._clock()))
                group.enqueued += tx.enqueued
            except Exception as error:
                if self._ails_database(error):
                    raise
                job.error = error
                self._say("ROLLBACK TO job")
            self._say("RELEASE job")

    def _take_all(self, group: Group) -> None:
        """Takes all jobs that wait into the group, so that they are answered with it."""
        while self._takes_another(group):
            pass

    def _takes_another(self, group: Group) -> bool:
        """Takes the next job that waits into the group; returns whether there was one."""
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return False
        if job is None:
            group.is_last = True
            return False
        group.jobs.append(job)
        return True

    def _fail(self, group: Group, error: Exception) -> None:
        logger.error("a group of %d commands could not be committed: %s", len(group.jobs), said_of(error))
        self._tell_unavailable(group, error)

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
            self._parts.on_enqueued()
        if group.is_lost:
            self._parts.on_failure()
