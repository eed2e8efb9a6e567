"""Short reads: each query runs whole in one of a few threads, on a snapshot, never behind the writer.

One hop between threads per query instead of several per statement, which is what an asynchronous driver costs
(docs/decisions/0002).
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from domain import ports
from storage.sqlite.engine import connected
from storage.sqlite.session import EDITION, SnapshotNeeded, SqliteSession
from storage.sqlite.tx import SqliteTx

THREADS = 2
Usecase = Callable[[ports.Tx], Any]


class Readers:
    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._new_id = new_id
        self._chance_below = chance_below
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reader")
        self._is_closed = False

    async def run(self, usecase: Usecase) -> Any:
        """Runs the query in a reader's thread."""
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._try, self._read, usecase)

    def look(self, usecase: Usecase) -> Any:
        """Runs the query in the caller's own thread: a few rows by key take some 40 µs, a hop alone 100 µs."""
        self._check_open()
        return self._try(self._glance, usecase)

    def close(self) -> None:
        self._is_closed = True
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise ports.DatabaseUnavailable("the database is closed")

    def _try(self, read: Callable[[Usecase], Any], usecase: Usecase) -> Any:
        try:
            return read(usecase)
        except StopIteration as error:  # no future takes it: the caller would wait for ever
            raise RuntimeError("a use case ran out of an iterator") from error
        except sqlite3.Error as error:
            self._lose_connection()
            raise ports.DatabaseUnavailable(str(error)) from error

    def _glance(self, usecase: Usecase) -> Any:
        """Runs the query without a transaction where one statement and what is known are enough, else with one: each
        statement gives up the interpreter's lock, and under load gets it back late."""
        session, tx = self._session()
        session.is_glancing = True
        try:
            return usecase(tx.begin(self._clock()))
        except SnapshotNeeded:
            session.is_glancing = False
            return self._read(usecase)
        finally:
            session.is_glancing = False

    def _read(self, usecase: Usecase) -> Any:
        session, tx = self._session()
        session.driver.execute("BEGIN")
        try:
            session.begins()
            return usecase(tx.begin(self._clock()))
        finally:
            session.driver.execute("ROLLBACK")

    def _lose_connection(self) -> None:
        """Drops this thread's connection, on which a query failed: it may still be in the middle of a transaction."""
        connection: Connection | None = self._local.__dict__.pop("connection", None)
        if connection is not None:
            self._connections.remove(connection)
            connection.invalidate()

    def _session(self) -> tuple[SqliteSession, SqliteTx]:
        """This thread's own connection."""
        if not hasattr(self._local, "connection"):
            connection = self._local.connection = connected(self._engine)
            self._connections.append(connection)
            session = SqliteSession(connection, seen_by=EDITION)
            self._local.session = (session, SqliteTx(session, self._new_id, self._chance_below))
        found: tuple[SqliteSession, SqliteTx] = self._local.session
        return found
