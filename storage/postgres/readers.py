"""Short reads: each query runs whole in one of a few threads, on a snapshot, never behind a writer."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import psycopg

from domain import ports
from domain.crew import Crew
from storage.base import said_of
from storage.postgres.engine import READS, connect, say
from storage.postgres.session import PostgresSession
from storage.postgres.tx import tx_for
from storage.tx import Tx

THREADS = 4


class Readers:
    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        chance_below: Callable[[int], int],
        crew: Callable[[], Crew],
    ) -> None:
        self._url = url
        self._crew = crew
        self._clock = clock
        self._new_id = new_id
        self._chance_below = chance_below
        self._local = threading.local()
        self._connections: list[psycopg.Connection] = []
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reader")
        self._is_closed = False

    async def run(self, usecase: Callable[[ports.Tx], Any]) -> Any:
        if self._is_closed:
            raise ports.DatabaseUnavailable("the database is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._try, usecase)

    def close(self) -> None:
        self._is_closed = True
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def _try(self, usecase: Callable[[ports.Tx], Any]) -> Any:
        """Reads, and once more on another connection where this one was lost, as after a restart of the server."""
        try:
            try:
                return self._read(usecase)
            except psycopg.Error:
                if not self._loses_connection():
                    raise
                return self._read(usecase)
        except StopIteration as error:  # no future takes it: the caller would wait for ever
            raise RuntimeError("a use case ran out of an iterator") from error
        except psycopg.Error as error:
            self._loses_connection()
            raise ports.DatabaseUnavailable(said_of(error)) from error

    def _read(self, usecase: Callable[[ports.Tx], Any]) -> Any:
        driver, tx = self._session()
        say(driver, READS)
        try:
            return usecase(tx.begin(self._clock()))
        finally:
            if not driver.closed:
                say(driver, "ROLLBACK")

    def _loses_connection(self) -> bool:
        """Forgets this thread's connection if it is broken; returns whether it was."""
        session: tuple[psycopg.Connection, Tx] | None = getattr(self._local, "session", None)
        if session is None or not session[0].broken:
            return False
        self._connections.remove(session[0])
        del self._local.session
        return True

    def _session(self) -> tuple[psycopg.Connection, Tx]:
        """This thread's own connection."""
        if not hasattr(self._local, "session"):
            connection = connect(self._url)
            tx_class = tx_for(connection)
            self._connections.append(connection)
            tx = tx_class(PostgresSession(connection), self._new_id, self._chance_below, crew=self._crew)
            self._local.session = (connection, tx)
        found: tuple[psycopg.Connection, Tx] = self._local.session
        return found
