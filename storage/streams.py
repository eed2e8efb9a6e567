"""Long scans, for operators and for owners' reports and exports, streamed in pages from one snapshot."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from sqlalchemy import and_, bindparam, func, select

from domain.card import Card, Customer, HeldCards
from domain.entry import Entry
from domain.history import CardLine, LedgerLine
from domain.ids import CardId, CardNumber, MerchantId
from domain.rules.rewards import progress_of
from storage import codec, rows, tables
from storage.base import readable
from storage.clauses import has, joins
from storage.scan import SLICE, Scans
from storage.statements import Row
from storage.terms import is_present

PAGE = 500

_entries, _cards, _staff = tables.entries, tables.cards, tables.staff
_approver = _staff.alias("approver")
_programs, _versions = tables.programs, tables.program_versions

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


_stands = func.coalesce(_cards.c.merged_into, _cards.c.card_id)
SELECT_ENTRIES_BY_CARD = (
    select(*rows.ENTRY, _stands)
    .join(_cards, joins(_cards, _entries, "card_id"))
    .where(
        has(_entries, "merchant_id"), _entries.c.local_date.between(bindparam("since"), bindparam("until"))
    )
    .order_by(_stands, _entries.c.card_id, _entries.c.entry_no)
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


async def ledger(
    scans: Scans, merchant_id: MerchantId, number: CardNumber | None
) -> AsyncIterator[LedgerLine]:
    """Entries oldest first."""
    statement = SELECT_LEDGER_LINES if number is None else SELECT_LEDGER_LINES_OF_CARD
    async with scans() as scan:
        async for page in scan.pages(PAGE, statement, merchant_id=merchant_id, number=number):
            for row in page:
                yield ledger_line(row)


async def cards(scans: Scans, merchant_id: MerchantId) -> AsyncIterator[CardLine]:
    """Cards in the order in which they were made."""
    async with scans() as scan:
        async for page in scan.pages(PAGE, SELECT_CARD_LINES, merchant_id=merchant_id):
            for row in page:
                yield _card_line(row)


def _card_line(row: Row) -> CardLine:
    number, stamp_count, points_balance, active, held_cards, target = row
    held = codec.decode(held_cards, tuple[HeldCards, ...]) if held_cards else ()
    return CardLine(
        card_number=number,
        stamp_count=stamp_count,
        points_balance=points_balance,
        rewards_available=progress_of(stamp_count, held, target, "").rewards_available,
        active=bool(active),
    )


async def entries_by_card(
    scans: Scans, merchant_id: MerchantId, since: date, until: date
) -> AsyncIterator[Sequence[Entry]]:
    """Entries from ``since`` to ``until``, both included, card by card. Entries of cards that were merged into a card
    count as its own; rows that cannot be read are left out."""
    key = {"merchant_id": merchant_id, "since": since.isoformat(), "until": until.isoformat()}
    card: list[Entry] = []
    present = None
    async with scans() as scan:
        async for page in scan.pages(SLICE, SELECT_ENTRIES_BY_CARD, **key):
            for entry, stands in readable(_standing, page):
                if card and stands != present:
                    yield card
                    card = []
                present = stands
                card.append(entry)
    if card:
        yield card


async def entries_in_order(
    scans: Scans, merchant_id: MerchantId
) -> AsyncIterator[Sequence[tuple[Entry, CardNumber]]]:
    """All entries with their cards' numbers, oldest first, but for rows that cannot be read."""
    async with scans() as scan:
        async for page in scan.pages(SLICE, SELECT_ENTRIES_IN_ORDER, merchant_id=merchant_id):
            yield readable(_numbered, page)


async def cards_held(scans: Scans, merchant_id: MerchantId) -> AsyncIterator[Sequence[tuple[Card, Customer]]]:
    """Cards with their holders in the order in which they were made, but for rows that cannot be read."""
    async with scans() as scan:
        async for page in scan.pages(SLICE, SELECT_CARDS_HELD, merchant_id=merchant_id):
            yield readable(_held, page)


def _standing(row: Row) -> tuple[Entry, CardId]:
    return rows.entry(row[:-1]), row[-1]


def _numbered(row: Row) -> tuple[Entry, CardNumber]:
    return rows.entry(row[:-1]), row[-1]


def _held(row: Row) -> tuple[Card, Customer]:
    width = len(rows.CARD)
    return rows.card(row[:width]), rows.customer(row[width:])
