"""Every card with its entries, for ``verify``: a page of cards at a time, from one snapshot."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, exists, func, select, tuple_, type_coerce

from domain.card import Card
from domain.history import CardHistory, ExpiryWarning
from domain.ids import CardId, MerchantId, ProgramId
from domain.merchant import Program
from domain.ports import RowUnreadable
from storage import rows, tables
from storage.base import read, readable
from storage.clauses import LIMIT, joins, place
from storage.scan import Scan, Scans
from storage.statements import Row

CardKey = tuple[MerchantId, CardId]

PAGE = 500
ENTRIES_AT_ONCE = 5_000

_entries, _cards = tables.entries, tables.cards
_warnings, _deliveries = tables.expiry_warnings, tables.deliveries
_CARD_KEY = (_cards.c.merchant_id, _cards.c.card_id)
_ENTRY_KEY = (_entries.c.merchant_id, _entries.c.card_id)
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
