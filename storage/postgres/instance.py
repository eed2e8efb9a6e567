"""Bots on a database share a lock; who needs the database to himself is told that there are some. The lock ends with
its connection, however that ends; nothing but order rests on it (docs/decisions/0067, 0071)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from storage.postgres.engine import connect, say, where

BOTS = 1398886477
"""The number of the lock."""
_LOCK = f"SELECT pg_try_advisory_lock({BOTS})"


class AlreadyInUse(Exception):
    """Another process works on the database."""


@contextmanager
def in_use(url: str) -> Iterator[None]:
    """For who works on it alone. Raises AlreadyInUse and psycopg.Error."""
    with closing(connect(url)) as connection:
        say(connection, "SET idle_session_timeout = 0")
        [is_ours] = connection.execute(_LOCK.encode()).fetchone() or (False,)
        if not is_ours:
            raise AlreadyInUse(f"{where(url)} is in use by a bot: end it first.")
        yield
