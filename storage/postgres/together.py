"""Who writes together: a thread that carries out the commands of many callers side by side, in one transaction.

Each command is a greenlet that stops where it waits for rows; the next statements of all of them go to the server in
one pipeline, and so does what they write, with the commit. A card is locked before it is read, never waited for, and
two commands on one card take turns.

What a command may write here is what no other command of its kind can have changed meanwhile, in any process: the
locked card and what hangs on it, and rows that are new (``WRITTEN``). All else is for who writes alone
(``storage.postgres.writer``), and so is whatever goes wrong here: the transaction is taken back, and its commands run
there (docs/decisions/0067).
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from greenlet import GreenletExit, getcurrent, greenlet
from sqlalchemy import ClauseElement, Select, bindparam, select

from domain import ports
from domain.acts import Operation
from domain.card import CardRef, Holding
from domain.ids import CardId, MerchantId, OperationKey
from domain.plumbing.inbox import begin_update, finish_updates, receive_updates
from domain.rules.counter import Counter
from domain.staff import Actor
from domain.steps import Step
from domain.usecases.earn_points import earn_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from storage import inbox, ledger, outbox, tables, team, wallets
from storage.base import NOTHING
from storage.callers import GROUP_SIZE_MAX, GROUP_TIME_MAX_S, Job, Parts, said_of
from storage.clauses import has
from storage.customers import NAMED_BY
from storage.postgres.engine import WRITES_TOGETHER, connect, say
from storage.postgres.pipeline import Answer, Pipeline
from storage.postgres.writer import Writer
from storage.statements import Row
from storage.tx import Tx

logger = logging.getLogger(__name__)

PUSHED_AFTER = 8
TOGETHER: Collection[Callable[..., Any]] = frozenset(
    (stamp_card, earn_points, redeem_reward, receive_updates, begin_update, finish_updates)
)
"""The use cases that run here: those of every minute. They decide by the card they lock and by what is read after it,
or by nothing."""
WRITTEN_UNSEEN: frozenset[ClauseElement] = frozenset(
    (
        ledger.INSERT_ENTRY,
        ledger.INSERT_OPERATION,
        ledger.UPDATE_BALANCES,
        ledger.UPDATE_HELD,
        outbox.INSERT_MESSAGE,
        outbox.INSERT_DELIVERY,
        team.SAVE_WINDOW,
        wallets.MARK_PASSES,
    )
)
"""Rows of the locked card, and new ones: that an entry, an operation or a message is there already breaks its key.
Until when a member's PIN holds is written whatever it was. Nobody asks how many rows these change, so that nobody
waits for them."""
WRITTEN: frozenset[ClauseElement] = WRITTEN_UNSEEN | {
    inbox.INSERT_UPDATE,
    inbox.UPDATE_DONE,
    inbox.UPDATE_FAILED,
}
"""Of an update nobody but who handles it writes."""


def _lock(select_it: Select[Any]) -> Select[Any]:
    return select_it.with_for_update(key_share=True, skip_locked=True)


_FIND = {
    by: select(tables.cards.c.card_id).where(
        has(tables.cards, "merchant_id"), column == bindparam("card_ref")
    )
    for by, column in NAMED_BY.items()
}
_LOCK = {by: _lock(found) for by, found in _FIND.items()}


class RunAlone(BaseException):
    """The command needs more than may be done here. No error that a use case might take for one of its own."""


class TakenBack(Exception):
    """A command has failed, or must run alone, after it had written: nobody's is kept."""


@dataclass(slots=True, eq=False)
class Task:
    """One job under way."""

    job: Job
    tx: "TxTogether"
    greenlet: greenlet
    owns: list[Hashable] = field(default_factory=list)


class Group:
    """The jobs of one transaction, and who has what to themselves in it."""

    def __init__(self, pipeline: Pipeline | None = None) -> None:
        self.pipeline = pipeline
        self.jobs: list[Job] = []
        self.done: list[Job] = []
        self.alone: list[Job] = []
        self.enqueued = 0
        self.is_committing = False
        self.running: set[Task] = set()
        self.ready: deque[Task] = deque()
        self.asking: dict[Answer, Task] = {}
        self.waiting: dict[Hashable, deque[Task]] = {}
        self.present: Task | None = None

    def send(self, statement: ClauseElement, values: Mapping[str, object]) -> Answer:
        assert self.pipeline is not None
        return self.pipeline.send(statement, values)

    def ask(self, statement: ClauseElement, values: Mapping[str, object]) -> Answer:
        """With the answer; the others go on until it is there."""
        answer = self.send(statement, values)
        self.asking[answer] = self._present()
        _stop()
        return answer

    def own(self, what: Hashable) -> None:
        """Until this command is over. Whoever has it is waited for."""
        task = self._present()
        if what in task.owns:
            return
        if what in self.waiting:
            self.waiting[what].append(task)
            _stop()
        else:
            self.waiting[what] = deque()
        task.owns.append(what)

    def end(self, task: Task) -> None:
        self.running.discard(task)
        for what in task.owns:
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
    """Implements ``storage.base.Session``."""

    def __init__(self) -> None:
        self.group: Group | None = None
        self.has_written = False

    def all(self, statement: ClauseElement, **values: object) -> Sequence[Row]:
        return self._group.ask(statement, values).rows()

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        return next(iter(self._group.ask(statement, values).rows()), None)

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        """Of what is ``WRITTEN_UNSEEN`` it says that it changed one row."""
        if statement not in WRITTEN:
            raise RunAlone
        self.has_written = True
        given = {**row, **values} if row and values else row or values
        if statement in WRITTEN_UNSEEN:
            self._group.send(statement, given)
            return 1
        return self._group.ask(statement, given).count

    @property
    def _group(self) -> Group:
        assert self.group is not None
        return self.group


class TxTogether(Tx):
    """Locks the card, then reads it; its moment is after the lock, so that nothing lies before what it follows."""

    session: SessionTogether

    def __init__(self, clock: Callable[[], datetime], *parts: Any) -> None:
        super().__init__(SessionTogether(), *parts)
        self._clock = clock

    def starts(self, group: Group) -> ports.Tx:
        self.session.group, self.session.has_written = group, False
        return self.begin(self._clock())

    def operation(self, merchant_id: MerchantId, key: OperationKey) -> Operation | None:
        self.session._group.own((merchant_id, "operation", key))
        return super().operation(merchant_id, key)

    def lock_counter(self, actor: Actor, card: CardRef) -> Counter:
        locked = self._locks(actor.merchant_id, card)
        counter = super().lock_counter(actor, card)
        if locked is not None and (counter.card is None or counter.card.card_id != locked):
            raise RunAlone
        return counter

    def lock_card(self, merchant_id: MerchantId, card_id: CardId) -> Holding | None:
        self._locks(merchant_id, CardRef("id", card_id))
        return super().lock_card(merchant_id, card_id)

    def _locks(self, merchant_id: MerchantId, ref: CardRef) -> CardId | None:
        """None where there is no such card. Raises RunAlone where another process has it."""
        key = {"merchant_id": merchant_id, "card_ref": ref.value}
        found = self.session.one(_LOCK[ref.by], **key)
        if found is None:
            if self.session.one(_FIND[ref.by], **key) is not None:
                raise RunAlone
            return None
        self.session._group.own((merchant_id, "card", found[0]))
        if not self.session.has_written:
            self.now = self._clock()
        return CardId(found[0])


class Together:
    """``writer`` takes over what cannot be done here."""

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
        while not self._is_last and (job := self._jobs.get()) is not None:
            self._carry_out(job)
        self._drop_connection()

    def _carry_out(self, first: Job) -> None:
        group = Group()
        group.jobs.append(first)
        self._those_who_wait(group)
        try:
            self._commit(group)
        except Exception as error:
            self._give_up(group, error)
        else:
            self._trace(Step.GROUP_COMMITTED)
            self._writer.answer(group.done, group.enqueued)
        for job in group.alone:
            self._writer.put(job)

    def _give_up(self, group: Group, error: Exception) -> None:
        """Runs all alone, but where nobody knows whether they were committed."""
        if self._takes_back(group) and group.is_committing:
            self._writer.fail(group.done, error)
            return
        if not isinstance(error, TakenBack | psycopg.Error):
            logger.exception("the commands of a group run apart")
        group.alone = [*group.jobs]

    def _takes_back(self, group: Group) -> bool:
        """Whether the connection was lost."""
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
        """Each goes on with its answer at once, while the server is at those of the others."""
        for number, answer in enumerate(pipeline.answers(), start=1):
            if (task := group.asking.pop(answer, None)) is not None:
                self._go_on(group, task)
            if number % PUSHED_AFTER == 0:
                pipeline.push()

    def _those_who_wait(self, group: Group) -> Iterable[Job]:
        found: list[Job] = []
        while len(group.jobs) + len(found) < GROUP_SIZE_MAX:
            try:
                job = self._jobs.get_nowait()
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
            tx = self._idle.pop() if self._idle else TxTogether(self._clock, *self._parts)
            task = Task(job, tx, greenlet(job.run))
            group.running.add(task)
            self._go_on(group, task, tx.starts(group))

    def _go_on(self, group: Group, task: Task, *given: Any) -> None:
        """Until it waits or is over. Raises TakenBack."""
        group.present = task
        try:
            result = task.greenlet.switch(*given)
        except RunAlone as alone:
            self._end(group, task)
            if task.tx.session.has_written:
                raise TakenBack from alone
            group.alone.append(task.job)
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
        if self._driver is not None:
            self._driver.close()
            self._driver = self._pipeline = None
