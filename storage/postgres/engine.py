"""Connections to PostgreSQL, each set up alike.

A transaction is begun and ended by whoever has the connection (``autocommit``); nothing waits for ever: neither for a
lock, nor for a server that has gone, nor a transaction for a process that has.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import URL, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

DIALECT: PGDialect_psycopg = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]
LOCK_TIMEOUT_MS = 3_000
"""As long as SQLite waits for who else holds the file."""
STATEMENT_TIMEOUT_MS = 60_000
IDLE_TIMEOUT_MS = 60_000
"""A transaction whose process stands still holds no lock for longer
(https://www.postgresql.org/docs/current/runtime-config-client.html)."""
CONNECT_TIMEOUT_S = 3
HASTE_TIMEOUT_MS = 300
"""For locks, when the program is to end."""

WRITES_ALONE = "BEGIN; LOCK TABLE alembic_version IN EXCLUSIVE MODE"
WRITES_TOGETHER = "BEGIN; LOCK TABLE alembic_version IN ROW SHARE MODE"
"""Whoever writes alone does so while nobody else writes, in any process; the table is one that nothing else locks but
a migration (docs/decisions/0067)."""
EDITION = "SELECT xmin FROM alembic_version"
"""Another one once somebody has written some of what is kept in memory (``storage.known.FIXED``): whoever does so
writes the row of that table anew, alone. Beside others it stays as it is until the commit."""
NEW_EDITION = "UPDATE alembic_version SET version_num = version_num"
IS_WRITABLE = "SELECT version_num FROM alembic_version FOR NO KEY UPDATE"
"""Has to be written and committed as any change, and is no new edition: the row stays as it is."""
READS = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

PATIENT = {"statement_timeout": 0, "idle_in_transaction_session_timeout": 600_000}
"""Of a long scan, which locks nothing that anybody waits for, and of who has the database to himself."""
_SETTINGS = {
    "lock_timeout": LOCK_TIMEOUT_MS,
    "statement_timeout": STATEMENT_TIMEOUT_MS,
    "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
}
_ADAPTERS = AdaptersMap(psycopg.adapters)
"""Each number goes out as BIGINT, however small: a statement is then prepared once."""
_ADAPTERS.register_dumper(int, Int8Dumper)


def arguments(url: str, other: Mapping[str, int] = MappingProxyType({})) -> dict[str, Any]:
    """What the driver is told, ``other`` settings too. What the operator wrote into the URL holds."""
    _, found = DIALECT.create_connect_args(_url(url))  # type: ignore[no-untyped-call]
    settings = " ".join(f"-c {name}={value}" for name, value in {**_SETTINGS, **other}.items())
    return {
        "application_name": "stempel",
        "connect_timeout": CONNECT_TIMEOUT_S,
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **found,
        "options": f"{settings} {found.get('options', '')}".strip(),
    }


def connect(url: str, other: Mapping[str, int] = MappingProxyType({})) -> psycopg.Connection:
    """With ``other`` settings too. Raises psycopg.Error."""
    return psycopg.connect(**arguments(url, other), autocommit=True, context=_ADAPTERS)


async def connect_patiently(url: str) -> psycopg.AsyncConnection:
    """For a long scan. Raises psycopg.Error."""
    given = arguments(url, PATIENT)
    return await psycopg.AsyncConnection.connect(**given, autocommit=True, context=_ADAPTERS)


def say(connection: psycopg.Connection, what: str) -> None:
    """What begins, ends and sets, as it stands. Raises psycopg.Error."""
    connection.execute(what.encode(), prepare=False)


def where(url: str) -> str:
    """How the database is called to people: no password."""
    return _url(url).render_as_string(hide_password=True)


def _url(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


_OUTAGE_CLASSES = ("08", "53", "57", "58")
"""The way there, what the server has run out of, who or what stopped it, its disks."""
_OUTAGES = (
    errors.ReadOnlySqlTransaction,
    errors.LockNotAvailable,
    errors.IdleInTransactionSessionTimeout,
)


def is_outage(error: BaseException) -> bool:
    """Whether it is about the server, the way there or who else holds the lock, and may pass, rather than about what
    was asked (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return isinstance(error, _OUTAGES) or error.sqlstate.startswith(_OUTAGE_CLASSES)


def is_from_database(error: object) -> bool:
    return isinstance(error, psycopg.Error)


def is_conflict(error: BaseException) -> bool:
    """Whether it is about what somebody else was doing at the time."""
    return isinstance(error, errors.SerializationFailure | errors.DeadlockDetected)
