"""Long scans of the file, in a thread of aiosqlite's own: neither the event loop nor a reader is held up."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from storage.scan import Scan, unavailable
from storage.sqlite.engine import BUSY_TIMEOUT_MS, address, pragmas
from storage.sqlite.session import compiled_for


@asynccontextmanager
async def open_scan(path: Path) -> AsyncIterator[Scan]:
    """Raises DatabaseUnavailable."""
    with unavailable(sqlite3.Error):
        async with (
            aiosqlite.connect(
                address(path), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000
            ) as connection,
            connection.cursor() as cursor,
        ):
            await cursor.executescript(";".join([*pragmas(read_only=True), "BEGIN"]))
            yield Scan(cursor, compiled_for, sqlite3.Error)
