"""Watching what runs for as long as the program: whatever of it ends is logged, started again, and named by the
health check until it has run well for a while.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from typing import Any

logger = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
WELL_AFTER_S = 60.0
"""Work that has run for so long is well again: if it ends once more, it waits only as long as the first time."""

Work = Callable[[], Coroutine[Any, Any, None]]


class Watch:
    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """``seconds`` never goes back."""
        self._seconds = seconds
        self._unwell_until: dict[str, float] = {}
        self._looks: dict[str, Callable[[], str | None]] = {}

    def failing(self) -> list[str]:
        """The names of work that has ended and not run well for a while since, and of work that says what ails it,
        with what it says."""
        now = self._seconds()
        ended = {name for name, until in self._unwell_until.items() if now < until}
        return sorted(ended | {f"{name}: {said}" for name, ails in self._looks.items() if (said := ails())})

    def looks_at(self, name: str, ails: Callable[[], str | None]) -> None:
        """From now on ``failing`` asks ``ails`` too, which says what is wrong, or None."""
        self._looks[name] = ails

    def failed(self, name: str) -> None:
        """Notes that something has failed, and goes on."""
        self._unwell_until[name] = self._seconds() + WELL_AFTER_S

    @asynccontextmanager
    async def keeps(
        self,
        name: str,
        work: Work,
        stop: Callable[[], None] | None = None,
        *,
        once: bool = False,
        ails: Callable[[], str | None] = lambda: None,
    ) -> AsyncIterator[None]:
        """Runs ``work`` beside the block, and again whenever it ends; if it is to run ``once``, it may return. When
        the block ends, the work is told to ``stop`` and waited for; without ``stop`` it is cancelled."""
        self._looks[name] = ails
        stops = asyncio.Event()
        task = asyncio.create_task(self._keep(name, work, stops, once=once))
        try:
            yield
        finally:
            stops.set()
            (stop or task.cancel)()
            await asyncio.wait([task])
            del self._looks[name]
            self._unwell_until.pop(name, None)

    async def _keep(self, name: str, work: Work, stops: asyncio.Event, *, once: bool) -> None:
        wait_s = FIRST_WAIT_S
        while not stops.is_set():
            began = self._seconds()
            error: BaseException | None = None
            try:
                await work()
            except asyncio.CancelledError as stray:
                if stops.is_set() or _is_to_end():
                    raise
                error = stray
            except Exception as failure:
                error = failure
            if error is None and (once or stops.is_set()):
                self._unwell_until.pop(name, None)
                return
            logger.error("%s ended unexpectedly", name, exc_info=error)
            if self._seconds() - began >= WELL_AFTER_S:
                wait_s = FIRST_WAIT_S
            self._unwell_until[name] = float("inf")
            await is_set_within(stops, wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            self.failed(name)


async def is_set_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Waits for the event, with None for as long as it takes; returns whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def ended_within(tasks: Collection[asyncio.Task[None]], seconds: float) -> None:
    """Waits for the tasks and for those that join them meanwhile; cancels those that take longer."""
    try:
        async with asyncio.timeout(seconds):
            while tasks:
                await asyncio.wait(tasks)
    except TimeoutError:
        for task in tuple(tasks):
            task.cancel()
        while tasks:
            await asyncio.wait(tasks)


def _is_to_end() -> bool:
    """Whether this task was cancelled, rather than something that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
