"""SQLite without a file, a thread or an event loop, but with the real tables, constraints and statements."""

import sqlite3
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL
from sqlalchemy import Connection as Sqlalchemy

from domain.delivery import ALWAYS_ON, ChannelKind
from domain.history import CardHistory
from domain.ports import Command, DatabaseUnavailable, InputT, Query, ResultT
from storage import histories
from storage.callers import MustRunAgain
from storage.scan import Scan
from storage.sqlite.engine import driver_connection, engine_at
from storage.sqlite.session import SqliteSession, compiled_for
from storage.sqlite.tx import SqliteTx
from storage.statements import Row
from tests.support.clock import Clock
from tests.support.databases import SyncDatabase, empty_database


class Connection:
    """A connection to a database in memory. Each ``laid`` content gets a new ``session``, which remembers nothing."""

    def __init__(self) -> None:
        self.sqlalchemy = engine_at(URL.create("sqlite")).connect()
        self.driver = driver_connection(self.sqlalchemy)
        weakref.finalize(self, _close, self.sqlalchemy)

    def laid(self, content: sqlite3.Connection) -> "Connection":
        """Copies this database into the connection."""
        content.backup(self.driver)
        self.session = SqliteSession(self.sqlalchemy)
        return self


def _close(connection: Sqlalchemy) -> None:
    connection.close()
    connection.engine.dispose()


_idle: list[Connection] = []
"""Closed connections, for the next test to use, so that a statement is prepared only once in a process."""


class OneThread(SyncDatabase):
    """Runs each transaction as the writer or a reader would, but at once, in the caller's thread."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._open(empty_database())

    def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        try:
            return self._written(usecase, command, defers=True)
        except MustRunAgain:
            return self._written(usecase, command, defers=False)

    def _written(self, usecase: Command[InputT, ResultT], command: InputT, *, defers: bool) -> ResultT:
        session = self._connection.session
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            session.begins(defers=defers)
            session.has_written = False
            try:
                result = usecase(tx=self._tx.begin(self.clock()), command=command)
            finally:
                self._tx.confirm()
            session.deferred.flush()
            self._driver.execute("COMMIT")
        except BaseException:
            self._driver.rollback()
            raise
        return result

    def read(self, usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
        changes = self._driver.total_changes
        self._driver.execute("BEGIN")
        try:
            self._connection.session.begins()
            result = usecase(tx=self._tx.begin(self.clock()), query=query)
        except sqlite3.Error as error:
            raise DatabaseUnavailable(str(error)) from error
        finally:
            self._driver.execute("ROLLBACK")
        if self._driver.total_changes != changes:
            raise DatabaseUnavailable("a query tried to change something")
        return result

    def histories(self) -> list[CardHistory]:
        cursor = _AtOnce(self._driver.cursor())

        @asynccontextmanager
        async def scan() -> AsyncIterator[Scan]:
            yield Scan(cursor, compiled_for, sqlite3.Error)

        async def gather() -> list[CardHistory]:
            return [history async for history in histories.histories(scan)]

        try:
            gather().send(None)
        except StopIteration as ended:
            found: list[CardHistory] = ended.value
            return found
        raise AssertionError("something was waited for")

    def switches_on(self, *channels: ChannelKind) -> None:
        """Switches channels on, beside those that always are."""
        self._tx.channels_on = ALWAYS_ON | set(channels)

    def reopen(self) -> None:
        self.goes_back_to(self._connection.driver)

    def goes_back_to(self, content: sqlite3.Connection) -> None:
        """Replaces the database by a copy of this one, such as an earlier copy of itself."""
        before = self._connection
        self._open(content)
        _idle.append(before)

    def close(self) -> None:
        _idle.append(self._connection)

    def _open(self, content: sqlite3.Connection) -> None:
        self._connection = (_idle.pop() if _idle else Connection()).laid(content)
        self._driver = self._connection.driver
        self._tx = SqliteTx(self._connection.session, self.ids, self.chance)


class _AtOnce:
    """A cursor with the asynchronous methods that readers await; each result is there at once."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    async def execute(self, sql: str, parameters: Sequence[Any], /) -> None:
        self._cursor.execute(sql, parameters)

    async def fetchmany(self, size: int, /) -> Sequence[Row]:
        return self._cursor.fetchmany(size)

    async def fetchall(self) -> Sequence[Row]:
        return self._cursor.fetchall()
