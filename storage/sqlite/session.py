"""Statements on the driver's bare cursor."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from storage.base import NOTHING
from storage.sqlite.engine import driver_connection
from storage.statements import Compiling, Row

T = TypeVar("T")

compiled_for = Compiling(dialect(paramstyle="qmark"))
NO_UTF_8 = "Could not decode to UTF-8"
"""How the driver's error begins."""


class SqliteSession:
    """Implements ``storage.base.Session``. ``has_written`` is for the writer to reset."""

    def __init__(self, connection: Connection) -> None:
        self.driver = driver_connection(connection)
        self.has_written = False
        self._cursor = self.driver.cursor()

    def all(self, statement: ClauseElement, **values: object) -> list[Row]:
        return self._found(statement, values, self._cursor.fetchall)

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        row: Row | None = self._found(statement, values, self._cursor.fetchone)
        return row

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        self.has_written = True
        self._execute(statement, {**row, **values} if row and values else row or values)
        return self._cursor.rowcount

    def _found(self, statement: ClauseElement, values: Mapping[str, object], fetch: Callable[[], T]) -> T:
        """Text that is not UTF-8 spoils its own row, not all that are found with it."""
        try:
            self._execute(statement, values)
            return fetch()
        except sqlite3.OperationalError as error:
            if not str(error).startswith(NO_UTF_8):
                raise
        self.driver.text_factory = _with_marks
        try:
            self._execute(statement, values)
            return fetch()
        finally:
            self.driver.text_factory = str

    def _execute(self, statement: ClauseElement, values: Mapping[str, object]) -> None:
        compiled = compiled_for(statement)
        self._cursor.execute(compiled.sql, compiled.parameters(values))


def _with_marks(text: bytes) -> str:
    return text.decode(errors="replace")
