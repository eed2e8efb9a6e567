"""Long scans of the server's tables, through a cursor of the server: memory holds a page, however many rows there
are (https://www.postgresql.org/docs/current/sql-declare.html)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from storage.postgres.engine import READS, connect_patiently
from storage.postgres.session import compiled_for
from storage.scan import Scan, unavailable


@asynccontextmanager
async def open_scan(url: str) -> AsyncIterator[Scan]:
    """Raises DatabaseUnavailable."""
    with unavailable(psycopg.Error):
        connection = await connect_patiently(url)
        cursor = connection.cursor("scan")
        try:
            await connection.execute(READS.encode())
            yield Scan(cursor, compiled_for, psycopg.Error)
        finally:
            # In this order no trip is made to close the cursor, which may be cancelled or lost on the way: the server
            # drops it with the connection.
            await connection.close()
            await cursor.close()
