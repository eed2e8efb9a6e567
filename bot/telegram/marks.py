"""Which updates are here, and which of them are still to be marked as done."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from domain.ids import UpdateId
from domain.plumbing import inbox as usecases
from domain.ports import Database, DatabaseUnavailable
from domain.steps import Step, Trace

logger = logging.getLogger(__name__)

MARK_AGAIN_S = 1.0


class Known:
    """The updates that are here, from when they are accepted until the database has it that they are over."""

    def __init__(self) -> None:
        self._here: set[UpdateId] = set()
        self._forgotten_later: list[UpdateId] | None = None

    def __contains__(self, update_id: UpdateId) -> bool:
        return update_id in self._here

    def all(self) -> Collection[UpdateId]:
        return frozenset(self._here)

    def add(self, update_id: UpdateId) -> None:
        self._here.add(update_id)

    def forget(self, update_ids: Iterable[UpdateId]) -> None:
        """Forgets updates that are over; not while the database is asked what there is: its answer may be older."""
        if self._forgotten_later is None:
            self._here.difference_update(update_ids)
        else:
            self._forgotten_later.extend(update_ids)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Forgets nothing before the block ends."""
        self._forgotten_later = []
        try:
            yield
        finally:
            self._here.difference_update(self._forgotten_later)
            self._forgotten_later = None


class Marks:
    """Marks answered updates as done. Nobody waits for that."""

    def __init__(self, database: Database, trace: Trace, known: Known) -> None:
        self._database = database
        self._trace = trace
        self._known = known
        self._answered: list[usecases.UpdateRef] = []
        self._stirs = asyncio.Event()
        self._is_closed = False

    def add(self, answered: usecases.UpdateRef) -> None:
        self._answered.append(answered)
        self._stirs.set()

    async def run(self) -> None:
        """Marks until ``close``; those that are answered meanwhile are marked together."""
        while self._answered or not self._is_closed:
            if not self._answered:
                self._stirs.clear()
                await self._stirs.wait()
                continue
            batch = self._answered.copy()
            try:
                await self._database.write(usecases.finish_updates, batch)
            except DatabaseUnavailable as error:
                logger.warning("%d answered updates cannot be marked: %s", len(batch), error)
                if self._is_closed:
                    return
                await asyncio.sleep(MARK_AGAIN_S)
            else:
                del self._answered[: len(batch)]
                self._known.forget(ref.update_id for ref in batch)
                self._trace(Step.UPDATE_DONE)

    def close(self) -> None:
        self._is_closed = True
        self._stirs.set()
