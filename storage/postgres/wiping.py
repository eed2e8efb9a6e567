"""What PostgreSQL itself says of its files, and how what was deleted leaves them."""

import logging
from collections.abc import Sequence
from contextlib import closing

import psycopg
from psycopg import sql

from storage.base import said_of
from storage.postgres.engine import connect, say
from storage.tables import metadata

logger = logging.getLogger(__name__)

_FAILURES = "SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
_SIZE = "SELECT pg_database_size(current_database())"


def damage_in(url: str) -> Sequence[str]:
    """Whether pages failed their checksum, where the server keeps checksums
    (https://www.postgresql.org/docs/current/checksums.html); keys and constraints it enforces anyway."""
    failures = _asked(url, _FAILURES)
    return [f"{failures} pages failed their checksum: see the log of the server"] if failures else []


def size_of(url: str) -> int:
    return _asked(url, _SIZE)


def wipe(url: str, *, thoroughly: bool) -> bool:
    """VACUUM frees the space of deleted rows. If ``thoroughly``, with FULL, every table is written anew without them,
    and nobody else uses it meanwhile (https://www.postgresql.org/docs/current/sql-vacuum.html). The server's log
    (WAL) and its archive keep them for as long as the server is told to. Returns False if it has to be done later."""
    how = sql.SQL("VACUUM (FULL) {}" if thoroughly else "VACUUM {}")
    try:
        with closing(connect(url)) as connection:
            say(connection, "SET statement_timeout = 0")
            for table in metadata.sorted_tables:
                connection.execute(how.format(sql.Identifier(table.name)), prepare=False)
    except psycopg.OperationalError as error:
        logger.info("the tables are wiped later: %s", said_of(error))
        return False
    return True


def _asked(url: str, question: str) -> int:
    with closing(connect(url)) as connection:
        [answer] = connection.execute(question.encode()).fetchone() or (0,)
    return int(answer)
