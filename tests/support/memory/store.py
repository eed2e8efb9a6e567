"""The store: a transaction is a copy of the tables that takes their place when it succeeds."""

from collections.abc import AsyncIterator, Callable
from copy import copy
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

from domain.card import Card
from domain.entry import Entry
from domain.history import CardHistory, CardLine, ExpiryWarning, LedgerLine
from domain.ids import (
    CardId,
    CardNumber,
    MerchantId,
    MessageId,
    StoreId,
)
from domain.ports import Command, DatabaseUnavailable, InputT, Query, ResultT
from domain.rules.rewards import rewards_available
from domain.staff import Staff
from tests.support.memory.tables import Table, Tables
from tests.support.memory.tx import MemoryTx


class MemoryStore:
    """Implements ``domain.ports.Store``; ``write_now`` and ``read_now`` are the same without an event loop."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
    ) -> None:
        self.tables = Tables()
        self._clock = clock
        self._new_id = new_id
        self._chance_below = chance_below
        self._wakes: list[Callable[[], None]] = []
        self._is_closed = False

    def write_now(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        tx = self._begin()
        result = usecase(tx=tx, command=command)
        self.tables = tx.tables
        if tx.enqueued:
            for wake in self._wakes:
                wake()
        return result

    def read_now(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        tx = self._begin()
        result = usecase(tx=tx, query=query)
        if _rows(tx.tables) != _rows(self.tables):
            raise DatabaseUnavailable("a query tried to change something")
        return result

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        return self.write_now(usecase, command)

    async def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        return self.read_now(usecase, query)

    async def glance(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        return self.read_now(usecase, query)

    def on_enqueued(self, wake: Callable[[], None]) -> None:
        self._wakes.append(wake)

    def on_failure(self, tell: Callable[[str], None]) -> None:
        """Nothing here can break down."""

    async def ledger(self, merchant_id: MerchantId, number: CardNumber | None) -> AsyncIterator[LedgerLine]:
        t = self.tables
        found = [entry for entry in t.entries if entry.merchant_id == merchant_id]
        for entry in sorted(found, key=lambda entry: (entry.occurred_at, entry.entry_id)):
            card = t.cards.rows[(merchant_id, entry.card_id)].card
            staff = t.staff.get((merchant_id, entry.staff_id)) if entry.staff_id else None
            if number in (None, card.number):
                yield _ledger_line(entry, card, staff)

    async def cards(self, merchant_id: MerchantId) -> AsyncIterator[CardLine]:
        t = self.tables
        held = [row.card for row in t.cards if row.card.merchant_id == merchant_id]
        for card in sorted(held, key=lambda card: (card.created_at, card.card_id)):
            version = t.present[(merchant_id, card.program_id)]
            target = t.programs.rows[(merchant_id, card.program_id, version)].stamps_target
            yield CardLine(
                card_number=card.number,
                stamp_count=card.stamp_count,
                points_balance=card.points_balance,
                rewards_available=rewards_available(card.stamp_count, target),
                active=card.active,
            )

    async def histories(self) -> AsyncIterator[CardHistory]:
        for history in self.histories_now():
            yield history

    def histories_now(self) -> list[CardHistory]:
        t = self.tables
        cards = sorted((row.card for row in t.cards), key=lambda card: (card.merchant_id, card.card_id))
        return [_history(t, card) for card in cards]

    def switch_off_card(self, card_id: CardId) -> None:
        """No use case does this yet."""
        for row in list(self.tables.cards):
            if row.card.card_id == card_id:
                self.tables.cards.save(replace(row, card=replace(row.card, active=False)))

    def switch_off_store(self, store_id: StoreId) -> None:
        """Nor this."""
        for store in list(self.tables.stores):
            if store.store_id == store_id:
                self.tables.stores.save(replace(store, active=False))

    async def size_bytes(self) -> int:
        return 0

    async def backup(self, path: Path) -> None:
        raise DatabaseUnavailable(f"there is no file to copy to {path}")

    async def close(self) -> None:
        self._is_closed = True

    def _begin(self) -> MemoryTx:
        if self._is_closed:
            raise DatabaseUnavailable("closed")
        return MemoryTx(copy(self.tables), self._clock(), self._new_id, self._chance_below)


def _rows(tables: Tables) -> list[object]:
    parts = [getattr(tables, part.name) for part in fields(tables)]
    return [part.rows if isinstance(part, Table) else part for part in parts]


def _ledger_line(entry: Entry, card: Card, staff: Staff | None) -> LedgerLine:
    return LedgerLine(
        entry_id=entry.entry_id,
        kind=entry.kind,
        card_number=card.number,
        store_id=entry.store_id,
        staff_name=staff.name if staff else None,
        stamps_delta=entry.stamps_delta,
        stamps_balance_after=entry.stamps_balance_after,
        points_delta=entry.points_delta,
        points_balance_after=entry.points_balance_after,
        related_entry_id=entry.related_entry_id,
        occurred_at=entry.occurred_at,
    )


def _history(t: Tables, card: Card) -> CardHistory:
    key = (card.merchant_id, card.card_id)
    entries = sorted(
        (entry for entry in t.entries if (entry.merchant_id, entry.card_id) == key),
        key=lambda entry: entry.entry_no,
    )
    return CardHistory(
        card=card,
        entries=entries,
        terms={
            program.version: program
            for program in t.programs
            if (program.merchant_id, program.program_id) == (card.merchant_id, card.program_id)
        },
        notified=frozenset(
            entry.entry_id
            for entry in entries
            if t.outbox.get((card.merchant_id, MessageId(entry.entry_id))) is not None
        ),
        operations=frozenset(
            entry.operation_key
            for entry in entries
            if t.operations.get((card.merchant_id, entry.operation_key)) is not None
        ),
        warnings={
            row.entry_id: ExpiryWarning(
                delivered_at=t.outbox.rows[(merchant_id, row.message_id)].sent_at,
                was_reachable=row.was_reachable,
            )
            for (merchant_id, card_id, *_), row in t.warnings.items()
            if (merchant_id, card_id) == key and row.entry_id is not None
        },
    )
