"""Connections to the SQLite file, each set up alike.

WAL lets readers and the writer work side by side; ``synchronous=FULL`` makes a commit durable before it returns
(https://www.sqlite.org/pragma.html#pragma_synchronous); with ``secure_delete`` what is deleted is overwritten. The
driver never begins a transaction by itself: the writer says BEGIN IMMEDIATE, so that a lock is taken before anything
is read (docs/decisions/0003).
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

APPLICATION_ID = 0x5354_504C
"""Marks the file as Stempel's (https://www.sqlite.org/pragma.html#pragma_application_id): "STPL"."""
BUSY_TIMEOUT_MS = 3_000
"""Two of them in a row, for an update and for what it asks for, leave time to say so within ten seconds."""
HASTE_TIMEOUT_MS = 300
"""When the program is to end."""
CHECKPOINT_PAGES = 4_000
"""16 MiB of WAL: fewer, larger copies into the file than SQLite's 1,000 pages."""
CACHE_KIB = 16 * 1024
"""Of pages, for the writer, taken as it needs them: SQLite's own 2 MiB do not hold where a busy day's stamps go."""
STATEMENTS = 512
"""Are kept prepared on each connection: of the driver's own 128 those of a stamp would be driven out by others."""


def sync_engine(path: Path, *, read_only: bool = False) -> Engine:
    """For the writer's and the readers' threads."""
    url = URL.create("sqlite", database=str(path))
    how = {
        "check_same_thread": False,
        "timeout": BUSY_TIMEOUT_MS / 1000,
        "cached_statements": STATEMENTS,
    }
    engine = create_engine(url, connect_args=how)
    _set_up(engine, read_only=read_only)
    return engine


def pragmas(*, read_only: bool) -> Sequence[str]:
    """What is said on each connection before anything else."""
    return (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        "PRAGMA secure_delete=ON",
        f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
        f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
        "PRAGMA query_only=ON" if read_only else f"PRAGMA cache_size=-{CACHE_KIB}",
    )


def _set_up(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas(read_only=read_only):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


_OUTAGES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    )
)


def is_outage(error: Exception) -> bool:
    """Whether it is about the disk or who else holds the file, and may pass, rather than about what was asked."""
    return isinstance(error, sqlite3.Error) and kind_of(error) in _OUTAGES


def kind_of(error: Exception) -> int:
    """SQLite's primary result code, the lowest eight bits of the extended one (https://www.sqlite.org/rescode.html);
    0 of what is no error of its own."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def driver_connection(connection: Any) -> sqlite3.Connection:
    """The driver's own connection below one of SQLAlchemy's."""
    found = connection.connection.driver_connection
    if not isinstance(found, sqlite3.Connection):
        raise TypeError("not a connection of the sqlite3 driver")
    return found
