"""Rows that cannot be read, for ``verify``: every table is read through, row by row."""

from collections import deque
from collections.abc import AsyncIterator, Callable

from sqlalchemy import Table, select

from domain.ports import DatabaseUnavailable
from storage import outbox, rows, summaries, tables, wordings
from storage.scan import SLICE, Scan, Scans
from storage.statements import Row

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
