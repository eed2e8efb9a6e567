"""What a store does alike on every engine: it streams, and tells whoever waits of commits and of parts that broke."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.card import Card, Customer
from domain.delivery import ChannelKind
from domain.entry import Entry
from domain.history import CardHistory, CardLine, LedgerLine
from domain.ids import CardNumber, MerchantId
from domain.steps import Trace
from storage import streams
from storage.callers import Parts

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class StoreBase(ABC):
    """Part of ``domain.ports.Store``. ``scan_engine`` makes the engine for what is long when it is needed first."""

    def __init__(self, scan_engine: Callable[[], "AsyncEngine"]) -> None:
        self._make_scan_engine = scan_engine
        self._made_scan_engine: AsyncEngine | None = None
        self._wakes: list[Callable[[], None]] = []
        self._told_of_failures: list[Callable[[str], None]] = []

    def on_enqueued(self, wake: Callable[[], None]) -> None:
        self._wakes.append(wake)

    def on_failure(self, tell: Callable[[str], None]) -> None:
        self._told_of_failures.append(tell)

    def ledger(self, merchant_id: MerchantId, number: CardNumber | None) -> AsyncIterator[LedgerLine]:
        return streams.ledger(self._scan_engine, merchant_id, number)

    def cards(self, merchant_id: MerchantId) -> AsyncIterator[CardLine]:
        return streams.cards(self._scan_engine, merchant_id)

    def entries_by_card(
        self, merchant_id: MerchantId, since: date, until: date
    ) -> AsyncIterator[Sequence[Entry]]:
        return streams.entries_by_card(self._scan_engine, merchant_id, since, until)

    def entries_in_order(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Entry, CardNumber]]]:
        return streams.entries_in_order(self._scan_engine, merchant_id)

    def cards_held(self, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Card, Customer]]]:
        return streams.cards_held(self._scan_engine, merchant_id)

    def histories(self) -> AsyncIterator[CardHistory]:
        return streams.histories(self._scan_engine)

    async def damage(self) -> Sequence[str]:
        found = await asyncio.to_thread(self._damaged_pages)
        return [*found, *[each async for each in streams.unreadable(self._scan_engine)]]

    async def _end_scans(self) -> None:
        if self._made_scan_engine is not None:
            await self._made_scan_engine.dispose()

    @property
    def _scan_engine(self) -> "AsyncEngine":
        if self._made_scan_engine is None:
            self._made_scan_engine = self._make_scan_engine()
        return self._made_scan_engine

    @abstractmethod
    def _damaged_pages(self) -> Sequence[str]:
        """What the engine's own check of its files says, a line each."""

    def _parts(
        self,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        channels_on: Collection[ChannelKind],
        trace: Trace,
    ) -> Parts:
        return Parts(
            clock=clock,
            new_id=new_id,
            chance_below=chance_below,
            channels_on=channels_on,
            on_enqueued=self._wake,
            on_failure=self._tell_of_failure,
            trace=trace,
        )

    def _wake(self) -> None:
        """Each by itself: one that fails keeps no other from being called."""
        for wake in self._wakes:
            asyncio.get_running_loop().call_soon(wake)

    def _tell_of_failure(self) -> None:
        for tell in self._told_of_failures:
            tell("writer of the database")
