"""Long scans for operators, streamed in pages from one snapshot over the asynchronous engine."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Table,
    and_,
    bindparam,
    exists,
    func,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError

from domain.card import Card, Customer, HeldCards
from domain.entry import Entry
from domain.history import CardHistory, CardLine, ExpiryWarning, LedgerLine
from domain.ids import CardId, CardNumber, MerchantId, ProgramId
from domain.merchant import Program
from domain.ports import RowUnreadable
from domain.rules.rewards import progress_of
from storage import codec, outbox, rows, summaries, tables, wordings
from storage.base import read, readable
from storage.clauses import LIMIT, has, joins, place
from storage.statements import Row
from storage.terms import is_present

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

PAGE = 500
SLICE = 100
"""While a page is made into values, whoever is at the counter waits: for what the bot streams as it works."""

_entries, _cards, _staff = tables.entries, tables.cards, tables.staff
_approver = _staff.alias("approver")
_programs, _versions = tables.programs, tables.program_versions
_warnings, _deliveries = tables.expiry_warnings, tables.deliveries
_CARD_KEY = (_cards.c.merchant_id, _cards.c.card_id)
_ENTRY_KEY = (_entries.c.merchant_id, _entries.c.card_id)

LEDGER_LINE, ledger_line, _ = rows.mapped(
    LedgerLine,
    [
        _entries.c.entry_id,
        _entries.c.kind,
        _cards.c.number.label("card_number"),
        _entries.c.store_id,
        _staff.c.name.label("staff_name"),
        _approver.c.name.label("approved_by"),
        _entries.c.stamps_delta,
        _entries.c.stamps_balance_after,
        _entries.c.points_delta,
        _entries.c.points_balance_after,
        _entries.c.related_entry_id,
        _entries.c.occurred_at,
        _entries.c.factor_tenths,
        _entries.c.stamps_carried_minor,
        _entries.c.points_carried_nano,
    ],
)
SELECT_LEDGER_LINES = (
    select(*LEDGER_LINE)
    .join(_cards, joins(_cards, _entries, "card_id"))
    .outerjoin(_staff, joins(_staff, _entries, "staff_id"))
    .outerjoin(_approver, and_(joins(_approver, _entries), _approver.c.staff_id == _entries.c.approved_by))
    .where(has(_entries, "merchant_id"))
    .order_by(_entries.c.occurred_at, _entries.c.entry_id)
)
SELECT_LEDGER_LINES_OF_CARD = SELECT_LEDGER_LINES.where(has(_cards, "number"))
SELECT_CARD_LINES = (
    select(
        _cards.c.number,
        _cards.c.stamp_count,
        _cards.c.points_balance,
        _cards.c.active,
        _cards.c.held_cards,
        _versions.c.stamps_target,
    )
    .join(_programs, joins(_programs, _cards, "program_id"))
    .join(_versions, is_present)
    .where(has(_cards, "merchant_id"))
    .order_by(_cards.c.created_at, _cards.c.card_id)
)
SELECT_PROGRAMS = select(*rows.PROGRAM)
SELECT_CARDS = (
    select(*rows.CARD)
    .where(tuple_(*_CARD_KEY) > place(_CARD_KEY, "merchant_id", "card_id"))
    .order_by(*_CARD_KEY)
    .limit(LIMIT)
)


def _is_in(other: FromClause, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """Whether there is a row, without a conversion: every driver's answer is true or false."""
    return type_coerce(exists().where(joins(other, _entries), *conditions), Integer)


_stands = func.coalesce(_cards.c.merged_into, _cards.c.card_id)
SELECT_ENTRIES_BY_CARD = (
    select(*rows.ENTRY, _stands)
    .join(_cards, joins(_cards, _entries, "card_id"))
    .where(
        has(_entries, "merchant_id"), _entries.c.local_date.between(bindparam("since"), bindparam("until"))
    )
    .order_by(_stands, _entries.c.card_id, _entries.c.entry_no)
)
SELECT_MERGED_ENTRIES = (
    select(*rows.ENTRY, _cards.c.merged_into)
    .join(_cards, joins(_cards, _entries, "card_id"))
    .where(
        _cards.c.merged_into.is_not(None),
        tuple_(_cards.c.merchant_id, _cards.c.merged_into)
        >= place(_CARD_KEY, "first_merchant_id", "first_card_id"),
        tuple_(_cards.c.merchant_id, _cards.c.merged_into)
        <= place(_CARD_KEY, "last_merchant_id", "last_card_id"),
    )
)
SELECT_ENTRIES_IN_ORDER = (
    select(*rows.ENTRY, _cards.c.number)
    .join(_cards, joins(_cards, _entries, "card_id"))
    .where(has(_entries, "merchant_id"))
    .order_by(_entries.c.occurred_at, _entries.c.entry_id)
)
SELECT_CARDS_HELD = (
    select(*rows.CARD, *rows.CUSTOMER)
    .join(tables.customers, joins(tables.customers, _cards, "customer_id"))
    .where(has(_cards, "merchant_id"))
    .order_by(_cards.c.created_at, _cards.c.card_id)
)
_warned_at = (
    select(func.min(_deliveries.c.delivered_at))
    .where(joins(_deliveries, _warnings, "message_id"))
    .scalar_subquery()
)
SELECT_ENTRIES = (
    select(
        *rows.ENTRY,
        _is_in(tables.outbox, tables.outbox.c.message_id == _entries.c.entry_id),
        _is_in(tables.operations, tables.operations.c.operation_key == _entries.c.operation_key),
        _warnings.c.was_reachable,
        _warned_at,
    )
    .outerjoin(_warnings, joins(_warnings, _entries, "card_id", "entry_id"))
    .where(
        tuple_(*_ENTRY_KEY) >= place(_ENTRY_KEY, "first_merchant_id", "first_card_id"),
        tuple_(*_ENTRY_KEY) <= place(_ENTRY_KEY, "last_merchant_id", "last_card_id"),
    )
    .order_by(*_ENTRY_KEY, _entries.c.entry_no)
)
"""Each with whether it was announced, whether its operation is recorded, and the warning."""


async def ledger(
    engine: "AsyncEngine", merchant_id: MerchantId, number: CardNumber | None
) -> AsyncIterator[LedgerLine]:
    """Entries oldest first."""
    statement = SELECT_LEDGER_LINES if number is None else SELECT_LEDGER_LINES_OF_CARD
    async with engine.connect() as connection:
        async for row in await connection.stream(statement, {"merchant_id": merchant_id, "number": number}):
            yield ledger_line(row)


async def cards(engine: "AsyncEngine", merchant_id: MerchantId) -> AsyncIterator[CardLine]:
    """Cards in the order in which they were made."""
    async with engine.connect() as connection:
        async for row in await connection.stream(SELECT_CARD_LINES, {"merchant_id": merchant_id}):
            number, stamp_count, points_balance, active, held_cards, target = row
            held = codec.decode(held_cards, tuple[HeldCards, ...]) if held_cards else ()
            yield CardLine(
                card_number=number,
                stamp_count=stamp_count,
                points_balance=points_balance,
                rewards_available=progress_of(stamp_count, held, target, "").rewards_available,
                active=bool(active),
            )


async def entries_by_card(
    engine: "AsyncEngine", merchant_id: MerchantId, since: date, until: date
) -> AsyncIterator[Sequence[Entry]]:
    """All that happened to a card on these days and between, card by card, with those that were merged into it, but
    for rows that cannot be read."""
    key = {"merchant_id": merchant_id, "since": since.isoformat(), "until": until.isoformat()}
    card: list[Entry] = []
    present = None
    async with engine.connect() as connection:
        result = await connection.stream(SELECT_ENTRIES_BY_CARD, key)
        async for page in result.partitions(SLICE):
            for entry, stands in readable(_standing, page):
                if card and stands != present:
                    yield card
                    card = []
                present = stands
                card.append(entry)
    if card:
        yield card


async def entries_in_order(
    engine: "AsyncEngine", merchant_id: MerchantId
) -> AsyncIterator[Sequence[tuple[Entry, CardNumber]]]:
    """All entries with their cards' numbers, oldest first, but for rows that cannot be read."""
    async with engine.connect() as connection:
        result = await connection.stream(SELECT_ENTRIES_IN_ORDER, {"merchant_id": merchant_id})
        async for page in result.partitions(SLICE):
            yield readable(_numbered, page)


async def cards_held(
    engine: "AsyncEngine", merchant_id: MerchantId
) -> AsyncIterator[Sequence[tuple[Card, Customer]]]:
    """Cards with their holders in the order in which they were made, but for rows that cannot be read."""
    async with engine.connect() as connection:
        result = await connection.stream(SELECT_CARDS_HELD, {"merchant_id": merchant_id})
        async for page in result.partitions(SLICE):
            yield readable(_held, page)


def _standing(row: Row) -> tuple[Entry, CardId]:
    return rows.entry(row[:-1]), row[-1]


def _numbered(row: Row) -> tuple[Entry, CardNumber]:
    return rows.entry(row[:-1]), row[-1]


def _held(row: Row) -> tuple[Card, Customer]:
    width = len(rows.CARD)
    return rows.card(row[:width]), rows.customer(row[width:])


async def histories(engine: "AsyncEngine") -> AsyncIterator[CardHistory]:
    """Every card with its entries, by merchant and card, but those of which a row cannot be read."""
    async with engine.connect() as connection:
        terms = await _terms(connection)
        last = ("", "")
        while page := await _page_of_cards(connection, *last):
            last = (page[-1].merchant_id, page[-1].card_id)
            entries = await _entries_of(connection, page[0], page[-1])
            merged = await _merged_entries_of(connection, page[0], page[-1])
            for card in readable(rows.card, page):
                with suppress(RowUnreadable):
                    yield _history(
                        card,
                        entries[(card.merchant_id, card.card_id)],
                        merged[(card.merchant_id, card.card_id)],
                        terms[(card.merchant_id, card.program_id)],
                    )


async def _page_of_cards(connection: "AsyncConnection", merchant_id: str, card_id: str) -> Sequence[Any]:
    """Rows of those after it."""
    after = {"merchant_id": merchant_id, "card_id": card_id, "limit": PAGE}
    return (await connection.execute(SELECT_CARDS, after)).all()


async def _entries_of(
    connection: "AsyncConnection", first: Card, last: Card
) -> dict[tuple[MerchantId, CardId], list[Row]]:
    found: dict[tuple[MerchantId, CardId], list[Row]] = defaultdict(list)
    for row in await connection.execute(SELECT_ENTRIES, _ends_of(first, last)):
        found[(row.merchant_id, row.card_id)].append(row)
    return found


async def _merged_entries_of(
    connection: "AsyncConnection", first: Card, last: Card
) -> dict[tuple[MerchantId, CardId], list[Row]]:
    """By the card that stands for theirs."""
    found: dict[tuple[MerchantId, CardId], list[Row]] = defaultdict(list)
    for row in await connection.execute(SELECT_MERGED_ENTRIES, _ends_of(first, last)):
        found[(row.merchant_id, row.merged_into)].append(tuple(row)[:-1])
    return found


def _ends_of(first: Card, last: Card) -> dict[str, str]:
    return {
        "first_merchant_id": first.merchant_id,
        "first_card_id": first.card_id,
        "last_merchant_id": last.merchant_id,
        "last_card_id": last.card_id,
    }


async def _terms(
    connection: "AsyncConnection",
) -> dict[tuple[MerchantId, ProgramId], dict[int, Program]]:
    found: dict[tuple[MerchantId, ProgramId], dict[int, Program]] = defaultdict(dict)
    for program in readable(rows.program, map(tuple, await connection.execute(SELECT_PROGRAMS))):
        found[(program.merchant_id, program.program_id)][program.version] = program
    return found


def _history(
    card: Card, found: Sequence[Row], merged: Sequence[Row], terms: dict[int, Program]
) -> CardHistory:
    width = len(rows.ENTRY)
    entries = [read(rows.entry, row[:width]) for row in found]
    known = [(entry, *row[width:]) for entry, row in zip(entries, found, strict=True)]
    return CardHistory(
        card=card,
        entries=entries,
        merged=[read(rows.entry, row) for row in merged],
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


READERS: dict[Table, tuple[rows.Columns, Callable[[Row], object]]] = rows.READERS | {
    tables.outbox: (outbox.MESSAGE, outbox.kept_message_of),
    tables.deliveries: (outbox.DELIVERY, outbox.delivery_of),
    tables.summaries: (summaries.SUMMARY, summaries.summary_of),
    tables.wordings: (wordings.WORDING, wordings.wording_of),
}
"""What is made of the rows of a table; of others only their moments can be wrong."""


def _parts(table: Table) -> tuple[rows.Columns, rows.Columns, rows.Columns]:
    """A row's key, what is made into a value, and its moments."""
    moments = [column for column in table.columns if column.name.endswith(("_at", "_until", "_since"))]
    return table.primary_key.columns.values(), READERS.get(table, ((), len))[0], moments


SELECT_ALL = {
    table: select(*(column for part in _parts(table) for column in part))
    for table in tables.metadata.sorted_tables
}


async def unreadable(engine: "AsyncEngine") -> AsyncIterator[str]:
    """The rows that no version of the program has written, each with its table and key."""
    async with engine.connect() as connection:
        for table, statement in SELECT_ALL.items():
            _, made_of = READERS.get(table, ((), len))
            parts = rows.slices(*_parts(table))
            try:
                async for row in await connection.stream(statement):
                    key, made, moments = (tuple(row[part]) for part in parts)
                    if said := _trouble(made_of, made, moments):
                        yield f"{table.name} {key}: {said}"
            except DBAPIError as error:
                yield f"{table.name}: {error.orig}"


def _trouble(made_of: Callable[[Row], object], row: Row, moments: Row) -> str | None:
    try:
        made_of(row)
        for at in moments:
            rows.from_instant_or_none(at)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
