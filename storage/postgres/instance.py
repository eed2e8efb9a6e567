"""A lock that the bots on a database share: a command that needs the database to itself sees by it whether there are
any. The lock ends with its connection, however that ends. It keeps order; no data depends on it (docs/decisions/0067,
0071)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg

from storage.postgres.engine import connect, say, where

BOTS = 1398886477
"""The number of the lock."""
_LOCK = f"SELECT pg_try_advisory_lock({BOTS})"
_UNLOCK = f"SELECT pg_advisory_unlock({BOTS})"
"""The server notices a connection that was closed a little later, and the next command may be there before."""


class AlreadyInUse(Exception):
    """Another process works on the database."""


@contextmanager
def in_use(url: str) -> Iterator[None]:
    """Holds the lock alone until the block ends. Raises AlreadyInUse and psycopg.Error."""
    with closing(connect(url)) as connection:
        say(connection, "SET idle_session_timeout = 0")
        [is_ours] = connection.execute(_LOCK.encode()).fetchone() or (False,)
        if not is_ours:
            raise AlreadyInUse(f"{where(url)} is in use by a bot: end it first.")
        try:
            yield
        finally:
            with suppress(psycopg.Error):  # with the connection lost the lock is too
                connection.execute(_UNLOCK.encode())
