"""Makes a report from a shop's books. Entries are streamed, so that memory does not grow with their number."""

from domain.ports import Database
from domain.report import Report
from domain.rules.reports import BACK_WITHIN
from domain.usecases.see_report import SeeReport, open_books


async def report_of(database: Database, query: SeeReport) -> Report:
    """Raises what ``open_books`` raises."""
    books = await database.read(open_books, query)
    tally, dates = books.tally(), books.dates
    since = dates.first - BACK_WITHIN
    async for entries in database.entries_by_card(query.merchant_id, since, dates.last):
        tally.add(entries)
    return books.report(tally)
