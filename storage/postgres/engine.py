"""Connections to PostgreSQL, each set up alike.

The code that has the connection begins and ends its transactions (``autocommit``). Nothing waits for ever: neither
for a lock, nor for a server that has gone, nor does a transaction wait for a process that has gone.
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
"""As long as SQLite waits for another process that holds the file."""
STATEMENT_TIMEOUT_MS = 60_000
IDLE_TIMEOUT_MS = 60_000
"""A transaction whose process stands still holds no lock for longer
(https://www.postgresql.org/docs/current/runtime-config-client.html)."""
CONNECT_TIMEOUT_S = 3
HASTE_TIMEOUT_MS = 300
"""For locks, when the program is to end."""

WRITES_ALONE = "BEGIN; LOCK TABLE alembic_version IN EXCLUSIVE MODE"
WRITES_TOGETHER = "BEGIN; LOCK TABLE alembic_version IN ROW SHARE MODE"
"""The two ways to write: alone, while nobody else writes in any process, and together. Apart from them only commands
that need the database to themselves lock this table, such as a migration (docs/decisions/0067)."""
EDITION = "SELECT xmin FROM alembic_version"
"""A value that changes when somebody writes some of what is kept in memory (``storage.known.FIXED``), by NEW_EDITION.
Only a writer that writes alone does that, so for those that write together it stays the same until the commit."""
NEW_EDITION = "UPDATE alembic_version SET version_num = version_num"
IS_WRITABLE = "SELECT version_num FROM alembic_version FOR NO KEY UPDATE"
"""Locks the row, which has to be written and committed like any change. It makes no new edition."""
READS = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

PATIENT = {"statement_timeout": 0, "idle_in_transaction_session_timeout": 600_000}
"""Settings of a long scan, which locks nothing that others wait for, and of a command that has the database to
itself."""
_SETTINGS = {
    "lock_timeout": LOCK_TIMEOUT_MS,
    "statement_timeout": STATEMENT_TIMEOUT_MS,
    "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
}
_ADAPTERS = AdaptersMap(psycopg.adapters)
"""Sends each number as BIGINT, however small, so that a statement is prepared only once."""
_ADAPTERS.register_dumper(int, Int8Dumper)


def arguments(url: str, other: Mapping[str, int] = MappingProxyType({})) -> dict[str, Any]:
    """The driver's arguments for a connection, with ``other`` settings too. What the operator wrote into the URL has
    precedence."""
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
    """A new connection, with ``other`` settings too. Raises psycopg.Error."""
    return psycopg.connect(**arguments(url, other), autocommit=True, context=_ADAPTERS)


async def connect_patiently(url: str) -> psycopg.AsyncConnection:
    """A new connection for a long scan. Raises psycopg.Error."""
    given = arguments(url, PATIENT)
    return await psycopg.AsyncConnection.connect(**given, autocommit=True, context=_ADAPTERS)


def say(connection: psycopg.Connection, what: str) -> None:
    """Executes BEGIN, COMMIT, SET or the like, without preparing it. Raises psycopg.Error."""
    connection.execute(what.encode(), prepare=False)


def where(url: str) -> str:
    """The database's URL as people are shown it: without the password."""
    return _url(url).render_as_string(hide_password=True)


def _url(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


_OUTAGE_CLASSES = ("08", "53", "57", "58")
"""Classes of SQLSTATE: the connection, resources that have run out, an intervention that stopped the server or the
statement, the server's system."""
_OUTAGES = (
    errors.ReadOnlySqlTransaction,
    errors.LockNotAvailable,
    errors.IdleInTransactionSessionTimeout,
)


def is_outage(error: BaseException) -> bool:
    """Whether the error is about the server, the connection or a lock that another process holds, and may pass,
    rather than about the statement (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return isinstance(error, _OUTAGES) or error.sqlstate.startswith(_OUTAGE_CLASSES)


def is_from_database(error: object) -> bool:
    return isinstance(error, psycopg.Error)


def is_conflict(error: BaseException) -> bool:
    """Whether the error comes from what another transaction was doing at the same time."""
    return isinstance(error, errors.SerializationFailure | errors.DeadlockDetected)
