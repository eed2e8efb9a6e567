"""The commands of one transaction: which of them waits for what, and which has what to itself."""

from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import field

from greenlet import getcurrent, greenlet
from sqlalchemy import ClauseElement

from domain.quick import dataclass
from storage.callers import Job
from storage.postgres.pipeline import Answer, Pipeline
from storage.tx import Tx


@dataclass(slots=True, eq=False)
class Task:
    job: Job
    tx: Tx
    greenlet: greenlet
    owns: list[Hashable] = field(default_factory=list)
    has_written: bool = False


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

    @property
    def has_written(self) -> bool:
        """Whether the present command has written anything."""
        return self._present().has_written

    def note_write(self) -> None:
        self._present().has_written = True

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
