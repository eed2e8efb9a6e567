"""What a store does on every engine: it streams, and calls back when messages were committed or the writer broke."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime

from domain.card import Card, Customer
from domain.crew import ALONE, Crew
from domain.delivery import ChannelKind
from domain.entry import Entry
from domain.history import CardHistory, CardLine, LedgerLine
from domain.ids import CardNumber, MerchantId
from domain.steps import Trace
from storage import histories, streams, unreadable
from storage.callers import Parts
from storage.scan import Scan, Scans

SCANS_AT_ONCE = 15
"""Each scan has a connection of its own; one more has to wait."""


class StoreBase(ABC):
    """The part of ``domain.ports.Database`` that is the same on every engine."""

    def __init__(self, open_scan: Scans) -> None:
        self._open_scan = open_scan
        self._scanning = asyncio.Semaphore(SCANS_AT_ONCE)
        self._wakes: list[Callable[[], None]] = []
        self._told_of_failures: list[Callable[[str], None]] = []

    def on_enqueued(self, wake: Callable[[], None]) -> None:
        self._wakes.append(wake)

    def on_failure(self, tell: Callable[[str], None]) -> None:
        self._told_of_failures.append(tell)

    def ledger(self, merchant_id: MerchantId, number: CardNumber | None) -> AsyncIterator[LedgerLine]:
        return streams.ledger(self._scans, merchant_id, number)

    def cards(self, merchant_id: MerchantId) -> AsyncIterator[CardLine]:
        return streams.cards(self._scans, merchant_id)

    def entries_by_card(
        self, merchant_id: MerchantId, since: date, until: date
    ) -> AsyncIterator[Sequence[Entry]]:
        return streams.entries_by_card(self._scans, merchant_id, since, until)

    def entries_in_order(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Entry, CardNumber]]]:
        return streams.entries_in_order(self._scans, merchant_id)

    def cards_held(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Card, Customer]]]:
        return streams.cards_held(self._scans, merchant_id)

    def histories(self) -> AsyncIterator[CardHistory]:
        return histories.histories(self._scans)

    async def damage(self) -> Sequence[str]:
        found = await asyncio.to_thread(self._damaged_pages)
        return [*found, *[each async for each in unreadable.unreadable(self._scans)]]

    @asynccontextmanager
    async def _scans(self) -> AsyncIterator[Scan]:
        async with self._scanning, self._open_scan() as scan:
            yield scan

    @abstractmethod
    def _damaged_pages(self) -> Sequence[str]:
        """What the engine's own check of its files finds, a line for each problem."""

    def _parts(
        self,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind],
        trace: Trace,
        crew: Callable[[], Crew] = lambda: ALONE,
    ) -> Parts:
        return Parts(
            clock=clock,
            new_id=new_id,
            chance_below=chance_below,
            channels_on=channels_on,
            on_enqueued=self._wake,
            on_failure=self._tell_of_failure,
            trace=trace,
            crew=crew,
        )

    def _wake(self) -> None:
        """Each by itself, so that one that fails does not keep the others from being called."""
        for wake in self._wakes:
            asyncio.get_running_loop().call_soon(wake)

    def _tell_of_failure(self) -> None:
        for tell in self._told_of_failures:
            tell("writer of the database")
