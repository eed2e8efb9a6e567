"""Connections to the SQLite file, each set up alike.

WAL lets readers and the writer work side by side; ``synchronous=FULL`` makes a commit durable before it returns
(https://www.sqlite.org/pragma.html#pragma_synchronous); with ``secure_delete`` what is deleted is overwritten. The
driver never begins a transaction by itself: the writer says BEGIN IMMEDIATE, so that a lock is taken before anything
is read (docs/decisions/0003).
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import NoneType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

APPLICATION_ID = 0x5354_504C
"""Marks the file as Stempel's (https://www.sqlite.org/pragma.html#pragma_application_id): "STPL"."""
BUSY_TIMEOUT_MS = 3_000
"""Two such waits, to keep an update and then to carry it out, leave time to tell the person within ten seconds."""
HASTE_TIMEOUT_MS = 300
"""The same when the program is to end."""
WAL_PAGES_MAX = 16_000
"""64 MiB. With so many a commit copies them into the file, where they have not been copied before
(``storage.sqlite.checkpoints``)."""
CACHE_KIB = 16 * 1024
"""The writer's cache of pages, which grows as needed: SQLite's default of 2 MiB does not hold the pages that a busy
day's stamps touch."""
STATEMENTS = 512
"""Statements that each connection keeps prepared: of the driver's default of 128, other statements would drive out
those of a stamp."""
_NULL: dict[None, None] = {}
sqlite3.register_adapter(NoneType, _NULL.get)
"""The driver looks for ways to convert what is no number, text or bytes before it takes None for NULL. That is 0.15
µs, some twenty times a stamp; a function that gives None for None answers in a third of it
(https://docs.python.org/3/library/sqlite3.html#sqlite3.register_adapter)."""


def address(path: Path) -> str:
    """By which a connection is opened that makes no file: SQLite would lay an empty one where it was moved away, and
    take what is still beside it for that one's."""
    return f"{path.absolute().as_uri()}?mode=rw"


def sync_engine(path: Path, *, read_only: bool = False) -> Engine:
    """On a file that is there."""
    file, _, _ = address(path).partition("?")
    url = URL.create("sqlite", database=file, query={"mode": "rw", "uri": "true"})
    return engine_at(url, read_only=read_only)


def engine_at(url: URL, *, read_only: bool = False) -> Engine:
    how = {
        "check_same_thread": False,
        "timeout": BUSY_TIMEOUT_MS / 1000,
        "cached_statements": STATEMENTS,
    }
    engine = create_engine(url, connect_args=how)
    _set_up(engine, read_only=read_only)
    return engine


def connected(engine: Engine) -> Connection:
    """Raises sqlite3.Error, bare."""
    try:
        return engine.connect()
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from error
        raise


def pragmas(*, read_only: bool) -> Sequence[str]:
    """What is executed on each connection before anything else."""
    return (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        "PRAGMA secure_delete=ON",
        f"PRAGMA wal_autocheckpoint={WAL_PAGES_MAX}",
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
    """Whether the error is about the disk or another process that holds the file, and may pass, rather than about the
    statement."""
    return isinstance(error, sqlite3.Error) and kind_of(error) in _OUTAGES


def kind_of(error: Exception) -> int:
    """SQLite's primary result code, the lowest eight bits of the extended one (https://www.sqlite.org/rescode.html);
    0 for an error that is not SQLite's."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def driver_connection(connection: Any) -> sqlite3.Connection:
    """The driver's own connection below one of SQLAlchemy's."""
    found = connection.connection.driver_connection
    if not isinstance(found, sqlite3.Connection):
        raise TypeError("not a connection of the sqlite3 driver")
    return found
