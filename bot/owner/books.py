"""Writes a shop's books into files. Entries are streamed, so that memory does not grow with their number."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from bot.owner.sheets import SHEETS, Row, SheetFormat
from bot.texts import Texts
from bot.views.exports import (
    CUSTOMERS,
    DAYS,
    ENTRIES,
    FILES,
    CardSums,
    Columns,
    CustomerRow,
    DayRow,
    EntryRow,
    What,
)
from domain.entry import Entry
from domain.ids import CardId
from domain.ports import Database
from domain.rules.figures import NOTHING, Counted, counted, figures_of
from domain.rules.reports import visited
from domain.usecases.export import WholeBooks
from domain.usecases.see_report import Books

NO_SUMS = CardSums(NOTHING, 0, None)
Pages = AsyncGenerator[tuple[int, Sequence[Row]], None]
"""How many entries were read for a page, and its rows."""


async def write_export(
    database: Database,
    whole: WholeBooks,
    what: What,
    form: SheetFormat,
    t: Texts,
    path: Path,
    told: Callable[[int], Awaitable[object]],
) -> int:
    """Writes the file. Returns how many lines it has below its header. ``told`` is called after each page with the
    number of entries read so far."""
    columns, pages = _EXPORTS[what]
    header = columns.of(whole.books).header(t)
    sheet = await asyncio.to_thread(SHEETS[form], path, t, t(FILES[what]), header)
    lines = read = 0
    try:
        async with aclosing(pages(database, whole.books, t)) as found:
            async for entries, rows in found:
                if rows:
                    await asyncio.to_thread(sheet.write, rows)
                lines += len(rows)
                read += entries
                await told(read)
    finally:
        await asyncio.to_thread(sheet.close)
    return lines


async def _entries(database: Database, books: Books, t: Texts) -> Pages:
    columns = ENTRIES.of(books)
    async for page in database.entries_in_order(books.merchant.merchant_id):
        rows = [columns.row(t, EntryRow(books, entry, number)) for entry, number in page]
        yield len(page), rows


async def _customers(database: Database, books: Books, t: Texts) -> Pages:
    sums: dict[CardId, CardSums] = {}
    async for entries in _by_card(database, books):
        sums |= _sums(entries)
        yield len(entries), []
    columns = CUSTOMERS.of(books)
    async for page in database.cards_held(books.merchant.merchant_id):
        held = (CustomerRow(books, card, holder, sums.get(card.card_id, NO_SUMS)) for card, holder in page)
        yield 0, [columns.row(t, each) for each in held]


async def _days(database: Database, books: Books, t: Texts) -> Pages:
    tally = books.tally()
    async for entries in _by_card(database, books):
        tally.add(entries)
        yield len(entries), []
    yield 0, [DAYS.row(t, DayRow(books, day)) for day in books.days(tally)]


def _by_card(database: Database, books: Books) -> AsyncIterator[Sequence[Entry]]:
    return database.entries_by_card(books.merchant.merchant_id, books.dates.first, books.dates.last)


def _sums(entries: Sequence[Entry]) -> dict[CardId, CardSums]:
    """The sums of a card, and of each card that was merged into it, separately."""
    cards: dict[CardId, list[Counted]] = defaultdict(list)
    for act in counted(entries):
        cards[act.entry.card_id].append(act)
    sums = {}
    for card_id, acts in cards.items():
        days = visited(acts)
        sums[card_id] = CardSums(figures_of(acts), len(days), max(days, default=None))
    return sums


_EXPORTS: Mapping[What, tuple[Columns[Any], Callable[[Database, Books, Texts], Pages]]] = {
    What.ENTRIES: (ENTRIES, _entries),
    What.CUSTOMERS: (CUSTOMERS, _customers),
    What.DAYS: (DAYS, _days),
}
