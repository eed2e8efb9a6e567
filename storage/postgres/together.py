"""Writing together: a thread that carries out the commands of many callers side by side, in one transaction.

Each command is a greenlet that stops where it waits for rows; the next statements of all of them go to the server in
one pipeline, and so does what they write, with the commit. A card is locked before it is read, and two commands on
one card take turns. A command that finds its card locked by another process is run again as the first of the next
group. There it may wait for the lock: nobody can be waiting for a group that has locked nothing yet.

A command may write here what no other such command can have changed meanwhile, in any process: the locked card, the
rows that belong to it, and new rows (``WRITTEN``). Every other command goes to the writer that writes alone
(``storage.postgres.writer``). If something goes wrong here, the transaction is rolled back, and all its commands go
there (docs/decisions/0067).
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from greenlet import GreenletExit, getcurrent, greenlet
from sqlalchemy import ClauseElement, Select, bindparam, select

from domain import ports
from domain.acts import Operation
from domain.card import CardRef, Holding
from domain.ids import CardId, MerchantId, OperationKey
from domain.plumbing.inbox import begin_update, finish_updates, receive_updates
from domain.quick import dataclass
from domain.rules.counter import Counter
from domain.staff import Actor
from domain.steps import Step
from domain.usecases.earn_points import earn_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from storage import inbox, ledger, tables
from storage.at_counter import KnowingTx
from storage.base import NOTHING, said_of
from storage.callers import GROUP_SIZE_MAX, GROUP_TIME_MAX_S, Job, Parts
from storage.clauses import has
from storage.customers import NAMED_BY
from storage.known import Known
from storage.postgres.engine import EDITION, WRITES_TOGETHER, connect, say
from storage.postgres.pipeline import Answer, Pipeline
from storage.postgres.writer import Writer
from storage.statements import Row
from storage.unawaited import UNAWAITED

logger = logging.getLogger(__name__)

T = TypeVar("T")

TOGETHER: Collection[Callable[..., Any]] = frozenset(
    (stamp_card, earn_points, redeem_reward, receive_updates, begin_update, finish_updates)
)
"""The use cases that run here, which are the frequent ones. They decide by the card that they lock and by what they
read after that; those of the inbox lock the person, or decide by nothing."""
WRITTEN: frozenset[ClauseElement] = frozenset((*UNAWAITED, inbox.INSERT_UPDATE, inbox.UPDATE_FAILED))
"""All statements that may write here: rows of the locked card, new rows, or until when a member's PIN counts,
whatever it was. Only the process that handles an update writes to its row."""


def _lock(select_it: Select[Any], *, waits: bool) -> Select[Any]:
    return select_it.with_for_update(key_share=True, skip_locked=not waits)


_LOCK = {
    (by, waits): _lock(
        select(tables.cards.c.card_id).where(
            has(tables.cards, "merchant_id"), column == bindparam("card_ref")
        ),
        waits=waits,
    )
    for by, column in NAMED_BY.items()
    for waits in (False, True)
}


class RunAlone(BaseException):
    """The command needs more than may be done here. A BaseException, so that no use case takes it for an error of its
    own."""


class TakenElsewhere(RunAlone):
    """Another process has locked the card."""


class TakenBack(Exception):
    """A command has failed, or must run alone, after it had written: the whole group is rolled back."""


@dataclass(slots=True, eq=False)
class Task:
    job: Job
    tx: "TxTogether"
    greenlet: greenlet
    owns: list[Hashable] = field(default_factory=list)


class Group:
    """The jobs of one transaction, and which of them has what to itself. ``is_again`` where the first of them found
    its card locked in an earlier group."""

    def __init__(self, first: Job, *, is_again: bool) -> None:
        self.pipeline: Pipeline | None = None
        self.is_again = is_again
        self.has_locked = False
        self.jobs = [first]
        self.done: list[Job] = []
        self.alone: list[Job] = []
        self.again: list[Job] = []
        self.enqueued = 0
        self.is_committing = False
        self.running: set[Task] = set()
        self.ready: deque[Task] = deque()
        self.asking: dict[Answer, Task] = {}
        self.waiting: dict[Hashable, deque[Task]] = {}
        self.over = 0
        self.had: dict[Hashable, int] = {}
        self.present: Task | None = None
        self.told_edition: Answer | None = None

    def edition(self) -> object:
        assert self.told_edition is not None
        return self.wait_for(self.told_edition).rows()[0][0]

    def send(self, statement: ClauseElement, values: Mapping[str, object]) -> Answer:
        assert self.pipeline is not None
        return self.pipeline.send(statement, values)

    def ask(self, statement: ClauseElement, values: Mapping[str, object]) -> Answer:
        return self.wait_for(self.send(statement, values))

    def wait_for(self, answer: Answer) -> Answer:
        """Stops the present command until the answer is there; the others go on."""
        if answer.result is None:
            self.asking[answer] = self._present()
            _stop()
        return answer

    def own(self, what: Hashable) -> int:
        """Gives ``what`` to the present command until it is over; waits for another that has it. Returns how many
        commands were over when the last owner ended."""
        task = self._present()
        if what not in task.owns:
            if what in self.waiting:
                self.waiting[what].append(task)
                _stop()
            else:
                self.waiting[what] = deque()
            task.owns.append(what)
        return self.had.get(what, 0)

    def may_wait(self) -> bool:
        """Whether to wait for a card that another process has locked: only with the first lock of a group that
        ``is_again``, while nobody can be waiting for this group."""
        is_first, self.has_locked = not self.has_locked, True
        return self.is_again and is_first

    def end(self, task: Task) -> None:
        self.running.discard(task)
        self.over += 1
        for what in task.owns:
            self.had[what] = self.over
            if others := self.waiting[what]:
                self.ready.append(others.popleft())
            else:
                del self.waiting[what]

    def _present(self) -> Task:
        assert self.present is not None
        return self.present


def _stop() -> None:
    parent = getcurrent().parent
    assert parent is not None
    parent.switch()


class SessionTogether:
    """Implements ``storage.base.Session``. A presumption is confirmed before anything is written."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.has_written = False
        self._group: Group | None = None
        self._presumed: Answer | None = None

    def begin(self, group: Group) -> None:
        self._group, self._presumed, self.has_written = group, None, False

    def all(self, statement: ClauseElement, **values: object) -> Sequence[Row]:
        return self.group.ask(statement, values).rows()

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        return next(iter(self.group.ask(statement, values).rows()), None)

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """Returns 1 for a statement of ``UNAWAITED``, whatever it changes. Raises RunAlone for one that may not
        write here."""
        if statement not in WRITTEN:
            raise RunAlone
        self.confirm()
        self.has_written = True
        given = {**row, **values} if row and values else row or values
        if statement in UNAWAITED:
            self.group.send(statement, given)
            return 1
        return self.group.ask(statement, given).count

    def presume_none(self, statement: ClauseElement, **values: object) -> None:
        """Presumes that there is no such row, until ``confirm`` has looked."""
        self.confirm()
        self._presumed = self.group.send(statement, values)

    def confirm(self) -> None:
        """Raises RunAlone where what was presumed is not so."""
        presumed, self._presumed = self._presumed, None
        if presumed is not None and self.group.wait_for(presumed).rows():
            raise RunAlone

    def own(self, what: Hashable) -> int:
        return self.group.own(what)

    @property
    def group(self) -> Group:
        assert self._group is not None
        return self._group


class TxTogether(KnowingTx):
    """Locks the card, then reads it. Its moment is taken after the lock, so that no entry lies before the one that it
    follows."""

    session: SessionTogether

    def __init__(self, clock: Callable[[], datetime], known: Known, *parts: Any) -> None:
        super().__init__(SessionTogether(known), *parts)
        self._clock = clock

    def starts(self, group: Group) -> ports.Tx:
        self.session.begin(group)
        return self.begin(self._clock())

    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        """Before the command has written, presumes that there is none, so that it does not wait for this answer
        alone. If there is one after all, the command runs alone."""
        self.session.own((merchant_id, "operation", key))
        if self.session.has_written:
            return super().operation(merchant_id, key)
        self.session.presume_none(ledger.SELECT_OPERATION, merchant_id=merchant_id, operation_key=key)
        return None

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        def read() -> tuple[CardId | None, Counter]:
            counter = super(TxTogether, self).lock_counter(actor, card)
            is_there = counter.card is not None and counter.blank is None
            return counter.card.card_id if counter.card and is_there else None, counter

        return self._locked(actor.merchant_id, card, read)

    def lock_card(self, merchant_id: MerchantId, card_id: CardId) -> Holding | None:
        def read() -> tuple[CardId | None, Holding | None]:
            held = super(TxTogether, self).lock_card(merchant_id, card_id)
            return held.card.card_id if held else None, held

        return self._locked(merchant_id, CardRef("id", card_id), read)

    def _at_counter(self, actor: Actor, card: CardRef | None) -> Counter | None:
        """Reads by what is known from the group before, and again if that turns out to be of another edition."""
        known, group = self.session.known, self.session.group
        before, found = known.mark, super()._at_counter(actor, card)
        known.begins(group.edition())
        return found if known.mark == before else super()._at_counter(actor, card)

    def _locked(
        self, merchant_id: MerchantId, ref: CardRef, read: Callable[[], tuple[CardId | None, T]]
    ) -> T:
        """Locks and reads the card in one trip, and reads it once more where another command of the group has had it
        since. Raises TakenElsewhere, and RunAlone where another card stands for it."""
        session = self.session
        session.own((merchant_id, ref))
        known = session.group.over
        lock_it = _LOCK[ref.by, session.group.may_wait()]
        lock = session.group.send(lock_it, {"merchant_id": merchant_id, "card_ref": ref.value})
        card_id, found = read()
        session.confirm()
        [locked] = next(iter(lock.rows()), (None,))
        if locked != card_id:
            raise TakenElsewhere if locked is None else RunAlone
        if card_id is None:
            return found
        if session.own((merchant_id, "card", card_id)) > known:
            _, found = read()
        if not session.has_written:
            self.now = self._clock()
        return found


def _run(job: Job, tx: TxTogether, group: Group) -> Any:
    """Runs the job. What it presumed is confirmed before its result, or its refusal, is told."""
    try:
        result = job.run(tx.starts(group))
    except Exception:
        tx.session.confirm()
        raise
    tx.session.confirm()
    return result


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
        self._idle: list[TxTogether] = []
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
            if task.tx.session.has_written:
                raise TakenBack from alone
            whose = group.again if isinstance(alone, TakenElsewhere) else group.alone
            whose.append(task.job)
        except psycopg.Error:
            group.running.discard(task)
            raise
        except Exception as error:
            self._end(group, task)
            if task.tx.session.has_written:
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
