"""One bot to a database: the second is told so. The lock ends with its connection, however that ends; nothing but
order rests on it (docs/decisions/0067)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from storage.postgres.engine import connect, say, where

_LOCK = "SELECT pg_try_advisory_lock(1398886477)"


class AlreadyInUse(Exception):
    """Another process works on the database."""


@contextmanager
def in_use(url: str) -> Iterator[None]:
    """Raises AlreadyInUse and psycopg.Error."""
    with closing(connect(url)) as connection:
        say(connection, "SET idle_session_timeout = 0")
        [is_ours] = connection.execute(_LOCK.encode()).fetchone() or (False,)
        if not is_ours:
            raise AlreadyInUse(f"{where(url)} is in use by another bot")
        yield
