"""Long scans, for operators and for owners' reports and exports, streamed in pages from one snapshot."""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from operator import itemgetter
from typing import Any

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

from domain.card import Card, Customer, HeldCards
from domain.entry import Entry
from domain.history import CardHistory, CardLine, ExpiryWarning, LedgerLine
from domain.ids import CardId, CardNumber, MerchantId, ProgramId
from domain.merchant import Program
from domain.ports import DatabaseUnavailable, RowUnreadable
from domain.rules.rewards import progress_of
from storage import codec, outbox, rows, summaries, tables, wordings
from storage.base import read, readable
from storage.clauses import LIMIT, has, joins, place
from storage.scan import Scan, Scans
from storage.statements import Row
from storage.terms import is_present

CardKey = tuple[MerchantId, CardId]

PAGE = 500
ENTRIES_AT_ONCE = 5_000
SLICE = 100
"""Rows in a page of what the bot streams as it works: people at the counter wait while a page is made into values."""

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
    """Whether there is such a row in ``other``. Typed as a number, which needs no conversion: what every driver
    returns is truthy or falsy."""
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
"""Each entry with whether it has a message, and of its expiry warning, if any, whether the holder could be reached
and when it was first delivered."""


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


async def histories(scans: Scans) -> AsyncIterator[CardHistory]:
    """Every card with its entries, ordered by merchant and card. A card of which a row cannot be read is left out."""
    async with scans() as scan:
        terms = await _terms(scan)
        last = ("", "")
        while page := await _page_of_cards(scan, *last):
            last = _card_of(page[-1])
            for part in _parted(page):
                ends = _ends_of(_card_of(part[0]), _card_of(part[-1]))
                entries = await _entries_of(scan, ends)
                merged = await _merged_entries_of(scan, ends)
                for card in readable(rows.card, part):
                    with suppress(RowUnreadable):
                        yield _history(
                            card,
                            entries[(card.merchant_id, card.card_id)],
                            merged[(card.merchant_id, card.card_id)],
                            terms[(card.merchant_id, card.program_id)],
                        )


def _parted(page: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Divides rows of cards into parts with at most ENTRIES_AT_ONCE entries by their ``entry_count``; a card with
    more is a part of its own."""
    part: list[Row] = []
    entries = 0
    for card in page:
        if part and entries + _entry_count_of(card) > ENTRIES_AT_ONCE:
            yield part
            part, entries = [], 0
        part.append(card)
        entries += _entry_count_of(card)
    yield part


def _picking(source: rows.Columns, *names: str) -> Callable[[Row], Any]:
    """Picks the columns ``names`` out of a row that begins with the columns ``source``."""
    places = [column.name for column in source]
    return itemgetter(*(places.index(name) for name in names))


_card_of = _picking(rows.CARD, "merchant_id", "card_id")
_entry_count_of = _picking(rows.CARD, "entry_count")
_card_of_entry = _picking(rows.ENTRY, "merchant_id", "card_id")
_merchant_of_entry = _picking(rows.ENTRY, "merchant_id")


async def _page_of_cards(scan: Scan, merchant_id: str, card_id: str) -> Sequence[Row]:
    """The rows of the cards after this one."""
    return await scan.all(SELECT_CARDS, merchant_id=merchant_id, card_id=card_id, limit=PAGE)


async def _entries_of(scan: Scan, ends: Mapping[str, str]) -> dict[CardKey, list[Row]]:
    found: dict[CardKey, list[Row]] = defaultdict(list)
    for row in await scan.all(SELECT_ENTRIES, **ends):
        found[_card_of_entry(row)].append(row)
    return found


async def _merged_entries_of(scan: Scan, ends: Mapping[str, str]) -> dict[CardKey, list[Row]]:
    """Keyed by the card that stands for the merged one."""
    found: dict[CardKey, list[Row]] = defaultdict(list)
    for row in await scan.all(SELECT_MERGED_ENTRIES, **ends):
        found[(_merchant_of_entry(row), row[-1])].append(row[:-1])
    return found


def _ends_of(first: CardKey, last: CardKey) -> Mapping[str, str]:
    return {
        "first_merchant_id": first[0],
        "first_card_id": first[1],
        "last_merchant_id": last[0],
        "last_card_id": last[1],
    }


async def _terms(scan: Scan) -> dict[tuple[MerchantId, ProgramId], dict[int, Program]]:
    found: dict[tuple[MerchantId, ProgramId], dict[int, Program]] = defaultdict(dict)
    for program in readable(rows.program, await scan.all(SELECT_PROGRAMS)):
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
        warnings={
            entry.entry_id: ExpiryWarning(
                delivered_at=rows.from_instant_or_none(warned_at), was_reachable=bool(was_reachable)
            )
            for entry, _, was_reachable, warned_at in known
            if was_reachable is not None
        },
    )


READERS: dict[Table, tuple[rows.Columns, Callable[[Row], object]]] = rows.READERS | {
    tables.outbox: (outbox.MESSAGE, outbox.kept_message_of),
    tables.deliveries: (outbox.DELIVERY, outbox.delivery_of),
    tables.summaries: (summaries.SUMMARY, summaries.summary_of),
    tables.wordings: (wordings.WORDING, wordings.wording_of),
}
"""For tables whose rows become values, the columns and the reading function. Of others only moments are checked."""


def _parts(table: Table) -> tuple[rows.Columns, rows.Columns, rows.Columns]:
    """The columns of a row's key, those that are made into a value, and its moments."""
    moments = [column for column in table.columns if column.name.endswith(("_at", "_until", "_since"))]
    return table.primary_key.columns.values(), READERS.get(table, ((), len))[0], moments


SELECT_ALL = {
    table: select(*(column for part in _parts(table) for column in part))
    for table in tables.metadata.sorted_tables
}


async def unreadable(scans: Scans) -> AsyncIterator[str]:
    """Yields what cannot be read, a line for each row with its table and key. When a table cannot be read at all,
    goes on with the others on a new connection: PostgreSQL answers nothing more on the old one."""
    waiting = deque(SELECT_ALL)
    while waiting:
        async with scans() as scan:
            try:
                while waiting:
                    table = waiting.popleft()
                    async for said in _unreadable_in(scan, table):
                        yield said
            except DatabaseUnavailable as error:
                yield f"{table.name}: {error}"


async def _unreadable_in(scan: Scan, table: Table) -> AsyncIterator[str]:
    _, made_of = READERS.get(table, ((), len))
    parts = rows.slices(*_parts(table))
    async for page in scan.pages(SLICE, SELECT_ALL[table]):
        for row in page:
            key, made, moments = (row[part] for part in parts)
            if said := _trouble(made_of, made, moments):
                yield f"{table.name} {key}: {said}"


def _trouble(made_of: Callable[[Row], object], row: Row, moments: Row) -> str | None:
    try:
        made_of(row)
        for at in moments:
            rows.from_instant_or_none(at)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
