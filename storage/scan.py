"""Long reads on a connection of their own: one snapshot, page by page, while the event loop goes on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Protocol

from sqlalchemy import ClauseElement

from domain.ports import DatabaseUnavailable
from storage.base import said_of
from storage.statements import Compiling, Row

SLICE = 100
"""Rows in a page of what the bot streams as it works: people at the counter wait while a page is made into values."""


class Cursor(Protocol):
    """What the cursors of aiosqlite and of psycopg have in common."""

    def execute(self, sql: str, parameters: Sequence[Any], /) -> Awaitable[object]: ...
    def fetchmany(self, size: int, /) -> Awaitable[Iterable[Row]]: ...
    def fetchall(self) -> Awaitable[Iterable[Row]]: ...


class Scan:
    """Runs statements one after the other on the driver's bare cursor; all see the same snapshot.

    The driver's exceptions, which are of type ``errors``, become DatabaseUnavailable.
    """

    def __init__(self, cursor: Cursor, compiled_for: Compiling, errors: type[Exception]) -> None:
        self._cursor = cursor
        self._compiled_for = compiled_for
        self._errors = errors

    async def all(self, statement: ClauseElement, **values: object) -> Sequence[Row]:
        with unavailable(self._errors):
            await self._execute(statement, values)
            return [*await self._cursor.fetchall()]

    async def pages(
        self, size: int, statement: ClauseElement, **values: object
    ) -> AsyncIterator[Sequence[Row]]:
        """Yields the rows, ``size`` at a time. Not to be continued after another statement has run on this scan."""
        with unavailable(self._errors):
            await self._execute(statement, values)
            while page := [*await self._cursor.fetchmany(size)]:
                yield page

    def _execute(self, statement: ClauseElement, values: dict[str, object]) -> Awaitable[object]:
        compiled = self._compiled_for[statement]
        return self._cursor.execute(compiled.sql, compiled.parameters(values))


Scans = Callable[[], AbstractAsyncContextManager[Scan]]
"""Opens a scan, and closes its connection when the block ends, whether all was read or not."""


@contextmanager
def unavailable(errors: type[Exception]) -> Iterator[None]:
    """Turns the driver's exceptions into DatabaseUnavailable."""
    try:
        yield
    except errors as error:
        raise DatabaseUnavailable(said_of(error)) from error
