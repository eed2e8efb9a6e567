"""Holds the writer in the middle of a transaction, for as long as a test needs."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from domain.ports import Database, Tx
from storage.callers import QUIET_ROUNDS
from tests.support.patience import PATIENCE_S


class Gate:
    """A use case that waits until the gate opens; ``entered`` is set once it has the lock."""

    def __init__(self, before: Callable[[Tx], object] | None = None) -> None:
        self.entered = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._before = before
        self._opened = threading.Event()

    def __call__(self, *, tx: Tx, command: None) -> None:
        if self._before is not None:
            self._before(tx)
        self._loop.call_soon_threadsafe(self.entered.set)
        if not self._opened.wait(PATIENCE_S):
            raise TimeoutError("nobody opened the gate")

    def opens(self) -> None:
        self._opened.set()


@asynccontextmanager
async def held_writer(store: Database, before: Callable[[Tx], object] | None = None) -> AsyncIterator[Gate]:
    """The writer holds the lock, after it has run ``before``, until the gate opens or the block ends."""
    gate = Gate(before)
    waiting = asyncio.create_task(store.write(gate, None))
    try:
        await asyncio.wait_for(gate.entered.wait(), PATIENCE_S)
        yield gate
    finally:
        gate.opens()
        await waiting


async def all_are_asked() -> None:
    """Waits until every task made so far has run up to its first wait, and the writer's thread has their requests."""
    for _ in range(QUIET_ROUNDS + 2):
        await asyncio.sleep(0)
