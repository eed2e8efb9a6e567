"""Writing together: a thread that carries out the commands of many callers side by side, in one transaction.

Each command is a greenlet that stops where it waits for rows; the next statements of all of them go to the server in
one pipeline, and so does what they write, with the commit. A card is locked before it is read, and two commands on
one card take turns. A command that finds its card locked by another process is run again as the first of the next
group. There it may wait for the lock: nobody can be waiting for a group that has locked nothing yet.

What a command may do here is said in ``storage.postgres.together_tx``, and who waits for whom in ``together_group``.
Every other command goes to the writer that writes alone (``storage.postgres.writer``). If something goes wrong here,
the transaction is rolled back, and all its commands go there (docs/decisions/0067).
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import psycopg
from greenlet import GreenletExit, greenlet

from domain.steps import Step
from storage.base import said_of
from storage.callers import GROUP_SIZE_MAX, GROUP_TIME_MAX_S, Job, Parts
from storage.known import Known
from storage.postgres.engine import EDITION, WRITES_TOGETHER, connect, say
from storage.postgres.pipeline import Pipeline
from storage.postgres.together_group import Group, Task
from storage.postgres.together_tx import RunAlone, TakenElsewhere, TxTogether
from storage.postgres.writer import Writer
from storage.tx import Tx

logger = logging.getLogger(__name__)


class TakenBack(Exception):
    """A command has failed, or must run alone, after it had written: the whole group is rolled back."""


class Together:
    """``writer`` takes over the commands that cannot run here."""

    def __init__(self, url: str, writer: Writer, parts: Parts) -> None:
        self._url = url
        self._writer = writer
        self._clock = parts.clock
        self._parts = (parts.new_id, parts.chance_below, parts.channels_on, parts.crew)
        self._trace = parts.trace
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._driver: psycopg.Connection | None = None
        self._pipeline: Pipeline | None = None
        self._idle: list[Tx] = []
        self._known = Known()
        self._again: deque[Job] = deque()
        self._is_last = False
        self._thread = threading.Thread(target=self._work, name="together", daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        """Finishes what was asked for and ends the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while self._again or not self._is_last:
            if self._again:
                self._carry_out(Group(self._again.popleft(), is_again=True))
            elif (job := self._jobs.get()) is not None:
                self._carry_out(Group(job, is_again=False))
            else:
                break
        self._drop_connection()

    def _carry_out(self, group: Group) -> None:
        self._those_who_wait(group)
        try:
            self._commit(group)
        except Exception as error:
            self._give_up(group, error)
        else:
            self._trace(Step.GROUP_COMMITTED)
            self._writer.answer(group.done, group.enqueued)
        self._again.extend(group.again)
        for job in group.alone:
            self._writer.put(job)

    def _give_up(self, group: Group, error: Exception) -> None:
        """Has all jobs run alone, but where nobody knows whether they were committed: there they fail."""
        if self._takes_back(group) and group.is_committing:
            self._writer.fail(group.done, error)
            return
        if not isinstance(error, TakenBack | psycopg.Error):
            logger.exception("the commands of a group run apart")
        group.alone, group.again = [*group.jobs], []

    def _takes_back(self, group: Group) -> bool:
        """Rolls back; returns whether the connection was lost."""
        for task in group.running:
            task.greenlet.throw(GreenletExit)
        driver = self._driver
        if driver is None:
            return False
        try:
            driver.execute("ROLLBACK", prepare=False)
        except psycopg.Error as error:
            logger.warning("the connection to the database was lost: %s", said_of(error))
            self._drop_connection()
            return True
        return False

    def _commit(self, group: Group) -> None:
        pipeline = group.pipeline = self._opened()
        pipeline.begin()
        try:
            for what in WRITES_TOGETHER.split("; "):
                pipeline.say(what)
            group.told_edition = pipeline.say(EDITION)
            self._run(group, pipeline)
            group.is_committing = True
            pipeline.say("COMMIT")
            for _ in pipeline.answers():
                pass
        finally:
            pipeline.end()

    def _run(self, group: Group, pipeline: Pipeline) -> None:
        ends_at = time.monotonic() + GROUP_TIME_MAX_S
        self._start(group, group.jobs)
        while group.running:
            while group.ready:
                self._go_on(group, group.ready.popleft())
            if len(group.jobs) < GROUP_SIZE_MAX and time.monotonic() < ends_at:
                self._start(group, self._those_who_wait(group))
            if group.asking:
                self._hand_out(group, pipeline)
            elif group.running and not group.ready:
                raise TakenBack("they wait for each other's cards")

    def _hand_out(self, group: Group, pipeline: Pipeline) -> None:
        """Each command goes on as soon as its answer is there, while the server works on the others'."""
        for answer in pipeline.answers():
            if (task := group.asking.pop(answer, None)) is not None:
                self._go_on(group, task)

    def _those_who_wait(self, group: Group) -> Iterable[Job]:
        found: list[Job] = []
        while len(group.jobs) + len(found) < GROUP_SIZE_MAX:
            try:
                job = self._again.popleft() if self._again else self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._is_last = True
                break
            found.append(job)
        group.jobs.extend(found)
        return found

    def _start(self, group: Group, jobs: Iterable[Job]) -> None:
        for job in jobs:
            if job.is_given_up:
                continue
            tx = self._idle.pop() if self._idle else TxTogether(self._clock, self._known, *self._parts)
            task = Task(job, tx, greenlet(_run))
            group.running.add(task)
            self._go_on(group, task, job, tx, group)

    def _go_on(self, group: Group, task: Task, *given: Any) -> None:
        """Runs the command until it waits or is over. Raises TakenBack and psycopg.Error."""
        group.present = task
        try:
            result = task.greenlet.switch(*given)
        except RunAlone as alone:
            self._end(group, task)
            if task.has_written:
                raise TakenBack from alone
            whose = group.again if isinstance(alone, TakenElsewhere) else group.alone
            whose.append(task.job)
        except psycopg.Error:
            group.running.discard(task)
            raise
        except Exception as error:
            self._end(group, task)
            if task.has_written:
                raise TakenBack from error
            task.job.error = error
            group.done.append(task.job)
        else:
            if task.greenlet.dead:
                self._end(group, task)
                task.job.result = result
                group.enqueued += task.tx.enqueued
                group.done.append(task.job)

    def _end(self, group: Group, task: Task) -> None:
        self._trace(Step.COMMAND_RUN)
        group.end(task)
        self._idle.append(task.tx)

    def _opened(self) -> Pipeline:
        if self._driver is None or self._pipeline is None:
            self._driver = connect(self._url)
            say(self._driver, "SET plan_cache_mode = force_generic_plan")
            self._pipeline = Pipeline(self._driver)
        return self._pipeline

    def _drop_connection(self) -> None:
        self._known.changes()  # it may be another server that answers next
        if self._driver is not None:
            self._driver.close()
            self._driver = self._pipeline = None


def _run(job: Job, tx: TxTogether, group: Group) -> Any:
    """Runs the job. What it presumed is confirmed before its result, or its refusal, is told."""
    try:
        result = job.run(tx.starts(group))
    except Exception:
        tx.session.confirm()
        raise
    tx.session.confirm()
    return result
