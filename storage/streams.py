"""Long scans for operators, streamed in pages from one snapshot over the asynchronous engine."""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import and_, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.card import Card
from domain.entry import EntryKind
from domain.history import CardHistory, CardLine, ExpiryWarning, LedgerLine
from domain.ids import CardId, CardNumber, MerchantId, ProgramId
from domain.merchant import Program
from domain.rules.rewards import rewards_available
from storage import rows, tables

logger = logging.getLogger(__name__)

PAGE = 500

_entries, _cards = tables.entries, tables.cards
_programs, _versions = tables.programs, tables.program_versions
_warnings, _deliveries = tables.expiry_warnings, tables.deliveries


async def ledger(
    engine: AsyncEngine, merchant_id: MerchantId, number: CardNumber | None
) -> AsyncIterator[LedgerLine]:
    """Entries oldest first."""
    statement = (
        select(
            _entries.c.entry_id,
            _entries.c.kind,
            _cards.c.number,
            _entries.c.store_id,
            tables.staff.c.name,
            _entries.c.stamps_delta,
            _entries.c.stamps_balance_after,
            _entries.c.points_delta,
            _entries.c.points_balance_after,
            _entries.c.related_entry_id,
            _entries.c.occurred_at,
        )
        .join(
            _cards,
            and_(_cards.c.merchant_id == _entries.c.merchant_id, _cards.c.card_id == _entries.c.card_id),
        )
        .outerjoin(
            tables.staff,
            and_(
                tables.staff.c.merchant_id == _entries.c.merchant_id,
                tables.staff.c.staff_id == _entries.c.staff_id,
            ),
        )
        .where(_entries.c.merchant_id == merchant_id)
        .order_by(_entries.c.occurred_at, _entries.c.entry_id)
    )
    if number is not None:
        statement = statement.where(_cards.c.number == number)
    async with engine.connect() as connection:
        async for row in await connection.stream(statement):
            entry_id, kind, card_number, store_id, staff_name, *balances, related, occurred_at = row
            stamps_delta, stamps_after, points_delta, points_after = balances
            yield LedgerLine(
                entry_id=entry_id,
                kind=EntryKind(kind),
                card_number=card_number,
                store_id=store_id,
                staff_name=staff_name,
                stamps_delta=stamps_delta,
                stamps_balance_after=stamps_after,
                points_delta=points_delta,
                points_balance_after=points_after,
                related_entry_id=related,
                occurred_at=rows.from_instant(occurred_at),
            )


async def cards(engine: AsyncEngine, merchant_id: MerchantId) -> AsyncIterator[CardLine]:
    """Cards in the order in which they were made."""
    statement = (
        select(
            _cards.c.number,
            _cards.c.stamp_count,
            _cards.c.points_balance,
            _cards.c.active,
            _versions.c.stamps_target,
        )
        .join(
            _programs,
            and_(
                _programs.c.merchant_id == _cards.c.merchant_id,
                _programs.c.program_id == _cards.c.program_id,
            ),
        )
        .join(
            _versions,
            and_(
                _versions.c.merchant_id == _programs.c.merchant_id,
                _versions.c.program_id == _programs.c.program_id,
                _versions.c.version == _programs.c.present_version,
            ),
        )
        .where(_cards.c.merchant_id == merchant_id)
        .order_by(_cards.c.created_at, _cards.c.card_id)
    )
    async with engine.connect() as connection:
        async for number, stamp_count, points_balance, active, stamps_target in await connection.stream(
            statement
        ):
            yield CardLine(
                card_number=number,
                stamp_count=stamp_count,
                points_balance=points_balance,
                rewards_available=rewards_available(stamp_count, stamps_target),
                active=bool(active),
            )


async def histories(engine: AsyncEngine) -> AsyncIterator[CardHistory]:
    """Every card with its entries, by merchant and card."""
    async with engine.connect() as connection:
        terms = await _terms(connection)
        last: tuple[MerchantId, CardId] | None = None
        while page := await _page_of_cards(connection, last):
            last = (page[-1].merchant_id, page[-1].card_id)
            entries = await _entries_of(connection, page[0], page[-1])
            for card in page:
                yield _history(
                    card,
                    entries[(card.merchant_id, card.card_id)],
                    terms[(card.merchant_id, card.program_id)],
                )


async def _page_of_cards(
    connection: AsyncConnection, after: tuple[MerchantId, CardId] | None
) -> Sequence[Card]:
    statement = select(*rows.CARD).order_by(_cards.c.merchant_id, _cards.c.card_id).limit(PAGE)
    if after is not None:
        statement = statement.where(tuple_(_cards.c.merchant_id, _cards.c.card_id) > tuple_(*after))
    return [rows.card(tuple(row)) for row in await connection.execute(statement)]


async def _entries_of(
    connection: AsyncConnection, first: Card, last: Card
) -> dict[tuple[MerchantId, CardId], list[tuple[Any, ...]]]:
    """Rows of entries, each with whether it was announced, whether its operation is recorded, and the warning."""
    key = tuple_(_entries.c.merchant_id, _entries.c.card_id)
    announced = exists().where(
        _deliveries.c.merchant_id == _entries.c.merchant_id,
        _deliveries.c.message_id == _entries.c.entry_id,
    )
    recorded = exists().where(
        tables.operations.c.merchant_id == _entries.c.merchant_id,
        tables.operations.c.operation_key == _entries.c.operation_key,
    )
    warned_at = (
        select(func.min(_deliveries.c.delivered_at))
        .where(
            _deliveries.c.merchant_id == _warnings.c.merchant_id,
            _deliveries.c.message_id == _warnings.c.message_id,
        )
        .scalar_subquery()
    )
    statement = (
        select(*rows.ENTRY, announced, recorded, _warnings.c.was_reachable, warned_at)
        .outerjoin(
            _warnings,
            and_(
                _warnings.c.merchant_id == _entries.c.merchant_id,
                _warnings.c.card_id == _entries.c.card_id,
                _warnings.c.entry_id == _entries.c.entry_id,
            ),
        )
        .where(key >= tuple_(first.merchant_id, first.card_id), key <= tuple_(last.merchant_id, last.card_id))
        .order_by(_entries.c.merchant_id, _entries.c.card_id, _entries.c.entry_no)
    )
    found: dict[tuple[MerchantId, CardId], list[tuple[Any, ...]]] = defaultdict(list)
    for row in await connection.execute(statement):
        found[(row.merchant_id, row.card_id)].append(tuple(row))
    return found


async def _terms(
    connection: AsyncConnection,
) -> dict[tuple[MerchantId, ProgramId], dict[int, Program]]:
    found: dict[tuple[MerchantId, ProgramId], dict[int, Program]] = defaultdict(dict)
    for row in await connection.execute(select(*rows.PROGRAM)):
        try:
            program = rows.program(tuple(row))
        except ValueError as error:
            logger.error("version %d of program %s cannot be read: %s", row.version, row.program_id, error)
        else:
            found[(program.merchant_id, program.program_id)][program.version] = program
    return found


def _history(card: Card, found: Sequence[tuple[Any, ...]], terms: dict[int, Program]) -> CardHistory:
    width = len(rows.ENTRY)
    entries = [rows.entry(row[:width]) for row in found]
    known = [(entry, *row[width:]) for entry, row in zip(entries, found, strict=True)]
    return CardHistory(
        card=card,
        entries=entries,
        terms=terms,
        notified=frozenset(entry.entry_id for entry, announced, *_ in known if announced),
        operations=frozenset(entry.operation_key for entry, _, recorded, *_ in known if recorded),
        warnings={
            entry.entry_id: ExpiryWarning(
                delivered_at=rows.from_instant_or_none(warned_at), was_reachable=bool(was_reachable)
            )
            for entry, _, _, was_reachable, warned_at in known
            if was_reachable is not None
        },
    )
