"""Statements on the driver's bare cursor."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from storage.base import NOTHING
from storage.known import FIXED, Known
from storage.sqlite.engine import driver_connection
from storage.statements import Compiling, Row

T = TypeVar("T")

compiled_for = Compiling(dialect(paramstyle="qmark"))
NO_UTF_8 = "Could not decode to UTF-8"
"""How the driver's error begins."""
COMMITS_OF_OTHERS = "PRAGMA data_version"
"""A number that is another once any other connection, of whatever program, has committed
(https://www.sqlite.org/pragma.html#pragma_data_version): for the writer, who knows what it wrote itself."""
EDITION = "PRAGMA user_version"
"""A number in the file that whoever writes some of FIXED counts up: for readers, to whom every stamp is a commit of
others."""

EDITIONS = 2**31


class SnapshotNeeded(Exception):
    """One statement does not do: what several find must be of one moment."""


class SqliteSession:
    """Implements ``storage.base.Session``. ``has_written`` is for the writer to reset.

    ``seen_by`` is the query for what changes when others write; ``known`` is what needs not be read again until then.
    """

    def __init__(self, connection: Connection, seen_by: str = COMMITS_OF_OTHERS) -> None:
        self.driver = driver_connection(connection)
        self.has_written = False
        self.is_glancing = False
        self.known = Known()
        self._cursor = self.driver.cursor()
        self._seen_by = seen_by

    def begins(self) -> None:
        """Is called inside each transaction, before anything else is read."""
        [mark] = self._cursor.execute(self._seen_by).fetchone()
        self.known.begins(mark)

    def glance(self, statement: ClauseElement, **values: object) -> list[Row]:
        """The rows, of which there are some, of a statement whose last column is EDITION, without a transaction: what
        is known from then on is of the same moment, and nothing else may be read."""
        self.is_glancing = False
        rows = self.all(statement, **values)
        self.is_glancing = True
        self.known.begins(rows[-1][-1])
        return rows

    def all(self, statement: ClauseElement, **values: object) -> list[Row]:
        return self._found(statement, values, self._cursor.fetchall)

    def one(self, statement: ClauseElement, **values: object) -> Row | None:
        row: Row | None = self._found(statement, values, self._cursor.fetchone)
        return row

    def run(self, statement: ClauseElement, row: Mapping[str, object] = NOTHING, /, **values: object) -> int:
        self.has_written = True
        compiled = compiled_for(statement)
        if compiled.written in FIXED:
            self._count_edition()
        given = {**row, **values} if row and values else row or values
        return self._cursor.execute(compiled.sql, compiled.parameters(given)).rowcount

    def _count_edition(self) -> None:
        """For each that is written: one that is taken back takes its own along."""
        self.known.changes()
        [edition] = self._cursor.execute(EDITION).fetchone()
        self._cursor.execute(f"{EDITION} = {(edition + 1) % EDITIONS}")

    def _found(self, statement: ClauseElement, values: Mapping[str, object], fetch: Callable[[], T]) -> T:
        """Text that is not UTF-8 spoils its own row, not all that are found with it. Raises SnapshotNeeded."""
        if self.is_glancing:
            raise SnapshotNeeded
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
